"""What earlier runs said of a customer: how value and groups moved, as long as those runs are still on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lifeworth.engine.connect import connect
from lifeworth.errors import LifeworthError

COLUMNS = (
    "value_tier",
    "rfm_segment",
    "lifecycle_status",
    "orders",
    "predicted_clv",
    "historic_clv",
    "churn_probability",
)
MEMORY = "256MB"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What one run said of a customer; `said` is empty where it did not know them yet."""

    run_id: str
    as_of: date
    said: dict[str, Any]


def history(root: Path, customer_id: str) -> tuple[Earlier, ...]:
    """What every run still on disk said of a customer, the earliest day first; of several runs of a day the latest counts.

    Args:
        root: The workspace.
        customer_id: Their id, not a pseudonym.
    """
    latest: dict[date, Earlier] = {}
    with connect(memory_limit=MEMORY) as engine:
        for run_id, as_of in runs(root):
            file = root / "tables" / "customers_scored" / f"{run_id}.parquet"
            try:
                rows = engine.scan_parquet("_past", file)
                taken = [name for name in COLUMNS if name in rows.columns]
                found = engine.arrow(rows.filter(rows["customer_id"] == customer_id).select(*taken)).to_pylist()
            except (LifeworthError, OSError):
                continue  # a run that is being removed; the others still stand
            latest[as_of] = Earlier(run_id, as_of, found[0] if found else {})
    return tuple(latest[day] for day in sorted(latest))


def runs(root: Path) -> list[tuple[str, date]]:
    """The runs on disk that scored customers, each with the last day it knows about, the earliest made first."""
    found = []
    folders = (root / "runs").iterdir() if (root / "runs").is_dir() else ()
    for folder in sorted(folders, key=lambda one: one.name):
        if folder.is_symlink() or folder.name.startswith("."):
            continue
        if not (root / "tables" / "customers_scored" / f"{folder.name}.parquet").exists():
            continue
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            found.append((folder.name, date.fromisoformat(manifest["facts"]["as_of"])))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def moves(past: tuple[Earlier, ...], column: str) -> list[tuple[date, str]]:
    """The days on which a customer was first seen in another group than before, each with the group."""
    found: list[tuple[date, str]] = []
    for one in past:
        group = one.said.get(column)
        if group is not None and (not found or found[-1][1] != group):
            found.append((one.as_of, str(group)))
    return found
