"""Where a model is right and where it is not: by past orders, by silence, week by week, and in how often customers ordered.

The first three hold the forecast of a hold-out against what then came; the last holds the fitted model against the orders it
was fitted to. Each is a picture of Fader, Hardie & Lee (2005), Marketing Science 24(2), figures 1-5.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from lifeworth.evaluation.metrics import Array
from lifeworth.models.distinct import Codes
from lifeworth.models.history import History, covariate
from lifeworth.models.orders import FittedOrders

MOST = 7
"""Customers with so many repeat orders and more are taken together."""
BANDS = 5
"""Parts that the time since the last order is cut into, as a share of all time since the first."""
KINDS = 5_000
"""Most kinds of customers (of one age and equal covariates) that frequencies are computed for; of more, so many evenly spaced."""
CHANCE = float(special.ndtri(0.95))
"""Standard deviations on either side that hold 90 %."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Customers who were alike when the forecast was made."""

    label: str
    customers: int
    predicted: float
    """Mean prediction a customer."""
    actual: float
    """Mean outcome a customer."""
    low: float | None
    """What the mean outcome might as well have been: its 90 % interval; none for a single customer."""
    high: float | None


def by_past_orders(x: Array, actual: Array, predicted: Array, most: int = MOST) -> tuple[Cell, ...]:
    """Mean prediction against mean outcome by number of repeat orders in the past: conditional expectations.

    Args:
        x: Repeat orders up to the day of the forecast, one a customer.
        actual: Orders that then came.
        predicted: Orders that were expected.
        most: From so many on customers are taken together.
    """
    place = np.minimum(x, most).astype(np.int64)
    return _cells(place, [*(str(n) for n in range(most)), f"{most}+"], actual, predicted)


def by_silence(h: History, actual: Array, predicted: Array, bands: int = BANDS) -> tuple[Cell, ...]:
    """The same by how long a customer had been silent: time since the last order as a share of the time since the first.

    Labels are percent of that time. Customers with one order only have been silent ever since, which says less of them: they
    stand by themselves.
    """
    silent = np.divide(h.T - h.t_x, h.T, out=np.zeros(len(h)), where=h.T > 0)
    # a hair's breadth, so that a share that is a border by its days is one in floating point
    place = np.minimum(np.floor(silent * bands + 1e-9), bands - 1).astype(np.int64)
    place[h.x == 0] = bands
    edges = np.linspace(0, 100, bands + 1)
    labels = [f"{low:.0f}–{high:.0f}" for low, high in itertools.pairwise(edges)]
    return _cells(place, [*labels, "1 order"], actual, predicted)


def _cells(place: Codes, labels: Sequence[str], actual: Array, predicted: Array) -> tuple[Cell, ...]:
    found = []
    for number, label in enumerate(labels):
        ours = place == number
        size = int(ours.sum())
        if not size:
            continue
        outcome = actual[ours]
        mean = float(outcome.mean())
        reach = CHANCE * float(outcome.std(ddof=1)) / np.sqrt(size) if size > 1 else None
        ends = (None, None) if reach is None else (max(0.0, mean - reach), mean + reach)
        found.append(Cell(label, size, float(predicted[ours].mean()), mean, *ends))
    return tuple(found)


def increments(cumulated: Sequence[float | None], before: float | None = 0.0) -> tuple[float | None, ...]:
    """What each step of a cumulated line adds; None where the line, or what it stood at before, is not known."""
    steps: list[float | None] = []
    for value in cumulated:
        steps.append(None if value is None or before is None else value - before)
        before = value
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many customers had 0, 1, 2 … repeat orders, against how many the fitted model expects."""

    labels: tuple[str, ...]
    actual: tuple[float, ...]
    expected: tuple[float, ...]
    low: tuple[float, ...]
    """What chance alone leaves likely: the 90 % interval of the number, if the model is right."""
    high: tuple[float, ...]

    @property
    def customers(self) -> float:
        """All of them."""
        return sum(self.actual)

    @property
    def misplaced(self) -> float:
        """Share of customers who would have to move to another number for the two to agree."""
        gaps = (abs(ours - theirs) for ours, theirs in zip(self.actual, self.expected, strict=True))
        return 0.5 * sum(gaps) / max(self.customers, 1.0)


def frequency(fitted: FittedOrders, h: History, most: int = MOST) -> Frequency:
    """Customers by repeat orders, as they are and as the model expects them, knowing only how long each was watched.

    For every customer it is the distribution of a new customer's orders within T; these are added up.

    Args:
        fitted: A fitted order model.
        h: The histories it was fitted to.
        most: From so many orders on customers are taken together.
    """
    used = fitted.model.filling(fitted.theta.tolist()).names
    kinds = h.distinct(("T", *used))
    T, *columns = kinds.columns
    known = {name: columns[used.index(covariate(name))] for name in h.covariates if covariate(name) in used}
    new = History(np.zeros(T.size), np.zeros(T.size), T, kinds.weights, covariates=known)
    if len(new) > KINDS:
        new = new.subsample(KINDS)
    weights = new.counts * (h.customers / new.customers)
    chance = fitted.order_count_probability_new(np.arange(most), new.T, new.covariates)
    chance = np.column_stack([chance, np.maximum(1 - chance.sum(axis=1), 0.0)])
    expected, doubt = weights @ chance, CHANCE * np.sqrt(weights @ (chance * (1 - chance)))
    actual = np.bincount(np.minimum(h.x, most).astype(np.int64), weights=h.counts, minlength=most + 1)
    return Frequency(
        labels=(*(str(n) for n in range(most)), f"{most}+"),
        actual=tuple(actual.tolist()),
        expected=tuple(expected.tolist()),
        low=tuple(np.maximum(expected - doubt, 0.0).tolist()),
        high=tuple(np.minimum(expected + doubt, h.customers).tolist()),
    )
