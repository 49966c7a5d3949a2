"""CAC payback: hand-reckoned curves, and which months were observed."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.economics.world import AS_OF, base

from lifeworth.economics.acquisition import won
from lifeworth.economics.payback import Cells, Curve, heads, observed_cells

JANUARY, MARCH = date(2025, 1, 1), date(2025, 3, 1)


def cells(people, observed, forecast=(), as_of=AS_OF):
    names = ("cohort", "channel", "customers", "cost")
    shape = pa.schema(
        [("cohort", pa.date32()), ("channel", pa.string()), ("customers", pa.int64()), ("cost", pa.float64())]
    )
    heads_of = pa.Table.from_pylist([dict(zip(names, one, strict=True)) for one in people], schema=shape)
    seen = pa.Table.from_pylist(
        [dict(zip(("cohort", "channel", "age", "margin"), one, strict=True)) for one in observed]
    )
    ahead = None
    if forecast:
        keys = ("cohort", "channel", "month_start", "complete", "margin")
        ahead = pa.Table.from_pylist([dict(zip(keys, one, strict=True)) for one in forecast])
    return Cells(heads_of, seen, ahead, as_of)


def test_margin_adds_up_by_month_of_life():
    found = cells([(JANUARY, "a", 10, 50.0)], [(JANUARY, "a", 0, 20.0), (JANUARY, "a", 2, 40.0)]).curve("a", [0])
    assert found.margin == pytest.approx((2.0, 2.0, 6.0, 6.0, 6.0, 6.0))
    assert (found.cac, found.payback, found.how, found.observed) == (5.0, 2, "observed", 6)
    assert found.ratio == pytest.approx(1.2)


def test_the_forecast_continues_where_observation_ends():
    ahead = [(JANUARY, "a", date(2025, 7, 1), True, 30.0), (JANUARY, "a", date(2025, 8, 1), True, 30.0)]
    found = cells([(JANUARY, "a", 10, 50.0)], [(JANUARY, "a", 0, 20.0)], ahead).curve("a", [0])
    assert found.margin == pytest.approx((2.0,) * 6 + (5.0, 8.0))
    assert (found.payback, found.how, found.observed) == (6, "predicted", 6)


def test_the_month_of_the_as_of_day_is_no_observed_month():
    found = cells(
        [(JANUARY, "a", 10, 50.0)], [(JANUARY, "a", 0, 20.0), (JANUARY, "a", 5, 1.0)], as_of=date(2025, 6, 20)
    )
    assert found.curve("a", [0]).observed == 5
    # Its rest comes from the forecast, and the month counts as predicted.
    ahead = [(JANUARY, "a", date(2025, 6, 1), False, 4.0), (JANUARY, "a", date(2025, 7, 1), True, 7.0)]
    found = cells(
        [(JANUARY, "a", 10, 50.0)], [(JANUARY, "a", 0, 20.0), (JANUARY, "a", 5, 1.0)], ahead, date(2025, 6, 20)
    )
    curve = found.curve("a", [0])
    assert curve.margin == pytest.approx((2.0,) * 5 + (2.5, 3.2))
    assert curve.observed == 5


def test_cohorts_are_compared_month_by_month_of_their_lives():
    people = [(JANUARY, "a", 10, 50.0), (MARCH, "a", 10, 70.0)]
    observed = [(JANUARY, "a", 0, 20.0), (JANUARY, "a", 4, 10.0), (MARCH, "a", 0, 40.0)]
    found = cells(people, observed).curve("a", [0, 1])
    # March has lived four months: from the fifth on January speaks alone, and holds just half of the customers.
    assert found.margin == pytest.approx((3.0, 3.0, 3.0, 3.0, 4.0, 4.0))
    assert found.cac == pytest.approx(6.0)


def test_without_half_of_its_customers_a_month_of_life_is_not_told():
    people = [(JANUARY, "a", 4, 50.0), (MARCH, "a", 10, 70.0)]
    assert len(cells(people, [(JANUARY, "a", 0, 20.0)]).curve("a", [0, 1]).margin) == 4


def test_a_curve_without_a_known_cost_has_no_payback():
    found = cells([(JANUARY, "a", 10, None)], [(JANUARY, "a", 0, 20.0)]).curve("a", [0])
    assert (found.cac, found.payback, found.how, found.ratio) == (None, None, "not known", None)
    assert Curve("b", 3, 9.0, (1.0, 2.0), 2).how == "not yet"


@given(
    st.lists(st.tuples(st.integers(1, 40), st.lists(st.floats(0, 100), min_size=6, max_size=6)), min_size=1, max_size=5)
)
def test_a_curve_of_all_is_the_mean_of_its_parts_weighted_by_customers(groups):
    people = [(JANUARY, f"c{k}", size, 10.0) for k, (size, _) in enumerate(groups)]
    observed = [(JANUARY, f"c{k}", age, m) for k, (_, margins) in enumerate(groups) for age, m in enumerate(margins)]
    made = cells(people, observed)
    whole = made.curve("all", range(len(groups)))
    size = sum(one for one, _ in groups)
    for age in range(6):
        parts = [made.curve("one", [k]).margin[age] * groups[k][0] for k in range(len(groups))]
        assert whole.margin[age] == pytest.approx(sum(parts) / size, abs=1e-9)


def test_observed_cells_hold_all_margin_and_put_loose_returns_in_their_month(engine):
    tables = base(
        engine,
        {
            "ann": ("Search", [("2025-01-10", 100.0), ("2025-05-02", 50.0)], 0.9, 30.0),
            "bob": (None, [("2025-01-20", 40.0)], 0.5, 8.0),
        },
    )
    people = won(tables["history"], tables["customers"])
    query = observed_cells(tables["purchase_days"], people, None, AS_OF, 0.4, of_orders=False)
    found = {(row["channel"], row["age"]): row["margin"] for row in engine.arrow(query).to_pylist()}
    assert found == pytest.approx({("search", 0): 40.0, ("search", 4): 20.0, ("", 0): 16.0})
    counted = engine.arrow(heads(people, None)).to_pylist()
    assert {row["channel"]: (row["customers"], row["cost"]) for row in counted} == {"search": (1, None), "": (1, None)}
