"""Faults of files and of the state, under a desk that is open to readers."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.faults.conftest import current, orders, whole
from tests.faults.faults import survives

from lifeworth.data import disk
from lifeworth.data.book import RUNS, SCHEMA_VERSION, book_of
from lifeworth.data.state import State
from lifeworth.data.store import Store
from lifeworth.engine.connect import connect
from lifeworth.errors import LifeworthError, NotFoundError, StorageError, WorkspaceError
from lifeworth.job import run
from lifeworth.report.spec import plain
from lifeworth.serving import answers, copy, customers
from lifeworth.serving.desk import Desk


@pytest.fixture
def desk(root):
    here = Desk(root)
    yield here
    here.close()


def fresh_book(root: Path) -> None:
    """What a new process does: let go of connections to the file that was."""
    book_of.__globals__["_engine"].cache_clear()


@survives("corrupt state")
def test_a_corrupt_state_is_said_and_runs_can_still_be_read(root):
    fresh_book(root)
    for left in root.glob("state.db-*"):
        left.unlink()
    (root / "state.db").write_bytes(os.urandom(20_000))
    with pytest.raises(WorkspaceError, match="cannot be read") as told:
        Desk(root)
    assert "Move state.db away" in str(told.value)
    whole(root)
    with pytest.raises(WorkspaceError):
        run(orders(2), workspace=root)
    whole(root)
    (root / "state.db").rename(root / "state.old")
    fresh_book(root)
    run(orders(2), workspace=root)
    assert customers.one(Desk(root).run(), "C0000")["orders"] == 5


@survives("locked state")
def test_a_locked_state_is_waited_for_and_then_said(root, desk, monkeypatch):
    first = desk.run()
    other = sqlite3.connect(root / "state.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert customers.one(desk.run(), "C0000")["customer_id"] == "C0000"
        with desk.book.read() as open_:  # who only reads is not kept out: the log of writes is apart
            open_.execute(sa.select(RUNS)).all()
            open_.exec_driver_sql("PRAGMA busy_timeout = 100")
        with pytest.raises(WorkspaceError, match="locked"):
            State(desk.book.url).begin("another")
    finally:
        other.execute("ROLLBACK")
        other.close()
    with desk.book.write() as open_:
        open_.execute(RUNS.update().values(status="done"))
    assert desk.run() is first


@survives("deleted state")
def test_a_state_that_is_deleted_is_made_anew_and_runs_stay(root, desk):
    asked = desk.run()
    for left in root.glob("state.db*"):
        left.unlink()
    try:
        with desk.book.read() as open_:
            open_.execute(sa.select(RUNS)).all()
    except LifeworthError:
        pass
    assert desk.run() is asked
    assert customers.one(asked, "C0000")["customer_id"] == "C0000"
    whole(root)
    fresh_book(root)
    run(orders(2), workspace=root)
    assert customers.one(Desk(root).run(), "C0000")["orders"] == 5


@survives("newer state")
def test_a_state_of_a_newer_version_is_refused_and_not_changed(root):
    with sqlite3.connect(root / "state.db") as there:
        there.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION + 1,))
    before = list(sqlite3.connect(root / "state.db").iterdump())
    for ask in (lambda: Desk(root), lambda: State(f"sqlite:///{root / 'state.db'}")):
        with pytest.raises(WorkspaceError, match="Update Lifeworth"):
            ask()
    with pytest.raises(WorkspaceError, match="Update Lifeworth"):
        run(orders(2), workspace=root)
    assert list(sqlite3.connect(root / "state.db").iterdump()) == before
    whole(root)


def _refused(number: int):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


@survives("read-only workspace")
def test_a_workspace_that_may_only_be_read_is_read(root, desk, monkeypatch):
    asked = desk.run()
    for owner, call in ((disk.os, "fsync"), (Path, "mkdir"), (Path, "replace"), (Path, "write_text"), (Path, "symlink_to")):  # fmt: skip
        monkeypatch.setattr(owner, call, _refused(errno.EROFS))
    assert desk.run() is asked
    assert customers.one(asked, "C0000")["customer_id"] == "C0000"
    assert plain(desk.ask("value"))["type"] == "page"
    assert plain(desk.ask("customers", {"top": 3}))["type"] in {"page", "table"}
    with pytest.raises(StorageError, match="may not be written"):
        run(orders(2), workspace=root)
    monkeypatch.undo()
    whole(root)


@survives("full disk for answers")
def test_an_answer_is_given_where_there_is_no_room_to_keep_it(root, desk, monkeypatch):
    monkeypatch.setattr(Path, "write_text", _refused(errno.ENOSPC))
    said = plain(desk.ask("customers", {"top": 3}))
    monkeypatch.undo()
    assert not list(root.glob(".serve/*/answers/*"))
    assert plain(Desk(root).ask("customers", {"top": 3})) == said


@survives("half-written copy")
def test_a_half_written_copy_is_made_anew(root):
    Desk(root).close()
    first = Desk(root)
    expected = customers.one(first.run(), "C0000")
    first.close()
    (path,) = root.glob(".serve/*/customers*.duckdb")
    path.write_bytes(path.read_bytes()[:5000])
    path.with_suffix(".part").write_bytes(b"half")
    path.with_suffix(".lock").touch()
    second = Desk(root)
    assert customers.one(second.run(), "C0000") == expected
    assert not path.with_suffix(".part").exists()
    second.close()


@survives("half-written answer")
def test_a_half_written_answer_is_worked_out_anew(root, desk):
    said = plain(desk.ask("customers", {"top": 3}))
    (file,) = root.glob(".serve/*/answers/*.json")
    for broken in (file.read_bytes()[:100], b"", b"{}", b'{"type": "page"}', b"\xff\xfe"):
        file.write_bytes(broken)
        again = Desk(root)
        assert plain(again.ask("customers", {"top": 3})) == said
        again.close()


@survives("truncated table")
def test_a_truncated_table_is_named_and_the_next_run_mends_it(root):
    file = root / "tables" / "customers_scored" / f"{current(root)}.parquet"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    broken = Desk(root)
    with pytest.raises(LifeworthError) as told:
        broken.run()
    assert "parquet" in str(told.value)
    with pytest.raises(LifeworthError):
        broken.answers.ask(current(root), next(one for one in _actions() if one.name == "customers"), {})
    run(orders(2), workspace=root)
    assert customers.one(broken.run(), "C0000")["orders"] == 5
    broken.close()


def _actions():
    from lifeworth.parts import ACTIONS

    return ACTIONS


@survives("missing manifest")
def test_a_run_without_its_manifest_is_no_run(root):
    (root / "runs" / current(root) / "manifest.json").unlink()
    lost = Desk(root)
    with pytest.raises(LifeworthError, match="gone"):
        lost.run()
    run(orders(2), workspace=root)
    assert customers.one(lost.run(), "C0000")["orders"] == 5
    whole(root)
    lost.close()


@survives("dangling link")
def test_a_link_to_nowhere_leaves_the_run_in_hand(root, desk):
    held = desk.run()
    disk.point(root / "runs" / "current", "20990101T000000")
    for _ in range(5):
        assert desk.run() is held
    assert customers.one(held, "C0000")["customer_id"] == "C0000"
    anew = Desk(root)
    with pytest.raises(LifeworthError, match="gone"):
        anew.run()
    run(orders(2), workspace=root)
    assert customers.one(anew.run(), "C0000")["orders"] == 5
    whole(root)
    anew.close()


@survives("pruned run")
def test_a_run_that_is_removed_while_it_is_read_is_read_on(root, desk):
    held = desk.run()
    run(orders(2), workspace=root)
    shutil.rmtree(root / "runs" / held.run_id)
    for file in root.glob(f"tables/*/{held.run_id}.parquet"):
        file.unlink()
    assert customers.one(held, "C0000")["customer_id"] == "C0000"
    rows = 0
    _, batches = customers.export(held)
    for batch in batches:
        rows += batch.num_rows
    assert rows == 30
    for _ in range(200):
        if desk.run().run_id != held.run_id:
            break
        threading.Event().wait(0.05)
    assert customers.one(desk.run(), "C0000")["orders"] == 5


@survives("switched runs")
def test_every_answer_is_of_one_run_while_runs_change(root):
    """Two runs that differ in one customer take turns; what a reader is told of both tables of a run must agree."""
    names = sorted(one.name for one in (root / "runs").iterdir() if not one.is_symlink())
    desks = [Desk(root), Desk(root)]
    expected = {}
    for name in names:
        disk.point(root / "runs" / "current", name)
        only = Desk(root)
        held = only.run()
        expected[name] = (customers.one(held, "C0000")["historic_clv"], len(customers.life(held, "C0000")["orders"]), held.facts["purchases"])  # fmt: skip
        only.close()
    assert len(set(expected.values())) == 2
    over, faults, asked = threading.Event(), [], []

    def read(desk: Desk) -> None:
        while not over.is_set():
            try:
                held = desk.run()
                told = (customers.one(held, "C0000")["historic_clv"], len(customers.life(held, "C0000")["orders"]), held.facts["purchases"])  # fmt: skip
                asked.append(held.run_id)
                if told != expected[held.run_id]:
                    faults.append((held.run_id, told))
            except Exception as error:
                faults.append(error)

    readers = [threading.Thread(target=read, args=(desk,)) for desk in desks for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(50):
        disk.point(root / "runs" / "current", names[turn % 2])
        over.wait(0.05)
    over.set()
    for reader in readers:
        reader.join()
    for desk in desks:
        desk.close()
    assert faults == []
    assert set(asked) == set(names)


@survives("clock jump")
@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumps_leaves_the_latest_run_current(root, monkeypatch, days):
    from datetime import timedelta

    from lifeworth.data import book as books
    from lifeworth.data import store as stores

    real = stores.datetime

    class Jumped(real):
        @classmethod
        def now(cls, tz=None):
            return real.now(tz) + timedelta(days=days)

    before = {one.name for one in (root / "runs").iterdir()}
    monkeypatch.setattr(stores, "datetime", Jumped)
    monkeypatch.setattr(books, "datetime", Jumped)
    run(orders(2), workspace=root)
    first = current(root)
    monkeypatch.undo()
    assert first not in before
    run(orders(3), workspace=root)
    assert current(root) not in {*before, first}
    desk = Desk(root)
    assert customers.one(desk.run(), "C0000")["orders"] == 6
    assert {one.name for one in (root / "runs").iterdir()} >= before
    with connect() as engine:
        assert {one["status"] for one in Store(root, engine).runs()} == {"done"}
    desk.close()


@survives("stale lock")
def test_lock_files_nobody_holds_keep_nobody_out(root):
    for name in (".lock", ".writing", ".serve/.keeping", f".serve/{current(root)}/customers-{copy.LAYOUT}.lock"):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("2020-01-01 00:00 UTC")
    run(orders(2), workspace=root)
    desk = Desk(root)
    assert customers.one(desk.run(), "C0000")["orders"] == 5
    assert plain(desk.ask("customers", {"top": 3}))
    assert not (root / ".writing").exists()
    desk.close()


@survives("killed in an erasure")
def test_an_erasure_that_was_killed_comes_to_its_end_and_a_run_between_brings_nobody_back(root):
    import subprocess
    import sys

    from lifeworth.persons.actions import erase_person

    code = (
        "import os, signal, sys; from pathlib import Path; from lifeworth.persons.actions import erase_person\n"
        "def stop(step):\n"
        "    if step.startswith('changed tables/orders'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "erase_person(Path(sys.argv[1]), 'C0001', between=stop)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, check=False, timeout=300)
    assert done.returncode == -9, done.stderr
    whole(root)
    run(orders(2), workspace=root)
    desk = Desk(root)
    with pytest.raises(NotFoundError):
        customers.one(desk.run(), "C0001")
    erase_person(root, "C0001")
    assert not (root / ".erasing").exists()
    assert b"C0001" not in b"".join(file.read_bytes() for file in root.rglob("*") if file.is_file())
    with pytest.raises(NotFoundError):
        customers.one(desk.run(), "C0001")
    assert customers.one(desk.run(), "C0000")["orders"] == 5
    assert answers.AT_ONCE >= 1
    desk.close()
