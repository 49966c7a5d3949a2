"""What if customers ordered faster from now on, or left less readily? The same customers, believed the same, with other habits.

The question is about the future only. What the histories say of each customer, P(alive) included, was learnt from the past
and stays; from the as-of day on every order rate and every leaving rate (or chance) is multiplied by one factor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lifeworth.errors import InputError, ModelError
from lifeworth.models.base import Model
from lifeworth.models.distinct import Array, Codes
from lifeworth.models.history import History
from lifeworth.models.likelihood import Filling, Term
from lifeworth.models.orders import FittedOrders, OrderModel


def stimulated(fitted: FittedOrders, *, frequency: float = 1.0, leaving: float = 1.0) -> FittedOrders:
    """The fitted model with every customer's future habits multiplied.

    All that it is asked of the future is answered under the new habits, of present customers from T on and of customers not
    yet acquired from their first purchase on. `probability_alive` now is as it was.

    Args:
        fitted: A fitted model of orders.
        frequency: Factor of everybody's order rate, above 0.
        leaving: Factor of everybody's leaving rate or chance, above 0. Where the model knows it as a chance, its mean over
            customers is multiplied, and must stay below 1.

    Raises:
        InputError: if a factor is not a number above 0; and, when asked, if it makes a chance more than certain.
        ModelError: if customers of this model never leave and `leaving` is to change.
    """
    for name, factor in {"frequency": frequency, "leaving": leaving}.items():
        if not (np.isfinite(factor) and factor > 0):
            raise InputError(f"A factor of {name} is a finite number above 0, not {factor:g}.")
    if leaving != 1 and not fitted.recipe.leaves:
        raise ModelError(f"Customers of {fitted.model.name} never leave, so they cannot leave more or less readily.")
    model = Stimulated(fitted.model, frequency, leaving)
    return replace(fitted, model=model)


class Stimulated(OrderModel):
    """A model of orders whose customers change their habits at T: its kernels with the parameters of `OrderModel.stimulated`."""

    def __init__(self, model: Model[History], frequency: float, leaving: float) -> None:
        self.model, self.frequency, self.leaving = model, frequency, leaving
        base = model.plain
        assert isinstance(base, OrderModel)  # noqa: S101 - for the type checker
        self.base, self.leaves, self.leaves_by_order = base, base.leaves, base.leaves_by_order
        self.name, self.key, self.source = model.name, model.key, model.source
        self.assumptions, self.parameters = model.assumptions, model.parameters

    @property
    def covariates(self) -> tuple[str, ...]:
        """Those of the model."""
        return self.model.covariates

    @property
    def terms(self) -> Sequence[Term]:
        """Those of the model: the past is as it was."""
        return self.model.kernel_terms

    def starts(self, cells: History) -> Sequence[Mapping[str, float]]:
        """None: habits are changed of a fitted model."""
        raise ModelError("A what-if is not fitted.", hint="Fit the model, then change its habits.")

    def config(self) -> dict[str, Any]:
        """None: what is saved is the model, not a what-if."""
        raise ModelError("A what-if is not saved.", hint="Save the model it is made of.")

    def filling(self, theta: Sequence[float]) -> Filling:
        """That of the model."""
        return self.model.filling(theta)

    def stimulated(self, x: Array, T: Array, frequency: Any, leaving: Any, *theta: Any) -> tuple[Any, ...]:
        """As of the model: the kernels here put the new habits on top."""
        return self.base.stimulated(x, T, frequency, leaving, *theta)

    def alive(self, x: Array, t_x: Array, T: Array, *theta: Any) -> Array:
        """As it was."""
        return self.base.alive(x, t_x, T, *theta)

    def alive_rows(self, h: History, filling: Filling) -> Array:
        """As it was."""
        return self.base.alive_rows(h, filling)

    def alive_later(self, x: Array, T: Array, t: Any, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.alive_later(x, T, t, *self._now(x, T, theta))

    def orders_if_alive(self, x: Array, T: Array, t: Any, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.orders_if_alive(x, T, t, *self._now(x, T, theta))

    def rate_if_alive(self, x: Array, T: Array, t: Any, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.rate_if_alive(x, T, t, *self._now(x, T, theta))

    def discounted_if_alive(self, x: Array, T: Array, end: float, rate: float, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.discounted_if_alive(x, T, end, rate, *self._now(x, T, theta))

    def count_if_alive(self, x: Array, T: Array, n: Any, t: Any, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.count_if_alive(x, T, n, t, *self._now(x, T, theta))

    def at_least_if_alive(self, x: Array, T: Array, n: Any, t: Any, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.at_least_if_alive(x, T, n, t, *self._now(x, T, theta))

    def next_order_if_alive(self, x: Array, T: Array, level: float, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.next_order_if_alive(x, T, level, *self._now(x, T, theta))

    def turn(self, x: Array, T: Array, *theta: Any) -> Array:
        """Under the new habits."""
        return self.base.turn(x, T, *self._now(x, T, theta))

    def orders_new(self, t: Array, *theta: Any) -> Array:
        """Under the new habits from the first purchase on: whether it is the last one, too."""
        return self.base.orders_new(t, *self._now(np.zeros(np.shape(t)), np.zeros(np.shape(t)), theta))

    def draw_orders(self, ends: Array, rng: np.random.Generator, *theta: Any) -> tuple[Codes, Array, Array]:
        """New customers under the new habits."""
        return self.base.draw_orders(ends, rng, *self._now(np.zeros(ends.size), np.zeros(ends.size), theta))

    def _now(self, x: Array, T: Array, theta: Sequence[Any]) -> tuple[Any, ...]:
        return self.base.stimulated(x, T, self.frequency, self.leaving, *theta)
