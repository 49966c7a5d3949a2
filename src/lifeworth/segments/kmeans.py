"""k-means on arrays, how tight its groups are, and how alike two groupings are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = 50
TRIES = 20


def groups_of(points: Floats, k: int, rng: np.random.Generator, *, starts: int = 4) -> Floats:
    """Centres of `k` groups, the tightest of several starts (k-means++, Arthur & Vassilvitskii 2007).

    Args:
        points: Points × figures.
        k: How many groups.
        rng: Where the starts come from.
        starts: How many.
    """
    from scipy.cluster.vq import ClusterError, kmeans2

    best, least = points[:k], np.inf
    done = 0
    for _ in range(TRIES):
        try:
            centres, _ = kmeans2(points, k, iter=STEPS, minit="++", missing="raise", rng=rng)
        except ClusterError:  # a group lost all its points: draw another start
            continue
        spread = tightness(points, centres)
        if spread < least:
            best, least = centres, spread
        done += 1
        if done == starts:
            break
    return np.asarray(best, np.float64)


def nearest(points: Floats, centres: Floats) -> Ints:
    """The centre nearest to each point."""
    from scipy.cluster.vq import vq

    return np.asarray(vq(points, centres, check_finite=False)[0], np.int64)


def tightness(points: Floats, centres: Floats) -> float:
    """Squared distances to the nearest centre, as a share of those to the mean of all: 1 is no groups, 0 is points."""
    from scipy.cluster.vq import vq

    within = float((vq(points, centres, check_finite=False)[1] ** 2).sum())
    whole = float(((points - points.mean(axis=0)) ** 2).sum())
    return within / whole if whole > 0 else 0.0


def adjusted_rand(one: Ints, other: Ints) -> float:
    """The adjusted Rand index of two groupings of the same points: 1 the same groups, about 0 by chance.

    Hubert & Arabie (1985), equation (5). Names of the groups do not matter.
    """
    width = int(other.max()) + 1
    table = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width).reshape(-1, width)
    pairs = float(_pairs(table.ravel()).sum())
    rows, columns = float(_pairs(table.sum(axis=1)).sum()), float(_pairs(table.sum(axis=0)).sum())
    expected = rows * columns / max(float(_pairs(np.array([len(one)])).sum()), 1.0)
    highest = (rows + columns) / 2
    return 1.0 if highest == expected else (pairs - expected) / (highest - expected)


def _pairs(counts: NDArray[np.int64]) -> Floats:
    return counts * (counts - 1.0) / 2
