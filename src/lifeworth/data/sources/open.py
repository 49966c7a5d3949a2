"""The door: whatever holds orders in, staged rows out. Read `read_orders` from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.data.contracts import STAGED
from lifeworth.data.sources.at_once import Staged, at_once
from lifeworth.data.sources.check_rows import judge, mixed_case, nobody_note, status_note
from lifeworth.data.sources.columns import overrides
from lifeworth.data.sources.generic import plan_generic
from lifeworth.data.sources.inputs import listed, read_raw, spoken
from lifeworth.data.sources.layout import plan_layout
from lifeworth.data.sources.plan import Plan
from lifeworth.data.sources.readings import read_forms, retry
from lifeworth.data.sources.sample import Sample, take
from lifeworth.data.sources.shopify import SHOPIFY
from lifeworth.data.sources.source import ColumnMap, Raw, Source
from lifeworth.data.sources.stage import Readings, fill, needs_care
from lifeworth.data.sources.woocommerce import WOOCOMMERCE
from lifeworth.engine.base import Engine
from lifeworth.errors import ColumnError
from lifeworth.report.progress import SILENT, Progress
from lifeworth.settings import Settings, load

LAYOUTS = (SHOPIFY, WOOCOMMERCE)
_FILLED = "staged_rows"
_HOUSEKEEPING = {"source_file", "source_row", "fault", "fault_column", "fault_value"}


def read_orders(
    engine: Engine, inputs: Sequence[Any] | Any, settings: Settings | None = None, progress: Progress = SILENT
) -> Source:
    """Read orders into the table "staged": recognise the columns, decide how values are written, type every row.

    Args:
        engine: Where the rows go.
        inputs: Files, folders, database URLs with a table ("sqlite:///shop.db#orders") or frames; several are read
            together and must have the same columns, in any order.
        settings: `columns`, `dates`, `decimal`, `as_of` and `currency` are heeded.
        progress: Told which input is being read.

    Raises:
        FileError: if an input is missing, empty, damaged or not of a readable kind.
        ColumnError: if the date or the customer cannot be told, or most values of a column cannot be read.
        AmbiguityError: if a value has two readings and nothing in the data decides.
        OptionError: if a mapped name is not one of ours.
    """
    settings = settings or load({})
    items = listed(inputs)
    if len(items) == 1:
        with progress.step(f"Reading {spoken(items[0])}"):
            plain = at_once(engine, items[0], _FILLED, settings, recognise)
        if plain is not None:
            return _plain_source(engine, plain)
    return _read_thoroughly(engine, items, settings, progress)


def _plain_source(engine: Engine, plain: Staged) -> Source:
    """The source of a file that was staged in one pass."""
    rows = engine.numbered(_FILLED, plain.first_row).rename(source_row="_row")
    _view(engine, rows)
    raws, readings = [plain.raw], [plain.readings]
    notes = [*plain.notes, *status_note(engine, raws, plain.plan), *mixed_case(engine, readings)]
    engine.drop("_scan")
    return _source(engine, raws, plain.plan, readings, notes)


def _read_thoroughly(engine: Engine, items: Sequence[Any], settings: Settings, progress: Progress) -> Source:
    """Load everything as it stands, sample it, decide how it is written, and type every row."""
    raws: list[Raw] = []
    try:
        for position, item in enumerate(items):
            with progress.step(f"Reading {spoken(item)}"):
                raws.append(read_raw(engine, f"_raw_{position}", item, position))
        samples = [take(engine, raw) for raw in raws]
        plan = recognise(raws, samples[0], settings)
        with progress.step("Understanding the columns"):
            readings, notes = read_forms(engine, raws, samples, plan, settings)
            _stage(engine, raws, plan, readings)
            again = [retry(plan, sample, rows) for sample, rows in zip(samples, _faults(engine, raws), strict=True)]
            if any(again):
                # Values that the sample did not show may tell more: a thousands separator, a second form of date.
                second = [new or old for new, old in zip(again, samples, strict=True)]
                forms, said = read_forms(engine, raws, second, plan, settings)
                if forms != readings:
                    readings, notes = forms, said
                    _stage(engine, raws, plan, readings)
            judge(engine, raws, plan)
            notes = [*(note for raw in raws for note in raw.notes), *plan.notes, *notes]
            notes += nobody_note(engine, raws, plan, readings)
            notes += status_note(engine, raws, plan)
            notes += mixed_case(engine, readings)
    finally:
        engine.drop(*(f"_raw_{position}" for position in range(len(raws) + 1)))
    return _source(engine, raws, plan, readings, notes)


def recognise(raws: Sequence[Raw], sample: Sample, settings: Settings) -> Plan:
    """Layout and columns, told from the first input; every other must have the columns that are read.

    Raises:
        ColumnError: if a needed column is missing in any input.
        OptionError: if a mapped name is not one of ours.
    """
    first = raws[0]
    mapped = overrides(first.columns, settings.columns, first.where)
    layout = next((layout for layout in LAYOUTS if layout.recognises(first.columns)), None)
    plan = (
        plan_layout(layout, first.columns, mapped, first.where)
        if layout is not None
        else plan_generic(first.columns, sample, mapped, first.where)
    )
    faults = []
    for raw in raws[1:]:
        missing = [column for column in dict.fromkeys(plan.fields.values()) if column not in raw.columns]
        if missing:
            faults.append(f"{raw.where} lacks {', '.join(missing)}")
    if faults:
        raise ColumnError(
            f"Files that are read together need the same columns as {first.where}:",
            faults=faults,
            hint="Give the columns the same names, or read the files one by one.",
        )
    return plan


def _stage(engine: Engine, raws: Sequence[Raw], plan: Plan, readings: Sequence[Readings]) -> None:
    """Stage all inputs: quickly, and once more with care if values were lost on the way."""
    _stage_once(engine, raws, plan, readings, careful=False)
    if needs_care(engine, raws, plan, engine.table(STAGED.name)):
        _stage_once(engine, raws, plan, readings, careful=True)


def _stage_once(
    engine: Engine, raws: Sequence[Raw], plan: Plan, readings: Sequence[Readings], *, careful: bool
) -> None:
    """Keep the columns that are filled in a table; what no input fills is added by the view "staged" at no cost."""
    parts = [fill(engine, raw, plan, forms, careful=careful) for raw, forms in zip(raws, readings, strict=True)]
    names = [name for name in STAGED.columns if any(name in ours for _, ours in parts)]
    for position, (typed, ours) in enumerate(parts):
        place = {"source_file": ibis.literal(position, "int32")} if len(parts) > 1 else {}
        query = typed.select(**place, **{name: ours.get(name, ibis.null(STAGED.schema[name])) for name in names})
        if position == 0:
            engine.create(_FILLED, query)
        else:
            engine.append(_FILLED, query)
    _view(engine, engine.table(_FILLED))


def _view(engine: Engine, rows: Table) -> None:
    """The view "staged": the filled columns, and the others empty, which costs nothing."""
    absent = {name: ibis.null(kind) for name, kind in STAGED.schema.items()} | {"source_file": ibis.literal(0)}
    columns = {name: rows[name] if name in rows.columns else absent[name] for name in STAGED.columns}
    engine.view(
        STAGED.name, rows.select(**{name: column.cast(STAGED.schema[name]) for name, column in columns.items()})
    )


def _faults(engine: Engine, raws: Sequence[Raw]) -> list[list[dict[str, Any]]]:
    """Some of the values that could not be read, by input."""
    rows = engine.table(STAGED.name)
    bad = rows.filter(rows["fault"].notnull()).select("source_file", "source_row", "fault_column", "fault_value")
    found: list[list[dict[str, Any]]] = [[] for _ in raws]
    for row in engine.arrow(bad.limit(4_000)).to_pylist():
        found[row["source_file"]].append(row)
    return found


def _source(
    engine: Engine, raws: Sequence[Raw], plan: Plan, readings: Sequence[Readings], notes: Sequence[str]
) -> Source:
    rows = engine.table(STAGED.name)
    has = {name for name in engine.table(_FILLED).columns if name not in _HOUSEKEEPING}
    currencies = {forms.currency for forms in readings}
    currency = next(iter(currencies)) if len(currencies) == 1 else None
    if "currency" in plan.sources:
        ends = engine.row(rows.agg(low=rows["currency"].min(), high=rows["currency"].max()))
        currency = ends["low"] if ends["low"] == ends["high"] else None
    columns = ColumnMap(dict(plan.sources), dict(plan.reasons), plan.unused, plan.layout, plan.grain, plan.money)
    return Source(rows, tuple(raw.file for raw in raws), columns, tuple(dict.fromkeys(notes)), frozenset(has), currency)
