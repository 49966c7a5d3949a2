"""How far two distributions lie apart: the population stability index, and the Wasserstein distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, wasserstein_distance

Floats = NDArray[np.float64]

BINS = 10
"""Ranges of equally many of the earlier values, as credit scoring has it."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two distributions told apart.

    Attributes:
        psi: Population stability index: Σ (a − e) ln(a ÷ e) over ranges; under 0.1 little, over 0.25 much has moved.
        by_chance: What chance alone reaches once in ten thousand times with so many values.
        wasserstein: How far values have to be moved on average to turn one into the other, in standard deviations of the earlier.
        earlier: Share of the earlier values in each range.
        recent: Share of the recent ones.
        edges: Inner limits of the ranges; empty for words.
    """

    psi: float
    by_chance: float
    wasserstein: float
    earlier: tuple[float, ...]
    recent: tuple[float, ...]
    edges: tuple[float, ...]


def apart(earlier: Floats, recent: Floats, bins: int = BINS) -> Apart:
    """Two samples of one figure, the ranges taken from the earlier one.

    Args:
        earlier: Values then, at least one.
        recent: Values now, at least one.
        bins: Ranges; fewer where many values are alike.
    """
    edges = np.unique(np.quantile(earlier, np.linspace(0, 1, bins + 1)[1:-1]))
    then = np.bincount(np.searchsorted(edges, earlier, side="left"), minlength=edges.size + 1)
    now = np.bincount(np.searchsorted(edges, recent, side="left"), minlength=edges.size + 1)
    spread = float(np.std(earlier))
    moved = float(wasserstein_distance(earlier, recent)) / spread if spread > 0 else 0.0
    return _apart(then.astype(float), now.astype(float), moved, tuple(float(one) for one in edges))


def mix(earlier: Floats, recent: Floats) -> Apart:
    """Two counts of the same kinds, such as orders by channel."""
    return _apart(np.asarray(earlier, float), np.asarray(recent, float), 0.0, ())


def psi(earlier: Floats, recent: Floats) -> float:
    """The population stability index of two sets of counts; half a case is added to each, so that an empty range is no infinity."""
    e, a = (one + 0.5 for one in (np.asarray(earlier, float), np.asarray(recent, float)))
    e, a = e / e.sum(), a / a.sum()
    return float(((a - e) * np.log(a / e)).sum())


def _apart(then: Floats, now: Floats, moved: float, edges: tuple[float, ...]) -> Apart:
    n, m = float(then.sum()), float(now.sum())
    # Without any change PSI is (1/n + 1/m) times a chi-square of ranges − 1 degrees of freedom (Yurdakul 2018).
    chance = float(chi2.isf(0.0001, max(then.size - 1, 1))) * (1 / n + 1 / m)
    return Apart(psi(then, now), chance, moved, tuple(then / n), tuple(now / m), edges)
