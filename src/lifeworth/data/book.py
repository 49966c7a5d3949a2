"""The little book of a workspace: `state.db`, or a database by URL. Its tables stand here; those of monitoring in `book_alerts`.

Runs and imports, who may come in, what was done by whom, long work and how far it is, views a person saved. Wall-clock times are
kept here and nowhere else, so that the files of a run are the same whenever it is made. All times are UTC.

The book is read by several workers and written by jobs at the same time: SQLite keeps a write-ahead log, and whoever finds it
locked waits some seconds before giving up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from lifeworth.data.book_alerts import ALERTS
from lifeworth.data.book_tables import META
from lifeworth.errors import LifeworthError, StorageError, WorkspaceError

SCHEMA_VERSION = 4
"""Raised by one whenever the tables below change; `_UPGRADES` says how an older book becomes a newer one."""

PATIENCE_MS = 5_000
"""Milliseconds to wait for somebody who is writing."""

PATIENCE_COMPACT = 30.0
"""Seconds to wait for a moment in which nobody reads."""

VERSION = sa.Table("schema_version", META, sa.Column("version", sa.Integer, primary_key=True))

RUNS = sa.Table(
    "runs",
    META,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("summary", sa.Text, nullable=False, server_default="{}"),
)
IMPORTS = sa.Table(
    "imports",
    META,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger),
    sa.Column("sha256", sa.String(64)),
)
SECRETS = sa.Table(
    "secrets",
    META,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(128), nullable=False),
)
"""Keys of this workspace, made at random at the first need: of pseudonyms, of signatures."""

USERS = sa.Table(
    "users",
    META,
    sa.Column("user_id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(120), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("function", sa.String(16), nullable=False, server_default=""),
    sa.Column("personal", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("password", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
TOKENS = sa.Table(
    "tokens",
    META,
    sa.Column("token_id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("user_id", sa.String(32), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),
    sa.Column("scopes", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime),
    sa.Column("used_at", sa.DateTime),
    sa.Column("revoked_at", sa.DateTime),
)
"""Everything that opens the door, by its hash only: `api` tokens, `session` cookies, `invitation` links."""

TRAIL = sa.Table(
    "trail",
    META,
    sa.Column("entry_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("origin", sa.String(64), nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default="{}"),
)
"""Who saw and changed what; entries are only ever added."""

JOBS = sa.Table(
    "jobs",
    META,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("arguments", sa.Text, nullable=False, server_default="{}"),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("progress", sa.Text, nullable=False, server_default="{}"),
    sa.Column("result", sa.Text, nullable=False, server_default="{}"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("started_by", sa.String(120), nullable=False, server_default=""),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("started_at", sa.DateTime),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("cancel_asked", sa.Boolean, nullable=False, server_default=sa.false()),
)
UPLOADS = sa.Table(
    "uploads",
    META,
    sa.Column("upload_id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("table_name", sa.String(64), nullable=False, server_default="orders"),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("options", sa.Text, nullable=False, server_default="{}"),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("uploaded_by", sa.String(120), nullable=False, server_default=""),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
REPLIES = sa.Table(
    "replies",
    META,
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("who", sa.String(120), primary_key=True),
    sa.Column("request_sha256", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("body", sa.Text),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
"""What a write with an idempotency key was answered, so that it is answered the same again and done once."""

VIEWS = sa.Table(
    "views",
    META,
    sa.Column("view_id", sa.String(32), primary_key=True),
    sa.Column("user_id", sa.String(32), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
ERASURES = sa.Table(
    "erasures",
    META,
    sa.Column("erasure_id", sa.String(32), primary_key=True),
    sa.Column("person_hash", sa.String(64), nullable=False, index=True),
    sa.Column("mode", sa.String(16), nullable=False),
    sa.Column("stand_in", sa.String(64), nullable=False, server_default=""),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("by", sa.String(120), nullable=False, server_default=""),
    sa.Column("proof", sa.Text, nullable=False, server_default="{}"),
)
"""Persons who asked to be forgotten, by a keyed hash of their id: a later import must not bring them back."""

REVIEWS = sa.Table(
    "reviews",
    META,
    sa.Column("review_id", sa.String(32), primary_key=True),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Column("frozen", sa.Text, nullable=False),
    sa.Column("opened_by", sa.String(120), nullable=False, server_default=""),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("closed_at", sa.DateTime),
)
"""Reviews of the scorecard, each with the figures of its day."""

MINUTES = sa.Table(
    "minutes",
    META,
    sa.Column("minute_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("review_id", sa.String(32), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(120), nullable=False, server_default=""),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("owner", sa.String(120), nullable=False, server_default=""),
    sa.Column("due", sa.Date),
    sa.Column("follows", sa.Integer),
    sa.Column("detail", sa.Text, nullable=False, server_default="{}"),
    sa.Column("written_by", sa.String(120), nullable=False, server_default=""),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
"""What was said in reviews: comments, decisions, actions, changes, and what became of them. Rows are only ever added."""


class Book:
    """The database of a workspace, open for reading and writing."""

    def __init__(self, url: str) -> None:
        """Open the book, make its tables where there are none, and bring an older one up to date.

        Raises:
            WorkspaceError: if a newer Lifeworth wrote it, or the database cannot be opened.
        """
        self.url = url
        try:
            self._engine = _engine(url)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise WorkspaceError(
                f"No database answers to this URL: {error}.",
                hint="SQLite is built in; for PostgreSQL: pip install psycopg, and a URL postgresql+psycopg://…",
            ) from error
        try:
            with self._engine.connect() as open_:
                version = _version(open_)
            if version is None or version < SCHEMA_VERSION:
                version = self._bring_up_to_date()
        except SQLAlchemyError as error:
            raise _failed(error) from error
        if version > SCHEMA_VERSION:
            raise WorkspaceError(
                f"The state of this workspace has version {version}; this Lifeworth knows up to {SCHEMA_VERSION}.",
                hint="Update Lifeworth: pip install --upgrade lifeworth",
            )

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to read from.

        Raises:
            WorkspaceError: if the database is locked for too long, damaged or gone.
        """
        try:
            with self._engine.connect() as open_:
                yield open_
        except SQLAlchemyError as error:
            raise _failed(error) from error

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction: everything in the block is kept, or nothing.

        Raises:
            StorageError: if there is no room, or the file may not be written.
            WorkspaceError: if the database is locked for too long, damaged or gone.
        """
        try:
            with self._engine.begin() as open_:
                yield open_
        except SQLAlchemyError as error:
            raise _failed(error) from error

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """A key of this workspace by name, made when it is first asked for."""
        wanted = sa.select(SECRETS.c.value).where(SECRETS.c.name == name)
        with self.read() as open_:
            found = open_.execute(wanted).scalar_one_or_none()
        if found is None:
            # Somebody else may have made it in between: then theirs holds.
            with self.write() as open_:
                open_.execute(
                    sa.insert(SECRETS).prefix_with("OR IGNORE", dialect="sqlite").values(name=name, value=make())
                )
            with self.read() as open_:
                found = open_.execute(wanted).scalar_one()
        return str(found)

    def compact(self) -> None:
        """Leave nothing on disk that was deleted or changed: SQLite keeps old values in free pages and in its log.

        Other databases see to that themselves, in their own time.

        Raises:
            WorkspaceError: if somebody reads or writes without a pause.
            StorageError: if there is no room for a second copy of the database.
        """
        if not self.url.startswith("sqlite"):
            return
        until = monotonic() + PATIENCE_COMPACT
        while True:
            try:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as open_:
                    open_.exec_driver_sql("PRAGMA secure_delete = ON")
                    open_.exec_driver_sql("VACUUM")
                    busy = open_.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
                    open_.exec_driver_sql("PRAGMA secure_delete = OFF")
                if not busy:
                    return
            except SQLAlchemyError as error:
                if "locked" not in str(error) or monotonic() > until:
                    raise _failed(error) from error
            if monotonic() > until:
                raise WorkspaceError("The state of the workspace is in use without a pause.", hint="Try again later.")
            sleep(0.1)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()
        _engine.cache_clear()

    def _bring_up_to_date(self) -> int:
        with self._engine.begin() as open_:
            known = _version(open_)
            if known is None:
                META.create_all(open_, checkfirst=True)
                open_.execute(VERSION.insert().values(version=SCHEMA_VERSION))
                return SCHEMA_VERSION
            if known < SCHEMA_VERSION:
                # So far every change added tables; a column that changes will need a step of its own here.
                if known < 4:
                    ALERTS.drop(open_, checkfirst=True)
                META.create_all(open_, checkfirst=True)
                open_.execute(VERSION.update().values(version=SCHEMA_VERSION))
                return SCHEMA_VERSION
            return known


def book_of(folder: Path, url: str | None = None) -> Book:
    """The book of a workspace in a folder: `state.db` there, or the database of the URL."""
    # Whole: connections are kept by this text, and a relative one means another file once the program has moved.
    return Book(url or f"sqlite:///{folder.absolute() / 'state.db'}")


def now() -> datetime:
    """This moment in UTC, as the book keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


@cache
def _engine(url: str) -> sa.Engine:
    """One pool of connections for each database and process."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    patience = {"timeout": PATIENCE_MS / 1000, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=patience, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, entry: ConnectionPoolEntry) -> None:
    del entry
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
    except Exception:  # noqa: S110 - a read-only or damaged file is told of when it is read
        pass
    finally:
        cursor.close()


def _version(open_: sa.Connection) -> int | None:
    if not sa.inspect(open_).has_table("schema_version"):
        return None
    found: int | None = open_.execute(sa.select(sa.func.max(VERSION.c.version))).scalar_one()
    return found


def _failed(error: SQLAlchemyError) -> LifeworthError:
    text = str(getattr(error, "orig", None) or error)
    if "full" in text or "space" in text or "disk I/O" in text or "readonly" in text or "read-only" in text:
        return StorageError(f"The state of the workspace cannot be written: {text}.", hint="Free some space.")
    if isinstance(error, DBAPIError) and "locked" in text:
        return WorkspaceError(
            "The state of the workspace is locked by somebody who writes for long.", hint="Try again in a moment."
        )
    return WorkspaceError(
        f"The state of the workspace cannot be read: {text}.", hint="Move state.db away and run again."
    )
