"""An erasure that is killed anywhere leaves whole files behind it, and comes to its end when it is called again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.persons.shop import names, run_again, tables

from lifeworth.data.store import Store
from lifeworth.engine.connect import connect
from lifeworth.errors import StorageError
from lifeworth.persons import changes
from lifeworth.persons.actions import erase_person, erasures

KILLED = (
    "planned", "suppressed", "changed quarantine/*.csv", "changed tables/customers/*", "changed tables/orders/*", "changed runs/*/customers.csv",
    "changed runs/*/document.json", "changed runs/*/manifest.json", "served *", "files", "book", "compacted", "searched", "proved", "done",
)  # fmt: skip
"""Steps at which the process is killed, as patterns of their names."""

ERASE = """
import fnmatch, os, signal, sys
from pathlib import Path
from lifeworth.data import disk
from lifeworth.persons.actions import erase_person

def stop(step):
    if fnmatch.fnmatch(step, sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "half":
    move = disk.move
    def halfway(part, target):
        if target.parent.name == "orders":
            part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        move(part, target)
    disk.move = halfway
erase_person(Path(sys.argv[1]), "C7", mode=sys.argv[3], by="first", between=stop)
"""


def killed(root: Path, step: str, mode: str = "erase") -> None:
    done = subprocess.run([sys.executable, "-c", ERASE, str(root), step, mode], capture_output=True, text=True, check=False, timeout=300)  # fmt: skip
    assert done.returncode == -9, done.stderr


def whole(root: Path) -> None:
    """Every file can be read to its end, and the current run is what its record says."""
    assert tables(root)
    for file in root.glob("runs/2*/*.json"):
        json.loads(file.read_text())
    with connect() as engine:
        manifest = Store(root, engine).current()
        assert manifest is not None
        for name in manifest["tables"]:
            Store(root, engine).table(name)


def gone(root: Path) -> None:
    for name, rows in tables(root).items():
        assert not any(names(row, "C7") for row in rows), name
    assert not (root / ".erasing").exists()
    assert [file.name for file in root.rglob("*.erasing")] == []


@pytest.mark.parametrize("step", KILLED)
def test_a_process_killed_at_a_step_leaves_whole_files_and_the_next_call_ends_it(shop, step):
    killed(shop, step)
    whole(shop)
    proof = erase_person(shop, "C7", by="second")
    gone(shop)
    assert proof.hits == ()
    assert [one.erasure_id for one in erasures(shop)][:1] == [proof.erasure_id]
    if step not in {"planned", "done"}:
        assert proof.by == "first" or step == "proved"


@pytest.mark.parametrize("mode", ["erase", "pseudonymise"])
def test_a_file_that_was_half_written_never_takes_its_place(shop, mode):
    before = {file: file.read_bytes() for file in shop.glob("tables/orders/*.parquet")}
    killed(shop, "half", mode)
    assert {file: file.read_bytes() for file in before} == before
    whole(shop)
    # Whoever comes next ends what was begun, also for another person.
    erase_person(shop, "C12", mode=mode)
    gone(shop)


def test_what_the_totals_lose_is_said_after_a_crash_as_well(shop, tmp_path):
    import shutil

    twin = Path(shutil.copytree(shop, tmp_path / "twin", symlinks=True))
    killed(shop, "book")
    assert erase_person(shop, "C7").lost == erase_person(twin, "C7").lost


def test_a_run_between_a_crash_and_the_next_attempt_does_not_bring_the_person_back(shop, source):
    killed(shop, "suppressed")
    run_again(shop, source)
    run = (shop / "runs" / "current").resolve().name
    assert not any(names(row, "C7") for name, rows in tables(shop).items() if run in name for row in rows)
    erase_person(shop, "C7")
    gone(shop)


def test_a_full_disk_is_said_and_the_erasure_goes_on_when_there_is_room(shop, monkeypatch):
    import errno

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def stop(step: str) -> None:
        if step.startswith("changed tables/customers/"):
            monkeypatch.setattr(changes.disk.os, "fsync", full)

    with pytest.raises(StorageError):
        erase_person(shop, "C7", between=stop)
    monkeypatch.undo()
    whole(shop)
    assert [file.name for file in shop.rglob("*.erasing") if file.is_file()] == []
    erase_person(shop, "C7")
    gone(shop)


def test_a_reader_of_a_table_has_the_old_or_the_new_one(shop):
    """Read after every step: each table is whole, and holds the person's rows or none of them."""
    counts = {file: sum(names(row, "C7") for row in pq.read_table(file).to_pylist()) for file in shop.glob("tables/*/*.parquet")}  # fmt: skip

    def look(step: str) -> None:
        if step.startswith("changed tables"):
            for file in shop.glob(f"tables/{step.split('/')[1]}/*.parquet"):
                assert sum(names(row, "C7") for row in pq.read_table(file).to_pylist()) in {0, counts[file]}

    erase_person(shop, "C7", between=look)
    gone(shop)
