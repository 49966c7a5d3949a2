"""What is inside an uploaded file, looked at before anything reads it: its kind against its name, and how large it unpacks.

Nothing in a file is ever run: formulas and macros of a spreadsheet are not evaluated, and text is escaped wherever it is shown.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from lifeworth.data.sources.files import kind_of
from lifeworth.errors import FileError

LARGEST = 1 << 30
"""Bytes of an upload."""
LARGEST_UNPACKED = 8 << 30
"""Bytes a packed file may unpack to."""
LARGEST_SHEETS = 2 << 30
"""Bytes a spreadsheet may unpack to; it is read in memory."""
MOST_TIMES = 200
"""How many times larger than its bytes a packed file may be: exports of orders pack 5 to 30 times."""
MOST_MEMBERS = 10_000
"""Files inside a spreadsheet."""
FREE = 16 << 20
"""Bytes that may always be unpacked, whatever the ratio."""
_PIECE = 1 << 20

ENDINGS: dict[str, str] = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".tab": "text", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".parquet": "parquet", ".pq": "parquet", ".xlsx": "excel", ".xlsm": "excel",
    ".csv.gz": "text", ".tsv.gz": "text", ".txt.gz": "text", ".json.gz": "json", ".jsonl.gz": "json", ".ndjson.gz": "json",
}  # fmt: skip
"""Endings that are taken in, and what a file of that name must hold."""


def ending_of(name: str) -> str:
    """The ending of a name among those that are taken in, longest first; empty if there is none."""
    lower = name.lower()
    return next((one for one in sorted(ENDINGS, key=len, reverse=True) if lower.endswith(one)), "")


def examine(path: Path, name: str) -> None:
    """Look into a file that has come in.

    Args:
        path: Where its bytes are.
        name: What it is called, with an ending of `ENDINGS`.

    Raises:
        FileError: if it is empty, not of the kind its name says, damaged, or unpacks to more than is taken in.
    """
    wanted = ENDINGS[ending_of(name)]
    try:
        kind, packing = kind_of(path)
    except FileError as error:
        raise FileError(error.message.replace(str(path), name), hint=error.hint) from error
    said_packed = name.lower().endswith(".gz")
    if kind != wanted and {kind, wanted} != {"text", "json"}:
        raise FileError(f"{name} is not what its name says: it holds {_spoken(kind)}.", hint="Export it again.")
    if said_packed != (packing == "gzip") or packing == "zstd":
        raise FileError(
            f"{name} is {'packed' if packing != 'none' else 'not packed'}, and its name says otherwise.",
            hint="Name it .csv.gz if it is packed with gzip, .csv if it is not.",
        )
    if packing == "gzip":
        _unpack(path, name)
    elif kind == "excel":
        _look_into_sheets(path, name)
    elif kind == "parquet":
        _look_into_parquet(path, name)
    else:
        _refuse_pages(path, name)


def _unpack(path: Path, name: str) -> None:
    """Unpack a gzip file without keeping it, and stop as soon as it is too much."""
    packed = path.stat().st_size
    most = min(LARGEST_UNPACKED, max(FREE, packed * MOST_TIMES))
    size, first, unpack = 0, b"", zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                while piece:
                    out = unpack.decompress(piece, _PIECE)
                    size += len(out)
                    first = first or out[:512]
                    if size > most:
                        raise _bomb(name)
                    piece = unpack.unconsumed_tail
                    if unpack.eof:  # several packed files one after another are one file
                        piece, unpack = unpack.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 16)
    except zlib.error as error:
        raise FileError(f"{name} is damaged: {error}.", hint="Pack or export it again.") from error
    _refuse_markup(first, name)


def _look_into_sheets(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            members = book.infolist()
            size = 0
            if len(members) > MOST_MEMBERS:
                raise _bomb(name)
            names = {one.filename for one in members}
            if not any(one.startswith("xl/workbook.") for one in names):
                raise FileError(
                    f"{name} is a packed folder, not a spreadsheet.", hint="Unpack it and upload the files."
                )
            for one in members:
                # What the directory says may be a lie: the bytes are counted.
                with book.open(one) as stream:
                    while piece := stream.read(_PIECE):
                        size += len(piece)
                        if size > min(LARGEST_SHEETS, max(FREE, path.stat().st_size * MOST_TIMES)):
                            raise _bomb(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise FileError(f"{name} is damaged or locked: {error}.", hint="Save it anew, without a password.") from error


def _look_into_parquet(path: Path, name: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        told = pq.read_metadata(path)
        size = sum(told.row_group(place).total_byte_size for place in range(told.num_row_groups))
    except (pa.ArrowException, OSError) as error:
        raise FileError(f"{name} is damaged: {error}.", hint="Write it anew.") from error
    if size > LARGEST_UNPACKED:
        raise _bomb(name)


def _refuse_pages(path: Path, name: str) -> None:
    with path.open("rb") as file:
        _refuse_markup(file.read(512), name)


def _refuse_markup(first: bytes, name: str) -> None:
    """A page of a browser is no table: what a shop's log-in page saved as CSV looks like."""
    if first.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<script")):
        raise FileError(f"{name} holds a web page, not a table.", hint="Sign in to your shop and export it again.")


def _bomb(name: str) -> FileError:
    return FileError(
        f"{name} unpacks to far more than a table of its size.", hint="Save it as Parquet, or as CSV packed with gzip."
    )


def _spoken(kind: str) -> str:
    return {"text": "text", "json": "JSON", "parquet": "Parquet", "excel": "a spreadsheet"}.get(kind, kind)
