"""NBD: customers order at their own rate and never leave. The yardstick that a model with dropout has to beat."""

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
from lifeworth.models.likelihood import Term
from lifeworth.models.mixing import GammaMixing, Mixing
from lifeworth.models.orders import FittedOrders, OrderModel, rates
from lifeworth.models.prior import Prior


class NBD(OrderModel):
    """The negative binomial model of repeat buying, Ehrenberg (1959), 'The Pattern of Consumer Purchases', Applied Statistics 8(1).

    The likelihood is that of the times of the orders, so that it can be compared with the models that let customers leave.
    """

    leaves = False
    name = "NBD"
    key = "nbd"
    result = FittedOrders
    source = "Ehrenberg (1959), Applied Statistics 8(1), 26-41"
    assumptions = (
        "A customer orders at random times at a steady rate of their own, and never leaves.",
        "These rates are gamma-distributed over customers (r, alpha).",
    )
    processes = MappingProxyType({"transaction": {"alpha": -1}})
    parameters = (
        Parameter("r", "shape of the order rates: the smaller, the more customers differ"),
        Parameter("alpha", "scale of the order rates: the mean rate is r ÷ alpha"),
    )

    @property
    def terms(self) -> Sequence[Term]:
        """Γ(r+x)/Γ(r) · αʳ ÷ (α+T)^(r+x)."""
        return (Term(("x",), order_term), Term(("x", "T"), time_term))

    def starts(self, cells: History) -> Sequence[Mapping[str, float]]:
        """The observed rate, with customers more or less alike."""
        w = cells.counts
        rate = float(w @ cells.x) / float(w @ cells.T)
        return [{"r": r, "alpha": r / rate} for r in (0.8, 0.1, 5.0, 50.0)]

    def mixing(self, r: Any, alpha: Any) -> tuple[Mixing, ...]:
        """Order rates."""
        return (GammaMixing("order rate", r, alpha),)

    def default_prior(self, cells: History) -> Prior:
        """Customers who differ, r near 1, and a mean rate near the observed one."""
        return Prior.of(rates(cells), "default")

    def alive(self, x: Array, t_x: Array, T: Array, r: Any, alpha: Any) -> Array:
        """Always."""
        return np.ones(np.broadcast_shapes(np.shape(x), np.shape(T)))

    def alive_later(self, x: Array, T: Array, t: Any, r: Any, alpha: Any) -> Array:
        """Always."""
        return np.ones(np.broadcast_shapes(np.shape(x), np.shape(T), np.shape(t)))

    def orders_if_alive(self, x: Array, T: Array, t: Any, r: Any, alpha: Any) -> Array:
        """(r+x) ÷ (α+T) · t: between the customer's own rate and everybody's."""
        return np.asarray((r + x) / (alpha + T) * t)

    def rate_if_alive(self, x: Array, T: Array, t: Any, r: Any, alpha: Any) -> Array:
        """(r+x) ÷ (α+T), now and later."""
        return np.asarray((r + x) / (alpha + T) * np.ones_like(t))

    def count_if_alive(self, x: Array, T: Array, n: Any, t: Any, r: Any, alpha: Any) -> Array:
        """Negative binomial."""
        return gamma_poisson.exactly(n, r + x, t / (alpha + T))

    def at_least_if_alive(self, x: Array, T: Array, n: Any, t: Any, r: Any, alpha: Any) -> Array:
        """Negative binomial."""
        return gamma_poisson.at_least(n, r + x, t / (alpha + T))

    def at_least_table(self, x: float, T: Array, last: int, t: float, *theta: Any) -> Array:
        """As `at_least_if_alive`, summed up."""
        r, alpha = theta
        return gamma_poisson.at_least_table(last, r + x, t / (alpha + T))

    def next_order_if_alive(self, x: Array, T: Array, level: float, r: Any, alpha: Any) -> Array:
        """Lomax(r+x, α+T)."""
        return gamma_poisson.waiting(level, r + x, alpha + T)

    def stimulated(self, x: Array, T: Array, frequency: Any, leaving: Any, *theta: Any) -> tuple[Any, ...]:
        """λ ~ Gamma(r+x, α+T): its scale parameter is divided by `frequency`. Nobody leaves, however readily."""
        r, alpha = theta
        return r, (alpha + T) / frequency - T

    def draw_orders(self, ends: Array, rng: np.random.Generator, r: Any, alpha: Any) -> tuple[Codes, Array, Array]:
        """As many orders as a Poisson process gives."""
        who, when, _ = gamma_poisson.times(rng.gamma(r, 1 / alpha, ends.size), ends, rng)
        return who, when, np.full(ends.size, np.inf)
