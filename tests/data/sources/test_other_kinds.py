"""JSON, Excel, Parquet, frames and databases: the same rows whatever they come in."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lifeworth.data.sources.frames import like
from lifeworth.errors import FileError, InputError, OptionError

ROWS = [
    {"order_id": "1", "customer_id": "a", "order_date": date(2025, 1, 31), "amount": 10.5},
    {"order_id": "2", "customer_id": "b", "order_date": date(2025, 2, 1), "amount": 12.25},
]
MONEY = [Decimal("10.5"), Decimal("12.25")]


def as_pandas():
    return pd.DataFrame(ROWS)


def as_polars():
    return pl.DataFrame(ROWS)


def as_lazy_polars():
    return pl.DataFrame(ROWS).lazy()


def as_arrow():
    return pa.Table.from_pylist(ROWS)


def as_batches():
    return pa.Table.from_pylist(ROWS).to_reader()


@pytest.mark.parametrize("frame", [as_pandas, as_polars, as_lazy_polars, as_arrow, as_batches])
def test_frames_of_every_family_are_read(read, frame):
    found = read(frame())
    assert found.column("money") == MONEY
    assert found.column("ordered_at") == [datetime(2025, 1, 31), datetime(2025, 2, 1)]
    assert found.column("source_row") == [1, 2]


def test_a_duckdb_relation_is_read(read):
    with duckdb.connect() as connection:
        relation = connection.sql("SELECT 1 AS order_id, 'a' AS customer_id, DATE '2025-01-31' AS date, 10.5 AS amount")
        assert read(relation).column("money") == [Decimal("10.5")]


def test_a_frame_is_not_changed(read):
    frame = as_pandas()
    before = frame.copy(deep=True)
    read(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_single_frame_needs_no_list(engine):
    from lifeworth.data.sources.open import read_orders

    assert read_orders(engine, as_polars()).files[0].rows == 2


def test_missing_numbers_of_pandas_make_no_float_ids(read):
    frame = pd.DataFrame(
        {"customer_id": [17850, None], "date": pd.to_datetime(["2025-01-31", "2025-02-28"]), "amount": [1.0, None]}
    )
    found = read(frame)
    assert found.column("customer_id") == ["17850", None]
    assert (found.column("money"), found.column("fault")) == ([Decimal(1), None], [None, None])


def test_a_column_of_mixed_values_is_read_as_text(read):
    frame = pd.DataFrame({"customer_id": [1, "b"], "date": ["2025-01-31", "2025-02-28"], "amount": [1, 2]})
    assert read(frame).column("customer_id") == ["1", "b"]


def test_an_index_with_a_name_is_a_column(read):
    assert read(as_pandas().set_index("customer_id")).column("customer_id") == ["a", "b"]


def test_a_moment_with_a_zone_keeps_the_clock_of_the_zone(read):
    moments = pd.to_datetime([datetime(2025, 1, 31, 23, tzinfo=UTC)]).tz_convert("Asia/Tokyo")
    frame = pd.DataFrame({"customer_id": ["a"], "date": moments, "amount": [1]})
    assert read(frame).column("ordered_at") == [datetime(2025, 2, 1, 8)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_a_number_that_is_none_marks_its_row(read, value):
    found = read(pl.DataFrame({"customer_id": ["a"] * 3, "date": [date(2025, 1, 31)] * 3, "amount": [1.0, value, 2.0]}))
    assert [row["fault"] is not None for row in found.rows] == [False, True, False]
    assert found.rows[1]["fault_column"] == "amount"


def test_categories_are_read_as_their_words(read):
    frame = as_pandas().astype({"customer_id": "category"})
    assert read(frame).column("customer_id") == ["a", "b"]


def test_a_frame_without_rows_is_said(read):
    with pytest.raises(FileError, match="has no rows"):
        read(as_polars().head(0))


def test_the_hash_of_a_frame_is_that_of_its_content(read):
    first, same = (read(as_arrow()).source.files[0].sha256 for _ in range(2))
    assert first == same != read(as_arrow().slice(1)).source.files[0].sha256


@pytest.mark.parametrize(
    ("frame", "kind"), [(as_pandas, pd.DataFrame), (as_polars, pl.DataFrame), (as_arrow, pa.Table)]
)
def test_an_answer_comes_in_the_family_of_the_question(frame, kind):
    assert isinstance(like(frame(), as_arrow()), kind)


def test_parquet_is_read_with_its_types(read, tmp_path):
    pq.write_table(as_arrow(), tmp_path / "orders.parquet")
    found = read(tmp_path / "orders.parquet")
    assert found.column("money") == MONEY
    assert found.source.files[0].kind == "parquet"


def test_parquet_under_another_name_is_known_by_its_bytes(read, tmp_path):
    pq.write_table(as_arrow(), tmp_path / "orders.csv")
    assert read(tmp_path / "orders.csv").column("money") == MONEY


def test_damaged_parquet_is_refused(read, tmp_path):
    (tmp_path / "orders.parquet").write_bytes(b"PAR1" + b"x" * 100)
    with pytest.raises(FileError, match=r"orders\.parquet"):
        read(tmp_path / "orders.parquet")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: "\n".join(json.dumps(row) for row in rows) + "\n",
        lambda rows: json.dumps(rows),
        lambda rows: json.dumps(rows, indent=2),
        lambda rows: json.dumps({"orders": rows}),
        lambda rows: json.dumps({"data": {"orders": {"edges": [{"node": row} for row in rows]}}}),
    ],
    ids=["lines", "array", "printed", "wrapped", "graphql"],
)
def test_json_in_every_wrapping_is_read(read, wrap):
    rows = [row | {"order_date": row["order_date"].isoformat()} for row in ROWS]
    assert read(wrap(rows).encode(), name="orders.json").column("money") == MONEY


def test_one_json_object_is_one_order(read):
    text = '{"order_id": 1, "customer": {"id": 7}, "date": "2025-01-31", "total": 1.10}'
    found = read(text.encode(), name="orders.json")
    assert (found.column("money"), found.column("customer_id")) == ([Decimal("1.1")], ["7"])


def test_digits_of_json_do_not_pass_through_binary_fractions(read):
    text = '[{"customer_id": 12345678901234567890, "date": "2025-01-31", "amount": 9007199254740.9937}]'
    found = read(text.encode(), name="orders.json")
    assert found.column("money") == [Decimal("9007199254740.9937")]
    assert found.column("customer_id") == ["12345678901234567890"]


def test_records_of_json_need_not_have_the_same_fields(read):
    text = '{"customer_id": "a", "date": "2025-01-31"}\n{"customer_id": "b", "date": "2025-01-31", "amount": 3}\n'
    assert read(text, name="orders.jsonl").column("money") == [None, Decimal(3)]


@pytest.fixture
def workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet("Orders")
    sheet.append(["Order ID", "Customer", "Date", "Amount", "Amount"])
    sheet.append([1, "a", datetime(2025, 1, 31, 10, 30), 10.5, 1])
    sheet.append([None, None, None, None, None])
    sheet.append([2, "b", date(2025, 2, 1), 12.25, 1])
    other = book.create_sheet("Other")
    other.append(["Order ID", "Customer", "Date", "Amount"])
    other.append([9, "z", date(2025, 3, 1), 99])
    path = tmp_path / "orders.xlsx"
    book.save(path)
    return path


def test_the_first_sheet_with_rows_is_read_and_named(read, workbook):
    found = read(workbook)
    assert found.column("money") == MONEY
    assert found.column("ordered_at") == [datetime(2025, 1, 31, 10, 30), datetime(2025, 2, 1)]
    assert 'the sheet "Orders" was read' in found.notes


def test_rows_of_a_sheet_keep_their_numbers(read, workbook):
    assert read(workbook).column("source_row") == [2, 4]


def test_a_sheet_can_be_named(read, workbook):
    assert read(f"{workbook}#Other").column("order_id") == ["9"]


def test_a_sheet_that_is_not_there_is_said(read, workbook):
    with pytest.raises(FileError, match='no sheet "Orers"'):
        read(f"{workbook}#Orers")


def test_a_damaged_workbook_is_refused(read):
    with pytest.raises(FileError, match="cannot be opened as a workbook"):
        read(b"PK\x03\x04" + b"x" * 200, name="orders.xlsx")


@pytest.fixture
def duckdb_file(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE orders AS SELECT * FROM (VALUES (1, 'a', DATE '2025-01-31', 10.50::DECIMAL(10, 2)),"
            " (2, 'b', DATE '2025-02-01', 12.25)) AS t(order_id, customer_id, order_date, amount)"
        )
    return path


@pytest.fixture
def sqlite_file(tmp_path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (order_id INTEGER, customer_id TEXT, order_date TEXT, amount NUMERIC)")
        connection.execute("INSERT INTO orders VALUES (1, 'a', '2025-01-31', 10.5), (2, 'b', '2025-02-01', '12.25')")
    connection.close()
    return path


def test_a_table_of_duckdb_is_read(read, duckdb_file):
    found = read(f"duckdb:///{duckdb_file}#orders")
    assert found.column("money") == MONEY
    assert found.source.files[0].name == "shop.duckdb#orders"


def test_a_table_of_sqlite_is_read(read, sqlite_file):
    assert read(f"sqlite:///{sqlite_file}#orders").column("money") == MONEY


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_database_stays_as_it_was(read, scheme, duckdb_file, sqlite_file):
    path = duckdb_file if scheme == "duckdb" else sqlite_file
    before = path.read_bytes()
    read(f"{scheme}:///{path}#orders")
    assert path.read_bytes() == before


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_table_that_is_not_there_names_the_ones_that_are(read, scheme, duckdb_file, sqlite_file):
    path = duckdb_file if scheme == "duckdb" else sqlite_file
    with pytest.raises(FileError, match='no table "order"') as caught:
        read(f"{scheme}:///{path}#order")
    assert 'Did you mean "orders"' in str(caught.value)


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_database_that_is_not_there_is_not_made(read, scheme, tmp_path):
    with pytest.raises(FileError, match="does not exist"):
        read(f"{scheme}:///{tmp_path}/nothing.db#orders")
    assert list(tmp_path.iterdir()) == []


def test_a_url_without_a_table_says_how_to_name_one(read, sqlite_file):
    with pytest.raises(OptionError, match="names no table"):
        read(f"sqlite:///{sqlite_file}")


def test_an_unknown_database_lists_the_known_ones(read):
    with pytest.raises(OptionError, match="mysql"):
        read("mysql://host/db#orders")


def test_postgresql_without_its_driver_names_the_extra(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    with pytest.raises(InputError, match="driver that is not installed") as caught:
        read("postgresql://user:secret@localhost/shop#orders")
    assert caught.value.hint == "pip install 'lifeworth[postgres]'"


def test_a_password_is_never_shown(read):
    pytest.importorskip("adbc_driver_postgresql")
    with pytest.raises(FileError) as caught:
        read("postgresql://user:secret@127.0.0.1:1/shop#orders")
    assert "secret" not in str(caught.value)
