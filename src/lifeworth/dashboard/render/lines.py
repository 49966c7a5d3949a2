"""Lines and points: what was observed solid, what was predicted dashed, intervals as bands."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from lifeworth.dashboard.render.figure import Figure, above, along, colour, in_months, legend, mark, months, upright
from lifeworth.report.charts import frame
from lifeworth.report.charts.calendar import as_date
from lifeworth.report.charts.horizontal import Horizontal, horizontal
from lifeworth.report.charts.scale import value_range
from lifeworth.report.spec import Chart, Series, Value

MANY = 8
"""Names along the foot from which on only some are written."""


def line(chart: Chart, currency: str) -> Figure:
    """Lines over days, numbers or categories."""
    axis = horizontal(chart, currency)
    figure = Figure(legend=legend(chart))
    for one, name in zip(chart.series, frame.colours(chart), strict=True):
        figure.traces += _band(one, name, axis)
        figure.traces.append(_line(one, name, axis, chart, currency))
    figure.layout = _layout(chart, axis, currency, zero=chart.y.kind == "count")
    figure.layout["hovermode"] = "x unified"
    figure.layout["hoverdistance"] = 40
    return figure


def scatter(chart: Chart, currency: str) -> Figure:
    """Points, with their intervals as whiskers, and the line where both axes agree."""
    axis = horizontal(chart, currency)
    figure = Figure(legend=legend(chart))
    for one, name in zip(chart.series, frame.colours(chart), strict=True):
        figure.traces.append(_points(one, name, axis, chart, currency))
    figure.layout = _layout(chart, axis, currency, zero=False)
    if chart.diagonal:
        ends = [value for one in chart.series for value in map(_number, one.x) if value is not None]
        low, high = value_range([*ends, *frame.ends(chart)], zero=False)
        both = {"range": [low, high]}
        figure.layout["xaxis"] |= both | {"range": [low, high * 1.02]}
        figure.layout["yaxis"] = upright(chart.y, low, high, currency)
        figure.traces.insert(0, {
            "type": "scatter", "mode": "lines", "x": [low, high], "y": [low, high], "hoverinfo": "skip",
            "line": {"color": colour("muted"), "width": 1, "dash": "dot"},
        })  # fmt: skip
        figure.legend = [*(figure.legend or [(chart.series[0].name, frame.colours(chart)[0], "dot", "solid")]), ("Prediction = outcome", "muted", "stroke", "dashed")]  # fmt: skip
    return figure


def _layout(chart: Chart, axis: Horizontal, currency: str, *, zero: bool) -> dict[str, Any]:
    low, high = value_range(frame.ends(chart), zero=zero)
    layout: dict[str, Any] = {
        "xaxis": along(chart.x) | _along(chart, axis),
        "yaxis": upright(chart.y, low, high, currency),
        "annotations": above(frame.named(chart.y, "")),
    }
    if chart.mark is not None and (at := _place(chart.mark, axis)) is not None:
        marked = mark(at, chart.mark_label)
        layout["shapes"] = marked["shapes"]
        layout["annotations"] = [*layout["annotations"], *marked["annotations"]]
    return layout


def _along(chart: Chart, axis: Horizontal) -> dict[str, Any]:
    if axis.by == "days":
        return {"type": "date", "tickformat": "%b %Y", "nticks": 7, "hoverformat": "%-d %b %Y"}
    if axis.by == "names" and months(axis.names):
        return in_months()
    if axis.by == "names":
        every = max(1, -(-len(axis.names) // MANY))
        shown = [name for turn, name in enumerate(axis.names) if turn % every == 0]
        ends = [-0.3, len(axis.names) - 0.7]
        return {"type": "category", "categoryarray": list(axis.names), "tickvals": shown, "tickangle": 0 if max(map(len, shown), default=0) * len(shown) < 90 else -40, "range": ends}  # fmt: skip
    values = [value for one in chart.series for value in map(_number, one.x) if value is not None]
    marks = axis.marks(min(values, default=0.0), max(values, default=1.0), 8)
    return {"type": "linear", "tickvals": [at for at, _ in marks], "ticktext": [words for _, words in marks]}


def _place(value: Value, axis: Horizontal) -> Any:
    """A value as Plotly places it: a day, a number, or the name of a category."""
    if axis.by == "days":
        day = as_date(value)
        return None if day is None else day.isoformat()
    if axis.by == "numbers":
        return _number(value)
    word = axis.words(value)
    return f"{word}-01" if months(axis.names) else word


def _number(value: Value) -> float | None:
    numeric = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return frame.finite(value) if numeric else None  # type: ignore[arg-type]


def _line(one: Series, name: str, axis: Horizontal, chart: Chart, currency: str) -> dict[str, Any]:
    count = min(len(one.x), len(one.y))
    there = [frame.at(one.y, turn) is not None for turn in range(count)]
    # Where no two values stand side by side there is no line to draw: orders on a path of days are dots.
    single = any(there) and not any(left and right for left, right in pairwise(there))
    dates = axis.by == "days"
    head = [] if dates else [axis.words(value) for value in one.x[:count]]
    return {
        "type": "scatter", "mode": "markers" if single else "lines", "name": one.name,
        "x": [_place(value, axis) for value in one.x[:count]],
        "y": [frame.at(one.y, turn) for turn in range(count)],
        "text": [frame.told(one, turn, chart.y.kind, currency) for turn in range(count)],
        "customdata": head, "hovertemplate": "%{text}<extra></extra>", "connectgaps": False,
        "line": {"color": colour(name), "width": 2, "dash": "dash" if one.style == "dashed" else "solid"},
        "marker": {"color": colour(name), "size": 7},
    }  # fmt: skip


def _band(one: Series, name: str, axis: Horizontal) -> list[dict[str, Any]]:
    """The room between low and high, as a line there and back."""
    turns = [turn for turn in range(len(one.x)) if frame.at(one.low, turn) is not None and frame.at(one.high, turn) is not None]  # fmt: skip
    if not turns:
        return []
    there = [(_place(one.x[turn], axis), frame.at(one.high, turn)) for turn in turns]
    back = [(_place(one.x[turn], axis), frame.at(one.low, turn)) for turn in reversed(turns)]
    return [{
        "type": "scatter", "mode": "lines", "x": [x for x, _ in there + back], "y": [y for _, y in there + back],
        "fill": "toself", "fillcolor": colour(name, 0.14), "line": {"width": 0, "color": colour(name, 0.14)}, "hoverinfo": "skip",
    }]  # fmt: skip


def _points(one: Series, name: str, axis: Horizontal, chart: Chart, currency: str) -> dict[str, Any]:
    count = min(len(one.x), len(one.y))
    trace: dict[str, Any] = {
        "type": "scatter", "mode": "markers", "name": one.name,
        "x": [_place(value, axis) for value in one.x[:count]],
        "y": [frame.at(one.y, turn) for turn in range(count)],
        "text": [f"{chart.x.title}: {axis.words(one.x[turn])}<br>{frame.told(one, turn, chart.y.kind, currency)}" for turn in range(count)],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": colour(name), "size": 8, "opacity": 0.85},
    }  # fmt: skip
    if one.low and one.high:
        trace["error_y"] = {
            "type": "data", "symmetric": False, "color": colour(name), "thickness": 1.4, "width": 0,
            "array": _reach(one, one.high, 1), "arrayminus": _reach(one, one.low, -1),
        }  # fmt: skip
    return trace


def _reach(one: Series, ends: Any, sign: int) -> list[float]:
    reach = []
    for turn in range(min(len(one.x), len(one.y))):
        middle, end = frame.at(one.y, turn), frame.at(ends, turn)
        reach.append(0.0 if middle is None or end is None else max(0.0, sign * (end - middle)))
    return reach
