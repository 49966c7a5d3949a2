"""The groups every run works out, in one pass over the customers: value tier, RFM group and lifecycle status."""

from __future__ import annotations

from ibis.expr.types import Table

from lifeworth.segments.lifecycle import gaps_since_order, status
from lifeworth.segments.rfm import FIVE, named
from lifeworth.segments.scores import Ranks, ranked
from lifeworth.segments.tiers import place, tier


def groups(history: Table, by: str, gap: float | None) -> Table:
    """One row a customer: `customer_id`, `value_tier`, `rfm_segment`, `lifecycle_status`.

    Args:
        history: One row a customer with `last_day`, `orders`, `revenue`, `x`, `recency`, `age`, and the column `by`.
        by: What tiers are cut by.
        gap: The base's usual gap in days, from `lifecycle.usual_gap`.
    """
    # What several conditions look at is a column before the join: inside of them it would be reckoned for each.
    late = history.mutate(late=gaps_since_order(history, gap))
    ranks = ranked(late, Ranks(FIVE.parts), keep=("x", "late", by))
    found = named(ranks.mutate(place=place(ranks, by), customers=history.count().as_scalar()), FIVE)
    return found.select(
        "customer_id", value_tier=tier(found), rfm_segment="segment", lifecycle_status=status(found["x"], found["late"])
    )
