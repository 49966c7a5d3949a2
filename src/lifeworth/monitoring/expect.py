"""What a series was expected to be, from its own past: level, season, and how far chance alone takes it.

Every point is foretold from the points before it, the last one as all the others. How wrong such forecasts were in the past says how
wrong the last one may be: a company whose weeks jump about is not told of every jump. Medians throughout, so that an earlier
incident neither moves the level nor makes the band so wide that the next one fits in.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]

LEAST = 12
"""Forecasts that must have been held to something before the next one is trusted."""
FREEDOM = 8
"""Degrees of freedom of Student's t, from which thresholds are taken: series of companies have heavier tails than the normal curve."""
MAD = 1.4826
"""Makes a median absolute deviation a standard deviation, of a normal distribution."""
SEASON_KEPT = 0.7
"""How much of last year's step is expected this year: one year shows season and chance together."""
YEAR_TRUSTED = 6
"""Points a season must rest on at its far end before it is used."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A series beside what was expected of it.

    Attributes:
        values: The series, oldest first.
        expected: What was foretold of each point; nan where nothing was.
        low: Lower end of the band.
        high: Upper end.
        z: How many standard deviations each point lies from what was foretold.
    """

    values: Floats
    expected: Floats
    low: Floats
    high: Floats
    z: Floats

    @property
    def known(self) -> bool:
        """Whether anything can be said of the last point."""
        return bool(self.z.size) and bool(np.isfinite(self.z[-1]))

    def strength(self, most: int = 3) -> tuple[float, int]:
        """How far the last points lie out together, in standard deviations with their sign, and how many of them say so best.

        A drop that goes on is seen although no single week proves it (Stouffer's sum).
        """
        best, points = 0.0, 1
        for k in range(1, most + 1):
            last = self.z[-k:]
            if last.size == k and np.isfinite(last).all():
                z = float(last.sum() / sqrt(k))
                if abs(z) > abs(best):
                    best, points = z, k
        return best, points

    def band(self, points: int) -> tuple[float, float]:
        """What the last points together are usually between: chance evens out over several, so it is narrower than their bands in sum."""
        expected = self.expected[-points:]
        whole = float(expected.sum())
        if not whole:
            return float(self.low[-points:].sum()), float(self.high[-points:].sum())
        low, high = (float((end[-points:] / expected).mean()) for end in (self.low, self.high))
        narrower = 1 / sqrt(points)
        return whole * (low**narrower if low > 0 else 0.0), whole * high**narrower

    def share(self, points: int) -> float:
        """What came ÷ what was expected over the last points, less one."""
        expected = float(self.expected[-points:].sum())
        return float(self.values[-points:].sum()) / expected - 1 if expected else 0.0


def expectation(
    values: Floats,
    noise: Floats | None = None,
    *,
    season: int,
    level: int = 8,
    logarithms: bool = True,
    threshold: float = 3.0,
    floor: float = 0.03,
) -> Expectation:
    """Foretell every point of a series from those before it.

    Args:
        values: The series, oldest first; nan where nothing is known.
        noise: Standard deviation of each point by chance alone (of its logarithm, with `logarithms`), as counting or sampling gives it.
        season: Points of a year.
        level: Points whose median is the level.
        logarithms: Whether points differ by factors, as counts and money do, or by amounts, as shares and scores do.
        threshold: Standard deviations at which the band ends.
        floor: Standard deviation below which no series is believed to be regular.
    """
    y = np.asarray(values, np.float64)
    if logarithms:
        positive = y[np.isfinite(y) & (y > 0)]
        least = 0.5 * float(positive.min()) if positive.size else 1.0
        u = np.log(np.where(y > 0, y, np.where(np.isfinite(y), min(least, 0.5), np.nan)))
    else:
        u = y
    n = u.size
    chance = np.full(n, floor) if noise is None else np.maximum(np.asarray(noise, np.float64), floor)
    base, error, wide = (np.full(n, np.nan) for _ in range(3))
    for k in range(level, n):
        before = u[k - level : k]
        if np.isfinite(before).sum() < level - 2:
            continue
        base[k] = float(np.nanmedian(before)) + _step(u, k, season, level)
        error[k] = u[k] - base[k]
    for k in range(level + LEAST, n):
        past = error[max(0, k - season) : k]
        past = past[np.isfinite(past)]
        if past.size < LEAST or not np.isfinite(base[k]):
            continue
        usual = float(np.median(past))
        spread = MAD * float(np.median(np.abs(past - usual)))
        # Few forecasts say little about their own spread.
        spread *= 1 + 2 / past.size
        wide[k] = max(spread, float(chance[k]) if np.isfinite(chance[k]) else floor)
        base[k] += usual
        error[k] -= usual
    z = error / wide
    held = np.isfinite(wide)
    low, high = base - threshold * wide, base + threshold * wide
    back = np.exp if logarithms else (lambda x: x)
    expected, low, high = (np.where(held, back(one), np.nan) for one in (base, low, high))
    if not (y < 0).any():
        low = np.maximum(low, 0.0)  # what was never below zero cannot be
    return Expectation(y, expected, low, high, np.where(held, z, np.nan))


def threshold_of(false_alarms: float, tests: float) -> float:
    """Standard deviations from which on a point counts, so that chance alone gives so many alarms.

    Args:
        false_alarms: Alarms by chance that are put up with.
        tests: Points that are looked at meanwhile.
    """
    share = min(max(false_alarms / max(tests, 1.0), 1e-9), 0.5)
    # A t of 8 degrees has a standard deviation above 1; here it stands for forecast errors of standard deviation 1.
    return float(student.isf(share / 2, FREEDOM) / sqrt(FREEDOM / (FREEDOM - 2)))


def _step(u: Floats, k: int, season: int, level: int) -> float:
    """The step the same place of last year took above the weeks before it."""
    there = k - season
    if there - level < 0 or there - 1 < YEAR_TRUSTED:
        return 0.0
    around = u[max(there - 1, 0) : there + 2] if season > 12 else u[there : there + 1]
    before = u[there - level : there]
    if not np.isfinite(around).any() or not np.isfinite(before).any():
        return 0.0
    return SEASON_KEPT * (float(np.nanmean(around)) - float(np.nanmedian(before)))
