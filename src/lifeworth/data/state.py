"""The little book of a workspace: which runs there were and what was read, with the clock. SQLite, or PostgreSQL by URL.

Wall-clock times are kept here and nowhere else, so that the files of a run are the same whenever it is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from lifeworth.errors import StorageError, WorkspaceError

SCHEMA_VERSION = 1
"""Raised by one whenever the tables below change."""

_META = sa.MetaData()
_VERSION = sa.Table("schema_version", _META, sa.Column("version", sa.Integer, primary_key=True))
_RUNS = sa.Table(
    "runs",
    _META,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("summary", sa.Text, nullable=False, server_default="{}"),
)
_IMPORTS = sa.Table(
    "imports",
    _META,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger),
    sa.Column("sha256", sa.String(64)),
)


class State:
    """Runs and imports of a workspace. All times are UTC."""

    def __init__(self, url: str) -> None:
        """Open the book, and make its tables where there are none.

        Raises:
            WorkspaceError: if a newer Lifeworth wrote it, or the database cannot be opened.
        """
        try:
            self._engine = sa.create_engine(url, poolclass=sa.NullPool)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise WorkspaceError(
                f"No database answers to this URL: {error}.",
                hint="SQLite is built in; for PostgreSQL: pip install psycopg, and a URL postgresql+psycopg://…",
            ) from error
        try:
            with self._engine.begin() as open_:
                if not sa.inspect(open_).has_table("schema_version"):
                    _META.create_all(open_)
                    open_.execute(_VERSION.insert().values(version=SCHEMA_VERSION))
                version = open_.execute(sa.select(sa.func.max(_VERSION.c.version))).scalar_one()
        except SQLAlchemyError as error:
            raise _failed(error) from error
        if version > SCHEMA_VERSION:
            raise WorkspaceError(
                f"The state of this workspace has version {version}; this Lifeworth knows up to {SCHEMA_VERSION}.",
                hint="Update Lifeworth: pip install --upgrade lifeworth",
            )

    def begin(self, run_id: str) -> None:
        """A run starts; one that is still marked as running was killed, since only one runs at a time."""
        with self._write() as open_:
            open_.execute(_RUNS.update().where(_RUNS.c.status == "running").values(status="killed"))
            open_.execute(_RUNS.insert().values(run_id=run_id, started_at=_now(), status="running", summary="{}"))

    def finish(self, run_id: str, status: str, summary: Mapping[str, Any], inputs: Iterable[Mapping[str, Any]]) -> None:
        """A run ends: `done` or `failed`."""
        with self._write() as open_:
            text = json.dumps(summary, default=str, sort_keys=True)
            open_.execute(
                _RUNS.update().where(_RUNS.c.run_id == run_id).values(finished_at=_now(), status=status, summary=text)
            )
            for position, item in enumerate(inputs):
                open_.execute(
                    _IMPORTS.insert().values(
                        run_id=run_id,
                        position=position,
                        name=str(item.get("name", "")),
                        rows=item.get("rows"),
                        sha256=item.get("sha256"),
                    )
                )

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the latest first, each with what it read (`imports`)."""
        try:
            with self._engine.connect() as open_:
                runs = open_.execute(sa.select(_RUNS).order_by(_RUNS.c.started_at.desc(), _RUNS.c.run_id.desc()))
                rows = [dict(row) for row in runs.mappings()]
                imports = open_.execute(sa.select(_IMPORTS).order_by(_IMPORTS.c.run_id, _IMPORTS.c.position))
                read = [dict(row) for row in imports.mappings()]
        except SQLAlchemyError as error:
            raise _failed(error) from error
        for row in rows:
            row["summary"] = json.loads(row["summary"])
            row["imports"] = [item for item in read if item["run_id"] == row["run_id"]]
        return rows

    def _write(self) -> _Writing:
        return _Writing(self._engine)


class _Writing:
    """A transaction whose faults are told as ours."""

    def __init__(self, engine: sa.Engine) -> None:
        self._open = engine.begin()

    def __enter__(self) -> sa.Connection:
        try:
            return self._open.__enter__()
        except SQLAlchemyError as error:
            raise _failed(error) from error

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            self._open.__exit__(kind, error, trace)
        except SQLAlchemyError as failed:
            raise _failed(failed) from failed
        if isinstance(error, SQLAlchemyError):
            raise _failed(error) from error


def _failed(error: SQLAlchemyError) -> StorageError | WorkspaceError:
    text = str(getattr(error, "orig", None) or error)
    if "full" in text or "space" in text or "readonly" in text:
        return StorageError(f"The state of the workspace cannot be written: {text}.", hint="Free some space.")
    return WorkspaceError(
        f"The state of the workspace cannot be read: {text}.", hint="Move state.db away and run again."
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
