"""Recency, frequency and money as scores: by rank within the base, or by limits that stay.

Customers with the same figure always share a score, so a base of mostly one-time buyers has many in the lowest frequency
score rather than the same customer in two groups by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import IntegerColumn, Table, Value


@dataclass(frozen=True, slots=True)
class Ranks:
    """Scores by rank: as many equal parts of the base as there are scores, 1 the lowest."""

    parts: int = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Scores by stated limits: 1, and one more for each limit that is reached.

    Args:
        days: Days since the last purchase, falling: at most so many.
        orders: Purchase days, rising: at least so many.
        money: Net revenue so far, rising: at least so much; empty where there are no amounts.
    """

    days: tuple[float, ...]
    orders: tuple[float, ...]
    money: tuple[float, ...]


DAYS = (365.0, 180.0, 90.0, 30.0)
ORDERS = (2.0, 3.0, 5.0, 10.0)
BASKETS = (2.0, 4.0, 8.0, 16.0)
"""Our limits where the user states none: a year, half, a quarter, a month; 2, 3, 5, 10 orders; so many mean orders' worth."""


def ranked(history: Table, ranks: Ranks) -> Table:
    """One row a customer: `customer_id`, `orders`, `recency_score`, `frequency_score`, `money_score`, by rank.

    Args:
        history: One row a customer with `last_day`, `orders`, `revenue`.
        ranks: Into how many parts the base is cut.
    """
    return history.select(
        "customer_id",
        "orders",
        recency_score=_part(history["last_day"], ranks.parts),
        frequency_score=_part(history["orders"], ranks.parts),
        money_score=_part(history["revenue"], ranks.parts),
    )


def limited(history: Table, limits: Limits) -> Table:
    """As `ranked`, by limits; the money score is that of frequency where there are no limits of money.

    Args:
        history: One row a customer with `recency`, `age` (days), `orders`, `revenue`.
        limits: The limits.
    """
    silent = history["age"] - history["recency"]
    frequency = _reached(history["orders"], limits.orders)
    return history.select(
        "customer_id",
        "orders",
        recency_score=_reached(-silent, [-day for day in limits.days]),
        frequency_score=frequency,
        money_score=_reached(history["revenue"], limits.money) if limits.money else frequency,
    )


def _part(column: Value, parts: int) -> IntegerColumn:
    """1 to `parts` by rank; equal figures share the score of the lowest of them."""
    part = (ibis.percent_rank().over(order_by=column) * parts).floor().cast("int64") + 1
    return ibis.least(part, parts)


def _reached(column: Value, limits: Sequence[float]) -> IntegerColumn:
    score = ibis.literal(1, "int64")
    for limit in limits:
        score = score + (column.cast("float64") >= limit).fill_null(False).cast("int64")
    return score
