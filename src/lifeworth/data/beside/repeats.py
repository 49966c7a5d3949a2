"""Rows of one key: one counts, the others are set aside, so that nothing is counted twice."""

from __future__ import annotations

import ibis

from lifeworth.data.beside.layouts import DAY_COLUMN
from lifeworth.data.contract import Contract
from lifeworth.engine.base import Engine

FIRST_COUNTS = frozenset({"referrals", "assignments", "milestones"})
"""Tables of which the earliest row of a key counts: who came first, which arm was drawn, when a step was first taken.

Of every other table the latest version counts: the one changed last, else the one that stands last.
"""


def mark_repeats(engine: Engine, name: str, contract: Contract) -> bool:
    """Put the reason `duplicate_key` on all rows of a key but one; whether there was any to put it on.

    Args:
        engine: Where the rows are.
        name: The table of typed rows; it is replaced where keys repeat.
        contract: The table they become.
    """
    rows, key = engine.table(name), list(contract.key)
    if not key:
        return False
    good = rows.filter(rows["_reason"].isnull())
    keys = good.select(*key).distinct()
    counts = engine.row(good.agg(rows=good.count()).cross_join(keys.agg(keys=keys.count())))
    if counts["rows"] == counts["keys"]:
        return False
    place = [good["source_file"], good["source_row"]]
    if contract.name in FIRST_COUNTS:
        order = [good[DAY_COLUMN[contract.name]].asc(nulls_first=False), *place]
    else:
        order = [good["_updated"].desc(nulls_first=False), *(column.desc() for column in place)]
    nth = ibis.row_number().over(ibis.window(group_by=key, order_by=order))
    ranked = good.mutate(_nth=nth)
    again = engine.create(f"{name}_again", ranked.filter(ranked["_nth"] > 0).select("source_file", "source_row"))
    again = again.select(again_file="source_file", again_row="source_row")
    met = rows.left_join(again, [rows["source_file"] == again["again_file"], rows["source_row"] == again["again_row"]])
    hit = met["again_row"].notnull()
    shown = ibis.literal(" / ").join([met[column].cast("string") for column in key])
    marked = met.mutate(
        _reason=ibis.ifelse(hit, "duplicate_key", met["_reason"]),
        _column=ibis.ifelse(hit, ", ".join(key), met["_column"]),
        _value=ibis.ifelse(hit, shown, met["_value"]),
    )
    engine.create(f"{name}_marked", marked.select(*rows.columns))
    engine.create(name, engine.table(f"{name}_marked"))
    engine.drop(f"{name}_again", f"{name}_marked")
    return True
