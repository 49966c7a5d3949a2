"""Which model is taken: meetings over error by customer, total and ranking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.simulated import simulated

from lifeworth.evaluation.backtest import Backtest, Trial, backtest
from lifeworth.evaluation.contest import contest
from lifeworth.evaluation.metrics import Score


@pytest.fixture(scope="module")
def base() -> Backtest:
    return backtest(simulated(300), with_intervals=False)


def trial(base: Backtest, name: str, mae: float | None, bias: float, rank: float | None, **more: object) -> Trial:
    first = base.models[0]
    scores = replace(first.orders, mae=Score(mae), relative_bias=Score(bias), spearman=Score(rank))
    return replace(first, name=name, words=name, orders=scores, **more)


def met(base: Backtest, *tests: tuple[Trial, ...]):
    names = [one.name for one in tests[0]]
    return contest(names, [replace(base, trials=trials) for trials in tests])


def test_the_model_that_wins_more_meetings_is_taken(base) -> None:
    found = met(base, (trial(base, "a", 1.0, 0.3, 0.4), trial(base, "b", 0.9, -0.1, 0.4)))
    assert [(one.name, one.won, one.lost, one.drawn) for one in found.standings] == [("b", 2, 0, 1), ("a", 0, 2, 1)]


def test_one_absurd_origin_does_not_decide_alone(base) -> None:
    good, bad = (trial(base, "a", 0.9, 0.1, 0.5), trial(base, "b", 1.0, 0.2, 0.4)), ()
    bad = (trial(base, "a", 5.0, 9.0, 0.5), trial(base, "b", 1.0, 0.2, 0.5))
    assert met(base, good, bad, good).winner == "a"


def test_equal_models_give_way_to_the_one_the_data_hold(base) -> None:
    same = (1.0, 0.1, 0.4)
    loose = trial(base, "a", *same, boundary={"a": "0"})
    found = met(base, (loose, trial(base, "b", *same, boundary={})))
    assert (found.winner, found.level) == ("b", ("b", "a"))


def test_equal_models_that_are_both_held_give_way_to_the_simpler(base) -> None:
    same = (1.0, 0.1, 0.4)
    assert met(base, (trial(base, "a", *same, boundary={}), trial(base, "b", *same, boundary={}))).winner == "a"


def test_a_measure_that_is_not_defined_is_drawn(base) -> None:
    found = met(base, (trial(base, "a", 1.0, 0.1, None), trial(base, "b", 1.0, 0.1, 0.9)))
    assert [one.drawn for one in found.standings] == [3, 3]


def test_a_model_far_worse_by_squared_error_is_out_whatever_it_wins(base) -> None:
    losses = np.random.default_rng(0).exponential(size=300)
    good = trial(base, "a", 1.0, 0.3, 0.3, losses=losses)
    wild = trial(base, "b", 0.9, 0.1, 0.4, losses=losses * 1.5)
    found = met(base, (good, wild))
    assert (found.winner, found.out) == ("a", ("b",))


def test_a_model_only_a_little_worse_by_squared_error_stays(base) -> None:
    losses = np.random.default_rng(0).exponential(size=300)
    good = trial(base, "a", 1.0, 0.3, 0.3, losses=losses)
    other = trial(base, "b", 0.9, 0.1, 0.4, losses=losses * 1.02)
    assert met(base, (good, other)).winner == "b"


def test_the_order_of_the_models_does_not_decide_what_is_clear(base) -> None:
    one, other = trial(base, "a", 1.0, 0.3, 0.4), trial(base, "b", 0.9, -0.1, 0.45)
    assert met(base, (one, other)).winner == met(base, (other, one)).winner == "b"
