"""Line charts: bands first, then lines (broken where a value is missing), then their names at their ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from lifeworth.report.charts import frame, svg
from lifeworth.report.charts.frame import SIZES, TEXT, Frame
from lifeworth.report.charts.horizontal import Horizontal, horizontal
from lifeworth.report.charts.scale import Linear, value_range
from lifeworth.report.spec import Chart, Series, Value

GAP = 16
"""Least distance between two names at the right edge, in pixels."""

STRIPS = 240
"""Above so many places along the axis the pointer finds no tooltip: the strips would be thinner than it can hit."""


def names_fit(chart: Chart) -> bool:
    """Whether the series are named at their lines; otherwise, and on narrow screens, a legend names them."""
    widest = max((svg.width_of(one.name, TEXT) for one in chart.series), default=0)
    return 1 < len(chart.series) <= 8 and widest <= 0.3 * SIZES["medium"][0]


def draw(chart: Chart, size: str, currency: str) -> Markup:
    """The chart at one of the sizes of `SIZES`."""
    width, height = SIZES[size]
    plot = Frame(width, height)
    named = size in {"wide", "medium"} and names_fit(chart)
    if named:
        plot.right -= max(svg.width_of(one.name, TEXT) for one in chart.series) + 6
    y = plot.vertical(chart.y, *value_range(frame.ends(chart), zero=chart.y.kind == "count"), currency)
    axis = horizontal(chart, currency)
    marked = axis.place(chart.mark) if chart.mark is not None else None
    places = sorted({place for one in chart.series for value in one.x if (place := axis.place(value)) is not None})
    extent = sorted({*places, marked}) if marked is not None and axis.by != "names" else places
    low, high = (extent[0], extent[-1]) if extent else (0.0, 1.0)
    x = Linear(low, high, plot.left + 4, plot.right - 4)
    plot.below([(x(at), words) for at, words in axis.marks(low, high, int((plot.right - plot.left) // 72))], chart.x)
    lines = [_Line(one, colour, x, y, axis) for one, colour in zip(chart.series, frame.colours(chart), strict=True)]
    for one in lines:
        plot.add(*one.band())
    if marked is not None:
        plot.mark(x(marked), chart.mark_label)
    for one in lines:
        plot.add(*one.stroke())
    if named:
        plot.add(*_names(lines, plot))
    if size != "narrow" and 0 < len(places) <= STRIPS:
        plot.add(*_strips(chart, axis, places, x, plot, currency))
    return plot.svg(frame.label_of(chart))


@dataclass(frozen=True, slots=True)
class _Line:
    """One series with its scales."""

    series: Series
    colour: str
    x: Linear
    y: Linear
    axis: Horizontal

    def spot(self, turn: int, value: float | None) -> svg.Point | None:
        place = self.axis.place(self.series.x[turn])
        return None if place is None or value is None else (self.x(place), self.y(value))

    @property
    def _values(self) -> tuple[float | None, ...]:
        return self.series.y[: len(self.series.x)]

    def points(self) -> list[svg.Point | None]:
        return [self.spot(turn, frame.finite(value)) for turn, value in enumerate(self._values)]

    def band(self) -> list[Markup]:
        """The area between `low` and `high`, wherever both are known."""
        areas: list[list[tuple[svg.Point, svg.Point]]] = [[]]
        for turn in range(len(self.series.x)):
            low = self.spot(turn, frame.at(self.series.low, turn))
            high = self.spot(turn, frame.at(self.series.high, turn))
            if low is not None and high is not None:
                areas[-1].append((low, high))
            elif areas[-1]:
                areas.append([])
        outlines = ([low for low, _ in area] + [high for _, high in reversed(area)] for area in areas if area)
        return [svg.element("path", d=svg.path(one, closed=True), class_=f"band c-{self.colour}") for one in outlines]

    def stroke(self) -> list[Markup]:
        """The line; a point without neighbours is a dot."""
        drawn = []
        for run in svg.runs(self.points()):
            if len(run) == 1:
                drawn.append(svg.circle(*run[0], 2.5, f"dot c-{self.colour}"))
            else:
                drawn.append(svg.element("path", d=svg.path(run), class_=f"stroke {self.series.style} c-{self.colour}"))
        return drawn

    def end(self) -> svg.Point | None:
        known = [point for point in self.points() if point is not None]
        return max(known, default=None)


def _names(lines: list[_Line], plot: Frame) -> list[Markup]:
    """The names at the right edge, pushed apart where lines end close together; a leader bridges what is left open."""
    ends = sorted(((end, one) for one in lines if (end := one.end()) is not None), key=lambda pair: pair[0][1])
    heights = spread([end[1] for end, _ in ends], GAP, plot.top, plot.bottom)
    drawn = []
    for (end, one), height in zip(ends, heights, strict=True):
        if plot.right - end[0] > 12:
            drawn.append(svg.line(end[0] + 3, end[1], plot.right + 2, height, f"leader c-{one.colour}"))
        drawn.append(svg.text(plot.right + 6, height + 4, one.series.name, f"name c-{one.colour}"))
    return drawn


def spread(heights: list[float], gap: float, top: float, bottom: float) -> list[float]:
    """Ascending heights moved as little as needed to keep `gap` between neighbours, inside [top, bottom] if there is room."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else max(height, top))
    limit = bottom
    for turn in range(len(placed) - 1, -1, -1):
        placed[turn] = min(placed[turn], limit)
        limit = placed[turn] - gap
    return placed


def _strips(chart: Chart, axis: Horizontal, places: list[float], x: Linear, plot: Frame, currency: str) -> list[Markup]:
    """Invisible upright strips, one a place along the axis, each telling all values there."""
    told: dict[float, list[str]] = {place: [] for place in places}
    heads: dict[float, Value] = {}
    for one in chart.series:
        for turn, value in enumerate(one.x[: len(one.y)]):
            place = axis.place(value)
            if place is not None and one.y[turn] is not None:
                told[place].append(frame.told(one, turn, chart.y.kind, currency))
                heads.setdefault(place, value)
    edges = [plot.left, *((x(a) + x(b)) / 2 for a, b in pairwise(places)), plot.right]
    return [
        svg.rect(left, plot.top, right - left, plot.bottom - plot.top, "strip",
                 svg.title("\n".join([axis.words(heads[place]), *told[place]])))
        for place, (left, right) in zip(places, pairwise(edges), strict=True) if told[place]
    ]  # fmt: skip
