"""Bars: upright where the names fit under them, lying where they do not; predicted ones are open, observed ones full."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from lifeworth.dashboard.render.figure import (
    HEIGHT,
    Figure,
    above,
    along,
    colour,
    in_months,
    legend,
    mark,
    months,
    upright,
)
from lifeworth.report.charts import bar as report
from lifeworth.report.charts import frame
from lifeworth.report.charts.scale import ticks, value_range
from lifeworth.report.format import scale_labels, short, text
from lifeworth.report.spec import Chart, Series

LETTERS = 60
"""Letters that fit under upright bars in all; with more the bars lie, up to `MANY` of them."""
MANY = 16
NARROW = 28
"""Letters that fit under upright bars on a narrow screen."""
THICK = 30
"""Pixels of a lying bar with its gap; each further series adds half as much."""


def bar(chart: Chart, currency: str) -> Figure:
    """Bars side by side for each category."""
    names = report.categories(chart, currency)
    lying = _lies(names)
    figure = Figure(legend=legend(chart))
    alone = len(chart.series) == 1
    for one, name in zip(chart.series, frame.colours(chart), strict=True):
        figure.traces.append(_bars(one, name, chart, currency, lying=lying, written=alone and len(names) <= MANY))
    low, high = value_range(frame.ends(chart), zero=True)
    _lay_out(figure, chart, names, (low, high), currency, lying=lying)
    figure.layout |= {"barmode": "group", "bargap": 0.3, "bargroupgap": 0.06}
    return figure


def stack(chart: Chart, currency: str) -> Figure:
    """Bars on top of each other, the first series at the foot; what lies below zero hangs down from it."""
    names = report.categories(chart, currency)
    figure = Figure(legend=legend(chart))
    rises, falls = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for one, name in zip(chart.series, frame.colours(chart), strict=True):
        figure.traces.append(_bars(one, name, chart, currency, lying=False, written=False))
        for turn, value in enumerate(one.x[: len(one.y)]):
            height = frame.at(one.y, turn) or 0.0
            (rises if height > 0 else falls)[text(value, chart.x.kind, currency)] += height
    ends = (min(falls.values(), default=0.0), max(rises.values(), default=1.0))
    _lay_out(figure, chart, names, ends, currency, lying=False)
    figure.layout |= {"barmode": "relative", "bargap": 0.25}
    return figure


def histogram(chart: Chart, currency: str) -> Figure:
    """Bars from edge to edge: their place along the foot means something."""
    figure = Figure(legend=legend(chart))
    edges: list[float] = []
    for one, name in zip(chart.series, frame.colours(chart), strict=True):
        places = [frame.finite(value) for value in one.x]  # type: ignore[arg-type]
        spans = [(left, right, frame.at(one.y, turn)) for turn, (left, right) in enumerate(pairwise(places))]  # fmt: skip
        kept = [(left, right, value) for left, right, value in spans if None not in (left, right, value)]
        edges += [edge for left, right, _ in kept for edge in (left, right) if edge is not None]
        words = [_span(left, right, chart, currency) for left, right, _ in kept]
        figure.traces.append({
            "type": "bar", "name": one.name,
            "x": [(left + right) / 2 for left, right, _ in kept],  # type: ignore[operator]
            "width": [(right - left) * 0.96 for left, right, _ in kept],  # type: ignore[operator]
            "y": [value for *_, value in kept],
            "text": [f"{span}<br>{text(value, chart.y.kind, currency)}" for span, (*_, value) in zip(words, kept, strict=True)],
            "textposition": "none", "hovertemplate": "%{text}<extra></extra>", "marker": _marker(one, name),
        })  # fmt: skip
    low, high = value_range(frame.ends(chart), zero=True)
    least, most = min(edges, default=0.0), max(edges, default=1.0)
    places = list(ticks(least, most, 8))
    figure.layout = {
        "xaxis": along(chart.x) | {"type": "linear", "tickvals": places, "ticktext": scale_labels(places, chart.x.kind, currency), "range": [least, most]},  # type: ignore[arg-type]
        "yaxis": upright(chart.y, low, high, currency), "annotations": above(frame.named(chart.y)), "barmode": "overlay",
    }  # fmt: skip
    if chart.mark is not None and (at := frame.finite(chart.mark)) is not None:  # type: ignore[arg-type]
        marked = mark(at, chart.mark_label)
        figure.layout["shapes"] = marked["shapes"]
        figure.layout["annotations"] += marked["annotations"]
    return figure


def _lies(names: list[str]) -> bool:
    return len(names) < MANY and (sum(map(len, names)) > LETTERS or max(map(len, names), default=0) > 14)


def _bars(one: Series, name: str, chart: Chart, currency: str, *, lying: bool, written: bool) -> dict[str, Any]:
    count = min(len(one.x), len(one.y))
    places = [text(value, chart.x.kind, currency) for value in one.x[:count]]
    values = [frame.at(one.y, turn) for turn in range(count)]
    days = None if lying else months(report.categories(chart, currency))
    told = [f"{place}<br>{frame.told(one, turn, chart.y.kind, currency)}" for turn, place in enumerate(places)]
    trace: dict[str, Any] = {
        "type": "bar", "name": one.name, "orientation": "h" if lying else "v",
        "x": values if lying else [f"{place}-01" for place in places] if days else places, "y": places if lying else values,
        "hovertext": told, "hovertemplate": "%{hovertext}<extra></extra>", "marker": _marker(one, name), "textposition": "none",
    }  # fmt: skip
    if written:
        trace["text"] = ["" if value is None else short(value, chart.y.kind, currency) for value in values]
        trace |= {
            "textposition": "outside",
            "cliponaxis": False,
            "constraintext": "none",
            "textangle": 0,
            "textfont": {"color": colour("ink"), "size": 12},
        }
    if one.low and one.high:
        reach = [(frame.at(one.low, turn), value, frame.at(one.high, turn)) for turn, value in enumerate(values)]
        known = [None not in ends for ends in reach]
        trace["error_x" if lying else "error_y"] = {
            "type": "data", "symmetric": False, "color": colour("ink"), "thickness": 1.2, "width": 3,
            "array": [max(0.0, high - middle) if ok else 0 for ok, (_, middle, high) in zip(known, reach, strict=True)],  # type: ignore[operator]
            "arrayminus": [max(0.0, middle - low) if ok else 0 for ok, (low, middle, _) in zip(known, reach, strict=True)],  # type: ignore[operator]
        }  # fmt: skip
    return trace


def _marker(one: Series, name: str) -> dict[str, Any]:
    if one.style == "dashed":
        return {"color": colour(name, 0.22), "line": {"color": colour(name), "width": 1.2}, "cornerradius": 2}
    return {"color": colour(name), "line": {"width": 0}, "cornerradius": 2}


def _lay_out(
    figure: Figure, chart: Chart, names: list[str], ends: tuple[float, float], currency: str, *, lying: bool
) -> None:
    number = upright(chart.y, *ends, currency)
    if lying:
        figure.height = max(160, 84 + len(names) * round(THICK * (1 + 0.5 * (len(chart.series) - 1))))
        room = (number["range"][1] - number["range"][0]) * 0.08
        number["range"] = [number["range"][0] - (room if ends[0] < 0 else 0), number["range"][1] + room]
        figure.layout = {
            "xaxis": number | {"side": "top", "title": {"text": frame.named(chart.y), "font": {"color": colour("muted"), "size": 12}}},
            "yaxis": along(chart.x) | {"type": "category", "categoryarray": names, "autorange": "reversed", "ticks": "", "showline": False, "title": {"text": ""}, "tickfont": {"color": colour("ink"), "size": 12}},
        }  # fmt: skip
        return
    figure.height = HEIGHT
    if months(names):
        figure.layout = {
            "xaxis": along(chart.x) | in_months(),
            "yaxis": number,
            "annotations": above(frame.named(chart.y)),
        }
        return
    every = max(1, -(-len(names) // 12))
    shown = names[::every]
    crowded = sum(map(len, shown)) > LETTERS + 20
    figure.layout = {
        "xaxis": along(chart.x) | {"type": "category", "categoryarray": names, "tickvals": shown, "tickangle": -40 if crowded else 0},
        "yaxis": number, "annotations": above(frame.named(chart.y)),
    }  # fmt: skip
    if sum(map(len, shown)) > NARROW:
        figure.narrow = {"layout": {"xaxis": figure.layout["xaxis"] | {"tickangle": -40}}}


def _span(left: float | None, right: float | None, chart: Chart, currency: str) -> str:
    return f"{text(left, chart.x.kind, currency)} to {text(right, chart.x.kind, currency)}"
