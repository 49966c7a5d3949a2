"""Long tables as a grid: only the rows in sight are drawn, so that it stays quick; sorted by value, written as everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import dash_ag_grid as dag
from dash import html

from lifeworth.dashboard.render.table import Side, head, sides
from lifeworth.report.format import raw, unit_of
from lifeworth.report.spec import Table, Value

MOST = 2_000
"""Rows handed to the browser; the export has all."""


def grid(block: Table, currency: str, place: str, *, tools: Sequence[Any] = (), level: int = 2) -> Any:
    """A table in a panel as a grid."""
    found = list(sides(block, currency))
    notes = [block.caption] if block.caption else []
    if len(block.rows) > MOST:
        notes.append(f"The first {MOST:,} of {len(block.rows):,} rows; the export has all.")
    rows = [_row(row, found, total=turn in block.emphasis) for turn, row in enumerate(block.rows[:MOST])]
    shown = dag.AgGrid(
        id={"type": "grid", "place": place},
        columnDefs=[_column(side, at, first=at == 0) for at, side in enumerate(found)],
        rowData=rows,
        defaultColDef={"sortable": True, "resizable": True, "filter": True, "suppressHeaderMenuButton": True},
        columnSize="responsiveSizeToFit",
        dashGridOptions={
            "animateRows": False,
            "ensureDomOrder": True,
            "enableCellTextSelection": True,
            "rowHeight": 34,
            "headerHeight": 40,
        },
        className="ag-house",
        style={"height": "34rem"},
    )
    caption = [html.P(" ".join(notes), className="caption")] if notes else []
    return html.Section([head(block.title, tools, level), *caption, shown], className="panel table-panel")


def _column(side: Side, at: int, *, first: bool) -> dict[str, Any]:
    unit = unit_of(side.column.kind, side.currency)
    column: dict[str, Any] = {
        "field": f"c{at}",
        "headerName": f"{side.column.title} {unit}" if unit else side.column.title,
        "valueFormatter": {"function": f"params.data ? params.data.t{at} : ''"},
        "minWidth": 150 if first else 110,
    }
    if side.column.definition:
        column["headerTooltip"] = side.column.definition
    if side.numeric:
        column |= {"type": "rightAligned", "filter": "agNumberColumnFilter"}
    if side.column.bar:
        column["cellStyle"] = {"function": f"lifeworthBar(params.data && params.data.b{at})"}
    return column


def _row(row: Sequence[Value], found: Sequence[Side], *, total: bool) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for at, (side, value) in enumerate(zip(found, row, strict=True)):
        said[f"c{at}"] = _sortable(value)
        said[f"t{at}"] = side.words(value)
        if not total and (share := side.share(value)) is not None:
            said[f"b{at}"] = share
    return said


def _sortable(value: Value) -> Any:
    """A value the browser sorts rightly: numbers as numbers, days as their ISO text."""
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    return raw(value) if not isinstance(value, float) else (value if value == value else None)
