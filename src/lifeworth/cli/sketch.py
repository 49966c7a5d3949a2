"""Charts on a terminal: bars of blocks beside their numbers, long series thinned to what fits a screen."""

from __future__ import annotations

from rich.table import Table as Grid
from rich.text import Text as Words

from lifeworth.report.format import text
from lifeworth.report.spec import Chart, Series

WIDTH = 32
"""Characters of the longest bar."""

ROWS = 24
"""Points shown of a series; the report has them all."""

EIGHTHS = " ▏▎▍▌▋▊▉"


def chart(one: Chart, currency: str) -> Grid:
    """The points of a chart, each with its number and a bar from zero to the largest; a point without a value is left out."""
    grid = Grid(box=None, header_style="bold", padding=(0, 2, 0, 0))
    several = len(one.series) > 1
    if several:
        grid.add_column("")
    grid.add_column(one.x.title, justify="right", no_wrap=True)
    grid.add_column(one.y.title, justify="right", no_wrap=True)
    grid.add_column("")
    top = max((abs(y) for series in one.series for y in series.y if y is not None), default=0.0)
    for series in one.series:
        known = [(index, y) for index, y in enumerate(series.y) if y is not None]
        for number, (index, y) in enumerate(known[place] for place in _thinned(len(known))):
            label, length = _label(one, series, index, currency), abs(y) / top if top else 0.0
            cells = [label, text(y, one.y.kind, currency), bar(length)]
            grid.add_row(*[Words(cell) for cell in ([series.name if number == 0 else ""] if several else []) + cells])
    return grid


def bar(share: float, width: int = WIDTH) -> str:
    """A bar of `share` (0 to 1) of the width, to an eighth of a character."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def _label(one: Chart, series: Series, index: int, currency: str) -> str:
    """A point's place on the x axis; for a histogram both edges of its bin."""
    start = text(series.x[index], one.x.kind, currency, compact=True)
    if one.kind != "histogram":
        return start
    return f"{start} – {text(series.x[index + 1], one.x.kind, currency, compact=True)}"


def _thinned(length: int) -> list[int]:
    """Which points to show: all of a short series, else evenly spread ones with the first and the last."""
    if length <= ROWS:
        return list(range(length))
    return sorted({round(step * (length - 1) / (ROWS - 1)) for step in range(ROWS)})
