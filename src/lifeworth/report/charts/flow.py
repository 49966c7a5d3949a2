"""Flows between two sets of groups: each band is as thick as what moved, and coloured by where it moved to.

A series is a group on the left, its x the groups on the right, its y what goes there. The groups are listed in an order,
best first; a band that ends higher up than it began rose, one that ends lower fell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from lifeworth.report.charts import frame, svg
from lifeworth.report.charts.frame import SIZES, TEXT, Frame
from lifeworth.report.charts.line import spread
from lifeworth.report.format import short, text
from lifeworth.report.spec import Chart

NODE = 10
"""Width of a group's bar, in pixels."""

GAP = 8
"""Room between two groups on a side, in pixels."""

LINE = 16
"""Least distance between two names on a side, in pixels."""

COLOURS: dict[str, str] = {
    "rose": "teal",
    "stayed": "slate",
    "fell": "ochre",
    "in or out": "accent",
}
"""What a band did, in the order of the legend, and its colour."""


@dataclass(frozen=True, slots=True)
class Band:
    """What goes from one group to another."""

    source: str
    target: str
    value: float
    did: str


def bands(chart: Chart, currency: str) -> list[Band]:
    """Every flow there is, from top to bottom on the left and then on the right."""
    targets = _targets(chart, currency)
    order = {name: place for place, name in enumerate(targets)}
    found = []
    for one in chart.series:
        amounts: dict[str, float] = {}
        for turn, name in enumerate(one.x[: len(one.y)]):
            value = frame.finite(one.y[turn])
            if value is not None and value > 0:
                word = text(name, chart.x.kind, currency)
                amounts[word] = amounts.get(word, 0.0) + value
        found += [
            Band(one.name, name, amounts[name], _did(one.name, name, order, chart))
            for name in targets
            if name in amounts
        ]
    return found


def legend(chart: Chart, currency: str = "") -> list[tuple[str, str]]:
    """What the colours mean, as far as they occur: words and colour."""
    present = {band.did for band in bands(chart, currency)}
    return [(word, colour) for word, colour in COLOURS.items() if word in present]


def draw(chart: Chart, size: str, currency: str) -> Markup:
    """The chart at one of the sizes of `SIZES`."""
    found = bands(chart, currency)
    left = _totals(found, [one.name for one in chart.series], "source")
    right = _totals(found, _targets(chart, currency), "target")
    width = SIZES[size][0]
    nodes = max(len(left), len(right), 1)
    height = max(SIZES[size][1], 40 + 30 * nodes)
    plot = Frame(width, height, top=26, bottom=height - 8)
    room = plot.bottom - plot.top - GAP * (nodes - 1)
    whole = max(sum(left.values()), sum(right.values()))
    scale = room / whole if whole > 0 else 0.0
    words = {
        side: {name: f"{name} {short(total, chart.y.kind, currency)}" for name, total in totals.items()}
        for side, totals in (("left", left), ("right", right))
    }
    margins = {
        side: min(max((svg.width_of(one, TEXT) for one in named.values()), default=0) + 8, 0.36 * width)
        for side, named in words.items()
    }
    start, end = margins["left"], width - margins["right"]
    tops = {"left": _tops(left, scale, plot.top), "right": _tops(right, scale, plot.top)}
    plot.add(*_links(found, tops, scale, (start + NODE, end - NODE), chart, currency))
    plot.add(*_side(left, tops["left"], scale, start, words["left"], margins["left"], plot, "end"))
    plot.add(*_side(right, tops["right"], scale, end - NODE, words["right"], margins["right"], plot, "start"))
    plot.add(svg.text(0, 12, svg.shortened(frame.named(chart.y), width / 2 - 8, TEXT), "axis"))
    plot.add(svg.text(width, 12, svg.shortened(chart.x.title, width / 2 - 8, TEXT), "axis", "end"))
    return plot.svg(frame.label_of(chart))


def _targets(chart: Chart, currency: str) -> list[str]:
    return list(dict.fromkeys(text(value, chart.x.kind, currency) for one in chart.series for value in one.x))


def _did(source: str, target: str, order: Mapping[str, int], chart: Chart) -> str:
    """A group that stands on one side only has no place to rise from or fall to."""
    if source == target:
        return "stayed"
    names = {one.name for one in chart.series}
    if source not in order or target not in names:
        return "in or out"
    return "rose" if order[target] < order[source] else "fell"


def _totals(found: list[Band], names: list[str], side: str) -> dict[str, float]:
    totals = dict.fromkeys(names, 0.0)
    for band in found:
        totals[getattr(band, side)] += band.value
    return {name: total for name, total in totals.items() if total > 0}


def _tops(totals: Mapping[str, float], scale: float, top: float) -> dict[str, float]:
    placed = {}
    for name, total in totals.items():
        placed[name] = top
        top += total * scale + GAP
    return placed


def _links(
    found: list[Band],
    tops: Mapping[str, Mapping[str, float]],
    scale: float,
    ends: tuple[float, float],
    chart: Chart,
    currency: str,
) -> Iterator[Markup]:
    leaving, arriving = dict(tops["left"]), dict(tops["right"])
    for band in found:
        thick = band.value * scale
        one, other = leaving[band.source], arriving[band.target]
        leaving[band.source] += thick
        arriving[band.target] += thick
        told = f"{band.source} → {band.target}\n{chart.y.title}: {text(band.value, chart.y.kind, currency)}"
        yield svg.element(
            "path",
            svg.title(told),
            d=_curve(ends, one, other, max(thick, 0.5)),
            class_=f"flow c-{COLOURS[band.did]}",
        )


def _curve(ends: tuple[float, float], one: float, other: float, thick: float) -> str:
    """A band that leaves and arrives level."""
    left, right = (svg.number(end) for end in ends)
    middle = svg.number((ends[0] + ends[1]) / 2)
    upper = f"M{left} {svg.number(one)} C{middle} {svg.number(one)} {middle} {svg.number(other)} {right} {svg.number(other)}"
    low, lower = svg.number(other + thick), svg.number(one + thick)
    return f"{upper} L{right} {low} C{middle} {low} {middle} {lower} {left} {lower} Z"


def _side(
    totals: Mapping[str, float],
    tops: Mapping[str, float],
    scale: float,
    x: float,
    words: Mapping[str, str],
    margin: float,
    plot: Frame,
    anchor: str,
) -> Iterator[Markup]:
    """The bars of one side and their names, pushed apart where bars are thin."""
    middles = [tops[name] + total * scale / 2 for name, total in totals.items()]
    heights = spread(middles, LINE, plot.top + 4, plot.bottom)
    for (name, total), height in zip(totals.items(), heights, strict=True):
        yield svg.rect(x, tops[name], NODE, max(total * scale, 0.5), "node", svg.title(words[name]))
        at = x - 6 if anchor == "end" else x + NODE + 6
        yield svg.text(at, height + 4, svg.shortened(words[name], margin - 6, TEXT), "category", anchor)
