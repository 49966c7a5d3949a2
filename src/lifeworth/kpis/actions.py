"""What one can ask of the numbers of the business."""

from __future__ import annotations

from datetime import date

from lifeworth.errors import OptionError, near
from lifeworth.kpis import page
from lifeworth.kpis.basics import Window, basics, window
from lifeworth.kpis.registry import METRICS
from lifeworth.report.spec import Column, Page, Table
from lifeworth.units import Period
from lifeworth.workspace import Workspace


def kpis(ws: Workspace, *, period: Period = Period(12, "months")) -> Page:
    """Every figure of the registry for a period up to the as-of date, beside the period of equal length before it.

    Args:
        ws: The workspace.
        period: Length of the period; half the span of the data where they do not reach back twice as far.
    """
    span = window(_first_day(ws), ws.as_of, period)
    earlier = window(_first_day(ws), span.start, period)
    now = _row(ws, span)
    then = _row(ws, Window(span.before, span.start, earlier.start)) if earlier.start < span.start else None
    return page.kpis(now, then, span=span, currency=ws.currency)


def cohorts(ws: Workspace) -> Page:
    """Retention and cumulated revenue by month of the first order."""
    cells = ws.engine.arrow(ws.table("cohorts")).to_pylist()
    return page.cohorts(cells, as_of=ws.as_of, currency=ws.currency)


def definitions(term: str | None = None) -> Table:
    """What every figure means and how it is made.

    Args:
        term: Name of one figure, such as repeat_rate; without it, all of them.

    Raises:
        OptionError: if no figure has this name.
    """
    if term is not None and term not in METRICS:
        raise OptionError(f'No figure is called "{term}".', allowed=METRICS, hint=near(term, METRICS) or None)
    columns = (
        Column("name", "Name"),
        Column("title", "Figure"),
        Column("definition", "Meaning"),
        Column("formula", "Formula"),
        Column("direction", "Good is"),
    )
    rows = tuple(
        (m.name, m.title, m.definition, m.formula, m.direction) for m in METRICS.values() if term in (None, m.name)
    )
    return Table("Definitions", columns, rows)


def _first_day(ws: Workspace) -> date:
    return date.fromisoformat(ws.facts["first_day"])


def _row(ws: Workspace, span: Window) -> dict[str, object]:
    row = ws.engine.row(basics(ws.table("orders"), ws.table("purchase_days"), span))
    facts = ws.facts
    return {
        **row,
        "years": span.years,
        "margin_used": facts["value"]["margin"],
        "customer_equity": (facts["value"]["customer_equity"] or {}).get("value") if span.end == ws.as_of else None,
    }
