"""Tables that fit the screen: figures never break, long texts do, and what finds no room is named."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text as Words

from lifeworth.report.format import column_places, text
from lifeworth.report.spec import Column, Table, Value

GAP = 2
"""Blanks between columns."""

TITLE = 10
"""A title no wider than this stands in one line."""

SHORT = 24
"""A text column no wider than this stays whole; a wider one breaks, but not narrower than this."""


def grid(one: Table, currency: str, width: int) -> tuple[RenderableType, str]:
    """The table in at most `width` characters, and a word about the columns that found no room."""
    cells = [_cells([row[index] for row in one.rows], column, currency) for index, column in enumerate(one.columns)]
    widths = [_width(column, texts) for column, texts in zip(one.columns, cells, strict=True)]
    count = _fitting(widths, width)
    drawn = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, GAP - 1, 0, 0), header_style="bold", show_edge=False)
    for column, texts, room in zip(one.columns[:count], cells, widths, strict=False):
        whole = column.kind != "text" or max(map(cell_len, texts), default=0) <= SHORT
        title = "\n".join(textwrap.wrap(column.title, room, break_long_words=False)) if whole else column.title
        drawn.add_column(title, justify="left" if column.kind == "text" else "right", no_wrap=whole, overflow="fold")
    for number in range(len(one.rows)):
        style = "bold" if number in one.emphasis else None
        drawn.add_row(*[Words(texts[number]) for texts in cells[:count]], style=style)
    left = [column.title for column in one.columns[count:]]
    return drawn, f"No room for: {', '.join(left)}. All columns are in --json." if left else ""


def _cells(values: Sequence[Value], column: Column, currency: str) -> list[str]:
    places = column_places(values, column.kind, currency)
    return [text(value, column.kind, currency, places=places) for value in values]


def _width(column: Column, texts: Sequence[str]) -> int:
    """What a column needs: its widest cell or the longest word of its title; a long text less, a short title at once."""
    word = max(min(cell_len(column.title), TITLE), *map(cell_len, column.title.split()), 0)
    longest = max(map(cell_len, texts), default=0)
    return max(word, min(longest, SHORT) if column.kind == "text" else longest)


def _fitting(widths: Sequence[int], width: int) -> int:
    """How many columns stand side by side, the first two in any case."""
    taken = 0
    for count, one in enumerate(widths):
        taken += one + GAP
        if taken > width + GAP and count >= 2:
            return count
    return len(widths)
