"""One table beside orders, from whatever holds it to typed rows that are used or set aside. Read `read_table` downwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ibis.expr.types import Table

from lifeworth.data.beside.exchange import exchange
from lifeworth.data.beside.kept import Kept, keep
from lifeworth.data.beside.layouts import GIVEN, layouts_of
from lifeworth.data.beside.left_out import leave_out
from lifeworth.data.beside.recognise import Understood, recognise, said_of
from lifeworth.data.beside.repeats import mark_repeats
from lifeworth.data.beside.typed import STEP, type_rows
from lifeworth.data.beside.unreadable import judge
from lifeworth.data.erasures import NOBODY, Erased
from lifeworth.data.sources.inputs import listed, read_raw, spoken
from lifeworth.data.sources.readings import read_forms, retry
from lifeworth.data.sources.sample import Sample, take
from lifeworth.data.sources.source import Raw
from lifeworth.data.sources.stage import Readings, as_text
from lifeworth.engine.base import Engine
from lifeworth.errors import ColumnError
from lifeworth.report.progress import Progress
from lifeworth.settings import Settings


@dataclass(frozen=True, slots=True)
class Typed:
    """A table beside orders, typed, with every row judged.

    Attributes:
        rows: The columns of the table, the place of each row, and why it does not count.
        raws: The sources.
        understood: Which column is which.
        kept: Names of columns kept though nobody asked for them.
        currency: The currency of all money of the run, as far as it is known now.
        notes: What a person should know.
        remarked: Rows that have something in a field of `layout.remarks`.
        flawed: Whether some row does not count.
    """

    rows: Table
    raws: tuple[Raw, ...]
    understood: Understood
    kept: Kept | None
    currency: str
    notes: tuple[str, ...]
    remarked: Mapping[str, int]
    flawed: bool


def read_table(
    engine: Engine,
    name: str,
    inputs: Any,
    settings: Settings,
    currency: str,
    limit: date,
    progress: Progress,
    erased: Erased = NOBODY,
) -> Typed:
    """Read a table beside orders into `_rows_<name>`.

    Args:
        engine: Where the rows go.
        name: The table, a name of `layouts.GIVEN`.
        inputs: One input or several of a kind: file, folder, database URL, frame.
        settings: `columns`, `dates`, `decimal`, `currency` and `rates` are heeded.
        currency: That of the workspace; empty where nothing has said so yet.
        limit: The last day that counts.
        progress: Told which input is being read.
        erased: Who asked to be forgotten.

    Raises:
        FileError: if an input is missing, empty, damaged or not of a readable kind.
        ColumnError: if a needed column cannot be told, or most of one cannot be read.
        AmbiguityError: if a value has two readings and nothing in the data decides.
        InputError: if its money is in another currency and no rates are given.
    """
    raws: list[Raw] = []
    try:
        for position, item in enumerate(listed(inputs, name)):
            with progress.step(f"Reading {name} from {spoken(item)}"):
                raws.append(read_raw(engine, f"_raw_{name}_{position}", item, position))
        samples = [take(engine, raw) for raw in raws]
        understood = _understand(name, raws, samples, settings)
        kept = _kept(engine, raws, understood)
        # A day may lie ahead here (a planned end), so the as-of day says nothing of how dates are written.
        plain = settings.model_copy(update={"as_of": None})
        forms, notes = read_forms(engine, raws, samples, understood, plain)
        flawed = _stage(engine, name, raws, understood, forms, kept, limit)
        if flawed:
            rows = engine.table(f"_rows_{name}")
            bad = _unread(engine, rows, raws)
            again = [retry(understood, sample, some) for sample, some in zip(samples, bad, strict=True)]
            second = [new or old for new, old in zip(again, samples, strict=True)]
            forms_then, said = read_forms(engine, raws, second, understood, plain) if any(again) else (forms, notes)
            if forms_then != forms:
                notes = said
                flawed = _stage(engine, name, raws, understood, forms_then, kept, limit)
            judge(engine, engine.table(f"_rows_{name}"), raws, understood)
        remarked = _remarked(engine, raws, understood)
    finally:
        engine.drop(*(step for step in engine.tables() if step.startswith(STEP)))
        engine.drop(*(f"_raw_{name}_{position}" for position in range(len(raws) + 1)))
    exchanged = exchange(engine, f"_rows_{name}", GIVEN[name], currency, settings)
    apart = leave_out(engine, name, kept, erased)
    repeats = mark_repeats(engine, f"_rows_{name}", GIVEN[name])
    rows = engine.table(f"_rows_{name}")
    said = [*(note for raw in raws for note in raw.notes), *understood.notes, *notes, *exchanged.notes, *apart.notes]
    flawed = flawed or repeats or apart.some
    return Typed(rows, tuple(raws), understood, kept, exchanged.currency, tuple(dict.fromkeys(said)), remarked, flawed)


def _understand(name: str, raws: Sequence[Raw], samples: Sequence[Sample], settings: Settings) -> Understood:
    """The columns, told from the first source; every other must have those that are read."""
    layouts, first = layouts_of(name), raws[0]
    understood = recognise(layouts, first.columns, samples[0], said_of(name, layouts, settings.columns), first.where)
    read = dict.fromkeys(understood.fields.values())
    faults = [
        f"{raw.where} lacks {', '.join(missing)}"
        for raw in raws[1:]
        if (missing := [column for column in read if column not in raw.columns])
    ]
    if faults:
        raise ColumnError(
            f"Files that are read together need the same columns as {first.where}:",
            faults=faults,
            hint="Give the columns the same names, or export them in one file.",
        )
    return understood


def _kept(engine: Engine, raws: Sequence[Raw], understood: Understood) -> Kept | None:
    if not understood.layout.keeps_rest:
        return None
    taken = {*understood.layout.contract.columns, *understood.layout.words}
    kept = keep(engine, raws, understood.unused, taken)
    stay = set(kept.names.values())
    understood.unused = tuple(column for column in understood.unused if column not in stay)
    return kept


def _stage(
    engine: Engine,
    name: str,
    raws: Sequence[Raw],
    understood: Understood,
    forms: Sequence[Readings],
    kept: Kept | None,
    limit: date,
) -> bool:
    """Type all rows: quickly, and once more with care if something is the matter with any; whether something is."""
    for careful in (False, True):
        for position, (raw, readings) in enumerate(zip(raws, forms, strict=True)):
            query = type_rows(engine, raw, understood, readings, position, kept=kept, limit=limit, careful=careful)
            if position == 0:
                engine.create(f"_rows_{name}", query)
            else:
                engine.append(f"_rows_{name}", query)
        rows = engine.table(f"_rows_{name}")
        if not engine.row(rows.agg(faulty=rows["_reason"].count()))["faulty"]:
            return False
    return True


def _unread(engine: Engine, rows: Table, raws: Sequence[Raw]) -> list[list[dict[str, Any]]]:
    """Some of the values that could not be read, by source, for a second look at how they are written."""
    bad = rows.filter(rows["_reason"].notnull())
    asked = bad.select("source_file", "source_row", fault_column="_column", fault_value="_value").limit(4_000)
    found: list[list[dict[str, Any]]] = [[] for _ in raws]
    for row in engine.arrow(asked).to_pylist():
        if row["fault_value"] is not None:
            found[row["source_file"]].append(row)
    return found


def _remarked(engine: Engine, raws: Sequence[Raw], understood: Understood) -> dict[str, int]:
    """How many rows have something in the fields that call for a remark."""
    fields = {name: understood.fields[name] for name in understood.layout.remarks if name in understood.fields}
    found = dict.fromkeys(fields, 0)
    for raw in raws if fields else ():
        counts = engine.row(
            raw.rows.agg(
                **{name: as_text(raw.rows[column]).strip().nullif("").count() for name, column in fields.items()}
            )
        )
        found = {name: found[name] + counts[name] for name in fields}
    return found
