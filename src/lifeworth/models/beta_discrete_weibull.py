"""BdW: as sBG, but a customer's own chance of leaving may fall or rise with tenure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lifeworth.models.base import Parameter
from lifeworth.models.contract import MEANING, ContractModel, FittedContract, starts, tenure_term
from lifeworth.models.distinct import Array
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.prior import Belief, Prior
from lifeworth.models.tenures import Tenures


def without_pace(periods: Array, lost: Array, alpha: Any, beta: Any, c: Any, *, order: int) -> Jet:
    """`tenure_term` for customers who all go at one pace."""
    value, first, _ = tenure_term(periods, lost, alpha, beta, c, 1.0, order=order)
    return Jet(value, None if first is None else first[:3])


class BetaDiscreteWeibull(ContractModel):
    """The beta-discrete-Weibull model of Fader, Hardie, Liu, Davin & Steenburgh (2018), '"How to Project Customer Retention" Revisited'.

    With c = 1 it is sBG; above 1 a customer's chance of leaving rises with tenure, below 1 it falls.
    """

    name = "BdW"
    key = "beta_discrete_weibull"
    result = FittedContract
    source = "Fader, Hardie, Liu, Davin & Steenburgh (2018), Journal of Interactive Marketing 43, 1-16"
    assumptions = (
        "Of customers with leaving chance θ at the first renewal, (1−θ) to the power tᶜ are still there after t.",
        "These chances are beta-distributed over customers (alpha, beta); c is the same for all.",
    )
    parameters = (*MEANING, Parameter("c", "how leaving changes with tenure: falls below 1, rises above"))

    @property
    def terms(self) -> Sequence[Term]:
        """One term: all of it depends on both columns."""
        return (Term(("periods", "lost"), without_pace),)

    def starts(self, cells: Tenures) -> Sequence[Mapping[str, float]]:
        """As for sBG, with leaving that falls, stays or rises."""
        return [{**start, "c": c} for c in (1.0, 0.6, 1.6) for start in starts()]

    def default_prior(self, cells: Tenures) -> Prior:
        """As for sBG, with a chance of leaving that hardly changes with tenure."""
        pace = {
            "c": Belief(
                1.0, 0.5, "a customer's chance of leaving neither rises nor falls with tenure: c from 0.4 to 2.7"
            )
        }
        return super().default_prior(cells) | Prior.of(pace, "default")

    def kernel(self, theta: Sequence[float]) -> Sequence[float]:
        """As they are."""
        return theta[0], theta[1], theta[2], 1.0
