"""Rows as a file that streams: CSV, Parquet, Arrow, JSON lines, Excel; never more than a few thousand rows in memory."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import xlsxwriter

from lifeworth.api.cells import safe, safe_batch
from lifeworth.api.values import record
from lifeworth.errors import OptionError
from lifeworth.report.spec import Column, Table

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


def table_csv(table: Table) -> bytes:
    """A table of a page as CSV, its column titles as the header."""
    names = [safe(column.title) for column in table.columns]
    rows = [[_text(safe(value)) for value in row] for row in table.rows]
    return "".join(",".join(_quoted(cell) for cell in row) + "\r\n" for row in [names, *rows]).encode("utf-8-sig")


def table_xlsx(table: Table, currency: str = "") -> bytes:
    """A table of a page as a spreadsheet: numbers as numbers in their format, texts as texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _SAFE) as book:
        sheet = book.add_worksheet(_sheet_name(table.title))
        formats = _formats(book, currency)
        bold = book.add_format({"bold": True})
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, column.title, bold)
            sheet.set_column(place, place, max(10, min(40, len(column.title) + 2)))
        for number, row in enumerate(table.rows, start=1):
            for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                _cell(sheet, number, place, value, formats.get(column.kind), formats["date"])
        sheet.freeze_panes(1, 0)
    return out.getvalue()


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
        with xlsxwriter.Workbook(name, {**_SAFE, "constant_memory": True}) as book:
            sheet = book.add_worksheet("Customers")
            formats = _formats(book, "")
            kinds = [formats.get(columns[one].kind) if one in columns else None for one in schema.names]
            for place, one in enumerate(schema.names):
                sheet.write_string(0, place, one)
            number = 0
            for batch in batches:
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    for place, value in enumerate(row):
                        _cell(sheet, number, place, value, kinds[place], formats["date"])
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


_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}


def _formats(book: Any, currency: str) -> dict[str, Any]:
    places = "0" if currency in {"JPY", "KRW", "CLP", "ISK", "VND"} else "0.00"
    told = {"money": f"#,##{places}", "percent": "0.0%", "count": "#,##0", "number": "#,##0.00", "ratio": "0.00", "date": "yyyy-mm-dd", "days": "#,##0", "years": "0.0"}  # fmt: skip
    return {kind: book.add_format({"num_format": form}) for kind, form in told.items()}


def _cell(sheet: Any, row: int, column: int, value: Any, form: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, float(value), form)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), day)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    else:
        # Written as a text, it is one, whatever it begins with.
        sheet.write_string(row, column, str(value)[:32_767])


def _sheet_name(title: str) -> str:
    return ("".join(" " if one in "[]:*?/\\" else one for one in title).strip("' ") or "Table")[:31]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n;') else cell
