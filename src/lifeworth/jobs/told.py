"""Progress that is written into the book, so that anyone who watches a job sees how far it is; and where a job hears that it should stop."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from lifeworth.data.book import JOBS, Book
from lifeworth.errors import LifeworthError, StoppedError
from lifeworth.report.progress import Progress

PAUSE = 0.5
"""Seconds between two entries in the book."""
SEALED = frozenset({"Writing"})
"""Steps that are not broken off from inside: a run becomes current in them, and afterwards there is nothing to stop."""
NOTES = 20
"""What a person should know: so many of it are kept."""


class Told(Progress):
    """Writes down the step that is being done, the steps before it with their seconds, and how far it is."""

    def __init__(self, book: Book, job_id: str) -> None:
        """The progress of one job."""
        self._book, self._job_id = book, job_id
        self._steps: list[dict[str, Any]] = []
        self._open: list[dict[str, Any]] = []
        self._notes: list[str] = []
        self._written = 0.0
        self._sealed = 0
        self.stopped = False

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Progress]:
        """A named piece of work; it is not begun where somebody wants the job stopped."""
        self.heed()
        one = {"name": name, "depth": len(self._open), "done": 0, "total": total, "seconds": None}
        begun = time.monotonic()
        self._steps.append(one)
        self._open.append(one)
        sealed = name in SEALED
        self._sealed += sealed
        self._write()
        try:
            yield self
        finally:
            one["seconds"] = round(time.monotonic() - begun, 2)
            self._open.remove(one)
            self._sealed -= sealed
            self._write()

    def advance(self, by: int = 1) -> None:
        """So many more of the current step are done."""
        self.heed()
        if self._open:
            self._open[-1]["done"] += by
            self._write()

    def note(self, text: str) -> None:
        """Something the person should know now."""
        self._notes = [*self._notes, text][-NOTES:]
        self._write()

    def stop(self) -> None:
        """Somebody wants the job stopped: now, or at the next step where it cannot be broken off.

        Raises:
            StoppedError: if it can be broken off.
        """
        self.stopped = True
        self.heed()

    def heed(self) -> None:
        """Break off if somebody wants that.

        Raises:
            StoppedError: if so.
        """
        if self.stopped and not self._sealed:
            raise StoppedError("The work was stopped before its end.", hint="The last good run is untouched.")

    def say(self) -> dict[str, Any]:
        """How far the work is, as JSON values."""
        now = self._open[-1] if self._open else None
        return {
            "step": now["name"] if now else "",
            "done": now["done"] if now else 0,
            "total": now["total"] if now else None,
            "steps": self._steps,
            "notes": self._notes,
        }

    def settle(self) -> None:
        """Write down how far it is, whenever that was done last."""
        self._written = 0.0
        self._write()

    def _write(self) -> None:
        if (moment := time.monotonic()) - self._written < PAUSE:
            return
        self._written = moment
        # A full disk or a locked book must not end the work: the work itself says so when it matters.
        with suppress(LifeworthError), self._book.write() as open_:
            text = json.dumps(self.say(), ensure_ascii=False)
            open_.execute(JOBS.update().where(JOBS.c.job_id == self._job_id).values(progress=text))
