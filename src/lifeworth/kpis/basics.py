"""The counts and sums every figure is made of, for one window of time, in one pass over the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
from ibis.expr.types import Table

from lifeworth.units import DAYS_PER_YEAR, Period


@dataclass(frozen=True, slots=True)
class Window:
    """The days a figure is about: after `start`, up to and including `end`, and the window of equal length before it."""

    start: date
    end: date
    before: date

    @property
    def years(self) -> float:
        """Length in mean years."""
        return (self.end - self.start).days / DAYS_PER_YEAR


def window(first: date, as_of: date, period: Period) -> Window:
    """The period up to `as_of` and the one before it; where the data do not reach back that far, half their span each."""
    start = period.before(as_of)
    before = period.before(start)
    earliest = first - timedelta(days=1)
    if before < earliest:
        start = as_of - timedelta(days=max(1, (as_of - earliest).days // 2))
        before = start - (as_of - start)
    return Window(start, as_of, before)


def basics(orders: Table, days: Table, span: Window) -> Table:
    """One row of counts and sums for a window.

    Args:
        orders: The orders of the house, with or without a customer.
        days: Purchase days: `customer_id`, `day`, `value`, `margin`.
        span: The window.

    Columns: `revenue` (net, all orders), `orders`, `customer_revenue`, `purchases` (purchase days of known customers),
    `buyers`, `buyers_before`, `retained` (bought in both windows), `new_buyers`, `customers` (ever), `repeaters` (ever,
    at least two purchase days), `gap_days` and `gaps` (between purchase days, ever), `margin` and `margin_revenue`.
    """
    placed = orders.ordered_at.date()
    in_window = (placed > ibis.literal(span.start)) & (placed <= ibis.literal(span.end))
    company = orders.aggregate(
        revenue=orders.net_revenue.sum(where=in_window).cast("float64"),
        orders=orders.order_id.count(where=in_window),
        margin=orders.margin.sum(where=in_window).cast("float64"),
        margin_revenue=orders.net_revenue.sum(where=in_window & orders.margin.notnull()).cast("float64"),
    )
    now = (days.day > ibis.literal(span.start)) & (days.day <= ibis.literal(span.end))
    then = (days.day > ibis.literal(span.before)) & (days.day <= ibis.literal(span.start))
    people = days.group_by("customer_id").agg(
        value=days.value.sum(where=now),
        bought=days.day.count(where=now),
        before=days.day.count(where=then),
        ever=days.day.count(),
        first_day=days.day.min(),
        last_day=days.day.max(),
    )
    base = people.aggregate(
        customer_revenue=people.value.sum().cast("float64"),
        purchases=people.bought.sum().fill_null(0),
        buyers=(people.bought > 0).sum().fill_null(0),
        buyers_before=(people.before > 0).sum().fill_null(0),
        retained=((people.bought > 0) & (people.before > 0)).sum().fill_null(0),
        new_buyers=(people.first_day > ibis.literal(span.start)).sum().fill_null(0),
        customers=people.count(),
        repeaters=(people.ever > 1).sum().fill_null(0),
        gap_days=people.last_day.delta(people.first_day, unit="day").sum().fill_null(0),
        gaps=(people.ever - 1).sum().fill_null(0),
    )
    return company.cross_join(base)
