"""Progress on a terminal: a bar or a spinner per step, on stderr, gone from the screen's way when the work is done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lifeworth.report.progress import SILENT, Progress


class Bars(Progress):
    """Draws each step as it runs; a step inside a step is indented below it."""

    def __init__(self, display: Any) -> None:
        self._display = display
        self._open: list[Any] = []

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Progress]:
        """Draw a step while the caller works on it."""
        task = self._display.add_task("  " * len(self._open) + name, total=total)
        self._open.append(task)
        try:
            yield self
        finally:
            self._open.remove(task)
            self._display.update(task, total=total or 1, completed=total or 1)

    def advance(self, by: int = 1) -> None:
        """Move the innermost bar on."""
        if self._open:
            self._display.advance(self._open[-1], by)

    def note(self, text: str) -> None:
        """Print a line above the bars."""
        self._display.console.print(text, style="yellow", markup=False, highlight=False)


class Notes(Progress):
    """For a screen that is no terminal (a log, a pipe): only what the person must know, one line each."""

    def note(self, text: str) -> None:
        """Print the line on stderr."""
        print(text, file=sys.stderr)


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """The progress to hand to a long job: bars on a terminal, notes in a log, nothing when it should be quiet."""
    if quiet:
        yield SILENT
        return
    if not sys.stderr.isatty():
        yield Notes()
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Display

    columns = (SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"), BarColumn(24), TimeElapsedColumn())
    with Display(*columns, console=Console(stderr=True)) as display:
        yield Bars(display)
