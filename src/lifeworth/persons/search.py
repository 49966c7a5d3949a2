"""The search after an erasure: every file of the workspace, as bytes and as the values in it.

A file may hold a text where nobody sees it: packed, in the dictionary of a column, in a page of a database that is free. So each is
looked at as it stands on disk and, where that hides something, unpacked as well.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.errors import LifeworthError
from lifeworth.persons import lines
from lifeworth.persons.documents import holds_html, holds_json, records, text_of
from lifeworth.persons.needles import Needles, names_customers
from lifeworth.persons.person import Person

JOURNAL = ".erasing"
"""Folder of the workspace with erasures that have not come to their end; it is gone when they have."""
_PIECE = 8 << 20
_TEXT = (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz")
_JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")


def files_of(root: Path) -> list[Path]:
    """Every file of a workspace, but for the erasures under way and uploads that are still coming in."""
    skip = root / JOURNAL
    found = (file for file in root.rglob("*") if file.is_file() and not file.is_symlink())
    return sorted(file for file in found if skip not in file.parents and file.name != ".part")


def is_text(file: Path) -> bool:
    """Whether a file holds rows as text."""
    return file.name.lower().endswith(_TEXT)


def is_json(file: Path) -> bool:
    """Whether a file holds JSON."""
    return file.name.lower().endswith(_JSON)


def hits(person: Person, file: Path, root: Path) -> list[str]:
    """Where a file tells of a person, in words that do not; nothing where it does not."""
    needles = person.needles
    try:
        found = list(_hits(person, file))
    except FileNotFoundError:
        return []  # a file on its way that has come to its place meanwhile
    except (OSError, ValueError, LifeworthError, pa.ArrowException, zipfile.BadZipFile) as error:
        found = [f"it cannot be looked into ({type(error).__name__})"] if _raw_hit(file, needles) else []
    if needles.holds(file.relative_to(root).as_posix()):
        found.append("its name")
    return found


# -- inside -----------------------------------------------------------------------------------------------------------
def _hits(person: Person, file: Path) -> Iterator[str]:
    needles, name = person.needles, file.name.lower()
    if _raw_hit(file, needles):
        yield "its bytes"
    if name.endswith((".parquet", ".pq")):
        yield from _parquet_hits(file, needles)
    elif name.endswith(".duckdb"):
        yield from _shelf_hits(file, needles)
    elif name.endswith((".xlsx", ".xlsm", ".zip")):
        with zipfile.ZipFile(file) as packed:
            for member in packed.infolist():
                with packed.open(member) as inside:
                    if _stream_hit(inside, needles, binary=False):
                        yield f"its part {member.filename}"
    elif is_text(file):
        if lines.tells(person, file):
            yield "its rows"
    elif is_json(file):
        text = text_of(file)
        if needles.may_hold(text) and any(holds_json(one, needles) for one in records(text)):
            yield "its values"
    elif name.endswith((".html", ".htm")):
        if holds_html(file.read_text(encoding="utf-8", errors="replace"), needles):
            yield "its cells"
    elif name.endswith(".gz"):
        with gzip.open(file) as inside:
            if _stream_hit(inside, needles, binary=False):
                yield "its content"


def _raw_hit(file: Path, needles: Needles) -> bool:
    binary = file.suffix.lower() in {".parquet", ".pq", ".db", ".duckdb"} or file.name.endswith(("-wal", "-shm"))
    with file.open("rb") as raw:
        return _stream_hit(raw, needles, binary=binary)


def _stream_hit(raw: IO[bytes] | Any, needles: Needles, *, binary: bool) -> bool:
    """Whether bytes hold something telling, also across the seam of two pieces.

    In a database values stand side by side without a mark between them, so there a find counts whatever stands beside it, unless it
    is part of somebody else's.
    """
    wanted = [one.lower().encode() for one in needles.written]
    wanted += [one.lower().encode("utf-16-le") for one in needles.telling]
    if not wanted:
        return False
    loose = binary and not needles.crowded
    longest, tail = max(map(len, wanted)), b""
    while piece := raw.read(_PIECE):
        held = tail + piece
        small = held.lower()
        if any(one in small for one in wanted):
            if loose:
                return True
            for coding in ("utf-8", "utf-16-le"):
                if needles.holds(held.decode(coding, "replace")):
                    return True
        tail = held[-2 * longest :]
    return False


def _parquet_hits(file: Path, needles: Needles) -> Iterator[str]:
    """Values of a Parquet file as they are read, dictionaries and all; names of columns and what is noted of the file too."""
    with pq.ParquetFile(file) as opened:
        schema = opened.schema_arrow
        texts = [field.name for field in schema if _textual(field.type)]
        ids = [field.name for field in schema if names_customers(field.name)]
        said = json.dumps({str(key): str(value) for key, value in (opened.metadata.metadata or {}).items()})
        if needles.holds(said) or any(needles.holds(one) for one in schema.names):
            yield "what is noted of the file"
    wanted = list(dict.fromkeys([*texts, *ids]))
    if not wanted:
        return
    bad: set[str] = set()
    with pq.ParquetFile(file, read_dictionary=[one for one in texts if _flat(schema.field(one).type)]) as opened:
        for group in range(opened.num_row_groups):
            for column in (one for one in wanted if one not in bad):
                chunked = opened.read_row_group(group, columns=[column]).column(0)
                if any(_chunk_hit(chunk, needles, naming=column in ids) for chunk in chunked.chunks):
                    bad.add(column)
    for column in sorted(bad):
        yield f"its column {column}"


def _textual(kind: pa.DataType) -> bool:
    return _flat(kind) or pa.types.is_nested(kind) or pa.types.is_dictionary(kind)


def _flat(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _chunk_hit(chunk: pa.Array, needles: Needles, *, naming: bool) -> bool:
    if pa.types.is_nested(chunk.type):
        held: list[Any] = chunk.to_pylist()
        return any(holds_json(one, needles) for one in held)
    values = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
    if not _flat(values.type):
        return naming and any(needles.is_id(one) for one in pc.unique(values).to_pylist())
    for one in needles.written:
        near = values.filter(pc.match_substring(values, one, ignore_case=True))
        if any(needles.holds(text) for text in near.to_pylist() if text):
            return True
    ids = pa.array(list(needles.ids), values.type)
    return naming and bool(pc.any(pc.is_in(values, value_set=ids)).as_py())


@contextmanager
def _opened(file: Path, folder: Path) -> Iterator[Engine]:
    """A serving copy, open for reading; who serves in this very process may hold it otherwise, and then it is copied first."""
    try:
        engine = connect(f"duckdb:///{file}", read_only=True)
    except Exception:  # the engine has many words for it, and its own errors are its own
        engine = connect(f"duckdb:///{shutil.copy(file, folder / file.name)}", read_only=True)
    with engine:
        yield engine


def _shelf_hits(file: Path, needles: Needles) -> Iterator[str]:
    """Tables of a serving copy."""
    with tempfile.TemporaryDirectory(prefix="lifeworth-search-") as folder, _opened(file, Path(folder)) as engine:
        for name in engine.tables():
            rows = engine.table(name)
            for column, kind in rows.schema().items():
                if not kind.is_string():
                    continue
                near: Any = rows[column].isin([*needles.ids]) if names_customers(column) else None
                for one in needles.written:
                    hit = rows[column].lower().contains(one.lower())
                    near = hit if near is None else near | hit
                if near is None:
                    continue
                texts = engine.arrow(rows.filter(near).select(column).distinct())[column].to_pylist()
                if any(needles.holds(text) or (names_customers(column) and needles.is_id(text)) for text in texts):
                    yield f"its table {name}, column {column}"
