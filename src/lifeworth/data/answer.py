"""Answers in the kind of frame the question came in."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def like(rows: pa.Table, asked: Any) -> Any:
    """Arrow rows as the kind of frame `asked` is (pandas, Polars); Arrow for everything else.

    Args:
        rows: The answer.
        asked: What was handed in: a frame, a path, or several of one kind.
    """
    first = asked[0] if isinstance(asked, list | tuple) and asked else asked
    if (
        isinstance(first, pa.Table | str)
        or (not hasattr(first, "__dataframe__")
        and not hasattr(first, "collect_schema"))
    ):
        return rows
    import narwhals as nw

    frame = nw.from_native(first, pass_through=True)
    if not isinstance(frame, nw.DataFrame | nw.LazyFrame):
        return rows
    if frame.implementation not in {nw.Implementation.PANDAS, nw.Implementation.POLARS}:
        return rows
    return nw.from_arrow(rows, backend=frame.implementation).to_native()
