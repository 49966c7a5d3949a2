"""Money of the tables beside orders in the currency of the workspace: converted by the table of rates, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import Table

from lifeworth.data.beside.layouts import DAY_COLUMN
from lifeworth.data.contract import MONEY, Contract
from lifeworth.data.currency import BEGINNING, complete, rate_spans, read_rates
from lifeworth.data.notes import counted
from lifeworth.engine.base import Engine
from lifeworth.errors import InputError
from lifeworth.settings import Settings


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Rows in one currency, which one, and what had to be said."""

    rows: Table
    currency: str
    notes: tuple[str, ...] = ()


def exchange(engine: Engine, name: str, contract: Contract, currency: str, settings: Settings) -> Exchanged:
    """The typed rows of a table with all money in one currency.

    A rate is that of the day a row belongs to: of a subscription the day it began, so that its revenue does not move with
    the exchanges; of a product, which has no day, the earliest.

    Args:
        engine: Where the rows are.
        name: The table of typed rows; it is replaced where something is converted.
        contract: The table they become.
        currency: That of the workspace; empty where nothing has said so yet.
        settings: `currency` and `rates`.

    Raises:
        InputError: if currencies meet without rates for all of them.
        FileError: if the table of rates cannot be read.
    """
    rows = engine.table(name)
    amounts = [column for column, kind in contract.schema.items() if kind == MONEY]
    if not amounts:
        return Exchanged(rows, currency)
    spread = engine.row(rows.agg(low=rows["_currency"].min(), high=rows["_currency"].max()))
    main = currency or (settings.currency or "").upper()
    if spread["low"] is None or spread["low"] == spread["high"] == main:
        return Exchanged(rows, main)
    if spread["low"] == spread["high"] and not main:
        return Exchanged(rows, spread["low"], (_adopted(contract.name, spread["low"]),))
    shares = _shares(engine, rows)
    main = main or shares[0][0]
    if settings.rates is None:
        raise _refused(contract.name, shares, main)
    rates = read_rates(settings.rates, main)
    complete({code for code, _ in shares if code}, rates, main, settings.rates)
    spans = engine.load("_rates_beside", rate_spans(rates, main))
    day = DAY_COLUMN.get(contract.name)
    dated = rows.mutate(
        _code=ibis.coalesce(rows["_currency"], ibis.literal(main)),
        _on=ibis.literal(BEGINNING) if day is None else ibis.coalesce(rows[day].cast("date"), ibis.literal(BEGINNING)),
    )
    on = [dated["_code"] == spans["code"], dated["_on"] >= spans["since"], dated["_on"] < spans["until"]]
    met = dated.left_join(spans, on)
    converted = met.mutate(**{column: (met[column] * met["rate"]).round(4).cast(MONEY) for column in amounts})
    # A new name first: a table is not read and replaced at once.
    engine.create(f"{name}_converted", converted.select(*rows.columns))
    kept = engine.create(name, engine.table(f"{name}_converted"))
    engine.drop(f"{name}_converted", "_rates_beside")
    notes = tuple(
        f"{contract.name}: {counted(count, 'row')} in {code} converted into {main} by {settings.rates.name}."
        for code, count in shares
        if code not in {"", main}
    )
    return Exchanged(kept, main, notes)


def _adopted(table: str, code: str) -> str:
    return f"{table}: the amounts are in {code}, and no order says another currency: {code} is taken for all money."


def _shares(engine: Engine, rows: Table) -> list[tuple[str, int]]:
    """Currencies with their rows, the most frequent first."""
    found = engine.arrow(rows.group_by(code=rows["_currency"]).agg(rows=rows.count())).to_pylist()
    named = [(row["code"] or "", row["rows"]) for row in found]
    return sorted(named, key=lambda share: (not share[0], -share[1], share[0]))


def _refused(table: str, shares: Sequence[tuple[str, int]], main: str) -> InputError:
    return InputError(
        f"{table}: the amounts are in other currencies than {main}, and amounts of two currencies cannot be added.",
        faults=[f"{code or 'no currency named'}: {counted(count, 'row')}" for code, count in shares],
        hint=f"Give the worth of one unit of each in {main}: a CSV with columns currency, rate (and date), then add --rates rates.csv.",
    )
