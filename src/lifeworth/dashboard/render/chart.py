"""Charts: a picture that can be looked into, its point in a sentence, and its numbers in a table under it.

A figure is made as plain values. Its colours are names of the palette ("@accent", "@accent/0.14"): the browser puts in those of the
scheme it shows, light or dark, and does so again when that changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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


def chart(
    block: Chart, currency: str, place: str, *, tools: Sequence[Any] = (), level: int = 2, later: bool = False
) -> Any:
    """A chart in a panel, with its caption and its numbers; `later` fetches those when they are opened."""
    caption = [html.P(block.caption, className="caption")] if block.caption else []
    if not frame.ends(block):
        empty = html.P("There is nothing to draw yet.", className="empty")
        return html.Section([head(block.title, (), level), *caption, empty], className="panel chart")
    figure = KINDS[block.kind](block, currency)
    return html.Section(
        [
            head(block.title, tools, level),
            *caption,
            _legend(figure),
            picture(figure, place, frame.label_of(block)),
            _more(block, currency, place, later=later),
        ],
        className="panel chart",
    )


def picture(figure: Figure, place: str, label: str) -> Any:
    """The room in which the browser draws a figure, with what is told of it to who cannot see it."""
    return canvas(figure.plain(), figure.height, place, label)


def canvas(data: Mapping[str, Any], height: float, place: str, label: str) -> Any:
    """The same of a figure as Plotly takes it, colours by name, in pixels of height."""
    return html.Div(
        [
            dcc.Store(id={"type": "figure", "place": place}, data=data),
            dcc.Graph(
                id={"type": "graph", "place": place},
                config={"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False},
                style={"height": f"{height}px"},
            ),
        ],
        className="picture",
        role="img",
        style={"minHeight": f"{height}px"},
        **{"aria-label": label},
    )


def _legend(figure: Figure) -> Any:
    if not figure.legend:
        return None
    entries = [
        html.Li([html.Span(className=f"key {shape} {style}", style={"--c": f"var(--{colour})"}), name])
        for name, colour, shape, style in figure.legend
    ]
    return html.Ul(entries, className="legend")


def _more(block: Chart, currency: str, place: str, *, later: bool) -> Any:
    inside = [] if later else numbers(block, currency)
    opener = html.Summary("The numbers", **({"id": {"type": "numbers", "place": place}} if later else {}))
    return html.Details([opener, html.Div(inside, id={"type": "numbers-room", "place": place})], className="more")


def numbers(block: Chart, currency: str) -> list[Any]:
    """The numbers of a picture as a table."""
    found = draw.numbers(block)
    cut = len(found.rows) > SHOWN
    shown = replace(found, rows=found.rows[:SHOWN]) if cut else found
    note = [html.P(f"The first {SHOWN} rows; the export has all.", className="caption")] if cut else []
    return [*note, scroll(table(shown, currency), f"Numbers of: {block.title}", tall=True)]
