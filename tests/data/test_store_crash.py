"""A crash at any step, or a full disk, leaves the last good run as it was."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from lifeworth.data import disk
from lifeworth.data.store import Store
from lifeworth.engine.connect import connect
from lifeworth.errors import StorageError

STEPS = (
    "begun",
    "table customers",
    "table quarantine",
    "output report.html",
    "output customers.parquet",
    "manifest",
    "moved customers",
    "moved quarantine",
    "visible",
    "current",
    "noted",
    "pruned",
)

RUN = """
import os, resource, signal, sys
from pathlib import Path
import pyarrow as pa
from lifeworth.data.store import Store
from lifeworth.engine.connect import connect

def stop(step):
    if step == sys.argv[2]:
        os._exit(77)

engine = connect()
value = sys.argv[3]
people = engine.load("people", pa.table({"customer_id": ["a", "b"], "value": [value, value]}))
aside = engine.load("aside", pa.table({"source_file": [0], "source_row": [1], "reason": [value]}))
with Store(Path(sys.argv[1]), engine, between=stop).begin(value) as run:
    if len(sys.argv) > 4:
        people = engine.load("people", pa.table({"customer_id": [os.urandom(9).hex() for _ in range(40000)]}))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
    run.write_table("customers", people)
    run.write_table("quarantine", aside)
    run.write_output("report.html", value)
    run.write_rows("customers.parquet", people, order_by=["customer_id"])
    run.commit({"inputs": [], "facts": {"value": value}})
"""


def run(folder: Path, stop_at: str, value: str, *limit: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, str(folder), stop_at, value, *limit]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def state_of(folder: Path) -> tuple[str, str, str]:
    """What a reader sees: the fact in the manifest, in the table, in the output."""
    with connect() as engine:
        store = Store(folder, engine)
        manifest = store.current()
        row = engine.arrow(store.table("customers")).to_pylist()[0]
        return manifest["facts"]["value"], row["value"], (store.current_folder / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A workspace with one good run, to be copied."""
    folder = tmp_path_factory.mktemp("good") / "shop"
    done = run(folder, "never", "old")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def shop(good, tmp_path):
    return Path(shutil.copytree(good, tmp_path / "shop", symlinks=True))


def rerun(folder: Path) -> None:
    """Write a run in this process."""
    with connect() as engine:
        people = engine.load("people", pa.table({"customer_id": ["a"], "value": ["third"]}))
        with Store(folder, engine).begin("third") as writer:
            writer.write_table("customers", people)
            writer.write_output("report.html", "third")
            writer.commit({"facts": {"value": "third"}})


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_leaves_a_whole_run_current_and_a_rerun_succeeds(shop, step):
    assert run(shop, step, "new").returncode == 77
    value = "new" if STEPS.index(step) >= STEPS.index("current") else "old"
    assert state_of(shop) == (value, value, value)
    rerun(shop)
    assert state_of(shop) == ("third", "third", "third")
    hidden = [path.name for path in (shop / "runs").iterdir() if path.name.startswith(".")]
    orphans = [path for path in shop.glob("tables/*/*") if not (shop / "runs" / path.stem).exists()]
    assert (hidden, orphans) == ([], [])


def test_every_step_is_one_a_process_was_killed_at(tmp_path, engine):
    met: list[str] = []
    people = engine.load("people", pa.table({"customer_id": ["a"]}))
    aside = engine.load("aside", pa.table({"source_file": [0], "source_row": [1]}))
    with Store(tmp_path, engine, between=met.append).begin() as writer:
        writer.write_table("customers", people)
        writer.write_table("quarantine", aside)
        writer.write_output("report.html", "x")
        writer.write_rows("customers.parquet", people, order_by=["customer_id"])
        writer.commit({})
    assert tuple(met) == STEPS


def test_a_killed_run_is_noted_as_killed(shop):
    run(shop, "manifest", "new")
    rerun(shop)
    with connect() as engine:
        noted = {one["run_id"]: one["status"] for one in Store(shop, engine).runs()}
    assert noted == {"old": "done", "new": "killed", "third": "done"}


def test_a_full_disk_is_a_storage_error_and_leaves_no_part_behind(shop):
    failed = run(shop, "never", "new", "100000")
    assert "StorageError" in failed.stderr
    assert state_of(shop) == ("old", "old", "old")
    assert [path.name for path in shop.rglob("*new*")] == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize(
    ("owner", "call"),
    [(disk.os, "fsync"), (Path, "replace"), (Path, "symlink_to")],
    ids=["fsync", "replace", "symlink"],
)
def test_no_room_at_any_call_is_a_storage_error_and_leaves_the_old_run(shop, monkeypatch, number, owner, call):
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    def write(engine):
        people = engine.load("people", pa.table({"customer_id": ["a"], "value": ["new"]}))
        with Store(shop, engine).begin("new") as writer:
            monkeypatch.setattr(owner, call, refuse)
            writer.write_table("customers", people)
            writer.commit({})

    with connect() as engine, pytest.raises(StorageError, match="no room left"):
        write(engine)
    monkeypatch.undo()
    assert state_of(shop) == ("old", "old", "old")
    assert [path.name for path in shop.rglob("*new*")] == []


def test_a_run_begun_in_the_second_in_which_another_was_killed_has_a_name_of_its_own(tmp_path, engine, monkeypatch):
    from lifeworth.data import store as room

    class Still(room.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 1, 2, 3, 4, 5, tzinfo=tz)

    monkeypatch.setattr(room, "datetime", Still)
    first = Store(tmp_path, engine).begin()
    first._lock.release()  # what the death of its process would do; nothing else of it is tidied up
    with Store(tmp_path, engine).begin() as second:
        assert second.run_id != first.run_id
