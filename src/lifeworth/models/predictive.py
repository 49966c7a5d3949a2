"""How far a single customer may fall from the expectation: predictive intervals of orders and of value.

Two doubts are combined: what the parameters are (the normal approximation to their logarithms, averaged over at a few
points that have its mean and covariance), and what a customer does, given them.

Nothing is simulated. P(at least n orders) is known in closed form for every distinct (x, T); the sum of n gamma-gamma spends is a
beta-prime variable times (v + spent so far); so the distribution of a customer's value, given alive, is a finite mixture that
depends on (x, T) alone, and each customer only looks up the point that belongs to their own P(alive). Memory grows with
the customers, not with customers × draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lifeworth.errors import InputError
from lifeworth.models.base import Fitted
from lifeworth.models.distinct import Array, Codes, distinct
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.orders import FittedOrders

LEVELS = (0.05, 0.95)
EACH = 64
"""Up to so many orders every number is told apart; beyond, numbers are taken together in steps of 3 %."""
SUMMED = 512
"""Up to so many orders probabilities are summed up term by term, which costs less than one at a time."""
REST = 1e-4
"""Probability of still more orders at which a distribution is cut off."""
GRID = 80
FINE, COARSE = 12, 1.08
"""For sums of spends numbers are told apart up to 12 and then put on a grid in steps of 8 %: sums overlap more than that."""
NARROW = 0.02
"""A parameter known to 2 % moves no customer's interval: below that the estimate alone is used."""
WIDEST = 1.0
"""Largest standard error of a logarithm that is believed; beyond it the normal approximation says nothing."""
SAMPLE = 20_000


@dataclass(frozen=True)
class PredictiveIntervals:
    """One lower and one upper point a customer, and those of the total over all of them."""

    low: Array
    high: Array
    total_low: float
    total_high: float


def count_intervals(
    orders: FittedOrders, h: History, horizon: float, *, levels: tuple[float, float] = LEVELS
) -> PredictiveIntervals:
    """Points of the predictive distribution of the number of orders in (T, T + horizon].

    Args:
        orders: A fitted model of orders; with given parameters only what customers do is in doubt.
        h: The histories, one row a customer.
        horizon: How far ahead, in the unit of time of the model.
        levels: Lower and upper level; each point is the smallest number whose cumulative probability reaches it.
    """
    _check(levels)
    points = _points(orders)
    alive = _alive(points, h)
    low, high, second = np.zeros(len(h)), np.zeros(len(h)), np.zeros(len(h))
    for group in _groups(h, h.x):
        numbers, at_least = _at_least(points, group, horizon)
        for level, result in zip(levels, (low, high), strict=True):
            reach = _share(1 - level, alive[group.rows])
            result[group.rows] = _count_above(at_least, numbers, group.place, reach)
        second[group.rows] = _second_moment(numbers, at_least)[group.place]
    expected = orders.expected_orders(h, horizon)
    own = float(h.counts @ (orders.probability_alive(h) * second - expected**2))
    doubt = _doubt(orders, points, h, lambda fitted, part: fitted.expected_orders(part, horizon))
    return PredictiveIntervals(low, high, *_total(float(h.counts @ expected), own + doubt, levels))


def value_intervals(
    orders: FittedOrders,
    spend: FittedSpend,
    h: History,
    s: SpendHistory,
    horizon: float,
    *,
    rate: float = 0.0,
    levels: tuple[float, float] = LEVELS,
) -> PredictiveIntervals:
    """Points of the predictive distribution of what a customer spends in (T, T + horizon], discounted.

    Args:
        orders: A fitted model of orders.
        spend: A fitted model of spend.
        h: The histories, one row a customer.
        s: What is known of the same customers' spend, in the same order.
        horizon: How far ahead, in the unit of time of the model.
        rate: Continuous rate of discount per unit of time. All orders of a customer are discounted by the mean factor of their (x, T).
        levels: Lower and upper level.
    """
    _check(levels)
    if len(h) != len(s):
        raise InputError(f"Histories and spends are of the same customers: {len(h):,} rows here, {len(s):,} there.")
    points, tastes = _points(orders), _points(spend)
    p, q, v = spend.theta
    alive = _alive(points, h)
    spent = np.where(s.x > 0, s.x * s.mean_value, 0.0)
    plain = orders.expected_orders_if_alive(h, horizon)
    discounted = orders.expected_discounted_orders_if_alive(h, rate, horizon)
    scale = (v + spent) * np.divide(discounted, plain, out=np.ones_like(plain), where=plain > 0)
    low, high, second = np.zeros(len(h)), np.zeros(len(h)), np.zeros(len(h))
    typical = spend.data.get("mean_value", p * v / max(q - 1, 0.1))
    for group in _groups(h, h.x, s.x):
        numbers, at_least = _at_least(points, group, horizon)
        known = float(s.x[group.rows[0]])
        grid, above = _sums(tastes, spend.theta, numbers, at_least, known, typical, 1 - levels[1])
        for level, result in zip(levels, (low, high), strict=True):
            reach = _share(1 - level, alive[group.rows])
            result[group.rows] = scale[group.rows] * _point(grid, above, group.place, reach)
        mean_square = p * p * _second_moment(numbers, at_least) + p * plain[group.rows[group.first]]
        shape = q + p * known
        second[group.rows] = mean_square[group.place] / (max(shape - 1, 0.1) * max(shape - 2, 0.1))
    now = orders.probability_alive(h)
    expected = now * discounted * spend.expected_value(s)
    own = float(h.counts @ np.maximum(now * second * scale**2 - expected**2, 0.0))

    def value(fitted: FittedOrders, part: History) -> Array:
        return fitted.expected_discounted_orders(part, rate, horizon)

    rows = _sampled(h)
    per_order = spend.expected_value(s)
    doubt = _doubt(orders, points, h, value, per_order) + _spend_doubt(
        spend, tastes, s, now * discounted, rows, h.counts
    )
    return PredictiveIntervals(low, high, *_total(float(h.counts @ expected), own + doubt, levels))


def probability_integral(
    orders: FittedOrders, h: History, horizon: float, observed: Array, rng: np.random.Generator
) -> Array:
    """Where the observed numbers of orders fall in their predictive distributions: even over (0, 1) if the model is right.

    Counts are discrete, so each value is drawn evenly between the cumulative probability below and at the observed number.
    """
    points = _points(orders)
    alive = _alive(points, h)
    seen = np.asarray(observed, np.float64)
    below, above = np.empty(len(h)), np.empty(len(h))
    for group in _groups(h, h.x):
        x, T = h.x[group.rows], h.T[group.rows]
        n = seen[group.rows]
        reach = [
            np.mean([f.recipe.at_least_if_alive(x, T, n + more, horizon, *f.theta) for f in points], axis=0)
            for more in (0, 1)
        ]
        below[group.rows] = np.where(n > 0, 1 - alive[group.rows] * reach[0], 0.0)
        above[group.rows] = 1 - alive[group.rows] * reach[1]
    return below + rng.uniform(size=len(h)) * (above - below)


@dataclass(frozen=True)
class _Group:
    """Customers of one x: their `rows`, the distinct `T` among them, each row's `place` in those, and the `first` row of each."""

    x: float
    rows: Codes
    T: Array
    place: Codes
    first: Codes


def _groups(h: History, *columns: Array) -> Iterator[_Group]:
    found = distinct(columns, None)
    assert found.place is not None  # noqa: S101 - told to distinct() by its default
    order = np.argsort(found.place, kind="stable")
    bounds = np.r_[0, np.cumsum(found.weights).astype(np.int64)]
    for number in range(found.weights.size):
        rows = order[bounds[number] : bounds[number + 1]]
        times = distinct([h.T[rows]], None)
        assert times.place is not None  # noqa: S101
        first = np.zeros(times.weights.size, np.int64)
        first[times.place[::-1]] = np.arange(rows.size)[::-1]
        yield _Group(float(found.columns[0][number]), rows, times.columns[0], times.place, first)


def _points(fitted: Fitted[Any], narrow: float = NARROW) -> list[Any]:
    """The fitted model at a few parameter vectors with the mean and covariance of what the data leave open, equally likely."""
    if fitted.log_covariance is None:
        return [fitted]
    curvatures, axes = np.linalg.eigh(fitted.log_covariance)
    errors = np.minimum(np.sqrt(np.maximum(curvatures, 0.0)), WIDEST)
    if errors.max() < narrow:
        return [fitted]
    steps = (axes * errors * np.sqrt(errors.size)).T
    return [fitted.with_parameters(fitted.theta * np.exp(sign * step)) for step in steps for sign in (1, -1)]


def _alive(points: list[FittedOrders], h: History) -> Array:
    return np.asarray(sum(fitted.probability_alive(h) for fitted in points) / len(points))


def _at_least(points: list[FittedOrders], group: _Group, horizon: float) -> tuple[Array, Array]:
    """Numbers of orders, and P(at least so many | alive) for each T of the group (T × numbers)."""
    soonest = np.array([group.T.min()])
    x = np.array([group.x])
    last = 4.0
    while last < 1e9 and any(f.recipe.at_least_if_alive(x, soonest, last, horizon, *f.theta)[0] > REST for f in points):
        last *= 2
    numbers = [float(n) for n in range(1, int(min(last, EACH)) + 1)]
    while numbers[-1] < last:
        numbers.append(np.ceil(numbers[-1] * 1.03))
    n = np.array(numbers)
    summed = int(min(n[-1], SUMMED))
    inner = n <= summed
    total = np.zeros((group.T.size, n.size))
    for f in points:
        total[:, inner] += f.recipe.at_least_table(group.x, group.T, summed, horizon, *f.theta)[
            :, n[inner].astype(int) - 1
        ]
        if not inner.all():
            total[:, ~inner] += f.recipe.at_least_if_alive(x, group.T[:, None], n[~inner], horizon, *f.theta)
    return n, total / len(points)


def _second_moment(numbers: Array, at_least: Array) -> Array:
    """E[n² | alive] = Σ (2n − 1) P(at least n), numbers taken together where they are."""
    upto = np.r_[numbers[1:] - 1, numbers[-1]]
    return np.asarray(at_least @ (upto**2 - (numbers - 1) ** 2))


def _sums(
    tastes: list[FittedSpend],
    theta: Array,
    numbers: Array,
    at_least: Array,
    known: float,
    typical: float,
    rarest: float,
) -> tuple[Array, Array]:
    """A grid of w (logarithms), and P(sum of spends ÷ (v + spent so far) > w | alive) on it for each T (T × grid)."""
    p, q, v = theta
    chance = at_least - np.c_[at_least[:, 1:], np.zeros(len(at_least))]
    middle = np.r_[0.5 * (numbers[:-1] + numbers[1:] - 1), numbers[-1]]
    often = (
        numbers[np.argmax(at_least.max(axis=0) < 0.5 * rarest)] if at_least[:, -1].max() < 0.5 * rarest else numbers[-1]
    )
    shape = q + p * known
    ends = special.betaincinv(np.array([p, p * often]), shape, np.array([1e-3, 1 - 0.25 * rarest]))
    low, high = np.log(ends) - np.log1p(-np.minimum(ends, 1 - 1e-12))
    grid = np.linspace(low, high, GRID)
    nodes, chance = _condensed(middle, chance)
    above = np.zeros((GRID, nodes.size))
    for taste in tastes:
        own_p, own_q, own_v = taste.theta
        moved = grid + np.log((v + known * typical) / (own_v + known * typical))
        above += special.betainc(own_q + own_p * known, own_p * nodes, special.expit(-moved)[:, None])
    return grid, chance @ (above.T / len(tastes))


def _condensed(numbers: Array, chance: Array) -> tuple[Array, Array]:
    """The distribution (T × numbers) moved to fewer numbers, each shared between its two neighbours so that the mean stays."""
    last = numbers[-1]
    if last <= FINE:
        return numbers, chance
    steps = int(np.ceil(np.log(last / FINE) / np.log(COARSE)))
    nodes = np.r_[np.arange(1.0, FINE), np.geomspace(FINE, last, steps + 1)]
    below = np.clip(np.searchsorted(nodes, numbers, side="right") - 1, 0, nodes.size - 2)
    part = np.clip((numbers - nodes[below]) / (nodes[below + 1] - nodes[below]), 0.0, 1.0)
    move = np.zeros((numbers.size, nodes.size))
    move[np.arange(numbers.size), below] = 1 - part
    move[np.arange(numbers.size), below + 1] += part
    return nodes, chance @ move


def _share(chance: float, alive: Array) -> Array:
    """The probability to be exceeded, given alive: above 1 where the customer is more surely gone."""
    return np.asarray(np.divide(chance, alive, out=np.full(alive.size, np.inf), where=alive > 0))


def _count_above(at_least: Array, numbers: Array, place: Codes, reach: Array) -> Array:
    """The smallest n with P(more than n) ≤ reach; within numbers taken together, by proportion."""
    index = _last_above(at_least, place, reach)
    found = np.where(index >= 0, numbers[np.maximum(index, 0)], 0.0)
    gap = np.r_[np.diff(numbers), 1.0][np.maximum(index, 0)]
    wide = (index >= 0) & (gap > 1)
    if wide.any():
        here = at_least[place[wide], index[wide]]
        there = at_least[place[wide], np.minimum(index[wide] + 1, numbers.size - 1)]
        part = np.divide(here - reach[wide], here - there, out=np.zeros(here.size), where=here > there)
        found[wide] += np.floor(part * (gap[wide] - 1))
    return found


def _point(grid: Array, above: Array, place: Codes, reach: Array) -> Array:
    """The w with P(sum > w | alive) = reach, by linear interpolation in ln w; 0 where not even one order is so likely."""
    index = _last_above(above, place, reach)
    inside = np.clip(index, 0, GRID - 2)
    here, there = above[place, inside], above[place, inside + 1]
    part = np.divide(here - reach, here - there, out=np.zeros(here.size), where=here > there)
    w = np.exp(grid[inside] + np.clip(part, 0.0, 1.0) * (grid[1] - grid[0]))
    return np.where(index >= 0, w, 0.0)


def _last_above(table: Array, place: Codes, reach: Array) -> Codes:
    """For each row of `place` the last column whose value in that falling row of the table is above `reach`, or −1."""
    low, high = np.full(place.size, -1), np.full(place.size, table.shape[1])
    for _ in range(int(np.ceil(np.log2(table.shape[1] + 1)))):
        middle = (low + high) // 2
        more = (middle >= 0) & (table[place, np.clip(middle, 0, table.shape[1] - 1)] > reach)
        open_ = high - low > 1
        low, high = np.where(open_ & more, middle, low), np.where(open_ & ~more, middle, high)
    return low


def _sampled(h: History) -> Codes:
    """Rows evenly spaced, enough of them to see how a total moves with the parameters."""
    step = max(1, len(h) // SAMPLE)
    return np.arange(0, len(h), step)


def _doubt(
    orders: FittedOrders, points: list[FittedOrders], h: History, value: Any, per_order: Array | None = None
) -> float:
    """Variance of the expected total that comes from not knowing the parameters of the order model."""
    points = points if len(points) > 1 else _points(orders, 0.0)
    if len(points) == 1:
        return 0.0
    rows = _sampled(h)
    part = History(h.x[rows], h.t_x[rows], h.T[rows], unit=h.unit)
    times = h.counts[rows] if per_order is None else h.counts[rows] * per_order[rows]
    totals = np.array([float(times @ value(fitted, part)) for fitted in points]) * (len(h) / rows.size)
    return float(np.mean((totals - totals.mean()) ** 2))


def _spend_doubt(
    spend: FittedSpend, points: list[FittedSpend], s: SpendHistory, orders: Array, rows: Codes, counts: Array
) -> float:
    """The same for the parameters of the spend model."""
    points = points if len(points) > 1 else _points(spend, 0.0)
    if len(points) == 1:
        return 0.0
    part = SpendHistory(s.x[rows], s.mean_value[rows])
    times = counts[rows] * orders[rows]
    totals = np.array([float(times @ fitted.expected_value(part)) for fitted in points]) * (len(s) / rows.size)
    return float(np.mean((totals - totals.mean()) ** 2))


def _total(mean: float, variance: float, levels: tuple[float, float]) -> tuple[float, float]:
    """Points of a total with this mean and variance: gamma, which never goes below 0 and is normal for many customers."""
    if mean <= 0 or variance <= 0:
        return mean, mean
    shape = mean**2 / variance
    low, high = (float(special.gammaincinv(shape, level)) * variance / mean for level in levels)
    return low, high


def _check(levels: tuple[float, float]) -> None:
    if not 0 < levels[0] < levels[1] < 1:
        raise InputError(f"Levels rise and lie between 0 and 1, as in (0.05, 0.95); these are {levels}.")
