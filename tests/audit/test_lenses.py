"""The five lenses on small books: counted by hand, and adding up whatever the book."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.audit import cohorts_compared, cube, one_cohort, one_period, page_one, page_two, two_periods, whole_base
from lifeworth.audit.buyers import in_span
from lifeworth.audit.money import Money, money_of
from lifeworth.audit.spans import Span, age, coarser, end_of, grain_of, named, periods, start_of, two
from lifeworth.errors import OptionError
from lifeworth.report.spec import Chart, Page, Stats, Table
from lifeworth.units import Period

AS_OF = date(2025, 12, 31)
OWN = Money(0.4, of_orders=True, known=True, source="from the costs of the orders")
UNKNOWN = Money(1.0, of_orders=False, known=False, source="not known")
quietly = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
books = st.lists(
    st.tuples(
        st.integers(0, 14), st.integers(0, 1200), st.integers(-50, 400), st.one_of(st.none(), st.integers(-90, 200))
    ),
    min_size=1,
    max_size=80,
    unique_by=lambda row: row[:2],
)


def days(engine, rows):
    """Purchase days of (customer, days ago, value, margin)."""
    return engine.load(
        "purchase_days",
        pa.table(
            {
                "customer_id": [f"c{row[0]:02d}" for row in rows],
                "day": pa.array([AS_OF - timedelta(days=row[1]) for row in rows], pa.date32()),
                "value": pa.array([Decimal(row[2]) for row in rows], pa.decimal128(18, 4)),
                "margin": pa.array([None if row[3] is None else Decimal(row[3]) for row in rows], pa.decimal128(18, 4)),
            }
        ),
    )


def profit(row, money=OWN):
    return row[3] if money.of_orders and row[3] is not None else row[2] * money.rate


def one_of(engine, rows, span, money=OWN):
    buyers = engine.create("_buyers", in_span(days(engine, rows), span, money))
    whole = engine.row(one_period.totals(buyers))
    width = one_period.bin_width(whole["high"])
    queries = {
        "deciles": one_period.deciles(buyers),
        "counts": one_period.by_transactions(buyers),
        "bins": one_period.by_value(buyers, width),
        "tenths": one_period.by_tenth_of_profit(buyers),
    }
    return one_period.gather({"totals": [whole], **{n: engine.arrow(q).to_pylist() for n, q in queries.items()}}, width)


def two_of(engine, rows, earlier, later, money=OWN):
    each = engine.create("_each", two_periods.customers(days(engine, rows), earlier, later, money))
    grouped, moved = (engine.arrow(query(each)).to_pylist() for query in (two_periods.groups, two_periods.flows))
    return two_periods.gather(grouped, moved, money.word)


def cube_of(engine, rows, grain="month", money=OWN):
    table = days(engine, rows)
    sized, observed = (engine.arrow(make(table, grain, money)).to_pylist() for make in (cube.sizes, cube.cells))
    first = min(AS_OF - timedelta(days=row[1]) for row in rows)
    return cube.gather(sized, observed, grain, first, AS_OF)


YEAR = Span(date(2024, 12, 31), AS_OF)
BEFORE = Span(date(2023, 12, 31), date(2024, 12, 31))


# -- lens 1 -----------------------------------------------------------------------------------------------------------
@quietly
@given(books)
def test_tenths_of_customers_and_of_profit_add_up_to_the_period(engine, rows):
    found = one_of(engine, rows, YEAR)
    inside = [row for row in rows if row[1] < 365]
    assert found.totals["customers"] == len({row[0] for row in inside})
    assert found.totals["transactions"] == len(inside)
    assert found.totals["value"] == pytest.approx(sum(row[2] for row in inside))
    assert found.totals["profit"] == pytest.approx(sum(profit(row) for row in inside))
    for figure in ("customers", "transactions", "value", "profit"):
        assert sum(row[figure] for row in found.deciles) == pytest.approx(found.totals[figure])
    assert sum(row["customers"] for row in found.counts) == found.totals["customers"]
    assert sum(found.heights) == found.totals["customers"]
    assert sum(found.tenths) == found.totals["customers"]
    each = [row["profit"] / row["customers"] for row in found.deciles]
    assert each == sorted(each, reverse=True)


def test_one_customer_who_brings_half_is_the_first_five_tenths(engine):
    rows = [(0, 10, 500, None)] + [(who, 10, 100, None) for who in range(1, 6)]
    found = one_of(engine, rows, YEAR)
    assert found.tenths == [1, 0, 0, 0, 0, 1, 1, 1, 1, 1]


def test_where_nothing_was_earned_there_are_no_tenths_to_complete(engine):
    found = one_of(engine, [(0, 10, 0, 0), (1, 20, 0, 0)], YEAR)
    assert found.tenths == [2] + [0] * 9


def test_a_period_in_which_nobody_bought_is_told_and_not_divided_by(engine):
    found = one_of(engine, [(0, 900, 50, 20)], YEAR)
    page = page_one.page(found, YEAR, OWN, as_of=AS_OF, currency="EUR")
    stats = next(block for block in page.blocks if isinstance(block, Stats)).items
    assert [one.value for one in stats] == [0, None, None, None, 0.0]
    assert "not defined" in stats[1].note


def test_without_a_margin_the_product_stops_at_revenue(engine):
    found = one_of(engine, [(0, 5, 100, None), (0, 9, 50, None), (1, 3, 30, None)], YEAR, UNKNOWN)
    page = page_one.page(found, YEAR, UNKNOWN, as_of=AS_OF, currency="EUR")
    stats = next(block for block in page.blocks if isinstance(block, Stats)).items
    assert [one.name for one in stats] == [
        "Customers who bought",
        "× transactions each",
        "× value of one",
        "= net revenue",
    ]
    assert stats[0].value * stats[1].value * stats[2].value == pytest.approx(stats[3].value)
    assert not any(
        "Margin" in column.title for block in page.blocks if isinstance(block, Table) for column in block.columns
    )


# -- lens 2 -----------------------------------------------------------------------------------------------------------
@quietly
@given(books)
def test_the_steps_lead_from_one_profit_to_the_other(engine, rows):
    found = two_of(engine, rows, BEFORE, YEAR)
    *steps, end = found.bridge
    assert sum(amount for _, amount in steps) == pytest.approx(end[1], abs=1e-6)
    assert end[1] == pytest.approx(sum(profit(row) for row in rows if row[1] < 365), abs=1e-6)
    assert steps[0][1] == pytest.approx(sum(profit(row) for row in rows if 365 <= row[1] < 731), abs=1e-6)
    if found.company is not None:
        assert sum(found.company) == pytest.approx(found.after["profit"] - found.before["profit"], abs=1e-6)


@quietly
@given(books)
def test_every_customer_of_either_period_is_one_of_four(engine, rows):
    found = two_of(engine, rows, BEFORE, YEAR)
    first = {row[0] for row in rows if 365 <= row[1] < 731}
    second = {row[0] for row in rows if row[1] < 365}
    ever = {row[0] for row in rows if row[1] >= 365}
    expected = {
        "both": first & second,
        "lost": first - second,
        "new": second - ever,
        "returned": (second - first) & ever,
    }
    assert {who: one["customers"] for who, one in found.groups.items()} == {
        who: len(them) for who, them in expected.items()
    }
    assert sum(found.flows.values()) == len(first | second)
    assert sum(count for (one, _), count in found.flows.items() if one) == len(first)
    assert sum(count for (_, other), count in found.flows.items() if other) == len(second)


def test_two_periods_by_hand(engine):
    rows = [(0, 400, 100, 40), (0, 30, 300, 60), (1, 500, 80, 30), (2, 20, 50, 25), (3, 1000, 70, 20), (3, 5, 90, 45)]
    found = two_of(engine, rows, BEFORE, YEAR)
    assert {who: one["customers"] for who, one in found.groups.items()} == {
        "both": 1,
        "lost": 1,
        "new": 1,
        "returned": 1,
    }
    # Who stayed: 1 × 1 × 100 × 0.4 = 40 becomes 1 × 1 × 300 × 0.2 = 60.
    assert dict(found.bridge) == {
        "Profit of the first period": 70,
        "Customers who were lost": -30,
        "Customers who came new": 25,
        "Customers who came back": 45,
        "Who stayed bought more or less often": 0,
        "Who stayed spent more or less each time": pytest.approx(60),
        "Margin on who stayed": pytest.approx(-40),
        "Profit of the second period": 130,
    }


def test_a_first_period_without_customers_is_told(engine):
    found = two_of(engine, [(0, 5, 100, 40)], BEFORE, YEAR)
    page = page_two.page(found, BEFORE, YEAR, OWN, as_of=AS_OF, currency="EUR")
    kept = next(block for block in page.blocks if isinstance(block, Stats)).items[0]
    assert (kept.value, "not defined" in kept.note) == (None, True)


# -- lenses 3, 4, 5 ---------------------------------------------------------------------------------------------------
@quietly
@given(books, st.sampled_from(["month", "quarter"]))
def test_cells_add_up_to_all_purchases_and_cohorts_to_all_customers(engine, rows, grain):
    found = cube_of(engine, rows, grain)
    assert sum(found.sizes.values()) == len({row[0] for row in rows})
    assert sum(cell.transactions for cell in found.cells.values()) == len(rows)
    assert sum(cell.profit for cell in found.cells.values()) == pytest.approx(sum(map(profit, rows)), abs=1e-6)
    for cohort, size in found.sizes.items():
        assert found.cell(cohort, cohort).active == size
        within = [found.repeated[cohort][count] for count in cube.REPEAT_DAYS]
        assert within == sorted(within)
    assert all(cohort <= period for cohort, period in found.cells)


@quietly
@given(books)
def test_layers_add_up_to_every_period(engine, rows):
    found = cube_of(engine, rows, "month")
    layers = whole_base.layers(found)
    for period in found.periods:
        inside = [row for row in rows if start_of(AS_OF - timedelta(days=row[1]), "month") == period]
        assert layers.total(period).profit == pytest.approx(sum(map(profit, inside)), abs=1e-6)
        assert layers.total(period).active == len({row[0] for row in inside})
    assert len(layers.names) <= whole_base.BANDS


@quietly
@given(books)
def test_every_lens_draws_a_page_whatever_the_book(engine, rows):
    found = cube_of(engine, rows)
    cohort = one_cohort.choose(found, None)
    for money in (OWN, UNKNOWN):
        pages = (
            one_cohort.page(found, cohort, money, currency="EUR"),
            cohorts_compared.page(found, money, currency="EUR"),
            whole_base.page(found, money, currency="EUR"),
        )
        assert all(isinstance(page, Page) and page.lead for page in pages if page.blocks and len(page.blocks) > 1)


def regulars(count, months=14):
    """Customers who came in January 2024 and in January 2025, the later ones spending half as much again, every month."""
    old = [(who, 720 - 30 * turn, 100, 40) for who in range(count) for turn in range(months)]
    young = [(100 + who, 350 - 30 * turn, 150, 60) for who in range(count) for turn in range(11)]
    return old + young


def test_a_later_cohort_is_compared_with_the_one_a_year_earlier(engine):
    found = cohorts_compared.pair(cube_of(engine, regulars(30), "quarter"))
    assert (found.one, found.other) == (date(2024, 1, 1), date(2025, 1, 1))
    assert found.ages == 4
    transactions, value, margin = found.brought
    assert found.after - found.before == pytest.approx(transactions + value + margin)
    assert margin == pytest.approx(0, abs=1e-9)
    assert value > 0


def test_small_cohorts_are_not_compared(engine):
    assert cohorts_compared.pair(cube_of(engine, regulars(29), "quarter")) is None


def test_the_first_cohort_of_the_data_is_passed_over(engine):
    rows = [(who, 700, 10, 4) for who in range(40)] + [(100 + who, 500, 10, 4) for who in range(35)] + [(900, 3, 10, 4)]
    found = cube_of(engine, rows, "quarter")
    assert one_cohort.choose(found, None) == start_of(AS_OF - timedelta(days=500), "quarter")
    first = found.cohorts[0]
    warned = one_cohort.page(found, first, OWN, currency="EUR").blocks
    assert any("customer before" in getattr(block, "text", "") for block in warned)


@pytest.mark.parametrize("asked", ["2024-Q3", "2024-08", "2024-08-18", "2024-q3"])
def test_a_cohort_is_named_by_quarter_month_or_day(engine, asked):
    found = cube_of(engine, [(0, 500, 10, 4), (1, 480, 10, 4)], "quarter")
    assert one_cohort.choose(found, asked) == date(2024, 7, 1)


@pytest.mark.parametrize("asked", ["spring", "2024-13", "2019-Q1"])
def test_a_cohort_nobody_came_in_is_refused_with_those_there_are(engine, asked):
    found = cube_of(engine, [(0, 500, 10, 4)], "quarter")
    with pytest.raises(OptionError, match="Allowed: 2024-Q3"):
        one_cohort.choose(found, asked)


def test_who_came_back_is_only_told_where_all_were_watched_long_enough(engine):
    found = cube_of(engine, [(0, 120, 10, 4), (0, 100, 10, 4), (1, 110, 10, 4)], "month")
    page = one_cohort.page(found, found.cohorts[0], OWN, currency="EUR")
    stats = {one.name: one for one in page.blocks[0].items}
    assert stats["Back within 30 days"].value == pytest.approx(0.5)
    assert stats["Back within 180 days"].value is None
    assert "not all of them" in stats["Back within 180 days"].note


def test_a_year_of_data_is_not_asked_about_the_year_before(engine):
    rows = [(who, ago, 10, 4) for who in range(3) for ago in (330, 200, 40)]
    said = whole_base.lead(cube_of(engine, rows, "month"), OWN, "EUR")
    assert "won anew" not in said
    assert "100.0 % came from customers who were there before" in said


def test_the_picture_of_the_base_is_a_stack_of_its_layers(engine):
    chart = whole_base.page(cube_of(engine, regulars(3), "quarter"), OWN, currency="EUR").blocks[0]
    assert isinstance(chart, Chart)
    assert chart.kind == "stack"
    assert sum(value or 0 for series in chart.series for value in series.y) == pytest.approx(3 * (14 * 40 + 11 * 60))


# -- spans and money --------------------------------------------------------------------------------------------------
def test_two_periods_follow_on_each_other():
    earlier, later = two(date(2020, 1, 1), AS_OF, Period.months(12))
    assert (earlier.after, earlier.to, later.to) == (date(2023, 12, 31), date(2024, 12, 31), AS_OF)
    assert earlier.to == later.after


def test_short_data_are_cut_in_half():
    earlier, later = two(date(2025, 7, 1), AS_OF, Period.months(12))
    assert (later.to - later.after) == (earlier.to - earlier.after) == timedelta(days=92)
    assert earlier.after >= date(2025, 6, 30)


@given(
    st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 3000), st.sampled_from(["month", "quarter", "year"])
)
@settings(deadline=None)
def test_every_day_lies_in_one_period_and_periods_follow_on_each_other(first, more, grain):
    last = first + timedelta(days=more)
    found = periods(first, last, grain)
    assert found[0] <= first
    assert found[-1] <= last <= end_of(found[-1], grain)
    assert [age(found[0], one, grain) for one in found] == list(range(len(found)))
    assert all(end_of(one, grain) + timedelta(days=1) == other for one, other in pairwise(found))
    assert len({named(one, grain) for one in found}) == len(found)


def test_long_histories_are_cut_into_quarters_and_stacked_by_year():
    assert grain_of(date(2025, 1, 1), AS_OF) == "month"
    assert grain_of(date(2022, 1, 1), AS_OF) == "quarter"
    assert coarser("month", date(2025, 1, 1), AS_OF) == "quarter"
    assert coarser("quarter", date(2022, 1, 1), AS_OF) == "year"


def test_a_margin_in_the_settings_goes_before_that_of_the_orders():
    value = {"value_of": "margin", "margin": 0.3, "margin_source": "stated"}
    assert not money_of({"value": value, "settings": {"margin": 0.3}}).of_orders
    assert money_of({"value": value, "settings": {"margin": None}}).of_orders
    assert not money_of({"value": {**value, "value_of": "revenue"}, "settings": {}}).known
