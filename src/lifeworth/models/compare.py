"""Two fitted models held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy import special

from lifeworth.errors import InputError
from lifeworth.models.base import Fitted


@dataclass(frozen=True)
class LikelihoodRatio:
    """Twice the gain in log-likelihood, the parameters it cost, and the chance of so much where the smaller model is true."""

    statistic: float
    parameters: int
    p_value: float


def likelihood_ratio(smaller: Fitted[Any], larger: Fitted[Any]) -> LikelihoodRatio:
    """Likelihood-ratio test (Wilks 1938) of a model against a larger one of which it is a special case, both fitted to the same data.

    Where the smaller model lies on the boundary of the larger (NBD within Pareto/NBD), the p-value is too large, never too small.

    Raises:
        InputError: if the models were not fitted to the same data or not by likelihood alone, or the first is not the smaller one.
    """
    if dict(smaller.data) != dict(larger.data) or not smaller.data:
        raise InputError("The two models were not fitted to the same data.")
    if smaller.prior is not None or larger.prior is not None:
        raise InputError(
            "A likelihood-ratio test compares maximum likelihoods; one of these models was fitted with a prior."
        )
    more = len(larger.parameters) - len(smaller.parameters)
    if more < 1 or smaller.log_likelihood is None or larger.log_likelihood is None:
        raise InputError("The second model has to have more parameters than the first.")
    statistic = max(0.0, 2 * (larger.log_likelihood - smaller.log_likelihood))
    return LikelihoodRatio(statistic, more, float(special.chdtrc(more, statistic)))
