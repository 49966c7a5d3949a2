"""Pareto/NBD: customers order at their own rate and leave at any time, at a rate of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from lifeworth.models import gamma_poisson
from lifeworth.models.base import Parameter
from lifeworth.models.distinct import Array, Codes
from lifeworth.models.gamma_poisson import order_term, time_term
from lifeworth.models.history import History
from lifeworth.models.likelihood import Filling, Jet, Table, Term, per_row
from lifeworth.models.mixing import GammaMixing, Mixing
from lifeworth.models.orders import FittedOrders, OrderModel, rates
from lifeworth.models.prior import SCALE, Belief, Prior, shapes
from lifeworth.models.quadrature import even_nodes
from lifeworth.models.race import leaves_first

R, ALPHA, S, BETA = range(4)
BISECTIONS = 200


def life_term(T: Array, r: Any, alpha: Any, s: Any, beta: Any, *, order: int) -> Jet:
    """Logarithm of (β ÷ (β+T))ˢ: the chance to live for T."""
    gap = np.log1p(T / beta)
    if order == 0:
        return Jet(-s * gap)
    mix = T / (beta * (beta + T))
    first = [0.0, 0.0, -gap, s * mix]
    if order == 1:
        return Jet(-s * gap, first)
    return Jet(-s * gap, first, {(S, BETA): mix, (BETA, BETA): -s * mix * (1 / beta + 1 / (beta + T))})


def death_term(
    x: Array, t_x: Array, T: Array, then: Jet, now: Jet, r: Any, alpha: Any, s: Any, beta: Any, *, order: int
) -> Jet:
    """Logarithm of 1 + odds of being gone at T, from h at t_x (`then`) and at T (`now`).

    The odds are h(x, t_x) eᴹ − h(x, T) with M = (r+x) ln((α+T)/(α+t_x)) + s ln((β+T)/(β+t_x)) ≥ 0. Taken as
    M + ln(h(x, t_x) + (1 − h(x, T)) e⁻ᴹ) nothing overflows, and nothing cancels where t_x = T.
    """
    gap = T - t_x
    rates, lives = np.log1p(gap / (alpha + t_x)), np.log1p(gap / (beta + t_x))
    shape = r + x
    size = shape * rates + s * lives
    fade = np.exp(-size)
    stay = 1 - now.value
    inner = then.value + stay * fade
    value = size + np.log(inner)
    if order == 0 or then.first is None or now.first is None:
        return Jet(value)
    last_a, end_a, last_b, end_b = alpha + t_x, alpha + T, beta + t_x, beta + T
    d_a, d_b = -gap / (last_a * end_a), -gap / (last_b * end_b)
    up = [rates, shape * d_a, lives, s * d_b]
    slope = [(then.first[i] - fade * (now.first[i] + stay * up[i])) / inner for i in range(4)]
    first = [up[i] + slope[i] for i in range(4)]
    if order == 1 or then.second is None or now.second is None:
        return Jet(value, first)
    bent = {
        (R, ALPHA): d_a,
        (ALPHA, ALPHA): -shape * d_a * (1 / last_a + 1 / end_a),
        (S, BETA): d_b,
        (BETA, BETA): -s * d_b * (1 / last_b + 1 / end_b),
    }
    second = {}
    for i in range(4):
        for j in range(i, 4):
            curve = now.first[i] * up[j] + now.first[j] * up[i] - now.second[i, j] + stay * up[i] * up[j]
            more = bent.get((i, j))
            if more is not None:
                curve = curve - stay * more
            second[i, j] = (then.second[i, j] + fade * curve) / inner - slope[i] * slope[j]
            if more is not None:
                second[i, j] = second[i, j] + more
    return Jet(value, first, second)


DEATH = Term(("x", "t_x", "T"), death_term, (Table(("x", "t_x"), leaves_first), Table(("x", "T"), leaves_first)))


class ParetoNBD(OrderModel):
    """The Pareto/NBD model of Schmittlein, Morrison & Colombo (1987), 'Counting Your Customers', Management Science 33(1).

    Likelihood as in Fader & Hardie (2005), 'A Note on Deriving the Pareto/NBD Model', with the hypergeometric functions written as
    the race between the next order and leaving (`race.py`).
    """

    name = "Pareto/NBD"
    key = "pareto_nbd"
    result = FittedOrders
    source = "Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24"
    assumptions = (
        "While alive, a customer orders at random times at a steady rate of their own.",
        "These rates are gamma-distributed over customers (r, alpha).",
        "A customer leaves for good at any time, ordering or not, at a steady rate of their own.",
        "These rates are gamma-distributed over customers (s, beta) and have nothing to do with the order rates.",
    )
    processes = MappingProxyType({"transaction": {"alpha": -1}, "lifetime": {"beta": -1}})
    parameters = (
        Parameter("r", "shape of the order rates: the smaller, the more customers differ"),
        Parameter("alpha", "scale of the order rates: the mean rate is r ÷ alpha"),
        Parameter("s", "shape of the leaving rates: the smaller, the more customers differ"),
        Parameter("beta", "scale of the leaving rates: the mean rate is s ÷ beta"),
    )

    @property
    def terms(self) -> Sequence[Term]:
        """Γ(r+x)/Γ(r) αʳ βˢ {(α+T)^−(r+x) (β+T)^−s + s ∫ (α+τ)^−(r+x) (β+τ)^−(s+1) dτ from t_x to T}, split by what it depends on."""
        return (Term(("x",), order_term), Term(("x", "T"), time_term), Term(("T",), life_term), DEATH)

    def starts(self, cells: History) -> Sequence[Mapping[str, float]]:
        """Unit-free: the observed rate, with customers more or less alike, and lives short or long beside the time watched."""
        w = cells.counts
        watched = float(w @ cells.T) / float(w.sum())
        rate = float(w @ cells.x) / float(w @ cells.T)
        usual = {"r": 0.8, "alpha": 0.5 / rate, "s": 0.8, "beta": 0.8 * watched}
        others = [
            {"r": r, "alpha": r / (faster * rate), "s": s, "beta": s * life * watched}
            for life, faster in ((0.15, 4.0), (0.6, 2.0), (3.0, 1.3), (30.0, 1.0))
            for s in (0.2, 1.0, 5.0)
            for r in (0.2, 1.0, 5.0)
        ]
        # few leave, and those at once: a top of its own where hardly anybody leaves
        gone = {"r": 1.0, "alpha": 1.0 / rate, "s": 0.01, "beta": 0.001 * watched}
        return [usual, *others, gone]

    def mixing(self, r: Any, alpha: Any, s: Any, beta: Any) -> tuple[Mixing, ...]:
        """Order rates and leaving rates."""
        return (GammaMixing("order rate", r, alpha), GammaMixing("leaving rate", s, beta))

    def default_prior(self, cells: History) -> Prior:
        """Rates as in NBD; lives about as long as customers were watched."""
        watched = float(cells.counts @ cells.T) / cells.customers
        leaving = {
            **shapes({"s": 1.0}, "lives differ between customers, as leaving rates spread exponentially would have it"),
            "beta": Belief(
                watched,
                SCALE,
                "lives are about as long as customers were watched: far longer or shorter ones do not show",
            ),
        }
        return Prior.of({**rates(cells), **leaving}, "default")

    def alive(self, x: Array, t_x: Array, T: Array, *theta: Any) -> Array:
        """1 ÷ (1 + odds of being gone)."""
        then, now = (leaves_first(x, t, *theta, order=0) for t in (t_x, T))
        return np.asarray(np.exp(-death_term(x, t_x, T, then, now, *theta, order=0).value))

    def alive_rows(self, h: History, filling: Filling) -> Array:
        """As `alive`, the race run once for each distinct (x, t_x) and (x, T)."""
        return np.asarray(np.exp(-per_row((DEATH,), h, filling)))

    def alive_later(self, x: Array, T: Array, t: Any, r: Any, alpha: Any, s: Any, beta: Any) -> Array:
        """((β+T) ÷ (β+T+t))ˢ."""
        return np.asarray(np.exp(-s * np.log1p(t / (beta + T))) * np.ones_like(x))

    def orders_if_alive(self, x: Array, T: Array, t: Any, r: Any, alpha: Any, s: Any, beta: Any) -> Array:
        """(r+x)(β+T) ÷ ((α+T)(s−1)) · (1 − ((β+T)/(β+T+t))^(s−1)); where s = 1 its limit, the logarithm."""
        long = np.log1p(t / (beta + T))
        exponent = -(s - 1) * long
        growth = np.where(np.abs(exponent) < 1e-12, 1.0, np.expm1(exponent) / np.where(exponent == 0, 1.0, exponent))
        return np.asarray((r + x) / (alpha + T) * (beta + T) * long * growth)

    def rate_if_alive(self, x: Array, T: Array, t: Any, r: Any, alpha: Any, s: Any, beta: Any) -> Array:
        """(r+x) ÷ (α+T), as long as the customer lives."""
        return np.asarray((r + x) / (alpha + T) * np.exp(-s * np.log1p(t / (beta + T))))

    def count_if_alive(self, x: Array, T: Array, n: Any, t: Any, r: Any, alpha: Any, s: Any, beta: Any) -> Array:
        """Negative binomial up to t or to the end of life, averaged over it."""
        ends = _lives(x, T, n, t, r, alpha, s, beta)
        return np.asarray(sum(mass * gamma_poisson.exactly(n, r + x, end / (alpha + T)) for end, mass in ends))

    def at_least_if_alive(self, x: Array, T: Array, n: Any, t: Any, r: Any, alpha: Any, s: Any, beta: Any) -> Array:
        """As `count_if_alive`."""
        ends = _lives(x, T, n, t, r, alpha, s, beta)
        return np.asarray(sum(mass * gamma_poisson.at_least(n, r + x, end / (alpha + T)) for end, mass in ends))

    def at_least_table(self, x: float, T: Array, last: int, t: float, *theta: Any) -> Array:
        """As `at_least_if_alive`, summed up."""
        r, alpha, s, beta = theta
        ends = _lives(np.array(x), T, last, t, r, alpha, s, beta, finesse=1.0)
        z = np.concatenate([end / (alpha + T) for end, _ in ends])
        shape = np.tile(r + x, len(ends)) if np.ndim(r) else r + x
        chance = gamma_poisson.at_least_table(last, shape, z).reshape(len(ends), T.size, last)
        return np.asarray(np.einsum("kt,ktn->tn", np.stack([mass for _, mass in ends]), chance))

    def next_order_if_alive(self, x: Array, T: Array, level: float, *theta: Any) -> Array:
        """Found by bisection: the customer may leave first, and where that is likelier than 1 − level there is no such time."""
        r, alpha, s, beta = theta
        stays = 1 - leaves_first(x, T, *theta, order=0).value

        def by(t: Array) -> Array:
            later = 1 - leaves_first(x, T + t, *theta, order=0).value
            fade = np.exp(-(r + x) * np.log1p(t / (alpha + T)) - s * np.log1p(t / (beta + T)))
            return np.asarray(stays - later * fade)

        low, high = np.zeros_like(T), gamma_poisson.waiting(level, r + x, alpha + T)
        ever = stays > level
        for _ in range(BISECTIONS):
            short = ever & (by(high) < level)
            if not short.any():
                break
            low, high = np.where(short, high, low), np.where(short, 2 * high, high)
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            early = by(middle) < level
            low, high = np.where(early, middle, low), np.where(early, high, middle)
            if (high - low <= 1e-13 * high)[ever].all():
                break
        return np.asarray(np.where(ever, high, np.inf))

    def stimulated(self, x: Array, T: Array, frequency: Any, leaving: Any, *theta: Any) -> tuple[Any, ...]:
        """Given alive, λ ~ Gamma(r+x, α+T) and μ ~ Gamma(s, β+T): a rate times f has its scale parameter divided by f."""
        r, alpha, s, beta = theta
        return r, (alpha + T) / frequency - T, s, (beta + T) / leaving - T

    def turn(self, x: Array, T: Array, r: Any, alpha: Any, s: Any, beta: Any) -> Array:
        """The rate falls with the chance to live."""
        return np.asarray((beta + T) / (s + 1) * np.ones_like(x))

    def draw_orders(
        self, ends: Array, rng: np.random.Generator, r: Any, alpha: Any, s: Any, beta: Any
    ) -> tuple[Codes, Array, Array]:
        """As many orders as a Poisson process gives, up to the end of life."""
        rates = rng.gamma(r, 1 / alpha, ends.size)
        death = rng.exponential(size=ends.size) / np.maximum(rng.gamma(s, 1 / beta, ends.size), 1e-300)
        who, when, _ = gamma_poisson.times(rates, np.minimum(ends, death), rng)
        return who, when, death


def _lives(
    x: Array, T: Array, n: Any, t: Any, r: Any, alpha: Any, s: Any, beta: Any, *, finesse: float = 3.0
) -> list[tuple[Array, Array]]:
    """Times up to t at which the customer may leave, each with its probability, and t itself with that of living so long.

    Gauss and Legendre's nodes in a time that runs by folds, enough of them for the counts in question: to 1e-11, or with a
    `finesse` of 1 to 1e-5.
    """
    scale = np.minimum((alpha + T) / (r + x + 1), (beta + T) / (s + 1))
    reach = np.log1p(t / scale)
    most = float(np.max(np.minimum(np.max(n), np.max(r + x)), initial=1.0))
    nodes, weights = even_nodes(int(8 + 2 * np.ceil(np.max(reach, initial=0.0)) + finesse * np.sqrt(min(most, 2500.0))))
    ends: list[tuple[Array, Array]] = []
    for node, weight in zip(nodes, weights, strict=True):
        fold = scale * np.exp(reach * node)
        end = fold - scale
        density = s / (beta + T + end) * np.exp(-s * np.log1p(end / (beta + T)))
        ends.append((end, weight * reach * fold * density))
    living = np.exp(-s * np.log1p(t / (beta + T)))
    ends.append((t * np.ones_like(T), living))
    return ends
