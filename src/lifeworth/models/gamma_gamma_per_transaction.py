"""Gamma-Gamma fitted to every purchase, not only to each customer's mean: it then knows how much purchases of one customer vary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from lifeworth.errors import InputError
from lifeworth.models.distinct import Array
from lifeworth.models.gamma_gamma import GammaGamma, of_buyers
from lifeworth.models.history import SpendHistory, faulty
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.special import digamma_rise, log_rising, trigamma_rise

P, Q, V = range(3)


class Purchases(SpendHistory):
    """What is to be known of every purchase of a customer: their number, mean, and mean logarithm.

    Args:
        x: Number of purchases, whole numbers from 0.
        mean_value: Their mean value, above 0.
        mean_log_value: Mean of the logarithms of their values; at most the logarithm of the mean.
        weights: How many customers each row stands for; one each where left out.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ("x", "mean_value", "mean_log_value")

    mean_log_value: Array

    def __init__(
        self, x: ArrayLike, mean_value: ArrayLike, mean_log_value: ArrayLike, weights: ArrayLike | None = None
    ) -> None:
        object.__setattr__(self, "mean_log_value", mean_log_value)
        super().__init__(x, mean_value, weights)

    @classmethod
    def of(cls, customer: ArrayLike, value: ArrayLike) -> Self:
        """From the purchases themselves: whose each was, and its value; customers in ascending order."""
        values = np.asarray(value, np.float64)
        wrong = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
        if wrong.size:
            raise InputError(
                f"Purchase {wrong[0]} has the value {values[wrong[0]]:g}; the spend model needs values above 0."
            )
        _, place, each = np.unique(np.asarray(customer), return_inverse=True, return_counts=True)
        return cls(each, np.bincount(place, values) / each, np.bincount(place, np.log(values)) / each)

    def with_purchases(self) -> Self:
        """Only the customers with purchases."""
        known = self.x > 0
        weights = None if self.weights is None else self.weights[known]
        return type(self)(self.x[known], self.mean_value[known], self.mean_log_value[known], weights)

    def _with(self, columns: tuple[Array, ...], weights: Array | None) -> Self:
        return type(self)(columns[0], columns[1], columns[2], weights)

    def _faults(self) -> list[str]:
        faults = super()._faults()
        if faults:
            return faults
        over = np.where(self.x > 0, self.mean_log_value - np.log(np.where(self.x > 0, self.mean_value, 1.0)), 0.0)
        return faulty(
            "mean_log_value less ln(mean_value)", over, lambda d: d > 1e-9, "above 0, which no mean logarithm can be"
        )


def count_term(x: Array, p: Any, q: Any, v: Any, *, order: int) -> Jet:
    """Logarithm of Γ(px+q) ÷ (Γ(p)ˣ Γ(q)): what only the number of purchases tells."""
    px = p * x
    value = log_rising(q, px) - x * special.gammaln(p)
    if order == 0:
        return Jet(value)
    first = [x * (special.psi(px + q) - special.psi(p)), digamma_rise(q, px), 0.0]
    if order == 1:
        return Jet(value, first)
    bend = special.zeta(2.0, px + q)
    second = {(P, P): x**2 * bend - x * special.zeta(2.0, p), (P, Q): x * bend, (Q, Q): trigamma_rise(q, px)}
    return Jet(value, first, second)


def value_term(x: Array, mean_value: Array, mean_log_value: Array, p: Any, q: Any, v: Any, *, order: int) -> Jet:
    """Logarithm of v^q Π zᵖ⁻¹ ÷ (v + Σz)^(px+q)."""
    spent, px = x * mean_value, p * x
    rise = np.log1p(spent / v)
    value = (p - 1) * x * mean_log_value - px * np.log(v) - (px + q) * rise
    if order == 0:
        return Jet(value)
    end = v + spent
    share = spent / end
    first = [x * (mean_log_value - np.log(v) - rise), -rise, (q * share - px * (1 - share)) / v]
    if order == 1:
        return Jet(value, first)
    return Jet(value, first, {(P, V): -x / end, (Q, V): share / v, (V, V): (px + q) / end**2 - q / v**2})


class GammaGammaPerTransaction(GammaGamma):
    """Gamma-Gamma with the likelihood of every purchase.

    Of a customer with one purchase it knows what the mean-based model knows; of one with several also how much these vary.
    """

    name = "Gamma-Gamma per transaction"
    key = "gamma_gamma_per_transaction"

    @property
    def terms(self) -> Sequence[Term]:
        """The likelihood of x purchases z under Gamma(p, ν), ν averaged over Gamma(q, v)."""
        return (Term(("x",), of_buyers(count_term)), Term(Purchases.COLUMNS, of_buyers(value_term)))
