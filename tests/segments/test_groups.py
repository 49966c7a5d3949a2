"""Tiers, RFM groups and lifecycle status."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.report.spec import Table
from lifeworth.segments.lifecycle import STATUSES, lifecycle, usual_gap
from lifeworth.segments.page import segments
from lifeworth.segments.rfm import GROUPS, rfm
from lifeworth.segments.tiers import TIERS, value_tiers

AS_OF = date(2025, 6, 30)


def base(rows):
    """A history of (orders, recency, age, revenue) rows."""
    return pa.table(
        {
            "customer_id": [f"c{k:04d}" for k in range(len(rows))],
            "orders": pa.array([r[0] for r in rows], pa.int64()),
            "x": pa.array([r[0] - 1 for r in rows], pa.int64()),
            "recency": pa.array([r[1] for r in rows], pa.int64()),
            "age": pa.array([r[2] for r in rows], pa.int64()),
            "last_day": pa.array([AS_OF - timedelta(days=r[2] - r[1]) for r in rows], pa.date32()),
            "revenue": pa.array([float(r[3]) for r in rows], pa.float64()),
        }
    )


row = st.tuples(st.integers(1, 30), st.integers(0, 400), st.integers(0, 300), st.integers(0, 1000)).map(
    lambda r: (r[0], 0 if r[0] == 1 else max(r[1], 1), (0 if r[0] == 1 else max(r[1], 1)) + r[2], r[3])
)
quietly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def groups(engine, query, column):
    return {r["customer_id"]: r[column] for r in engine.arrow(query).to_pylist()}


@quietly
@given(values=st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_tiers_partition_the_customers_in_order_of_value(engine, values):
    table = engine.load("v", pa.table({"customer_id": [f"c{k:04d}" for k in range(len(values))], "value": values}))
    found = groups(engine, value_tiers(table, "value"), "value_tier")
    assert len(found) == len(values)
    order = [name for name, _ in TIERS]
    ranked = sorted(found, key=lambda c: (-values[int(c[1:])], c))
    places = [order.index(found[c]) for c in ranked]
    assert places == sorted(places)


def test_a_hundred_customers_split_at_the_stated_shares(engine):
    table = engine.load(
        "v", pa.table({"customer_id": [f"c{k:03d}" for k in range(100)], "value": [float(k) for k in range(100)]})
    )
    found = list(groups(engine, value_tiers(table, "value"), "value_tier").values())
    assert [found.count(name) for name, _ in TIERS] == [1, 4, 5, 15, 25, 50]


@quietly
@given(rows=st.lists(row, min_size=1, max_size=120))
def test_equal_customers_share_their_rfm_group(engine, rows):
    found = groups(engine, rfm(engine.load("h", base(rows))), "rfm_segment")
    alike: dict[tuple, set] = {}
    for k, r in enumerate(rows):
        alike.setdefault((r[0], r[2] - r[1], r[3]), set()).add(found[f"c{k:04d}"])
    assert all(len(names) == 1 for names in alike.values())
    assert set(found.values()) <= set(GROUPS)


@quietly
@given(rows=st.lists(row, min_size=2, max_size=120))
def test_scores_rise_with_what_they_score(engine, rows):
    table = engine.arrow(rfm(engine.load("h", base(rows)))).to_pylist()
    score = {r["customer_id"]: r for r in table}
    for column, figure in (("frequency_score", 0), ("money_score", 3)):
        pairs = sorted((rows[k][figure], score[f"c{k:04d}"][column]) for k in range(len(rows)))
        assert [s for _, s in pairs] == sorted(s for _, s in pairs)
        assert all(1 <= s <= 5 for _, s in pairs)


def test_the_best_customer_is_a_champion_and_the_long_gone_one_is_dormant(engine):
    rows = [(20, 300, 300, 2000)] + [(2, 30, 150 + k, 50) for k in range(30)] + [(1, 0, 400, 5)]
    found = groups(engine, rfm(engine.load("h", base(rows))), "rfm_segment")
    assert found["c0000"] == "Champions"
    assert found["c0031"] == "Dormant"


def test_the_usual_gap_of_the_base_is_days_over_repeats(engine):
    table = engine.load("h", base([(3, 60, 100, 1), (2, 30, 100, 1), (1, 0, 50, 1)]))
    assert engine.row(usual_gap(table))["gap"] == pytest.approx(90 / 3)


@pytest.mark.parametrize(
    ("customer", "status"),
    [
        ((1, 0, 10, 1), "New"),
        ((1, 0, 40, 1), "Active"),
        ((1, 0, 60, 1), "Cooling"),
        ((1, 0, 100, 1), "At risk"),
        ((1, 0, 200, 1), "Lost"),
        # A yearly buyer is not late after two months, a weekly one is long gone.
        ((5, 1460, 1520, 1), "Active"),
        ((41, 280, 340, 1), "Lost"),
    ],
)
def test_status_follows_the_customers_own_rhythm(engine, customer, status):
    table = engine.load("h", base([customer]))
    assert groups(engine, lifecycle(table, 30.0), "lifecycle_status") == {"c0000": status}


@quietly
@given(rows=st.lists(row, min_size=1, max_size=60), gap=st.floats(0.5, 400))
def test_every_customer_has_exactly_one_status(engine, rows, gap):
    found = groups(engine, lifecycle(engine.load("h", base(rows)), gap), "lifecycle_status")
    assert len(found) == len(rows)
    assert set(found.values()) <= set(STATUSES)


def test_the_last_row_of_every_table_of_the_page_adds_the_others_up():
    rows = [
        {"group": name, "customers": 2, "historic": 10.0, "predicted": 4.0, "orders": 1.5, "churn": 0.5}
        for name in ("Gold", "Low")
    ]
    page = segments(
        {"value_tier": rows, "lifecycle_status": rows, "rfm_segment": rows},
        as_of=AS_OF,
        currency="EUR",
        horizon="12 months",
    )
    for table in (block for block in page.blocks if isinstance(block, Table)):
        *groups, everyone = table.records()
        for figure in ("customers", "share", "historic", "predicted", "value_share"):
            assert everyone[figure] == pytest.approx(sum(row[figure] for row in groups))
