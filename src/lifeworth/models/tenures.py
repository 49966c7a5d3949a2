"""How long customers under contract have stayed: what sBG and BdW are fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from lifeworth.errors import InputError
from lifeworth.models.distinct import Array
from lifeworth.models.history import Cells, faulty


@dataclass(frozen=True, eq=False)
class Tenures(Cells):
    """Contracts, one row a customer (or a group of like customers).

    Args:
        periods: Renewals lived through, whole numbers from 0. A customer lost at the first renewal has 0, one who has renewed
            three times and is still there has 3.
        lost: 1 where the customer left at the renewal after those, 0 where they are still there (or nothing later is known).
        weights: How many customers each row stands for; one each where left out.
        covariates: What else is known of each customer, numbers by name; for a model with covariates.

    Raises:
        InputError: naming the rows and values that cannot be.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ("periods", "lost")

    periods: Array
    lost: Array

    def __init__(
        self,
        periods: ArrayLike,
        lost: ArrayLike,
        weights: ArrayLike | None = None,
        covariates: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        given = {"periods": periods, "lost": lost, "weights": weights, "covariates": covariates}
        for name, value in given.items():
            object.__setattr__(self, name, value)
        self.__post_init__()

    @classmethod
    def from_survivors(cls, survivors: ArrayLike) -> Self:
        """From the customers of one cohort still there after 0, 1, 2 … renewals.

        Raises:
            InputError: if they are fewer than two numbers, or ever rise.
        """
        left = np.asarray(survivors, np.float64)
        if left.ndim != 1 or left.size < 2 or (np.diff(left) > 0).any() or (left < 0).any():
            raise InputError(
                "Survivors of a cohort are at least two numbers that never rise.", hint="As in [1000, 869, 743, 653]."
            )
        lost = -np.diff(left)
        weights = np.r_[lost, left[-1]]
        some = weights > 0
        periods = np.r_[np.arange(lost.size), lost.size].astype(np.float64)
        return cls(periods[some], np.r_[np.ones(lost.size), 0.0][some], weights[some])

    def summary(self) -> dict[str, float]:
        """Customers, customers lost, renewals seen."""
        w = self.counts
        return {
            "rows": float(len(self)),
            "customers": self.customers,
            "lost": float(w @ self.lost),
            "renewals": float(w @ self.periods),
        }

    def _with(self, columns: tuple[Array, ...], weights: Array | None) -> Self:
        return type(self)(columns[0], columns[1], weights, self._covariates(columns))

    def _faults(self) -> list[str]:
        faults = super()._faults()
        if faults:
            return faults
        faults += faulty("periods", self.periods, lambda t: (t < 0) | (t != np.rint(t)), "not a whole number from 0")
        faults += faulty("lost", self.lost, lambda e: (e != 0) & (e != 1), "neither 0 nor 1")
        return faults
