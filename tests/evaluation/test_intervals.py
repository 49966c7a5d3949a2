"""Intervals of customers whose truth is known hold what they promise in every tenth; wrong ones are found out and said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.simulated import holdout

from lifeworth.evaluation import promises
from lifeworth.evaluation.backtest import backtest
from lifeworth.evaluation.cautions import cautions
from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.interval_specs import held
from lifeworth.evaluation.intervals import Intervals, intervals
from lifeworth.evaluation.spend import SpendTrial
from lifeworth.models import BetaGeoNBD, GammaGamma
from lifeworth.report.spec import Chart, Group, Stats, Table

CUSTOMERS, DAYS = 8000, 182
ORDERS = {"r": 0.8, "alpha": 40.0, "a": 0.8, "b": 2.5}
"""In days."""
SPEND = {"p": 5.0, "q": 4.0, "v": 15.0}


@pytest.fixture(scope="module")
def test() -> Holdout:
    """Customers who order as BG/NBD and spend as Gamma-Gamma say, to the last."""
    rng = np.random.default_rng(21)
    age = rng.integers(20, 366, CUSTOMERS)
    drawn = BetaGeoNBD().at(ORDERS).simulate(age, rng, float(DAYS))
    x, later = drawn.history.x, drawn.later
    # Days are whole: an order is dated by the day it ends, and no two stand on one.
    recency = np.where(x > 0, np.clip(np.ceil(drawn.history.t_x), x, age), 0).astype(np.int64)
    x = np.minimum(x, recency)
    found = holdout(x.astype(np.int64), recency, age, later, np.ones(CUSTOMERS), rng, DAYS)
    nu = rng.gamma(SPEND["q"], 1 / SPEND["v"], CUSTOMERS)

    def spent(count: np.ndarray) -> np.ndarray:
        return np.where(count > 0, rng.gamma(SPEND["p"] * np.maximum(count, 1)) / nu, 0.0)

    repeat, first = spent(x), spent(np.ones(CUSTOMERS))
    rows = found.rows.set_column(
        found.rows.column_names.index("repeat_value"), "repeat_value", [repeat / np.maximum(x, 1)]
    )
    rows = rows.set_column(rows.column_names.index("mean_value"), "mean_value", [(repeat + first) / (x + 1)])
    return replace(found, rows=rows, value=spent(later))


@pytest.fixture(scope="module")
def right(test) -> Intervals:
    return held_by(test)


def held_by(test: Holdout, orders: dict[str, float] | None = None, spend: dict[str, float] | None = None) -> Intervals:
    """The intervals of models fitted to the past, or of models with these parameters (times in weeks)."""
    fitted = BetaGeoNBD().fit(test.history) if orders is None else BetaGeoNBD().at(orders)
    spends = GammaGamma().fit(test.spend(first_order=True)) if spend is None else GammaGamma().at(spend)
    return intervals(fitted, SpendTrial(True, fitted=spends), test)


def weekly(**changed: float) -> dict[str, float]:
    return ORDERS | {"alpha": ORDERS["alpha"] / 7} | changed


# -- the truth is known -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["pit_coverage", "value_pit_coverage"])
def test_right_intervals_hold_90_percent(right, what) -> None:
    assert getattr(right, what).inside == pytest.approx(0.9, abs=0.015)


@pytest.mark.parametrize("what", ["by_decile", "value_by_decile"])
def test_right_intervals_hold_90_percent_in_every_tenth(right, what) -> None:
    found = getattr(right, what)
    assert [one.customers for one in found] == [CUSTOMERS // 10] * 10
    assert [one.inside for one in found] == pytest.approx([0.9] * 10, abs=0.04)
    assert all(one.kept for one in found)


@pytest.mark.parametrize("what", ["distance", "value_distance"])
def test_right_distributions_are_as_even_as_chance_lets_them_be(right, what) -> None:
    assert getattr(right, what).value < 1.5 * right.distance_by_chance


def test_nothing_is_said_of_right_intervals(right) -> None:
    assert promises.of_intervals(right) == []


# -- made wrong on purpose ----------------------------------------------------------------------------------------------
def test_orders_of_customers_who_are_said_to_be_more_alike_than_they_are_break_the_promise(test) -> None:
    wrong = held_by(test, orders=weekly(r=16.0, alpha=20 * ORDERS["alpha"] / 7))
    assert not wrong.pit_coverage.kept
    assert any(said.startswith("The 5–95 % intervals of orders hold") for said in promises.of_intervals(wrong))


def test_customers_who_are_all_said_to_spend_too_little_break_the_promise_of_money_alone(test) -> None:
    wrong = held_by(test, spend={"p": 5.0, "q": 400.0, "v": 10 * 399 / 5})
    assert wrong.pit_coverage.kept
    assert not all(one.kept for one in wrong.value_by_decile)
    assert all("money" in said for said in promises.of_intervals(wrong))


def test_intervals_that_are_too_wide_are_said_to_be(test) -> None:
    wrong = held_by(test, spend={"p": 0.4, "q": 1.3, "v": 40.0})
    assert any("wider than they need be" in said for said in promises.of_intervals(wrong))


@pytest.fixture(scope="module")
def one_tenth_wrong(test, right) -> Intervals:
    """The best tenth comes to order twice as often as any history says, and everybody else keeps to theirs."""
    fitted, spends = BetaGeoNBD().fit(test.history), GammaGamma().fit(test.spend(first_order=True))
    worth = fitted.expected_orders(test.history, test.horizon) * spends.expected_value(test.spend(first_order=True))
    more = np.where(worth >= np.quantile(worth, 0.9), 2.0, 1.0)
    return intervals(
        fitted, SpendTrial(True, fitted=spends), replace(test, orders=test.orders * more, value=test.value * more)
    )


def test_a_tenth_that_fails_cannot_hide_behind_the_others(one_tenth_wrong) -> None:
    assert one_tenth_wrong.pit_coverage.kept
    assert [one.kept for one in one_tenth_wrong.by_decile] == [True] * 9 + [False]


def test_a_tenth_that_fails_is_named_with_what_it_holds(one_tenth_wrong) -> None:
    said = promises.of_intervals(one_tenth_wrong)
    assert any(
        one.startswith(
            "In tenth 10 of customers by predicted value (1 is the lowest) the 5–95 % intervals of orders hold"
        )
        and "more than their interval allows for" in one
        for one in said
    )


# -- on the page, and by whatever road ------------------------------------------------------------------------------------
def test_a_promise_that_is_broken_stands_among_the_warnings(test, one_tenth_wrong) -> None:
    found = backtest(test, {"beta_geo_nbd": BetaGeoNBD()}, with_intervals=False)
    trial = replace(found.models[0], intervals=one_tenth_wrong)
    assert set(promises.of_intervals(one_tenth_wrong)) < set(cautions(trial, found))


def test_the_page_shows_every_tenth_of_orders_and_money_with_all_of_them(test, right) -> None:
    found = backtest(test, {"beta_geo_nbd": BetaGeoNBD()}, with_intervals=False)
    summary, coverages, table, places = held(replace(found.models[0], intervals=right), found)
    assert [type(one) for one in (summary, coverages, table, places)] == [Stats, Group, Table, Group]
    assert [len(chart.series[-1].y) for chart in coverages.blocks if isinstance(chart, Chart)] == [10, 10]
    assert [len(chart.series[0].y) for chart in places.blocks if isinstance(chart, Chart)] == [10, 10]
    assert (len(table.rows), table.rows[-1][0], table.emphasis) == (11, "all", (10,))


def test_without_money_tenths_are_of_predicted_orders(test) -> None:
    found = intervals(BetaGeoNBD().fit(test.history), None, test)
    assert (found.value_pit_coverage, found.value_by_decile, len(found.by_decile)) == (None, (), 10)
    assert all(one.kept for one in found.by_decile)


def test_what_intervals_hold_does_not_depend_on_the_order_of_the_customers(test, right) -> None:
    order = np.random.default_rng(2).permutation(CUSTOMERS)
    moved = replace(
        test,
        rows=test.rows.take(order),
        orders=test.orders[order],
        value=test.value[order],
        recent_orders=test.recent_orders[order],
    )
    again = held_by(moved)
    assert [one.inside for one in again.value_by_decile] == pytest.approx(
        [one.inside for one in right.value_by_decile], abs=1e-6
    )
