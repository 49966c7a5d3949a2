"""Whether predictions mean what they say: by groups of customers, by intervals, by whole distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import kstwo

from lifeworth.evaluation.metrics import Array, Score, in_predicted_order


@dataclass(frozen=True, slots=True)
class Band:
    """Customers next to each other in the predicted order; band 1 was predicted lowest."""

    band: int
    customers: int
    predicted: float
    """Mean prediction per customer."""
    actual: float
    """Mean outcome per customer."""


def bands(actual: ArrayLike, predicted: ArrayLike, groups: int = 10) -> tuple[Band, ...]:
    """Mean prediction against mean outcome in `groups` groups of equal size, lowest prediction first: deciles.

    Customers of equal prediction that a border would part share their group's mean outcome, so the groups do not depend
    on the order of the rows. With fewer customers than groups there is one group a customer.
    """
    y, f = np.asarray(actual, np.float64), np.asarray(predicted, np.float64)
    if not y.size:
        return ()
    groups = min(groups, y.size)
    pairs = zip(np.array_split(np.sort(f), groups), np.array_split(in_predicted_order(y, f), groups), strict=True)
    return tuple(
        Band(number, len(ours), float(ours.mean()), float(theirs.mean()))
        for number, (ours, theirs) in enumerate(pairs, 1)
    )


def calibration_error(found: Sequence[Band]) -> Score:
    """How far the groups are off, as a part of all that happened: Σ |predicted − actual| ÷ Σ actual over groups; 0 is perfect."""
    actual = sum(band.customers * band.actual for band in found)
    if not found or actual <= 0:
        return Score(None, "the actual total is not above 0")
    return Score(sum(band.customers * abs(band.predicted - band.actual) for band in found) / actual)


TOLERATED = 0.04
"""A 90 % interval that holds 86–94 % is as good as its word for any decision."""
CHANCE = 3.0
"""Standard errors that chance alone exceeds once in 370 tests; a report makes twenty."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often outcomes fell into what was said to hold `level` of them.

    An interval of counts has whole ends, so it holds at least its level: with many customers who buy nothing, far more.
    The coverage of a randomised PIT has no such slack, and is `level` where the distributions are right.
    """

    level: float
    inside: float | None
    below: float | None
    """Share of outcomes under the lower end: too much was promised."""
    above: float | None
    """Share of outcomes over the upper end."""
    customers: int
    reason: str = ""

    @property
    def by_chance(self) -> float:
        """How far right distributions may be off `level` in a group of this size, all but once in 370 groups."""
        return CHANCE * float(np.sqrt(self.level * (1 - self.level) / self.customers)) if self.customers else 1.0

    @property
    def allowed(self) -> tuple[float, float]:
        """Between which shares the promise counts as kept: what is tolerated or, in a small group, what chance does."""
        room = max(TOLERATED, self.by_chance)
        return self.level - room, min(1.0, self.level + room)

    @property
    def kept(self) -> bool:
        """Whether the share inside is the one promised; yes where there is nobody to tell."""
        return self.inside is None or self.allowed[0] <= self.inside <= self.allowed[1]


NOBODY = "there are no customers to compare"


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike, level: float = 0.9) -> Coverage:
    """Shares of outcomes inside, below and above their intervals; both ends belong to the interval."""
    y, lower, upper = (np.asarray(values, np.float64) for values in (actual, low, high))
    if not y.size:
        return Coverage(level, None, None, None, 0, NOBODY)
    if np.any(upper < lower):
        raise ValueError("an interval ends before it begins")
    # A hair's breadth: values are sums of cents in floating point, and an outcome on the border is inside.
    hair = 1e-9 * np.maximum(1.0, np.abs(y))
    below, above = float((y < lower - hair).mean()), float((y > upper + hair).mean())
    return Coverage(level, 1.0 - below - above, below, above, int(y.size))


def pit_coverage(before: ArrayLike, up_to: ArrayLike, level: float = 0.9) -> Coverage:
    """Share of customers whose randomised PIT lies in the middle `level`: from 0.05 to 0.95 for 0.9.

    An outcome y takes up the stretch from P(Y < y) to P(Y ≤ y) of its own distribution; the randomised PIT is a point drawn
    evenly from it (Smith 1985), and even over (0, 1) when the distributions are right. What is given here is the mean over
    all draws, the part of each stretch that lies in the middle: no seed, no dependence on the order of the rows, less noise.

    Args:
        before: P(Y < y) at what happened, one a customer.
        up_to: P(Y ≤ y) at what happened.
        level: Of the middle part.
    """
    lower, _ = parts = _parts(before, up_to, level)
    if not lower.size:
        return Coverage(level, None, None, None, 0, NOBODY)
    below, above = (float(part.mean()) for part in parts)
    return Coverage(level, 1.0 - below - above, below, above, int(lower.size))


def pit_coverage_by_tenth(
    before: ArrayLike, up_to: ArrayLike, predicted: ArrayLike, level: float = 0.9, groups: int = 10
) -> tuple[Coverage, ...]:
    """`pit_coverage` within `groups` groups of equal size by prediction, the lowest first.

    Customers of equal prediction that a border would part count with their mean on both sides, as in `bands`.
    """
    lower, upper = _parts(before, up_to, level)
    f = np.asarray(predicted, np.float64)
    if not lower.size:
        return ()
    groups = min(groups, lower.size)
    pairs = zip(*(np.array_split(in_predicted_order(part, f), groups) for part in (lower, upper)), strict=True)
    return tuple(
        Coverage(
            level, 1.0 - float(below.mean()) - float(above.mean()), float(below.mean()), float(above.mean()), below.size
        )
        for below, above in pairs
    )


def _parts(before: ArrayLike, up_to: ArrayLike, level: float) -> tuple[Array, Array]:
    """The parts of each stretch below and above the middle `level`."""
    lower, upper = np.asarray(before, np.float64), np.asarray(up_to, np.float64)
    width = upper - lower
    low, high = 0.5 - 0.5 * level, 0.5 + 0.5 * level
    point = width <= POINT
    below = np.where(point, lower < low, (low - lower) / np.where(point, 1.0, width))
    above = np.where(point, upper > high, (upper - high) / np.where(point, 1.0, width))
    return np.clip(below, 0.0, 1.0), np.clip(above, 0.0, 1.0)


POINT = 1e-9
"""A stretch shorter than this is a point: the outcome of a continuous distribution."""


def pit_histogram(before: ArrayLike, up_to: ArrayLike, bins: int = 10) -> Array:
    """Share of the transform in each of `bins` equal bins, without drawing (Czado, Gneiting & Held 2009, equation 2).

    Flat at 1 ÷ bins when right; high ends mean intervals too narrow, a high middle too wide, a slope a bias.
    """
    lower, upper = (np.asarray(values, np.float64)[:, None] for values in (before, up_to))
    edges = np.linspace(0.0, 1.0, bins + 1)[None, :]
    width = np.maximum(upper - lower, 1e-15)
    filled = np.clip((edges - lower) / width, 0.0, 1.0).mean(axis=0)
    filled[0], filled[-1] = 0.0, 1.0
    shares: Array = np.diff(filled)
    return shares


def unevenness(before: ArrayLike, up_to: ArrayLike) -> Score:
    """Largest distance between the mean distribution of the PIT and the even one (Kolmogorov–Smirnov); 0 is perfect.

    The mean over all draws of the randomised PIT: F(u) = mean of the part of each stretch below u, a line with a bend at
    every end of a stretch (Czado, Gneiting & Held 2009, equation 2), and a step at every stretch that is a point.
    """
    lower, upper = np.asarray(before, np.float64), np.asarray(up_to, np.float64)
    if not lower.size:
        return Score(None, NOBODY)
    step = upper - lower <= STEP
    slope = 1 / (upper - lower)[~step]
    at = np.r_[lower[~step], upper[~step], lower[step]]
    bends = np.r_[slope, -slope, np.zeros(int(step.sum()))]
    steps = np.r_[np.zeros(2 * slope.size), np.ones(int(step.sum()))]
    order = np.argsort(at, kind="stable")
    at, bends, steps = at[order], np.cumsum(bends[order]), np.cumsum(steps[order])
    risen = np.r_[0.0, np.cumsum(bends[:-1] * np.diff(at))]
    after, until = (risen + steps) / lower.size, (risen + np.r_[0.0, steps[:-1]]) / lower.size
    return Score(float(max(np.abs(after - at).max(), np.abs(until - at).max())))


STEP = 1e-6
"""Shorter stretches are steps here: their slopes would drown the others in rounding."""


def unevenness_by_chance(customers: int, level: float = 0.95) -> float:
    """The distance that right distributions stay under in `level` of all tests with so many customers, at least."""
    return float(kstwo.ppf(level, customers))
