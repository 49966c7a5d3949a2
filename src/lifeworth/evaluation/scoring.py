"""A forecast beside what happened: all measures at once, and one forecast against another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from lifeworth.evaluation import metrics
from lifeworth.evaluation.metrics import Array, Score


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


def score(actual: Array, predicted: Array, totals: tuple[float, float] | None = None) -> Scores:
    """Every measure of one forecast.

    Args:
        actual: What happened, one value a customer scored.
        predicted: What was foretold, in the same order.
        totals: Actual and predicted total of all customers, where only a part of them is scored.
    """
    whole = (float(actual.sum()), float(predicted.sum())) if totals is None else totals
    pair = (np.array([whole[0]]), np.array([whole[1]]))
    return Scores(
        actual=whole[0],
        predicted=whole[1],
        bias=metrics.bias(*pair),
        relative_bias=metrics.relative_bias(*pair),
        mae=metrics.mae(actual, predicted),
        rmse=metrics.rmse(actual, predicted),
        spearman=metrics.spearman(actual, predicted),
        gini=metrics.normalised_gini(actual, predicted),
        top_share=metrics.top_share(actual, predicted),
        customers=int(actual.size),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """Squared error of one forecast less that of another, customer by customer.

    `z` is the mean difference in its standard errors: below −2 the first is better beyond the noise, above 2 the second.
    """

    first: str
    second: str
    mean: float
    z: float

    @property
    def clear(self) -> bool:
        """Whether the difference is more than noise (|z| of at least 2, about one chance in twenty)."""
        return abs(self.z) >= 2.0


def difference(first: str, second: str, losses: tuple[Array, Array]) -> Difference:
    """Compare two forecasts on the same customers by their squared errors."""
    gap = losses[0] - losses[1]
    if gap.size < 2:
        return Difference(first, second, float(gap.sum()), 0.0)
    error = float(gap.std(ddof=1) / np.sqrt(gap.size))
    mean = float(gap.mean())
    return Difference(first, second, mean, mean / error if error > 0 else 0.0)


def chance_of_ranking(spearman: float, customers: int) -> float:
    """How often chance alone ranks at least so well: normal approximation, ρ·√(n − 1) standard normal without any link."""
    return float(ndtr(-spearman * np.sqrt(max(customers - 1, 0))))
