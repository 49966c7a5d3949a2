"""Predictive intervals over the draws of a posterior: the mixture over all of them of what a customer does under each.

P(at least n orders) = mean over the draws of P(alive) × P(at least n | alive): of customers with the same history it is the same, so it is
found once for every distinct one. Distinct histories are taken a block at a time, with all draws of that block; what is kept of a block is its
points. So memory grows neither with customers × draws nor with histories × draws.

Many draws are only as good as their mean. A couple of hundred that stand evenly for all (`Posterior.few`) give it to well under the width of an interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifeworth.models.distinct import Array, Codes
from lifeworth.models.doubt import PredictiveIntervals, covariates_of, few_points, judged, total_points, views
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.gamma_poisson import column
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.likelihood import Filling
from lifeworth.models.mixture import (
    SUMMED,
    Group,
    count_point,
    count_table,
    few_times,
    first_moment,
    groups,
    second_moment,
    sum_point,
    sums,
)
from lifeworth.models.orders import FittedOrders, OrderModel
from lifeworth.models.posterior import Posterior

DRAWS, SPEND_DRAWS = 200, 32
"""How many draws of the parameters of orders, and of spend, are looked at."""
BLOCK = 1 << 13
"""Distinct histories taken at a time, each with its P(alive) under every draw: 13 MB."""
CHUNK = 1 << 20
"""Numbers in a table of draws × times × orders at a time: 8 MB."""
TIMES = 12
"""More distinct T than that in a group are interpolated from so many: to 1e-5, which is less than the draws leave open."""


@dataclass(frozen=True)
class Mixed:
    """Distinct histories `first` … `last` − 1, all of one x: P(at least `numbers` orders) of each, and what each draw expects of it."""

    first: int
    last: int
    numbers: Array
    at_least: Array
    expected: Array
    """Draws × histories."""


def counts_under(
    orders: FittedOrders, posterior: Posterior, h: History, horizon: float, levels: tuple[float, float]
) -> PredictiveIntervals:
    """Points of the number of orders; see `predictive.count_intervals`."""
    seen = views(orders, posterior, DRAWS)
    cells, place = _histories(orders, h)
    low, high = np.zeros(len(cells)), np.zeros(len(cells))
    totals, own = np.zeros(len(seen)), 0.0
    for mixed in _mixtures(orders, seen, cells, horizon):
        rows = slice(mixed.first, mixed.last)
        every = np.arange(mixed.last - mixed.first)
        for level, result in zip(levels, (low, high), strict=True):
            result[rows] = count_point(mixed.at_least, mixed.numbers, every, np.full(every.size, 1 - level))
        times = cells.counts[rows]
        totals += mixed.expected @ times
        own += float(times @ (second_moment(mixed.numbers, mixed.at_least) - (mixed.expected**2).mean(axis=0)))
    ends = total_points(float(totals.mean()), own + float(totals.var()), levels)
    return PredictiveIntervals(low[place], high[place], *ends, *judged([posterior]))


def values_under(
    models: tuple[FittedOrders, FittedSpend],
    posteriors: tuple[Posterior | None, Posterior | None],
    customers: tuple[History, SpendHistory],
    ahead: tuple[float, float],
    levels: tuple[float, float],
) -> PredictiveIntervals:
    """Points of what customers spend; see `predictive.value_intervals`. `ahead` is the horizon and the rate of discount."""
    (orders, spend), (h, s), (horizon, rate) = models, customers, ahead
    seen, tastes = views(orders, posteriors[0], DRAWS), views(spend, posteriors[1], SPEND_DRAWS)
    cells, place = _histories(orders, h)
    by_cell = np.argsort(place, kind="stable")
    bounds = np.r_[0, np.cumsum(np.bincount(place, minlength=len(cells)))]
    p, q, v = spend.theta
    spent, typical = np.where(s.x > 0, s.x * s.mean_value, 0.0), spend.data.get("mean_value", p * v / max(q - 1, 0.1))
    factor = _discount(orders, cells, horizon, rate)
    worth = factor[place] * spend.expected_value(s)
    worth_of_cell = np.bincount(place, h.counts * worth, len(cells))
    low, high, expected, own = np.zeros(len(h)), np.zeros(len(h)), np.zeros(len(h)), 0.0
    totals = np.zeros(len(seen))
    for mixed in _mixtures(orders, seen, cells, horizon):
        rows = by_cell[bounds[mixed.first] : bounds[mixed.last]]
        inside = place[rows] - mixed.first
        expected[rows] = mixed.expected.mean(axis=0)[inside]
        totals += mixed.expected @ worth_of_cell[mixed.first : mixed.last]
        squares = (mixed.expected**2).mean(axis=0)[inside] * worth[rows] ** 2
        scale = (v + spent[rows]) * factor[place[rows]]
        moments = p * p * second_moment(mixed.numbers, mixed.at_least) + p * first_moment(mixed.numbers, mixed.at_least)
        shape = q + p * s.x[rows]
        second = moments[inside] * scale**2 / (np.maximum(shape - 1, 0.1) * np.maximum(shape - 2, 0.1))
        own += float(h.counts[rows] @ np.maximum(second - squares, 0.0))
        for known in np.unique(s.x[rows]):
            same = np.flatnonzero(s.x[rows] == known)
            grid, above = sums(tastes, spend.theta, mixed.numbers, mixed.at_least, float(known), typical, 1 - levels[1])
            for level, result in zip(levels, (low, high), strict=True):
                beyond = np.full(same.size, 1 - level)
                result[rows[same]] = scale[same] * sum_point(grid, above, inside[same], beyond)
    own += float(totals.var()) + _spend_doubt(
        tastes if len(tastes) > 1 else few_points(spend, 0.0), s, h.counts * expected * factor[place]
    )
    return PredictiveIntervals(low, high, *total_points(float(totals.mean()), own, levels), *judged(posteriors))


def _histories(orders: FittedOrders, h: History) -> tuple[History, Codes]:
    """The distinct histories in the order of (x, covariates, T, t_x), and the place of every row of `h` in them."""
    names = covariates_of(orders)
    found = h.distinct(("x", *names, "T", "t_x"))
    assert found.place is not None  # noqa: S101 - told to distinct() by its default
    x, *z, T, t_x = found.columns
    # as `History` says columns of covariates: by name
    given = dict(zip((name.removeprefix("covariate ") for name in names), z, strict=True))
    return History(x, t_x, T, found.weights, covariates=given), found.place


def _mixtures(orders: FittedOrders, seen: Sequence[FittedOrders], cells: History, horizon: float) -> Iterator[Mixed]:
    """The mixture over `seen` for all histories, a group of one x after the other."""
    names = covariates_of(orders)
    fillings = [fitted.model.filling(fitted.theta.tolist()) for fitted in seen]
    for start in range(0, len(cells), BLOCK):
        part = cells.take(slice(start, start + BLOCK))
        alive = np.stack([fitted.probability_alive(part) for fitted in seen])
        for group in groups(part, names):
            first = int(group.rows[0])
            yield _mixed(orders, fillings, group, alive[:, group.rows], horizon, start + first)


def _mixed(
    orders: FittedOrders, fillings: Sequence[Filling], group: Group, alive: Array, horizon: float, first: int
) -> Mixed:
    """One group, whose histories are in the order of T: each T's table of draws × numbers meets its histories' P(alive)."""
    numbers, _ = count_table(few_points(orders), group, horizon)
    T, spread = few_times(group.T, horizon, TIMES)
    tables = _tables(orders.recipe, fillings, group, T, numbers, horizon)
    times, draws = group.T.size, len(fillings)
    at_least, expected = np.empty((alive.shape[1], numbers.size)), np.empty_like(alive)
    bounds = np.searchsorted(group.place, np.arange(times + 1))
    step = max(1, CHUNK // (draws * numbers.size))
    for begin in range(0, times, step):
        end = min(begin + step, times)
        here = (
            tables[begin:end]
            if spread is None
            else (spread[begin:end] @ tables.reshape(T.size, -1)).reshape(-1, draws, numbers.size)
        )
        means = first_moment(numbers, here)
        for t in range(begin, end):
            rows = slice(bounds[t], bounds[t + 1])
            at_least[rows] = alive[:, rows].T @ here[t - begin] / draws
            expected[:, rows] = alive[:, rows] * means[t - begin][:, None]
    at_least = np.minimum.accumulate(np.clip(at_least, 0.0, 1.0), axis=1)
    return Mixed(first, first + alive.shape[1], numbers, at_least, expected)


def _tables(
    recipe: OrderModel, fillings: Sequence[Filling], group: Group, T: Array, numbers: Array, horizon: float
) -> Array:
    """P(at least so many orders | alive) under every draw (T × draws × numbers)."""
    theta = np.array([[float(value) for value in filling.function(*group.z)] for filling in fillings]).T
    summed = int(min(numbers[-1], SUMMED))
    inner = numbers <= summed
    result = np.empty((T.size, len(fillings), numbers.size))
    step = max(1, CHUNK // (T.size * summed))
    for first in range(0, len(fillings), step):
        some = slice(first, first + step)
        each: list[Any] = [np.tile(values[some], T.size) for values in theta]
        times = np.repeat(T, theta[0, some].size)
        table = recipe.at_least_table(group.x, times, summed, horizon, *each)
        result[:, some, inner] = table[:, numbers[inner].astype(int) - 1].reshape(T.size, -1, int(inner.sum()))
        if not inner.all():
            far = recipe.at_least_if_alive(
                np.array(group.x), times[:, None], numbers[~inner], horizon, *map(column, each)
            )
            result[:, some, ~inner] = far.reshape(T.size, -1, int((~inner).sum()))
    return result


def _discount(orders: FittedOrders, cells: History, horizon: float, rate: float) -> Array:
    """The mean factor by which the orders of each history are discounted."""
    if rate == 0:
        return np.ones(len(cells))
    plain = orders.expected_orders_if_alive(cells, horizon)
    discounted = orders.expected_discounted_orders_if_alive(cells, rate, horizon)
    return np.divide(discounted, plain, out=np.ones_like(plain), where=plain > 0)


def _spend_doubt(tastes: Sequence[FittedSpend], s: SpendHistory, times: Array) -> float:
    """Variance of the expected total that comes from not knowing the parameters of the spend model."""
    return float(np.var([float(times @ taste.expected_value(s)) for taste in tastes]))
