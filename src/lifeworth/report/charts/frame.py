"""The frame of a chart: its room on the page, its vertical axis, its colours and the words of its tooltips."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from markupsafe import Markup

from lifeworth.report import palette
from lifeworth.report.charts import svg
from lifeworth.report.charts.scale import Linear, nice, ticks
from lifeworth.report.format import interval, scale_labels, text, unit_of
from lifeworth.report.spec import Axis, Chart, Kind, Series

SIZES: dict[str, tuple[int, int]] = {
    "wide": (860, 330),
    "medium": (580, 300),
    "small": (430, 270),
    "narrow": (310, 240),
}
"""A chart is drawn for four widths, so that its letters never shrink with the screen; the style sheet shows one."""

LARGEST = 1e300
"""What is not smaller cannot be drawn: differences of such values overflow."""

CONTINUES = ", predicted"
"""End of the name of a series that goes on where the one of the name before it ends."""

TEXT = 12
"""Size of the letters in a chart, in pixels."""


SHOWN: dict[str, str] = {
    "line": "Line chart",
    "bar": "Bar chart",
    "histogram": "Histogram",
    "scatter": "Scatter plot",
    "stack": "Stacked bar chart",
    "flow": "Flow chart",
}
"""What a chart is called for a reader who cannot see it."""


@dataclass(slots=True)
class Frame:
    """The room of a chart and what is drawn so far; the plot lies between `left` and `right`, `top` and `bottom`."""

    width: float
    height: float
    left: float = 8
    right: float = 0
    top: float = 30
    bottom: float = 0
    parts: list[Markup] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.right = self.right or self.width - 14
        self.bottom = self.bottom or self.height - 42

    def add(self, *parts: Markup) -> None:
        """Draw on top of what is there."""
        self.parts.extend(parts)

    def svg(self, label: str) -> Markup:
        """The finished picture."""
        return svg.element(
            "svg", *self.parts, viewBox=f"0 0 {svg.number(self.width)} {svg.number(self.height)}",
            role="img", aria_label=label,
        )  # fmt: skip

    def vertical(self, axis: Axis, low: float, high: float, currency: str) -> Linear:
        """Draw the vertical axis: its name above, a grid line and a label at each round value."""
        least = 1.0 if axis.kind == "count" else 0.0
        if axis.kind == "percent" and 0.9 <= high <= 1 and low >= 0:
            high = 1.0
        low, high = nice(low, high, 5, least)
        values = ticks(low, high, 5, least)
        labels = scale_labels(values, axis.kind, currency)
        self.left = max((svg.width_of(label, TEXT) for label in labels), default=0) + 10
        scale = Linear(low, high, self.bottom, self.top)
        self.add(svg.text(0, 12, svg.shortened(named(axis), self.width, TEXT), "axis"))
        for value, label in zip(values, labels, strict=True):
            y = scale(value)
            self.add(svg.line(self.left, y, self.right, y, "base" if value == 0 else "grid"))
            self.add(svg.text(self.left - 8, y + 4, label, "tick", "end"))
        return scale

    def below(self, marks: Sequence[tuple[float, str]], axis: Axis, currency: str = "") -> None:
        """Draw the labels of the horizontal axis at their pixels, and its name under them."""
        edge = -math.inf
        for x, label in marks:
            half = svg.width_of(label, TEXT) / 2
            middle = min(max(x, half), self.width - half)
            if middle - half < edge:
                continue
            edge = middle + half + 8
            self.add(svg.line(x, self.bottom, x, self.bottom + 4, "base"))
            self.add(svg.text(middle, self.bottom + 18, label, "tick", "middle"))
        words = svg.shortened(named(axis, currency), self.width, TEXT)
        self.add(svg.text(self.right, self.bottom + 37, words, "axis", "end"))

    def mark(self, x: float, label: str) -> None:
        """Draw the upright line at a place that deserves one, its label on the side that has room."""
        self.add(svg.line(x, self.top - 8, x, self.bottom, "mark"))
        if label:
            rightward = x + 6 + svg.width_of(label, TEXT) <= self.width
            place = (x + 6, "start") if rightward else (x - 6, "end")
            room = self.width - x - 6 if rightward else x - 6
            self.add(svg.text(place[0], self.top - 3, svg.shortened(label, room, TEXT), "mark-label", place[1]))


def named(axis: Axis, currency: str = "") -> str:
    """The name of an axis with its unit, where the labels do not carry it."""
    unit = unit_of(axis.kind, currency) if axis.kind == "money" else ""
    return f"{axis.title} ({unit})" if unit and axis.title else axis.title


def colours(chart: Chart) -> list[str]:
    """The colour of each series by turn: ink (grey for bars) for what was observed where a prediction stands beside it.

    Where several series go on as predictions of their own ("web" and "web, predicted"), the two share a colour.
    """
    series, seen = chart.series, {True: 0, False: 0}
    observed = palette.OBSERVED_BARS if chart.kind in {"bar", "histogram", "stack"} else palette.OBSERVED
    dashed = [one.style == "dashed" for one in series]
    if not any(dashed) or all(dashed):
        return _in_turn([one.name for one in series])
    begun = {f"{one.name}{CONTINUES}" for one in series if one.style != "dashed"}
    going_on = [one.name for one in series if one.style == "dashed"]
    if len(going_on) > 1 and any(name in begun for name in going_on):
        # one that is only predicted so far stands in a row of those that were begun
        return _in_turn([one.name.removesuffix(CONTINUES) if one.style == "dashed" else one.name for one in series])
    chosen = []
    for predicted in dashed:
        order = palette.PREDICTED if predicted else observed
        chosen.append(order[seen[predicted] % len(order)])
        seen[predicted] += 1
    return chosen


def _in_turn(names: list[str]) -> list[str]:
    """A colour for each name, in the order they first appear."""
    turns = {name: turn for turn, name in enumerate(dict.fromkeys(names))}
    return [palette.PLAIN[turns[name] % len(palette.PLAIN)] for name in names]


def finite(value: float | Decimal | None) -> float | None:
    """The value as a float, or None where there is nothing to draw."""
    if value is None:
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < LARGEST else None


def at(values: Sequence[float | None], turn: int) -> float | None:
    """A value of a band or a series, None where the sequence is shorter."""
    return finite(values[turn]) if turn < len(values) else None


def ends(chart: Chart) -> list[float]:
    """Every height a chart must have room for: values and bands."""
    found = (finite(value) for one in chart.series for value in (*one.y, *one.low, *one.high))
    return [value for value in found if value is not None]


def told(series: Series, turn: int, kind: Kind, currency: str) -> str:
    """One point in words: "Model: 1,234 (1,100 to 1,300)"."""
    words = f"{series.name}: {text(series.y[turn], kind, currency)}"
    between = interval(at(series.low, turn), at(series.high, turn), kind, currency)
    return f"{words} ({between})" if between else words


def label_of(chart: Chart) -> str:
    """What a reader who cannot see the chart is told."""
    shown = SHOWN[chart.kind]
    return ". ".join(part.rstrip(".") for part in (f"{shown}: {chart.title}", chart.caption) if part) + "."
