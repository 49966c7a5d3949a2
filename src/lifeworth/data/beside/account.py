"""What became of a table beside orders: rows in = rows used + rows set aside, and so with its money, on every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lifeworth.data.sources.source import SourceFile
from lifeworth.errors import LifeworthError

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class People:
    """How many different customers a table names, and how many of them are known from the orders."""

    named: int
    known: int


@dataclass(frozen=True)
class TableAccount:
    """One table beside orders: where it came from, how it was understood, and where each row and each cent went.

    Attributes:
        name: The table.
        layout: The kind of export it was read as.
        files: The sources.
        rows_in: Rows of the sources.
        rows_used: Rows that stand in the table.
        rows_aside: Rows set aside, by reason.
        money_column: The column whose sum is held against the source; empty where the table has no money.
        money_in: Its sum over all rows whose amount could be read, in the currency of the workspace.
        money_used: Its sum over the rows used.
        money_aside: Its sum over the rows set aside, by reason.
        unpriced: Rows set aside without a readable amount.
        sources: The source column of each of ours, in words.
        reasons: Why it was taken.
        unused: Source columns that nothing reads.
        notes: What a person should know, a sentence each.
        first_day: The earliest day of the rows used.
        last_day: The latest.
        people: Customers it names; none where it names nobody.
        filled: Columns that have a value in some row.
    """

    name: str
    layout: str
    files: tuple[SourceFile, ...]
    rows_in: int
    rows_used: int
    rows_aside: Mapping[str, int]
    money_column: str = ""
    money_in: Decimal = ZERO
    money_used: Decimal = ZERO
    money_aside: Mapping[str, Decimal] = field(default_factory=dict)
    unpriced: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    people: People | None = None
    filled: frozenset[str] = frozenset()

    def check(self) -> None:
        """Hold both sides against each other.

        Raises:
            LifeworthError: if a row or a cent is unaccounted for; that is a fault of Lifeworth, not of the data.
        """
        rows = self.rows_used + sum(self.rows_aside.values())
        if rows != self.rows_in:
            raise LifeworthError(
                f"{self.name}: {self.rows_in:,} rows came in, {rows:,} are accounted for.", hint=_OUR_FAULT
            )
        money = self.money_used + sum(self.money_aside.values(), ZERO)
        if money != self.money_in:
            raise LifeworthError(
                f"{self.name}: {self.money_in:,f} came in, {money:,f} is accounted for.", hint=_OUR_FAULT
            )

    def to_json(self) -> dict[str, Any]:
        """Plain values for a manifest; money as text, so no cent is lost."""
        priced = bool(self.money_column)
        return {
            "layout": self.layout,
            "files": [{name: value for name, value in one.to_json().items() if name != "path"} for one in self.files],
            "rows_in": self.rows_in,
            "rows_used": self.rows_used,
            "rows_set_aside": dict(self.rows_aside),
            "money_column": self.money_column or None,
            "money_in": f"{self.money_in:f}" if priced else None,
            "money_used": f"{self.money_used:f}" if priced else None,
            "money_set_aside": {name: f"{amount:f}" for name, amount in self.money_aside.items()} if priced else None,
            "rows_set_aside_without_amount": self.unpriced,
            "columns": {"sources": dict(self.sources), "reasons": dict(self.reasons), "unused": list(self.unused)},
            "first_day": None if self.first_day is None else self.first_day.isoformat(),
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
            "customers": None if self.people is None else {"named": self.people.named, "known": self.people.known},
            "notes": list(self.notes),
        }


_OUR_FAULT = "Lifeworth lost count of your data, which must not happen: please report it with the columns of the table."
