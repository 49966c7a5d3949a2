"""What each customer did in a span of days."""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanColumn, Column, Table

from lifeworth.audit.money import Money
from lifeworth.audit.spans import Span
from lifeworth.features.sums import exact


def in_span(days: Table, span: Span, money: Money) -> Table:
    """One row a customer who bought in the span: `customer_id`, `transactions`, `value`, `profit`.

    Args:
        days: Purchase days: `customer_id`, `day`, `value`, `margin`.
        span: The days.
        money: What counts as profit.
    """
    seen = days.filter(within(days["day"], span))
    seen = seen.mutate(profit=money.profit(seen))
    return seen.group_by("customer_id").agg(
        transactions=seen["day"].count(),
        value=exact(seen["value"]).fill_null(0.0),
        profit=exact(seen["profit"]).fill_null(0.0),
    )


def within(day: Column, span: Span) -> BooleanColumn:
    """Whether a day lies in a span."""
    return (day > ibis.literal(span.after)) & (day <= ibis.literal(span.to))
