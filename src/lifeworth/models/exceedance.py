"""How likely a customer is to bring at least so much, and the amount that a given share of all customers reaches.

Both come from the predictive distributions, which hold what the parameters leave open and what a customer does, given them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize

from lifeworth.errors import InputError
from lifeworth.models.distinct import Array
from lifeworth.models.doubt import few_points
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.orders import FittedOrders
from lifeworth.models.value_distribution import ValueDistribution, count_below, value_below

CLOSE = 1e-4
"""How closely the share is met, as a part of it."""
SEARCHED = 500
"""Customers, evenly spaced, among whom the amount is sought before it is put right for all."""
LEAST_ASKED, FEW = 100, 8
"""Customers who show how a share moves with the parameters, at the least, and up to how many points all of `SEARCHED` do."""
MOST_STEPS = 20
LEAST = 1e-9
"""An amount that is passed with any order at all, as a part of the mean order."""


def value_exceedance(
    orders: FittedOrders,
    spend: FittedSpend,
    h: History,
    s: SpendHistory,
    horizon: float,
    threshold: float,
    *,
    rate: float = 0.0,
) -> Array:
    """P(spend in (T, T + horizon], discounted, ≥ threshold), one a customer.

    It is 1 for a threshold of 0, and P(at least one order) for one just above it.

    Args:
        orders: A fitted model of orders.
        spend: A fitted model of spend.
        h: The histories, one row a customer.
        s: What is known of the same customers' spend, in the same order.
        horizon: How far ahead, in the unit of time of the model.
        threshold: In the money of the spend model.
        rate: Continuous rate of discount per unit of time.
    """
    return np.asarray(1 - value_below(orders, spend, h, s, horizon, threshold, rate)[0])


def count_exceedance(orders: FittedOrders, h: History, horizon: float, number: int) -> Array:
    """P(at least `number` orders in (T, T + horizon]), one a customer."""
    return np.asarray(1 - count_below(orders, h, horizon, number)[0])


def exceedance_doubt(
    orders: FittedOrders,
    spend: FittedSpend | None,
    h: History,
    s: SpendHistory | None,
    horizon: float,
    threshold: float,
) -> float:
    """Standard error, as a part of it, of how many are expected to reach the threshold: what the parameters leave open.

    Their number is taken at each of the points that stand for the parameters' covariance, among a few of the customers.

    Args:
        orders: A fitted model of orders.
        spend: A fitted model of spend; without one the threshold is a number of orders.
        h: The histories, one row a customer.
        s: What is known of the same customers' spend, where there is a spend model.
        horizon: How far ahead, in the unit of time of the model.
        threshold: Money, or orders.
    """
    points = few_points(orders, 0.0)
    # With many effects there are many points, and each is asked of fewer customers.
    asked = max(LEAST_ASKED, SEARCHED * FEW // max(FEW, len(points)))
    rows = np.arange(0, len(h), max(1, -(-len(h) // asked)))
    part = h.take(rows)
    known = None if s is None else SpendHistory(s.x[rows], s.mean_value[rows])

    def reached(order: FittedOrders, taste: FittedSpend | None) -> float:
        if taste is None or known is None:
            return float(part.counts @ count_exceedance(order, part, horizon, int(threshold)))
        return float(part.counts @ value_exceedance(order, taste, part, known, horizon, threshold))

    one = orders.with_parameters(orders.theta)
    taste = None if spend is None else spend.with_parameters(spend.theta)
    ways = [[reached(point, taste) for point in points]]
    if spend is not None:
        ways.append([reached(one, point) for point in few_points(spend, 0.0)])
    middle = reached(one, taste)
    return float(np.sqrt(sum(np.var(way) for way in ways))) / middle if middle > 0 else 0.0


def value_threshold(
    orders: FittedOrders,
    spend: FittedSpend,
    h: History,
    s: SpendHistory,
    horizon: float,
    share: float,
    *,
    rate: float = 0.0,
) -> float:
    """The amount that `share` of these customers are expected to reach: mean P(spend ≥ amount) = share.

    It is sought on the predictive distributions, of a few of the customers by bracketing and then of all by secants.
    Where no more than that share is expected to order at all, it is the least amount there is: any order reaches it.

    Args:
        orders: A fitted model of orders.
        spend: A fitted model of spend.
        h: The histories, one row a customer.
        s: What is known of the same customers' spend, in the same order.
        horizon: How far ahead, in the unit of time of the model.
        share: Above 0 and below 1.
        rate: Continuous rate of discount per unit of time.
    """
    return reached_by(orders, spend, h, s, horizon, share, rate=rate)[0]


def reached_by(
    orders: FittedOrders,
    spend: FittedSpend,
    h: History,
    s: SpendHistory,
    horizon: float,
    share: float,
    *,
    rate: float = 0.0,
) -> tuple[float, Array]:
    """`value_threshold`, and each customer's probability to reach it, at the cost of one."""
    _check(share, h)
    made = ValueDistribution(orders, spend, h, s, horizon, rate)
    few = np.zeros(len(h), bool)
    few[:: -(-len(h) // SEARCHED)] = True
    typical = float(np.median(spend.expected_value(s)))
    least = LEAST * typical
    chance = _chance(made, least)
    if h.counts @ chance <= share * h.counts.sum():
        return least, chance
    part = made.some(few)
    start, slope = _roughly(lambda amount: _mean(_chance(part, amount), h.counts * few), least, typical, share)
    return _exactly(lambda amount: _chance(made, amount), start, slope, h.counts, share)


def _chance(made: ValueDistribution, amount: float) -> Array:
    return np.asarray(1 - made.below(amount)[0])


def _mean(chance: Array, weights: Array) -> float:
    return float(weights @ chance) / float(weights.sum())


def _roughly(reached: Callable[[float], float], least: float, typical: float, share: float) -> tuple[float, float]:
    """The amount that the share of a few customers reaches, and how their share falls with its logarithm, by Brent's search."""
    low = high = typical
    while low > least and reached(low) < share:
        low, high = max(low / 4, least), low
    while reached(high) >= share:
        low, high = high, 4 * high
    if reached(low) <= share:
        return low, -share
    found = float(
        np.exp(optimize.brentq(lambda log: reached(float(np.exp(log))) - share, np.log(low), np.log(high), xtol=1e-3))
    )
    wide = 0.1
    return found, min((reached(found * np.exp(wide)) - reached(found * np.exp(-wide))) / (2 * wide), -1e-3 * share)


def _exactly(
    chance: Callable[[float], Array], start: float, slope: float, weights: Array, share: float
) -> tuple[float, Array]:
    """From an amount nearby to the one that the share of all reaches, by secants; each customer's probability with it."""
    amount, last = start, None
    for _ in range(MOST_STEPS):
        found = chance(amount)
        miss = _mean(found, weights) - share
        if abs(miss) <= CLOSE * share:
            break
        if last is not None and miss != last[1]:
            slope = min((miss - last[1]) / np.log(amount / last[0]), -1e-3 * share)
        last = (amount, miss)
        amount = float(amount * np.exp(np.clip(-miss / slope, -1.0, 1.0)))
    return amount, found


def count_threshold(orders: FittedOrders, h: History, horizon: float, share: float) -> int:
    """The least number of orders, from 1, that no more than `share` of these customers are expected to reach."""
    _check(share, h)
    weights = h.counts / h.counts.sum()

    def few(number: int) -> bool:
        return float(weights @ count_exceedance(orders, h, horizon, number)) <= share

    high = 1
    while not few(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if few(middle) else (middle, high)
    return high


def _check(share: float, h: History) -> None:
    if not 0 < share < 1:
        raise InputError(f"A share of customers lies between 0 and 1, not at {share:g}.")
    if not len(h):
        raise InputError("Without customers no share of them reaches anything.")
