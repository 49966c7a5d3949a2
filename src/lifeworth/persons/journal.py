"""Erasures under way, on disk until they have come to their end: whoever comes next goes on with them.

It is the only place that still knows the id once the first file is changed, so it lies in a folder nobody else may read, and is
overwritten before it goes.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from lifeworth.data import disk
from lifeworth.persons.person import Person
from lifeworth.persons.search import JOURNAL

SPILL = "spill"
"""Folder in it for what does not fit into memory."""


class Journal:
    """What is known of an erasure under way: whom it is about, and the files it has laid hands on."""

    def __init__(self, root: Path, person: Person) -> None:
        """The journal of one erasure in the workspace `root`."""
        self.person = person
        self._root, self._folder = root, root / JOURNAL
        self._file = self._folder / f"{person.erasure_id}.json"
        self._touched = self._folder / f"{person.erasure_id}.touched"
        self._lost = self._folder / f"{person.erasure_id}.lost"

    def begin(self) -> None:
        """Write it down before anything is changed.

        Raises:
            StorageError: if there is no room.
        """
        with disk.writing(self._folder):
            self._folder.mkdir(mode=0o700, exist_ok=True)
        part = self._file.with_suffix(".part")
        disk.write_bytes(part, json.dumps(self.person.to_json(), ensure_ascii=False).encode())
        with disk.writing(part):
            part.chmod(0o600)
        disk.move(part, self._file)

    def touch(self, file: Path) -> None:
        """A file is about to be changed: the record of its run will have to be brought up to date, whatever comes between."""
        with disk.writing(self._touched), self._touched.open("a", encoding="utf-8") as out:
            out.write(file.relative_to(self._root).as_posix() + "\n")
            out.flush()
            os.fsync(out.fileno())

    def touched(self) -> list[Path]:
        """The files so far, also those of an erasure that was killed."""
        with suppress(OSError):
            names = self._touched.read_text(encoding="utf-8").splitlines()
            return [self._root / name for name in dict.fromkeys(names)]
        return []

    def lose(self, run: str, orders: int, revenue: float) -> None:
        """The orders of a run will lose so many rows and so much revenue; said before, since afterwards nobody could count them."""
        if orders:
            with disk.writing(self._lost), self._lost.open("a", encoding="utf-8") as out:
                out.write(json.dumps([run, orders, revenue]) + "\n")
                out.flush()
                os.fsync(out.fileno())

    def lost(self) -> dict[str, dict[str, float]]:
        """What the orders of each run have lost."""
        with suppress(OSError):
            said = [json.loads(line) for line in self._lost.read_text(encoding="utf-8").splitlines()]
            return {run: {"orders": orders, "revenue": revenue} for run, orders, revenue in said}
        return {}

    def end(self) -> None:
        """Nothing is left of it, not even the id in it."""
        for file in (self._touched, self._lost, self._file):
            with suppress(OSError):
                disk.write_bytes(file, b" " * file.stat().st_size)
            disk.remove(file)
        disk.remove(self._folder / SPILL)
        with suppress(OSError):
            self._folder.rmdir()


def pending(root: Path) -> list[Person]:
    """Persons whose erasure has not come to its end, the earliest first."""
    files = sorted((root / JOURNAL).glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    return [Person.from_json(json.loads(file.read_text(encoding="utf-8"))) for file in files]
