"""BG/BB: orders that can happen only at given times (a yearly appeal, a monthly box), and customers who leave between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from lifeworth.errors import InputError
from lifeworth.models.base import Parameter
from lifeworth.models.distinct import Array, Codes, Flags
from lifeworth.models.history import History
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.mixing import BetaMixing, Mixing
from lifeworth.models.orders import FittedOrders, OrderModel
from lifeworth.models.prior import Prior, shapes
from lifeworth.models.quadrature import beta_mean
from lifeworth.models.special import digamma_rise, log_rising, trigamma_rise

ALPHA, BETA, GAMMA, DELTA = range(4)
LONG_TABLE = 1 << 10
"""Whole numbers up to this are always worth a table of their own."""
PATIENCE = 5000
"""Opportunities after which a next order that has not come by then is taken never to come."""


def _ways(t_x: Array, T: Array) -> tuple[Array, Array, Flags]:
    """How a history may have come about (rows × ways): opportunities lived through, whether the customer then left, and whether it is a way."""
    i = np.arange(int(np.max(T - t_x, initial=0.0)) + 1, dtype=np.float64)
    lived = t_x[:, None] + i
    left = (lived < T[:, None]).astype(np.float64)
    return lived, left, lived <= T[:, None]


def _by_table(function: Callable[[Any, Any], Array]) -> Callable[[Any, Array], Array]:
    """`function(c, n)` of whole n: where c is one number it is asked once for each n there can be, not once a row and way."""

    def of_whole(c: Any, n: Array) -> Array:
        if np.ndim(c) or not n.size or n.max() > max(n.size, LONG_TABLE):
            return function(c, n)
        return np.asarray(function(c, np.arange(n.max() + 1))[n.astype(np.int64)])

    return of_whole


_rising, _digamma, _trigamma = _by_table(log_rising), _by_table(digamma_rise), _by_table(trigamma_rise)


def _log_ways(x: Array, lived: Array, left: Array, alpha: Any, beta: Any, gamma: Any, delta: Any) -> Array:
    """Logarithm of E[pˣ(1−p)^(m−x)] · E[θᵉ(1−θ)ᵐ] for m opportunities lived through and e = 1 where the customer then left."""
    buying = _rising(alpha, x[:, None]) + _rising(beta, lived - x[:, None]) - _rising(alpha + beta, lived)
    return np.asarray(buying + _rising(gamma, left) + _rising(delta, lived) - _rising(gamma + delta, lived + left))


def history_term(x: Array, t_x: Array, T: Array, alpha: Any, beta: Any, gamma: Any, delta: Any, *, order: int) -> Jet:
    """Equation (5) of Fader, Hardie & Shang (2010): the sum over the ways in which the history may have come about."""
    alpha, beta, gamma, delta = (np.reshape(v, (-1, 1)) if np.ndim(v) else v for v in (alpha, beta, gamma, delta))
    lived, left, possible = _ways(t_x, T)
    ways = np.where(possible, _log_ways(x, lived, left, alpha, beta, gamma, delta), -np.inf)
    value = special.logsumexp(ways, axis=1)
    if order == 0:
        return Jet(value)
    share = np.exp(ways - value[:, None])
    n = np.maximum(lived - x[:, None], 0.0)
    bought, stayed = _digamma(alpha + beta, lived), _digamma(gamma + delta, lived + left)
    slopes = [
        _digamma(alpha, x[:, None]) - bought,
        _digamma(beta, n) - bought,
        _digamma(gamma, left) - stayed,
        _digamma(delta, lived) - stayed,
    ]
    first = [(share * slope).sum(axis=1) for slope in slopes]
    if order == 1:
        return Jet(value, first)
    bought, stayed = _trigamma(alpha + beta, lived), _trigamma(gamma + delta, lived + left)
    bent = {
        (ALPHA, ALPHA): _trigamma(alpha, x[:, None]) - bought,
        (ALPHA, BETA): -bought,
        (BETA, BETA): _trigamma(beta, n) - bought,
        (GAMMA, GAMMA): _trigamma(gamma, left) - stayed,
        (GAMMA, DELTA): -stayed,
        (DELTA, DELTA): _trigamma(delta, lived) - stayed,
    }
    second = {
        (i, j): (share * (slopes[i] * slopes[j] + bent.get((i, j), 0.0))).sum(axis=1) - first[i] * first[j]
        for i in range(4)
        for j in range(i, 4)
    }
    return Jet(value, first, second)


class BetaGeoBetaBernoulli(OrderModel):
    """The BG/BB model of Fader, Hardie & Shang (2010), 'Customer-Base Analysis in a Discrete-Time Noncontractual Setting', Marketing Science 29(6).

    Times are counted in opportunities: T is how many there were since the customer was acquired, t_x the last one taken, x how
    many were taken. A horizon is a whole number of opportunities. A rate of discount is per opportunity.
    """

    name = "BG/BB"
    key = "beta_geo_beta_bernoulli"
    result = FittedOrders
    source = "Fader, Hardie & Shang (2010), Marketing Science 29(6), 1086-1108"
    assumptions = (
        "At every opportunity a customer who is still there orders with a chance of their own.",
        "These chances are beta-distributed over customers (alpha, beta).",
        "Before every opportunity a customer leaves for good with a chance of their own.",
        "These chances are beta-distributed over customers (gamma, delta) and have nothing to do with the first.",
    )
    parameters = (
        Parameter("alpha", "first shape of the ordering chance: its mean is alpha ÷ (alpha + beta)"),
        Parameter("beta", "second shape of the ordering chance"),
        Parameter("gamma", "first shape of the leaving chance: its mean is gamma ÷ (gamma + delta)"),
        Parameter("delta", "second shape of the leaving chance"),
    )

    @property
    def terms(self) -> Sequence[Term]:
        """One term: all of it depends on x, t_x and T."""
        return (Term(("x", "t_x", "T"), history_term),)

    def starts(self, cells: History) -> Sequence[Mapping[str, float]]:
        """Ordering and leaving rare or frequent, customers alike or not."""
        usual = {"alpha": 1.0, "beta": 1.0, "gamma": 0.5, "delta": 2.0}
        others = [
            {"alpha": size * p, "beta": size * (1 - p), "gamma": other * theta, "delta": other * (1 - theta)}
            for p in (0.1, 0.4, 0.8)
            for theta in (0.02, 0.15, 0.5)
            for size in (0.5, 5.0)
            for other in (0.5, 5.0)
        ]
        return [usual, *others]

    def default_prior(self, cells: History) -> Prior:
        """Ordering chances of any size, leaving one in four."""
        return Prior.of(
            {
                **shapes({"alpha": 1.0, "beta": 1.0}, "ordering chances of every size are as likely"),
                **shapes(
                    {"gamma": 1.0, "delta": 3.0}, "a customer in four leaves before an opportunity; that is not sure"
                ),
            },
            "default",
        )

    def check(self, cells: History) -> None:
        """Whole opportunities, each taken once at most."""
        super().check(cells)
        for name in ("t_x", "T"):
            values = getattr(cells, name)
            wrong = np.flatnonzero(values != np.rint(values))
            if wrong.size:
                raise InputError(
                    f"{self.name} counts opportunities, and {name} = {values[wrong[0]]:g} in row {wrong[0]} is not a whole number of them.",
                    hint="Give times in opportunities (years, months, mailings), or fit a model in continuous time.",
                )
        wrong = np.flatnonzero(cells.x > cells.t_x)
        if wrong.size:
            row = wrong[0]
            raise InputError(
                f"Row {row} has {cells.x[row]:g} orders in {cells.t_x[row]:g} opportunities; one order an opportunity."
            )

    def mixing(self, alpha: Any, beta: Any, gamma: Any, delta: Any) -> tuple[Mixing, ...]:
        """Chances to order at an opportunity, and to leave before it."""
        return (BetaMixing("order chance", alpha, beta), BetaMixing("leaving chance", gamma, delta))

    def alive(self, x: Array, t_x: Array, T: Array, alpha: Any, beta: Any, gamma: Any, delta: Any) -> Array:
        """The share of the way that ends alive at T."""
        theta = (alpha, beta, gamma, delta)
        living = _log_ways(
            x, T[:, None], np.zeros((1, 1)), *(np.reshape(v, (-1, 1)) if np.ndim(v) else v for v in theta)
        )
        return np.asarray(np.exp(living[:, 0] - history_term(x, t_x, T, *theta, order=0).value))

    def alive_later(self, x: Array, T: Array, t: Any, alpha: Any, beta: Any, gamma: Any, delta: Any) -> Array:
        """E[(1−θ)ᵗ]."""
        return np.asarray(np.exp(log_rising(delta + T, t) - log_rising(gamma + delta + T, t)) * np.ones_like(x))

    def orders_if_alive(self, x: Array, T: Array, t: Any, *theta: Any) -> Array:
        """E[p] · E[(1−θ) + … + (1−θ)ᵗ]."""
        return self.discounted_if_alive(x, T, t, 0.0, *theta)

    def discounted_if_alive(self, x: Array, T: Array, end: Any, rate: float, *theta: Any) -> Array:
        """E[p] · E[y + … + yᵗ] with y = (1−θ) e^(−rate), a geometric sum."""
        alpha, beta, gamma, delta = theta
        count = _whole(end)
        mean = beta_mean(lambda p, m: _series(np.log1p(-p) - rate, m), gamma, delta + T, np.maximum(count, 1.0), count)
        return np.asarray((alpha + x) / (alpha + beta + T) * mean)

    def count_if_alive(self, x: Array, T: Array, n: Any, t: Any, *theta: Any) -> Array:
        """Beta-binomial in the opportunities lived through, averaged over how many those are."""
        count = _whole(t)
        ways = (
            np.where(m <= count, self._taken(x, T, n, m, np.where(m < count, 1.0, 0.0), *theta), 0.0)
            for m in range(int(count.max(initial=0.0)) + 1)
        )
        return np.asarray(sum(ways))

    def at_least_if_alive(self, x: Array, T: Array, n: Any, t: Any, *theta: Any) -> Array:
        """One less all smaller numbers."""
        n = np.asarray(n, np.float64)
        fewer = [
            np.where(k < n, self.count_if_alive(x, T, float(k), t, *theta), 0.0)
            for k in range(int(min(n.max(initial=0.0), _whole(t) + 1)))
        ]
        shape = np.broadcast_shapes(np.shape(x), np.shape(T), n.shape)
        return np.asarray(np.clip(1 - sum(fewer), 0.0, 1.0) * (n <= _whole(t)) * np.ones(shape))

    def at_least_table(self, x: float, T: Array, last: int, t: float, *theta: Any) -> Array:
        """As `at_least_if_alive`, summed up."""
        counts = np.stack([self.count_if_alive(np.array(x), T, float(k), t, *theta) for k in range(last)], axis=1)
        table = np.clip(1 - np.cumsum(counts, axis=1), 0.0, 1.0)
        table[:, int(_whole(t)) :] = 0.0
        return table

    def next_order_if_alive(self, x: Array, T: Array, level: float, *theta: Any) -> Array:
        """The first opportunity by which the next order has come with probability `level`."""
        alpha, beta, *_ = theta
        found, reached = np.full(np.shape(T), np.inf), np.zeros(np.shape(T))
        for i in range(1, PATIENCE):
            first = (
                (alpha + x)
                / (alpha + beta + T)
                * np.exp(log_rising(beta + T - x, i - 1) - log_rising(alpha + beta + T + 1, i - 1))
            )
            reached = reached + first * self.alive_later(x, T, i, *theta)
            found = np.where((reached >= level) & np.isinf(found), float(i), found)
            if np.isfinite(found).all():
                break
        return found

    def stimulated(self, x: Array, T: Array, frequency: Any, leaving: Any, *theta: Any) -> tuple[Any, ...]:
        """Given alive, p ~ Beta(α+x, β+T−x) and θ ~ Beta(γ, δ+T): each mean is multiplied, each precision stays."""
        alpha, beta, gamma, delta = theta
        more = (frequency - 1) * (alpha + x)
        rests, stays = beta - more, delta - (leaving - 1) * gamma
        if np.any(rests + T - x <= 0) or np.any(np.asarray(stays) <= 0):
            raise InputError(
                f"With {np.max(frequency):g} times the frequency and {np.max(leaving):g} times the leaving a chance would pass 1."
            )
        return alpha + more, rests, leaving * gamma, stays

    def draw_orders(self, ends: Array, rng: np.random.Generator, *theta: Any) -> tuple[Codes, Array, Array]:
        """An order or none at each opportunity lived through."""
        alpha, beta, gamma, delta = theta
        chances, leaving = rng.beta(alpha, beta, ends.size), rng.beta(gamma, delta, ends.size)
        lived = rng.geometric(np.maximum(leaving, 1e-12)) - 1.0
        each = np.minimum(lived, np.floor(ends)).astype(np.int64)
        who = np.repeat(np.arange(ends.size), each)
        when = np.asarray(np.arange(who.size) - np.repeat(np.cumsum(each) - each, each) + 1.0, np.float64)
        taken = rng.uniform(size=who.size) < chances[who]
        return who[taken], when[taken], np.asarray(lived + 0.5)

    def _taken(self, x: Array, T: Array, n: Any, m: int, left: Array, *theta: Any) -> Array:
        """P(exactly m of the coming opportunities are lived through, after which the customer leaves or time is up, and n are taken)."""
        alpha, beta, gamma, delta = theta
        n = np.asarray(n, np.float64)
        rest = np.maximum(m - n, 0.0)
        ways = special.gammaln(m + 1) - special.gammaln(np.minimum(n, m) + 1) - special.gammaln(rest + 1)
        buying = log_rising(alpha + x, n) + log_rising(beta + T - x, rest) - log_rising(alpha + beta + T, n + rest)
        staying = log_rising(gamma, left) + log_rising(delta + T, m) - log_rising(gamma + delta + T, m + left)
        return np.asarray(np.where(n <= m, np.exp(ways + buying + staying), 0.0))


def _series(log_y: Array, count: Array) -> Array:
    """Y + y² + … + y^count for y = e^log_y < 1; count itself where y is 1."""
    near = log_y > -1e-300
    safe = np.where(near, -1.0, log_y)
    return np.where(near, count, np.exp(safe) * np.expm1(count * safe) / np.expm1(safe))


def _whole(t: Any) -> Array:
    count = np.asarray(t, np.float64)
    if (count != np.rint(count)).any():
        raise InputError(f"A horizon in opportunities is a whole number of them, not {t}.")
    return count
