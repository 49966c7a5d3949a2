"""The template of all models of repeat orders: what one can ask a fitted one, each question answered in one place.

In all of them the time since the last order, t_x, says only whether the customer is still alive. Given that, everything after T
depends on (x, T) alone. So each answer is P(alive), an elementary formula a customer, times a number that is computed once
for every distinct (x, T): a few thousand for a million customers.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lifeworth.errors import DataError, InputError
from lifeworth.models.base import Fitted, Model
from lifeworth.models.distinct import Array, Codes, Flags
from lifeworth.models.gamma_poisson import column
from lifeworth.models.history import History
from lifeworth.models.likelihood import Filling
from lifeworth.models.prior import SCALE, Belief, shapes
from lifeworth.models.quadrature import even_nodes

ROWS = 1 << 14
"""Rows answered at a time: few enough for the cache, enough for the arithmetic to outweigh the calls."""
NODES_A_FOLD = 2.5
TAIL_OF_DISCOUNT = 45.0
"""Where e^(−rate × time) has fallen under 3e-20, nothing further is added."""


class OrderModel(Model[History]):
    """A recipe for repeat orders. Its kernels take arrays that broadcast, and the parameters last, scalar or one a row."""

    leaves: bool = True
    """Whether customers of this model ever leave."""
    leaves_by_order: bool = False
    """Whether they do so after an order, so that who orders faster leaves sooner."""

    @abstractmethod
    def alive(self, x: Array, t_x: Array, T: Array, *theta: Any) -> Array:
        """P(alive at T | x, t_x, T)."""

    def alive_rows(self, h: History, filling: Filling) -> Array:
        """`alive` for every row of `h`, block by block; a model in which that is costly does it by tables."""
        theta = filling.function(*(getattr(h, name) for name in filling.names))
        result = np.empty(len(h))
        for first in range(0, len(h), ROWS):
            rows = slice(first, first + ROWS)
            here = [value if np.ndim(value) == 0 else value[rows] for value in theta]
            result[rows] = self.alive(h.x[rows], h.t_x[rows], h.T[rows], *here)
        return result

    @abstractmethod
    def alive_later(self, x: Array, T: Array, t: Any, *theta: Any) -> Array:
        """P(alive at T + t | alive at T, x)."""

    @abstractmethod
    def orders_if_alive(self, x: Array, T: Array, t: Any, *theta: Any) -> Array:
        """Expected orders in (T, T + t], given alive at T."""

    def rate_if_alive(self, x: Array, T: Array, t: Any, *theta: Any) -> Array:
        """Expected orders a unit of time, t after T, given alive at T: the derivative of `orders_if_alive` by t."""
        raise NotImplementedError

    @abstractmethod
    def count_if_alive(self, x: Array, T: Array, n: Any, t: Any, *theta: Any) -> Array:
        """P(n orders in (T, T + t] | alive at T)."""

    @abstractmethod
    def at_least_if_alive(self, x: Array, T: Array, n: Any, t: Any, *theta: Any) -> Array:
        """P(at least n orders in (T, T + t] | alive at T), 1 where n is 0."""

    @abstractmethod
    def next_order_if_alive(self, x: Array, T: Array, level: float, *theta: Any) -> Array:
        """The time after T before which the next order comes with probability `level`, given alive at T; inf if it never does."""

    @abstractmethod
    def draw_orders(self, ends: Array, rng: np.random.Generator, *theta: Any) -> tuple[Codes, Array, Array]:
        """Repeat orders of new customers watched for `ends`: (customer of each order, its time), and each customer's end of life."""

    @abstractmethod
    def stimulated(self, x: Array, T: Array, frequency: Any, leaving: Any, *theta: Any) -> tuple[Any, ...]:
        """Parameters with which the kernels "given alive" answer as if from T on every customer changed their habits.

        What is believed of a customer at T stays; from there on they order `frequency` times as fast, and leave `leaving`
        times as readily. What that means is the model's own: a rate is multiplied, a chance has its mean multiplied and keeps
        its precision. Only the kernels that begin at T may be given these parameters; with x = T = 0 they are those of
        customers not yet acquired.

        Args:
            x: Repeat orders up to T.
            T: Time observed.
            frequency: Factor of the order rate.
            leaving: Factor of the leaving rate or chance; close to 1 where the model knows it as a chance.
            theta: The model's parameters.

        Raises:
            InputError: if a chance would pass 1.
        """

    def orders_new(self, t: Array, *theta: Any) -> Array:
        """Expected repeat orders within t of the first purchase of a customer not yet acquired."""
        born = np.zeros(np.shape(t))
        return self.alive(born, born, born, *theta) * self.orders_if_alive(born, born, t, *theta)

    def at_least_table(self, x: float, T: Array, last: int, t: float, *theta: Any) -> Array:
        """`at_least_if_alive` for n = 1 … last, of customers of one x (T × last); parameters scalar or one for each T."""
        return self.at_least_if_alive(np.array(x), T[:, None], np.arange(1.0, last + 1), t, *map(column, theta))

    def discounted_if_alive(self, x: Array, T: Array, end: float, rate: float, *theta: Any) -> Array:
        """Expected orders in (T, T + end], each counted e^(−rate × time after T), given alive at T.

        ∫₀ᵉⁿᵈ e^(−rate·s) · rate_if_alive(s) ds by Gauss and Legendre, in a time that runs by folds of the shortest change.
        """
        turn = np.minimum(self.turn(x, T, *theta), 1.0 / rate)
        reach = np.log1p(end / turn)
        nodes, weights = even_nodes(8 + int(NODES_A_FOLD * np.ceil(reach.max(initial=0.0))))
        result = np.zeros(x.size)
        for node, weight in zip(nodes, weights, strict=True):
            fold = turn * np.exp(reach * node)
            s = fold - turn
            result += weight * reach * fold * np.exp(-rate * s) * self.rate_if_alive(x, T, s, *theta)
        return result

    def turn(self, x: Array, T: Array, *theta: Any) -> Array:
        """The shortest time after T over which `rate_if_alive` can change much: where a quadrature has to begin looking."""
        return (T + 1.0) / (x + 1.0)

    def check(self, cells: History) -> None:
        """A rate of repeat orders needs repeat orders."""
        if not (cells.x > 0).any():
            raise DataError(
                "No customer has bought twice, so nothing can be said about repeat orders.",
                hint="Take an earlier first date, a later as-of date, or use historic and simple value.",
            )
        if not (cells.T > 0).any():
            raise DataError("Every customer was seen for no time at all (T = 0).", hint="Take a later as-of date.")


def rates(cells: History) -> dict[str, Belief]:
    """What is believed, weakly, of order rates that are Gamma(r, alpha) over customers."""
    watched = float(cells.counts @ cells.T)
    orders = max(float(cells.counts @ cells.x), 0.5)
    return {
        **shapes({"r": 1.0}, "customers differ as much as rates that are spread exponentially"),
        "alpha": Belief(
            watched / orders,
            SCALE,
            "the mean rate, r ÷ alpha, is near the one observed, or above it as customers leave",
        ),
    }


@dataclass(frozen=True)
class Simulated:
    """Customers drawn from a model: their history up to T, their orders in (T, T + horizon], and whether they are alive at T."""

    history: History
    later: Array
    alive: Flags


@dataclass(frozen=True, eq=False)
class FittedOrders(Fitted[History]):
    """A fitted model of repeat orders. Times and horizons in the unit it was fitted in; results one a row of `h`."""

    @property
    def recipe(self) -> OrderModel:
        """The model, with its kernels."""
        recipe = self.model.plain
        assert isinstance(recipe, OrderModel)  # noqa: S101 - for the type checker
        return recipe

    def probability_alive(self, h: History, later: float = 0.0) -> Array:
        """P(the customer is still a customer) at T, or `later` units of time after it."""
        if not len(h):
            return np.zeros(0)
        now = self.recipe.alive_rows(h, self.model.filling(self.theta.tolist()))
        return now if later == 0 else now * self._after(h, self.recipe.alive_later, _span(later))

    def expected_orders(self, h: History, horizon: float, *, start: float = 0.0) -> Array:
        """Expected number of orders in (T + start, T + horizon]."""
        return self.probability_alive(h) * self.expected_orders_if_alive(h, horizon, start=start)

    def expected_orders_if_alive(self, h: History, horizon: float, *, start: float = 0.0) -> Array:
        """Expected number of orders in (T + start, T + horizon], given alive at T."""
        orders = self._after(h, self.recipe.orders_if_alive, _span(horizon))
        return orders if start == 0 else orders - self._after(h, self.recipe.orders_if_alive, _span(start))

    def expected_discounted_orders(self, h: History, rate: float, horizon: float | None = None) -> Array:
        """Expected orders after T, each counted e^(−rate × time after T): today's worth of a purchase, in purchases.

        Args:
            h: The histories.
            rate: Continuous rate of discount per unit of time (`Rate.continuous(unit)`).
            horizon: How far to look; None for ever, which needs a rate above 0.
        """
        return self.probability_alive(h) * self.expected_discounted_orders_if_alive(h, rate, horizon)

    def expected_discounted_orders_if_alive(self, h: History, rate: float, horizon: float | None = None) -> Array:
        """As `expected_discounted_orders`, given alive at T."""
        if not (np.isfinite(rate) and rate >= 0) or (horizon is None and rate == 0):
            raise InputError(
                f"Discounting at a rate of {rate:g} has no finite value; the rate is above 0, or 0 with a horizon."
            )
        if rate == 0 and horizon is not None:
            return self.expected_orders_if_alive(h, horizon)
        furthest = float(np.ceil(TAIL_OF_DISCOUNT / rate))
        end = furthest if horizon is None else min(_span(horizon), furthest)
        return self._after(h, self.recipe.discounted_if_alive, end, rate)

    def order_count_probability(self, h: History, n: int | Array | list[int], horizon: float) -> Array:
        """P(exactly n orders in (T, T + horizon]): one a row, or rows × len(n) for several n."""
        wanted = _whole(n)
        alive = self.probability_alive(h)
        t = _span(horizon)
        table = np.empty((len(h), wanted.size))
        for place, count in enumerate(wanted):
            chance = alive * self._after(
                h, lambda x, T, *theta, k=count: self.recipe.count_if_alive(x, T, k, t, *theta)
            )
            table[:, place] = chance + (1 - alive) if count == 0 else chance
        return table[:, 0] if np.ndim(n) == 0 else table

    def probability_of_order(self, h: History, horizon: float) -> Array:
        """P(at least one order in (T, T + horizon])."""
        return self.probability_alive(h) * self._after(
            h, lambda x, T, *theta: self.recipe.at_least_if_alive(x, T, 1.0, _span(horizon), *theta)
        )

    def time_to_next_order(self, h: History, level: float = 0.5) -> Array:
        """Time after T before which the next order comes with probability `level`, given alive at T; the median where left out."""
        if not 0 < level < 1:
            raise InputError(f"A level lies between 0 and 1, not at {level:g}.")
        return self._after(h, lambda x, T, *theta: self.recipe.next_order_if_alive(x, T, level, *theta))

    def expected_orders_new(self, t: float | ArrayLike, covariates: Mapping[str, ArrayLike] | None = None) -> Array:
        """Expected repeat orders within t of the first purchase, of a customer not yet acquired; one for each t.

        Args:
            t: Time since the first purchase.
            covariates: What is known of the customer, for a model with covariates; one number, or one for each t.
        """
        t = np.atleast_1d(np.asarray(t, np.float64))
        born = np.zeros(t.size)
        theta = self.rows_theta(History(born, born, born, covariates=_repeated(covariates, t.size)))
        return self.recipe.orders_new(t, *theta)

    def order_count_probability_new(
        self, n: ArrayLike, t: float | ArrayLike, covariates: Mapping[str, ArrayLike] | None = None
    ) -> Array:
        """P(exactly n repeat orders within t of the first purchase), of customers not yet acquired (t × n).

        Args:
            n: Numbers of orders.
            t: Time since the first purchase, one for each customer.
            covariates: What is known of each customer, for a model with covariates.
        """
        t = np.atleast_1d(np.asarray(t, np.float64))
        wanted = _whole(n)
        born = np.zeros(t.size)
        theta = self.rows_theta(History(born, born, born, covariates=covariates))
        alive = self.recipe.alive(born, born, born, *theta)
        table = np.stack([alive * self.recipe.count_if_alive(born, born, k, t, *theta) for k in wanted], axis=1)
        table[:, wanted == 0] += (1 - alive)[:, None]
        return table

    def simulate(
        self,
        T: ArrayLike,
        rng: np.random.Generator,
        horizon: float = 0.0,
        covariates: Mapping[str, ArrayLike] | None = None,
    ) -> Simulated:
        """Draw one customer for each time of observation in `T`, with what they do up to T + horizon."""
        ages = np.asarray(T, np.float64).reshape(-1)
        born = np.zeros(ages.size)
        theta = self.rows_theta(History(born, born, ages, covariates=covariates))
        who, when, death = self.recipe.draw_orders(ages + horizon, rng, *theta)
        before = when <= ages[who]
        x = np.bincount(who[before], minlength=ages.size).astype(np.float64)
        last = np.zeros(ages.size)
        np.maximum.at(last, who[before], when[before])
        later = np.bincount(who[~before], minlength=ages.size).astype(np.float64)
        return Simulated(History(x, last, ages, covariates=covariates), later, death > ages)

    def _after(self, h: History, kernel: Callable[..., Array], *given: Any) -> Array:
        """`kernel(x, T, *given, *theta)` once for every distinct (x, T), and covariates where there are any, told to each row."""
        if not len(h):
            return np.zeros(0)
        filling = self.model.filling(self.theta.tolist())
        pairs = h.distinct(("x", "T", *filling.names))
        x, T, *z = pairs.columns
        values = np.asarray(kernel(x, T, *given, *filling.function(*z)), np.float64)
        return values[pairs.place]


def _whole(n: ArrayLike) -> Array:
    wanted = np.atleast_1d(np.asarray(n, np.float64))
    if (wanted < 0).any() or (wanted != np.rint(wanted)).any():
        raise InputError(f"A number of orders is a whole number from 0, not {n!r}.")
    return wanted


def _span(value: float) -> float:
    span = float(value)
    if not (np.isfinite(span) and span >= 0):
        raise InputError(f"A horizon is a finite time of at least 0, not {value}.")
    return span


def _repeated(covariates: Mapping[str, ArrayLike] | None, size: int) -> dict[str, Array]:
    known = {name: np.asarray(values, np.float64) for name, values in (covariates or {}).items()}
    return {name: np.full(size, float(values)) if values.ndim == 0 else values for name, values in known.items()}
