"""Recency, frequency, money: five scores each, and the names people know for their combinations.

A score is a fifth of the base by rank, and customers with the same figure always share a score, so a base of mostly
one-time buyers has many in the lowest frequency score rather than the same customer in two groups by chance.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import IntegerColumn, Table, Value

GROUPS: dict[str, str] = {
    "Champions": "bought recently, buy often, spend the most",
    "Loyal": "buy often and well, and not long ago",
    "Promising": "bought recently, above the lowest frequency: could become loyal",
    "New": "bought for the first time, recently",
    "Needs attention": "average on all three, slipping",
    "Almost lost": "bought little, and a while ago",
    "At risk": "bought often and well, but not for a while",
    "Previously loyal": "once among the best, not seen for long",
    "Dormant": "bought little, long ago",
}
"""Name of each group and what its customers have in common."""


def rfm(history: Table) -> Table:
    """One row a customer: `customer_id`, `recency_score`, `frequency_score`, `money_score` (1 low to 5 high), `rfm_segment`.

    Args:
        history: One row a customer with `last_day`, `orders`, `revenue`.
    """
    scored = history.select(
        "customer_id",
        "orders",
        recency_score=_score(history.last_day),
        frequency_score=_score(history.orders),
        money_score=_score(history.revenue),
    )
    recency = scored.recency_score
    strength = (scored.frequency_score + scored.money_score) / 2
    name = ibis.cases(
        ((recency >= 4) & (scored.orders == 1), "New"),
        ((recency >= 4) & (strength >= 4), "Champions"),
        ((recency >= 4) & (strength >= 3), "Loyal"),
        (recency >= 4, "Promising"),
        ((recency == 3) & (strength >= 4), "Loyal"),
        ((recency == 3) & (strength >= 2.5), "Needs attention"),
        (recency == 3, "Almost lost"),
        ((recency == 2) & (strength >= 3), "At risk"),
        ((recency == 1) & (strength >= 4), "Previously loyal"),
        ((recency == 1) & (strength >= 3), "At risk"),
        else_="Dormant",
    )
    return scored.select("customer_id", "recency_score", "frequency_score", "money_score", rfm_segment=name)


def _score(column: Value) -> IntegerColumn:
    """1 to 5 by rank; equal figures share the score of the lowest of them."""
    fifth = (ibis.percent_rank().over(order_by=column) * 5).floor().cast("int64") + 1
    return ibis.least(fifth, 5)
