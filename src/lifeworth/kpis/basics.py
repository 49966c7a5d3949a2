"""The window a run looks back on, and the terms of the simple formula in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ibis.expr.types import Table

from lifeworth.kpis.grid import Grid
from lifeworth.kpis.people import Within, people
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


def basics(days: Table, span: Window) -> Table:
    """One row: the measures that simple CLV and the customer lifespan come down to, for a window.

    Args:
        days: Purchase days: `customer_id`, `day`, `value`.
        span: The window.

    Columns: `customer_revenue`, `purchases`, `buyers`, `buyers_before`, `retained`, `lost`; add `years` and `margin_used`.
    """
    lives = people(days, Grid((span.before, span.start, span.end)), {"bought", "value"})
    now = Within(lives, Grid((span.before, span.start, span.end)), 1)
    return lives.aggregate(
        customer_revenue=now["value"].sum().cast("float64"),
        purchases=now["bought"].sum().fill_null(0),
        buyers=now["active"].sum().fill_null(0),
        buyers_before=now["active_before"].sum().fill_null(0),
        retained=(now["active"] & now["active_before"]).sum().fill_null(0),
        lost=(now["active_before"] & ~now["active"]).sum().fill_null(0),
    )
