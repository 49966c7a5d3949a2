"""Named tables and outputs of a workspace, in and out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from lifeworth.data import store as store_module
from lifeworth.data.store import KEEP, Store
from lifeworth.engine.connect import connect
from lifeworth.errors import StorageError, WorkspaceError

INPUTS = [{"name": "orders.csv", "rows": 2, "sha256": "a" * 64}]


@pytest.fixture
def people(engine):
    return engine.load("people", pa.table({"customer_id": ["b", "a"], "value": [2.5, 1.25]}))


@pytest.fixture
def store(tmp_path, engine):
    return Store(tmp_path / "shop", engine)


def write(store, people, run_id=None, **facts):
    with store.begin(run_id) as run:
        run.write_table("customers", people, inputs=["orders"])
        run.write_output("report.html", "<p>é</p>")
        run.write_rows("customers.csv", people, order_by=["customer_id"])
        return run.commit({"inputs": INPUTS, "facts": facts}, summary={"customers": 2})


def test_a_workspace_without_runs_has_nothing(store):
    assert (store.current(), store.tables(), store.current_folder) == (None, [], None)


def test_a_committed_run_is_current(store, people):
    folder = write(store, people, "one")
    assert store.current_folder == folder.resolve() == (store.root / "runs" / "one").resolve()


def test_a_table_comes_back_as_it_was_written_sorted_by_its_key(store, people):
    write(store, people)
    with connect() as other:
        back = Store(store.root, other).table("customers")
        assert other.arrow(back).to_pylist() == [
            {"customer_id": "a", "value": 1.25},
            {"customer_id": "b", "value": 2.5},
        ]


def test_the_manifest_tells_where_a_table_comes_from(store, people):
    write(store, people)
    told = store.current()["tables"]["customers"]
    assert (told["inputs"], told["rows"], len(told["sha256"])) == (["orders"], 2, 64)


def test_the_manifest_names_format_version_inputs_and_outputs(store, people):
    write(store, people, as_of=date(2024, 1, 1), money=Decimal("1.10"))
    told = store.current()
    assert (told["format_version"], told["inputs"], sorted(told["outputs"])) == (
        1,
        INPUTS,
        ["customers.csv", "report.html"],
    )
    assert told["facts"] == {"as_of": "2024-01-01", "money": "1.10"}


def test_the_quarantine_is_kept_as_parquet_and_csv_in_a_folder_of_its_own(store, engine):
    rows = engine.load("q", pa.table({"source_file": [0], "source_row": [7], "reason": ["test"]}))
    with store.begin("one") as run:
        run.write_table("quarantine", rows)
        run.commit({})
    assert sorted(path.name for path in (store.root / "quarantine").iterdir()) == ["one.csv", "one.parquet"]
    assert "test" in (store.root / "quarantine" / "one.csv").read_text(encoding="utf-8")


def test_nothing_of_a_run_can_be_seen_before_it_is_committed(store, people):
    write(store, people, "one")
    with store.begin("two") as run:
        run.write_table("customers", people)
        run.write_output("report.html", "new")
        assert {path.name for path in (store.root / "runs").iterdir() if path.name[0] != "."} == {"one", "current"}
        assert store.current_folder.name == "one"


def test_a_run_that_is_left_without_commit_leaves_nothing(store, people):
    with store.begin("one") as run:
        run.write_table("customers", people)
    assert [path for path in store.root.rglob("*") if path.suffix in {".parquet", ".part"}] == []


def test_a_run_that_fails_is_noted_as_failed(store, people):
    def fail():
        with store.begin("one") as run:
            run.write_table("customers", people)
            raise ZeroDivisionError("oh")

    with pytest.raises(ZeroDivisionError):
        fail()
    noted = store.runs()[0]
    assert (noted["status"], noted["summary"]) == ("failed", {"error": "ZeroDivisionError: oh"})


def test_the_book_keeps_runs_and_what_they_read(store, people):
    write(store, people, "one")
    noted = store.runs()[0]
    assert (noted["run_id"], noted["status"], noted["summary"]) == ("one", "done", {"customers": 2})
    assert [(item["name"], item["rows"]) for item in noted["imports"]] == [("orders.csv", 2)]
    assert noted["started_at"] <= noted["finished_at"]


def test_the_same_run_at_another_time_and_place_gives_the_same_bytes(tmp_path, engine, people):
    first = write(Store(tmp_path / "a", engine), people, "early")
    second = write(Store(tmp_path / "b", engine), people, "late")
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert [name for name in names if (first / name).read_bytes() != (second / name).read_bytes()] == []


def test_only_the_latest_runs_stay_with_their_tables(store, people):
    for number in range(KEEP + 2):
        write(store, people, f"run{number:02}")
    kept = {f"run{number:02}" for number in range(2, KEEP + 2)}
    assert {path.name for path in (store.root / "runs").iterdir() if not path.is_symlink()} == kept
    assert {path.stem for path in (store.root / "tables" / "customers").iterdir()} == kept


def test_of_older_runs_the_last_of_each_month_stays(store, people):
    """Three runs a month for six months, and ten of the last day."""
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 7) for day in (10, 28, 20)]
    for number, day in enumerate([*days, *["2026-06-30"] * KEEP]):
        write(store, people, f"run{number:02}", as_of=day)
    there = sorted(path.name for path in (store.root / "runs").iterdir() if not path.is_symlink())
    monthly = [
        f"run{3 * month + 1:02}" for month in range(5)
    ]  # of each month but the last, whose last run is among the ten
    assert there == sorted([*monthly, *(f"run{number}" for number in range(18, 18 + KEEP))])
    assert {path.stem for path in (store.root / "tables" / "customers").iterdir()} == set(there)


def test_a_name_for_a_run_is_used_once(store, people):
    write(store, people, "one")
    with pytest.raises(WorkspaceError, match="is there already"):
        store.begin("one")


def test_an_output_stays_inside_its_run(store):
    with store.begin() as run, pytest.raises(ValueError, match="not inside"):
        run.write_output("../elsewhere.txt", "x")


def test_two_runs_at_once_are_refused_with_the_time_of_the_first(store, people, engine, monkeypatch):
    monkeypatch.setattr(store_module, "PATIENCE", 0.05)
    with store.begin("one"), pytest.raises(WorkspaceError, match=r"Another run is writing here \(since 20.* UTC\)"):
        Store(store.root, engine).begin("two")


def test_after_a_refusal_the_workspace_is_free_again(store, people):
    write(store, people, "one")
    with pytest.raises(WorkspaceError):
        store.begin("one")
    assert write(store, people, "two").name == "two"


def test_a_run_of_a_newer_version_is_not_touched(store, people):
    folder = write(store, people, "one")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"format_version": 99, "lifeworth": "9.1.0"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for refused in (store.current, store.begin):
        with pytest.raises(WorkspaceError, match=r"written by Lifeworth 9\.1\.0 in format 99"):
            refused()


def test_a_book_of_a_newer_version_is_not_touched(store, people):
    write(store, people, "one")
    book = sa.create_engine(f"sqlite:///{store.root / 'state.db'}")
    with book.begin() as open_:
        open_.execute(sa.text("UPDATE schema_version SET version = 99"))
    book.dispose()
    with pytest.raises(WorkspaceError, match="has version 99"):
        store.begin("two")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lifeworth": "1"}'])
def test_a_damaged_manifest_is_named(store, people, text):
    folder = write(store, people, "one")
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"manifest\.json is damaged"):
        store.current()


def test_a_table_whose_file_is_gone_is_named(store, people):
    write(store, people, "one")
    (store.root / "tables" / "customers" / "one.parquet").unlink()
    with pytest.raises(WorkspaceError, match="is gone"):
        store.table("customers")


def test_a_table_the_run_does_not_have_is_named(store, people):
    write(store, people, "one")
    with pytest.raises(WorkspaceError, match='no table "tickets"'):
        store.table("tickets")


def test_a_workspace_that_is_a_file_is_refused(tmp_path, engine):
    (tmp_path / "shop").write_text("x", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="is a file"):
        Store(tmp_path / "shop", engine).begin()


def test_a_place_that_cannot_be_made_is_a_storage_error(engine):
    with pytest.raises(StorageError, match=r"cannot be written|may not be written"):
        Store(Path("/proc/lifeworth"), engine).begin()


def test_a_url_no_database_answers_to_is_refused(tmp_path, engine):
    with pytest.raises(WorkspaceError, match="No database answers"):
        Store(tmp_path, engine, state="nosuch://x").begin()


def test_the_book_may_lie_elsewhere(tmp_path, engine, people):
    store = Store(tmp_path / "shop", engine, state=f"sqlite:///{tmp_path / 'team.db'}")
    write(store, people, "one")
    assert (tmp_path / "team.db").exists()
    assert not (tmp_path / "shop" / "state.db").exists()
