"""How long work tells where it stands: steps with a name, drawn by whoever started it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Says nothing; the command line and the dashboard have speaking heirs."""

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Progress]:
        """A named piece of work; `total` is how many `advance` calls are to come, where it is known."""
        del name, total
        yield self

    def advance(self, by: int = 1) -> None:
        """So many more of the current step are done."""

    def note(self, text: str) -> None:
        """Something the person should know now, without stopping."""


SILENT = Progress()
