"""How likely a customer is to bring at least so much, and the amount that a given share of all customers reaches.

Both come from the predictive distributions, which hold what the parameters leave open and what a customer does, given them.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize

from lifeworth.errors import InputError
from lifeworth.models.distinct import Array
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.orders import FittedOrders
from lifeworth.models.value_distribution import ValueDistribution, count_below, value_below

CLOSE = 1e-6
"""How closely the amount is found, as a part of it."""
MOST_STEPS = 100
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

    It is bracketed and found by Brent's root search on the logarithm, on the predictive distributions of the customers given.
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
    weights = h.counts / h.counts.sum()
    typical = float(np.median(spend.expected_value(s)))

    def chance(amount: float) -> Array:
        return np.asarray(1 - made.below(amount)[0])

    def reached(amount: float) -> float:
        return float(weights @ chance(amount))

    low = LEAST * typical
    if reached(low) <= share:
        return low, chance(low)
    high = typical
    for _ in range(MOST_STEPS):
        if reached(high) < share:
            break
        low, high = high, 4 * high
    root = optimize.brentq(lambda log: reached(float(np.exp(log))) - share, np.log(low), np.log(high), xtol=CLOSE)
    found = float(np.exp(root))
    return found, chance(found)


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
