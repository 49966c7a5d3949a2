"""Whether "likely to become high-value" meant it: probabilities given on the past alone, against who then did.

The threshold is fixed from the learning data: the amount (or number of orders) that the stated share of customers was expected
to reach in the days held out. Scores: Brier's, against the one of a forecast that gives everybody the share which then came true;
the slope of Cox's (1958) recalibration line, 1 when right, below it when probabilities are too far apart; and the expected
calibration error, the mean distance of foretold and actual share over ranges of probability, beside what chance alone would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.metrics import Array
from lifeworth.evaluation.spend import SpendTrial

TESTED = 10_000
"""Most customers the probabilities are formed for, evenly spaced by id."""
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Ranges of probability whose shares are compared."""
SURE = 1.96
NINETY = 1.6448536269514722
ALIKE, STRAIGHT, NEAR = 0.05, 0.1, 0.01
"""A count missed by less than 5 %, a slope off by less than 0.1, a mean distance under one point matter to nobody, however sure they are."""
DRAWS = 200

Finding = Literal["total", "slope", "distance"]


@dataclass(frozen=True, slots=True)
class Range:
    """Customers whose probability lies in a range, with how many of them were expected to do it and how many did."""

    low: float
    high: float
    customers: int
    predicted: float
    """Mean probability."""
    actual: float
    """Share that did."""
    actual_low: float
    actual_high: float
    """90 % interval of that share (Wilson's)."""


@dataclass(frozen=True, slots=True)
class HighValue:
    """What became of the probabilities to become high-value in one hold-out.

    Args:
        as_of: Last day learnt from.
        until: Last day held out.
        share: Share of customers that was expected to reach the threshold.
        threshold: Net revenue, or orders where there is no money.
        in_money: Which of the two.
        customers: How many were tested.
        expected: How many of them were expected to reach it.
        happened: How many did.
        ranges: Foretold and actual shares by range of probability.
        brier: Mean squared distance of probability and outcome.
        brier_base: That of giving everybody the share which came true.
        slope: Of the recalibration line; none where the probabilities are all alike.
        slope_error: Its standard error.
        distance: Expected calibration error.
        distance_by_chance: What right probabilities stay under in 95 % of tests like this one.
        findings: What differs from right probabilities by more than chance and by enough to matter.
    """

    as_of: date
    until: date
    share: float
    threshold: float
    in_money: bool
    customers: int
    expected: float
    happened: int
    ranges: tuple[Range, ...]
    brier: float
    brier_base: float
    slope: float | None
    slope_error: float | None
    distance: float
    distance_by_chance: float
    findings: tuple[Finding, ...]

    @property
    def skill(self) -> float | None:
        """1 − Brier ÷ Brier of the base rate: 1 is certain and right, 0 no better than one number for all."""
        return 1 - self.brier / self.brier_base if self.brier_base > 0 else None


def high_value(fitted: Any, spend: SpendTrial | None, test: Holdout, share: float) -> HighValue:
    """Give each customer the probability to reach the threshold, and hold it to what happened.

    Args:
        fitted: The order model, fitted on the past of `test`.
        spend: The spend model chosen; without one the threshold is a number of orders.
        test: The hold-out; of a large one a sample is tested.
        share: Share of customers that is to count as high-value.
    """
    from lifeworth.models.exceedance import count_exceedance, count_threshold, exceedance_doubt, reached_by

    few = test.sample(TESTED)
    known = None
    if spend is not None:
        known = few.spend(first_order=spend.first_order)
        threshold, chance = reached_by(fitted, spend.fitted, few.history, known, few.horizon, share)
        reached = few.value >= threshold * (1 - 1e-12)
    else:
        number = count_threshold(fitted, few.history, few.horizon, share)
        threshold, chance = float(number), count_exceedance(fitted, few.history, few.horizon, number)
        reached = few.orders >= number
    taste = None if spend is None else spend.fitted
    doubt = exceedance_doubt(fitted, taste, few.history, known, few.horizon, threshold)
    return judge(chance, reached, test, share, threshold, in_money=spend is not None, doubt=doubt)


def judge(
    chance: ArrayLike,
    reached: ArrayLike,
    test: Holdout,
    share: float,
    threshold: float,
    *,
    in_money: bool,
    doubt: float = 0.0,
) -> HighValue:
    """Probabilities against outcomes.

    Args:
        chance: Probability of each customer.
        reached: Whether they did (true or false).
        test: Whose days these are.
        share: Share of customers that was expected to reach the threshold.
        threshold: Money, or orders.
        in_money: Which of the two.
        doubt: Standard error of the number expected, as a part of it, from the parameters: it moves all probabilities together.
    """
    p, y = np.clip(np.asarray(chance, np.float64), 0.0, 1.0), np.asarray(reached, np.float64)
    expected, happened = float(p.sum()), int(y.sum())
    base = happened / y.size
    slope, error = recalibration_slope(p, y)
    distance, by_chance = _distance(p, y), _distance_by_chance(p, doubt)
    spread = float(np.sqrt((p * (1 - p)).sum() + (doubt * expected) ** 2))
    findings: list[Finding] = []
    if abs(happened - expected) > max(SURE * spread, ALIKE * expected):
        findings.append("total")
    if slope is not None and error is not None and abs(slope - 1) > max(SURE * error, STRAIGHT):
        findings.append("slope")
    if distance > max(by_chance, NEAR):
        findings.append("distance")
    return HighValue(
        as_of=test.as_of,
        until=test.until,
        share=share,
        threshold=threshold,
        in_money=in_money,
        customers=int(y.size),
        expected=expected,
        happened=happened,
        ranges=tuple(_ranges(p, y)),
        brier=float(np.square(p - y).mean()),
        brier_base=base * (1 - base),
        slope=slope,
        slope_error=error,
        distance=distance,
        distance_by_chance=by_chance,
        findings=tuple(findings),
    )


def recalibration_slope(chance: Array, reached: Array) -> tuple[float | None, float | None]:
    """Slope b of logit P(reached) = a + b · logit(chance) with its standard error, by maximum likelihood (Cox 1958).

    None where it does not exist: probabilities all alike, or outcomes that a line through them parts completely.
    """
    x = special.logit(np.clip(chance, 1e-9, 1 - 1e-9))
    if not x.size or np.ptp(x) < 1e-9 or reached.min() == reached.max():
        return None, None
    design = np.column_stack([np.ones(x.size), x])
    at = np.array([0.0, 1.0])
    for _ in range(50):
        p = special.expit(design @ at)
        curve = design.T @ (design * (p * (1 - p))[:, None])
        if np.linalg.cond(curve) > 1e12:
            return None, None
        step = np.linalg.solve(curve, design.T @ (reached - p))
        at = at + step
        if np.abs(step).max() < 1e-10:
            return float(at[1]), float(np.sqrt(np.linalg.inv(curve)[1, 1]))
    return None, None


def _ranges(p: Array, y: Array) -> Sequence[Range]:
    place = _place(p)
    found = []
    for k, (low, high) in enumerate(pairwise(EDGES)):
        inside = place == k
        n = int(inside.sum())
        if n:
            actual = float(y[inside].mean())
            found.append(Range(low, high, n, float(p[inside].mean()), actual, *_wilson(actual, n)))
    return found


def _place(p: Array) -> Any:
    return np.clip(np.searchsorted(EDGES, p, side="right") - 1, 0, len(EDGES) - 2)


def _wilson(share: float, n: int) -> tuple[float, float]:
    """The shares from which the one seen is no further than 1.64 standard errors."""
    square = NINETY**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = NINETY * np.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return min(share, max(0.0, float(middle - reach))), max(share, min(1.0, float(middle + reach)))


def _distance(p: Array, y: Array) -> float:
    """Mean over customers of how far foretold and actual share of their range lie apart."""
    place, size = _place(p), len(EDGES) - 1
    return float(np.abs(np.bincount(place, y - p, size)).sum() / p.size)


def _distance_by_chance(p: Array, doubt: float) -> float:
    """95 % point of the distance where the probabilities are right up to `doubt`, from tests drawn with one seed."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(DRAWS):
        truth = np.minimum(p * np.exp(doubt * rng.standard_normal()), 1.0)
        found.append(_distance(p, (rng.random(p.size) < truth).astype(np.float64)))
    return float(np.quantile(found, 0.95))
