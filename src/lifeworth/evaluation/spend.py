"""What an order is worth: does the first order belong to the mean, and has frequency nothing to do with it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lifeworth.errors import LifeworthError
from lifeworth.evaluation import metrics
from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.metrics import Array, Score
from lifeworth.evaluation.scoring import Difference, difference
from lifeworth.features.series import column
from lifeworth.models.base import Model

CORRELATION_WORTH_SAYING = 0.2
"""A correlation of frequency and order value from which the independence assumption bends values noticeably."""


@dataclass(frozen=True)
class SpendTrial:
    """A spend model learnt with or without first orders, tested on the orders that came, at their actual number.

    Measures by customer are of the mean order value of those who bought; `relative_bias` is of their money, Σ orders ×
    expected value ÷ Σ value − 1, so it holds the spend model alone to account.
    """

    first_order: bool
    parameters: dict[str, float] = field(default_factory=dict)
    customers: int = 0
    """Customers the model was fitted to."""
    mae: Score = metrics.NO_CUSTOMERS
    rmse: Score = metrics.NO_CUSTOMERS
    correlation: Score = metrics.NO_CUSTOMERS
    relative_bias: Score = metrics.NO_CUSTOMERS
    failure: str = ""
    fitted: Any = field(default=None, repr=False, compare=False)
    losses: Array | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The trial in words."""
        return "first order in" if self.first_order else "first order out"


@dataclass(frozen=True)
class Independence:
    """Whether those who buy often spend as much an order as the others, among customers with repeat orders.

    The verdict goes by Pearson's correlation, which is nil under independence. Spearman's is not: a mean of many skewed
    values has a higher median than a single one, so it leans above 0 even where frequency means nothing.
    """

    pearson: Score
    spearman: Score
    customers: int
    verdict: str


@dataclass(frozen=True)
class SpendTest:
    """Both ways to learn order values, which of them the held-out orders prefer, and the independence assumption."""

    trials: tuple[SpendTrial, ...]
    first_order: bool
    reason: str
    buyers: int
    independence: Independence
    comparison: Difference | None = None

    @property
    def chosen(self) -> SpendTrial | None:
        """The trial preferred; none where neither could be fitted."""
        fits = [trial for trial in self.trials if trial.fitted is not None and trial.first_order == self.first_order]
        return fits[0] if fits else None


def spend_test(test: Holdout, model: Model[Any]) -> SpendTest:
    """Fit a spend model with the first order in and out, and let the held-out orders decide."""
    trials = tuple(_trial(test, model, first_order) for first_order in (False, True))
    first_order, reason, comparison = _prefer(trials)
    return SpendTest(trials, first_order, reason, int((test.orders > 0).sum()), independence(test), comparison)


def independence(test: Holdout) -> Independence:
    """Correlation of the number of repeat orders with their mean value, the thing Gamma-Gamma assumes to be nil."""
    often = test.x > 0
    x, value = test.x[often], column(test.rows, "repeat_value")[often]
    pearson, spearman = metrics.pearson(x, value), metrics.spearman(x, value)
    if pearson.value is None:
        verdict = f"cannot be judged: {pearson.reason}"
    elif abs(pearson.value) < CORRELATION_WORTH_SAYING:
        verdict = "holds well enough: how often a customer buys says little about what an order is worth"
    else:
        what = "more" if pearson.value > 0 else "less"
        verdict = (
            f"does not hold: customers who buy often spend {what} per order, so values by customer lean to the mean"
        )
    return Independence(pearson, spearman, int(often.sum()), verdict)


def _trial(test: Holdout, model: Model[Any], first_order: bool) -> SpendTrial:
    known = test.spend(first_order=first_order)
    used = int((known.x > 0).sum())
    try:
        fitted = model.fit(known)
    except LifeworthError as why:
        return SpendTrial(first_order, customers=used, failure=why.message)
    expected = fitted.expected_value(known)
    if not np.isfinite(expected).all():
        return SpendTrial(
            first_order, dict(fitted.parameters), used, failure="the fitted mean of all customers is not finite"
        )
    bought = test.orders > 0
    orders, value, promised = test.orders[bought], test.value[bought], expected[bought]
    mean = np.divide(value, orders)
    return SpendTrial(
        first_order,
        dict(fitted.parameters),
        used,
        mae=metrics.mae(mean, promised),
        rmse=metrics.rmse(mean, promised),
        correlation=metrics.pearson(mean, promised),
        relative_bias=metrics.relative_bias(np.array([value.sum()]), np.array([orders @ promised])),
        fitted=fitted,
        losses=np.square(orders * promised - value),
    )


def _prefer(trials: tuple[SpendTrial, ...]) -> tuple[bool, str, Difference | None]:
    fits = [trial for trial in trials if trial.losses is not None]
    if not fits:
        return True, "no spend model could be fitted: " + "; ".join(t.failure for t in trials if t.failure), None
    if len(fits) == 1:
        other = next(trial for trial in trials if trial.losses is None)
        return fits[0].first_order, f"{other.name} could not be fitted: {other.failure}", None
    out, inside = fits
    if out.losses is None or inside.losses is None or out.losses.size < 2:
        return False, "nobody bought in the days held out, so the first order stays out, as the literature has it", None
    gap = difference(out.name, inside.name, (out.losses, inside.losses))
    better = out if gap.mean <= 0 else inside
    if gap.clear:
        return (
            better.first_order,
            f"{better.name}: the held-out money of buyers is met clearly better (z = {abs(gap.z):.1f})",
            gap,
        )
    biases = [abs(trial.relative_bias.value or 0.0) for trial in (out, inside)]
    nearer = out if biases[0] <= biases[1] else inside
    said = f"{nearer.name}: by customer the two are alike within the noise (z = {gap.z:.1f}), and it misses the money of buyers by less ({min(biases):.1%} against {max(biases):.1%})"
    return nearer.first_order, said, gap
