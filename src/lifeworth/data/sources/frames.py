"""Frames of Python: pandas, Polars, Arrow, DuckDB relations, whatever speaks Arrow or narwhals."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa

from lifeworth.data.sources.arrow import load_rows
from lifeworth.data.sources.source import Raw
from lifeworth.engine.base import Engine
from lifeworth.errors import InputError


def read_frame(engine: Engine, name: str, frame: object, position: int) -> Raw:
    """Load a frame; it is not changed. Row numbers begin at 1.

    Raises:
        InputError: if it is no frame that can be read.
    """
    family = type(frame).__module__.partition(".")[0].lstrip("_")
    label = f"{family} frame" if position == 0 else f"{family} frame {position + 1}"
    return load_rows(engine, name, _reader(frame), label=label, kind="frame")


def _reader(frame: Any) -> pa.RecordBatchReader:
    if isinstance(frame, pa.RecordBatchReader):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame]).to_reader()
    if isinstance(frame, pa.Table):
        return frame.to_reader()
    if hasattr(frame, "to_arrow_reader"):  # a DuckDB relation
        return frame.to_arrow_reader(65_536)
    return _through_narwhals(frame).to_reader()


def _through_narwhals(frame: Any) -> pa.Table:
    import narwhals as nw

    try:
        wrapped = nw.from_native(frame)
    except TypeError as error:
        raise InputError(
            f"Rows cannot be read from {type(frame).__name__}.",
            hint="Hand in a path, a database URL, or a pandas, Polars or Arrow frame.",
        ) from error
    table = wrapped.collect("pyarrow") if isinstance(wrapped, nw.LazyFrame) else wrapped
    named = _with_index(table, frame)
    try:
        return named.to_arrow()
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):
        return pa.table({str(column): _text(named[column]) for column in named.columns})


def _with_index(table: Any, frame: Any) -> Any:
    """A pandas index that has a name is a column like any other."""
    names = getattr(getattr(frame, "index", None), "names", None)
    if names is None or all(n is None for n in names) or not hasattr(frame, "reset_index"):
        return table
    import narwhals as nw

    return nw.from_native(frame.reset_index(), eager_only=True)


def _text(column: Any) -> pa.Array:
    """A column of mixed values, each as text."""
    try:
        return column.to_arrow()
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):
        return pa.array([None if value is None or value != value else str(value) for value in column.to_list()])


def like(frame: object, rows: pa.Table) -> Any:
    """Rows as a frame of the family that was handed in: pandas for pandas, Polars for Polars, else Arrow."""
    family = type(frame).__module__.partition(".")[0]
    if family not in {"pandas", "polars", "modin", "cudf"}:
        return rows
    import narwhals as nw

    return nw.from_arrow(rows, backend=cast("Any", family)).to_native()
