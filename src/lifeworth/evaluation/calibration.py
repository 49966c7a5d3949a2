"""Whether predictions mean what they say: by groups of customers, by intervals, by whole distributions."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often outcomes fell into intervals that were said to hold `level` of them.

    An interval of counts has whole ends, so it holds at least its level: with many customers who buy nothing, far more.
    `mean_pit` is the share the *distribution* leaves below the outcome, ½ when it is right on average.
    """

    level: float
    inside: float | None
    below: float | None
    """Share of outcomes under the lower end: too much was promised."""
    above: float | None
    """Share of outcomes over the upper end."""
    customers: int
    reason: str = ""


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike, level: float = 0.9) -> Coverage:
    """Shares of outcomes inside, below and above their intervals; both ends belong to the interval."""
    y, lower, upper = (np.asarray(values, np.float64) for values in (actual, low, high))
    if not y.size:
        return Coverage(level, None, None, None, 0, "there are no customers to compare")
    if np.any(upper < lower):
        raise ValueError("an interval ends before it begins")
    # A hair's breadth: values are sums of cents in floating point, and an outcome on the border is inside.
    hair = 1e-9 * np.maximum(1.0, np.abs(y))
    below, above = float((y < lower - hair).mean()), float((y > upper + hair).mean())
    return Coverage(level, 1.0 - below - above, below, above, int(y.size))


def pit(before: ArrayLike, up_to: ArrayLike, seed: int) -> Array:
    """Randomised probability integral transform of counts: uniform on (0, 1) when the distributions are right.

    A count y takes up the stretch from P(Y < y) to P(Y ≤ y); a point of it is drawn evenly (Smith 1985; Czado, Gneiting
    & Held 2009, section 2.1).

    Args:
        before: P(Y < y) at what happened, one a customer.
        up_to: P(Y ≤ y) at what happened.
        seed: Of the draw; the same seed gives the same points.
    """
    lower, upper = np.asarray(before, np.float64), np.asarray(up_to, np.float64)
    drawn: Array = lower + np.random.default_rng(seed).random(lower.size) * (upper - lower)
    return np.clip(drawn, 0.0, 1.0)


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


def uniformity(points: ArrayLike) -> Score:
    """Largest distance between the distribution of PIT points and the even one (Kolmogorov–Smirnov); 0 is perfect."""
    u = np.sort(np.asarray(points, np.float64))
    if not u.size:
        return Score(None, "there are no customers to compare")
    steps = np.arange(u.size + 1) / u.size
    return Score(float(max((steps[1:] - u).max(), (u - steps[:-1]).max())))


def uniformity_by_chance(customers: int, level: float = 0.95) -> float:
    """The distance that right distributions stay under in `level` of all tests with so many customers."""
    return float(kstwo.ppf(level, customers))
