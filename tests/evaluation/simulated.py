"""Hold-outs whose truth is known: customers drawn from a model, on whole days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from lifeworth.evaluation.holdout import Holdout, Timeline
from lifeworth.features.calendar import Split
from lifeworth.models import BetaGeoNBD
from lifeworth.units import TimeUnit

AS_OF = date(2024, 6, 30)
TRUTH = {"r": 0.8, "alpha": 40.0, "a": 0.8, "b": 2.5}
"""In days."""


def simulated(customers: int = 3000, seed: int = 1, days: int = 182, truth: dict[str, float] = TRUTH) -> Holdout:
    """Customers of up to a year's age, their later orders, and money that has nothing to do with frequency."""
    rng = np.random.default_rng(seed)
    age = rng.integers(20, 366, customers)
    drawn = BetaGeoNBD().at(truth).simulate(age, rng, float(days))
    x = np.minimum(drawn.history.x, age).astype(np.int64)
    recency = np.where(x > 0, np.clip(np.ceil(drawn.history.t_x), np.maximum(x, 1), age), 0).astype(np.int64)
    return holdout(x, recency, age, drawn.later, rng.gamma(4.0, 1.0, customers) * 10, rng, days)


def holdout(x, recency, age, later, taste, rng, days: int = 182) -> Holdout:
    """A hold-out from plain columns; each order is worth the customer's taste, give or take."""
    n = len(x)
    orders = x + 1

    def mean_of(count: np.ndarray) -> np.ndarray:
        return taste * rng.gamma(np.maximum(count, 1) * 4.0) / (np.maximum(count, 1) * 4.0)

    repeat, first = mean_of(x), mean_of(np.ones(n))
    rows = pa.table(
        {
            "customer_id": [f"c{number:07}" for number in range(n)],
            "first_day": [AS_OF - timedelta(days=int(days)) for days in age],
            "last_day": [AS_OF - timedelta(days=int(a - r)) for a, r in zip(age, recency, strict=True)],
            "orders": orders,
            "x": x,
            "recency": recency,
            "age": age,
            "mean_value": (repeat * x + first) / orders,
            "repeat_value": pa.array(repeat, mask=x == 0),
        }
    )
    weeks = [AS_OF + timedelta(days=7 * week) for week in range(1 - 53, days // 7 + 1)]
    line = np.zeros(len(weeks))
    line[:53] = x.sum() / 53
    line[53:] = later.sum() / (len(weeks) - 53)
    return Holdout(
        split=Split(AS_OF, AS_OF + timedelta(days=days)),
        unit=TimeUnit.WEEK,
        rows=rows,
        orders=np.asarray(later, float),
        value=np.where(later > 0, later * mean_of(np.asarray(later)), 0.0),
        recent_orders=np.minimum(x, 2).astype(float),
        timeline=Timeline(tuple(weeks), line, np.bincount(age).astype(float)),
    )
