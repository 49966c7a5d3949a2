"""The forecast by acquisition cohort adds up to the whole, and a cohort that is unlike the others is said to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.simulated import AS_OF, simulated

from lifeworth.evaluation import promises
from lifeworth.evaluation.backtest import Backtest, backtest
from lifeworth.evaluation.cohort_specs import by_cohort
from lifeworth.evaluation.cohorts import MOST, cohorts, out_of_line
from lifeworth.evaluation.holdout import Holdout
from lifeworth.models import BetaGeoNBD

WHOLE = simulated(3000)


@pytest.fixture(scope="module")
def result() -> Backtest:
    return backtest(WHOLE, {"beta_geo_nbd": BetaGeoNBD()}, with_intervals=False)


def won_on(days: list[int]) -> Holdout:
    """A hold-out whose customers were won so many days before its as-of date."""
    few = WHOLE.sample(len(days))
    first = pa.array([AS_OF - timedelta(days=number) for number in days], pa.date32())
    return replace(few, rows=few.rows.set_column(few.rows.column_names.index("first_day"), "first_day", first))


@pytest.mark.parametrize(
    ("what", "whole"),
    [("predicted_orders", "predicted"), ("actual_orders", "actual")],
)
def test_orders_of_all_cohorts_add_up_to_the_total(result, what, whole) -> None:
    trial = result.models[0]
    assert sum(getattr(one, what) for one in trial.cohorts) == pytest.approx(getattr(trial.orders, whole))


@pytest.mark.parametrize(("what", "whole"), [("predicted_value", "predicted"), ("actual_value", "actual")])
def test_money_of_all_cohorts_adds_up_to_the_total(result, what, whole) -> None:
    trial = result.models[0]
    assert sum(getattr(one, what) for one in trial.cohorts) == pytest.approx(getattr(trial.value, whole))


def test_every_customer_is_in_one_cohort(result) -> None:
    assert sum(one.customers for one in result.models[0].cohorts) == result.customers


def test_cohorts_add_up_where_only_some_customers_are_scored(monkeypatch) -> None:
    monkeypatch.setattr("lifeworth.evaluation.backtest.SCORED", 500)
    trial = backtest(WHOLE, {"beta_geo_nbd": BetaGeoNBD()}, with_intervals=False).models[0]
    assert sum(one.predicted_value for one in trial.cohorts) == pytest.approx(trial.value.predicted)


@settings(max_examples=30)
@given(st.integers(1, 12_000), st.integers(0, 5_000))
def test_there_are_never_more_cohorts_than_fit_a_look_and_enough_where_the_calendar_allows(span, before) -> None:
    found = cohorts(won_on([before + span * number // 199 for number in range(200)]))
    assert len(found.names) == len(set(found.names)) <= MOST
    assert span < 92 or len(found.names) >= 3


@pytest.mark.parametrize(
    ("days", "names"),
    [
        ([0, 20, 50], ["week of 2024-05-06", "week of 2024-06-10", "week of 2024-06-24"]),
        ([0, 8, 16], ["week of 2024-06-10", "week of 2024-06-17", "week of 2024-06-24"]),
        ([0, 40, 80], ["2024-04", "2024-05", "2024-06"]),
        (list(range(0, 800, 9)), ["2022 Q2", "2022 Q3"]),
        (list(range(0, 1600, 16)), ["2020 H1", "2020 H2"]),
        (list(range(0, 3200, 30)), ["2015", "2016"]),
        (list(range(0, 6000, 60)), ["2008–2009", "2010–2011"]),
        (list(range(0, 14_600, 99)), ["1980–1984", "1985–1989"]),
        (list(range(0, 36_500, 250)), ["1920–1929", "1930–1939"]),
    ],
)
def test_cohorts_are_as_fine_as_a_dozen_allows(days, names) -> None:
    assert list(cohorts(won_on(days)).names)[: len(names)] == names


def test_customers_won_on_one_day_are_one_cohort_and_no_picture(result) -> None:
    one = cohorts(won_on([30, 30, 30]))
    assert len(one.names) == 1
    assert by_cohort(replace(result.models[0], cohorts=result.models[0].cohorts[:1])) == []


def test_no_customers_have_no_cohorts() -> None:
    assert cohorts(replace(WHOLE, rows=WHOLE.rows.slice(0, 0))).names == ()


def test_cohorts_of_a_true_model_are_in_line(result) -> None:
    assert promises.of_cohorts(result.models[0].cohorts) == []


def changed(factor: np.ndarray) -> Backtest:
    return backtest(replace(WHOLE, orders=WHOLE.orders * factor), {"beta_geo_nbd": BetaGeoNBD()}, with_intervals=False)


def test_a_cohort_that_orders_unlike_the_others_is_named() -> None:
    first = WHOLE.rows["first_day"].to_numpy().astype("datetime64[M]")
    chosen = np.datetime64("2023-11")
    found = changed(np.where(first == chosen, 3.0, 1.0)).models[0].cohorts
    assert [one.first_day for one in out_of_line(found)] == [date(2023, 11, 1)]
    (said,) = promises.of_cohorts(found)
    assert "2023-11" in said or "2023 Q4" in said


def test_cohorts_that_are_all_missed_alike_are_not_unlike_each_other() -> None:
    found = changed(np.full(len(WHOLE), 2.0)).models[0].cohorts
    assert all(one.z < -2 for one in found if one.customers > 200)
    assert promises.of_cohorts(found) == []


def test_the_page_shows_the_cohorts_and_their_sum(result) -> None:
    chart, table = by_cohort(result.models[0])
    assert len(chart.series[0].y) == len(result.models[0].cohorts)
    assert table.rows[-1][:2] == ("all", result.customers)
    assert table.rows[-1][2] == pytest.approx(result.models[0].orders.predicted)


def test_a_cohort_that_was_foretold_right_is_not_blamed_for_the_others() -> None:
    first = WHOLE.rows["first_day"].to_numpy().astype("datetime64[M]")
    found = changed(np.where(first == np.datetime64("2023-11"), 1.0, 2.0)).models[0].cohorts
    assert promises.of_cohorts(found) == []
