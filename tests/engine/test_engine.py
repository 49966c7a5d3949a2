"""What every engine must do, tried on the engine of one machine; a second engine passes the same tests."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.engine.base import Engine, TextFormat
from lifeworth.engine.connect import connect
from lifeworth.errors import FileError, LifeworthError, OptionError

ROWS = pa.table(
    {"id": ["b", "a", "c"], "money": pa.array([Decimal("1.10"), Decimal("2.25"), None], pa.decimal128(18, 4))}
)


# -- tables -----------------------------------------------------------------------------------------------------------
def test_rows_loaded_are_the_rows_that_come_out(engine: Engine) -> None:
    assert engine.arrow(engine.load("t", ROWS)).equals(ROWS)


def test_a_query_is_only_text_until_it_is_asked_for(engine: Engine) -> None:
    table = engine.load("t", ROWS)
    query = table.filter(table["id"] != "a")
    engine.load("t", ROWS.slice(0, 1))
    assert engine.arrow(query)["id"].to_pylist() == ["b"]


@pytest.mark.parametrize("limits", [(-1, -2), (1, 1.0), (0.0, False), (2, 3)])
def test_questions_that_look_alike_have_each_their_own_answer(engine: Engine, limits: tuple[Any, Any]) -> None:
    """SQL is kept by its question: what Python holds to be equal, or gives the same hash, is not yet the same question."""
    table = engine.load("t", pa.table({"n": [-1.5, 0.5, 1.5, 2.5]}))
    asked = [table.mutate(limit=ibis.literal(one), over=table["n"] > int(one)) for one in limits]
    for one, query in zip((*limits, *limits), (*asked, *asked), strict=True):
        found = engine.arrow(query)
        assert found["limit"].to_pylist() == [one] * 4
        assert type(found["limit"][0].as_py()) is (Decimal if isinstance(one, float) else type(one))
        assert found["over"].to_pylist() == [n > int(one) for n in (-1.5, 0.5, 1.5, 2.5)]


def test_a_question_asked_again_is_asked_of_the_columns_there_are_now(engine: Engine) -> None:
    def wide() -> list[str]:
        return engine.arrow(engine.table("t").filter(engine.table("t")["id"] == "a")).column_names

    engine.load("t", ROWS)
    assert wide() == ["id", "money"]
    engine.load("t", ROWS.append_column("more", pa.array([1, 2, 3])))
    assert wide() == ["id", "money", "more"]


def test_a_created_table_keeps_its_rows_when_its_source_changes(engine: Engine) -> None:
    kept = engine.create("kept", engine.load("t", ROWS), order_by=["id"])
    engine.load("t", ROWS.slice(0, 1))
    assert engine.arrow(kept)["id"].to_pylist() == ["a", "b", "c"]


def test_a_view_shows_what_its_source_holds_now(engine: Engine) -> None:
    seen = engine.view("seen", engine.load("t", ROWS))
    engine.load("t", ROWS.slice(0, 1))
    assert engine.arrow(seen).num_rows == 1


def test_a_table_may_take_the_name_of_a_view_and_back(engine: Engine) -> None:
    table = engine.load("t", ROWS)
    engine.view("v", table)
    assert engine.arrow(engine.create("v", table.limit(1))).num_rows == 1
    assert engine.arrow(engine.view("v", table)).num_rows == 3
    assert engine.arrow(engine.load("v", ROWS.slice(0, 2))).num_rows == 2


def test_rows_are_appended_behind_the_others(engine: Engine) -> None:
    table = engine.load("t", ROWS)
    assert engine.arrow(engine.append("t", table.filter(table["id"] == "a"))).num_rows == 4


def test_names_are_listed_and_forgotten(engine: Engine) -> None:
    engine.view("v", engine.load("t", ROWS))
    assert engine.tables() == ["t", "v"]
    engine.drop("v", "t", "never there")
    assert engine.tables() == []


@pytest.mark.parametrize("name", ['quo"te', "it's", "two words", "select", "Ünï"])
def test_any_text_may_be_a_name(engine: Engine, name: str) -> None:
    engine.load(name, ROWS)
    assert engine.arrow(engine.table(name)).num_rows == 3


def test_money_is_summed_exactly(engine: Engine) -> None:
    cents = pa.table({"money": pa.array([Decimal("0.0001")] * 10_000, pa.decimal128(18, 4))})
    table = engine.load("t", cents)
    assert engine.row(table.aggregate(total=table["money"].sum()))["total"] == Decimal(1)


# -- rows out ---------------------------------------------------------------------------------------------------------
def test_batches_hold_every_row_once(engine: Engine) -> None:
    many = pa.table({"n": list(range(5000))})
    found = [n for batch in engine.batches(engine.load("t", many), 1000) for n in batch["n"].to_pylist()]
    assert sorted(found) == list(range(5000))


@pytest.mark.parametrize("rows", [0, 2])
def test_one_row_is_one_row(engine: Engine, rows: int) -> None:
    with pytest.raises(ValueError, match=f"{rows} came"):
        engine.row(engine.load("t", ROWS.slice(0, rows)))


def test_parquet_holds_the_rows_in_the_stated_order(engine: Engine, tmp_path: Path) -> None:
    engine.write_parquet(engine.load("t", ROWS), tmp_path / "t.parquet", order_by=["id"])
    assert pq.read_table(tmp_path / "t.parquet")["id"].to_pylist() == ["a", "b", "c"]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_same_rows_give_the_same_bytes(engine: Engine, tmp_path: Path, form: str) -> None:
    table = engine.load("t", pa.table({"n": list(range(200_000))}))
    files = [tmp_path / "one", tmp_path / "two"]
    for file in files:
        getattr(engine, f"write_{form}")(table, file, order_by=["n"])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_folder_that_cannot_be_written_to_is_told_as_such(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(LifeworthError, match=r"t\.csv"):
        engine.write_csv(engine.load("t", ROWS), tmp_path / "not there" / "t.csv")


# -- files in ---------------------------------------------------------------------------------------------------------
def test_text_comes_in_as_text_with_the_row_a_person_counts(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id;n\na;007\n;1,5\n", encoding="utf-8")
    table = engine.read_text("t", tmp_path / "t.csv", TextFormat(delimiter=";"), ["id", "n"])
    rows = engine.arrow(table.order_by("_row")).to_pylist()
    assert rows == [{"id": "a", "n": "007", "_row": 2}, {"id": None, "n": "1,5", "_row": 3}]


def test_packed_text_is_unpacked(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"id\na\nb\n"))
    table = engine.read_text("t", tmp_path / "t.csv.gz", TextFormat(compression="gzip"), ["id"])
    assert engine.row(table.aggregate(rows=table.count())) == {"rows": 2}


def test_parquet_comes_in_with_its_types(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(ROWS, tmp_path / "t.parquet")
    found = engine.arrow(engine.read_parquet("t", [tmp_path / "t.parquet"]))
    assert found.drop_columns("_row").equals(ROWS)
    assert found["_row"].to_pylist() == [1, 2, 3]


def test_json_lines_come_in_with_a_row_each(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"id": "a", "n": 1}\n{"id": "b"}\n', encoding="utf-8")
    rows = engine.arrow(engine.read_json("t", tmp_path / "t.jsonl").order_by("_row")).to_pylist()
    assert [(row["id"], row["n"], row["_row"]) for row in rows] == [("a", 1, 1), ("b", None, 2)]


def test_a_file_that_is_no_parquet_is_a_file_error(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_text("no")
    with pytest.raises(FileError, match=r"t\.parquet"):
        engine.read_parquet("t", [tmp_path / "t.parquet"])


# -- words that differ ------------------------------------------------------------------------------------------------
def test_a_text_that_does_not_fit_the_form_is_null(engine: Engine) -> None:
    table = engine.load("t", pa.table({"text": ["03/04/2025", "soon", None, "31/02/2025"]}))
    found = engine.arrow(table.select(at=engine.parse_time(table["text"], "%d/%m/%Y")))["at"].to_pylist()
    assert found == [datetime(2025, 4, 3), None, None, None]


@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)))
def test_iso_times_read_as_written(moment: datetime) -> None:
    with connect() as engine:
        table = engine.load("t", pa.table({"text": [moment.isoformat(sep=" ")]}))
        assert engine.row(table.select(at=engine.iso_time(table["text"])))["at"] == moment


@pytest.mark.parametrize("text", ["soon", "25-01-02x", "", "2025-13-01", "03/04/2025"])
def test_a_text_that_is_no_iso_time_is_null(engine: Engine, text: str) -> None:
    table = engine.load("t", pa.table({"text": [text]}))
    assert engine.row(table.select(at=engine.iso_time(table["text"])))["at"] is None


# -- connecting -------------------------------------------------------------------------------------------------------
def test_a_file_keeps_its_tables(tmp_path: Path) -> None:
    with connect(f"duckdb://{tmp_path / 'f.duckdb'}") as first:
        first.load("t", ROWS)
    with connect(f"duckdb://{tmp_path / 'f.duckdb'}") as second:
        assert second.tables() == ["t"]


def test_an_engine_nobody_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(OptionError, match="No engine answers") as refused:
        connect("oracle://server/shop")
    assert refused.value.allowed


def test_ibis_itself_works_as_ever_beside_the_engine():
    code = (
        "from lifeworth.engine.connect import connect\n"
        "import ibis\n"
        "table = ibis.table({'a': 'int64'}, name='t')\n"
        "with connect() as engine:\n"
        "    assert engine.row(engine.create('n', ibis.range(3).unnest().name('n').as_table()).count().name('n').as_table()) == {'n': 3}\n"
        "for dialect in ('duckdb', 'sqlite', 'pyspark'):\n"
        "    assert 'SELECT' in ibis.to_sql(table.filter(table.a > 1), dialect=dialect)\n"
        "with connect() as engine:\n"
        "    assert engine.tables() == []\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
