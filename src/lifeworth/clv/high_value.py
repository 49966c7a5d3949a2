"""Who is likely to become high-value: the probability to bring, within the horizon, what today's best are expected to.

The threshold is the amount that the stated share of today's customers (a tenth, as the upper tiers) is expected to reach within the
horizon, by the predictive distributions: the mean probability to reach it is that share. Without money it is a number of orders.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifeworth.models.exceedance import count_exceedance, count_threshold, reached_by, value_exceedance
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.orders import FittedOrders

Floats = NDArray[np.float64]

SOUGHT = 20_000
"""Most customers, evenly spaced, on whom the threshold is found; probabilities are then of all."""


@dataclass(frozen=True, slots=True)
class HighValue:
    """The threshold, and what it means for these customers.

    Args:
        share: Share of customers that is expected to reach it.
        threshold: Discounted margin within the horizon; a number of orders without money.
        in_money: Which of the two.
        expected: How many customers are expected to reach it.
        expected_risers: How many of them do not belong today to the same share of customers by what they brought so far.
        cut: What belongs to that share today: value so far, or orders.
    """

    share: float
    threshold: float
    in_money: bool
    expected: float
    expected_risers: float
    cut: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


def high_value(
    orders: FittedOrders,
    spend: FittedSpend | None,
    h: History,
    s: SpendHistory | None,
    so_far: Floats,
    *,
    span: float,
    rate: float,
    margin: float,
    share: float,
) -> tuple[Floats, HighValue]:
    """The probability of each customer, and the threshold.

    Args:
        orders: The order model, at the level of the forecast.
        spend: The spend model; without one the threshold is a number of orders.
        h: The histories, one row a customer.
        s: What is known of the same customers' spend, where there is a spend model.
        so_far: What each has brought so far; orders where there is no money.
        span: The horizon in units of time.
        rate: Continuous rate of discount per unit of time.
        margin: Share of an order's value that counts.
        share: Share of customers that is to count as high-value.
    """
    rows = np.arange(0, len(h), max(1, -(-len(h) // SOUGHT)))
    few = h.take(rows)
    if spend is not None and s is not None:
        part = SpendHistory(s.x[rows], s.mean_value[rows])
        amount, chance = reached_by(orders, spend, few, part, span, share, rate=rate)
        if rows.size < len(h):
            chance = value_exceedance(orders, spend, h, s, span, amount, rate=rate)
        threshold = amount * margin
    else:
        number = count_threshold(orders, few, span, share)
        chance = count_exceedance(orders, h, span, number)
        threshold = float(number)
    known = np.nan_to_num(so_far, nan=-np.inf)
    cut = float(np.sort(known)[-max(1, round(share * known.size))])
    risers = float(chance[known < cut].sum())
    return chance, HighValue(share, threshold, spend is not None, float(chance.sum()), risers, cut)
