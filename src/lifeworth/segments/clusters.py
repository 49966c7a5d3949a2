"""Clusters: customers who are alike in what they do, found by k-means, and how far the grouping can be relied on.

Customers are told apart by four figures: orders, days since the last order, mean value of an order, days since the first.
Logarithms make ratios count (2 orders or 4 is as far as 10 or 20), and each is then measured in standard deviations.
k-means always returns groups, whether or not there are any. So every number of groups is found again on resampled
customers, and two questions are asked: are the same customers grouped together again, and do the groups lie closer than
those cut from one cloud without any groups?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import FloatingValue, Table
from numpy.typing import NDArray

from lifeworth.features.series import column
from lifeworth.segments.kmeans import Floats, adjusted_rand, groups_of, nearest, tightness
from lifeworth.segments.traits import FEATURES, names

LEAST = 200
"""Fewer customers are described by their figures better than by clusters."""

SAMPLE = 50_000
"""Customers the centres are found on; everybody is then put to the nearest."""

JUDGED = 3_000
"""Customers a refit learns from and is judged on: the noise of an index over so many is far below what is asked."""

MOST = 8
"""More groups than this nobody can act on."""

REFITS = 20
STABLE = 0.80
NEAR = 0.05
"""A grouping is stable from this mean adjusted Rand index on, 1 being the same groups again and 0 chance; of the stable ones
the largest is taken that comes so near to the most stable."""

CLOUDS = 10
MARGIN = 0.97
"""One-group clouds of the same shape a grouping is compared with, and how much closer than the closest of them it has to be."""


@dataclass(frozen=True)
class Clustering:
    """Groups that were found.

    Attributes:
        mean, scale: Of each figure's logarithm among the customers learnt from.
        centres: Group × figure, in standard deviations, of highest value first.
        stability: Mean adjusted Rand index over the refits, of each number of groups tried.
        tightness: What is left of the spread within the groups, as a share of the whole spread.
        cloud: The same for the tightest of the clouds without groups.
        learnt: Customers the centres were found on.
    """

    mean: Floats
    scale: Floats
    centres: Floats
    stability: Mapping[int, float]
    tightness: float
    cloud: float
    learnt: int
    groups: dict[str, str] = field(default_factory=dict)

    @property
    def index(self) -> float:
        """The stability of the number of groups that was chosen."""
        return self.stability[len(self.centres)]

    @property
    def stable(self) -> bool:
        """Whether the same customers are grouped together again."""
        return self.index >= STABLE

    @property
    def natural(self) -> bool:
        """Whether the groups lie closer together than cuts through one cloud."""
        return self.tightness < MARGIN * self.cloud

    @property
    def verdict(self) -> str:
        """How far the groups can be relied on, in words."""
        index = f"mean adjusted Rand index {self.index:.2f} over {REFITS} refits on resampled customers"
        if not self.stable:
            return (
                f"These groups are unstable: {index}, below {STABLE:.2f}. Another sample of the same customers gives other groups; "
                "do not act on them."
            )
        if not self.natural:
            return (
                f"These groups are stable cuts through one cloud, not natural groups: {index}, but customers lie no closer to their "
                "centres than in a cloud without groups. Handy for dividing work; the borders mean nothing."
            )
        return f"These groups are stable: {index}, and tighter than cuts through one cloud without groups."

    @property
    def how(self) -> str:
        """How they were found."""
        tried = ", ".join(f"{k} groups {value:.2f}" for k, value in self.stability.items())
        return (
            f"k-means on {self.learnt:,} customers, on the logarithms of orders, days since the last order, mean value of an order and days "
            f"since the first. The number of groups is the largest that is stable and within {NEAR:.2f} of the most stable, else the most stable: {tried}."
        )


def log_figures(history: Table) -> dict[str, FloatingValue]:
    """The logarithm of each figure, by name, as expressions over a history."""
    value = ibis.greatest(ibis.coalesce(history["mean_value"].cast("float64"), 0.0), 0.0)
    return {
        "orders": history["orders"].cast("float64").ln(),
        "silence": ((history["age"] - history["recency"]).cast("float64") + 1.0).ln(),
        "value": (value + 1.0).ln(),
        "age": (history["age"].cast("float64") + 1.0).ln(),
    }


def sample(history: Table, most: int = SAMPLE) -> Table:
    """The figures of at most `most` customers, evenly spread over their ids: the same for the same customers."""
    place = ibis.row_number().over(order_by="customer_id")
    rows = history.select("customer_id", place=place, **log_figures(history))
    every = ((rows.count().as_scalar() + most - 1) / most).floor()
    kept = rows.filter((rows["place"] % ibis.greatest(every.cast("int64"), 1)) == 0)
    return kept.order_by("customer_id").select(*FEATURES)


def features(rows: pa.Table) -> Floats:
    """Rows of `sample` as an array, customer × figure."""
    return np.column_stack([column(rows, name) for name in FEATURES])


def find(figures: Floats, *, seed: int) -> Clustering | None:
    """The groups among customers; nothing where there are too few who differ.

    Args:
        figures: Logarithms of the figures, customer × figure, in the order of `FEATURES`.
        seed: Of the starts and the resampling.
    """
    if len(figures) < LEAST or len(np.unique(figures, axis=0)) < 2 * MOST:
        return None
    rng = np.random.default_rng(seed)
    mean, spread = figures.mean(axis=0), figures.std(axis=0)
    scale = np.where(spread > 1e-9, spread, np.inf)  # a figure that is the same for everybody tells nobody apart
    points = ((figures - mean) / scale)[rng.permutation(len(figures))]
    fits = {k: groups_of(points, k, rng) for k in range(2, MOST + 1)}
    stability = {k: _stability(points, centres, rng) for k, centres in fits.items()}
    best = max(stability.values())
    # One split too many costs little of an index over all pairs, so a number has to come near the best as well.
    stable = [k for k, value in stability.items() if value >= max(STABLE, best - NEAR)]
    chosen = max(stable) if stable else max(stability, key=lambda k: (stability[k], -k))
    centres = _by_value(fits[chosen])
    judged = points[:JUDGED]
    again = groups_of(judged, chosen, rng)
    return Clustering(
        mean,
        scale,
        centres,
        stability,
        tightness(judged, again),
        _cloud(judged, chosen, rng),
        len(points),
        names(centres),
    )


def assign(history: Table, found: Clustering) -> Table:
    """One row a customer: `customer_id`, `segment`, the group whose centre is nearest."""
    figures = log_figures(history)
    axes = [
        (figures[name] - float(mean)) / float(scale)
        for name, mean, scale in zip(FEATURES, found.mean, found.scale, strict=True)
        if np.isfinite(scale)
    ]
    use = [place for place, scale in enumerate(found.scale) if np.isfinite(scale)]
    measured = history.select("customer_id", **{f"z{place}": axis for place, axis in enumerate(axes)})
    distances = {}
    for number, centre in enumerate(found.centres):
        parts = [(measured[f"z{place}"] - float(centre[of])) ** 2 for place, of in enumerate(use)]
        distances[f"d{number}"] = reduce(lambda one, other: one + other, parts)
    far = measured.select("customer_id", **distances)
    least = ibis.least(*(far[name] for name in distances))
    branches = [(far[f"d{number}"] <= least, name) for number, name in enumerate(found.groups)]
    return far.select("customer_id", segment=ibis.cases(*branches[:-1], else_=branches[-1][1]))


def _stability(points: Floats, centres: Floats, rng: np.random.Generator) -> float:
    """How alike the groups of resampled customers are to those found on all, on the customers judged."""
    judged = points[:JUDGED]
    first = nearest(judged, centres)
    found = []
    for _ in range(REFITS):
        drawn = points[rng.integers(0, len(points), min(len(points), JUDGED))]
        found.append(adjusted_rand(first, nearest(judged, groups_of(drawn, len(centres), rng, starts=2))))
    return float(np.mean(found))


def _cloud(points: Floats, k: int, rng: np.random.Generator) -> float:
    """The tightest of several normal clouds with the mean and covariance of the points, cut into as many groups."""
    mean, covariance = points.mean(axis=0), np.cov(points.T)
    drawn = (rng.multivariate_normal(mean, covariance, len(points), method="eigh") for _ in range(CLOUDS))
    return min(tightness(cloud, groups_of(cloud, k, rng, starts=2)) for cloud in drawn)


def _by_value(centres: Floats) -> Floats:
    """Groups whose customers order often and much come first; it is an order to read them in, not a rank of worth."""
    worth = centres[:, FEATURES.index("orders")] + centres[:, FEATURES.index("value")]
    order: NDArray[np.int64] = np.argsort(-worth, kind="stable")
    return centres[order]
