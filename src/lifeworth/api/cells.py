"""Cells of a file that a spreadsheet opens: text that would be read as a formula is kept from being one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.report.files import NUMBER, RISKY, safe


def safe_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same for every text of a batch, and decimals as text with every place they have."""
    columns = []
    for column in batch.columns:
        if pa.types.is_decimal(column.type):
            columns.append(column.cast(pa.string()))
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns.append(_safe_texts(column))
        elif pa.types.is_dictionary(column.type):
            columns.append(_safe_texts(column.cast(pa.string())))
        elif pa.types.is_nested(column.type):
            columns.append(_safe_texts(pa.array([None if one is None else str(one) for one in column.to_pylist()], pa.string())))  # fmt: skip
        else:
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=[safe(name) for name in batch.schema.names])


def _safe_texts(column: pa.Array) -> pa.Array:
    risky = pc.match_substring_regex(column, RISKY)
    if not pc.any(risky).as_py():
        return column
    risky = pc.and_(risky, pc.invert(pc.match_substring_regex(column, NUMBER)))
    mark = pa.scalar("'", column.type)
    return pc.if_else(risky, pc.binary_join_element_wise(mark, column, pa.scalar("", column.type)), column)
