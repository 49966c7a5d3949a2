"""A few thousand rows of a raw table: its beginning, and rows from all over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lifeworth.data.sources.source import Raw
from lifeworth.engine.base import Engine

HEAD, SPREAD = 2_000, 2_000


@dataclass(frozen=True, slots=True)
class Sample:
    """Values by column, in the order of the rows; `rows` are their row numbers."""

    rows: list[int]
    values: dict[str, list[Any]]

    def texts(self, column: str) -> list[tuple[int, str | None]]:
        """(row, text) of a column, typed values as the staging query will write them."""
        return [(row, as_text(value)) for row, value in zip(self.rows, self.values[column], strict=True)]

    def known(self, column: str) -> list[Any]:
        """The values of a column that are there; blank text is not."""
        return [v for v in self.values[column] if v is not None and not (isinstance(v, str) and not v.strip())]


def take(engine: Engine, raw: Raw) -> Sample:
    """Sample a raw table; small ones come whole."""
    rows = raw.rows
    if raw.file.rows > HEAD + SPREAD:
        step = raw.file.rows // SPREAD
        rows = rows.filter((rows["_row"] < HEAD) | (rows["_row"] % step == 0))
    table = engine.arrow(rows).sort_by("_row").to_pydict()
    numbers = table.pop("_row")
    return Sample(numbers, table)


def as_text(value: Any) -> str | None:
    """A value as text: whole floats without their ".0", moments in ISO."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
