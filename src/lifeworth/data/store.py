"""A workspace on disk: the tables and outputs of its runs, and which run is the current one.

::

    lifeworth.toml  state.db
    tables/<name>/<run>.parquet      quarantine/<run>.parquet, .csv, <run>.beside.parquet, .csv
    runs/<run>/manifest.json, customers.parquet, report.html …
    runs/current -> <run>            the latest run that came to its end

A run is written out of sight and becomes current in one step, so a reader sees the old run or the new one, never half of
one, and a crash at any moment leaves the last good run current.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from ibis.expr.types import Table

from lifeworth.data import disk
from lifeworth.data.contracts import QUARANTINES
from lifeworth.data.run_writer import FORMAT, RunWriter
from lifeworth.engine.base import Engine
from lifeworth.errors import WorkspaceError

if TYPE_CHECKING:
    from lifeworth.data.state import State

KEEP = 10
"""How many of the latest runs stay on disk: enough to look back over a week of daily runs. Of older ones the last of each calendar month
stays, by the day its figures know about, so that months and years can be compared; the others go with their tables."""

PATIENCE = 2.0
"""Seconds to wait for another run before saying that it is there."""


def _go_on(_: str) -> None:
    """Do nothing between two steps."""


class Store:
    """The disk side of a workspace."""

    def __init__(
        self,
        root: Path,
        engine: Engine,
        *,
        state: str | None = None,
        between: Callable[[str], None] = _go_on,
        scan: bool = False,
        run_id: str | None = None,
    ) -> None:
        """A workspace in a folder; nothing is written before a run begins.

        Args:
            root: The folder.
            engine: Where tables are loaded to and written from.
            state: URL of the database of runs; by default `state.db` in the folder.
            between: Called with a name after each step of a run that changes the disk; tests stop the process there.
            scan: Whether a table is read from its file by each query, which spares memory, instead of loaded once.
            run_id: The run to read; by default the current one. Who answers for long keeps to one while another takes its place.
        """
        self.root = root
        self._engine = engine
        self._state_url = state or f"sqlite:///{root / 'state.db'}"
        self._between = between
        self._scan = scan
        self._run_id = run_id

    # -- reading ------------------------------------------------------------------------------------------------------
    @property
    def current_folder(self) -> Path | None:
        """The folder of the current run, none before the first."""
        link = self.root / "runs" / (self._run_id or "current")
        return link.resolve() if (link / "manifest.json").exists() else None

    def current(self) -> dict[str, Any] | None:
        """The manifest of the current run, none before the first.

        Raises:
            WorkspaceError: if a newer Lifeworth wrote it, or it is damaged.
        """
        folder = self.current_folder
        if folder is None:
            return None
        try:
            manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            version, writer = int(manifest["format_version"]), manifest["lifeworth"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(
                f"{folder / 'manifest.json'} is damaged: {error}.",
                hint=f"Run again to write a new one: lifeworth run ORDERS --workspace {self.root}",
            ) from error
        if version > FORMAT:
            raise WorkspaceError(
                f"{self.root} was written by Lifeworth {writer} in format {version}; this one knows up to {FORMAT}.",
                hint="Update Lifeworth: pip install --upgrade lifeworth   or name another folder: --workspace DIR",
            )
        return manifest

    def tables(self) -> list[str]:
        """Names of the tables of the current run."""
        manifest = self.current()
        return [] if manifest is None else sorted(manifest["tables"])

    def table(self, name: str) -> Table:
        """Load a table of the current run into the engine.

        Raises:
            WorkspaceError: if the current run has no such table, or its file is gone.
        """
        folder = self.current_folder
        if folder is None or name not in self.tables():
            raise WorkspaceError(
                f'{self.root} has no table "{name}".', hint="lifeworth check ORDERS says what the data allow."
            )
        path = self._table_file(name, folder.name)
        if not path.exists():
            raise WorkspaceError(f"{path} is gone.", hint=f"Run again: lifeworth run ORDERS --workspace {self.root}")
        if self._scan:
            return self._engine.scan_parquet(name, path)
        self._engine.read_parquet(name, [path])
        return self._engine.table(name)

    def runs(self) -> list[dict[str, Any]]:
        """All runs this workspace knows of, the latest first: start, end, status, summary, imports."""
        return self._state().runs()

    # -- writing ------------------------------------------------------------------------------------------------------
    def begin(self, run_id: str | None = None) -> RunWriter:
        """Begin a run: take the lock, sweep up after killed runs, make a folder out of sight.

        Use the writer in a `with` block: left without `commit`, it removes what it wrote.

        Args:
            run_id: Name of the run's folder; by default the moment in UTC.

        Raises:
            WorkspaceError: if another run is writing here, or a newer Lifeworth did.
            StorageError: if the folder cannot be written.
        """
        if self.root.exists() and not self.root.is_dir():
            raise WorkspaceError(f"{self.root} is a file, not a folder.", hint="Name another: --workspace DIR")
        with disk.writing(self.root):
            (self.root / "runs").mkdir(parents=True, exist_ok=True)
        self.current()
        lock = self._lock()
        try:
            state = self._state()
            run = run_id or self._fresh_id({known["run_id"] for known in state.runs()})
            self._refuse_taken(run)
            self._sweep()
            state.begin(run)
            return RunWriter(self.root, run, self._engine, lock, state, self._between, self._prune, self._table_file)
        except BaseException:
            lock.release()
            raise

    @contextmanager
    def alone(self, patience: float = PATIENCE) -> Iterator[None]:
        """Keep every other writer out of the workspace while the block runs; what killed runs left is swept away first.

        Args:
            patience: Seconds to wait for a run that is being written.

        Raises:
            WorkspaceError: if it is still being written then.
            StorageError: if the folder cannot be written.
        """
        lock = self._lock(patience)
        try:
            if (self.root / "runs").is_dir():
                self._sweep()
            yield
        finally:
            disk.remove(self.root / ".writing")
            lock.release()

    # -- inside -------------------------------------------------------------------------------------------------------
    def _state(self) -> State:
        # SQLAlchemy is a tenth of a second to import, which only a run that is written has to pay.
        from lifeworth.data.state import State

        return State(self._state_url)

    def _refuse_taken(self, run_id: str) -> None:
        if run_id == "current" or (self.root / "runs" / run_id).exists():
            raise WorkspaceError(f'A run "{run_id}" is there already.', hint="Choose another name for the run.")

    def _table_file(self, name: str, run_id: str) -> Path:
        if name not in QUARANTINES:
            return self.root / "tables" / name / f"{run_id}.parquet"
        return self.root / "quarantine" / f"{run_id}{QUARANTINES[name]}.parquet"

    def _fresh_id(self, known: Collection[str]) -> str:
        """The moment in UTC, told apart from every earlier run of the same second, also from one that was killed."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        names = (moment, *(f"{moment}-{number}" for number in range(2, 1000)))
        return next(name for name in names if name not in known and not (self.root / "runs" / name).exists())

    def _lock(self, patience: float = PATIENCE) -> FileLock:
        lock = FileLock(self.root / ".lock")
        since = self.root / ".writing"
        with disk.writing(self.root):
            try:
                lock.acquire(timeout=patience)
            except Timeout as error:
                known = since.read_text(encoding="utf-8") if since.exists() else ""
                raise WorkspaceError(
                    "Another run is writing here" + (f" (since {known})." if known else "."),
                    hint="Wait for it to end, or name another folder: --workspace DIR",
                ) from error
        with disk.writing(since):
            since.write_text(datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), encoding="utf-8")
        return lock

    def _sweep(self) -> None:
        """Remove what killed runs left: folders out of sight, and tables of runs that are not there."""
        runs = self.root / "runs"
        for left in runs.glob(".*"):
            disk.remove(left)
        there = {folder.name for folder in runs.iterdir() if folder.is_dir() and not folder.is_symlink()}
        for file in [*self.root.glob("tables/*/*"), *self.root.glob("quarantine/*")]:
            if file.name.split(".")[0] not in there:
                disk.remove(file)

    def _prune(self) -> None:
        """Keep the latest runs and the last of each month; the others go, first the run, then its tables."""
        runs = self.root / "runs"
        current = self.current_folder
        folders = [one for one in runs.iterdir() if one.is_dir() and not one.is_symlink() and one.name[0] != "."]
        folders.sort(key=lambda one: (one.stat().st_mtime_ns, one.name), reverse=True)
        monthly = _last_of_each_month(folders)
        for old in folders[KEEP:]:
            if old.resolve() != current and old not in monthly:
                # Out of sight first: a run that is being removed must not look like one.
                hidden = old.with_name(f".{old.name}.old")
                old.rename(hidden)
                disk.remove(hidden)
        self._sweep()


def _last_of_each_month(folders: Sequence[Path]) -> set[Path]:
    """Of each calendar month the run that knows the latest day of it, of one day the one written last.

    Args:
        folders: Runs, the one written last first.
    """
    last: dict[str, tuple[str, Path]] = {}
    for folder in folders:
        try:
            as_of = str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["facts"]["as_of"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a run that cannot be read stands for no month
        month = as_of[:7]
        if month not in last or as_of > last[month][0]:
            last[month] = as_of, folder
    return {folder for _, folder in last.values()}
