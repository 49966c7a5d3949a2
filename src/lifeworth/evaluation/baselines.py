"""Forecasts anyone can make with a spreadsheet. A model that does not beat them is not worth its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.metrics import Array


@dataclass(frozen=True, slots=True)
class Baseline:
    """A naive forecast of orders, and what it assumes in plain words."""

    name: str
    assumption: str
    predict: Callable[[Holdout], Array]


def _own_rate(test: Holdout) -> Array:
    """Repeats so far ÷ time so far × horizon. A customer of the last day has had no time for a rate: none is foretold."""
    rate: Array = np.divide(test.x, test.age, out=np.zeros(len(test)), where=test.age > 0)
    return rate * test.days


def _last_period(test: Holdout) -> Array:
    return test.recent_orders.astype(np.float64)


def _same_for_all(test: Holdout) -> Array:
    exposure = float(test.age.sum())
    return np.full(len(test), float(test.x.sum()) / exposure * test.days if exposure > 0 else 0.0)


def _zero(test: Holdout) -> Array:
    return np.zeros(len(test))


BASELINES: tuple[Baseline, ...] = (
    Baseline("own rate", "everyone goes on at their own past rate, x ÷ T", _own_rate),
    Baseline("last period", "everyone does what they did in the same number of days before", _last_period),
    Baseline("same for all", "everyone buys at the average rate of all customers", _same_for_all),
    Baseline("zero", "nobody buys again", _zero),
)
"""Every baseline a back-test scores, the hardest to beat first."""
