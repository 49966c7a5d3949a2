"""A file that is changed: written beside itself, and then in its place in one step; and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lifeworth.data import disk

PART = ".erasing"
"""How the name of a file ends that is on its way."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a file or a table.

    Attributes:
        where: Its place in the workspace.
        what: In words.
        rows: How many rows were touched.
    """

    where: str
    what: str
    rows: int = 0


@dataclass
class Ledger:
    """What an erasure does, step by step.

    Attributes:
        root: The workspace.
        between: Called with a name after each step that changes the disk; tests stop the process there.
        before: Called with a file before it is changed.
        changes: What was done.
    """

    root: Path
    between: Callable[[str], None] = lambda _: None
    before: Callable[[Path], None] = lambda _: None
    changes: list[Change] = field(default_factory=list)

    def note(self, file: Path, what: str, rows: int = 0) -> None:
        """Something was done to a file."""
        self.changes.append(Change(self.named(file), what, rows))
        self.between(f"changed {self.named(file)}")

    def named(self, file: Path) -> str:
        """A file by its place in the workspace."""
        return file.relative_to(self.root).as_posix()

    def to_json(self) -> list[dict[str, Any]]:
        """Plain values."""
        return [asdict(one) for one in self.changes]

    @contextmanager
    def replacing(self, file: Path) -> Iterator[Path]:
        """A place to write a file anew; at the end of the block it takes the place of the old one, in one step."""
        self.before(file)
        part = file.with_name(f".{file.name}{PART}")
        disk.remove(part)
        try:
            with disk.writing(file):
                yield part
            with disk.writing(file):
                part.chmod(file.stat().st_mode & 0o777)
            disk.settle(part)
            disk.move(part, file)
        except BaseException:
            disk.remove(part)
            raise


def sweep(root: Path) -> None:
    """Remove what an erasure that was killed left on its way."""
    for left in root.rglob(f".*{PART}"):
        disk.remove(left)
