"""A person in a table: their rows removed, or brought under the stand-in; whatever tells of them in other rows is cleared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.contracts import CUSTOMERS, ORDERED, TABLES
from lifeworth.data.personal import FREE_TEXT, NAMING, PERSONAL
from lifeworth.engine.base import Engine
from lifeworth.persons.changes import Ledger
from lifeworth.persons.needles import GONE, names_customers
from lifeworth.persons.person import Person

_LOOK, _TELLS = "_look", "tells "
_FREE = {"tickets": ("text",), "feedback": ("text",)}


class CannotChangeError(Exception):
    """A file cannot be written without the person: it has no place for a stand-in, or its order would give the id away."""


def rewrite(engine: Engine, ledger: Ledger, person: Person, file: Path, name: str, orders: Sequence[str] = ()) -> int:
    """Bring a Parquet file to what it may hold.

    Args:
        engine: Where it is read.
        ledger: Told what is done.
        person: Whom it is about.
        file: The file; it is replaced in one step, or left as it is where it tells nothing.
        name: The table it holds, or an empty text for a file from elsewhere.
        orders: Numbers of the person's orders, for tables whose rows name an order only.

    Returns:
        How many rows were touched.

    Raises:
        CannotChangeError: if there is no place for the stand-in.
    """
    rows = engine.scan_parquet(_LOOK, file)
    if not name and not person.erase and _own_rows(engine, rows, person):
        raise CannotChangeError
    own = _own(rows, name, person, orders)
    kinds = [column for column in rows.columns if _is_id(column, name)]
    linked = [one for one in ("account_id", "visitor_id") if one in rows.columns]
    strange: Any = _nowhere(rows)
    for column in linked:
        strange = strange | _text(rows[column]).isin([*person.ids, *person.linked]).fill_null(False)
    asked: dict[str, Any] = {"own": own.sum().fill_null(0), "linked": (strange & ~own).sum().fill_null(0)}
    asked |= _telling(rows, person)
    found = {what: int(count) for what, count in engine.row(rows.agg(**asked)).items()}
    telling = [name.removeprefix(_TELLS) for name, count in found.items() if name.startswith(_TELLS) and count]
    if not found["own"] and not found["linked"] and not telling:
        return 0
    kept = rows.filter(~own) if person.erase else rows
    columns = {column: _shown(kept, column, own, person, telling, kinds, name) for column in rows.columns}
    # A place in the order of ids would give the id away.
    order = [] if person.erase else _order(rows, name)
    with ledger.replacing(file) as part:
        engine.write_parquet(kept.select(**columns), part, order_by=order)
    what = "rows removed" if person.erase else "rows under the stand-in"
    ledger.note(file, what if found["own"] else "values cleared", found["own"] or found["linked"])
    return found["own"]


def orders_of(engine: Engine, file: Path, person: Person) -> tuple[list[str], float]:
    """Numbers of the person's orders in a file of orders, and their revenue."""
    rows = engine.scan_parquet(_LOOK, file)
    mine = rows.filter(rows["customer_id"].isin(list(person.ids))).select("order_id", "net_revenue")
    found = engine.arrow(mine).to_pydict()
    return [str(one) for one in found["order_id"]], float(sum(one for one in found["net_revenue"] if one is not None))


def rows_of(engine: Engine, person: Person, file: Path, name: str, orders: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The person's rows of a table."""
    rows = engine.scan_parquet(_LOOK, file)
    for batch in engine.batches(rows.filter(_own(rows, name, person, orders))):
        yield from batch.to_pylist()


# -- inside -----------------------------------------------------------------------------------------------------------
def _is_id(column: str, name: str) -> bool:
    return column in NAMING or (not name and names_customers(column))


def _nowhere(rows: Table) -> Any:
    """No row, as a column; a constant could not be counted."""
    return rows[rows.columns[0]].isnull() & ibis.literal(False)


def _text(value: Column) -> Column:
    return value if value.type().is_string() else value.cast("string")


def _own(rows: Table, name: str, person: Person, orders: Sequence[str]) -> Any:
    """Whether a row is the person's."""
    own: Any = _nowhere(rows)
    for column in (column for column in rows.columns if _is_id(column, name)):
        own = own | _text(rows[column]).isin(list(person.ids)).fill_null(False)
    nobody = rows["customer_id"].isnull() if "customer_id" in rows.columns else ibis.literal(True)
    if "order_id" in rows.columns and orders and name in {"order_lines", "refunds", "quarantine"}:
        own = own | (nobody & rows["order_id"].isin(list(orders)).fill_null(False))
    if "visitor_id" in rows.columns and person.visitors:
        own = own | (nobody & rows["visitor_id"].isin(list(person.visitors)).fill_null(False))
    if not name:
        for column, kind in rows.schema().items():
            if kind.is_string():
                small = rows[column].strip().lower()
                own = own | small.isin([one.lower() for one in person.values]).fill_null(False)
    return own


def _own_rows(engine: Engine, rows: Table, person: Person) -> bool:
    own = _own(rows, "", person, ())
    return bool(engine.row(rows.agg(own=own.sum().fill_null(0)))["own"])


def _telling(rows: Table, person: Person) -> dict[str, Any]:
    """By column of text how often something tells of the person by itself."""
    skip = {*NAMING, "account_id", "visitor_id"}
    asked: dict[str, Any] = {}
    any_of = "|".join(_pattern(one, person) for one in person.needles.written)
    if not any_of:
        return asked
    for column in (one for one, kind in rows.schema().items() if kind.is_string() and one not in skip):
        asked[f"{_TELLS}{column}"] = rows[column].re_search(any_of).sum().fill_null(0)
    return asked


def _shown(rows: Table, column: str, own: Any, person: Person, telling: list[str], ids: list[str], name: str) -> Column:
    """A column as it stays."""
    value, kind = rows[column], rows[column].type()
    if column in ids or column in {"account_id", "visitor_id"}:
        return _named(value, person)
    if not kind.is_string():
        if not person.erase and name == "customers" and column in PERSONAL:
            return ibis.ifelse(own, ibis.null(kind), value)
        return value
    if not person.erase and _is_veiled(rows, column, name):
        value = ibis.ifelse(own, ibis.null("string"), value)
    elif not person.erase and name == "customers" and column not in CUSTOMERS.columns:
        # What nobody else has tells who it is, whatever the column is called.
        times = rows.group_by(column).agg(times=rows.count())
        once = times.filter(times["times"] == 1)[column]
        value = ibis.ifelse(own & value.isin(once), ibis.null("string"), value)
    if not person.erase and name.startswith("quarantine") and column == "value":
        value = ibis.ifelse(own, ibis.null("string"), value)
    return _cleared(value, person) if column in telling else value


def _named(value: Column, person: Person) -> Column:
    """A column of ids in which the person is the stand-in, or nobody where their rows go."""
    stand_ins = {**dict.fromkeys(person.ids, person.stand_in), **person.linked}
    if person.erase:
        return ibis.ifelse(_text(value).isin(list(stand_ins)).fill_null(False), ibis.null(value.type()), value)
    if not value.type().is_string():
        raise CannotChangeError
    return ibis.cases(*((value == one, to) for one, to in stand_ins.items()), else_=value)


def _is_veiled(rows: Table, column: str, name: str) -> bool:
    if name == "customers":
        return column in PERSONAL or (column in FREE_TEXT and column not in CUSTOMERS.columns)
    return column in _FREE.get(name, ())


def _cleared(value: Any, person: Person) -> Column:
    """Text without what tells of the person; a word on each side of it is left alone."""
    needles = person.needles
    for one in sorted(needles.written, key=len, reverse=True):
        to = needles.cleared(one) or GONE
        for _ in range(2):
            value = value.re_replace(_pattern(one, person), r"\1" + to + r"\2")
    return value


def _pattern(one: str, person: Person) -> str:
    """As `Needles.pattern`, for an engine that looks neither back nor ahead: what stands beside is taken and put back.

    So it is used twice: two finds may share a neighbour.
    """
    tight = any(one in whole or whole in one for whole in person.crowded)
    beside = r"[^\pL\pN_.@+-]" if tight else r"[^\pL\pN]"
    return rf"(?i)(^|{beside}){_quoted(one)}($|{beside})"


def _quoted(text: str) -> str:
    return "".join(one if one.isalnum() else f"\\x{{{ord(one):x}}}" for one in text)


def _order(rows: Table, name: str) -> list[str]:
    if not name:
        return []
    contract = TABLES.get(name)
    return list(ORDERED.get(name) or (contract.key if contract and contract.key else rows.columns))
