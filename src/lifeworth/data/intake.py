"""Everything that comes in: orders cleaned, tables beside them typed, customers joined with what is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lifeworth.data.beside.folder import Parted, part
from lifeworth.data.beside.people import join_told
from lifeworth.data.beside.read import Beside, known_columns, known_names, read_tables
from lifeworth.data.clean import Cleaned, clean
from lifeworth.data.sources.open import read_orders
from lifeworth.data.sources.source import Source
from lifeworth.engine.base import Engine
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


def take_in(engine: Engine, parted: Parted, settings: Settings, progress: Progress = SILENT) -> Intake:
    """Read and clean orders, then read the tables beside them in the light of the orders.

    The orders say the currency, the last day that counts and who is known. Where they say no currency, that of a table is
    taken, and a note says so.

    Raises:
        InputError: if something cannot be read or understood.
        DataError: if no order is left.
    """
    source = read_orders(engine, parted.orders if parted.orders is not None else [], settings, progress)
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
    )
    if "customers" in beside:
        cleaned = replace(cleaned, customers=join_told(engine, cleaned.customers))
    if beside.currency and not cleaned.currency:
        cleaned = replace(cleaned, currency=beside.currency)
    return Intake(source, cleaned, beside)
