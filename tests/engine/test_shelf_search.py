"""Looking for a part of a text on a shelf: letters of both cases are the same, whatever else the text holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from lifeworth.engine.connect import connect
from lifeworth.engine.shelf import Condition, Order, Shelf

NAMES = ["C-100", "c-200", "Ä100", "x", None]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with connect(f"duckdb:///{tmp_path / 'shelf.duckdb'}") as engine:
        engine.load("people", pa.table({"name": NAMES, "turn": range(5)}))
    opened = Shelf(tmp_path / "shelf.duckdb")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("op", "value", "found"),
    [
        ("contains", "100", ["C-100", "Ä100"]),
        ("contains", "C-", ["C-100", "c-200"]),
        ("contains", "c-", ["C-100", "c-200"]),
        ("contains", "ä1", ["Ä100"]),
        ("starts", "c", ["C-100", "c-200"]),
        ("starts", "-", []),
    ],
)
def test_a_part_is_found_in_either_case(shelf: Shelf, op: str, value: str, found: list[str]) -> None:
    rows = shelf.rows("people", where=[Condition("name", op, value)], order=[Order("turn")])  # type: ignore[arg-type]
    assert [row["name"] for row in rows] == found


@pytest.mark.parametrize("offset", [0, 2, 4, 9])
def test_a_wide_page_is_the_page(shelf: Shelf, offset: int) -> None:
    order = [Order("name", descending=True), Order("turn")]
    plain = shelf.rows("people", order=order, limit=2, offset=offset)
    assert shelf.rows("people", order=order, limit=2, offset=offset, wide=True) == plain


def test_a_wide_page_goes_on_after_a_row(shelf: Shelf) -> None:
    order = [Order("turn")]
    rest = shelf.rows("people", order=order, after=[2], wide=True, where=[Condition("name", "filled")])
    assert [row["name"] for row in rest] == ["x"]
