"""The door of the tables beside orders: whatever holds them in, named tables, their quarantine and an account each out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.data.beside.account import ZERO, People, TableAccount
from lifeworth.data.beside.layouts import CLOSED, DAY_COLUMN, GIVEN, MONEY_COLUMN, layouts_of
from lifeworth.data.beside.read_one import Typed, read_table
from lifeworth.data.contract import MONEY
from lifeworth.data.contracts import QUARANTINE_BESIDE
from lifeworth.data.erasures import NOBODY, Erased
from lifeworth.data.money import as_money
from lifeworth.data.notes import counted
from lifeworth.engine.base import Engine
from lifeworth.errors import OptionError, near
from lifeworth.report.progress import SILENT, Progress
from lifeworth.settings import Settings, load


@dataclass(frozen=True)
class Beside:
    """The tables beside orders of a run.

    Attributes:
        accounts: What became of each table that was handed in, in the order of the house.
        currency: Of all money; empty where nobody says.
        by_name: The accounts by table.
        notes: What was said of the inputs as a whole.
    """

    accounts: tuple[TableAccount, ...] = ()
    currency: str = ""
    by_name: Mapping[str, TableAccount] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        """Whether a table came in and has rows that count."""
        return name in self.by_name and self.by_name[name].rows_used > 0

    def __getitem__(self, name: str) -> TableAccount:
        return self.by_name[name]

    def to_json(self) -> dict[str, Any]:
        """Every account as plain values, by table."""
        return {one.name: one.to_json() for one in self.accounts}


NOTHING = Beside()
"""No table beside orders."""


def read_tables(
    engine: Engine,
    inputs: Mapping[str, Any],
    settings: Settings | None = None,
    progress: Progress = SILENT,
    *,
    currency: str = "",
    as_of: date | None = None,
    customers: Table | None = None,
    notes: tuple[str, ...] = (),
    erased: Erased = NOBODY,
) -> Beside:
    """Read tables beside orders, each under its name into the engine, typed exactly as its contract says.

    A table of which no row counts does not stand in the engine. Customers come as `customers_told`, since `customers` is
    made of orders first; see `people.py`.

    Args:
        engine: Where the tables come to be; `quarantine_beside` holds what was set aside.
        inputs: By table, one input or several of a kind, as orders may come.
        settings: `columns` (dotted: `marketing_spend.amount`), `dates`, `decimal`, `currency`, `rates`, `as_of`.
        progress: Told which input is being read.
        currency: That of the workspace, where the orders have said it.
        as_of: The last day that counts; by default that of the settings, else today.
        customers: Who is known from the orders, to be held against the customers a table names.
        notes: What was said of the inputs before, kept with the tables.
        erased: Who asked to be forgotten; their rows are set aside, or come in under a stand-in.

    Raises:
        OptionError: if a table is none of the house's, or a mapped column none of its.
        InputError: as `read_one.read_table`; the first fault of the first table that has one.
    """
    settings = settings or load({})
    known_names(inputs)
    engine.drop(QUARANTINE_BESIDE.name)
    limit = as_of or settings.as_of or datetime.now(UTC).astimezone().date()
    accounts: list[TableAccount] = []
    for name in (name for name in GIVEN if name in inputs):
        typed = read_table(engine, name, inputs[name], settings, currency, limit, progress, erased)
        currency = typed.currency
        with progress.step(f"Accounting for {name}"):
            account = _keep(engine, name, typed, customers)
            account.check()
        accounts.append(account)
    return Beside(tuple(accounts), currency, {one.name: one for one in accounts}, notes)


def known_names(names: Mapping[str, Any]) -> None:
    """Refuse what is no table of the house.

    Raises:
        OptionError: naming each, with what is close.
    """
    strange = [name for name in names if name not in GIVEN]
    if strange:
        raise OptionError(
            "Some tables are none that Lifeworth knows."
            if len(strange) > 1
            else f'"{strange[0]}" is no table beside orders.',
            faults=[f'"{name}". {near(name, GIVEN)}'.rstrip() for name in strange],
            allowed=GIVEN,
        )


def known_columns(said: Mapping[str, str]) -> None:
    """Refuse mapped names with a dot that name no table, or no column of one, whether or not that table comes in.

    Raises:
        OptionError: naming the first.
    """
    from lifeworth.data.beside.recognise import said_of

    dotted = [name for name in said if "." in name]
    known_names(dict.fromkeys(name.partition(".")[0] for name in dotted))
    for table in dict.fromkeys(name.partition(".")[0] for name in dotted):
        said_of(table, layouts_of(table), said)


# -- one table --------------------------------------------------------------------------------------------------------
def _keep(engine: Engine, name: str, typed: Typed, customers: Table | None) -> TableAccount:
    """Put the rows that count under the table's name, the others into the quarantine, and count both."""
    rows, contract = typed.rows, GIVEN[name]
    money, day = MONEY_COLUMN.get(name, ""), DAY_COLUMN.get(name, "")
    columns = [*contract.columns, *(typed.kept.names if typed.kept else ())]
    standing = "customers_told" if name == "customers" else name
    engine.drop(standing)
    used = rows.filter(rows["_reason"].isnull()).select(*columns)
    made = engine.view(standing, used)
    reasons = _aside(engine, rows, money) if typed.flawed else []
    if reasons:
        _quarantine(engine, name, typed, money, day)
    asked: dict[str, Any] = {"rows": made.count()}
    asked |= {f"filled_{column}": made[column].count() for column in contract.columns}
    if money:
        asked["money"] = made[money].sum()
    if day:
        asked |= {"first": made[day].cast("date").min(), "last": made[day].cast("date").max()}
    found = engine.row(made.agg(**asked))
    whole = engine.row(rows.agg(money=rows[money].sum())) if money else {"money": ZERO}
    notes = list(typed.notes)
    if found["rows"]:
        notes += _words(engine, name, made)
    else:
        engine.drop(standing)
        notes.append(f"No row of {name} can be used: the table is left out.")
    people = _people(engine, made, customers) if found["rows"] and "customer_id" in contract.columns else None
    if people is not None and customers is not None and name != "customers" and people.known < 0.5 * people.named:
        notes.append(
            f"Only {people.known:,} of {counted(people.named, 'customer')} of {name} are known from the orders: "
            f"do both write customers alike? (--map {name}.customer_id=COLUMN)"
        )
    notes += _remarks(engine, typed)
    sources, why = _told(typed)
    return TableAccount(
        name=name,
        layout=typed.understood.layout.name,
        files=tuple(raw.file for raw in typed.raws),
        rows_in=sum(raw.file.rows for raw in typed.raws),
        rows_used=found["rows"],
        rows_aside={one["reason"]: one["rows"] for one in reasons},
        money_column=money,
        money_in=whole["money"] or ZERO,
        money_used=found.get("money") or ZERO,
        money_aside={one["reason"]: one["money"] for one in reasons if one["money"]},
        unpriced=sum(one["rows"] - one["priced"] for one in reasons) if money else 0,
        sources=sources,
        reasons=why,
        unused=typed.understood.unused,
        notes=tuple(dict.fromkeys(notes)),
        first_day=found.get("first"),
        last_day=found.get("last"),
        people=people,
        filled=frozenset(column for column in contract.columns if found[f"filled_{column}"]),
    )


def _aside(engine: Engine, rows: Table, money: str) -> list[dict[str, Any]]:
    """Rows and money set aside, by reason."""
    bad = rows.filter(rows["_reason"].notnull())
    amount = bad[money] if money else ibis.null(MONEY)
    amounts = bad.mutate(_money=amount)
    grouped = amounts.group_by(reason="_reason").agg(
        rows=amounts.count(), money=amounts["_money"].sum(), priced=amounts["_money"].count()
    )
    found: list[dict[str, Any]] = engine.arrow(grouped.order_by("reason")).to_pylist()
    return [one | {"money": Decimal(one["money"] or 0)} for one in found]


def _quarantine(engine: Engine, name: str, typed: Typed, money: str, day: str) -> None:
    """Add the rows set aside to `quarantine_beside`, with their file, row, column, value and reason."""
    rows = typed.rows.filter(typed.rows["_reason"].notnull())
    files = [(place, raw.where) for place, raw in enumerate(typed.raws)]
    named = rows["customer_id"] if "customer_id" in rows.columns else ibis.null("string")
    query = rows.select(
        table=ibis.literal(name),
        source_file=ibis.cases(*((rows["source_file"] == place, where) for place, where in files), else_=""),
        source_row="source_row",
        reason="_reason",
        column="_column",
        value="_value",
        customer_id=named,
        day=rows[day].cast("date") if day else ibis.null("date"),
        money=as_money(rows[money]) if money else ibis.null(MONEY),
    )
    typed_query = query.select(
        **{column: query[column].cast(kind) for column, kind in QUARANTINE_BESIDE.schema.items()}
    )
    if QUARANTINE_BESIDE.name in engine.tables():
        engine.append(QUARANTINE_BESIDE.name, typed_query)
    else:
        engine.create(QUARANTINE_BESIDE.name, typed_query)


def _people(engine: Engine, made: Table, customers: Table | None) -> People:
    named = made.filter(made["customer_id"].notnull()).select("customer_id").distinct()
    if customers is None:
        return People(engine.row(named.agg(named=named.count()))["named"], 0)
    known = customers.select(known_id="customer_id").distinct()
    met = named.left_join(known, named["customer_id"] == known["known_id"])
    found = engine.row(met.agg(named=met.count(), known=met["known_id"].count()))
    return People(found["named"], found["known"])


def _words(engine: Engine, name: str, made: Table) -> list[str]:
    """Words of columns that know a few only, where others stand there."""
    notes = []
    for column, words in CLOSED.get(name, {}).items():
        other = made.filter(made[column].notnull() & ~made[column].isin(words))
        found = engine.arrow(other.group_by(word=column).agg(rows=other.count()).order_by("word").limit(6)).to_pylist()
        if found:
            shown = ", ".join(f'"{one["word"]}" ({counted(one["rows"], "row")})' for one in found[:5])
            more = " and others" if len(found) > 5 else ""
            notes.append(f"{name}.{column} holds {shown}{more}, which is none of {', '.join(words)}.")
    return notes


def _remarks(engine: Engine, typed: Typed) -> Sequence[str]:
    """What is to be said of rows that have something in a field that is no column."""
    remarks = {
        name: words for name, words in typed.understood.layout.remarks.items() if name in typed.understood.fields
    }
    return [
        f"{counted(typed.remarked[name], 'row')} {words}."
        for name, words in remarks.items()
        if typed.remarked.get(name)
    ]


def _told(typed: Typed) -> tuple[dict[str, str], dict[str, str]]:
    """Source columns and reasons by column of the table, also for columns that are formed."""
    understood = typed.understood
    fields = understood.fields
    sources, reasons = dict(fields), dict(understood.reasons)
    for column, words in understood.layout.said(fields).items():
        sources[column] = words.format_map(fields)
        reasons.setdefault(column, "formed, since no column states it")
    if typed.kept:
        sources |= dict(typed.kept.names)
        reasons |= dict.fromkeys(typed.kept.names, "kept as it is")
    return sources, reasons
