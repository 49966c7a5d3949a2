"""Orders week by week against what a model expects of them: where a forecast leaves the track, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.metrics import Array
from lifeworth.models.history import covariate

SHAPE_CUSTOMERS = 20_000
"""Customers the shape of the forecast between its ends is taken from; its end is that of all of them."""
SHAPE_POINTS = 26


@dataclass(frozen=True, slots=True)
class Track:
    """What one model expects, cumulated, at the ends of the weeks of a `Tracking`.

    `expected` knows only when customers came (the model's unconditional expectation); `forecast` starts from what had
    happened by `as_of` and adds what the customers' histories promise; it is None in the weeks before.
    """

    name: str
    expected: tuple[float, ...]
    forecast: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Tracking:
    """Cumulative repeat orders of the customers known at `as_of`, by week."""

    as_of: date
    ends: tuple[date, ...]
    actual: tuple[float, ...]
    weekly: tuple[float, ...]
    """Repeat orders in each week alone."""
    tracks: tuple[Track, ...]


def actual_track(test: Holdout, tracks: tuple[Track, ...]) -> Tracking:
    """The tracks of some models beside what happened."""
    line = test.timeline
    return Tracking(test.as_of, line.ends, tuple(line.cumulative.tolist()), tuple(line.orders.tolist()), tracks)


def track(name: str, fitted: Any, test: Holdout, total: float) -> Track:
    """What a fitted order model expects week by week.

    Args:
        name: Of the model.
        fitted: An order model fitted to `test.history`.
        test: The hold-out.
        total: Orders it expects of all customers in the days held out.
    """
    line = test.timeline
    offsets = np.array([(end - test.as_of).days for end in line.ends], np.int64)
    expected = unconditional(fitted, test, offsets)
    ahead = offsets[offsets > 0]
    past = line.cumulative[offsets <= 0]
    start = float(past[-1]) if past.size else 0.0
    curve = start + _shape(fitted, test, ahead) * total
    forecast: list[float | None] = [None] * len(offsets)
    if past.size:
        forecast[past.size - 1] = start
    forecast[past.size :] = curve.tolist()
    return Track(name, tuple(expected.tolist()), tuple(forecast))


def unconditional(fitted: Any, test: Holdout, offsets: NDArray[np.int64]) -> Array:
    """Repeat orders expected of everyone by each day (counted from `as_of`), knowing only when they came, and their covariates: Σ E[X(t)]."""
    found = np.zeros(offsets.size)
    if not offsets.size:
        return found
    for known, arrivals in _arrivals(fitted.model.covariates, test):
        ages = np.arange(arrivals.size)
        reach = int(ages[-1] + max(int(offsets[-1]), 0))
        by_age = np.asarray(fitted.expected_orders_new(np.arange(reach + 1) / test.unit.days, known), np.float64)
        found += [arrivals @ np.where(ages + day >= 0, by_age[np.maximum(ages + day, 0)], 0.0) for day in offsets]
    return found


def _arrivals(names: Sequence[str], test: Holdout) -> Iterator[tuple[dict[str, float] | None, Array]]:
    """Customers by days before `as_of`, apart for each value of the covariates a model looks at."""
    if not names:
        yield None, test.timeline.arrivals
        return
    kinds = test.history.distinct(tuple(covariate(name) for name in names))
    days = test.age.astype(np.int64)
    for number in range(kinds.weights.size):
        known = {name: float(column[number]) for name, column in zip(names, kinds.columns, strict=True)}
        yield known, np.bincount(days[kinds.place == number]).astype(np.float64)


def _shape(fitted: Any, test: Holdout, ahead: NDArray[np.int64]) -> Array:
    """Share of the whole forecast expected by each of the days `ahead`; 1 at the last."""
    if not ahead.size:
        return np.zeros(0)
    few = test.sample(SHAPE_CUSTOMERS).history
    days = np.unique(np.append(ahead[:: max(1, ahead.size // SHAPE_POINTS)], ahead[-1]))
    sums = np.array([float(np.sum(fitted.expected_orders(few, day / test.unit.days))) for day in days])
    if sums[-1] <= 0:
        return np.zeros(ahead.size)
    # a curve without kinks, so that what each week adds runs evenly too
    curve = PchipInterpolator(np.append(0, days), np.append(0.0, sums / sums[-1]))
    return np.asarray(curve(ahead), np.float64)
