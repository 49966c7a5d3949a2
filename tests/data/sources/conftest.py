"""Small exports written on the spot, and the staged rows they become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lifeworth.data.sources.open import read_orders
from lifeworth.data.sources.source import Source
from lifeworth.engine.base import Engine
from lifeworth.settings import load

HEADER = "order_id,customer_id,order_date,amount\n"


@dataclass(frozen=True)
class Read:
    """What reading made of an input: the source, and its rows in the order of the files."""

    source: Source
    rows: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    @property
    def notes(self) -> str:
        return "\n".join(self.source.notes)


Reader = Callable[..., Read]


@pytest.fixture
def read(engine: Engine, tmp_path: Path) -> Reader:
    """Read texts (written to files first), paths, URLs or frames; keyword arguments are settings."""

    def reader(*inputs: Any, name: str = "orders.csv", **settings: Any) -> Read:
        items: list[Any] = []
        for position, item in enumerate(inputs):
            if isinstance(item, bytes) or (isinstance(item, str) and "\n" in item):
                path = tmp_path / (name if len(inputs) == 1 else f"{position}-{name}")
                path.write_bytes(item if isinstance(item, bytes) else item.encode())
                items.append(path)
            else:
                items.append(item)
        source = read_orders(engine, items, load(settings))
        rows = engine.arrow(source.rows).to_pylist()
        return Read(source, sorted(rows, key=lambda row: (row["source_file"], row["source_row"])))

    return reader


@pytest.fixture
def orders() -> Callable[..., str]:
    """A plain export with the given dates or amounts; order and customer are made up."""

    def text(dates: list[str] | None = None, amounts: list[str] | None = None, delimiter: str = ",") -> str:
        count = len(dates or amounts or [])
        dates = dates or ["2025-01-31"] * count
        amounts = amounts or ["10"] * count
        lines = ["order_id,customer_id,order_date,amount".replace(",", delimiter)]
        for i, (day, amount) in enumerate(zip(dates, amounts, strict=True), start=1):
            lines.append(delimiter.join([str(i), f"c{i % 7}", f'"{day}"', f'"{amount}"']))
        return "\n".join(lines) + "\n"

    return text
