"""Files: what kind each is, and how its rows come in. A file is known by its first bytes, not by its name."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import ibis
from ibis.expr.types import Table

from lifeworth.data.sources.source import Raw, SourceFile
from lifeworth.data.sources.survey import Survey, blank_gaps, open_bytes, sample_text, survey, transcode
from lifeworth.engine.base import Engine, TextFormat
from lifeworth.errors import FileError, InputError

ENDINGS = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".tab": "text", ".json": "json", ".jsonl": "json",
    ".ndjson": "json", ".parquet": "parquet", ".pq": "parquet", ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel",
    ".xlsb": "excel", ".ods": "excel",
}  # fmt: skip
READABLE = "CSV (also .gz, .zst), JSON, JSON lines, Parquet, Excel"
DELIMITERS = (",", ";", "\t", "|")
_MAX_GAPS = 100
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_MAGIC = (
    (b"PAR1", "parquet"), (b"PK\x03\x04", "excel"), (b"\xd0\xcf\x11\xe0", "excel"), (b"SQLite format 3", "sqlite"),
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG picture"), (b"\xff\xd8\xff", "JPEG picture"), (b"ARROW1", "Arrow file"),
)  # fmt: skip


def is_url(text: str) -> bool:
    """Whether a text names a database rather than a file."""
    return re.match(r"\w+://", text) is not None


def expand(path: Path) -> list[Path]:
    """The files a path stands for: itself, or all data files of a folder, which must be of one kind.

    Raises:
        FileError: if there is nothing there, nothing readable in the folder, or files of several kinds.
    """
    if not path.exists():
        near = get_close_matches(path.name, [p.name for p in _siblings(path)], n=1, cutoff=0.6)
        hint = f'Did you mean "{path.parent / near[0]}"?' if near else "Check the path."
        raise FileError(f"{path} does not exist.", hint=hint)
    if not path.is_dir():
        return [path]
    files = data_files(path)
    if not files:
        raise FileError(f"The folder {path} holds no data file.", hint=f"Lifeworth reads {READABLE}.")
    return kinds_apart(path, files)


def data_files(folder: Path) -> list[Path]:
    """The files of a folder that may hold rows, in the order of their names."""
    items = sorted(folder.iterdir())
    return [
        item for item in items if item.is_file() and _ending(item) in ENDINGS and not item.name.startswith((".", "~$"))
    ]


def kinds_apart(folder: Path, files: Sequence[Path]) -> list[Path]:
    """The files themselves, where they are of one kind and so may be read together.

    Raises:
        FileError: if they are of several kinds; the first of each is named.
    """
    kinds: dict[str, list[Path]] = {}
    for item in files:
        kinds.setdefault(ENDINGS[_ending(item)], []).append(item)
    if len(kinds) > 1:
        found = "; ".join(f"{len(some)} {kind} (first: {some[0].name})" for kind, some in kinds.items())
        raise FileError(
            f"The folder {folder} holds files of several kinds: {found}.", hint="Name the files that are the orders."
        )
    return list(files)


def stem(path: Path) -> str:
    """The name of a file without its ending, packed or not: "tickets.csv.gz" is "tickets"."""
    name = path.name.lower()
    for packed in (".gz", ".zst", ".zstd"):
        name = name.removesuffix(packed)
    return Path(name).stem


def kind_of(path: Path) -> tuple[str, str]:
    """What a file is, by its bytes: (text, json, parquet or excel; how it is packed).

    Raises:
        FileError: if it is empty, may not be read, or is something else.
    """
    start, packing = _start(path)
    if not start:
        raise FileError(f"{path} is empty.", hint="Export it again; the file has no content at all.")
    kind = next((kind for magic, kind in _MAGIC if start.startswith(magic)), "")
    if kind in {"parquet", "excel"}:
        return kind, packing
    if kind == "sqlite" or start[8:12] == b"DUCK":
        scheme = kind or "duckdb"
        raise FileError(f"{path} is a database, not a file of rows.", hint=f"Name the table: {scheme}:///{path}#orders")
    if kind:
        raise FileError(f"{path} is a {kind}, not a table.", hint=f"Lifeworth reads {READABLE}.")
    text = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if text[:1] in {b"{", b"["}:
        return "json", packing
    return "text", packing


@dataclass(frozen=True, slots=True)
class Sniffed:
    """How a text file is laid out: its columns as the header names them, and what stands before the header."""

    delimiter: str
    skip: int
    columns: tuple[str, ...]


def read_text_file(engine: Engine, name: str, path: Path, packing: str) -> Raw:
    """Load a delimited text file: encoding, delimiter and header are found out.

    Raises:
        FileError: if it is not text, has no rows, or a row does not fit its header (the row is named).
    """
    found = survey(path, packing)
    if found.binary:
        raise FileError(
            f"{path} is not text: it holds zero bytes.", hint=f"Lifeworth reads {READABLE}. Export it again."
        )
    notes: list[str] = []
    sniffed = sniff(sample_text(path, packing, found.encoding), path)
    columns, renamed = unique(sniffed.columns)
    notes += [f"{path.name}: {words}" for words in renamed]
    rows = _load(engine, name, path, packing, found, sniffed, columns)
    count = engine.row(rows.aggregate(n=rows.count()))["n"]
    if count == 0:
        raise FileError(f"{path} has a header and no rows below it.", hint="Export it again, with its rows.")
    if found.blank_lines:
        rows, words = _shifted(rows, blank_gaps(path, packing), sniffed.skip)
        notes += [f"{path.name}: {words}"] if words else []
    if found.encoding not in {"utf-8", "utf-8-sig"}:
        notes.append(f"{path.name}: read as {_spoken(found.encoding)}")
    file = SourceFile(path.name, path, "csv", found.encoding, sniffed.delimiter, count, found.sha256, tuple(columns))
    return Raw(name, rows, file, tuple(notes), tuple(columns))


def read_parquet_file(engine: Engine, name: str, path: Path) -> Raw:
    """Load a Parquet file with the types it has."""
    digest = survey(path, "none").sha256
    rows = engine.read_parquet(name, [path])
    columns = tuple(column for column in rows.columns if column != "_row")
    count = engine.row(rows.aggregate(n=rows.count()))["n"]
    if count == 0:
        raise FileError(f"{path} has columns and no rows.", hint="Export it again, with its rows.")
    return Raw(name, rows, SourceFile(path.name, path, "parquet", None, None, count, digest, columns), (), columns)


def sniff(text: str, path: Path) -> Sniffed:
    """Delimiter and header of a text, from its beginning.

    Excel's first line "sep=;" is followed; otherwise the delimiter is the one that cuts most records into the same
    number of fields as the header.

    Raises:
        FileError: if there is nothing but blank lines.
    """
    skip, said = 0, re.match(r"sep=(.)\r?\n", text.lstrip("\ufeff"), re.IGNORECASE)
    body = text.lstrip("\ufeff")
    if said:
        skip, body = 1, body[said.end() :]
    if not body.strip():
        raise FileError(f"{path} holds blank lines only.", hint="Export it again.")
    scored = [(_score(body, delimiter), -i, delimiter) for i, delimiter in enumerate(DELIMITERS)]
    delimiter = said[1] if said and said[1] in DELIMITERS else max(scored)[2]
    records = _records(body, delimiter, 200)
    # Blank lines above the header are none of the records; the reader must step over them by count.
    header = records[0]
    beyond = max((len(record) for record in records), default=0)
    if beyond > len(header) and all(not any(r[len(header) :]) for r in records):
        header = header + [""] * (beyond - len(header))
    return Sniffed(delimiter, skip, tuple(header))


def unique(columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Column names made distinct (also without regard to case), and the words that say what was renamed."""
    names: list[str] = []
    notes: list[str] = []
    seen: set[str] = set()
    for position, column in enumerate(columns, start=1):
        base = column.strip().strip("\ufeff") or f"column_{position}"
        name, count = base, 1
        while name.lower() in seen or name == "_row":
            count += 1
            name = f"{base}_{count}"
        if name != base:
            notes.append(f'two columns are called "{base}"; the later one is read as "{name}"')
        seen.add(name.lower())
        names.append(name)
    return names, notes


def _load(
    engine: Engine, name: str, path: Path, packing: str, found: Survey, sniffed: Sniffed, columns: list[str]
) -> Table:
    layout = TextFormat(delimiter=sniffed.delimiter, compression=packing, skip=sniffed.skip)
    if found.encoding not in {"utf-8", "utf-8-sig"}:
        return _load_anew(engine, name, path, packing, found.encoding, layout, columns)
    try:
        return engine.read_text(name, path, layout, columns)
    except InputError as error:
        if "state" in error.message:  # line ends of two kinds; written anew they are of one
            return _load_anew(engine, name, path, packing, found.encoding, layout, columns)
        raise


def _load_anew(
    engine: Engine, name: str, path: Path, packing: str, encoding: str, layout: TextFormat, columns: list[str]
) -> Table:
    with tempfile.TemporaryDirectory(prefix="lifeworth-") as folder:
        copy = Path(folder) / path.name
        transcode(path, packing, encoding, copy)
        return engine.read_text(name, copy, replace(layout, compression="none"), columns)


def _shifted(rows: Table, gaps: list[tuple[int, int]], skip: int) -> tuple[Table, str]:
    """Row numbers that count the blank lines of the file, as a person (and a spreadsheet) does."""
    if len(gaps) > _MAX_GAPS:
        return rows, f"blank lines stand in {len(gaps)} places; row numbers leave them out"
    number = rows["_row"]
    for records, blank in gaps:
        number = number + ibis.ifelse(rows["_row"] > records, blank, 0)
    return rows.mutate(_row=number.cast("int64")), ""


def _score(text: str, delimiter: str) -> tuple[float, int]:
    records = _records(text, delimiter, 200)
    width = len(records[0]) if records else 0
    if width < 2:
        return 0.0, width
    return sum(len(record) == width for record in records) / len(records), width


def _records(text: str, delimiter: str, limit: int) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: list[list[str]] = []
    try:
        for record in csv.reader((line + "\n" for line in lines), delimiter=delimiter):
            if record:
                found.append(record)
            if len(found) == limit:
                break
    except csv.Error:
        pass
    return found


def _start(path: Path) -> tuple[bytes, str]:
    try:
        with path.open("rb") as file:
            start = file.read(64)
        packing = next((how for magic, how in _PACKED.items() if start.startswith(magic)), "none")
        if packing != "none":
            with open_bytes(path, packing) as stream:
                start = stream.read(64)
    except PermissionError as error:
        raise FileError(f"{path} may not be read.", hint="Give yourself the right to read it.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error}.", hint="Copy or export it again.") from error
    return start, packing


def _siblings(path: Path) -> list[Path]:
    return list(path.parent.iterdir()) if path.parent.is_dir() else []


def _ending(path: Path) -> str:
    name = path.name.lower()
    for packed in (".gz", ".zst", ".zstd"):
        name = name.removesuffix(packed)
    return Path(name).suffix


def _spoken(encoding: str) -> str:
    return {"cp1252": "Windows-1252 (Latin-1)"}.get(encoding, encoding.upper())
