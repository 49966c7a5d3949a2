"""The business as files: CSV as a shop would export it, and the truth beside it as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.data.synthetic.business import Business
from lifeworth.errors import StorageError

_ROWS_AT_ONCE = 100_000
_QUOTE, _COMMA, _BREAK, _NOTHING = (pa.scalar(text, pa.large_string()) for text in ('"', ",", "\n", ""))
# The clean orders are the answer, not the question: the export is what a shop hands out.
_NOT_HANDED_OUT = {"orders", "refunds", "order_lines"}


def write(business: Business, folder: Path | str) -> list[Path]:
    """Write `orders.csv` (the export), a CSV file a table, `truth.json` and `truth_customers.csv`.

    Args:
        business: What `generate` made.
        folder: Where to; it is made if it is not there, and files of these names in it are replaced.

    Returns:
        The files written; the order export first.

    Raises:
        StorageError: if the folder cannot be written to.
    """
    folder = Path(folder)
    tables = {"orders": business.export}
    tables |= {name: rows for name, rows in business.tables.items() if name not in _NOT_HANDED_OUT}
    tables["truth_customers"] = business.customer_truth
    files = [folder / f"{name}.csv" for name in tables]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, rows in zip(files, tables.values(), strict=True):
            _write_csv(_filled(rows), file)
        truth = folder / "truth.json"
        truth.write_text(json.dumps(business.truth, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written to: {error.strerror or error}.", hint="Choose another folder, or make room."
        ) from error
    return [*files, truth]


def _filled(rows: pa.Table) -> pa.Table:
    """Without the columns that no row fills: a shop would not export them."""
    return rows.select([name for name in rows.column_names if rows[name].null_count < max(rows.num_rows, 1)])


def _write_csv(rows: pa.Table, file: Path) -> None:
    """One table as CSV: dates and times in ISO form, money with two places, quotes only where they are needed."""
    with file.open("wb") as out:
        out.write((",".join(rows.column_names) + "\n").encode())
        for begin in range(0, rows.num_rows, _ROWS_AT_ONCE):
            part = rows.slice(begin, _ROWS_AT_ONCE)
            texts = [_text(column.combine_chunks()) for column in part.columns]
            lines = pc.binary_join_element_wise(*texts, _COMMA)
            ended = pc.binary_join_element_wise(lines, _BREAK, _NOTHING)
            # Arrow keeps text end to end in one buffer: that buffer is the file.
            out.write(memoryview(ended.buffers()[2]))


def _text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.decimal128(18, 2))
    elif pa.types.is_timestamp(kind):
        column = pc.strftime(column.cast(pa.timestamp("s")), format="%Y-%m-%d %H:%M:%S")
    text = pc.fill_null(column.cast(pa.large_string()), "")
    if pa.types.is_string(kind):
        quoted = pc.binary_join_element_wise(_QUOTE, pc.replace_substring(text, '"', '""'), _QUOTE, _NOTHING)
        text = pc.if_else(pc.match_substring_regex(text, '[",\n\r]'), quoted, text)
    return text
