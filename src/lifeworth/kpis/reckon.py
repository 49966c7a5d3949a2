"""From tables to figures: every figure of every part of the company in every window, each query asked once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from lifeworth.features.subscriptions import movements
from lifeworth.kpis import dimensions
from lifeworth.kpis.basics import window
from lifeworth.kpis.collect import Cells, assemble, queries
from lifeworth.kpis.grid import Grid
from lifeworth.kpis.measures import Measure
from lifeworth.kpis.registry import Catalogue, Reckoning
from lifeworth.units import Period
from lifeworth.workspace import Workspace


def two(first: date, as_of: date, period: Period) -> Grid:
    """The period up to the as-of day, the one before it, and the one before that to compare with."""
    span = window(first, as_of, period)
    shortened = span.start != period.before(as_of)
    longer = span.before - (span.start - span.before) if shortened else period.before(span.before)
    return Grid((longer, span.before, span.start, span.end))


def reckonings(
    ws: Workspace,
    figures: Catalogue,
    grid: Grid,
    names: Collection[str] = (),
    *,
    by: str = "",
    segment: str = "value_tier",
) -> dict[tuple[object, int], Reckoning]:
    """The figures of every part of the company in every window; of all figures, or those named."""
    wanted = [figures.metric(name) for name in names] or list(figures.metrics.values())
    measures = {one.name: one for metric in wanted for one in figures.measures_of(metric)}
    cells = _cells(ws, list(measures.values()), grid, by, segment)
    given = _given(ws)
    return {
        (member, k): Reckoning(
            {**given, "years": grid.years(k), "months": grid.months(k), "days": float(grid.days(k)), **row},
            figures,
            {**_only_now(measures.values(), k, grid), **cells.absent},
        )
        for (member, k), row in cells.rows().items()
    }


def _cells(ws: Workspace, measures: Collection[Measure], grid: Grid, by: str, segment: str) -> Cells:
    if ws.has("subscriptions") and not ws.has("mrr_movements") and any(m.table == "mrr_movements" for m in measures):
        ws.engine.create("mrr_movements", movements(ws.table("subscriptions"), ws.as_of))
    members = None
    if by:
        members = dimensions.members(ws, by, segment)
    asked = queries(ws, measures, grid, by=by, members=members)
    answers = {name: ws.engine.arrow(query).to_pylist() for name, query in asked.items()}
    return assemble(answers, measures, grid, by=by)


def _given(ws: Workspace) -> dict[str, float | None]:
    assumed = ws.settings.assumptions.model_dump()
    return {**assumed, "margin_used": ws.facts["value"]["margin"]}


def _only_now(measures: Collection[Measure], k: int, grid: Grid) -> dict[str, str]:
    """Why some measures are not there: what is known of customers today says nothing of an earlier day."""
    if k == len(grid) - 1:
        return {}
    return {one.name: "it is known for the as-of day only" for one in measures if one.is_now}


def first_day(ws: Workspace) -> date:
    """The first day the data know of: of an order or, without orders, of a subscription."""
    if "first_day" in ws.facts:
        first = date.fromisoformat(ws.facts["first_day"])
    else:
        began = ws.table("subscriptions")["started_at"].min().as_table()
        first = next(iter(ws.engine.row(began).values())) or ws.as_of
    return min(first, ws.as_of - timedelta(days=1))
