"""A chart at all its sizes, with its legend and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from lifeworth.report.charts import bar, flow, frame, histogram, line, scatter, stack
from lifeworth.report.charts.frame import SIZES
from lifeworth.report.spec import Chart, Column, Series, Table, Value

KINDS = {
    "line": line.draw,
    "bar": bar.draw,
    "histogram": histogram.draw,
    "scatter": scatter.draw,
    "stack": stack.draw,
    "flow": flow.draw,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A series in the legend: its name, its colour and how it is drawn."""

    name: str
    colour: str
    shape: str
    style: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart ready for the page. `direct` says that wide pictures name their lines themselves."""

    pictures: dict[str, Markup]
    legend: tuple[Entry, ...]
    direct: bool
    numbers: Table


def draw(chart: Chart, currency: str) -> Drawn:
    """Draw a chart; without a single value to draw there are no pictures."""
    return Drawn(
        pictures={size: KINDS[chart.kind](chart, size, currency) for size in SIZES} if frame.ends(chart) else {},
        legend=_legend(chart),
        direct=chart.kind == "line" and line.names_fit(chart),
        numbers=numbers(chart),
    )


def _legend(chart: Chart) -> tuple[Entry, ...]:
    if chart.kind == "flow":
        return tuple(Entry(words, colour, "bar", "solid") for words, colour in flow.legend(chart))
    shape = {"line": "stroke", "scatter": "dot"}.get(chart.kind, "bar")
    named = zip(chart.series, frame.colours(chart), strict=True)
    entries = tuple(Entry(one.name, colour, shape, one.style) for one, colour in named)
    if len(entries) < 2 and not chart.diagonal:
        return ()
    return (*entries, Entry("Prediction = outcome", "muted", "stroke", "solid")) if chart.diagonal else entries


def numbers(chart: Chart) -> Table:
    """The numbers of the picture: a row for each place along the axis, a column for each series and its interval.

    Where several points share a place, as they may in a scatter plot, each point keeps its own row.
    """
    if chart.kind == "scatter" or any(len(set(one.x)) < len(one.x) for one in chart.series):
        return _points(chart)
    heads: list[Column] = [Column("x", chart.x.title or "x", chart.x.kind)]
    if chart.kind == "histogram":
        heads = [Column("from", f"{chart.x.title}: from", chart.x.kind), Column("to", "to", chart.x.kind)]
    places: dict[tuple[Value, ...], list[Value]] = {}
    width = 0
    for turn, one in enumerate(chart.series):
        shown = _columns(one, turn, chart)
        heads.extend(shown)
        for at in range(min(len(one.y), len(one.x))):
            key = one.x[at : at + 2] if chart.kind == "histogram" else (one.x[at],)
            if len(key) < (2 if chart.kind == "histogram" else 1):
                continue
            row = places.setdefault(key, [])
            row.extend([None] * (width - len(row)))
            row.extend(_cells(one, at))
        width += len(shown)
    rows = tuple((*key, *row, *[None] * (width - len(row))) for key, row in places.items())
    return Table(chart.title, tuple(heads), rows)


def _points(chart: Chart) -> Table:
    banded = any(_banded(one) for one in chart.series)
    between = (Column("low", "From", chart.y.kind), Column("high", "To", chart.y.kind)) if banded else ()
    heads = (
        Column("series", "Series"),
        Column("x", chart.x.title or "x", chart.x.kind),
        Column("y", chart.y.title or "y", chart.y.kind),
        *between,
    )
    rows = []
    for one in chart.series:
        for at in range(min(len(one.y), len(one.x))):
            ends = (frame.at(one.low, at), frame.at(one.high, at)) if banded else ()
            rows.append((one.name, one.x[at], one.y[at], *ends))
    return Table(chart.title, heads, tuple(rows))


def _banded(series: Series) -> bool:
    return bool(series.low and series.high)


def _columns(series: Series, turn: int, chart: Chart) -> list[Column]:
    name = series.name if len(chart.series) > 1 else chart.y.title
    heads = [Column(f"y{turn}", name or series.name or "y", chart.y.kind)]
    if _banded(series):
        heads += [Column(f"low{turn}", "from", chart.y.kind), Column(f"high{turn}", "to", chart.y.kind)]
    return heads


def _cells(series: Series, at: int) -> list[Value]:
    cells: list[Value] = [series.y[at]]
    return [*cells, frame.at(series.low, at), frame.at(series.high, at)] if _banded(series) else cells
