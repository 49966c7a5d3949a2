"""Whether predictive intervals hold what they promise: by customer, for the total, and over the whole distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lifeworth.evaluation.calibration import Coverage, coverage, pit, pit_histogram, uniformity, uniformity_by_chance
from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.metrics import Array, Score
from lifeworth.evaluation.spend import SpendTrial

LEVEL = 0.9
"""The 5 % and 95 % points of a predictive distribution are its ends."""
TESTED = 10_000
"""Most customers intervals are drawn for, evenly spaced by id; their total is tested as one."""
MOST_ORDERS = 200
"""Counts above it share one step of the distribution: their exact probability decides nothing any more."""


TINY = 1e-12
"""What a model is said to have given to an outcome it held impossible, so that one customer cannot make a mean infinite."""


@dataclass(frozen=True, slots=True)
class TotalInterval:
    """The predictive interval of a total, and whether it held."""

    low: float
    high: float
    actual: float
    missed_by: float
    """How far the actual total lies outside, as a share of it, with sign: −0.05 means the interval ends 5 % too low."""

    @property
    def held(self) -> bool:
        """Whether the total lies in the interval."""
        return self.missed_by == 0.0


@dataclass(frozen=True, slots=True)
class Intervals:
    """What became of the 5–95 % intervals of one model.

    Args:
        orders: Coverage of the intervals of counts.
        orders_total: The interval of all their orders.
        value: Coverage of the intervals of money; none without a spend model.
        value_total: The interval of all their money.
        pit: Shares of customers in ten equal parts of their own predictive distributions; a tenth each when right.
        distance: Largest distance of the (randomised) PIT from evenness.
        distance_by_chance: What right distributions stay under in 95 % of tests of this size.
        log_score: Mean log-probability the model gave to what happened; higher is better, comparable between models.
        customers: How many were tested.
        level: What the intervals promise.
    """

    orders: Coverage
    orders_total: TotalInterval
    value: Coverage | None
    value_total: TotalInterval | None
    pit: tuple[float, ...]
    distance: Score
    distance_by_chance: float
    log_score: Score
    customers: int
    level: float = LEVEL


def total_interval(low: float, high: float, actual: float) -> TotalInterval:
    """A total against its interval."""
    missed = high - actual if actual > high else low - actual if actual < low else 0.0
    return TotalInterval(low, high, actual, missed / actual if actual != 0 else float(np.sign(missed)))


def distribution_at(fitted: Any, test: Holdout) -> tuple[Array, Array]:
    """P(Y < y) and P(Y ≤ y) of each customer's orders at what happened, y, at the fitted parameters."""
    h, y = test.history, np.minimum(test.orders, MOST_ORDERS)
    before, exact = np.zeros(y.size), np.zeros(y.size)
    left = np.arange(y.size)
    for n in range(int(y.max(initial=0)) + 1):
        left = left[y[left] >= n]
        if not left.size:
            break
        chance = fitted.order_count_probability(_rows(h, left), n, test.horizon)
        more = y[left] > n
        before[left[more]] += chance[more]
        exact[left[~more]] = chance[~more]
    return np.clip(before, 0.0, 1.0), np.clip(before + exact, 0.0, 1.0)


def _rows(h: Any, rows: Any) -> Any:
    return h if len(rows) == len(h) else type(h)(h.x[rows], h.t_x[rows], h.T[rows], unit=h.unit)


def intervals(fitted: Any, spend: SpendTrial | None, test: Holdout, *, seed: int) -> Intervals:
    """Form the intervals of a fitted order model (and spend model) and hold them to what happened.

    Args:
        fitted: The order model.
        spend: The spend model chosen, or nothing where only orders are predicted.
        test: The hold-out; of a large one a sample is tested.
        seed: Of the randomised PIT.
    """
    from lifeworth.models.predictive import count_intervals, value_intervals

    few = test.sample(TESTED)
    h, horizon = few.history, few.horizon
    counted = count_intervals(fitted, h, horizon)
    before, up_to = distribution_at(fitted, few)
    money, money_total = None, None
    if spend is not None:
        known = few.spend(first_order=spend.first_order)
        worth = value_intervals(fitted, spend.fitted, h, known, horizon)
        money = coverage(few.value, worth.low, worth.high, LEVEL)
        money_total = total_interval(worth.total_low, worth.total_high, float(few.value.sum()))
    return Intervals(
        orders=coverage(few.orders, counted.low, counted.high, LEVEL),
        orders_total=total_interval(counted.total_low, counted.total_high, float(few.orders.sum())),
        value=money,
        value_total=money_total,
        pit=tuple(pit_histogram(before, up_to).tolist()),
        distance=uniformity(pit(before, up_to, seed)),
        distance_by_chance=uniformity_by_chance(len(few)),
        log_score=Score(float(np.log(np.maximum(up_to - before, TINY)).mean())),
        customers=len(few),
    )
