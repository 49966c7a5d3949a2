"""Bar charts: upright where the names of the categories fit under the bars, lying where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from lifeworth.report.charts import frame, svg
from lifeworth.report.charts.frame import SIZES, TEXT, Frame
from lifeworth.report.charts.scale import Linear, value_range
from lifeworth.report.format import column_places, short, text
from lifeworth.report.spec import Chart, Series

MANY = 16
"""From so many categories on bars stand upright whatever their names, and only some names are written."""

THICK = 22
"""Thickness of a lying bar that stands alone, in pixels; of one among several, two thirds."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """One value of one category."""

    series: Series
    colour: str
    turn: int
    category: int
    value: float
    order: int


def draw(chart: Chart, size: str, currency: str) -> Markup:
    """The chart at one of the sizes of `SIZES`."""
    names = categories(chart, currency)
    slot = (SIZES[size][0] - 70) / max(len(names), 1)
    fit = all(svg.width_of(name, TEXT) <= slot - 6 for name in names)
    drawn = _upright if fit or len(names) >= MANY else _lying
    return drawn(chart, size, currency, names)


def categories(chart: Chart, currency: str) -> list[str]:
    """The names under the bars, in the order they first appear."""
    return list(dict.fromkeys(text(value, chart.x.kind, currency) for one in chart.series for value in one.x))


def _bars(chart: Chart, names: list[str], currency: str) -> Iterator[_Bar]:
    place = {name: turn for turn, name in enumerate(names)}
    for order, (one, colour) in enumerate(zip(chart.series, frame.colours(chart), strict=True)):
        for turn, name in enumerate(one.x[: len(one.y)]):
            value = frame.finite(one.y[turn])
            if value is not None:
                yield _Bar(one, colour, turn, place[text(name, chart.x.kind, currency)], value, order)


def _tip(bar: _Bar, chart: Chart, names: list[str], currency: str) -> Markup:
    return svg.title(f"{names[bar.category]}\n{frame.told(bar.series, bar.turn, chart.y.kind, currency)}")


def _upright(chart: Chart, size: str, currency: str, names: list[str]) -> Markup:
    plot = Frame(*SIZES[size])
    y = plot.vertical(chart.y, *value_range(frame.ends(chart), zero=True), currency)
    slot = (plot.right - plot.left) / max(len(names), 1)
    thick = min(0.76 * slot / max(len(chart.series), 1), 64)
    middles = [plot.left + (turn + 0.5) * slot for turn in range(len(names))]
    widest = max((svg.width_of(name, TEXT) for name in names), default=0)
    every = max(1, -(-int(widest + 10) // max(int(slot), 1)))
    plot.below([(at, name) for at, name in zip(middles[::every], names[::every], strict=True)], chart.x, currency)
    for bar in _bars(chart, names, currency):
        left = middles[bar.category] + (bar.order - len(chart.series) / 2) * thick
        shape = f"bar {bar.series.style} c-{bar.colour}"
        gap = 2 if thick > 8 else 0.5
        plot.add(
            svg.rect(left, y(bar.value), thick - gap, y(0) - y(bar.value), shape, _tip(bar, chart, names, currency))
        )
        low, high = frame.at(bar.series.low, bar.turn), frame.at(bar.series.high, bar.turn)
        if low is not None and high is not None:
            middle = left + (thick - gap) / 2
            plot.add(svg.line(middle, y(low), middle, y(high), "whisker c-ink"))
    if len(chart.series) == 1:
        plot.add(*_written(chart, names, currency, slot, middles, y))
    mark = text(chart.mark, chart.x.kind, currency)
    if chart.mark is not None and mark in names:
        plot.mark(middles[names.index(mark)] - slot / 2, chart.mark_label)
    return plot.svg(frame.label_of(chart))


def _written(
    chart: Chart, names: list[str], currency: str, slot: float, middles: list[float], y: Linear
) -> Iterator[Markup]:
    """The values over (below zero: under) their bars, if all of them fit and nothing else is in the way."""
    bars = list(_bars(chart, names, currency))
    words = [short(bar.value, chart.y.kind, currency) for bar in bars]
    if chart.series[0].low or any(svg.width_of(word, TEXT) > slot - 4 for word in words):
        return
    if any(bar.value < 0 and y(bar.value) + 18 > y.start for bar in bars):
        return
    for bar, word in zip(bars, words, strict=True):
        place = y(bar.value) - 5 if bar.value >= 0 else y(bar.value) + 14
        yield svg.text(middles[bar.category], place, word, "value", "middle")


def _lying(chart: Chart, size: str, currency: str, names: list[str]) -> Markup:
    """Each value is written at the end of its bar, so no second axis is needed."""
    width = SIZES[size][0]
    many = len(chart.series) > 1
    thick = THICK * 2 / 3 if many else THICK
    slot = thick * len(chart.series) + (14 if many else 12)
    top = 24
    plot = Frame(width, top + slot * len(names) + 8, top=top)
    bars = list(_bars(chart, names, currency))
    places = column_places([bar.value for bar in bars], chart.y.kind, currency)
    if chart.y.kind == "money" and any(abs(bar.value) >= 10_000 for bar in bars):
        places = 0
    written = {id(bar): text(bar.value, chart.y.kind, currency, compact=True, places=places) for bar in bars}
    low, high = value_range(frame.ends(chart), zero=True)
    room = max((svg.width_of(words, TEXT) for words in written.values()), default=0) + 10
    column = min(max((svg.width_of(name, TEXT) for name in names), default=0), 0.42 * width)
    x = Linear(low, high or 1, column + 12 + (room if low < 0 else 0), width - room)
    plot.add(svg.text(0, 12, svg.shortened(frame.named(chart.y), width, TEXT), "axis"))
    for turn, name in enumerate(names):
        middle = top + (turn + 0.5) * slot
        plot.add(svg.text(column, middle + 4, svg.shortened(name, column, TEXT), "category", "end"))
    for bar in bars:
        upper = top + bar.category * slot + (slot - thick * len(chart.series)) / 2 + bar.order * thick
        shape = f"bar {bar.series.style} c-{bar.colour}"
        plot.add(svg.rect(x(0), upper, x(bar.value) - x(0), thick - 2, shape, _tip(bar, chart, names, currency)))
        far = max(bar.value, frame.at(bar.series.high, bar.turn) or bar.value)
        least, most = frame.at(bar.series.low, bar.turn), frame.at(bar.series.high, bar.turn)
        if least is not None and most is not None:
            plot.add(svg.line(x(least), upper + thick / 2 - 1, x(most), upper + thick / 2 - 1, "whisker c-ink"))
        place = (x(far) + 6, "start") if bar.value >= 0 else (x(bar.value) - 6, "end")
        plot.add(svg.text(place[0], upper + thick / 2 + 3, written[id(bar)], "value", place[1]))
    plot.add(svg.line(x(0), top, x(0), top + slot * len(names), "base"))
    return plot.svg(frame.label_of(chart))
