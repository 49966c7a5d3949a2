"""Shaded tables: a cell as dark as its value is large, predicted ones told apart by more than colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from lifeworth.dashboard.render.table import Side, cell, head, scroll, sides
from lifeworth.report import heat
from lifeworth.report.format import unit_of
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
    found = list(sides(Table(block.title, block.side, block.side_values), currency))
    key = _key(block, currency, predicted=any(shade.predicted for row in shades for shade in row))
    body = scroll(_table(block, found, shades, currency), block.title)
    return html.Section([head(block.title, tools, level), *caption, key, body], className="panel heat-panel")


def _table(block: Heatmap, found: Sequence[Side], shades: Sequence[Sequence[heat.Shade]], currency: str) -> Any:
    unit = heat.unit(block.kind, currency)
    over = [html.Th(block.row_title, className="pin", rowSpan=2, scope="col")]
    over += [html.Th(_named(side), className="num" if side.numeric else "", rowSpan=2, scope="col") for side in found]
    named = f"{block.column_title}{f' ({unit})' if unit else ''}"
    over.append(html.Th(html.Span(named, className="over"), colSpan=max(len(block.columns), 1), scope="colgroup"))
    names = [html.Th(name, className="mid", scope="col") for name in block.columns]
    rows = []
    for at, name in enumerate(block.rows):
        values = block.side_values[at] if at < len(block.side_values) else ()
        beside = [cell(side, value) for side, value in zip(found, values, strict=False)]
        cells = [_cell(shade) for shade in (shades[at] if at < len(shades) else ())]
        rows.append(html.Tr([html.Th(name, className="pin", scope="row"), *beside, *cells]))
    return html.Table([html.Thead([html.Tr(over), html.Tr(names)]), html.Tbody(rows)], className="heat")


def _named(side: Side) -> str:
    unit = unit_of(side.column.kind, side.currency)
    return f"{side.column.title} {unit}" if unit else side.column.title


def _cell(shade: heat.Shade) -> Any:
    if shade.level is None:
        return html.Td(className="none")
    return html.Td(shade.text, className=f"cell h-{shade.level}{' predicted' if shade.predicted else ''}", title=shade.title)  # fmt: skip


def _key(block: Heatmap, currency: str, *, predicted: bool) -> Any:
    low, high = heat.key(block, currency)
    if not low:
        return None
    ramp = html.Span([html.I(className=f"h-{level}") for level in range(len(LEVELS))], className="ramp", **{"aria-hidden": "true"})  # fmt: skip
    parts: list[Any] = [html.Span(low), ramp, html.Span(high)]
    if predicted:
        parts.append(html.Span("predicted", className="sample cell h-2 predicted"))
    return html.P(parts, className="heat-key")
