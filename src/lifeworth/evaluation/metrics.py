"""How good a forecast was, one number a question. Every measure says when it is not defined, and why; none returns NaN.

All take what happened and what was predicted, one value a customer, in the same order. Predictions that are equal stand
in no order: ranking measures give each of them the mean of what their group brought, so the row order of the customers
never decides.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """A measure's value, or why it has none."""

    value: float | None
    reason: str = ""

    def __str__(self) -> str:
        return f"not defined: {self.reason}" if self.value is None else f"{self.value:.4g}"


@dataclass(frozen=True, slots=True)
class Ranks:
    """Mean ranks of what happened and of a prediction, made once for the measures that need them."""

    actual: Array
    predicted: Array

    @classmethod
    def of(cls, actual: ArrayLike, predicted: ArrayLike, ranks_of_actual: Array | None = None) -> Ranks:
        """Rank both columns, equal values at the mean of their places; the first only where its ranks are not known."""
        return cls(rankdata(actual) if ranks_of_actual is None else ranks_of_actual, rankdata(predicted))

    @property
    def both(self) -> tuple[Array, Array]:
        """As a pair."""
        return self.actual, self.predicted


NO_CUSTOMERS = Score(None, "there are no customers to compare")


def jsonable(result: Any) -> Any:
    """A result as JSON-ready values: mappings, lists, numbers, ISO dates."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return {item.name: jsonable(getattr(result, item.name)) for item in dataclasses.fields(result)}
    if isinstance(result, dict):
        return {str(key): jsonable(value) for key, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [jsonable(value) for value in result]
    if isinstance(result, np.ndarray):
        return result.tolist()
    return result.isoformat() if hasattr(result, "isoformat") else result


def mae(actual: ArrayLike, predicted: ArrayLike) -> Score:
    """Mean absolute error per customer: mean |predicted − actual|. Rewards the median, so it favours low forecasts."""
    y, f = _pair(actual, predicted)
    return NO_CUSTOMERS if not y.size else Score(float(np.abs(f - y).mean()))


def rmse(actual: ArrayLike, predicted: ArrayLike) -> Score:
    """Root mean squared error per customer: √mean (predicted − actual)². Least at the true mean, ruled by big buyers."""
    y, f = _pair(actual, predicted)
    return NO_CUSTOMERS if not y.size else Score(float(np.sqrt(np.square(f - y).mean())))


def bias(actual: ArrayLike, predicted: ArrayLike) -> Score:
    """By how much the total was missed: Σ predicted − Σ actual. Above 0 too much was promised."""
    y, f = _pair(actual, predicted)
    return NO_CUSTOMERS if not y.size else Score(float(f.sum() - y.sum()))


def relative_bias(actual: ArrayLike, predicted: ArrayLike) -> Score:
    """The bias as a share of what happened: Σ predicted ÷ Σ actual − 1. Not defined where nothing happened."""
    y, f = _pair(actual, predicted)
    if not y.size:
        return NO_CUSTOMERS
    total = float(y.sum())
    return Score(float(f.sum()) / total - 1) if total > 0 else Score(None, "the actual total is not above 0")


def spearman(actual: ArrayLike, predicted: ArrayLike, ranks: Ranks | None = None) -> Score:
    """Rank correlation, ties at their mean rank (Pearson's correlation of the ranks); 1 is the right order, 0 chance."""
    y, f = _pair(actual, predicted)
    if y.size < 2:
        return Score(None, "an order needs at least two customers")
    for values, name in ((y, "what happened"), (f, "the prediction")):
        if np.ptp(values) == 0:
            return Score(None, f"{name} is the same for every customer")
    return Score(_correlation(*(ranks or Ranks.of(y, f)).both))


def pearson(first: ArrayLike, second: ArrayLike) -> Score:
    """Linear correlation of two columns. Not defined where one of them does not vary."""
    a, b = _pair(first, second)
    if a.size < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Score(None, "a correlation needs two columns that vary")
    return Score(_correlation(a, b))


def normalised_gini(actual: ArrayLike, predicted: ArrayLike, ranks: Ranks | None = None) -> Score:
    """How much of the inequality among customers the ranking finds: Gini by predicted order ÷ Gini by true order.

    1 is the right order, 0 chance, below 0 worse than chance (Wang, Liu & Miao 2019, "A deep probabilistic model for
    customer lifetime value prediction"). Not defined where customers do not differ or the total is not above 0.
    """
    y, f = _pair(actual, predicted)
    if not y.size:
        return NO_CUSTOMERS
    if y.sum() <= 0:
        return Score(None, "the actual total is not above 0")
    ranks = ranks or Ranks.of(y, f)
    best = _concentration(y, ranks.actual)
    if best <= 1e-12:
        return Score(None, "all customers brought the same")
    if np.ptp(f) == 0:
        return Score(None, "the prediction is the same for every customer")
    return Score(_concentration(y, ranks.predicted) / best)


def top_share(actual: ArrayLike, predicted: ArrayLike, share: float = 0.1) -> Score:
    """Part of the actual total brought by the `share` of customers predicted highest. Chance brings `share` itself.

    Where the cut falls within customers of equal prediction, these count with their group's mean.
    """
    y, f = _pair(actual, predicted)
    if not y.size:
        return NO_CUSTOMERS
    total = float(y.sum())
    if total <= 0:
        return Score(None, "the actual total is not above 0")
    if np.ptp(f) == 0:
        return Score(None, "the prediction is the same for every customer")
    ordered = in_predicted_order(y, f)[::-1]
    places = share * y.size
    whole = int(places)
    top = float(ordered[:whole].sum()) + (places - whole) * float(ordered[whole] if whole < y.size else 0.0)
    return Score(top / total)


def in_predicted_order(actual: Array, predicted: Array) -> Array:
    """What happened, from the lowest prediction to the highest, customers of equal prediction at their mean."""
    order = np.argsort(predicted, kind="stable")
    ordered = actual[order]
    starts = np.flatnonzero(np.r_[True, np.diff(predicted[order]) != 0])
    sizes = np.diff(np.r_[starts, ordered.size])
    result: Array = np.repeat(np.add.reduceat(ordered, starts) / sizes, sizes)
    return result


def _concentration(y: Array, ranks: Array) -> float:
    """Concentration index of `y` in the order of `ranks`; the Gini coefficient where these are its own.

    Covariance form, 2 Σ y·rank ÷ (n Σ y) − (n + 1) ÷ n, with mean ranks for ties: no curve, no order among equals.
    """
    n = y.size
    return float(2.0 * (y @ ranks) / (n * y.sum()) - (n + 1) / n)


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


def _pair(actual: ArrayLike, predicted: ArrayLike) -> tuple[Array, Array]:
    y, f = np.asarray(actual, np.float64), np.asarray(predicted, np.float64)
    if y.shape != f.shape or y.ndim != 1:
        raise ValueError(f"one value a customer on both sides, not {y.shape} and {f.shape}")
    if not (np.isfinite(y).all() and np.isfinite(f).all()):
        raise ValueError("a prediction or an outcome is not a finite number")
    return y, f
