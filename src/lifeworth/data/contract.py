"""What a table of the house is: one row of what, under which key, with which columns of which type."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.datatypes as dt

MONEY = dt.Decimal(18, 4, nullable=True)
"""Four places: exact for quantity × unit price of common exports, rounded to cents only where it is shown."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A named table: what one row is, its key, and its columns with type and meaning."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: dict[str, tuple[dt.DataType, str]]
    required: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, dt.DataType]:
        """Column names and types."""
        return {name: kind for name, (kind, _) in self.columns.items()}
