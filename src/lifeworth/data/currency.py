"""One currency a workspace: foreign rows are converted by a table of rates, once, or refused with what to do.

The rate of a row is the latest one dated on or before its day; a table without dates holds for all days.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.data.contract import MONEY
from lifeworth.data.notes import counted
from lifeworth.data.probe import Probe
from lifeworth.engine.base import Engine
from lifeworth.errors import FileError, InputError
from lifeworth.settings import Settings

AMOUNTS = ("unit_price", "money", "discount", "tax", "shipping", "refunded", "cost", "margin")
"""The staged columns that are money."""

BEGINNING, _END = date(1, 1, 1), date(9999, 12, 31)
"""The first day of all, which any rate reaches back to, and the last."""


@dataclass(frozen=True, slots=True)
class Share:
    """What the source holds in one currency: its rows and its money, unconverted."""

    currency: str
    rows: int
    money: Decimal | None


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in the currency of the workspace, from a day on."""

    currency: str
    rate: Decimal
    day: date | None


@dataclass(frozen=True, slots=True)
class OneCurrency:
    """Rows in one currency, and how they came to be so."""

    rows: Table
    currency: str
    shares: tuple[Share, ...] = ()
    """Filled where something was converted."""
    notes: tuple[str, ...] = ()


def one_currency(engine: Engine, rows: Table, probe: Probe, said: str | None, settings: Settings) -> OneCurrency:
    """The rows in the currency of the workspace.

    Args:
        engine: Where the rows are.
        rows: Staged rows.
        probe: What is known of them.
        said: The currency the source as a whole is in, where it says so.
        settings: `currency` and `rates`.

    Raises:
        InputError: if several currencies meet without rates for all of them.
        FileError: if the table of rates cannot be read.
    """
    wanted = settings.currency.upper() if settings.currency else None
    only = probe.currencies[0] if len(probe.currencies) == 1 else None
    if len(probe.currencies) < 2:
        found = only or said
        if found is None or wanted is None or found == wanted:
            return OneCurrency(rows, found or wanted or "")
    shares = _shares(engine, rows) if probe.currencies else (Share(said or "", probe.rows, probe.money),)
    main = wanted or next(share.currency for share in shares if share.currency)
    # A row that names no currency among rows that do is in the one most rows name.
    silent = said or next((share.currency for share in shares if share.currency), main)
    if settings.rates is None:
        raise _refused(shares, main, wanted)
    rates = read_rates(settings.rates, main)
    complete({share.currency or silent for share in shares}, rates, main, settings.rates)
    converted = _convert(engine, rows, rates, main, silent)
    foreign = [share for share in shares if (share.currency or silent) != main]
    notes = [
        f"{counted(share.rows, 'row')} ({share.money or 0:,.2f} {share.currency or silent}) converted into {main} "
        f"by {settings.rates.name}."
        for share in foreign
    ]
    notes += _early(engine, rows, rates)
    return OneCurrency(converted, main, shares, tuple(notes))


def read_rates(path: Path, main: str) -> tuple[Rate, ...]:
    """Rates from a CSV with columns `currency`, `rate` and, where rates change, `date` (2025-03-31).

    Raises:
        FileError: if the file is missing or not such a table; every fault is named.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
            absent = [name for name in ("currency", "rate") if name not in reader.fieldnames]
            if absent:
                raise FileError(
                    f'{path.name} has no column "{absent[0]}".',
                    hint="A table of rates has the columns currency, rate and, if rates change, date.",
                )
            return _rates(list(reader), path, main)
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            f"The table of rates {path} cannot be read: {error}.", hint="Name another: --rates rates.csv"
        ) from error


def _rates(records: Iterable[dict[str, str | None]], path: Path, main: str) -> tuple[Rate, ...]:
    rates: list[Rate] = []
    faults: list[str] = []
    for number, record in enumerate(records, start=2):
        code = (record.get("currency") or "").strip().upper()
        text = (record.get("rate") or "").strip()
        when = (record.get("date") or "").strip()
        rate, day = _positive(text), _day(when)
        if rate is None:
            faults.append(f'row {number}: "{text}" is not a positive number')
        elif when and day is None:
            faults.append(f'row {number}: "{when}" is not a date')
        elif not code:
            faults.append(f"row {number}: no currency")
        elif code == main and rate != 1:
            faults.append(f"row {number}: one {main} is one {main}, not {text}")
        elif any(one.currency == code and one.day == day for one in rates):
            faults.append(f"row {number}: a second rate of {code}" + (f" on {day}" if day else ""))
        else:
            rates.append(Rate(code, rate, day))
    if faults:
        raise FileError(
            f"{path.name}: some rates cannot be used.",
            hint=f"A rate is the worth of one unit in {main}, a positive number; a date reads 2025-03-31.",
            faults=faults,
        )
    return tuple(rates)


def _early(engine: Engine, rows: Table, rates: tuple[Rate, ...]) -> list[str]:
    """Say how many rows are older than the first rate of their currency."""
    firsts = {rate.currency: rate.day for rate in sorted(rates, key=lambda rate: rate.day or BEGINNING, reverse=True)}
    notes = []
    for code, first in sorted(firsts.items()):
        if first is not None:
            old = rows.filter(rows["currency"] == code, rows["ordered_at"] < ibis.literal(first))
            count = engine.row(old.agg(rows=old.count()))["rows"]
            if count:
                notes.append(
                    f"{counted(count, 'row')} in {code} before the first rate, of {first}: that rate was used."
                )
    return notes


def _positive(text: str) -> Decimal | None:
    try:
        rate = Decimal(text)
        return rate.quantize(Decimal("1e-8")) if rate.is_finite() and rate > 0 else None
    except InvalidOperation:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _shares(engine: Engine, rows: Table) -> tuple[Share, ...]:
    grouped = rows.group_by("currency").agg(rows=rows.count(), money=rows["money"].sum())
    found = engine.arrow(grouped).to_pylist()
    found.sort(key=lambda row: (-row["rows"], row["currency"] or ""))
    return tuple(Share(row["currency"] or "", row["rows"], row["money"]) for row in found)


def _refused(shares: tuple[Share, ...], main: str, wanted: str | None) -> InputError:
    if len(shares) == 1:
        message = f"The amounts are in {shares[0].currency}, the workspace is to be in {main}."
    else:
        message = "The amounts are in several currencies, and amounts of two currencies cannot be added."
    faults = [
        f"{share.currency or 'no currency named'}: {counted(share.rows, 'row')}, {share.money or 0:,.2f}"
        for share in shares
    ]
    flag = "" if wanted else f" --currency {main}"
    hint = (
        f"Give the worth of one unit of each in {main}: a CSV with columns currency, rate (and date), then add --rates rates.csv{flag}. "
        "Or run each currency on its own."
    )
    return InputError(message, hint=hint, faults=faults)


def complete(codes: set[str], rates: tuple[Rate, ...], main: str, path: Path) -> None:
    """Refuse currencies that no rate is given for.

    Raises:
        InputError: naming each.
    """
    absent = sorted(codes - {rate.currency for rate in rates} - {main})
    if absent:
        raise InputError(
            f"{path.name} has no rate for {', '.join(absent)}.", hint=f"Add what one unit is worth in {main}."
        )


def _convert(engine: Engine, rows: Table, rates: tuple[Rate, ...], main: str, silent: str) -> Table:
    """Every amount times its rate, to four places; a row without a date takes the earliest rate."""
    spans = engine.load("_rates", rate_spans(rates, main))
    dated = rows.mutate(
        _code=ibis.coalesce(rows["currency"], ibis.literal(silent)),
        _day=ibis.coalesce(rows["ordered_at"].date(), ibis.literal(BEGINNING)),
    )
    met = dated.left_join(
        spans, [dated["_code"] == spans["code"], dated["_day"] >= spans["since"], dated["_day"] < spans["until"]]
    )
    amounts = {name: (met[name] * met["rate"]).round(4).cast(MONEY) for name in AMOUNTS}
    return engine.view("_one_currency", met.mutate(currency=ibis.literal(main), **amounts).select(*rows.columns))


def rate_spans(rates: tuple[Rate, ...], main: str) -> pa.Table:
    """Rates as spans of days without gaps: the first reaches back to the beginning of time."""
    mine = [*(rate for rate in rates if rate.currency != main), Rate(main, Decimal(1), None)]
    records = []
    for code in sorted({rate.currency for rate in mine}):
        own = sorted((rate for rate in mine if rate.currency == code), key=lambda rate: rate.day or BEGINNING)
        starts = [BEGINNING, *((rate.day or BEGINNING) for rate in own[1:])]
        for rate, since, until in zip(own, starts, [*starts[1:], _END], strict=True):
            records.append({"code": code, "rate": rate.rate, "since": since, "until": until})
    schema = pa.schema(
        [("code", pa.string()), ("rate", pa.decimal128(18, 8)), ("since", pa.date32()), ("until", pa.date32())]
    )
    return pa.Table.from_pylist(records, schema=schema)
