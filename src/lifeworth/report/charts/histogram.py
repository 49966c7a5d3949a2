"""Histograms: one bar a bin, as wide as the bin."""

from __future__ import annotations

from itertools import pairwise

from markupsafe import Markup

from lifeworth.report.charts import frame, svg
from lifeworth.report.charts.frame import SIZES, Frame
from lifeworth.report.charts.horizontal import horizontal
from lifeworth.report.charts.scale import Linear, value_range
from lifeworth.report.format import short
from lifeworth.report.spec import Chart

UNEVEN = 6
"""Where the widest bin is so many times the narrowest, bins are drawn equally wide and their edges labelled."""


def draw(chart: Chart, size: str, currency: str) -> Markup:
    """The chart at one of the sizes of `SIZES`."""
    width, height = SIZES[size]
    plot = Frame(width, height)
    y = plot.vertical(chart.y, *value_range(frame.ends(chart), zero=True), currency)
    axis = horizontal(chart, currency)
    edges = [axis.place(value) for value in max((one.x for one in chart.series), key=len, default=())]
    known = [edge for edge in edges if edge is not None]
    even = evenly(known)
    bounds = (known[0], known[-1]) if even and known else (0.0, float(max(len(edges) - 1, 1)))
    x = Linear(*bounds, plot.left + 2, plot.right - 2)
    room = int((plot.right - plot.left) // 64)
    if even:
        marks = axis.marks(*bounds, room)
    else:
        every = max(1, -(-len(known) // max(room, 1)))
        labels = [short(edge, chart.x.kind, currency) for edge in known]
        marks = [(float(turn), label) for turn, label in enumerate(labels) if turn % every == 0]
    plot.below([(x(at), words) for at, words in marks], chart.x)
    for one, colour in zip(chart.series, frame.colours(chart), strict=True):
        for turn in range(min(len(one.y), len(one.x) - 1)):
            level = frame.finite(one.y[turn])
            start, stop = (axis.place(one.x[turn]), axis.place(one.x[turn + 1])) if even else (turn, turn + 1)
            if level is None or start is None or stop is None:
                continue
            told = frame.told(one, turn, chart.y.kind, currency)
            tip = svg.title(f"{axis.words(one.x[turn])} to {axis.words(one.x[turn + 1])}\n{told}")
            gap = 1 if x(stop) - x(start) > 4 else 0
            plot.add(
                svg.rect(
                    x(start), y(level), x(stop) - x(start) - gap, y(0) - y(level), f"bar {one.style} c-{colour}", tip
                )
            )
    if chart.mark is not None and even and (marked := axis.place(chart.mark)) is not None:
        plot.mark(x(min(max(marked, bounds[0]), bounds[1])), chart.mark_label)
    return plot.svg(frame.label_of(chart))


def evenly(edges: list[float]) -> bool:
    """Whether bins are near enough to equal widths to be drawn to scale."""
    widths = [right - left for left, right in pairwise(edges)]
    return not widths or (min(widths) > 0 and max(widths) <= UNEVEN * min(widths))
