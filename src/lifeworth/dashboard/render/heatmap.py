"""Shaded tables: a cell as dark as its value is large, predicted ones told apart by more than colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from lifeworth.dashboard.render.table import cell, drawn, head, heading_of, scroll, sides
from lifeworth.report import heat
from lifeworth.report.palette import LEVELS
from lifeworth.report.spec import Heatmap, Table


def heatmap(block: Heatmap, currency: str, place: str, *, tools: Sequence[Any] = (), level: int = 2) -> Any:
    """A heat map in a panel, with the key to its shades."""
    del place
    caption = [html.P(block.caption, className="caption")] if block.caption else []
    shades = heat.shades(block, currency)
    if not any(shade.level for row in shades for shade in row):
        empty = html.P("No cell has a value yet.", className="empty")
        return html.Section([head(block.title, (), level), *caption, empty], className="panel heat-panel")
    key = _key(block, currency, predicted=any(shade.predicted for row in shades for shade in row))
    body = scroll(drawn(told(block, currency)), block.title)
    return html.Section([head(block.title, tools, level), *caption, key, body], className="panel heat-panel")


def told(block: Heatmap, currency: str) -> dict[str, Any]:
    """Heads and rows of a heat map; a cell is its words, its shade and its full value."""
    shades = heat.shades(block, currency)
    found = list(sides(Table(block.title, block.side, block.side_values), currency))
    unit = heat.unit(block.kind, currency)
    rows = []
    for at, name in enumerate(block.rows):
        values = block.side_values[at] if at < len(block.side_values) else ()
        beside = [cell(side, value) for side, value in zip(found, values, strict=False)]
        rows.append([name, *beside, *(_cell(shade) for shade in (shades[at] if at < len(shades) else ()))])
    return {
        "kind": "heat",
        "heads": [{"t": block.row_title}, *(heading_of(side) for side in found)],
        "over": f"{block.column_title}{f' ({unit})' if unit else ''}",
        "columns": list(block.columns),
        "rows": rows,
        "totals": [],
        "sortable": False,
    }


def _cell(shade: heat.Shade) -> Any:
    if shade.level is None:
        return ""
    return {"t": shade.text, "c": f"cell h-{shade.level}{' predicted' if shade.predicted else ''}", "d": shade.title}


def _key(block: Heatmap, currency: str, *, predicted: bool) -> Any:
    low, high = heat.key(block, currency)
    if not low:
        return None
    ramp = html.Span([html.I(className=f"h-{level}") for level in range(len(LEVELS))], className="ramp", **{"aria-hidden": "true"})  # fmt: skip
    parts: list[Any] = [html.Span(low), ramp, html.Span(high)]
    if predicted:
        parts.append(html.Span("predicted", className="sample cell h-2 predicted"))
    return html.P(parts, className="heat-key")
