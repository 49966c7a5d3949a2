"""Runs: what was worked out when, from which files, and what came of it."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa

from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.schema import ANY, LISTED
from lifeworth.api.values import moment
from lifeworth.asked import Asked
from lifeworth.data.book import IMPORTS, RUNS
from lifeworth.errors import NotFoundError

ASKS = (Asked("limit", "count", 50, required=False, choices=(), help="Runs at most."),)
MOST = 500


def listed(call: Call) -> Answer:
    """Runs, the latest first."""
    limit = max(1, min(call.said.get("limit", 50), MOST))
    with call.house.desk.book.read() as open_:
        rows = open_.execute(sa.select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc()).limit(limit))
        items = [_run(call, dict(row)) for row in rows.mappings()]
    return Answer({**_current(call), "items": items})


def one(call: Call) -> Answer:
    """One run: what it read, what it found, where every row and cent went."""
    run_id = call.path["run_id"]
    with call.house.desk.book.read() as open_:
        row = open_.execute(sa.select(RUNS).where(RUNS.c.run_id == run_id)).mappings().first()
        read = open_.execute(sa.select(IMPORTS).where(IMPORTS.c.run_id == run_id).order_by(IMPORTS.c.position))
        imports = [{"name": one["name"], "rows": one["rows"], "sha256": one["sha256"]} for one in read.mappings()]
    if row is None or not re.fullmatch(r"[\w\-]{1,64}", run_id):
        raise NotFoundError(f'There is no run "{run_id[:64]}".', hint="GET /api/v1/runs lists them.")
    told = {**_current(call), **_run(call, dict(row)), "imports": imports}
    manifest = call.house.desk.root / "runs" / run_id / "manifest.json"
    if manifest.is_file():
        whole: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        facts = whole["facts"]
        told["lifeworth"] = whole["lifeworth"]
        told["settings"] = whole.get("settings")
        told["found"] = {name: facts[name] for name in ("as_of", "currency", "customers", "reconciliation", "readiness", "warnings", "choice", "tables") if name in facts}  # fmt: skip
    return Answer(told)


def _run(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    kept = (call.house.desk.root / "runs" / row["run_id"] / "manifest.json").is_file()
    return {
        "run_id": row["run_id"],
        "status": row["status"],
        "started_at": moment(row["started_at"]),
        "finished_at": moment(row["finished_at"]),
        "kept": kept,
        "summary": json.loads(row["summary"]) if row["status"] == "done" else {},
    }


def _current(call: Call) -> dict[str, Any]:
    try:
        run = call.house.desk.run()
    except NotFoundError:
        return {"as_of": None, "current": None}
    return {"as_of": run.as_of.isoformat(), "current": run.run_id}


ROUTES = (
    Route("GET", "/runs", "runs", "Runs of this workspace, the latest first.", listed, "Runs", LISTED, asks=ASKS),
    Route("GET", "/runs/{run_id}", "run", "One run: what it read and where every row and cent went.", one, "Runs", ANY),
)
