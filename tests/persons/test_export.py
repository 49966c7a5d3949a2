"""Everything that is kept of a person, in one file."""

from __future__ import annotations

import json
import zipfile

import pytest
import sqlalchemy as sa
from tests.persons.shop import names, tables

from lifeworth.data.book import TRAIL, book_of
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.persons.actions import erase_person, export_person
from lifeworth.persons.erase import runs_of


@pytest.fixture
def handed_out(shop, tmp_path):
    """The export of C7, as its files."""
    (shop / "uploads" / "0123456789abcdef").mkdir(parents=True)
    (shop / "uploads" / "0123456789abcdef" / "orders.csv").write_text("customer_id,total\nC7,1\nC8,2\n")
    file = export_person(shop, "C7", tmp_path / "out" / "C7.zip", by="ann")
    with zipfile.ZipFile(file) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_every_row_of_every_run_is_in_it(shop, handed_out):
    for name, rows in tables(shop).items():
        own = [row for row in rows if names(row, "C7")]
        if not own or name.startswith("runs/"):
            continue
        parts = name.split("/")
        run, *ending = parts[-1].removesuffix(".parquet").split(".")
        table = parts[1] if parts[0] == "tables" else "quarantine_beside" if ending else "quarantine"
        told = json.loads(handed_out[f"runs/{run}/{table}.json"])
        assert len(told) >= len(own), name
        assert all(names(row, "C7") or row.get("visitor_id") == "V906" for row in told), name


def test_uploads_and_notes_are_in_it(handed_out):
    assert json.loads(handed_out["files/uploads/0123456789abcdef/orders.csv.json"]) == [{"customer_id": "C7", "total": "1"}]  # fmt: skip


def test_the_statement_says_sources_days_and_purposes(shop, handed_out):
    said = json.loads(handed_out["statement.json"])
    assert {one["run"] for one in said["sources"]} == set(runs_of(shop))
    assert "orders.csv" in said["sources"][0]["read"]
    orders = [one for one in said["files"] if one["table"] == "orders"]
    assert len(orders) == 3
    assert all(one["purpose"] and one["first"].startswith("2025") and one["rows"] for one in orders)


def test_the_overview_is_a_page_that_runs_nothing_it_quotes(shop, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = next(shop.glob("tables/tickets/*.parquet"))
    rows = pq.read_table(file)
    text = pa.array(["<script>alert(1)</script>" if one == "C7" else "" for one in rows["customer_id"].to_pylist()])
    pq.write_table(rows.set_column(rows.column_names.index("text"), "text", text), file)
    out = export_person(shop, "C7", tmp_path / "C7.zip")
    with zipfile.ZipFile(out) as packed:
        page = packed.read("overview.html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_file_is_for_its_owner_only_and_never_half(shop, tmp_path, monkeypatch):
    from lifeworth.persons import export

    file = export_person(shop, "C7", tmp_path / "C7.zip")
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(export, "runs_of", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_person(shop, "C8", tmp_path / "C8.zip")
    assert [one.name for one in tmp_path.iterdir() if "C8" in one.name] == []


def test_that_it_was_handed_out_is_noted(shop, handed_out):
    with book_of(shop).read() as open_:
        assert open_.execute(sa.select(TRAIL.c.who, TRAIL.c.action, TRAIL.c.subject)).one() == ("ann", "person.export", "C7")  # fmt: skip


def test_nothing_is_handed_out_of_nobody_or_into_the_workspace(shop, tmp_path):
    with pytest.raises(NotFoundError):
        export_person(shop, "C999", tmp_path / "x.zip")
    with pytest.raises(OptionError):
        export_person(shop, "C7", shop / "x.zip")


def test_after_an_erasure_there_is_nothing_to_hand_out(shop, tmp_path):
    erase_person(shop, "C7")
    with pytest.raises(NotFoundError):
        export_person(shop, "C7", tmp_path / "x.zip")
