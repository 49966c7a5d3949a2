"""Which runs of a workspace there were, and what was read, with the clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from lifeworth.data.book import IMPORTS, RUNS, Book, now


class State:
    """Runs and imports of a workspace. All times are UTC."""

    def __init__(self, url: str) -> None:
        """Open the book, and make its tables where there are none.

        Raises:
            WorkspaceError: if a newer Lifeworth wrote it, or the database cannot be opened.
        """
        self._book = Book(url)

    def begin(self, run_id: str) -> None:
        """A run starts; one that is still marked as running was killed, since only one runs at a time."""
        with self._book.write() as open_:
            open_.execute(RUNS.update().where(RUNS.c.status == "running").values(status="killed"))
            open_.execute(RUNS.insert().values(run_id=run_id, started_at=now(), status="running", summary="{}"))

    def finish(self, run_id: str, status: str, summary: Mapping[str, Any], inputs: Iterable[Mapping[str, Any]]) -> None:
        """A run ends: `done` or `failed`."""
        with self._book.write() as open_:
            text = json.dumps(summary, default=str, sort_keys=True)
            open_.execute(
                RUNS.update().where(RUNS.c.run_id == run_id).values(finished_at=now(), status=status, summary=text)
            )
            for position, item in enumerate(inputs):
                open_.execute(
                    IMPORTS.insert().values(
                        run_id=run_id,
                        position=position,
                        name=str(item.get("name", "")),
                        rows=item.get("rows"),
                        sha256=item.get("sha256"),
                    )
                )

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the latest first, each with what it read (`imports`)."""
        with self._book.read() as open_:
            runs = open_.execute(sa.select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc()))
            rows = [dict(row) for row in runs.mappings()]
            imports = open_.execute(sa.select(IMPORTS).order_by(IMPORTS.c.run_id, IMPORTS.c.position))
            read = [dict(row) for row in imports.mappings()]
        for row in rows:
            row["summary"] = json.loads(row["summary"])
            row["imports"] = [item for item in read if item["run_id"] == row["run_id"]]
        return rows
