"""The typed rows of a table beside orders, without the persons who asked to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.beside.kept import Kept
from lifeworth.data.beside.layouts import GIVEN, MONEY_COLUMN
from lifeworth.data.erasures import ACCOUNT, CUSTOMER, REASON, VISITOR, Erased, under_stand_in
from lifeworth.data.left_out import unless
from lifeworth.data.personal import FREE_TEXT, NAMING, is_personal
from lifeworth.engine.base import Engine

_KINDS = {**dict.fromkeys(NAMING, (CUSTOMER,)), "visitor_id": (VISITOR,), "account_id": (ACCOUNT, CUSTOMER)}
"""Columns with ids of persons, and what the ids are of."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Whether rows were set aside, and what is to be said."""

    some: bool = False
    notes: tuple[str, ...] = ()


def leave_out(engine: Engine, table: str, kept: Kept | None, erased: Erased) -> Apart:
    """Mark their rows before anything is made of them; of what is set aside, place and money stay.

    A row of theirs is one that names them, on either side of a referral too. An account of theirs in a row of somebody else is
    blanked; a visit belongs to them where it names no other customer.

    Args:
        engine: Where the rows are.
        table: The table; `_rows_<table>` is replaced where somebody is met.
        kept: Columns nobody asked for that stay in the table.
        erased: Who asked to be forgotten.
    """
    if not erased:
        return Apart()
    name, schema = f"_rows_{table}", dict(GIVEN[table].schema)
    rows = engine.table(name)
    schema |= {} if kept is None else {column: rows[column].type() for column in kept.names}
    met: list[str] = []
    for column in (column for column in _KINDS if column in schema):
        found = erased.met(engine, rows, column, _KINDS[column], f"_met_{column}")
        if found is not None:
            found = found.rename({f"id_{column}": "erased_id", f"as_{column}": "stand_in"})
            rows = rows.left_join(found, rows[column] == found[f"id_{column}"])
            met.append(column)
    if not met:
        return Apart()
    # The joins stand before more is built on them: text that is built on a name stays short.
    rows = engine.create(f"{name}_met", rows)
    gone, hidden = _theirs(rows, met)
    columns = {column: _shown(rows, column, met, gone, hidden, kept) for column in schema}
    columns |= {} if table not in MONEY_COLUMN else {MONEY_COLUMN[table]: rows[MONEY_COLUMN[table]]}
    made = {column: value.cast(schema[column]) for column, value in columns.items()}
    made["_reason"] = ibis.ifelse(gone, REASON, rows["_reason"])
    made |= {column: unless(gone | hidden, rows[column]) for column in ("_column", "_value")}
    order = engine.table(name).columns
    engine.create(name, rows.select(**{column: made.get(column, rows[column]) for column in order}))
    count = engine.row(rows.agg(gone=gone.sum().fill_null(0), hidden=(hidden & ~gone).sum().fill_null(0)))
    engine.drop(f"{name}_met", *(f"_met_{column}" for column in met))
    return Apart(bool(count["gone"]), (under_stand_in(count["hidden"]),) if count["hidden"] else ())


def _theirs(rows: Table, met: list[str]) -> tuple[Any, Any]:
    """Whether a row is of somebody whose rows stay out, and whether of somebody who is under a stand-in."""
    gone: Any = ibis.literal(False)
    hidden: Any = ibis.literal(False)
    for column in met:
        if column == "account_id":
            continue
        stand_in = rows[f"as_{column}"]
        alone = rows["customer_id"].isnull() if column == "visitor_id" else ibis.literal(True)
        gone = gone | ((stand_in == "") & alone).fill_null(False)
        hidden = hidden | ((stand_in != "") & alone).fill_null(False)
    return gone, hidden


def _shown(rows: Table, column: str, met: list[str], gone: Any, hidden: Any, kept: Kept | None) -> Column:
    """A column as it comes in: nothing of who stays out, nothing that tells who is under a stand-in."""
    value = rows[column]
    if column in met:
        value = ibis.ifelse(rows[f"as_{column}"].notnull(), rows[f"as_{column}"].nullif(""), value)
    own = kept is not None and column in kept.names
    if column == "text" or (own and (is_personal(column) or column in FREE_TEXT)):
        value = unless(hidden, value)
    elif own and value.type().is_string():
        # What nobody else has tells who it is, whatever the column is called.
        times = rows.group_by(column).agg(times=rows.count())
        value = unless(hidden & rows[column].isin(times.filter(times["times"] == 1)[column]), value)
    return unless(gone, value)
