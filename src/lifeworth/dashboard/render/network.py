"""Networks: nodes in layers and arrows between them, each telling more of itself under the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from lifeworth.dashboard.render.chart import picture
from lifeworth.dashboard.render.figure import Figure, colour
from lifeworth.dashboard.render.table import head, scroll, table
from lifeworth.report.charts.network import HIGH, TONES, Box, placed, two_lines
from lifeworth.report.format import text
from lifeworth.report.spec import Link, Network

WIDE, NARROW = 1000.0, 350.0
"""Width the picture is laid out for, in its own units, on a wide and on a narrow screen."""


def network(block: Network, currency: str, place: str, *, tools: Sequence[Any] = (), level: int = 2) -> Any:
    """A network in a panel, with its arrows as a table under it."""
    caption = [html.P(block.caption, className="caption")] if block.caption else []
    if not block.nodes:
        empty = html.P(block.empty, className="empty")
        return html.Section([head(block.title, (), level), *caption, empty], className="panel chart")
    figure = drawn(block, currency)
    drawing = picture(figure, place, f"Network: {block.title}. {block.caption}")
    arrows = scroll(table(block.table(), currency), f"Arrows of: {block.title}", tall=True)
    more = html.Details([html.Summary("The arrows"), html.Div([arrows])], className="more")
    return html.Section([head(block.title, tools, level), *caption, drawing, more], className="panel chart")


def drawn(block: Network, currency: str) -> Figure:
    """The picture for both widths."""
    traces, layout, height = _laid_out(block, currency, WIDE)
    _, small, small_height = _laid_out(block, currency, NARROW)
    narrow = {"layout": {**small, "height": small_height}, "trace": _laid_out(block, currency, NARROW)[0][0]}
    return Figure(traces, layout, [], height, narrow)


def _laid_out(block: Network, currency: str, width: float) -> tuple[list[dict[str, Any]], dict[str, Any], int]:
    boxes, bands, height = placed(block, width)
    shapes = [_rect(0, top, width, bottom, fill=colour("raised"), line="rgba(0,0,0,0)") for _, top, bottom in bands]
    notes = [_words(name, 8, top + 12, size=11, ink="muted") for name, top, _ in bands]
    for box in boxes.values():
        shapes.append(_rect(box.x, box.y, box.x + box.width, box.y + HIGH, fill=colour("surface"), line=colour("line")))
        shapes.append(_rect(box.x, box.y, box.x + 4, box.y + HIGH, fill=colour(TONES[box.node.tone]), line="rgba(0,0,0,0)"))  # fmt: skip
        notes += _named(box, currency)
    arrows = [_arrow(link, boxes) for link in block.links if link.source in boxes and link.target in boxes]
    hidden = {"visible": False, "fixedrange": True}
    layout = {
        "shapes": shapes,
        "annotations": [*arrows, *notes],
        "xaxis": {**hidden, "range": [0, width]},
        "yaxis": {**hidden, "range": [height, 0]},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
    }
    points = {
        "type": "scatter", "mode": "markers", "x": [box.middle for box in boxes.values()], "y": [box.y + HIGH / 2 for box in boxes.values()],
        "marker": {"size": 44, "opacity": 0}, "customdata": [_told(box, currency) for box in boxes.values()],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    return [points], layout, int(height)


def _arrow(link: Link, boxes: Mapping[str, Box]) -> dict[str, Any]:
    source, target = boxes[link.source], boxes[link.target]
    up = source.y > target.y
    return {
        "x": target.middle, "y": target.y + HIGH + 3 if up else target.y - 3, "ax": source.middle, "ay": source.y if up else source.y + HIGH,
        "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "showarrow": True, "arrowhead": 2, "arrowsize": 1,
        "arrowwidth": 2.4 if link.style == "solid" else 1, "arrowcolor": colour(TONES[link.tone], 1.0 if link.style == "solid" else 0.55),
        "text": "", "hovertext": link.note or link.label,
    }  # fmt: skip


def _named(box: Box, currency: str) -> list[dict[str, Any]]:
    value = text(box.node.value, box.node.kind, currency, compact=True) if box.node.value is not None else ""
    # The picture shrinks with the window and its letters do not: a fifth of the room is kept for that.
    lines = two_lines(box.node.name, 0.8 * box.width - 26 - 8 * len(value))
    found = [_words("<br>".join(lines), box.x + 12, box.y + HIGH / 2, size=12, ink="ink")]
    if value:
        found.append(
            _words(f"<b>{value}</b>", box.x + box.width - 8, box.y + HIGH / 2, size=13, ink="ink", anchor="right")
        )
    return found


def _told(box: Box, currency: str) -> str:
    value = text(box.node.value, box.node.kind, currency)
    return f"<b>{box.node.name}</b>: {value}" + (f"<br>{box.node.note}" if box.node.note else "")


def _words(words: str, x: float, y: float, *, size: int, ink: str, anchor: str = "left") -> dict[str, Any]:
    return {
        "text": words, "x": x, "y": y, "xref": "x", "yref": "y", "showarrow": False, "xanchor": anchor, "yanchor": "middle",
        "align": "left", "font": {"size": size, "color": colour(ink)},
    }  # fmt: skip


def _rect(left: float, top: float, right: float, bottom: float, *, fill: str, line: str) -> dict[str, Any]:
    return {
        "type": "rect", "x0": left, "y0": top, "x1": right, "y1": bottom, "xref": "x", "yref": "y", "layer": "below",
        "fillcolor": fill, "line": {"color": line, "width": 1},
    }  # fmt: skip
