"""The months ahead, cohort by cohort: they add up to what all customers are expected to do within the horizon."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.clv.test_elasticities import MODELS, SPEND, TERMS, customers

from lifeworth.clv.cohort_forecast import ahead, cohort_forecast
from lifeworth.clv.value import Fits, value
from lifeworth.units import Period, Rate

FITS = Fits(MODELS["beta_geo"], SPEND, first_order=False)


def told(terms=TERMS, fits=FITS):
    rows = customers(MODELS["beta_geo"])
    starts = [date(2023 + k % 2, 1 + k % 12, 1) for k in range(rows.num_rows)]
    rows = rows.set_column(rows.column_names.index("first_day"), "first_day", pa.array(starts, pa.date32()))
    channel = pa.chunked_array([[None if k % 5 == 0 else f"c{k % 3}" for k in range(rows.num_rows)]], pa.string())
    return rows, cohort_forecast(rows, channel, fits, terms)


def test_months_and_cohorts_add_up_to_the_expectation_of_all_customers():
    rows, found = told()
    scored = value(rows, FITS, replace(TERMS, discount=Rate(0.0))).scores
    assert pc.sum(found["orders"]).as_py() == pytest.approx(pc.sum(scored["expected_orders"]).as_py(), rel=1e-9)
    assert pc.sum(found["margin"]).as_py() == pytest.approx(pc.sum(scored["predicted_clv"]).as_py(), rel=1e-9)


def test_every_customer_stands_in_one_cell_of_each_month():
    rows, found = told()
    months = found.group_by("month_start").aggregate([("customers", "sum")])
    assert set(months["customers_sum"].to_pylist()) == {rows.num_rows}


def test_a_cohort_s_cell_is_the_sum_over_its_customers():
    rows, found = told()
    chosen = [k for k in range(rows.num_rows) if k % 12 == 1 and k % 5 and k % 3 == 1]
    h = FITS.histories(rows.take(pa.array(chosen)), TERMS.unit)
    month = pc.and_(
        pc.equal(found["month_start"], date(2025, 8, 1)),
        pc.and_(pc.equal(found["cohort"], date(2024, 2, 1)), pc.equal(found["channel"], "c1")),
    )
    start, end = (TERMS.unit.between(TERMS.as_of, day) for day in (date(2025, 7, 31), date(2025, 8, 31)))
    expected = FITS.orders.expected_orders(h, end, start=start).sum()
    assert found.filter(month)["orders"].to_pylist() == pytest.approx([expected])
    assert found.filter(month)["customers"].to_pylist() == [len(chosen)]


def test_buyers_of_a_month_are_no_fewer_than_first_orders_in_it_and_no_more_than_orders():
    rows, found = told()
    h = FITS.histories(rows, TERMS.unit)
    months = found.group_by("month_start").aggregate([("active", "sum"), ("orders", "sum")]).sort_by("month_start")
    ends = [TERMS.unit.between(TERMS.as_of, last) for _, last, _ in ahead(TERMS.as_of, TERMS.horizon)]
    chances = np.array([0.0, *(FITS.forecast.probability_of_order(h, end).sum() for end in ends)])
    active, orders = (months[f"{name}_sum"].to_numpy() for name in ("active", "orders"))
    # To five thousandths: months of 30 and 31 days are taken to share the mean month's buyers an order.
    assert active[0] == pytest.approx(chances[1], rel=5e-3)
    assert np.all(active >= np.diff(chances) * 0.995)
    assert np.all(active < orders)


def test_who_has_bought_in_the_month_that_runs_is_not_expected_to_become_one_of_its_buyers():
    terms = replace(TERMS, as_of=date(2025, 6, 10))
    rows = customers(MODELS["beta_geo"]).slice(0, 2)
    days = pa.array([date(2025, 6, 3), date(2025, 5, 3)], pa.date32())
    rows = rows.set_column(rows.column_names.index("last_day"), "last_day", days)
    first = pa.array([date(2025, 1, 1), date(2025, 2, 1)], pa.date32())
    rows = rows.set_column(rows.column_names.index("first_day"), "first_day", first)
    found = cohort_forecast(rows, pa.chunked_array([["web", "web"]]), FITS, terms)
    rest = found.filter(pc.equal(found["month_start"], date(2025, 6, 1))).sort_by("cohort")
    one, other = rest["active"].to_pylist()
    assert one == 0
    assert other > 0
    assert min(rest["orders"].to_pylist()) > 0


def test_without_amounts_orders_are_told_and_money_is_not():
    _, found = told(fits=replace(FITS, spend=None))
    assert found["revenue"].null_count == found.num_rows
    assert np.all(np.array(found["orders"].to_pylist()) >= 0)


@pytest.mark.parametrize(
    ("as_of", "horizon", "first", "last", "count"),
    [
        ((2025, 6, 30), Period.months(12), ((2025, 7, 1), True), ((2026, 6, 1), True), 12),
        ((2025, 6, 10), Period.months(12), ((2025, 6, 1), False), ((2026, 6, 1), False), 13),
        ((2025, 6, 10), Period.weeks(2), ((2025, 6, 1), False), ((2025, 6, 1), False), 1),
        ((2024, 1, 31), Period.months(1), ((2024, 2, 1), True), ((2024, 2, 1), True), 1),
    ],
)
def test_months_ahead_cover_the_horizon_once(as_of, horizon, first, last, count):
    found = ahead(date(*as_of), horizon)
    assert len(found) == count
    assert ((found[0][0].timetuple()[:3]), found[0][2]) == (first[0], first[1])
    assert ((found[-1][0].timetuple()[:3]), found[-1][2]) == (last[0], last[1])
    assert found[-1][1] == horizon.after(date(*as_of))
