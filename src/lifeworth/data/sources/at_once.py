"""Large plain files in one pass: what a sample of the beginning says is tried on the whole file, and then checked.

Most large exports are plain: dates in one form, numbers with a point, ids as they are. Such a file need not be loaded
as text first. Where anything at all turns out to need care (a value that was lost, an id with blanks, a line that does
not fit), nothing is decided here: the file is read the thorough way, which says what is the matter.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
from ibis.expr.types import StringColumn, Table

from lifeworth.data.sources import ids
from lifeworth.data.sources.files import kind_of, sniff, unique
from lifeworth.data.sources.plan import ID, NUMBER, TIME, Plan
from lifeworth.data.sources.readings import read_forms
from lifeworth.data.sources.sample import Sample, take
from lifeworth.data.sources.source import Raw, SourceFile
from lifeworth.data.sources.stage import Readings, fill, known_times
from lifeworth.data.sources.survey import Survey, sample_text, survey
from lifeworth.engine.base import Engine, TextFormat
from lifeworth.errors import LifeworthError
from lifeworth.settings import Settings

LARGE = 32 << 20
"""Bytes from which one pass instead of two is worth a second try when it fails."""

HEAD = 4_000
"""Rows the first judgement rests on."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was staged in one pass: what is kept in the table, where its rows begin, and how it was read."""

    raw: Raw
    plan: Plan
    readings: Readings
    notes: tuple[str, ...]
    first_row: int


def at_once(
    engine: Engine,
    item: object,
    table: str,
    settings: Settings,
    recognise: Callable[[list[Raw], Sample, Settings], Plan],
    *,
    large: int = LARGE,
) -> Staged | None:
    """Stage a large plain text file into `table`, or nothing where it is not large, not text or not plain.

    Args:
        engine: Where the rows go.
        item: The input; anything but the path of a large file is left alone.
        table: Name of the table of typed rows.
        settings: As for `read_orders`.
        recognise: Tells the columns from a sample.
        large: Bytes from which a file counts as large.
    """
    if not isinstance(item, Path) or not item.is_file() or item.stat().st_size < large:
        return None
    if kind_of(item) != ("text", "none"):
        return None
    with ThreadPoolExecutor(1) as beside:
        # The hash and the encoding need every byte, and the engine's threads leave time for that.
        looked = beside.submit(survey, item, "none")
        try:
            staged = _try(engine, item, table, settings, recognise)
        except LifeworthError:
            staged = None
        finally:
            engine.drop("_head")
        found = looked.result()
    if staged is None or found.encoding not in {"utf-8", "utf-8-sig"} or found.binary or found.blank_lines:
        engine.drop(table, "_scan")
        return None
    return replace(staged, raw=replace(staged.raw, file=_described(staged.raw.file, found)))


def _try(
    engine: Engine,
    path: Path,
    table: str,
    settings: Settings,
    recognise: Callable[[list[Raw], Sample, Settings], Plan],
) -> Staged | None:
    sniffed = sniff(sample_text(path, "none", "utf-8"), path)
    columns, renamed = unique(sniffed.columns)
    layout, first = TextFormat(delimiter=sniffed.delimiter, skip=sniffed.skip), sniffed.skip + 2
    rows = engine.scan_text("_scan", path, layout, columns)
    engine.create("_head", rows.limit(HEAD))
    file = SourceFile(path.name, path, "csv", "utf-8", sniffed.delimiter, HEAD, "", tuple(columns))
    head = Raw("_head", engine.numbered("_head", first), file, (), tuple(columns))
    sample = take(engine, head)
    plan = recognise([head], sample, settings)
    readings, notes = read_forms(engine, [head], [sample], plan, settings)
    forms = readings[0]
    if forms.signs or any(form.trim or form.nobody or form.floats for form in forms.ids.values()):
        return None
    whole = Raw("_scan", rows.mutate(_row=ibis.null("int64")), file, (), tuple(columns))
    typed, ours = fill(engine, whole, plan, forms, careful=False)
    engine.create(table, typed.select(**{name: column for name, column in ours.items() if name != "source_row"}))
    staged = engine.table(table)
    count = engine.row(staged.agg(rows=staged.count()))["rows"]
    if not _plain(engine, staged, plan, forms, count):
        return None
    said = tuple(f"{path.name}: {words}" for words in renamed)
    return Staged(replace(whole, file=replace(file, rows=count)), plan, forms, (*said, *plan.notes, *notes), first)


def _plain(engine: Engine, staged: Table, plan: Plan, forms: Readings, count: int) -> bool:
    """Whether every value of the file was read as the head promised."""
    judged = [name for name, kind in plan.kinds.items() if kind in {TIME, NUMBER}]
    if count == 0 or not set(judged) <= set(staged.columns):
        return False
    facts = {name: staged[name].count() for name in judged}
    found = engine.row(staged.agg(**facts, known=known_times(staged)))
    if not found["known"] or any(found[name] != count for name in judged):
        return False
    return all(
        name in staged.columns and _same_ids(engine, staged, name, forms.ids[name])
        for name, kind in plan.kinds.items()
        if kind == ID
    )


def _same_ids(engine: Engine, rows: Table, name: str, form: ids.IdForm) -> bool:
    """Whether all ids are written as those of the head were."""
    value = rows[name]
    if form.letters:
        odd = value.startswith("'") | value.endswith(".0")
        odd = odd if form.emails else odd | value.contains("@")
        if engine.row(rows.agg(odd=odd.any()))["odd"]:
            return False
        return ids.look(engine, rows, name, form, people=name == "customer_id") == form
    # Numbers that come back from numbers as they were have no blanks, no noughts before them and no point.
    whole = value.try_cast("int64").cast("string") == value
    found = engine.row(rows.agg(known=value.count(), whole=whole.sum(), zero=(value == "0").any()))
    if found["whole"] == found["known"] and not found["zero"]:
        return True
    return ids.look(engine, rows, name, form, people=name == "customer_id") == form and not _dotted(engine, value, rows)


def _dotted(engine: Engine, value: StringColumn, rows: Table) -> bool:
    """Whether anything but digits stands among ids of which the head showed digits only."""
    found = engine.row(rows.agg(known=value.count(), digits=value.re_search(r"^[0-9]+$").sum()))
    return bool(found["known"] != found["digits"])


def _described(file: SourceFile, found: Survey) -> SourceFile:
    return replace(file, sha256=found.sha256, encoding=found.encoding)
