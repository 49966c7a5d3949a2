"""The job "check": what a run would understand of uploads, and the map of columns for a person to confirm.

Rows of the files are kept beside the upload and go with it; the book holds no row of anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from lifeworth.data import disk
from lifeworth.data.beside import shown
from lifeworth.data.beside.layouts import GIVEN, layouts_of
from lifeworth.data.beside.read import read_tables
from lifeworth.data.book import Book
from lifeworth.data.contracts import STAGED
from lifeworth.data.sources.columns import MAPPABLE
from lifeworth.data.sources.inputs import listed, read_raw
from lifeworth.data.sources.synonyms import normal
from lifeworth.engine.connect import connect
from lifeworth.jobs.record import Job
from lifeworth.jobs.runs import Inputs, inputs_of, settings_of
from lifeworth.jobs.uploads import ORDERS, RATES, Upload, Uploads
from lifeworth.report.progress import Progress
from lifeworth.report.spec import Page, Text, plain
from lifeworth.settings import Settings

Maps: TypeAlias = Mapping[str, Mapping[str, str]]
"""By table, something of each of our columns."""

SAMPLES = 5
"""Values of a column that are shown."""
LONGEST = 120
"""Characters of one of them."""


def check(root: Path, book: Book, job: Job, progress: Progress) -> dict[str, Any]:
    """Look at uploads: their columns first, so that they can be mapped by hand where they are not understood.

    The arguments of the job: `uploads` (ids) and `options`, as of a run.

    Returns:
        `page`: what a run would understand, as a spec; `enough`: whether it could predict value.

    Raises:
        LifeworthError: if the files cannot be read or understood; the columns are kept all the same.
    """
    uploads = Uploads(root, book)
    these = [uploads.get(str(one)) for one in job.arguments.get("uploads") or ()]
    for upload in these:
        if upload.table != RATES:
            with progress.step(f"Looking at {upload.name}"):
                _keep(uploads, upload, raw_columns(uploads.file(upload)), {}, {})
    settings = settings_of(root, uploads, job.arguments.get("options") or {})
    given = inputs_of(uploads, job.arguments)
    alone = given.orders is None and "subscriptions" not in given.tables
    look = _tables_alone if alone else _all
    page, columns, reasons = look(given, settings, progress)
    for upload in these:
        if upload.table in columns:
            _keep(uploads, upload, kept(uploads, upload), columns[upload.table], reasons.get(upload.table, {}))
    short = any(isinstance(block, Text) and block.tone == "bad" for block in page.blocks)
    return {"page": plain(page), "enough": not short and not alone}


def kept(uploads: Uploads, upload: Upload) -> list[dict[str, Any]]:
    """What was kept of a check; nothing where there was none."""
    with suppress(OSError, ValueError):
        found: list[dict[str, Any]] = json.loads(uploads.found(upload.upload_id).read_text(encoding="utf-8"))
        return found
    return []


def meanings(table: str) -> dict[str, str]:
    """What a column of a table may be mapped to, each with its meaning."""
    if table == ORDERS:
        return {name: STAGED.columns[name][1] if name in STAGED.columns else "" for name in MAPPABLE}
    if table not in GIVEN:
        return {}
    words = dict.fromkeys(word for layout in layouts_of(table) for word in layout.words)
    return {name: GIVEN[table].columns[name][1] if name in GIVEN[table].columns else "" for name in words}


def raw_columns(file: Path) -> list[dict[str, Any]]:
    """The columns of a file as they stand, each with its first values.

    Raises:
        FileError: if it cannot be read.
    """
    with connect() as engine:
        raw = read_raw(engine, "raw", listed(str(file))[0], 0)
        rows = engine.arrow(raw.rows.select(*raw.columns).limit(SAMPLES)).to_pydict()
    return [{"column": name, "samples": [_short(value) for value in rows[name]]} for name in raw.columns]


def _all(given: Inputs, settings: Settings, progress: Progress) -> tuple[Page, Maps, Maps]:
    """Orders or subscriptions with what stands beside them: what a run would read."""
    from lifeworth.job import examine

    found = examine(given.orders, tables=given.tables, settings=settings, progress=progress)
    return found.page, found.columns, found.reasons


def _tables_alone(given: Inputs, settings: Settings, progress: Progress) -> tuple[Page, Maps, Maps]:
    """Tables that say nothing of value by themselves: read, and held against no orders."""
    with connect() as engine:
        beside = read_tables(engine, given.tables, settings, progress)
        page = Page("check", "What was understood", shown.blocks(beside), currency=beside.currency)
    page = replace(page, lead="Tables that go beside orders; a run needs orders or subscriptions as well.")
    accounts = beside.accounts
    return page, {one.name: one.sources for one in accounts}, {one.name: one.reasons for one in accounts}


def _keep(
    uploads: Uploads,
    upload: Upload,
    columns: list[dict[str, Any]],
    sources: Mapping[str, str],
    reasons: Mapping[str, str],
) -> None:
    by_column = {normal(yours): ours for ours, yours in sources.items()}
    whole = []
    for one in columns:
        ours = by_column.get(normal(one["column"]), "")
        # Ours may be made of several columns, and then names them in words.
        ours = ours or next((name for name, yours in sources.items() if one["column"] in _names(yours)), "")
        whole.append({**one, "ours": ours, "why": reasons.get(ours, "") if ours else ""})
    text = json.dumps(whole, ensure_ascii=False)
    disk.write_bytes(uploads.found(upload.upload_id), text.encode("utf-8"))


def _names(words: str) -> list[str]:
    for mark in (" × ", " + ", " - ", " − ", ", ", " and ", " or ", " / "):
        words = words.replace(mark, "\n")
    return words.split("\n")


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
