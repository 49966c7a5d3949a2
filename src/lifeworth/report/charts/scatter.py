"""Scatter plots: dots, whiskers where an interval is known, and the diagonal for calibration."""

from __future__ import annotations

from markupsafe import Markup

from lifeworth.report.charts import frame, svg
from lifeworth.report.charts.frame import SIZES, Frame
from lifeworth.report.charts.horizontal import horizontal
from lifeworth.report.charts.scale import Linear, nice, value_range
from lifeworth.report.spec import Chart

TITLES = 400
"""Above so many dots they carry no tooltip; the numbers stand beside the chart."""


def draw(chart: Chart, size: str, currency: str) -> Markup:
    """The chart at one of the sizes of `SIZES`."""
    width, height = SIZES[size]
    plot = Frame(width, height)
    axis = horizontal(chart, currency)
    across = [place for one in chart.series for value in one.x if (place := axis.place(value)) is not None]
    upright = frame.ends(chart)
    if chart.diagonal:
        across = upright = across + upright
    y = plot.vertical(chart.y, *value_range(upright, zero=chart.diagonal and min(upright, default=0) >= 0), currency)
    low, high = value_range(across, zero=chart.diagonal and min(across, default=0) >= 0)
    low, high = (y.low, y.high) if chart.diagonal else nice(low, high) if axis.by == "numbers" else (low, high)
    x = Linear(low, high, plot.left + 6, plot.right - 6)
    plot.below([(x(at), words) for at, words in axis.marks(low, high, int((plot.right - plot.left) // 72))], chart.x)
    if chart.diagonal:
        plot.add(svg.line(x(low), y(low), x(high), y(high), "diagonal"))
    if chart.mark is not None and (marked := axis.place(chart.mark)) is not None and low <= marked <= high:
        plot.mark(x(marked), chart.mark_label)
    few = sum(len(one.y) for one in chart.series) <= TITLES
    for one, colour in zip(chart.series, frame.colours(chart), strict=True):
        for turn, value in enumerate(one.x[: len(one.y)]):
            place, level = axis.place(value), frame.finite(one.y[turn])
            if place is None or level is None:
                continue
            least, most = frame.at(one.low, turn), frame.at(one.high, turn)
            if least is not None and most is not None:
                plot.add(svg.line(x(place), y(least), x(place), y(most), f"whisker c-{colour}"))
            words = f"{axis.words(value)}\n{frame.told(one, turn, chart.y.kind, currency)}"
            tip = (svg.title(words),) if few else ()
            plot.add(svg.circle(x(place), y(level), 5 if few else 2.5, f"{one.style} dot c-{colour}", *tip))
    return plot.svg(frame.label_of(chart))
