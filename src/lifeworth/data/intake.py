"""Everything that comes in: orders cleaned, tables beside them typed, customers joined with what is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import ibis

from lifeworth.data.beside.folder import Parted, part
from lifeworth.data.beside.people import alone, join_told
from lifeworth.data.beside.read import Beside, known_columns, known_names, read_tables
from lifeworth.data.clean import Cleaned, clean
from lifeworth.data.erasures import NOBODY, Erased
from lifeworth.data.left_out import without
from lifeworth.data.notes import counted
from lifeworth.data.reasons import reason
from lifeworth.data.sources.open import read_orders
from lifeworth.data.sources.source import Source
from lifeworth.engine.base import Engine
from lifeworth.errors import DataError, InputError
from lifeworth.report.progress import SILENT, Progress
from lifeworth.settings import Settings


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run has to work with: the orders as read and as cleaned, and the tables beside them."""

    source: Source
    cleaned: Cleaned
    beside: Beside


def told_apart(inputs: Any, tables: Mapping[str, Any] | None, settings: Settings) -> Parted:
    """Orders and tables beside them: those a folder holds, those of the settings, those named last, in this order.

    Raises:
        OptionError: if a name is no table of the house, or a mapped column none of a table.
    """
    parted = part(inputs)
    named = {**settings.tables, **(tables or {})}
    known_names(named)
    known_columns(settings.columns)
    notes = parted.notes
    again = [name for name in parted.tables if name in named]
    if again:
        notes = (*notes, f"{', '.join(again)} came by name: what the folder holds of them was left.")
    return Parted(parted.orders, {**parted.tables, **named}, notes)


def take_in(
    engine: Engine, parted: Parted, settings: Settings, progress: Progress = SILENT, erased: Erased = NOBODY
) -> Intake:
    """Read and clean orders, then read the tables beside them in the light of the orders.

    The orders say the currency, the last day that counts and who is known. Where they say no currency, that of a table is
    taken, and a note says so. Who asked to be forgotten (`erased`) is set aside before anything else looks.

    Raises:
        InputError: if something cannot be read or understood.
        DataError: if no order is left.
    """
    source = without(engine, read_orders(engine, parted.orders, settings, progress), erased)
    cleaned = clean(engine, source, settings, progress=progress)
    cleaned.reconciliation.check()
    beside = read_tables(
        engine,
        parted.tables,
        settings,
        progress,
        currency=cleaned.currency,
        as_of=cleaned.as_of,
        customers=cleaned.customers,
        notes=parted.notes,
        erased=erased,
    )
    if "customers" in beside:
        cleaned = replace(cleaned, customers=join_told(engine, cleaned.customers))
    if beside.currency and not cleaned.currency:
        cleaned = replace(cleaned, currency=beside.currency)
    return Intake(source, cleaned, beside)


def take_in_alone(
    engine: Engine, parted: Parted, settings: Settings, progress: Progress = SILENT, erased: Erased = NOBODY
) -> tuple[Beside, date]:
    """Read the tables of a company that has no orders, and say which day is the last they know about.

    That day is what the settings say, else the latest on which anything in the tables happened; a planned end lies ahead and
    does not count. `customers` becomes who has ever subscribed.

    Raises:
        InputError: if nothing was handed in, or something cannot be read or understood.
        DataError: if no subscription is left.
    """
    if "subscriptions" not in parted.tables:
        raise InputError(
            "No orders were handed in, and no subscriptions either.",
            hint="Name a file of orders: lifeworth run orders.csv   or one of subscriptions: lifeworth run --table subscriptions=subs.csv",
        )
    today = datetime.now(UTC).astimezone().date()
    limit = settings.as_of or today
    beside = read_tables(engine, parted.tables, settings, progress, as_of=limit, notes=parted.notes, erased=erased)
    if "subscriptions" not in beside:
        account = beside["subscriptions"]
        found = sorted(account.rows_aside.items(), key=lambda one: (-one[1], one[0]))
        why = "; ".join(f"{counted(count, 'row')}: {reason(code).words}" for code, count in found)
        raise DataError(
            f"None of {counted(account.rows_in, 'row')} of subscriptions can be used. {why}",
            hint=reason(found[0][0]).advice,
        )
    subscriptions = engine.table("subscriptions")
    alone(engine, subscriptions)
    known = [account.last_day for account in beside.accounts if account.last_day is not None]
    over = subscriptions.filter(subscriptions["ended_at"] <= ibis.literal(today))
    known += [day for day in engine.row(over.agg(day=over["ended_at"].max())).values() if day is not None]
    return beside, settings.as_of or max(known)
