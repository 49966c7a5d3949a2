"""The kernels that BG/NBD and MBG/NBD share: Poisson orders, and a customer who may leave for good after each of them.

Orders come at rate λ ~ Gamma(r, α); after an order the customer leaves with chance p ~ Beta(a, b). The two models differ in one
point, `risk`, the number of chances to leave before the first repeat order: 0 in BG/NBD (Fader, Hardie & Lee 2005), 1 in
MBG/NBD, where the first purchase may be the last (Batislam, Denizel & Filiztekin 2007; Hoppe & Wagner 2007).

With m = x + risk chances survived, a customer alive at T has λ ~ Gamma(r+x, α+T) and p ~ Beta(a, b+m), independent of each
other and of t_x. All that is said about the future follows from these two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from lifeworth.errors import InputError
from lifeworth.models import gamma_poisson
from lifeworth.models.base import Parameter
from lifeworth.models.distinct import Array, Codes
from lifeworth.models.gamma_poisson import order_term, time_term
from lifeworth.models.history import History
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.mixing import BetaMixing, GammaMixing, Mixing
from lifeworth.models.orders import FittedOrders, OrderModel, rates
from lifeworth.models.prior import Prior, shapes
from lifeworth.models.quadrature import beta_mean
from lifeworth.models.special import digamma_rise, log_rising, trigamma_rise

R, ALPHA, A, B = range(4)


def chance_term(x: Array, r: Any, alpha: Any, a: Any, b: Any, *, risk: int, order: int) -> Jet:
    """Logarithm of B(a, b+m)/B(a, b): what the number of chances survived tells of them."""
    m = x + risk
    value = log_rising(b, m) - log_rising(a + b, m)
    if order == 0:
        return Jet(value)
    both, own = digamma_rise(a + b, m), digamma_rise(b, m)
    first = [0.0, 0.0, -both, own - both]
    if order == 1:
        return Jet(value, first)
    bent = -trigamma_rise(a + b, m)
    return Jet(value, first, {(A, A): bent, (A, B): bent, (B, B): trigamma_rise(b, m) + bent})


def death_term(x: Array, t_x: Array, T: Array, r: Any, alpha: Any, a: Any, b: Any, *, risk: int, order: int) -> Jet:
    """Logarithm of (1 + odds of being gone at T): the customer left at t_x, or lives. By logaddexp: the textbook form overflows near x = 170."""
    last, end = alpha + t_x, alpha + T
    gap = np.log1p((T - t_x) / last)
    m = x + risk
    some = m > 0
    chances = np.where(some, b + (m - 1), 1.0)  # in this order: b may be tiny
    odds = np.where(some, np.log(a / chances) + (r + x) * gap, -np.inf)
    small = np.exp(-np.abs(odds))
    value = np.maximum(odds, 0.0) + np.log1p(small)
    if order == 0:
        return Jet(value)
    gone = np.where(odds > 0, 1.0, small) / (1 + small)
    pull = (t_x - T) / (last * end)
    slopes = [gap, (r + x) * pull, 1 / a, -1 / chances]
    first = [gone * slope for slope in slopes]
    if order == 1:
        return Jet(value, first)
    torn = gone * (small / (1 + small) if np.ndim(small) == 0 else np.where(odds > 0, small, 1.0) / (1 + small))
    second = {(i, j): torn * slopes[i] * slopes[j] for i in range(4) for j in range(i, 4)}
    second[R, ALPHA] += gone * pull
    second[ALPHA, ALPHA] -= first[ALPHA] * (1 / last + 1 / end)
    second[A, A] -= gone / a**2
    second[B, B] += gone / chances**2
    return Jet(value, first, second)


class GeometricDropout(OrderModel):
    """What BG/NBD and MBG/NBD have in common; they say their name and their `risk`."""

    risk: ClassVar[int]
    leaves_by_order = True
    result = FittedOrders
    processes = MappingProxyType({"transaction": {"alpha": -1}, "lifetime": {"a": 1, "b": 1}, "dropout": {"a": 1}})
    parameters = (
        Parameter("r", "shape of the order rates: the smaller, the more customers differ"),
        Parameter("alpha", "scale of the order rates: the mean rate is r ÷ alpha"),
        Parameter("a", "first shape of the dropout chance: its mean is a ÷ (a + b)"),
        Parameter("b", "second shape of the dropout chance"),
    )

    @property
    def terms(self) -> Sequence[Term]:
        """Equation (6) of Fader, Hardie & Lee (2005), split by what its factors depend on."""
        return (
            Term(("x",), order_term),
            Term(("x",), partial(chance_term, risk=self.risk)),
            Term(("x", "T"), time_term),
            Term(("x", "t_x", "T"), partial(death_term, risk=self.risk)),
        )

    def starts(self, cells: History) -> Sequence[Mapping[str, float]]:
        """Unit-free: the observed rate, with customers more or less alike, and dropout rare or frequent, even or uneven."""
        w = cells.counts
        rate = float(w @ cells.x) / float(w @ cells.T)
        usual = {"r": 0.8, "alpha": 0.4 / rate, "a": 0.8, "b": 2.5}
        others = [
            {"r": r, "alpha": r / (faster * rate), "a": size * mean, "b": size * (1 - mean)}
            for mean, faster in ((0.01, 1.0), (0.1, 1.5), (0.3, 3.0), (0.7, 8.0))
            for size in (0.3, 3.0, 30.0)
            for r in (0.2, 1.0, 5.0)
        ]
        return [usual, *others]

    def mixing(self, r: Any, alpha: Any, a: Any, b: Any) -> tuple[Mixing, ...]:
        """Order rates, and chances to leave after an order."""
        return (GammaMixing("order rate", r, alpha), BetaMixing("leaving chance", a, b))

    def default_prior(self, cells: History) -> Prior:
        """Rates as in NBD; of the customers one in four leaves after an order."""
        leaving = shapes(
            {"a": 1.0, "b": 3.0},
            "a customer in four leaves after an order, and customers differ in it; neither is sure",
        )
        return Prior.of({**rates(cells), **leaving}, "default")

    def alive(self, x: Array, t_x: Array, T: Array, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """Equation (7) of Fader, Hardie & Lee (2008), 'Computing P(alive) using the BG/NBD model'."""
        with np.errstate(all="ignore"):  # beyond e^709 the odds of having left are infinite, and the customer is gone
            silence = np.exp((x + r) * np.log((T + alpha) / (t_x + alpha)))
            staying = (x + (self.risk - 1)) + b  # in this order: a small b would drown in b − 1
            alive = np.asarray(staying / (staying + a * silence))
        # Nobody leaves but after a repeat order. A mask would take a third of the time: a branch a row.
        return alive if self.risk else np.maximum(np.minimum(alive, 1.0), x == 0)

    def alive_later(self, x: Array, T: Array, t: Any, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """E[e^(−λpt)] = E[(1 + p z)^−(r+x)] over p, with z = t ÷ (α+T)."""
        z, shape = t / (alpha + T), r + x
        return beta_mean(_decay, a, b + x + self.risk, (shape + 1) * z, shape, z)

    def orders_if_alive(self, x: Array, T: Array, t: Any, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """E[(1 − e^(−λpt)) ÷ p] = E[(1 − (1 + p z)^−(r+x)) ÷ p] over p; equals equation (10) of the 2005 paper, but no case divides 0 by 0."""
        z, shape = t / (alpha + T), r + x
        return beta_mean(_orders, a, b + x + self.risk, (shape + 1) * z, shape, z)

    def rate_if_alive(self, x: Array, T: Array, t: Any, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """E[λ e^(−λpt)] = (r+x) ÷ (α+T) · E[(1 + p z)^−(r+x+1)] over p."""
        z, shape = t / (alpha + T), r + x
        return np.asarray(shape / (alpha + T) * beta_mean(_decay, a, b + x + self.risk, (shape + 1) * z, shape + 1, z))

    def count_if_alive(self, x: Array, T: Array, n: Any, t: Any, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """Either n orders and still there, or gone at the n-th: E[(1−p)ⁿ] P(N = n) + E[p(1−p)ⁿ⁻¹] P(N ≥ n), N negative binomial."""
        n, m, z = np.asarray(n, np.float64), x + self.risk, t / (alpha + T)
        before = np.maximum(n - 1, 0)
        leave = _stay(before, a, b + m) * a / (a + b + m + before)
        gone = np.where(n > 0, leave * gamma_poisson.at_least(n, r + x, z), 0.0)
        return np.asarray(_stay(n, a, b + m) * gamma_poisson.exactly(n, r + x, z) + gone)

    def at_least_if_alive(self, x: Array, T: Array, n: Any, t: Any, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """The customer outlived n − 1 orders and had time for n: E[(1−p)ⁿ⁻¹] P(N ≥ n)."""
        n = np.asarray(n, np.float64)
        more = gamma_poisson.at_least(n, r + x, t / (alpha + T))
        return np.asarray(_stay(np.maximum(n - 1, 0), a, b + x + self.risk) * more)

    def at_least_table(self, x: float, T: Array, last: int, t: float, *theta: Any) -> Array:
        """As `at_least_if_alive`, summed up; the chance to stay after n orders is a product of n chances."""
        r, alpha, a, b = theta
        table = gamma_poisson.at_least_table(last, r + x, t / (alpha + T))
        stays = gamma_poisson.column(b) + x + self.risk + np.arange(last - 1.0)
        table[:, 1:] *= np.cumprod(stays / (gamma_poisson.column(a) + stays), axis=-1)
        return table

    def next_order_if_alive(self, x: Array, T: Array, level: float, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """Who lives will order again, after a Lomax(r+x, α+T) time: nobody leaves between orders."""
        return gamma_poisson.waiting(level, r + x, alpha + T)

    def stimulated(self, x: Array, T: Array, frequency: Any, leaving: Any, *theta: Any) -> tuple[Any, ...]:
        """λ ~ Gamma(r+x, α+T) has its scale parameter divided by `frequency`; p ~ Beta(a, b+m) its mean multiplied by `leaving`, its precision kept."""
        r, alpha, a, b = theta
        stays = b - (leaving - 1) * a
        if np.any(np.asarray(stays) <= 0):
            raise InputError(f"With {np.max(leaving):g} times the leaving the mean chance to leave would pass 1.")
        return r, (alpha + T) / frequency - T, leaving * a, stays

    def turn(self, x: Array, T: Array, r: Any, alpha: Any, a: Any, b: Any) -> Array:
        """The rate turns no sooner than e^(−λt) does at p = 1."""
        return np.asarray((alpha + T) / (r + x + 1))

    def draw_orders(
        self, ends: Array, rng: np.random.Generator, r: Any, alpha: Any, a: Any, b: Any
    ) -> tuple[Codes, Array, Array]:
        """As many orders as a Poisson process gives, up to the one after which the customer leaves."""
        rates = rng.gamma(r, 1 / alpha, ends.size)
        chances = np.maximum(rng.beta(a, b, ends.size), 1e-12)
        most = rng.geometric(chances) - self.risk
        who, when, possible = gamma_poisson.times(rates, ends, rng)
        rank = np.arange(who.size) - np.repeat(np.cumsum(possible) - possible, possible)
        death = np.where(most == 0, 0.0, np.inf)
        last = rank == most[who] - 1
        death[who[last]] = when[last]
        kept = rank < most[who]
        return who[kept], when[kept], death


def _stay(n: Any, a: Any, b: Any) -> Array:
    """E[(1−p)ⁿ]: the chance to stay after each of n orders."""
    return np.asarray(np.exp(log_rising(b, n) - log_rising(a + b, n)))


def _decay(p: Array, shape: Array, z: Array) -> Array:
    return np.exp(-shape * np.log1p(p * z))


def _orders(p: Array, shape: Array, z: Array) -> Array:
    return -np.expm1(-shape * np.log1p(p * z)) / p
