"""From rows of a history table to the arrays a model takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lifeworth.features.levels import Levels
from lifeworth.models.history import History, SpendHistory
from lifeworth.units import TimeUnit


def arrays(rows: pa.Table, unit: TimeUnit = TimeUnit.WEEK, covariates: Sequence[Levels] = ()) -> History:
    """Rows of `history` or `counts` as a model takes them: `x`, `t_x` and `T` in `unit`s, counts as weights.

    Args:
        rows: The rows; with covariates those of `features.covariates.from_the_start`.
        unit: The unit the model counts time in.
        covariates: The levels whose indicator columns go along.
    """
    return History(
        column(rows, "x"),
        column(rows, "recency") / unit.days,
        column(rows, "age") / unit.days,
        weights=column(rows, "customers") if "customers" in rows.column_names else None,
        unit=unit,
        covariates={name: values for levels in covariates for name, values in levels.indicators(rows).items()},
    )


def spend_arrays(rows: pa.Table, *, first_order: bool) -> SpendHistory:
    """Rows of `history` as a spend model takes them, in the same order.

    Args:
        rows: Rows of `history`.
        first_order: Whether the first purchase day counts. It often differs from the later ones (a first basket, a
            welcome discount), but for one-time buyers it is all there is.

    Returns:
        Purchases and their mean value; 0 purchases where nothing is known of the customer's spend: no purchase that
        counts, or a mean of 0 and less, which no spend model of the Gamma kind can have produced.
    """
    number = column(rows, "orders" if first_order else "x")
    mean = column(rows, "mean_value" if first_order else "repeat_value")
    known = (number > 0) & (mean > 0)
    return SpendHistory(np.where(known, number, 0.0), np.where(known, mean, 0.0))


def column(rows: pa.Table, name: str) -> NDArray[np.float64]:
    """A column as floats; null becomes 0.

    Not by Arrow's `to_numpy` or `fill_null`: those import pandas wherever it is installed, which costs more than a fit.
    """
    values = rows[name].cast(pa.float64())
    if values.null_count == 0:
        return _floats(values)
    known = np.from_dlpack(values.is_valid().cast(pa.uint8()).combine_chunks()).astype(bool)
    filled = np.zeros(len(values))
    filled[known] = _floats(values.drop_null())
    return filled


def _floats(values: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(np.from_dlpack(values.combine_chunks()), np.float64) if len(values) else np.zeros(0)
