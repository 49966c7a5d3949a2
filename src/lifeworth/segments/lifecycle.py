"""Where a customer stands in their life with the company, judged by their own rhythm.

A customer who buys every week is late after a month; one who buys every year is not. The rhythm is the customer's own
mean gap between purchase days, drawn towards the gap of the whole base as if one more gap of that length had been
seen: with few orders the base speaks, with many the customer does.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import FloatingValue, StringValue, Table, Value

STATUSES: dict[str, str] = {
    "New": "one order, not longer ago than the base's usual gap",
    "Active": "within 1.5 of their usual gaps since the last order",
    "Cooling": "1.5 to 2.5 usual gaps without an order",
    "At risk": "2.5 to 4 usual gaps without an order",
    "Lost": "more than 4 usual gaps without an order",
}
"""Name of each status and the rule behind it."""

CUTS = (1.5, 2.5, 4.0)


def usual_gap(history: Table) -> Table:
    """One row: `gap`, the base's days between purchases, all repeat gaps of all customers taken together."""
    repeats = history.filter(history.x > 0)
    return repeats.aggregate(gap=repeats.recency.sum() / repeats.x.sum())


def lifecycle(history: Table, gap: float | None) -> Table:
    """One row a customer: `customer_id`, `usual_gap` (days), `gaps_since_order`, `lifecycle_status`.

    Args:
        history: One row a customer with `x`, `recency`, `age` in days.
        gap: The base's usual gap in days, from `usual_gap`; None where nobody has come back yet. Then there is no
            rhythm to be late in, and everybody is new.
    """
    unknown = ibis.null("float64")
    rhythm = unknown if gap is None else (history["recency"] + gap) / (history["x"] + 1)
    late = gaps_since_order(history, gap)
    return history.select(
        "customer_id", usual_gap=rhythm, gaps_since_order=late, lifecycle_status=status(history["x"], late)
    )


def gaps_since_order(history: Table, gap: float | None) -> FloatingValue:
    """How many of their usual gaps ago each customer bought last, as in `lifecycle`; null without a rhythm."""
    if gap is None:
        return cast("FloatingValue", ibis.null("float64"))
    rhythm = (history["recency"] + gap) / (history["x"] + 1)
    return cast("FloatingValue", (history["age"] - history["recency"]) / rhythm)


def status(x: Value, late: FloatingValue) -> StringValue:
    """The status of each row, as in `lifecycle`.

    Args:
        x: Repeat purchase days.
        late: As from `gaps_since_order`.
    """
    return cast(
        "StringValue",
        ibis.cases(
            (late.isnull() | ((x == 0) & (late <= 1)), "New"),
            (late <= CUTS[0], "Active"),
            (late <= CUTS[1], "Cooling"),
            (late <= CUTS[2], "At risk"),
            else_="Lost",
        ),
    )
