"""How far a single customer may fall from the expectation: predictive intervals of orders and of value.

Two doubts are combined: what the parameters are (the normal approximation to their logarithms, averaged over at a few
points that have its mean and covariance; or the draws of a posterior, see `posterior_predictive`), and what a customer does, given them.

Nothing is simulated. P(at least n orders) is known in closed form for every distinct (x, T); the sum of n gamma-gamma spends is a
beta-prime variable times (v + spent so far); so the distribution of a customer's value, given alive, is a finite mixture that
depends on (x, T) alone, and each customer only looks up the point that belongs to their own P(alive). Memory grows with
the customers, not with customers × draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lifeworth.errors import InputError
from lifeworth.models.alike import alike
from lifeworth.models.distinct import Array, Codes, distinct
from lifeworth.models.doubt import PredictiveIntervals, covariates_of, few_points, total_points
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.mixture import count_point, groups, kept_table, reach, second_moment, sum_point, sums
from lifeworth.models.orders import FittedOrders
from lifeworth.models.posterior import Posterior
from lifeworth.models.posterior_predictive import counts_under, values_under

LEVELS = (0.05, 0.95)
SAMPLE, FEW = 20_000, 8
"""Customers by whom is seen how a total moves with the parameters, at so many points."""


def count_intervals(
    orders: FittedOrders,
    h: History,
    horizon: float,
    *,
    posterior: Posterior | None = None,
    levels: tuple[float, float] = LEVELS,
) -> PredictiveIntervals:
    """Points of the predictive distribution of the number of orders in (T, T + horizon].

    Args:
        orders: A fitted model of orders; with given parameters only what customers do is in doubt.
        h: The histories, one row a customer.
        horizon: How far ahead, in the unit of time of the model.
        posterior: Draws of the parameters of `orders`, for the doubt about them as it is rather than as a few points have it.
        levels: Lower and upper level; each point is the smallest number whose cumulative probability reaches it.
    """
    _check(levels)
    if posterior is not None:
        return counts_under(orders, posterior, h, horizon, levels)
    low, high, second = np.zeros(len(h)), np.zeros(len(h)), np.zeros(len(h))
    for rows, theirs, part in alike(orders, h):
        low[rows], high[rows], second[rows] = _counts(theirs, part, horizon, levels)
    expected = orders.expected_orders(h, horizon)
    own = float(h.counts @ (orders.probability_alive(h) * second - expected**2))
    doubt = _doubt(orders, h, lambda fitted, part: fitted.expected_orders(part, horizon))
    return PredictiveIntervals(low, high, *total_points(float(h.counts @ expected), own + doubt, levels))


def _counts(
    orders: FittedOrders, h: History, horizon: float, levels: tuple[float, float]
) -> tuple[Array, Array, Array]:
    """Lower and upper point, and the mean of the squared number given alive, of each row."""
    points, names = few_points(orders), covariates_of(orders)
    alive = alive_at(orders, points, h)
    low, high, second = np.zeros(len(h)), np.zeros(len(h)), np.zeros(len(h))
    for group in groups(h, names):
        numbers, at_least = kept_table(orders, points, h, group, horizon)
        for level, result in zip(levels, (low, high), strict=True):
            beyond = reach(1 - level, alive[group.rows])
            result[group.rows] = count_point(at_least, numbers, group.place, beyond)
        second[group.rows] = second_moment(numbers, at_least)[group.place]
    return low, high, second


def value_intervals(
    orders: FittedOrders,
    spend: FittedSpend,
    h: History,
    s: SpendHistory,
    horizon: float,
    *,
    rate: float = 0.0,
    posterior: Posterior | None = None,
    spend_posterior: Posterior | None = None,
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
        posterior: Draws of the parameters of `orders`, for the doubt about them as it is rather than as a few points have it.
        spend_posterior: The same of `spend`.
        levels: Lower and upper level.
    """
    _check(levels)
    if len(h) != len(s):
        raise InputError(f"Histories and spends are of the same customers: {len(h):,} rows here, {len(s):,} there.")
    if posterior is not None or spend_posterior is not None:
        return values_under((orders, spend), (posterior, spend_posterior), (h, s), (horizon, rate), levels)
    tastes = few_points(spend)
    plain = orders.expected_orders_if_alive(h, horizon)
    discounted = orders.expected_discounted_orders_if_alive(h, rate, horizon)
    spent = np.where(s.x > 0, s.x * s.mean_value, 0.0)
    scale = (spend.theta[2] + spent) * np.divide(discounted, plain, out=np.ones_like(plain), where=plain > 0)
    low, high, second = np.zeros(len(h)), np.zeros(len(h)), np.zeros(len(h))
    for rows, theirs, part in alike(orders, h):
        found = _values(theirs, spend, tastes, part, s.x[rows], plain[rows], horizon, levels)
        low[rows], high[rows], second[rows] = found
    low, high = scale * low, scale * high
    now = orders.probability_alive(h)
    expected = now * discounted * spend.expected_value(s)
    own = float(h.counts @ np.maximum(now * second * scale**2 - expected**2, 0.0))

    def value(fitted: FittedOrders, part: History) -> Array:
        return fitted.expected_discounted_orders(part, rate, horizon)

    rows = _sampled(h)
    per_order = spend.expected_value(s)
    doubt = _doubt(orders, h, value, per_order) + _spend_doubt(spend, tastes, s, now * discounted, rows, h.counts)
    return PredictiveIntervals(low, high, *total_points(float(h.counts @ expected), own + doubt, levels))


def _values(
    orders: FittedOrders,
    spend: FittedSpend,
    tastes: list[FittedSpend],
    h: History,
    bought: Array,
    plain: Array,
    horizon: float,
    levels: tuple[float, float],
) -> tuple[Array, Array, Array]:
    """Lower and upper point and mean square of each row's spend given alive, as multiples of v + spent so far."""
    points, names = few_points(orders), covariates_of(orders)
    p, q, v = spend.theta
    alive = alive_at(orders, points, h)
    low, high, second = np.zeros(len(h)), np.zeros(len(h)), np.zeros(len(h))
    typical = spend.data.get("mean_value", p * v / max(q - 1, 0.1))
    for group in groups(h, names, bought):
        numbers, at_least = kept_table(orders, points, h, group, horizon)
        known = float(bought[group.rows[0]])
        grid, above = sums(tastes, spend.theta, numbers, at_least, known, typical, 1 - levels[1])
        for level, result in zip(levels, (low, high), strict=True):
            beyond = reach(1 - level, alive[group.rows])
            result[group.rows] = sum_point(grid, above, group.place, beyond)
        mean_square = p * p * second_moment(numbers, at_least) + p * plain[group.rows[group.first]]
        shape = q + p * known
        second[group.rows] = mean_square[group.place] / (max(shape - 1, 0.1) * max(shape - 2, 0.1))
    return low, high, second


def probability_integral(
    orders: FittedOrders, h: History, horizon: float, observed: Array, rng: np.random.Generator
) -> Array:
    """Where the observed numbers of orders fall in their predictive distributions: even over (0, 1) if the model is right.

    Counts are discrete, so each value is drawn evenly between the cumulative probability below and at the observed number.
    """
    result = np.zeros(len(h))
    for rows, theirs, part in alike(orders, h):
        result[rows] = _integral(theirs, part, horizon, np.asarray(observed, np.float64)[rows], rng)
    return result


def _integral(orders: FittedOrders, h: History, horizon: float, observed: Array, rng: np.random.Generator) -> Array:
    points, names = few_points(orders), covariates_of(orders)
    alive = alive_at(orders, points, h)
    found = distinct([h.x, h.T, observed, *(getattr(h, name) for name in names)], None)
    x, T, n, *z = found.columns
    filled = [(f.recipe, f.model.filling(f.theta.tolist()).function(*z)) for f in points]
    below, above = (
        1
        - alive
        * sum(m.at_least_if_alive(x, T, n + more, horizon, *theta) for m, theta in filled)[found.place]
        / len(points)
        for more in (0, 1)
    )
    below = np.where(observed > 0, below, 0.0)
    return np.asarray(below + rng.uniform(size=len(h)) * (above - below))


def alive_at(orders: FittedOrders, points: list[FittedOrders], h: History) -> Array:
    """P(alive) of each row, the mean over points that stand for what is not known of the parameters."""

    def mean() -> Array:
        return np.asarray(sum(fitted.probability_alive(h) for fitted in points) / len(points))

    return h.kept("alive", orders, mean)


def _sampled(h: History, size: int = SAMPLE) -> Codes:
    """Rows evenly spaced, enough of them to see how a total moves with the parameters."""
    step = max(1, len(h) // size)
    return np.arange(0, len(h), step)


def _doubt(orders: FittedOrders, h: History, value: Any, per_order: Array | None = None) -> float:
    """Variance of the expected total that comes from not knowing the parameters of the order model."""
    points = few_points(orders, 0.0)
    if len(points) == 1:
        return 0.0
    # With many effects there are many points, and each is asked of fewer customers.
    rows = _sampled(h, SAMPLE * FEW // max(FEW, len(points)))
    part = h.take(rows)
    times = h.counts[rows] if per_order is None else h.counts[rows] * per_order[rows]
    totals = np.array([float(times @ value(fitted, part)) for fitted in points]) * (len(h) / rows.size)
    return float(np.mean((totals - totals.mean()) ** 2))


def _spend_doubt(
    spend: FittedSpend, points: list[FittedSpend], s: SpendHistory, orders: Array, rows: Codes, counts: Array
) -> float:
    """The same for the parameters of the spend model."""
    points = points if len(points) > 1 else few_points(spend, 0.0)
    if len(points) == 1:
        return 0.0
    part = SpendHistory(s.x[rows], s.mean_value[rows])
    times = counts[rows] * orders[rows]
    totals = np.array([float(times @ fitted.expected_value(part)) for fitted in points]) * (len(s) / rows.size)
    return float(np.mean((totals - totals.mean()) ** 2))


def _check(levels: tuple[float, float]) -> None:
    if not 0 < levels[0] < levels[1] < 1:
        raise InputError(f"Levels rise and lie between 0 and 1, as in (0.05, 0.95); these are {levels}.")
