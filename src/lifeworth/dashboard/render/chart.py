"""Charts: a picture that can be looked into, its point in a sentence, and its numbers in a table under it.

A figure is made as plain values. Its colours are names of the palette ("@accent", "@accent/0.14"): the browser puts in those of the
scheme it shows, light or dark, and does so again when that changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from lifeworth.dashboard.render import bars, flows, lines
from lifeworth.dashboard.render.figure import Figure
from lifeworth.dashboard.render.table import head, scroll, table
from lifeworth.report.charts import draw, frame
from lifeworth.report.spec import Chart

KINDS = {
    "line": lines.line,
    "scatter": lines.scatter,
    "bar": bars.bar,
    "stack": bars.stack,
    "histogram": bars.histogram,
    "flow": flows.flow,
}

SHOWN = 120
"""Rows of numbers written under a picture; the export has all."""


def chart(block: Chart, currency: str, place: str, *, tools: Sequence[Any] = (), level: int = 2) -> Any:
    """A chart in a panel, with its caption and its numbers."""
    caption = [html.P(block.caption, className="caption")] if block.caption else []
    if not frame.ends(block):
        empty = html.P("There is nothing to draw yet.", className="empty")
        return html.Section([head(block.title, (), level), *caption, empty], className="panel chart")
    figure = KINDS[block.kind](block, currency)
    picture = html.Div(
        [
            dcc.Store(id={"type": "figure", "place": place}, data=figure.plain()),
            dcc.Graph(
                id={"type": "graph", "place": place},
                config={"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False},
                style={"height": f"{figure.height}px"},
            ),
        ],
        className="picture",
        role="img",
        style={"minHeight": f"{figure.height}px"},
        **{"aria-label": frame.label_of(block)},
    )
    return html.Section(
        [head(block.title, tools, level), *caption, _legend(figure), picture, _numbers(block, currency, place)],
        className="panel chart",
    )


def _legend(figure: Figure) -> Any:
    if not figure.legend:
        return None
    entries = [
        html.Li([html.Span(className=f"key {shape} {style}", style={"--c": f"var(--{colour})"}), name])
        for name, colour, shape, style in figure.legend
    ]
    return html.Ul(entries, className="legend")


def _numbers(block: Chart, currency: str, place: str) -> Any:
    numbers = draw.numbers(block)
    cut = len(numbers.rows) > SHOWN
    if cut:
        numbers = type(numbers)(numbers.title, numbers.columns, numbers.rows[:SHOWN])
    note = [html.P(f"The first {SHOWN} rows; the export has all.", className="caption")] if cut else []
    shown = scroll(table(numbers, currency, f"{place}-numbers"), f"Numbers of: {block.title}")
    return html.Details([html.Summary("The numbers"), *note, shown], className="more")
