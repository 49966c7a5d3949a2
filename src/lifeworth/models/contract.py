"""The template of models of contracts: a customer renews, or is lost, at the end of each period.

Each customer has a chance of their own of leaving, θ ~ Beta(alpha, beta); of those who came, S(t) = B(α, β + τ(t)) ÷ B(α, β) are still there
after t renewals, with τ(t) = t where a customer's chance stays the same and tᶜ where it changes with tenure. Covariates set the pace: they multiply τ.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lifeworth.errors import DataError, InputError
from lifeworth.models.base import Fitted, Model, Parameter
from lifeworth.models.distinct import Array
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.mixing import BetaMixing, Mixing
from lifeworth.models.prior import Prior, shapes
from lifeworth.models.special import digamma_rise, log_rising
from lifeworth.models.tenures import Tenures

TAIL = 40.0
"""Where discount and retention together have brought a period's weight under e⁻⁴⁰, nothing further is added."""
LONGEST = 200_000
FAR = 600.0
"""Logarithm of τ from which on only its power counts; e⁷⁰⁹ is the largest number there is."""
LEAVING = "a customer in four leaves at a renewal, and customers differ in it; neither is sure"

MEANING = (
    Parameter("alpha", "first shape of the leaving chance: its mean is alpha ÷ (alpha + beta)"),
    Parameter("beta", "second shape of the leaving chance"),
)


def log_survival(tau: Any, alpha: Any, beta: Any) -> Array:
    """Logarithm of E[(1−θ)^τ] = B(α, β+τ) ÷ B(α, β), by rising over the smaller of τ and α: either may be of any size."""
    far = log_rising(beta, alpha) - log_rising(beta + tau, alpha)
    return np.asarray(np.where(tau < alpha, log_rising(beta, tau) - log_rising(alpha + beta, tau), far))


def log_survival_after(t: Any, alpha: Any, beta: Any, c: Any, pace: Any) -> Array:
    """Logarithm of S(t) at tau = pace tᶜ, also where that is more than a number can be: there Γ(β+α+τ) ÷ Γ(β+τ) is τ to the power α."""
    log_tau = np.log(pace) + c * np.log(np.maximum(t, 1.0))
    beyond = log_tau > FAR
    near = log_survival(pace * np.where(beyond, 1.0, t) ** c, alpha, beta)
    return np.asarray(np.where(beyond, log_rising(beta, alpha) - alpha * log_tau, near))


def tenure_term(periods: Array, lost: Array, alpha: Any, beta: Any, c: Any, pace: Any, *, order: int) -> Jet:
    """Logarithm of S(t) where the customer is still there, of S(t) − S(t+1) where they were lost after t renewals."""
    now, then = pace * periods**c, pace * (periods + 1) ** c
    here = log_survival(now, alpha, beta)
    step = log_survival(then - now, alpha, beta + now)
    gone = lost > 0
    value = here + np.where(gone, np.log(-np.expm1(np.where(gone, step, -1.0))), 0.0)
    if order == 0:
        return Jet(value)
    # d ln(1 − eˢ) = −eˢ ÷ (1 − eˢ) ds
    pull = np.where(gone, 1 / -np.expm1(np.where(gone, -step, 1.0)), 0.0)
    both = zip(_slopes(periods, alpha, beta, c, pace), _slopes(periods + 1, alpha, beta, c, pace), strict=True)
    return Jet(value, [at + pull * (after - at) for at, after in both])


def _slopes(t: Array, alpha: Any, beta: Any, c: Any, pace: Any) -> tuple[Array, Array, Array, Array]:
    """Derivatives of ln S(t) by alpha, beta, c and pace."""
    grown = t**c
    tau = pace * grown
    across = digamma_rise(beta + tau, alpha)
    by_c = -across * tau * np.log(np.maximum(t, 1.0))
    both = digamma_rise(alpha + beta, tau)
    # as in log_survival: the side on which nothing cancels where customers are all alike and α and β are large
    by_beta = np.where(tau < alpha, digamma_rise(beta, tau) - both, digamma_rise(beta, alpha) - across)
    return -both, by_beta, by_c, -across * grown


class ContractModel(Model[Tenures]):
    """A recipe for contracts."""

    kernel_symbols = ("alpha", "beta", "c", "pace")
    processes = MappingProxyType({"lifetime": {"pace": 1}})

    @abstractmethod
    def kernel(self, theta: Sequence[float]) -> Sequence[float]:
        """The parameters as (alpha, beta, c, pace)."""

    def mixing(self, alpha: Any, beta: Any, c: Any, pace: Any) -> tuple[Mixing, ...]:
        """Chances to leave at the first renewal, at a pace of 1."""
        return (BetaMixing("leaving chance", alpha, beta),)

    @property
    def kernel_terms(self) -> Sequence[Term]:
        """One term: all of it depends on both columns."""
        return (Term(("periods", "lost"), tenure_term),)

    def default_prior(self, cells: Tenures) -> Prior:
        """A customer in four leaves at a renewal."""
        return Prior.of(shapes({"alpha": 1.0, "beta": 3.0}, LEAVING), "default")

    def check(self, cells: Tenures) -> None:
        """Some must have left, some must have renewed, and not all at the same renewal."""
        if not cells.lost.any():
            raise DataError(
                "No customer has left, so nothing can be said about leaving.", hint="Take a later as-of date."
            )
        if not (cells.periods > 0).any():
            raise DataError(
                "No customer has come to a second renewal, so nothing can be said about staying.",
                hint="Take a later as-of date.",
            )


@dataclass(frozen=True, eq=False)
class FittedContract(Fitted[Tenures]):
    """A fitted model of contracts. Times are counted in periods: whole renewals."""

    def survival(self, t: ArrayLike, covariates: Mapping[str, float] | None = None) -> Array:
        """S(t): the share of new customers still there after t renewals; with given covariates where the model has any."""
        times = np.atleast_1d(np.asarray(t, np.float64))
        given = {name: np.full(times.size, float(value)) for name, value in (covariates or {}).items()}
        new = Tenures(np.zeros(times.size), np.zeros(times.size), covariates=given)
        return self._stays(new.periods, times, *self.rows_theta(new))

    def retention(self, t: ArrayLike, covariates: Mapping[str, float] | None = None) -> Array:
        """S(t) ÷ S(t−1): the share that renews at the t-th renewal, of those who come to it (t from 1)."""
        times = np.atleast_1d(np.asarray(t, np.float64))
        return self.survival(times, covariates) / self.survival(times - 1, covariates)

    def probability_active(self, s: Tenures, later: float = 0) -> Array:
        """P(the customer is still there after `later` more renewals); 0 for those who are lost."""
        return np.where(s.lost > 0, 0.0, self._stays(s.periods, later, *self.rows_theta(s)))

    def expected_periods(self, s: Tenures, horizon: int) -> Array:
        """Expected number of the coming `horizon` renewals that the customer makes; 0 for those who are lost."""
        return self.expected_discounted_periods(s, 0.0, horizon)

    def expected_discounted_periods(self, s: Tenures, rate: float, horizon: int | None = None) -> Array:
        """Expected renewals, the j-th from now counted e^(−rate·j): times the margin of a period, the residual value.

        Args:
            s: The contracts.
            rate: Continuous rate of discount per period.
            horizon: How many renewals to look ahead; None for ever, which needs a rate above 0.
        """
        if not (np.isfinite(rate) and rate >= 0) or (horizon is None and rate == 0):
            raise InputError(
                f"Discounting at a rate of {rate:g} has no finite value; the rate is above 0, or 0 with a horizon."
            )
        last = int(min(np.ceil(TAIL / rate), LONGEST)) if horizon is None else int(horizon)
        filling = self.model.filling(self.theta.tolist())
        found = s.distinct(("periods", *filling.names))
        assert found.place is not None  # noqa: S101 - told to distinct() by its default
        periods, *z = found.columns
        theta = filling.function(*z)
        total = np.zeros(periods.size)
        for j in range(1, last + 1):
            total += np.exp(-rate * j) * self._stays(periods, j, *theta)
        return np.where(s.lost > 0, 0.0, total[found.place])

    def simulate(
        self, watched: ArrayLike, rng: np.random.Generator, covariates: Mapping[str, ArrayLike] | None = None
    ) -> Tenures:
        """Draw one customer for each number of renewals they could have made."""
        most = np.asarray(watched, np.float64).reshape(-1)
        born = np.zeros(most.size)
        alpha, beta, c, pace = self.rows_theta(Tenures(born, born, covariates=covariates))
        theta = rng.beta(alpha, beta, most.size)
        # they leave at the first t with (1−θ)^(pace·t^c) < u
        with np.errstate(divide="ignore"):
            life = (np.log(rng.uniform(size=most.size)) / np.log1p(-theta) / pace) ** (1 / c)
        made = np.minimum(np.floor(life), most)
        return Tenures(made, (made < most).astype(np.float64), covariates=covariates)

    def _stays(self, t: Any, later: Any, alpha: Any, beta: Any, c: Any, pace: Any) -> Array:
        """S(t + later) ÷ S(t)."""
        now = pace * t**c
        return np.exp(log_survival(pace * (t + later) ** c - now, alpha, beta + now))


def starts(sizes: Sequence[float] = (1.0, 0.2, 5.0)) -> Sequence[Mapping[str, float]]:
    """Leaving frequent or rare, customers alike or not."""
    return [{"alpha": size * mean, "beta": size * (1 - mean)} for size in sizes for mean in (0.2, 0.05, 0.5)]
