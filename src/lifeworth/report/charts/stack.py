"""Stacked bars: what a whole is made of, place by place along the axis; what is below zero hangs under it."""

from __future__ import annotations

from markupsafe import Markup

from lifeworth.report.charts import frame, svg
from lifeworth.report.charts.bar import categories
from lifeworth.report.charts.frame import SIZES, TEXT, Frame
from lifeworth.report.format import text
from lifeworth.report.spec import Chart

SLIGHT = 0.005
"""What hangs under zero by less than this share of the highest stack is too thin to see and gets no room of its own."""


def heights(chart: Chart, names: list[str], currency: str) -> list[tuple[float, float]]:
    """How far each place's stack reaches below and above zero."""
    reach = {name: [0.0, 0.0] for name in names}
    for one in chart.series:
        for turn, place in enumerate(one.x[: len(one.y)]):
            value = frame.finite(one.y[turn])
            if value is not None:
                reach[text(place, chart.x.kind, currency)][value > 0] += value
    return [(low, high) for low, high in reach.values()]


def draw(chart: Chart, size: str, currency: str) -> Markup:
    """The chart at one of the sizes of `SIZES`."""
    plot = Frame(*SIZES[size])
    names = categories(chart, currency)
    reach = heights(chart, names, currency)
    low, high = min((one[0] for one in reach), default=0.0), max((one[1] for one in reach), default=0.0)
    if -SLIGHT * high < low < 0:
        low = 0.0
    if abs(low) >= frame.LARGEST or abs(high) >= frame.LARGEST:
        return plot.svg(frame.label_of(chart))
    y = plot.vertical(chart.y, low, high if high > low else low + 1, currency)
    slot = (plot.right - plot.left) / max(len(names), 1)
    thick = min(0.82 * slot, 64)
    middles = {name: plot.left + (turn + 0.5) * slot for turn, name in enumerate(names)}
    widest = max((svg.width_of(name, TEXT) for name in names), default=0)
    every = max(1, -(-int(widest + 10) // max(int(slot), 1)))
    plot.below([(middles[name], name) for name in names[::every]], chart.x, currency)
    so_far = {name: [0.0, 0.0] for name in names}
    for one, colour in zip(chart.series, frame.colours(chart), strict=True):
        for turn, place in enumerate(one.x[: len(one.y)]):
            value = frame.finite(one.y[turn])
            if not value:
                continue
            name = text(place, chart.x.kind, currency)
            side = value > 0
            base = so_far[name][side]
            so_far[name][side] += value
            tip = svg.title(f"{name}\n{frame.told(one, turn, chart.y.kind, currency)}")
            upper, lower = sorted((y(base), y(base + value)))
            plot.add(
                svg.rect(
                    middles[name] - thick / 2, upper, thick, lower - upper, f"bar piece {one.style} c-{colour}", tip
                )
            )
    plot.add(svg.line(plot.left, y(0), plot.right, y(0), "base"))
    return plot.svg(frame.label_of(chart))
