"""Specs on a terminal: the same pages as the report, drawn with Rich; charts by their numbers (see `cli/sketch.py`)."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Words

from lifeworth.cli import sketch
from lifeworth.cli.grid import grid
from lifeworth.report import spec
from lifeworth.report.format import interval, text

TONES = {"plain": "", "good": "green", "warning": "yellow", "bad": "bold red"}
WIDE = 120
"""Columns where the screen does not say how wide it is (a pipe, a log)."""

LABEL, CELL = 16, 9
"""Characters of a heat map's row name and of one of its cells."""


def show(result: Any, *, as_json: bool = False, currency: str = "") -> None:
    """Print any spec: as JSON for a program, or drawn for a person.

    Args:
        result: A page or a block, or plain values with `as_json`.
        as_json: Print JSON.
        currency: Currency of a block that stands outside a page.
    """
    if as_json:
        print(json.dumps(spec.plain(result), ensure_ascii=False, indent=2))
        return
    screen = console()
    for part in _parts(result, currency):
        screen.print(part)
        screen.print()


def console(*, stderr: bool = False) -> Console:
    """The screen: colours only on a terminal, a stated width elsewhere."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else WIDE
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def _parts(result: Any, currency: str) -> Iterator[RenderableType]:
    if not isinstance(result, spec.Page):
        yield block(result, currency)
        return
    as_of = "" if result.as_of is None else f"  as of {text(result.as_of, 'date')}"
    yield Words.assemble((result.title, "bold"), (as_of, "dim"), f"\n{result.lead}" if result.lead else "")
    for one in result.blocks:
        yield block(one, result.currency or currency)


def block(one: Any, currency: str) -> RenderableType:
    """One block of a page, drawn."""
    match one:
        case spec.Stats():
            return _stats(one, currency)
        case spec.Table():
            return _table(one, currency)
        case spec.Chart():
            return _titled(one.title, sketch.chart(one, currency), one.caption)
        case spec.Heatmap():
            return _heatmap(one, currency)
        case spec.Network():
            return _table(dataclasses.replace(one.table(), caption=one.caption), currency)
        case spec.Text():
            title = (f"{one.title}: ", "bold") if one.title else ""
            return Words.assemble(title, one.text, style=TONES[one.tone])
        case spec.Group():
            return Group(*[block(inner, currency) for inner in one.blocks])
    raise TypeError(f"{type(one).__name__} is not something a page can hold")


def _stats(one: spec.Stats, currency: str) -> RenderableType:
    lines = Grid(box=None, show_header=False, padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True)
    lines.add_column(justify="right", no_wrap=True)
    lines.add_column(style="dim", overflow="fold")
    for stat in one.items:
        value = Words(text(stat.value, stat.kind, currency), style="bold")
        span = interval(stat.low, stat.high, stat.kind, currency)
        notes = [f"{stat.interval} {span}" if span else "", stat.note, stat.definition]
        lines.add_row(stat.name, value, Words(". ".join(note.rstrip(".") for note in notes if note)))
    return _titled(one.title, lines)


def _table(one: spec.Table, currency: str) -> RenderableType:
    if not one.rows:
        return _titled(one.title, Words(one.empty, style="dim"), one.caption)
    drawn, left_out = grid(one, currency, console().width - 1)
    return _titled(one.title, drawn, f"{one.caption} {left_out}".strip())


def _heatmap(one: spec.Heatmap, currency: str) -> RenderableType:
    """The matrix as a table: the first columns that fit the screen, and a word about those that do not."""
    columns = (spec.Column("row", one.row_title), *one.side)
    sides = one.side_values or ((),) * len(one.rows)
    shown = max(3, (console().width - LABEL - CELL * len(one.side)) // CELL)
    columns += tuple(spec.Column(f"c{index}", title, one.kind) for index, title in enumerate(one.columns[:shown]))
    rows = tuple((name, *side, *values[:shown]) for name, side, values in zip(one.rows, sides, one.values, strict=True))
    left = len(one.columns) - shown
    more = f"{left} further columns ({one.column_title}) stand in the report and in --json." if left > 0 else ""
    return _table(spec.Table(one.title, columns, rows, f"{one.caption} {more}".strip()), currency)


def _titled(title: str, body: RenderableType, caption: str = "") -> RenderableType:
    head = [Words(title, style="bold underline")] if title else []
    tail = [Words(caption, style="dim italic")] if caption else []
    return Group(*head, Padding(body, (0, 0, 0, 1), expand=False), *tail)
