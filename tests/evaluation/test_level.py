"""The level of a forecast: moved only where every hold-out was missed to one side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from tests.evaluation.simulated import simulated

from lifeworth.evaluation.backtest import Backtest, backtest
from lifeworth.evaluation.level import MOST, Level, level

NAME = "beta_geo_nbd"


@pytest.fixture(scope="module")
def one() -> Backtest:
    return backtest(simulated(300), with_intervals=False)


def missed(one: Backtest, *shares: float) -> list[Backtest]:
    """Hold-outs after one another, the latest first, whose actual totals are so many times those foretold."""
    found = []
    for number, share in enumerate(shares):
        trials = tuple(
            replace(trial, orders=replace(trial.orders, predicted=100.0, actual=100.0 * share)) for trial in one.trials
        )
        until = date(2024, 1, 1) - number * timedelta(days=90)
        found.append(replace(one, trials=trials, as_of=until - timedelta(days=90), until=until))
    return found


def test_totals_missed_to_both_sides_leave_the_level(one) -> None:
    found = level(missed(one, 1.2, 0.9, 1.1), NAME)
    assert (found.factor, found.reason) == (1.0, "")


def test_totals_missed_to_one_side_move_it_by_their_mean_and_one_test_met(one) -> None:
    found = level(missed(one, 1.3, 1.2, 1.1), NAME)
    assert found.factor == pytest.approx(np.exp(np.log([1.3, 1.2, 1.1]).sum() / 4))
    assert "In all 3 hold-outs fewer orders were foretold" in found.reason


def test_a_shrinking_shop_is_foretold_less(one) -> None:
    assert level(missed(one, 0.7, 0.8, 0.9), NAME).factor < 1


def test_two_hold_outs_are_too_few_to_agree(one) -> None:
    assert level(missed(one, 1.3, 1.3), NAME).factor == 1


def test_a_level_that_would_not_have_helped_the_latest_is_not_taken(one) -> None:
    assert level(missed(one, 1.02, 1.4, 1.5), NAME).factor == 1


def test_hold_outs_of_the_same_days_do_not_teach_the_latest(one) -> None:
    latest, *rest = missed(one, 1.3, 1.2, 1.1)
    same_days = [replace(test, as_of=latest.as_of - timedelta(days=1), until=latest.until) for test in rest]
    assert level([latest, *same_days], NAME).factor == 1


def test_a_level_is_bounded(one) -> None:
    assert level(missed(one, 9.0, 8.0, 9.0), NAME).factor == MOST


def test_the_spread_is_what_is_left_of_the_misses(one) -> None:
    assert level(missed(one, 1.2, 0.9, 1.1), NAME).spread == pytest.approx(
        np.sqrt(np.mean(np.log([1.2, 0.9, 1.1]) ** 2))
    )


def test_a_hold_out_in_which_nobody_bought_is_left_out(one) -> None:
    assert level(missed(one, 1.3, 1.2, 0.0), NAME).origins == 2


def test_a_total_is_widened_by_the_spread() -> None:
    low, high = Level(spread=0.1).widened(1000.0, 990.0, 1010.0)
    assert (low, high) == pytest.approx((1000 - 164.5, 1000 + 164.5), rel=0.02)


def test_without_a_spread_the_points_stay() -> None:
    assert Level().widened(1000.0, 990.0, 1010.0) == (990.0, 1010.0)


def test_a_wide_spread_never_goes_below_nothing() -> None:
    low, high = Level(spread=1.5).widened(1000.0, 990.0, 1010.0)
    assert 0 <= low < 1000 < high
