"""What all pictures share: the frame, the axes with their labels, and the colours by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lifeworth.report.charts import frame
from lifeworth.report.charts.scale import nice, ticks
from lifeworth.report.format import scale_labels
from lifeworth.report.spec import Axis, Chart

HEIGHT = 320
MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

Entry = tuple[str, str, str, str]
"""In the legend: name, colour, shape (stroke, dot or bar), and solid or dashed."""


@dataclass(slots=True)
class Figure:
    """A picture as Plotly draws it, colours by name, and the entries of its legend."""

    traces: list[dict[str, Any]] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict)
    legend: list[Entry] = field(default_factory=list)
    height: int = HEIGHT
    narrow: dict[str, Any] = field(default_factory=dict)
    """What is different on a narrow screen: parts of the layout, and of the first trace under `trace`."""

    def plain(self) -> dict[str, Any]:
        """Data and layout, and what is different where there is little room."""
        made = {"data": self.traces, "layout": _common(self.height) | self.layout}
        return made | {"narrow": self.narrow} if self.narrow else made


def colour(name: str, share: float = 1.0) -> str:
    """A colour of the palette for the browser to put in, wholly or partly opaque."""
    return f"@{name}" if share == 1.0 else f"@{name}/{share}"


def upright(axis: Axis, low: float, high: float, currency: str) -> dict[str, Any]:
    """An axis of numbers: round values, written as everywhere else; where it stands, its name stands above it."""
    least = 1.0 if axis.kind == "count" else 0.0
    if axis.kind == "percent" and 0.9 <= high <= 1 and low >= 0:
        high = 1.0
    low, high = nice(low, high, 5, least)
    values = ticks(low, high, 5, least)
    return _axis() | {
        "range": [low, high],
        "tickvals": list(values),
        "ticktext": scale_labels(values, axis.kind, currency),
        "zeroline": low < 0,
    }


def above(words: str) -> list[dict[str, Any]]:
    """The name of the upright axis, level above it, where it is read without turning the head."""
    if not words:
        return []
    return [_words(words, 0, 1, xanchor="left", yshift=20, x_of="paper")]


def mark(at: Any, words: str) -> dict[str, Any]:
    """A line at a place that deserves one, with its label."""
    line = {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": colour("muted"), "width": 1, "dash": "dot"}}  # fmt: skip
    said = [_words(words, at, 1, xanchor="left", yshift=8, x_of="x")] if words else []
    return {"shapes": [line], "annotations": said}


def legend(chart: Chart) -> list[Entry]:
    """The series of a chart, where there is more than one to tell apart."""
    if len(chart.series) < 2:
        return []
    shape = {"line": "stroke", "scatter": "dot"}.get(chart.kind, "bar")
    names = {one.name for one in chart.series}
    found: dict[str, Entry] = {}
    goes_on = False
    for one, name in zip(chart.series, frame.colours(chart), strict=True):
        begun = one.name.removesuffix(frame.CONTINUES)
        # a line that goes on as a prediction keeps its colour: one entry, and one that says what dashed means
        if one.style == "dashed" and begun != one.name and (begun in names or goes_on):
            goes_on = True
            found.setdefault(begun, (begun, name, shape, "solid"))
        else:
            found.setdefault(one.name, (one.name, name, shape, one.style))
    return [*found.values(), *([("predicted", "muted", shape, "dashed")] if goes_on else [])]


def _words(words: str, x: Any, y: Any, *, xanchor: str, yshift: int, x_of: str) -> dict[str, Any]:
    return {
        "text": words, "x": x, "y": y, "xref": x_of, "yref": "paper", "showarrow": False,
        "xanchor": xanchor, "yanchor": "middle", "yshift": yshift, "font": {"color": colour("muted"), "size": 12},
    }  # fmt: skip


def _axis() -> dict[str, Any]:
    return {
        "fixedrange": True, "gridcolor": colour("grid"), "linecolor": colour("line"), "zerolinecolor": colour("muted"),
        "zerolinewidth": 1, "tickfont": {"color": colour("muted"), "size": 12}, "automargin": True,
    }  # fmt: skip


def months(names: Sequence[str]) -> list[str] | None:
    """The first days of months that are named "2026-06", so that they are drawn as the days they are; else None."""
    return [f"{name}-01" for name in names] if len(names) > 3 and all(MONTH.match(name) for name in names) else None


def in_months() -> dict[str, Any]:
    """An axis of months."""
    return {"type": "date", "tickformat": "%b %Y", "hoverformat": "%B %Y", "nticks": 7, "tickangle": 0}


def along(axis: Axis) -> dict[str, Any]:
    """What all axes along the foot share: no grid, a name under it."""
    return _axis() | {
        "showgrid": False, "zeroline": False, "showline": True, "ticks": "outside", "ticklen": 4, "tickcolor": colour("line"),
        "title": {"text": axis.title, "font": {"color": colour("muted"), "size": 12}, "standoff": 8},
    }  # fmt: skip


def _common(height: int) -> dict[str, Any]:
    return {
        "height": height, "autosize": True, "showlegend": False, "hovermode": "closest", "dragmode": False,
        "margin": {"l": 8, "r": 16, "t": 36, "b": 8, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": colour("ink")},
        "hoverlabel": {"bgcolor": colour("ink"), "bordercolor": colour("ink"), "align": "left", "font": {"family": FONT, "size": 13, "color": colour("surface")}},
    }  # fmt: skip
