"""Customers with the same covariates are customers of one plain model: the groups of a history, each with the model that is theirs.

What the data leave open about a group's own few parameters follows from the covariance of all of them (log θᵢ = log θ ± γ·zᵢ is
linear in the free coordinates). So what depends on the parameters of a customer alone, such as an interval, needs as many points
as the plain model has parameters, however many effects there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from lifeworth.models.covariates import WithCovariates
from lifeworth.models.distinct import distinct
from lifeworth.models.history import History
from lifeworth.models.orders import FittedOrders
from lifeworth.models.stimulus import Stimulated, stimulated

EVERY = slice(None)


def alike(orders: FittedOrders, h: History) -> Iterable[tuple[Any, FittedOrders, History]]:
    """The rows of each group of customers with equal covariates, the plain model that holds for them, and their histories.

    A model without covariates has one group: all rows, itself, and `h`. The groups of few customers are kept with their histories.
    """
    return h.kept("alike", orders, lambda: list(_groups(orders, h)))


def _groups(orders: FittedOrders, h: History) -> Iterator[tuple[Any, FittedOrders, History]]:
    habits = orders.model if isinstance(orders.model, Stimulated) else None
    model = orders.model if habits is None else habits.model
    if not isinstance(model, WithCovariates):
        yield EVERY, orders, h
        return
    names = model.filling(orders.theta.tolist()).names
    found = distinct([getattr(h, name) for name in names], None)
    assert found.place is not None  # noqa: S101 - told to distinct() by its default
    order = np.argsort(found.place, kind="stable")
    bounds = np.r_[0, np.cumsum(found.weights).astype(np.int64)]
    plain = h.only(())
    for number in range(found.weights.size):
        rows = order[bounds[number] : bounds[number + 1]]
        theirs = _own(orders, model, [float(column[number]) for column in found.columns])
        if habits is not None:
            theirs = stimulated(theirs, frequency=habits.frequency, leaving=habits.leaving)
        yield rows, theirs, plain.take(rows)


def _own(orders: FittedOrders, model: WithCovariates, z: list[float]) -> FittedOrders:
    """The plain model of customers with these covariates."""
    theta = model.filling(orders.theta.tolist()).function(*z)
    covariance = orders.log_covariance
    if covariance is not None:
        slope = model.slope(z)
        covariance = slope @ covariance @ slope.T
    return FittedOrders(
        model=model.plain,
        parameters=dict(zip(model.plain.symbols, (float(value) for value in theta), strict=True)),
        log_covariance=covariance,
        data=dict(orders.data),
        unit=orders.unit,
    )
