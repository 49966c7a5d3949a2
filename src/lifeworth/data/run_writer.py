"""One run on its way to disk: everything out of sight, then visible in one step."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pyarrow.parquet as pq
from filelock import FileLock
from ibis.expr.types import Table

from lifeworth.data import disk
from lifeworth.data.contracts import QUARANTINES, TABLES
from lifeworth.engine.base import Engine
from lifeworth.errors import LifeworthError

if TYPE_CHECKING:
    from lifeworth.data.state import State

FORMAT = 1
"""Version of the layout on disk and of the manifest; raised when an older Lifeworth could no longer read them."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a table comes from and what it is: the tables it was made of, its rows, the checksum of its file."""

    inputs: tuple[str, ...]
    rows: int
    sha256: str


class RunWriter:
    """Writes one run. Use it in a `with` block; only `commit` makes the run visible."""

    def __init__(
        self,
        root: Path,
        run_id: str,
        engine: Engine,
        lock: FileLock,
        state: State,
        between: Callable[[str], None],
        prune: Callable[[], None],
        table_file: Callable[[str, str], Path],
    ) -> None:
        self.run_id = run_id
        self._root, self._engine, self._lock, self._state = root, engine, lock, state
        self._between, self._prune, self._table_file = between, prune, table_file
        self._lineage: dict[str, Lineage] = {}
        self._outputs: dict[str, str] = {}
        self._done = False
        self.folder = root / "runs" / f".{run_id}.part"
        with disk.writing(self.folder):
            (self.folder / ".tables").mkdir(parents=True)
        between("begun")

    # -- what is written ----------------------------------------------------------------------------------------------
    def write_table(
        self, name: str, query: Table, *, inputs: Iterable[str] = (), order_by: Sequence[str] | None = None
    ) -> Lineage:
        """Keep a table, rows in a stated order: that of its key, else of all columns.

        Args:
            name: Its name in the house.
            query: Its rows.
            inputs: Names of the tables it was made of.
            order_by: Columns to sort by.

        Raises:
            StorageError: if there is no room.
        """
        contract = TABLES.get(name)
        order = order_by or (contract.key if contract and contract.key else tuple(query.columns))
        path = self.folder / ".tables" / f"{name}.parquet"
        self._engine.write_parquet(query, path, order_by=order)
        if name in QUARANTINES:
            self._engine.write_csv(query, path.with_suffix(".csv"), order_by=order)
            disk.settle(path.with_suffix(".csv"))
        disk.settle(path)
        rows = int(pq.read_metadata(path).num_rows)
        self._lineage[name] = Lineage(tuple(inputs), rows, disk.sha256(path))
        self._between(f"table {name}")
        return self._lineage[name]

    def write_output(self, name: str, content: bytes | str) -> Path:
        """Keep a file of the run, for example `report.html` or `models/bgnbd.json`."""
        path = self._output(name)
        disk.write_bytes(path, content.encode("utf-8") if isinstance(content, str) else content)
        self._outputs[name] = disk.sha256(path)
        self._between(f"output {name}")
        return path

    def write_rows(self, name: str, query: Table, *, order_by: Sequence[str]) -> Path:
        """Keep a query's rows as a file of the run: Parquet or CSV, as the name says."""
        path = self._output(name)
        write = self._engine.write_csv if path.suffix == ".csv" else self._engine.write_parquet
        write(query, path, order_by=order_by)
        disk.settle(path)
        self._outputs[name] = disk.sha256(path)
        self._between(f"output {name}")
        return path

    # -- the end ------------------------------------------------------------------------------------------------------
    def commit(self, manifest: Mapping[str, Any], *, summary: Mapping[str, Any] | None = None) -> Path:
        """Write the manifest, make the run visible and current, and let old runs go.

        Args:
            manifest: What the run says of itself: `inputs` (each with name, rows, sha256), `settings`, `rows`, `facts` …
                The format, the version of Lifeworth, `tables` with their lineage and `outputs` are added.
            summary: A few figures for the list of runs.

        Returns:
            The folder of the run.
        """
        whole = {
            **manifest,
            "format_version": FORMAT,
            "lifeworth": version("lifeworth"),
            "tables": {
                name: {"inputs": list(one.inputs), "rows": one.rows, "sha256": one.sha256}
                for name, one in sorted(self._lineage.items())
            },
            "outputs": dict(sorted(self._outputs.items())),
        }
        text = json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False, default=_plain)
        disk.write_bytes(self.folder / "manifest.json", text.encode("utf-8") + b"\n")
        self._between("manifest")
        for name in sorted(self._lineage):
            hidden = self.folder / ".tables" / f"{name}.parquet"
            target = self._table_file(name, self.run_id)
            if name in QUARANTINES:
                disk.move(hidden.with_suffix(".csv"), target.with_suffix(".csv"))
            disk.move(hidden, target)
            self._between(f"moved {name}")
        disk.remove(self.folder / ".tables")
        disk.settle(self.folder)
        final = self._root / "runs" / self.run_id
        disk.move(self.folder, final)
        self._between("visible")
        disk.point(self._root / "runs" / "current", self.run_id)
        self._done = True
        self._between("current")
        self._state.finish(self.run_id, "done", summary or {}, manifest.get("inputs", ()))
        self._between("noted")
        self._prune()
        self._between("pruned")
        return final

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._done:
                self._abandon(error)
        finally:
            disk.remove(self._root / ".writing")
            self._lock.release()

    # -- inside -------------------------------------------------------------------------------------------------------
    def _abandon(self, error: BaseException | None) -> None:
        """Leave no trace but the note that it failed."""
        disk.remove(self.folder)
        disk.remove(self._root / "runs" / self.run_id)
        for name in self._lineage:
            target = self._table_file(name, self.run_id)
            disk.remove(target)
            disk.remove(target.with_suffix(".csv"))
        why = {"error": f"{type(error).__name__}: {error}"} if error is not None else {}
        # The disk may be full, and then the first error is the one to tell.
        with contextlib.suppress(LifeworthError):
            self._state.finish(self.run_id, "failed", why, ())

    def _output(self, name: str) -> Path:
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ValueError(f"{name} is not inside the run")
        with disk.writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _plain(value: Any) -> Any:
    """Values JSON does not know, as text; a path by its name only, so that the place of a workspace does not matter."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return value.name
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)
