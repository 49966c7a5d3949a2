"""Recency, frequency and money as scores: by rank within the base, or by limits that stay.

Customers with the same figure always share a score, so a base of mostly one-time buyers has many in the lowest frequency
score rather than the same customer in two groups by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import IntegerColumn, Table, Value

from lifeworth.features.sums import counted


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


def ranked(history: Table, ranks: Ranks, *, keep: Sequence[str] = ()) -> Table:
    """One row a customer: `customer_id`, `orders`, `recency_score`, `frequency_score`, `money_score`, by rank.

    Args:
        history: One row a customer with `last_day`, `orders`, `revenue`.
        ranks: Into how many parts the base is cut.
        keep: Further columns of `history` to carry along.
    """
    named = {"recency_score": "last_day", "frequency_score": "orders", "money_score": "revenue"}
    rows = history
    for score, figure in named.items():
        # Ranks of the distinct figures, then a join: a customer list is not sorted for what a few thousand figures say.
        levels = _levels(history, figure, score, ranks.parts)
        rows = rows.inner_join(levels, rows[figure].identical_to(levels[f"_{score}"])).drop(f"_{score}")
    return rows.select("customer_id", "orders", *(name for name in keep if name != "orders"), *named)


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


def _levels(history: Table, figure: str, score: str, parts: int) -> Table:
    """Each figure there is, as `_score`, with its `score`: 1 to `parts` by percent rank, which equal figures share."""
    found = history.group_by(**{f"_{score}": history[figure]}).agg(_number=history.count())
    upto = counted(found["_number"], order_by=found[f"_{score}"], rows=(None, 0))
    others = ibis.greatest(history.count().as_scalar() - 1, 1)
    part = ((upto - found["_number"]) / others * parts).floor().cast("int64") + 1
    return found.select(f"_{score}", **{score: ibis.least(part, parts)})


def _reached(column: Value, limits: Sequence[float]) -> IntegerColumn:
    score = ibis.literal(1, "int64")
    for limit in limits:
        score = score + (column.cast("float64") >= limit).fill_null(False).cast("int64")
    return score
