"""Delimited text: delimiter, encoding, packing, header and the numbers of the rows."""

from __future__ import annotations

import gzip
import hashlib
from decimal import Decimal

import pytest
import zstandard

HEADER = "order_id,customer_id,order_date,amount\n"
ROWS = "1,a,2025-01-31,10\n2,b,2025-02-01,12.5\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read, delimiter):
    found = read((HEADER + ROWS).replace(",", delimiter))
    assert found.source.files[0].delimiter == delimiter
    assert found.column("money") == [Decimal(10), Decimal("12.5")]


def test_the_first_line_of_excel_that_names_the_delimiter_is_no_header(read):
    found = read("sep=;\r\n" + (HEADER + ROWS).replace(",", ";").replace("\n", "\r\n"))
    assert found.column("source_row") == [3, 4]
    assert found.source.files[0].columns == ("order_id", "customer_id", "order_date", "amount")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_names_survive_every_encoding(read, encoding):
    found = read((HEADER + "1,Jürgen,2025-01-31,10\n").encode(encoding))
    assert found.column("customer_id") == ["Jürgen"]


def test_the_euro_sign_of_windows_is_read_as_euro(read):
    found = read((HEADER + '1,Jürgen,2025-01-31,"€ 10"\n').encode("cp1252"))
    assert found.source.currency == "EUR"


def test_a_byte_that_windows_leaves_open_is_no_reason_to_fail(read):
    found = read(HEADER.encode() + b"1,J\xfcrgen \x81,2025-01-31,10\n")
    assert len(found.rows) == 1


def test_latin_letters_far_into_the_file_are_found(read):
    text = HEADER + "".join(f"{i},c,2025-01-31,10\n" for i in range(60_000)) + "x,Zoë,2025-01-31,10\n"
    assert read(text.encode("latin-1")).rows[-1]["customer_id"] == "Zoë"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
def test_packed_files_are_unpacked(read, pack, encoding):
    found = read(pack((HEADER + "1,Zoë,2025-01-31,10\n").encode(encoding)), name="orders.csv.packed")
    assert found.column("customer_id") == ["Zoë"]


def test_the_hash_is_of_the_content(read):
    content = (HEADER + ROWS).encode()
    assert read(content).source.files[0].sha256 == hashlib.sha256(content).hexdigest()


def test_values_may_span_lines(read):
    found = read(HEADER.strip() + ',note\n1,a,2025-01-31,10,"two\n\nlines"\n2,b,2025-02-01,3,\n')
    assert found.column("source_row") == [2, 3]
    assert found.column("order_id") == ["1", "2"]


def test_blank_lines_count_as_lines(read):
    found = read(HEADER + "1,a,2025-01-31,10\n\n\n2,b,2025-02-01,3\n\n3,b,2025-02-01,3\n\n\n")
    assert found.column("source_row") == [2, 5, 7]


def test_a_fault_is_told_with_its_row(read):
    lines = [f"{i},c{i},2025-01-{i % 28 + 1:02},10" for i in range(2, 5_000)]
    lines[4_321] = "x,c,2025-01-01,ten"
    bad = [row for row in read(HEADER + "\n".join(lines) + "\n").rows if row["fault"]]
    assert [(row["source_row"], row["fault"], row["fault_column"], row["fault_value"]) for row in bad] == [
        (4_323, "amount_unreadable", "amount", "ten")
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(read, end):
    assert len(read((HEADER + ROWS).replace("\n", end).encode()).rows) == 2


def test_line_ends_of_two_kinds_are_read(read):
    assert len(read(HEADER.replace("\n", "\r\n") + ROWS).rows) == 2


def test_a_short_record_ends_in_nothing(read):
    assert read(HEADER + "1,a,2025-01-31,10\n2,b,2025-02-01\n").column("money") == [Decimal(10), None]


def test_a_delimiter_behind_every_record_adds_a_column_that_is_not_used(read):
    found = read(HEADER + "1,a,2025-01-31,10,\n2,b,2025-01-31,10,\n")
    assert found.source.columns.unused == ("column_5",)


def test_columns_of_one_name_are_told_apart_and_said(read):
    found = read(HEADER.strip() + ",Amount\n1,a,2025-01-31,10,11\n")
    assert found.column("money") == [Decimal(10)]
    assert 'the later one is read as "Amount_2"' in found.notes


def test_quotes_within_a_value_are_kept(read):
    found = read('order_id,customer_id,order_date,amount,product\n1,"O""Neill",2025-01-31,10,"5"" pipe"\n')
    assert found.column("customer_id") == ['O"Neill']
    assert found.column("product_name") == ['5" pipe']


def test_files_are_read_together_whatever_the_order_of_their_columns(read):
    found = read(HEADER + ROWS, "amount,order_date,order_id,customer_id\n7,2025-03-01,9,c\n")
    assert [(row["source_file"], row["source_row"], row["money"]) for row in found.rows] == [
        (0, 2, Decimal(10)),
        (0, 3, Decimal("12.5")),
        (1, 2, Decimal(7)),
    ]


def test_a_folder_stands_for_its_files(read, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    for month in (1, 2):
        (folder / f"{month}.csv").write_text(HEADER + f"{month},a,2025-0{month}-01,5\n")
    assert read(folder).column("order_id") == ["1", "2"]


def test_reading_leaves_the_file_as_it_was(read, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + ROWS)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    read(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [item.name for item in tmp_path.iterdir()] == ["mine.csv"]


def test_no_raw_rows_are_left_in_the_engine(read, engine):
    read(HEADER + ROWS)
    assert [name for name in engine.tables() if name.startswith("_raw")] == []
