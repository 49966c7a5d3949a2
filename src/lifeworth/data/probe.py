"""One look at the staged rows: which specialities there are, so that only the queries they need are built.

Most exports are plain, and a plain export should cost one pass. The probe counts everything that would need a query of
its own (returns, taxes, faults, a second currency …) in a single aggregate; a count of 0 spares the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import BooleanColumn, BooleanScalar, Column, Table

from lifeworth.engine.base import Engine

NO_SALE = ("cancelled", "unpaid", "test")
"""Statuses that set a row aside."""


@dataclass(frozen=True, slots=True)
class FileTotals:
    """What one source file holds, to be held against the file itself."""

    file: int
    rows: int
    money: Decimal | None


@dataclass(frozen=True, slots=True)
class Probe:
    """What the staged rows are like. All numbers are counts of rows unless they say otherwise."""

    files: tuple[FileTotals, ...]
    priced: int
    """Rows with an amount; 0 means that the source has no money at all."""
    head_priced: int
    """Rows without an amount but with quantity and unit price: the amount stands on the first row of the order."""
    faults: int
    dateless: int
    no_sale: int
    returns: int
    taxed: int
    shipped: int
    refunded: int
    margins: int
    costs: int
    zero: int
    later: int
    """Rows after the limit the probe was given."""
    named_orders: int
    nameless_customers: int
    no_currency: int
    currencies: tuple[str, ...]
    """The alphabetically first and last currency: one when all rows agree, none when no row names one."""
    last: datetime | None
    """The latest usable moment up to the limit."""

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(item.rows for item in self.files)

    @property
    def money(self) -> Decimal | None:
        """Sum of all amounts; none where the source has no money."""
        return sum((item.money or Decimal(0) for item in self.files), Decimal(0)) if self.priced else None


def is_return(rows: Table) -> BooleanColumn:
    """Whether a row takes something back: negative units, negative money, or the source says so."""
    zero = ibis.literal(0)
    said: BooleanColumn = (rows["status"] == "return").fill_null(False)
    return (rows["quantity"] < zero).fill_null(False) | (rows["money"] < zero).fill_null(False) | said


def is_after(moment: Column, day: date) -> BooleanColumn:
    """Whether a moment lies after the last minute of a day; null counts as no."""
    after: BooleanColumn = (
        moment >= ibis.literal(datetime.combine(day + timedelta(days=1), datetime.min.time()))
    ).fill_null(False)
    return after


def look(engine: Engine, rows: Table, limit: date) -> Probe:
    """Count what is special in `rows`, judged against the last day that may count."""
    later = is_after(rows["ordered_at"], limit)
    aside = rows["fault"].notnull() | rows["status"].isin(NO_SALE).fill_null(False)
    some = {name: (rows[name] != 0).fill_null(False) for name in ("tax", "shipping", "refunded")}
    counted: dict[str, Any] = {
        "rows": rows.count(),
        "money": rows["money"].sum(),
        "priced": rows["money"].count(),
        "head_priced": _count(rows["money"].isnull() & rows["quantity"].notnull() & rows["unit_price"].notnull()),
        "faults": rows["fault"].count(),
        "dateless": _count(rows["ordered_at"].isnull()),
        "no_sale": _count(rows["status"].isin(NO_SALE).fill_null(False)),
        "returns": _count(is_return(rows)),
        "taxed": _count(some["tax"]),
        "shipped": _count(some["shipping"]),
        "refunded": _count(some["refunded"]),
        "margins": rows["margin"].count(),
        "costs": rows["cost"].count(),
        "zero": _count((rows["money"] == 0).fill_null(False)),
        "later": _count(later),
        "named_orders": rows["order_id"].count(),
        "nameless_customers": _count(rows["customer_id"].isnull()),
        "no_currency": _count(rows["currency"].isnull()),
        "currency_low": rows["currency"].min(),
        "currency_high": rows["currency"].max(),
        "last": rows["ordered_at"].max(where=~aside & ~later),
    }
    found = engine.arrow(rows.group_by("source_file").agg(**counted)).to_pylist()
    found.sort(key=lambda row: row["source_file"])
    codes = {row[end] for row in found for end in ("currency_low", "currency_high") if row[end] is not None}
    moments = [row["last"] for row in found if row["last"] is not None]
    sums = {
        name: sum(row[name] for row in found)
        for name in counted
        if name not in {"rows", "money", "last", "currency_low", "currency_high"}
    }
    return Probe(
        files=tuple(FileTotals(row["source_file"], row["rows"], row["money"]) for row in found),
        currencies=tuple(sorted(codes)),
        last=max(moments, default=None),
        **sums,
    )


def _count(condition: BooleanColumn | BooleanScalar) -> Any:
    return condition.sum().fill_null(0).cast("int64")
