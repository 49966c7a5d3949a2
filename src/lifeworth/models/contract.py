"""The template of models of contracts: a customer renews, or is lost, at the end of each period.

Each customer has a chance of their own of leaving, θ ~ Beta(alpha, beta); of those who came, S(t) = B(α, β + τ(t)) ÷ B(α, β) are still there
after t renewals, with τ(t) = t where a customer's chance stays the same and tᶜ where it changes with tenure.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lifeworth.errors import DataError, InputError
from lifeworth.models.base import Fitted, Model, Parameter
from lifeworth.models.distinct import Array
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.special import digamma_rise, log_rising
from lifeworth.models.tenures import Tenures

TAIL = 40.0
"""Where discount and retention together have brought a period's weight under e⁻⁴⁰, nothing further is added."""
LONGEST = 200_000

MEANING = (
    Parameter("alpha", "first shape of the leaving chance: its mean is alpha ÷ (alpha + beta)"),
    Parameter("beta", "second shape of the leaving chance"),
)


def log_survival(tau: Any, alpha: Any, beta: Any) -> Array:
    """Logarithm of E[(1−θ)^τ] = B(α, β+τ) ÷ B(α, β), by rising from β and β+τ to α more: τ may be of any size."""
    return np.asarray(log_rising(beta, alpha) - log_rising(beta + tau, alpha))


def tenure_term(periods: Array, lost: Array, alpha: Any, beta: Any, c: Any, *, order: int) -> Jet:
    """Logarithm of S(t) where the customer is still there, of S(t) − S(t+1) where they were lost after t renewals."""
    now, then = periods**c, (periods + 1) ** c
    here = log_survival(now, alpha, beta)
    step = log_rising(beta + now, alpha) - log_rising(beta + then, alpha)
    gone = lost > 0
    value = here + np.where(gone, np.log(-np.expm1(np.where(gone, step, -1.0))), 0.0)
    if order == 0:
        return Jet(value)
    # d ln(1 − eˢ) = −eˢ ÷ (1 − eˢ) ds
    pull = np.where(gone, 1 / -np.expm1(np.where(gone, -step, 1.0)), 0.0)
    both = zip(_slopes(periods, alpha, beta, c), _slopes(periods + 1, alpha, beta, c), strict=True)
    return Jet(value, [at + pull * (after - at) for at, after in both])


def _slopes(t: Array, alpha: Any, beta: Any, c: Any) -> tuple[Array, Array, Array]:
    """Derivatives of ln S(t) by alpha, beta and c."""
    tau = t**c
    across = digamma_rise(beta + tau, alpha)
    growth = tau * np.log(np.maximum(t, 1.0))
    return -digamma_rise(alpha + beta, tau), digamma_rise(beta, alpha) - across, -across * growth


class ContractModel(Model[Tenures]):
    """A recipe for contracts."""

    @abstractmethod
    def shape(self, theta: Sequence[float]) -> tuple[float, float, float]:
        """The parameters as (alpha, beta, c)."""

    @property
    @abstractmethod
    def terms(self) -> Sequence[Term]:
        """One term: all of it depends on both columns."""

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

    @property
    def recipe(self) -> ContractModel:
        """The model."""
        assert isinstance(self.model, ContractModel)  # noqa: S101 - for the type checker
        return self.model

    def survival(self, t: ArrayLike) -> Array:
        """S(t): the share of new customers still there after t renewals."""
        alpha, beta, c = self.recipe.shape(self.theta.tolist())
        return np.exp(log_survival(np.asarray(t, np.float64) ** c, alpha, beta))

    def retention(self, t: ArrayLike) -> Array:
        """S(t) ÷ S(t−1): the share that renews at the t-th renewal, of those who come to it (t from 1)."""
        return self.probability_active(Tenures(np.atleast_1d(np.asarray(t, np.float64)) - 1, np.zeros(np.size(t))), 1)

    def probability_active(self, s: Tenures, later: float = 0) -> Array:
        """P(the customer is still there after `later` more renewals); 0 for those who are lost."""
        alpha, beta, c = self.recipe.shape(self.theta.tolist())
        tau = s.periods**c
        more = (s.periods + later) ** c - tau
        return np.where(s.lost > 0, 0.0, np.exp(log_survival(more, alpha, beta + tau)))

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
        found = s.distinct(("periods",))
        assert found.place is not None  # noqa: S101
        here = Tenures(found.columns[0], np.zeros(found.weights.size))
        total = np.zeros(found.weights.size)
        for j in range(1, last + 1):
            total += np.exp(-rate * j) * self.probability_active(here, j)
        return np.where(s.lost > 0, 0.0, total[found.place])

    def simulate(self, watched: ArrayLike, rng: np.random.Generator) -> Tenures:
        """Draw one customer for each number of renewals they could have made."""
        alpha, beta, c = self.recipe.shape(self.theta.tolist())
        most = np.asarray(watched, np.float64).reshape(-1)
        theta = rng.beta(alpha, beta, most.size)
        # (1−θ)^(t^c) < u first at this t
        with np.errstate(divide="ignore"):
            life = (np.log(rng.uniform(size=most.size)) / np.log1p(-theta)) ** (1 / c)
        made = np.minimum(np.floor(life), most)
        return Tenures(made, (life < most).astype(np.float64) * (made < most))


def starts(sizes: Sequence[float] = (1.0, 0.2, 5.0)) -> Sequence[Mapping[str, float]]:
    """Leaving frequent or rare, customers alike or not."""
    return [{"alpha": size * mean, "beta": size * (1 - mean)} for size in sizes for mean in (0.2, 0.05, 0.5)]
