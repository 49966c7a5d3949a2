"""Input that cannot be used: each says what is wrong, where, and what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lifeworth.data.sources.open import read_orders
from lifeworth.errors import AmbiguityError, ColumnError, FileError, InputError, OptionError

HEADER = "order_id,customer_id,order_date,amount\n"


def test_a_missing_file_names_the_one_that_was_meant(read, tmp_path):
    (tmp_path / "orders.csv").write_text(HEADER)
    with pytest.raises(FileError, match="does not exist") as caught:
        read(tmp_path / "order.csv")
    assert 'Did you mean "' in str(caught.value)
    assert "orders.csv" in (caught.value.hint or "")


def test_an_empty_file_is_said_to_be_empty(read, tmp_path):
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FileError, match="is empty"):
        read(tmp_path / "empty.csv")


def test_an_empty_packed_file_is_said_to_be_empty(read):
    with pytest.raises(FileError, match="is empty"):
        read(gzip.compress(b""), name="orders.csv.gz")


def test_blank_lines_alone_are_no_export(read):
    with pytest.raises(FileError, match="blank lines only"):
        read("\n\n\n")


def test_a_header_without_rows_is_said(read):
    with pytest.raises(FileError, match="has a header and no rows"):
        read(HEADER)


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 50, b"%PDF-1.7\n%", b"\x89PNG\r\n\x1a\n" + b"1" * 90])
def test_a_file_that_is_no_text_is_refused_by_its_kind(read, content):
    with pytest.raises(FileError, match=r"is not text|is a "):
        read(content)


def test_a_packed_file_that_was_cut_off_is_said(read):
    with pytest.raises(FileError, match="cannot be read to its end"):
        read(gzip.compress((HEADER + "1,a,2025-01-31,10\n" * 9_000).encode())[:-40], name="orders.csv.gz")


def test_a_folder_without_data_is_said(read, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.docx").write_text("x")
    with pytest.raises(FileError, match="holds no data file"):
        read(tmp_path / "folder")


def test_a_folder_of_two_kinds_is_not_guessed_at(read, tmp_path):
    (tmp_path / "a.csv").write_text(HEADER)
    (tmp_path / "b.json").write_text("[]")
    with pytest.raises(FileError, match="several kinds"):
        read(tmp_path)


def test_no_date_column_lists_what_there_is_and_what_to_type(read):
    with pytest.raises(ColumnError, match="no column names the date of the order") as caught:
        read("order_id,customer_id,when_it_was,amount\n1,a,2025-01-31,10\n")
    assert '"when_it_was"' in str(caught.value)
    assert '--map ordered_at="when_it_was"' in (caught.value.hint or "")


def test_no_customer_column_lists_what_there_is_and_what_to_type(read):
    with pytest.raises(ColumnError, match="no column names the customer") as caught:
        read("order_id,custmer,order_date,amount\n1,a,2025-01-31,10\n")
    assert '--map customer_id="custmer"' in (caught.value.hint or "")


def test_all_missing_columns_are_told_at_once(read):
    with pytest.raises(ColumnError) as caught:
        read("foo,bar\n1,a\n")
    assert "customer" in str(caught.value)
    assert "date" in str(caught.value)


def test_a_file_without_a_header_is_recognised(read):
    with pytest.raises(ColumnError, match="has no header"):
        read("1,a,2025-01-31,10\n2,b,2025-02-01,12.5\n")


def test_no_amount_column_leaves_money_out_and_says_so(read):
    found = read("order_id,customer_id,order_date\n1,a,2025-01-31\n2,b,2025-02-28\n")
    assert "money" not in found.source.has
    assert found.column("money") == [None, None]
    assert "No column holds an amount" in found.notes


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("ten", "amount_unreadable"),
        ("NaN", "amount_infinite"),
        ("inf", "amount_infinite"),
        ("-Infinity", "amount_infinite"),
        ("1e20", "amount_too_large"),
        ("12.3.4", "amount_unreadable"),
        ("1_000x", "amount_unreadable"),
    ],
)
def test_a_value_that_is_no_amount_marks_its_row(read, orders, value, fault):
    row = read(orders(amounts=["1", "2", value, "4"])).rows[2]
    assert (row["source_row"], row["money"]) == (4, None)
    assert (row["fault"], row["fault_column"], row["fault_value"]) == (fault, "amount", value)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("yesterday", "date_unreadable"),
        ("2025-02-30", "date_unreadable"),
        ("0025-01-31", "date_impossible"),
        ("9025-01-31", "date_impossible"),
        ("infinity", "date_unreadable"),
    ],
)
def test_a_value_that_is_no_date_marks_its_row(read, orders, value, fault):
    row = read(orders(dates=["2025-01-01", value, "2025-01-03", "2025-01-04"])).rows[1]
    assert (row["source_row"], row["ordered_at"]) == (3, None)
    assert (row["fault"], row["fault_column"], row["fault_value"]) == (fault, "order_date", value)


def test_a_row_with_a_fault_keeps_what_can_be_read(read, orders):
    row = read(orders(dates=["2025-01-01", "never", "2025-01-03"], amounts=["1", "2.5", "3"])).rows[1]
    assert row["money"] == 2.5


def test_a_date_that_is_not_there_is_no_fault_of_reading(read, orders):
    row = read(orders(dates=["2025-01-01", " ", "2025-01-03"])).rows[1]
    assert (row["ordered_at"], row["fault"]) == (None, None)


def test_a_column_that_is_mostly_no_dates_is_refused(read, orders):
    with pytest.raises(ColumnError, match="Most of a column cannot be read") as caught:
        read(orders(dates=["soon"] * 20 + ["2025-01-01"] * 20))
    assert 'column "order_date": 20 of 40 values are no dates (first: row 2, "soon")' in str(caught.value)


def test_a_column_that_is_mostly_no_amounts_is_refused(read, orders):
    with pytest.raises(ColumnError, match="are no numbers"):
        read(orders(amounts=["free"] * 20 + ["1"] * 20))


def test_a_record_with_too_many_values_is_named(read):
    with pytest.raises(FileError, match="row 3 has 5 values for 4 columns"):
        read(HEADER + "1,a,2025-01-31,10\n2,b,2025-01-31,12,50\n")


def test_a_quote_that_is_never_closed_is_named(read):
    with pytest.raises(FileError, match="row 3 opens a quote"):
        read(HEADER + '1,a,2025-01-31,10\n2,"b,2025-01-31,10\n3,c,2025-01-31,10\n')


def test_files_with_other_columns_are_not_mixed(read):
    with pytest.raises(ColumnError) as caught:
        read(HEADER + "1,a,2025-01-31,10\n", "order_id,customer_id,order_date\n1,a,2025-01-31\n")
    assert "1-orders.csv lacks amount" in str(caught.value)


def test_a_mapped_column_must_be_there(read):
    with pytest.raises(ColumnError, match='Did you mean "amount"'):
        read(HEADER + "1,a,2025-01-31,10\n", columns={"money": "amuont"})


def test_a_mapped_name_must_be_one_of_ours(read):
    with pytest.raises(OptionError, match='Did you mean "quantity"'):
        read(HEADER + "1,a,2025-01-31,10\n", columns={"quantiti": "amount"})


def test_a_database_file_says_that_a_table_is_to_be_named(read):
    with pytest.raises(FileError, match="is a database") as caught:
        read(b"SQLite format 3\x00" + b"\x00" * 90, name="shop.db")
    assert "sqlite:///" in (caught.value.hint or "")


def test_nothing_handed_in_is_said(engine):
    with pytest.raises(InputError, match="No orders were handed in"):
        read_orders(engine, [])


def test_a_thing_that_is_no_frame_is_said(engine):
    with pytest.raises(InputError, match="cannot be read from int"):
        read_orders(engine, [42])


@pytest.mark.parametrize("content", ["[1, 2]\n", '"text"\n\n', '[{"a": 1},\n{"a": }]\n', '{"a": 1}\n{"a": \n'])
def test_json_that_holds_no_records_is_refused(read, content):
    with pytest.raises((FileError, ColumnError)):
        read(content, name="orders.json")


def test_broken_json_is_named_by_line(read):
    with pytest.raises(FileError, match="line 2, column"):
        read('{"order_id": 1}\n{"order_id": \n', name="orders.jsonl")


def test_a_failed_reading_leaves_no_raw_rows(engine, read):
    with pytest.raises(AmbiguityError):
        read(HEADER + "1,a,03/04/2025,10\n")
    assert [name for name in engine.tables() if name.startswith("_raw")] == []


def test_a_file_that_may_not_be_read_is_said(read, tmp_path, monkeypatch):
    path = tmp_path / "orders.csv"
    path.write_text(HEADER)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FileError, match="may not be read"):
        read(path)
