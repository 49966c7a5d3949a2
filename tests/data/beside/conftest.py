"""Small tables beside orders written on the spot, and what reading makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifeworth.data.beside.account import TableAccount
from lifeworth.data.beside.read import Beside, read_tables
from lifeworth.data.contracts import QUARANTINE_BESIDE
from lifeworth.engine.base import Engine
from lifeworth.settings import load

AS_OF = date(2026, 6, 30)


@dataclass(frozen=True)
class Read:
    """What reading made of one table: its account, its rows, and the rows set aside in the order of the source."""

    beside: Beside
    account: TableAccount
    rows: list[dict[str, Any]]
    aside: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    @property
    def notes(self) -> str:
        return "\n".join(self.account.notes)


Reader = Callable[..., Read]


@pytest.fixture
def read(engine: Engine, tmp_path: Path) -> Reader:
    """Read a table from text (written to a file first), a path, a URL, a frame or several; keywords are settings."""

    def reader(table: str, *inputs: Any, name: str = "", **settings: Any) -> Read:
        words = {word: settings.pop(word) for word in ("currency_known", "customers") if word in settings}
        as_of = settings.pop("as_of", AS_OF)
        items: list[Any] = []
        for position, item in enumerate(inputs):
            if isinstance(item, bytes) or (isinstance(item, str) and "\n" in item):
                path = tmp_path / ((name or f"{table}.csv") if len(inputs) == 1 else f"{position}-{table}.csv")
                path.write_bytes(item if isinstance(item, bytes) else item.encode())
                items.append(path)
            else:
                items.append(item)
        beside = read_tables(
            engine,
            {table: items},
            load(settings),
            currency=words.get("currency_known", ""),
            as_of=as_of,
            customers=words.get("customers"),
        )
        return gathered(engine, beside, table)

    return reader


def gathered(engine: Engine, beside: Beside, table: str) -> Read:
    """The rows of a table that was read, and of its quarantine."""
    standing = "customers_told" if table == "customers" else table
    there = engine.tables()
    rows = engine.arrow(engine.table(standing)).to_pylist() if standing in there else []
    aside: list[dict[str, Any]] = []
    if QUARANTINE_BESIDE.name in there:
        aside = engine.arrow(engine.table(QUARANTINE_BESIDE.name)).to_pylist()
    aside = [row for row in aside if row["table"] == table]
    return Read(beside, beside[table], rows, sorted(aside, key=lambda row: (row["source_file"], row["source_row"])))
