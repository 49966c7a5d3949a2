"""Whether predictive intervals hold what they promise: by customer, by tenth of the prediction, for the total, and over the whole distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lifeworth.evaluation.calibration import (
    Coverage,
    coverage,
    pit_coverage,
    pit_coverage_by_tenth,
    pit_histogram,
    unevenness,
    unevenness_by_chance,
)
from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.metrics import Array, Score
from lifeworth.evaluation.spend import SpendTrial

LEVEL = 0.9
"""The 5 % and 95 % points of a predictive distribution are its ends."""
TESTED = 10_000
"""Most customers intervals are formed for, evenly spaced by id; their total is tested as one."""
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
        orders: Coverage of the intervals of counts as they are handed out, whole ends included.
        orders_total: The interval of all their orders.
        pit_coverage: Share of customers whose randomised PIT of orders lies in [0.05, 0.95]; no slack from whole numbers.
        by_decile: The same within tenths of predicted value (of predicted orders where there is no money), lowest first.
        pit: Shares of customers in ten equal parts of their own predictive distributions; a tenth each when right.
        distance: Largest distance of the PIT from evenness.
        distance_by_chance: What right distributions stay under in 95 % of tests of this size.
        log_score: Mean log-probability the model gave to what happened; higher is better, comparable between models.
        customers: How many were tested.
        level: What the intervals promise.
        value: Coverage of the intervals of money; this and all that follows none without a spend model.
        value_total: The interval of all their money.
        value_pit_coverage: As `pit_coverage`, of money.
        value_by_decile: As `by_decile`, of money.
        value_pit: As `pit`, of money.
        value_distance: As `distance`, of money.
    """

    orders: Coverage
    orders_total: TotalInterval
    pit_coverage: Coverage
    by_decile: tuple[Coverage, ...]
    pit: tuple[float, ...]
    distance: Score
    distance_by_chance: float
    log_score: Score
    customers: int
    level: float = LEVEL
    value: Coverage | None = None
    value_total: TotalInterval | None = None
    value_pit_coverage: Coverage | None = None
    value_by_decile: tuple[Coverage, ...] = ()
    value_pit: tuple[float, ...] = ()
    value_distance: Score | None = None


def total_interval(low: float, high: float, actual: float) -> TotalInterval:
    """A total against its interval."""
    missed = high - actual if actual > high else low - actual if actual < low else 0.0
    return TotalInterval(low, high, actual, missed / actual if actual != 0 else float(np.sign(missed)))


def intervals(fitted: Any, spend: SpendTrial | None, test: Holdout) -> Intervals:
    """Form the intervals of a fitted order model (and spend model) and hold them to what happened.

    Args:
        fitted: The order model.
        spend: The spend model chosen, or nothing where only orders are predicted.
        test: The hold-out; of a large one a sample is tested.
    """
    from lifeworth.models.predictive import count_intervals
    from lifeworth.models.value_distribution import count_below

    few = test.sample(TESTED)
    h, horizon = few.history, few.horizon
    predicted = fitted.expected_orders(h, horizon)
    money: dict[str, Any] = {}
    if spend is not None:
        predicted = predicted * spend.fitted.expected_value(few.spend(first_order=spend.first_order))
        money = _money(fitted, spend, few, predicted)
    counted = count_intervals(fitted, h, horizon)
    stretch = count_below(fitted, h, horizon, few.orders)
    return Intervals(
        orders=coverage(few.orders, counted.low, counted.high, LEVEL),
        orders_total=total_interval(counted.total_low, counted.total_high, float(few.orders.sum())),
        pit_coverage=pit_coverage(*stretch, LEVEL),
        by_decile=pit_coverage_by_tenth(*stretch, predicted, LEVEL),
        pit=tuple(pit_histogram(*stretch).tolist()),
        distance=unevenness(*stretch),
        distance_by_chance=unevenness_by_chance(len(few)),
        log_score=Score(float(np.log(np.maximum(stretch[1] - stretch[0], TINY)).mean())),
        customers=len(few),
        **money,
    )


def _money(fitted: Any, spend: SpendTrial, few: Holdout, predicted: Array) -> dict[str, Any]:
    from lifeworth.models.predictive import value_intervals
    from lifeworth.models.value_distribution import value_below

    known = few.spend(first_order=spend.first_order)
    worth = value_intervals(fitted, spend.fitted, few.history, known, few.horizon)
    stretch = value_below(fitted, spend.fitted, few.history, known, few.horizon, few.value)
    return {
        "value": coverage(few.value, worth.low, worth.high, LEVEL),
        "value_total": total_interval(worth.total_low, worth.total_high, float(few.value.sum())),
        "value_pit_coverage": pit_coverage(*stretch, LEVEL),
        "value_by_decile": pit_coverage_by_tenth(*stretch, predicted, LEVEL),
        "value_pit": tuple(pit_histogram(*stretch).tolist()),
        "value_distance": unevenness(*stretch),
    }
