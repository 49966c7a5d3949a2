"""A forecast beside what happened: all measures at once, and one forecast against another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from lifeworth.evaluation import metrics
from lifeworth.evaluation.metrics import Array, Score

WORTH_TELLING = 0.002
"""Two models that meet in a common limit differ in their last digits, always to one side: that is no difference."""


@dataclass(frozen=True, slots=True)
class Scores:
    """One forecast of one quantity (orders, or money) against what happened.

    Totals and biases are of all customers, the measures by customer of those scored.
    """

    actual: float
    predicted: float
    bias: Score
    relative_bias: Score
    mae: Score
    rmse: Score
    spearman: Score
    gini: Score
    """Normalised Gini: 1 finds all of the inequality among customers, 0 is chance."""
    top_share: Score
    """Part of the actual total that the tenth predicted highest brought."""
    customers: int
    """How many the measures by customer were taken over."""


def score(
    actual: Array,
    predicted: Array,
    totals: tuple[float, float] | None = None,
    *,
    ranks_of_actual: Array | None = None,
) -> Scores:
    """Every measure of one forecast.

    Args:
        actual: What happened, one value a customer scored.
        predicted: What was foretold, in the same order.
        totals: Actual and predicted total of all customers, where only a part of them is scored.
        ranks_of_actual: Mean ranks of what happened, where they are known from another forecast of it.
    """
    whole = (float(actual.sum()), float(predicted.sum())) if totals is None else totals
    ranks = metrics.Ranks.of(actual, predicted, ranks_of_actual)
    pair = (np.array([whole[0]]), np.array([whole[1]]))
    return Scores(
        actual=whole[0],
        predicted=whole[1],
        bias=metrics.bias(*pair),
        relative_bias=metrics.relative_bias(*pair),
        mae=metrics.mae(actual, predicted),
        rmse=metrics.rmse(actual, predicted),
        spearman=metrics.spearman(actual, predicted, ranks),
        gini=metrics.normalised_gini(actual, predicted, ranks),
        top_share=metrics.top_share(actual, predicted),
        customers=int(actual.size),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """Squared error of one forecast less that of another, customer by customer.

    `z` is the mean difference in its standard errors: below −2 the first is better beyond the noise, above 2 the second.
    `share` is the mean difference as a part of the second's mean squared error.
    """

    first: str
    second: str
    mean: float
    z: float
    share: float

    @property
    def clear(self) -> bool:
        """More than noise (|z| of at least 2, one chance in twenty) and enough to matter to anyone."""
        return abs(self.z) >= 2.0 and abs(self.share) >= WORTH_TELLING


def difference(first: str, second: str, losses: tuple[Array, Array]) -> Difference:
    """Compare two forecasts on the same customers by their squared errors."""
    gap = losses[0] - losses[1]
    mean = float(gap.mean()) if gap.size else 0.0
    whole = float(losses[1].mean()) if gap.size else 0.0
    error = float(gap.std(ddof=1) / np.sqrt(gap.size)) if gap.size > 1 else 0.0
    return Difference(first, second, mean, mean / error if error > 0 else 0.0, mean / whole if whole > 0 else 0.0)


def chance_of_ranking(spearman: float, customers: int) -> float:
    """How often chance alone ranks at least so well: normal approximation, ρ·√(n − 1) standard normal without any link."""
    return float(ndtr(-spearman * np.sqrt(max(customers - 1, 0))))
