"""Why a customer is worth that much: every reason says what it saw, and the factors give the value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lifeworth.dashboard.customer.reasons import place, product, reasons, rhythm, worth
from lifeworth.serving import customers
from lifeworth.serving.desk import Desk
from lifeworth.serving.standing import Standing, standing

AS_OF = date(2026, 6, 30)
ROW = {
    "first_order_at": date(2026, 1, 1),
    "last_order_at": date(2026, 6, 20),
    "orders": 18,
    "probability_alive": 0.9,
    "predicted_clv": 120.0,
}
ORDERS = [{"net_revenue": Decimal(60), "margin": Decimal(30)}, {"net_revenue": Decimal(40), "margin": Decimal(20)}]


def told(row: dict[str, Any], orders: Any = ORDERS, **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"as_of": AS_OF, "currency": "EUR", "average": 40.0, "margin": 0.5}
    found = reasons(row, orders, {"orders": Standing(0.8, 100), "predicted_clv": Standing(0.98, 100)}, **(given | more))
    return {one.title: one for one in found}


def test_a_customer_in_their_own_rhythm_speaks_for_the_value() -> None:
    assert told(ROW)["Rhythm"].tone == "good"


def test_a_long_silence_against_the_own_rhythm_speaks_against_it() -> None:
    late = ROW | {"last_order_at": date(2026, 5, 11), "first_order_at": date(2025, 12, 1)}
    assert rhythm(late, AS_OF).late == pytest.approx(50 / (161 / 17))  # type: ignore[union-attr]
    assert told(late)["Rhythm"].tone == "bad"


def test_one_order_is_no_rhythm() -> None:
    single = ROW | {"orders": 1, "last_order_at": date(2026, 1, 1)}
    assert "no rhythm yet" in told(single)["Rhythm"].words


def test_the_basket_is_set_against_the_usual_one() -> None:
    assert "25 % more" in told(ROW)["Basket"].words


def test_a_basket_about_as_usual_is_said_to_be_the_same() -> None:
    assert "about the same" in told(ROW, average=49.0)["Basket"].words


def test_margin_is_left_out_where_orders_state_none() -> None:
    assert "Margin" not in told(ROW, [{"net_revenue": Decimal(60), "margin": None}])


def test_the_place_among_all_is_said_as_a_share() -> None:
    assert told(ROW)["Among all"].figure == "top 2 %"


@pytest.mark.parametrize(("below", "words"), [(0.999, "number 10 of 10,000"), (0.5, "top 50 %"), (0.2, "lower half")])
def test_a_place_in_words(below: float, words: str) -> None:
    assert place(Standing(below, 10_000)) == words


def test_the_factors_of_every_customer_multiply_to_the_predicted_value(made_workspace: Path) -> None:
    run = Desk(made_workspace).run()
    margin = run.facts["value"]["margin"]
    for row in customers.page(run, limit=200).rows:
        if not row["expected_orders"]:
            continue
        value = worth(row, customers.terms(run, row["customer_id"]))
        whole = row["expected_orders"] * row["expected_order_value"] * margin
        # Waiting can only cost, and within a year at ten percent not more than that.
        assert value.orders is not None
        assert 0.9 < value.orders / whole <= 1.0 + 1e-9
        assert len(product(row, value.orders, margin, "EUR")) == 4
        assert value.orders + (value.contracts or 0.0) == pytest.approx(row["predicted_clv"])


def test_a_standing_counts_who_has_less(made_workspace: Path) -> None:
    run = Desk(made_workspace).run()
    values = [row["predicted_clv"] for row in customers.page(run, limit=1000).rows]
    middle = sorted(values)[len(values) // 3]
    found = standing(run, "predicted_clv", middle)
    assert found is not None
    assert found.below == sum(value < middle for value in values) / len(values)


def test_a_column_that_is_not_there_has_no_standing(made_workspace: Path) -> None:
    assert standing(Desk(made_workspace).run(), "shoe_size", 42) is None


def test_where_the_margin_is_not_known_it_is_no_factor() -> None:
    row = {**ROW, "expected_orders": 4.0, "expected_order_value": 50.0}
    names = [one.title for one in product(row, 190.0, None, "EUR")]
    assert names == ["Orders expected", "Value of an order", "Discounting"]
