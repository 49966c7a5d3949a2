"""What reading delivers: the staged rows, where they came from, and how each column was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ibis.expr.types import Table


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One input as it was found: a file, a database table or a frame.

    `sha256` is of the bytes of a file (unpacked where it was packed), of an Arrow stream for everything else.
    """

    name: str
    path: Path | None
    kind: str
    encoding: str | None
    delimiter: str | None
    rows: int
    sha256: str
    columns: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for a manifest."""
        return {
            "name": self.name,
            "path": None if self.path is None else str(self.path),
            "kind": self.kind,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "rows": self.rows,
            "sha256": self.sha256,
            "columns": list(self.columns),
        }


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which source column stands for which of ours, and why.

    `sources` gives the source column (or columns, in words), `reasons` why it was taken; `unused` are the columns of the
    source that nothing reads, in their order. `grain` is what the money of a row belongs to: "order" or "line".
    """

    sources: Mapping[str, str]
    reasons: Mapping[str, str]
    unused: tuple[str, ...]
    layout: str
    grain: str
    money: str

    def to_json(self) -> dict[str, Any]:
        """Plain values for a manifest."""
        return {
            "sources": dict(self.sources),
            "reasons": dict(self.reasons),
            "unused": list(self.unused),
            "layout": self.layout,
            "grain": self.grain,
            "money": self.money,
        }


@dataclass(frozen=True, slots=True)
class Source:
    """Orders as they were read: `rows` is the table "staged" with the columns of `contracts.STAGED`.

    `notes` say what was understood beyond the columns; `has` names the staged columns the source fills; `currency` is
    the only currency of the rows, where there is one.
    """

    rows: Table
    files: tuple[SourceFile, ...]
    columns: ColumnMap
    notes: tuple[str, ...]
    has: frozenset[str]
    currency: str | None


@dataclass(frozen=True, slots=True)
class Raw:
    """What a reader hands on: the rows as they stand, with the columns of the source plus `_row`."""

    name: str
    rows: Table
    file: SourceFile
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=())
    overflow: bool = False
    """Whether a last column `_extra` holds what a record had beyond the header."""

    @property
    def where(self) -> str:
        """How messages name this input."""
        return self.file.name
