"""What moves customer equity, in words and figures: no sentence says more than the numbers do."""

from __future__ import annotations

from lifeworth.clv.levers import blocks
from lifeworth.report.spec import Chart, Stats, Table, Text


def lever(name, elasticity, low=None, high=None, today=1.0, gain=None, why=""):
    gain = elasticity * 10.0 if gain is None and elasticity is not None else gain
    return {"name": name, "elasticity": elasticity, "low": low, "high": high, "today": today, "gain": gain, "why": why}


def found(*levers, in_money=True, **changes):
    base = {"equity": 1000.0, "present": 600.0, "new": 400.0, "acquired": 120, "window_days": 365, "first_value": 20.0}
    return base | {"in_money": in_money, "levers": list(levers)} | changes


def page(facts):
    return blocks(facts, currency="EUR", horizon="12 months", what="margin")


def words(facts):
    return next(block.text for block in page(facts) if isinstance(block, Text))


USUAL = (
    lever("basket", 1.0, 1.0, 1.0, today=30.0),
    lever("margin", 1.0, 1.0, 1.0, today=0.4),
    lever("retention", 0.9, 0.8, 1.0, today=0.75),
    lever("frequency", 0.6, 0.55, 0.65, today=2.4),
    lever("acquisition", 0.4, 0.39, 0.41, today=120.0),
)


def test_the_strongest_lever_of_behaviour_is_named_with_what_it_brings():
    said = words(found(*USUAL))
    assert "retention moves customer equity most" in said
    assert "€9.00" in said
    assert "apart for sure" not in said


def test_levers_whose_intervals_overlap_are_not_ranked():
    near = [*USUAL[:3], lever("frequency", 0.85, 0.75, 0.95), USUAL[4]]
    assert "do not tell retention and frequency apart" in words(found(*near))


def test_a_point_of_retention_is_its_elasticity_over_todays_retention():
    assert "€12.00" in words(found(*USUAL))  # 0.9 × 1000 × 0.01 ÷ 0.75


def test_what_it_does_not_say_is_said():
    said = words(found(*USUAL))
    assert "what it costs" in said
    assert "--horizon" in said


def test_every_lever_stands_in_the_table_and_only_defined_ones_in_the_picture():
    levers = (*USUAL[:2], lever("retention", None, why="Customers of NBD never leave."), *USUAL[3:])
    shown = page(found(*levers))
    table = next(block for block in shown if isinstance(block, Table))
    chart = next(block for block in shown if isinstance(block, Chart))
    assert [row["lever"] for row in table.records()] == ["Basket", "Margin", "Retention", "Frequency", "Acquisition"]
    assert (
        next(row["what"] for row in table.records() if row["lever"] == "Retention") == "Customers of NBD never leave."
    )
    assert chart.series[0].x == ("Basket", "Margin", "Frequency", "Acquisition")
    assert "percentage point" not in words(found(*levers))


def test_without_money_orders_are_counted_and_basket_is_not_spoken_of():
    levers = (
        USUAL[2],
        USUAL[3],
        lever("basket", None, today=None, why="Without amounts equity is counted in orders."),
    )
    shown = page(found(*levers, in_money=False, first_value=None))
    stats = next(block for block in shown if isinstance(block, Stats))
    assert stats.items[0].kind == "number"
    assert "9 orders" in words(found(*levers, in_money=False, first_value=None))
    assert "arithmetic" not in words(found(*levers, in_money=False, first_value=None))


def test_where_nothing_is_expected_there_is_nothing_to_move():
    levers = tuple(lever(one["name"], None) for one in USUAL)
    assert len(page(found(*levers, equity=0.0, present=0.0, new=0.0))) == 1
