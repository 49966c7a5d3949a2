"""Averages over a beta-distributed chance, right to about 1e-11 for every shape: the workhorse behind the predictions.

The textbook formulas are Gaussian hypergeometric functions. SciPy's are not finite for counts in the thousands, and the closed
form for the expected number of orders divides 0 by 0 where a = 1. An average over the dropout chance p has neither fault:
all its terms are positive.

p = 1 ÷ (1 + e⁻ʸ) turns the beta density into pᵃ(1−p)ᵇ dy on the whole line, analytic in the strip |Im y| < π whatever the
horizon; there the trapezoidal rule converges geometrically (Trefethen & Weideman 2014). Steps are even where the integrand
lives and grow exponentially in its tails, so a shape of 0.01 costs no more than one of 10.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from lifeworth.models.distinct import Array, distinct
from lifeworth.models.special import softplus

STEP = 0.22
TAIL = 40.0
"""Nodes end where the density has fallen by e⁻⁴⁰."""
BLOCK = 1 << 18
"""Values evaluated at a time: small enough to stay in the processor's cache."""


@cache
def even_nodes(count: int) -> tuple[Array, Array]:
    """Gauss and Legendre's nodes and weights over (0, 1), found once: finding them costs more than many a sum over them."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    nodes, weights = 0.5 * (nodes + 1), 0.5 * weights
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def beta_nodes(a: Any, b: Any, scale: Any, other: Any = 1.0) -> tuple[Array, Array, Array]:
    """Nodes ln p, ln(1−p) and weights w (shape rows × nodes, w sums to 1 in each row) for averages over p ~ Beta(a, b).

    Args:
        a: First shape, above 0; one or one per row.
        b: Second shape, above 0.
        scale: The integrand may turn as early as p = 1 ÷ scale; nodes are laid down to there.
        other: The same at the other end: it may turn as late as 1 − p = 1 ÷ other.
    """
    a, b, scale, other = (
        np.atleast_1d(v) for v in np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (a, b, scale, other)))
    )
    mode, width = np.log(a) - np.log(b), np.sqrt(1 / a + 1 / b)
    left = np.maximum(
        -_softplus_inverse(softplus(-mode) + TAIL / a + b / a * softplus(mode)), mode - 12 * width - TAIL / a
    )
    right = np.minimum(
        _softplus_inverse(softplus(mode) + TAIL / b + a / b * softplus(-mode)), mode + 12 * width + TAIL / b
    )
    unit = np.minimum(1.0, width)
    low = np.maximum(left, np.minimum(mode, -np.log1p(scale) - 1)) / unit
    high = np.minimum(right, np.maximum(mode, np.log1p(other) + 0.3)) / unit
    start, end = low - np.log1p(low - left / unit), high + np.log1p(right / unit - high)
    count = int(np.ceil(float((end - start).max()) / STEP)) + 1
    v = start[:, None] + (end - start)[:, None] * np.linspace(0.0, 1.0, count)
    below, above = np.exp(low[:, None] - v), np.exp(v - high[:, None])
    y = unit[:, None] * (v + above - below)
    log_p, log_q = -softplus(-y), -softplus(y)
    log_density = a[:, None] * log_p + b[:, None] * log_q
    weights = np.exp(log_density - log_density.max(axis=1, keepdims=True)) * (1 + below + above)
    weights /= weights.sum(axis=1, keepdims=True)
    return log_p, log_q, weights


def beta_mean(function: Callable[..., Array], a: Any, b: Any, scale: Any, *columns: Any) -> Array:
    """E[function(p, *columns)] over p ~ Beta(a, b), one value a row.

    Rows with the same shapes share their nodes, so thousands of histories with a few hundred counts cost a few hundred node sets.

    Args:
        function: Takes p (rows × nodes) and each column as rows × 1; bounded and smooth in p over [0, 1].
        a: First shape, above 0; one or one per row.
        b: Second shape, above 0.
        scale: The integrand may turn as early as p = 1 ÷ scale.
        columns: What else the function needs, one or one per row.
    """
    a, b, scale, *rest = (np.atleast_1d(v) for v in np.broadcast_arrays(a, b, scale, *columns))
    shapes = distinct([np.ascontiguousarray(a, np.float64), np.ascontiguousarray(b, np.float64)], None)
    assert shapes.place is not None  # noqa: S101 - told to distinct() by its default
    furthest = np.zeros(shapes.weights.size)
    np.maximum.at(furthest, shapes.place, scale)
    log_p, _, weights = beta_nodes(shapes.columns[0], shapes.columns[1], furthest)
    p = np.maximum(np.exp(log_p), 1e-300)
    result = np.empty(a.size)
    step = max(1, BLOCK // p.shape[1])
    for first in range(0, a.size, step):
        rows = slice(first, first + step)
        place = shapes.place[rows]
        values = function(p[place], *(column[rows, None] for column in rest))
        result[rows] = np.einsum("ij,ij->i", weights[place], values)
    return result


def _softplus_inverse(value: Array) -> Array:
    """The v with ln(1 + eᵛ) = value."""
    return np.asarray(value + np.log(-np.expm1(-value)))
