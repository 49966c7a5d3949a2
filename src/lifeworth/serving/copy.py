"""The serving copy of a run: one file with a row a customer and what happened to each, made to be looked up.

The tables of a run are Parquet files in the order a model wants them. A person who looks for a customer wants one row in
milliseconds, and then the orders, tickets and contracts of that one. The copy is made once for each run, beside it and out of
sight; it holds nothing the run does not, and is made anew when it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
from filelock import FileLock, Timeout
from ibis.expr.types import Table

from lifeworth.data import disk
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.errors import WorkspaceError

FOLDER = ".serve"
"""Folder of the workspace with everything that can be made anew from its runs."""

KEEPING = ".keeping"
"""Lock in that folder, held while something is laid there and while a run is changed."""

LAYOUT = 2
"""Raised when the tables below change: a copy of another layout is made anew."""

PATIENCE = 600.0
"""Seconds to wait for another process that is making the same copy."""

EVENTS: dict[str, str] = {
    "orders": "ordered_at",
    "refunds": "refunded_at",
    "subscriptions": "started_at",
    "mrr_movements": "day",
    "tickets": "opened_at",
    "feedback": "given_at",
    "touchpoints": "occurred_at",
    "milestones": "reached_at",
    "service_costs": "incurred_at",
    "assignments": "assigned_at",
}
"""Tables that tell of a customer's life, with the time of each row."""

TERMS = ("customer_value", "net_value", "subscription_value")
"""Tables with a row a customer that say what a value is made of."""


def path_of(root: Path, run_id: str) -> Path:
    """Where the copy of a run lies: under a name of its own for each edition, since a file that is still open is not read anew."""
    return root / FOLDER / run_id / f"customers-{LAYOUT}-{edition(root, run_id)}.duckdb"


def edition(root: Path, run_id: str) -> str:
    """What changes when a run is changed after it was made, which only the erasure of a person does; empty if there is no run."""
    try:
        return f"{(root / 'runs' / run_id / 'manifest.json').stat().st_mtime_ns:x}"
    except OSError:
        return ""


@contextmanager
def keeping(root: Path, run_id: str, seen: str) -> Iterator[bool]:
    """Put something beside a run: whether that is still the run it was made of, which stays so while the block runs.

    An erasure takes the same lock before it changes a run and clears what lies beside it. What was made of the run as it was
    before must not be laid there afterwards.
    """
    folder = root / FOLDER
    with disk.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / KEEPING, is_singleton=False)
        lock.acquire()
    try:
        yield edition(root, run_id) == seen
    finally:
        lock.release()


def ensure(root: Path, run_id: str, has: Callable[[str], Path | None], secret: str) -> Path:
    """The copy of a run, made if it is not there; several processes may ask at once.

    Args:
        root: The workspace.
        run_id: The run.
        has: The file of a table of the run by name, or nothing.
        secret: Key of the pseudonyms, which stay the same from run to run.

    Raises:
        StorageError: if there is no room for it.
        WorkspaceError: if another process has been making it for too long.
    """
    seen, path = edition(root, run_id), path_of(root, run_id)
    if path.exists():
        return path
    with disk.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.with_suffix(".lock"), timeout=PATIENCE):
            if not path.exists():
                part = path.with_suffix(".part")
                for left in (part, part.with_name(part.name + ".wal")):
                    disk.remove(left)
                with connect(f"duckdb:///{part.absolute()}") as engine:
                    _make(engine, has, secret)
                disk.settle(part)
                with keeping(root, run_id, seen) as same:
                    if not same:
                        disk.remove(part)
                        raise WorkspaceError("The run was changed just now.", hint="Ask again.")
                    disk.move(part, path)
    except Timeout as error:
        raise WorkspaceError(
            "Another process has been preparing this run for a long time.", hint=f"Remove {path.parent} and try again."
        ) from error
    return path


def sweep(root: Path, keep: set[str]) -> None:
    """Remove what belongs to runs that are gone."""
    folder = root / FOLDER
    if folder.is_dir():
        for one in folder.iterdir():
            if one.is_dir() and one.name not in keep:
                disk.remove(one)


def alias(customer_id: str, secret: str) -> str:
    """The pseudonym of a customer: the same in every run of a workspace, and no way back without its key."""
    from hashlib import sha256

    return "c-" + sha256(f"{secret}{customer_id}".encode()).hexdigest()[:16]


def _make(engine: Engine, has: Callable[[str], Path | None], secret: str) -> None:
    def table(name: str) -> Table | None:
        file = has(name)
        return None if file is None else engine.scan_parquet(f"_{name}", file)

    scored = table("customers_scored")
    if scored is None:
        scored = table("subscription_value")
    if scored is None:
        raise WorkspaceError("This run valued nobody.", hint="Run again: lifeworth run ORDERS")
    engine.create("customers", _customers(scored, table, secret), order_by=["customer_id"])
    for column in ("customer_id", "alias"):
        engine.index("customers", column)
    for name, moment in EVENTS.items():
        rows = table(name)
        if rows is not None and "customer_id" in rows.columns:
            known = rows.filter(rows["customer_id"].notnull())
            engine.create(name, known, order_by=["customer_id", moment])
    for name in TERMS:
        if (rows := table(name)) is not None:
            engine.create(name, rows, order_by=["customer_id"])
    if (products := table("order_lines")) is not None and (orders := table("orders")) is not None:
        owned = products.join(orders.select("order_id", "customer_id", "ordered_at"), "order_id")
        engine.create(
            "order_lines", owned.filter(owned["customer_id"].notnull()), order_by=["customer_id", "ordered_at"]
        )
    views = [name for name in engine.tables() if name.startswith("_")]
    engine.drop(*views)


def _customers(scored: Table, table: Callable[[str], Table | None], secret: str) -> Table:
    """A row a customer: the values, what is left after costs, and what is known of the person."""
    rows = scored
    for name, wanted in (("net_value", ("net_clv",)), ("subscription_value", ("mrr", "plan", "next_renewal_at"))):
        beside = table(name)
        if beside is None or set(wanted) <= set(rows.columns):
            continue
        taken = [column for column in wanted if column in beside.columns and column not in rows.columns]
        rows = rows.left_join(beside.select("customer_id", *taken), "customer_id").drop("customer_id_right")
    known = table("customers")
    if known is not None:
        taken = [column for column in known.columns if column not in rows.columns]
        rows = rows.left_join(known.select("customer_id", *taken), "customer_id").drop("customer_id_right")
    hidden = (ibis.literal(secret) + rows["customer_id"]).hexdigest("sha256")
    return rows.mutate(alias=ibis.literal("c-") + hidden.substr(0, 16))
