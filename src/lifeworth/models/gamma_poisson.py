"""Orders at a steady rate of one's own, rates gamma-distributed: the part that NBD, BG/NBD, MBG/NBD and Pareto/NBD share.

A customer with shape R = r + x and scale A = α + T orders N times in a time t with N negative binomial: R, and z = t ÷ A.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from lifeworth.models.distinct import Array, Codes
from lifeworth.models.likelihood import Jet
from lifeworth.models.special import digamma_rise, log_rising, trigamma_rise

TINY = 1e-300
"""Below it the chance of an order is none, and its logarithm is still a number."""


def order_term(x: Array, r: Any, *others: Any, order: int) -> Jet:
    """Logarithm of Γ(r+x)/Γ(r): what the number of orders tells of r. `others` are the model's further parameters."""
    value = log_rising(r, x)
    if order == 0:
        return Jet(value)
    first = [digamma_rise(r, x), *(0.0 for _ in others)]
    return Jet(value, first, None if order == 1 else {(0, 0): trigamma_rise(r, x)})


def time_term(x: Array, T: Array, r: Any, alpha: Any, *others: Any, order: int) -> Jet:
    """Logarithm of αʳ ÷ (α+T)^(r+x): how long the customer was watched. Written by log1p, as α and r may both be large."""
    end = alpha + T
    value = -r * np.log1p(T / alpha) - x * np.log(end)
    if order == 0:
        return Jet(value)
    mix = T / (alpha * end)
    first = [-np.log1p(T / alpha), r * mix - x / end, *(0.0 for _ in others)]
    if order == 1:
        return Jet(value, first)
    return Jet(value, first, {(0, 1): mix, (1, 1): -r * mix * (1 / alpha + 1 / end) + x / end**2})


def exactly(n: Any, shape: Any, z: Any) -> Array:
    """P(N = n)."""
    ways = log_rising(shape, n) - special.gammaln(np.add(n, 1.0))
    return np.asarray(np.exp(ways + special.xlogy(n, z / (1 + z)) - shape * np.log1p(z)))


def at_least(n: Any, shape: Any, z: Any) -> Array:
    """P(N ≥ n), to full relative precision; 1 where n is 0."""
    n = np.asarray(n, np.float64)
    return np.asarray(np.where(n > 0, special.betainc(np.maximum(n, 1.0), shape, z / (1 + z)), 1.0))


def at_least_table(last: int, shape: Any, z: Array) -> Array:
    """P(N ≥ n) for n = 1 … last (rows of z × last), summed term by term: a hundred times cheaper than one at a time.

    P(N = n) is P(N = n − 1) · (R + n − 1) ÷ n · z ÷ (1 + z): the logarithms of these steps are added up, so that no term is lost where P(N = 0) is
    smaller than any number.
    """
    n = np.arange(1.0, last)
    fewer = np.empty((z.size, last))
    fewer[:, 0] = -shape * np.log1p(z)
    fewer[:, 1:] = np.log((column(shape) + (n - 1)) / n)
    fewer[:, 1:] += column(np.log(np.maximum(z / (1 + z), TINY)))
    np.cumsum(fewer, axis=1, out=fewer)
    np.exp(fewer, out=fewer)
    np.cumsum(fewer, axis=1, out=fewer)
    return np.maximum(1 - fewer, 0.0)


def column(value: Any) -> Any:
    """One number a row as a column, to stand beside rows of numbers; a single number as it is."""
    return np.reshape(value, (-1, 1)) if np.ndim(value) else value


def times(rates: Array, ends: Array, rng: np.random.Generator) -> tuple[Codes, Array, Codes]:
    """Draw Poisson orders: whose each is and when, in order of time within each customer, and how many each customer has."""
    each = rng.poisson(rates * ends)
    who = np.repeat(np.arange(ends.size), each)
    when = rng.uniform(0, 1, who.size) * ends[who]
    order = np.lexsort((when, who))
    return who, when[order], each


def waiting(level: float, shape: Any, scale: Any) -> Array:
    """The time within which the next order comes with probability `level`: a Lomax quantile."""
    with np.errstate(over="ignore"):  # a shape near 0 waits longer than numbers reach: infinity says so
        return np.asarray(scale * np.expm1(-np.log1p(-level) / shape))
