"""Whatever a text file of rows holds, exactly the person's records change."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.persons import lines
from lifeworth.persons.changes import Ledger
from lifeworth.persons.person import Person

CELL = st.text(st.sampled_from("abcÄé 0123,;\t|\"'\n.€-"), max_size=12)
IDS = st.sampled_from(["C1000", "C1001", "C10002", "1000", "17", "ann@lee.org", "Ann@Lee.org"])


def person(customer_id: str, mode: str, **more) -> Person:
    return Person(customer_id, "e", mode, "p-0000", **more)


@st.composite
def contents(draw):
    """Rows, how they are written, and whom to look for."""
    wide = draw(st.integers(1, 4))
    rows = draw(st.lists(st.tuples(IDS, *([CELL] * wide)), max_size=12))
    return {
        "rows": [list(row) for row in rows],
        "header": ["customer_id", *(f"column {place}" for place in range(wide))],
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "end": draw(st.sampled_from(["\n", "\r\n"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        "who": draw(IDS),
        "mode": draw(st.sampled_from(["erase", "pseudonymise"])),
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents())
def test_exactly_the_records_of_the_person_change(tmp_path, said):
    out = io.StringIO()
    csv.writer(out, delimiter=said["delimiter"], lineterminator=said["end"]).writerows([said["header"], *said["rows"]])
    file = tmp_path / "rows.csv"
    file.write_bytes(out.getvalue().encode(said["encoding"]))
    whom = person(said["who"], said["mode"])
    lines.rewrite(Ledger(tmp_path), whom, file)
    text = file.read_bytes().decode(said["encoding"])
    found = list(csv.reader(io.StringIO(text, newline=""), delimiter=said["delimiter"]))[1:]
    mine = [whom.needles.is_id(row[0]) for row in said["rows"]]
    others = [row for row, hit in zip(said["rows"], mine, strict=True) if not hit]
    if said["mode"] == "erase":
        assert found == others
    else:
        assert sum(row[0] == "p-0000" for row in found) == sum(mine)
        assert [row for row in found if row[0] != "p-0000"] == others
    assert not lines.tells(whom, file)


@pytest.mark.parametrize("packed", [False, True])
def test_other_records_stay_byte_by_byte(tmp_path, packed):
    text = b'customer_id,"odd"\r\nC1001,""\r\nC1000,1\r\n"C1002","a ""b"" c\r\nd"\r\nC1003,caf\xe9\r\n'
    file = tmp_path / "rows.csv"
    file.write_bytes(gzip.compress(text) if packed else text)
    lines.rewrite(Ledger(tmp_path), person("C1000", "erase"), file)
    left = file.read_bytes()
    assert (gzip.decompress(left) if packed else left) == text.replace(b"C1000,1\r\n", b"")


def test_the_lines_of_an_order_that_names_its_customer_once_go_together(tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text("Order ID,Email,Item\n1,ann@lee.org,tea\n1,,cup\n2,bob@lee.org,tea\n2,,cup\n")
    lines.rewrite(Ledger(tmp_path), person("ann@lee.org", "erase"), file)
    assert file.read_text() == "Order ID,Email,Item\n2,bob@lee.org,tea\n2,,cup\n"


def test_a_number_that_is_an_id_elsewhere_is_left_alone(tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text("order_id,customer_id,total\n17,5,17\n18,17,17\n19,17.0,3\n")
    lines.rewrite(Ledger(tmp_path), person("17", "erase"), file)
    assert file.read_text() == "order_id,customer_id,total\n17,5,17\n"


def test_under_a_stand_in_names_and_free_text_are_empty(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("id,E-Mail,Comment,tier\nC1000,ann@lee.org,call me,gold\nC1001,bob@lee.org,no,basic\n")
    lines.rewrite(Ledger(tmp_path), person("C1000", "pseudonymise"), file)
    assert file.read_text() == "id,E-Mail,Comment,tier\nC1001,bob@lee.org,no,basic\np-0000,,,gold\n"


def test_a_file_that_tells_nothing_is_not_touched(tmp_path: Path):
    file = tmp_path / "rows.csv"
    file.write_text("customer_id\nC1001\n")
    before = file.stat().st_ino
    assert lines.rewrite(Ledger(tmp_path), person("C1000", "erase"), file) == 0
    assert file.stat().st_ino == before
