"""What the models are fitted to: repeat-purchase histories and mean spends, checked at the door."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from lifeworth.errors import InputError
from lifeworth.models.distinct import Array, Distinct, distinct
from lifeworth.units import TimeUnit

MAX_FAULTS = 10
KEPT = 20_000
"""Of more rows nothing but their distinct ones is kept: it would take too much room."""

Kept = TypeVar("Kept")


@dataclass(frozen=True, eq=False)
class Cells:
    """Rows of equal-length columns, each standing for `weights` customers. The base of every container here."""

    COLUMNS: ClassVar[tuple[str, ...]] = ()

    weights: Array | None
    covariates: Mapping[str, Array] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", {})
        given = getattr(self, "covariates", None) or {}
        object.__setattr__(self, "covariates", {name: _numbers(name, values) for name, values in given.items()})
        for name, values in self.covariates.items():
            object.__setattr__(self, covariate(name), values)
        for name in self.COLUMNS:
            object.__setattr__(self, name, _numbers(name, getattr(self, name)))
        if self.weights is not None:
            object.__setattr__(self, "weights", _numbers("weights", self.weights))
        lengths = {name: len(getattr(self, name)) for name in self._given()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
            raise InputError(f"The columns of a {type(self).__name__} have one length; {told}.")
        faults = self._faults()
        if faults:
            shown = faults[:MAX_FAULTS]
            raise InputError(f"This {type(self).__name__} cannot be.", faults=shown)

    def __len__(self) -> int:
        return len(getattr(self, self.COLUMNS[0]))

    @property
    def names(self) -> tuple[str, ...]:
        """All columns: those of the container, and the covariates it was given."""
        return (*self.COLUMNS, *(covariate(name) for name in self.covariates))

    @property
    def customers(self) -> float:
        """How many customers the rows stand for."""
        return float(len(self) if self.weights is None else self.weights.sum())

    @property
    def counts(self) -> Array:
        """The weight of each row, ones where none were given."""
        return np.ones(len(self)) if self.weights is None else self.weights

    def distinct(self, columns: tuple[str, ...]) -> Distinct:
        """The distinct rows of some of the columns; remembered, since every prediction asks for the same ones."""
        known: dict[tuple[str, ...], Distinct] = self._known  # type: ignore[attr-defined]
        if columns not in known:
            known[columns] = distinct([getattr(self, name) for name in columns], self.weights)
        return known[columns]

    def kept(self, what: str, whose: object, make: Callable[[], Kept], *key: object) -> Kept:
        """What `make` gives; where the rows are few it is made once and kept with them.

        Args:
            what: A name for it.
            whose: What it was made with. It is kept too, so that no other object can come to stand for it.
            make: Makes it.
            key: What else it depends on.
        """
        if len(self) > KEPT:
            return make()
        known: dict[object, tuple[object, Kept]] = self._known  # type: ignore[attr-defined]
        place = (what, id(whose), *key)
        if place not in known:
            known[place] = (whose, make())
        return known[place][1]

    def compress(self) -> Self:
        """The same customers with equal rows made one, their weights added."""
        cells = distinct([getattr(self, name) for name in self.names], self.weights, places=False)
        return self._with(cells.columns, cells.weights)

    def only(self, covariates: Collection[str]) -> Self:
        """The same rows with these covariates alone: what a model does not look at would only keep equal rows apart."""
        if not self.covariates.keys() - set(covariates):
            return self
        kept = copy(self)
        object.__setattr__(
            kept, "covariates", {name: self.covariates[name] for name in self.covariates if name in covariates}
        )
        object.__setattr__(kept, "_known", {})
        return kept

    def subsample(self, customers: int) -> Self:
        """About `customers` customers, evenly spaced through the rows and so the same every time."""
        reach = np.cumsum(self.counts)
        chosen = np.searchsorted(reach, (np.arange(customers) + 0.5) * (reach[-1] / customers))
        rows, weights = np.unique(chosen, return_counts=True)
        return self._with(tuple(getattr(self, name)[rows] for name in self.names), weights.astype(np.float64))

    def take(self, rows: Any) -> Self:
        """Some of the rows, with their weights."""
        weights = None if self.weights is None else self.weights[rows]
        return self._with(tuple(getattr(self, name)[rows] for name in self.names), weights)

    def summary(self) -> dict[str, float]:
        """What a saved model says about the data it was fitted to."""
        raise NotImplementedError

    def _with(self, columns: tuple[Array, ...], weights: Array | None) -> Self:
        raise NotImplementedError

    def _covariates(self, columns: tuple[Array, ...]) -> dict[str, Array]:
        """The covariates among columns in the order of `names`."""
        return dict(zip(self.covariates, columns[len(self.COLUMNS) :], strict=True))

    def _given(self) -> tuple[str, ...]:
        return self.names if self.weights is None else (*self.names, "weights")

    def _faults(self) -> list[str]:
        faults = [
            fault
            for name in self._given()
            for fault in faulty(name, getattr(self, name), lambda v: ~np.isfinite(v), "not a finite number")
        ]
        if faults:
            return faults
        if self.weights is not None:
            faults += faulty("weights", self.weights, lambda w: w <= 0, "not above 0")
        return faults


def covariate(name: str) -> str:
    """The name of a covariate's column: no other column can have it."""
    return f"covariate {name}"


@dataclass(frozen=True, eq=False)
class History(Cells):
    """Repeat-purchase histories, one row a customer (or a group of like customers).

    Args:
        x: Repeat purchases up to the as-of date, whole numbers from 0 (the first purchase is not counted).
        t_x: Time of the last purchase, counted from the first one; 0 where x is 0.
        T: Time from the first purchase to the as-of date; at least t_x. Same unit as `t_x`.
        weights: How many customers each row stands for; one each where left out.
        unit: The unit of the times, kept with a saved model.
        covariates: What else is known of each customer, numbers by name; for a model with covariates.

    Raises:
        InputError: naming the rows and values that cannot be.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ("x", "t_x", "T")

    x: Array
    t_x: Array
    T: Array
    unit: TimeUnit | None = field(default=None)

    def __init__(
        self,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
        weights: ArrayLike | None = None,
        unit: TimeUnit | None = None,
        covariates: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        given = {"x": x, "t_x": t_x, "T": T, "weights": weights, "unit": unit, "covariates": covariates}
        for name, value in given.items():
            object.__setattr__(self, name, value)
        self.__post_init__()

    def summary(self) -> dict[str, float]:
        """Customers, repeat purchases, buyers with a repeat purchase, longest time observed."""
        w = self.counts
        return {
            "rows": float(len(self)),
            "customers": self.customers,
            "repeat_purchases": float(w @ self.x),
            "repeat_buyers": float(w @ (self.x > 0)),
            "longest_time": float(self.T.max(initial=0.0)),
        }

    def _with(self, columns: tuple[Array, ...], weights: Array | None) -> Self:
        x, t_x, T, *_ = columns
        return type(self)(x, t_x, T, weights, self.unit, self._covariates(columns))

    def _faults(self) -> list[str]:
        faults = super()._faults()
        if faults:
            return faults
        faults += faulty("x", self.x, lambda x: (x < 0) | (x != np.rint(x)), "not a whole number from 0")
        faults += faulty("t_x", self.t_x, lambda t: t < 0, "before the first purchase")
        for rows, said in (
            (
                self.t_x > self.T * (1 + 1e-12),
                "the last purchase (t_x = {t_x:g}) lies after the end of observation (T = {T:g})",
            ),
            ((self.x == 0) & (self.t_x != 0), "t_x = {t_x:g} without a repeat purchase; t_x is 0 where x is 0"),
            (
                (self.x > 0) & (self.t_x == 0),
                "x = {x:g} repeat purchases at t_x = 0; purchases of one day are one purchase",
            ),
        ):
            faults += [
                f"row {row}: " + said.format(x=self.x[row], t_x=self.t_x[row], T=self.T[row])
                for row in np.flatnonzero(rows)[:MAX_FAULTS]
            ]
        return faults


@dataclass(frozen=True, eq=False)
class SpendHistory(Cells):
    """Mean value of a purchase, one row a customer.

    Args:
        x: Number of purchases the mean is taken over, whole numbers from 0 (0: nothing is known of this customer's spend).
        mean_value: Their mean value, above 0 (any number where x is 0).
        weights: How many customers each row stands for; one each where left out.

    Raises:
        InputError: naming the rows and values that cannot be.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ("x", "mean_value")

    x: Array
    mean_value: Array

    def __init__(self, x: ArrayLike, mean_value: ArrayLike, weights: ArrayLike | None = None) -> None:
        for name, value in {"x": x, "mean_value": mean_value, "weights": weights}.items():
            object.__setattr__(self, name, value)
        self.__post_init__()

    def with_purchases(self) -> SpendHistory:
        """Only the customers whose mean is known: what a spend model is fitted to."""
        known = self.x > 0
        if known.all():
            return self
        return SpendHistory(
            self.x[known], self.mean_value[known], None if self.weights is None else self.weights[known]
        )

    def summary(self) -> dict[str, float]:
        """Customers, purchases and their mean value."""
        w = self.counts
        purchases = float(w @ self.x)
        return {
            "rows": float(len(self)),
            "customers": self.customers,
            "purchases": purchases,
            "mean_value": float((w * self.x) @ self.mean_value) / purchases if purchases else 0.0,
        }

    def compress(self) -> Self:
        """Itself: mean values are hardly ever equal, so there is nothing to gain."""
        return self

    def _with(self, columns: tuple[Array, ...], weights: Array | None) -> Self:
        return type(self)(columns[0], columns[1], weights)

    def _faults(self) -> list[str]:
        faults = super()._faults()
        if faults:
            return faults
        faults += faulty("x", self.x, lambda x: (x < 0) | (x != np.rint(x)), "not a whole number from 0")
        wrong = (self.x > 0) & (self.mean_value <= 0)
        faults += [
            f"row {row}: mean_value = {self.mean_value[row]:g} over {self.x[row]:g} purchases; the spend model needs values above 0"
            for row in np.flatnonzero(wrong)[:MAX_FAULTS]
        ]
        return faults


def _numbers(name: str, values: Any) -> Array:
    """As a one-dimensional array of floats; the caller's array is never written to."""
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as why:
        raise InputError(f"{name} is not a column of numbers ({why}).") from why
    if array.ndim > 1:
        raise InputError(f"{name} has {array.ndim} dimensions; it is one column, a number a row.")
    return array.reshape(-1)


def faulty(name: str, values: Array, test: Callable[[Array], Any], said: str) -> list[str]:
    """One line for each of the first values that fail `test`."""
    return [f"row {row}: {name} = {values[row]:g} is {said}" for row in np.flatnonzero(test(values))[:MAX_FAULTS]]
