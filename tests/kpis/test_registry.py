"""The registry of figures against hand counts and against plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.kpis.basics import Window, basics, window
from lifeworth.kpis.registry import METRICS, evaluate
from lifeworth.units import Period

SPAN = Window(date(2024, 12, 31), date(2025, 12, 31), date(2023, 12, 31))
MONEY = pa.decimal128(18, 4)


def tables(engine, rows):
    """Orders from (customer or None, day, net revenue, margin or None) rows, and the purchase days they make."""
    orders = engine.load(
        "orders",
        pa.table(
            {
                "order_id": [str(k) for k in range(len(rows))],
                "customer_id": pa.array([r[0] for r in rows], pa.string()),
                "ordered_at": pa.array(
                    [datetime(r[1].year, r[1].month, r[1].day, 12) for r in rows], pa.timestamp("us")
                ),
                "net_revenue": pa.array([Decimal(r[2]) for r in rows], MONEY),
                "margin": pa.array([None if r[3] is None else Decimal(r[3]) for r in rows], MONEY),
            }
        ),
    )
    known = orders.filter(orders.customer_id.notnull())
    days = known.group_by("customer_id", day=known.ordered_at.date()).agg(
        value=known.net_revenue.sum(), margin=known.margin.sum()
    )
    return orders, engine.create("purchase_days", days)


def figures(engine, rows, span=SPAN):
    orders, days = tables(engine, rows)
    row = {**engine.row(basics(orders, days, span)), "years": span.years}
    return {name: evaluate(metric, row)[0] for name, metric in METRICS.items()}


def test_a_company_counted_by_hand(engine):
    rows = [
        ("a", date(2024, 3, 1), "10", "4"),
        ("a", date(2025, 3, 1), "20", "8"),
        ("a", date(2025, 3, 1), "5", "2"),
        ("a", date(2025, 5, 1), "15", "6"),
        ("b", date(2024, 6, 1), "40", "16"),
        ("c", date(2025, 7, 1), "30", "12"),
        (None, date(2025, 8, 1), "100", "40"),
    ]
    found = figures(engine, rows)
    assert found["revenue"] == pytest.approx(170)
    assert found["orders"] == 5
    assert found["aov"] == pytest.approx(34)
    assert found["average_purchase_value"] == pytest.approx(70 / 3)
    assert found["active_customers"] == 2
    assert found["new_customers"] == 1
    assert found["retention_rate"] == pytest.approx(0.5)
    assert found["churn_rate"] == pytest.approx(0.5)
    assert found["customer_lifespan"] == pytest.approx(2, rel=0.01)
    assert found["repeat_rate"] == pytest.approx(1 / 3)
    assert found["time_between_orders"] == pytest.approx(426 / 2)
    assert found["margin_rate"] == pytest.approx(0.4)
    assert found["arpc"] == pytest.approx(35)


def test_an_empty_period_is_not_defined_rather_than_zero_or_infinite(engine):
    orders, days = tables(engine, [("a", date(2020, 1, 1), "10", None)])
    row = {**engine.row(basics(orders, days, SPAN)), "years": SPAN.years}
    for name in (
        "aov",
        "average_purchase_value",
        "purchase_frequency",
        "retention_rate",
        "customer_lifespan",
        "margin_rate",
    ):
        value, why = evaluate(METRICS[name], row)
        assert value is None
        assert why.startswith("Not defined:")


def test_nobody_lost_has_no_lifespan(engine):
    rows = [("a", date(2024, 3, 1), "10", None), ("a", date(2025, 3, 1), "10", None)]
    assert figures(engine, rows)["customer_lifespan"] is None


day = st.dates(date(2024, 1, 2), date(2025, 12, 31))
order = st.tuples(st.sampled_from(["a", "b", "c", "d", None]), day, st.integers(0, 500).map(str), st.none())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(order, min_size=1, max_size=60))
def test_figures_equal_a_count_in_plain_python(engine, rows):
    found = figures(engine, rows)
    inside = [r for r in rows if r[1] > SPAN.start]
    assert found["revenue"] == pytest.approx(sum(float(r[2]) for r in inside)) if inside else found["revenue"] is None
    assert found["orders"] == len(inside)
    purchases = Counter(who for who, _ in {(r[0], r[1]) for r in inside if r[0]})
    assert found["active_customers"] == len(purchases)
    if purchases:
        assert found["purchase_frequency"] == pytest.approx(sum(purchases.values()) / len(purchases) / SPAN.years)
    ever = defaultdict(set)
    for who, when, *_ in rows:
        if who:
            ever[who].add(when)
    if ever:
        assert found["repeat_rate"] == pytest.approx(sum(len(days) > 1 for days in ever.values()) / len(ever))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(order, min_size=2, max_size=40), data=st.data())
def test_figures_do_not_depend_on_the_order_of_rows(engine, rows, data):
    shuffled = data.draw(st.permutations(rows))
    assert figures(engine, rows) == pytest.approx(figures(engine, shuffled), nan_ok=True)


def test_a_window_is_a_calendar_year_and_the_year_before():
    span = window(date(2020, 1, 1), date(2025, 6, 30), Period(12, "months"))
    assert (span.start, span.before) == (date(2024, 6, 30), date(2023, 6, 30))


def test_a_short_history_is_split_in_half():
    first, as_of = date(2025, 1, 1), date(2025, 6, 30)
    span = window(first, as_of, Period(12, "months"))
    assert span.end - span.start == span.start - span.before
    assert span.before >= first - timedelta(days=2)
