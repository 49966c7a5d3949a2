"""sBG: at every renewal a customer leaves with a chance of their own, which never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lifeworth.models.contract import MEANING, ContractModel, FittedContract, starts
from lifeworth.models.distinct import Array
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.special import digamma_rise, log_rising, trigamma_rise
from lifeworth.models.tenures import Tenures


def tenure_term(periods: Array, lost: Array, alpha: Any, beta: Any, *, order: int) -> Jet:
    """Logarithm of B(α+e, β+t) ÷ B(α, β), with e = 1 for a customer lost after t renewals: equation (7) of the paper."""
    value = log_rising(alpha, lost) + log_rising(beta, periods) - log_rising(alpha + beta, periods + lost)
    if order == 0:
        return Jet(value)
    both = digamma_rise(alpha + beta, periods + lost)
    first = [digamma_rise(alpha, lost) - both, digamma_rise(beta, periods) - both]
    if order == 1:
        return Jet(value, first)
    bent = trigamma_rise(alpha + beta, periods + lost)
    second = {(0, 0): trigamma_rise(alpha, lost) - bent, (0, 1): -bent, (1, 1): trigamma_rise(beta, periods) - bent}
    return Jet(value, first, second)


class ShiftedBetaGeometric(ContractModel):
    """The shifted-beta-geometric model of Fader & Hardie (2007), 'How to Project Customer Retention', J. of Interactive Marketing 21(1).

    Retention of a cohort rises with its tenure, though nobody's own chance changes: those likely to leave have left.
    """

    name = "sBG"
    key = "shifted_beta_geometric"
    result = FittedContract
    source = "Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90"
    assumptions = (
        "At every renewal a customer leaves with a chance of their own, the same at all of them.",
        "These chances are beta-distributed over customers (alpha, beta).",
    )
    parameters = MEANING

    @property
    def terms(self) -> Sequence[Term]:
        """One term: all of it depends on both columns."""
        return (Term(("periods", "lost"), tenure_term),)

    def starts(self, cells: Tenures) -> Sequence[Mapping[str, float]]:
        """Leaving frequent or rare, customers alike or not."""
        return starts()

    def kernel(self, theta: Sequence[float]) -> Sequence[float]:
        """C is 1: the chance does not change with tenure."""
        return theta[0], theta[1], 1.0, 1.0
