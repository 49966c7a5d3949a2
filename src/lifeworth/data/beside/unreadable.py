"""A column most of whose values cannot be read was taken for the wrong one: that is refused, and the first value named."""

from __future__ import annotations

from collections.abc import Sequence

from ibis.expr.types import Table

from lifeworth.data.beside.layout import DATE, FLAG
from lifeworth.data.beside.recognise import Understood
from lifeworth.data.sources.plan import TIME
from lifeworth.data.sources.source import Raw
from lifeworth.engine.base import Engine
from lifeworth.errors import ColumnError

UNREADABLE = (
    "date_unreadable", "date_impossible", "amount_unreadable", "amount_infinite", "amount_too_large", "number_unreadable",
    "flag_unreadable", "interval_unknown",
)  # fmt: skip
"""Reasons that speak of a value, not of the row."""

_ENOUGH = 25
"""Rows below which half a column may be unreadable before it is refused; above, a fifth."""


def judge(engine: Engine, rows: Table, raws: Sequence[Raw], understood: Understood) -> None:
    """Refuse columns that were taken for what they are not.

    Raises:
        ColumnError: naming each, with its first value that cannot be read.
    """
    bad = rows.filter(rows["_reason"].isin(UNREADABLE))
    counted = bad.group_by(["source_file", "_column"]).agg(
        rows=bad.count(), first=bad["source_row"].min(), value=bad["_value"].argmin(bad["source_row"])
    )
    found = engine.arrow(counted).to_pylist()
    table, faults, hints = understood.layout.contract.name, [], []
    for one in sorted(found, key=lambda row: (row["source_file"], row["_column"])):
        total = raws[one["source_file"]].file.rows
        if one["rows"] <= (0.2 if total >= _ENOUGH else 0.5) * total:
            continue
        field = next((name for name, column in understood.fields.items() if column == one["_column"]), one["_column"])
        faults.append(
            f'{raws[one["source_file"]].where}, column "{one["_column"]}": {one["rows"]:,} of {total:,} values are no '
            f'{_called(understood, field)} (first: row {one["first"]:,}, "{one["value"]}")'
        )
        hints.append(f'--map {table}.{field}="another column"')
    if faults:
        raise ColumnError(
            f"{table}: most of a column cannot be read:"
            if len(faults) == 1
            else f"{table}: most of some columns cannot be read:",
            faults=faults,
            hint="Was another column meant? " + "   ".join(dict.fromkeys(hints)),
        )


def _called(understood: Understood, field: str) -> str:
    kind = understood.layout.kinds.get(field, "")
    if kind in {TIME, DATE}:
        return "dates"
    return "yes or no" if kind == FLAG else "billing intervals" if field == "interval" else "numbers"
