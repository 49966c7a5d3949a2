"""Rows as a file that streams: CSV, Parquet, Arrow, JSON lines, Excel; never more than a few thousand rows in memory."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import xlsxwriter

from lifeworth.api.cells import safe_batch
from lifeworth.api.values import record
from lifeworth.errors import OptionError
from lifeworth.report.files import SAFE, cell, formats_of
from lifeworth.report.spec import Column

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kinds of file, by ending."""

GROUP = 4
"""Batches of a row group of Parquet."""
SHEET = 250_000
"""Rows of a spreadsheet: it is written cell by cell."""
PIECE = 1 << 18


class _Sink(io.RawIOBase):
    """A file that is handed on piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Take some bytes."""
        piece = bytes(data)
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """What was written since the last time."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def stream(
    form: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch], columns: Mapping[str, Column], currency: str
) -> Iterator[bytes]:
    """The bytes of a file of these rows."""
    writers: dict[str, Callable[[], Iterator[bytes]]] = {
        "csv": lambda: _csv(schema, batches),
        "parquet": lambda: _parquet(schema, batches),
        "arrow": lambda: _arrow(schema, batches),
        "jsonl": lambda: _lines(batches, columns, currency),
        "xlsx": lambda: _sheet(schema, batches, columns),
    }
    return writers[form]()


# -- the kinds --------------------------------------------------------------------------------------------------------
def _csv(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    empty = safe_batch(pa.RecordBatch.from_pylist([], schema=schema))
    sink = io.BytesIO()
    pc.write_csv(empty, sink, pc.WriteOptions(include_header=True, quoting_style="needed"))
    yield b"\xef\xbb\xbf" + sink.getvalue()
    for batch in batches:
        sink = io.BytesIO()
        pc.write_csv(safe_batch(batch), sink, pc.WriteOptions(include_header=False, quoting_style="needed"))
        yield sink.getvalue()


def _parquet(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    sink = _Sink()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        for batch in batches:
            held.append(batch)
            if len(held) == GROUP:
                writer.write_table(pa.Table.from_batches(held, schema))
                held = []
                yield sink.take()
        if held:
            writer.write_table(pa.Table.from_batches(held, schema))
    yield sink.take()


def _arrow(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    sink = _Sink()
    with ipc.new_stream(pa.PythonFile(sink, mode="w"), schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield sink.take()
    yield sink.take()


def _lines(batches: Iterator[pa.RecordBatch], columns: Mapping[str, Column], currency: str) -> Iterator[bytes]:
    for batch in batches:
        rows = (record(row, columns, currency) for row in batch.to_pylist())
        yield "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode("utf-8", "replace")  # fmt: skip


def _sheet(schema: pa.Schema, batches: Iterator[pa.RecordBatch], columns: Mapping[str, Column]) -> Iterator[bytes]:
    handle, name = tempfile.mkstemp(prefix="lifeworth-", suffix=".xlsx")
    os.close(handle)
    try:
        with xlsxwriter.Workbook(name, {**SAFE, "constant_memory": True}) as book:
            sheet = book.add_worksheet("Customers")
            formats = formats_of(book, "")
            kinds = [formats.get(columns[one].kind) if one in columns else None for one in schema.names]
            for place, one in enumerate(schema.names):
                sheet.write_string(0, place, one)
            number = 0
            for batch in batches:
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    for place, value in enumerate(row):
                        cell(sheet, number, place, value, kinds[place], formats["date"])
        with Path(name).open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    finally:
        Path(name).unlink(missing_ok=True)


def refuse_large_sheet(rows: int) -> None:
    """Refuse a spreadsheet that nobody could open.

    Raises:
        OptionError: if it has too many rows.
    """
    if rows > SHEET:
        raise OptionError(
            f"{rows:,} customers are more than a spreadsheet takes ({SHEET:,}).", hint="Filter them, or export CSV or Parquet."
        )  # fmt: skip
