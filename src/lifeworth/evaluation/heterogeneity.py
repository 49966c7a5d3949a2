"""How much customers differ, by a fitted model: how its traits (pace, chance to leave, spend) are spread over them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifeworth.evaluation.metrics import Array
from lifeworth.models.history import Cells
from lifeworth.models.mixing import Mixing, Trait
from lifeworth.units import TimeUnit

BARS = 30
"""Most bars of a histogram."""
FURTHEST = 0.99
"""The last bar holds everything from this point of the distribution on."""
KINDS = 500
"""Most kinds of customers that a model with covariates is averaged over; of more, so many evenly spaced."""
HALVINGS = 100
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """One trait over the customers of a model. Rates are a year, chances shares, spends money.

    The shares are of customers as they come: those who have left since are among them.
    """

    trait: Trait
    edges: tuple[float, ...]
    """Of the bars, one more than there are shares."""
    shares: tuple[float, ...]
    """Share of customers in each bar; they add up to 1, the last one holds all beyond."""
    mean: float | None
    """None where there is no finite mean."""
    median: float
    low: float
    """A tenth of all customers lie below."""
    high: float
    """A tenth of all customers lie above."""
    top: float | None
    """The mean of this highest tenth."""
    held: float | None
    """Part of the sum over all customers that this highest tenth stands for."""


def spreads(fitted: Any, cells: Cells) -> tuple[Spread, ...]:
    """How the customers of a fitted model differ; nothing for a model that does not say, or a trait that is the same for all.

    Args:
        fitted: A fitted model of orders, contracts or spend.
        cells: What it was fitted to; only its covariates are looked at.
    """
    filling = fitted.model.filling(fitted.theta.tolist())
    weights, theta = np.ones(1), filling.function() if not filling.names else None
    if theta is None:
        weights, columns = _kinds(cells, filling.names)
        theta = filling.function(*columns)
    per_year = TimeUnit(fitted.unit).per_year if fitted.unit else 1.0
    found = []
    with np.errstate(
        all="ignore"
    ):  # parameters at the end of what numbers hold give no curve, and that is said by leaving it out
        for mixing in fitted.model.plain.mixing(*theta):
            spread = _spread(mixing, weights / weights.sum(), per_year if mixing.trait.endswith("rate") else 1.0)
            if spread is not None:
                found.append(spread)
    return tuple(found)


def _kinds(cells: Cells, names: tuple[str, ...]) -> tuple[Array, tuple[Array, ...]]:
    """Customers of equal covariates, with how many they are."""
    kinds = cells.distinct(names)
    if kinds.weights.size <= KINDS:
        return kinds.weights, kinds.columns
    reach = np.cumsum(kinds.weights)
    chosen = np.searchsorted(reach, (np.arange(KINDS) + 0.5) * (reach[-1] / KINDS))
    return np.ones(KINDS), tuple(column[chosen] for column in kinds.columns)


def _spread(mixing: Mixing, weights: Array, scale: float) -> Spread | None:
    least, low, median, high, furthest = (_point(mixing, weights, level) for level in (0.01, 0.1, 0.5, 0.9, FURTHEST))
    if not np.isfinite([least, median, high, furthest]).all() or furthest - least <= 1e-3 * furthest:
        return None
    edges = np.linspace(0.0, 1.0, 21) if mixing.trait.endswith("chance") else _edges(furthest * scale)
    above = np.array([_above(mixing, weights, edge / scale) for edge in edges[:-1]] + [0.0])
    above[0] = 1.0
    mean = float(weights @ np.broadcast_to(mixing.mean, weights.shape))
    held = float(weights @ np.broadcast_to(mixing.held_above(high), weights.shape))
    finite = math.isfinite(mean) and mean > 0
    return Spread(
        trait=mixing.trait,
        edges=tuple(edges.tolist()),
        shares=tuple((above[:-1] - above[1:]).tolist()),
        mean=mean * scale if finite else None,
        median=median * scale,
        low=low * scale,
        high=high * scale,
        top=held * scale / _above(mixing, weights, high) if finite else None,
        held=held / mean if finite else None,
    )


def _above(mixing: Mixing, weights: Array, value: float) -> float:
    """Share of all customers above a value."""
    return float(weights @ np.broadcast_to(mixing.above(value), weights.shape))


def _point(mixing: Mixing, weights: Array, level: float) -> float:
    """The value that `level` of all customers stay under: between those of the several kinds, found by halving."""
    points = np.broadcast_to(mixing.point(level), weights.shape)
    low, high = float(points.min()), float(points.max())
    for _ in range(HALVINGS):
        if not high - low > 1e-12 * high:
            break
        middle = 0.5 * (low + high)
        if _above(mixing, weights, middle) > 1 - level:
            low = middle
        else:
            high = middle
    return high


def _edges(top: float) -> Array:
    """Round edges of at most `BARS` bars, from 0 to `top` or a little further."""
    rough = top / BARS
    power = 10.0 ** math.floor(math.log10(rough))
    width = next(size * power for size in ROUND if size * power >= rough * (1 - 1e-9))
    return np.round(np.arange(math.ceil(top / width - 1e-9) + 1) * width, 12 - math.floor(math.log10(width)))
