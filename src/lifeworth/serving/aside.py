"""Rows that a run set aside, with the reason and the next step, as a person may see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lifeworth.data.contracts import QUARANTINES
from lifeworth.data.reasons import reason
from lifeworth.engine.connect import connect
from lifeworth.serving.desk import Run

MOST = 100_000
"""Rows handed out at once; the quarantine of a run lies in the workspace as CSV, whole."""
MEMORY = "256MB"


@dataclass(frozen=True, slots=True)
class Aside:
    """Some rows that were set aside.

    Attributes:
        rows: Each with `table`, `file`, `row`, `reason`, `next_step`, `column`, `value`, `customer`, `day` and `money`.
        total: How many there are with this reason, or in all.
        reasons: Code to its words and how many rows it set aside, the most frequent first.
    """

    rows: tuple[dict[str, Any], ...]
    total: int
    reasons: dict[str, tuple[str, int]]


def aside(
    root: Path, run: Run, *, why: str = "", limit: int = MOST, personal: bool = True, alias: Callable[[str], str] = str
) -> Aside:
    """Rows a run set aside, those of orders before those of tables beside them.

    Args:
        root: The workspace.
        run: The run.
        why: Only those with this reason.
        limit: Rows at most.
        personal: Whether who asks may see personal data; others see no values of a file and every customer under a pseudonym.
        alias: From an id to its pseudonym.
    """
    files = [str(one["name"]) for one in run.facts.get("source", {}).get("files", ())]
    found: list[dict[str, Any]] = []
    counted: dict[str, int] = {}
    with connect(memory_limit=MEMORY) as engine:
        for name, ending in QUARANTINES.items():
            path = root / "quarantine" / f"{run.run_id}{ending}.parquet"
            if not path.exists():
                continue
            rows = engine.scan_parquet(f"_{name}", path)
            sums = engine.arrow(rows.group_by("reason").agg(count=rows.count())).to_pylist()
            for one in sums:
                counted[one["reason"]] = counted.get(one["reason"], 0) + one["count"]
            kept = rows.filter(rows["reason"] == why) if why else rows
            order = [column for column in ("table", "source_file", "source_row") if column in rows.columns]
            some = engine.arrow(kept.order_by(order).limit(max(0, limit - len(found)))).to_pylist()
            found += [_row(row, files, personal, alias) for row in some]
    named = {
        code: (reason(code).words, counted[code]) for code in sorted(counted, key=lambda one: (-counted[one], one))
    }
    total = counted.get(why, 0) if why else sum(counted.values())
    return Aside(tuple(found), total, named)


def _row(row: dict[str, Any], files: list[str], personal: bool, alias: Callable[[str], str]) -> dict[str, Any]:
    place = row["source_file"]
    # Orders name their file by its position among the inputs, tables beside them by its name.
    file = files[place] if isinstance(place, int) and place < len(files) else str(place)
    why, customer = reason(row["reason"]), row.get("customer_id")
    moment = row.get("ordered_at") or row.get("day")
    return {
        "table": row.get("table") or "orders",
        "file": file,
        "row": row["source_row"],
        "reason": why.words,
        "next_step": why.advice,
        "column": row.get("column"),
        "value": row.get("value") if personal else None,
        "customer": customer if personal or customer is None else alias(customer),
        "day": moment.date() if isinstance(moment, datetime) else moment,
        "money": row.get("money"),
    }
