"""Large plain files in one pass give what the thorough way gives; anything else is left to the thorough way."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifeworth.data.sources import open as door
from lifeworth.data.sources.at_once import at_once
from lifeworth.data.sources.open import read_orders
from lifeworth.engine.connect import connect

HEADER = "order_id,customer_id,order_date,amount"
ROWS = [f"{n},{n % 700},2025-0{1 + n % 9}-1{n % 9},{n % 90}.50" for n in range(9_000)]


def file(folder: Path, rows: list[str], *, encoding: str = "utf-8") -> Path:
    path = folder / "orders.csv"
    path.write_bytes("\n".join([HEADER, *rows, ""]).encode(encoding))
    return path


def staged(path: Path, monkeypatch, *, large: int):
    monkeypatch.setattr(door, "at_once", lambda *arguments: at_once(*arguments, large=large))
    with connect() as engine:
        source = read_orders(engine, path)
        rows = engine.arrow(source.rows.order_by("source_row")).to_pylist()
    return rows, source


def both(path: Path, monkeypatch):
    return staged(path, monkeypatch, large=0), staged(path, monkeypatch, large=1 << 40)


def taken(path: Path) -> bool:
    """Whether one pass was enough."""
    with connect() as engine:
        from lifeworth.settings import load

        return at_once(engine, path, "rows", load({}), door.recognise, large=0) is not None


def test_a_plain_file_is_read_in_one_pass_with_the_same_rows(tmp_path, monkeypatch):
    path = file(tmp_path, ROWS)
    assert taken(path)
    (once, quick), (twice, thorough) = both(path, monkeypatch)
    assert once == twice
    assert once[0]["source_row"] == 2
    assert (quick.files, quick.columns, quick.has, quick.currency) == (
        thorough.files,
        thorough.columns,
        thorough.has,
        thorough.currency,
    )


@pytest.mark.parametrize(
    "odd",
    [
        "9000,12,2025-01-05,abc",  # an amount that cannot be read
        "9000,12,25.01.2025,10.00",  # a date in another form
        "9000,12,2025-01-05,",  # an amount that is missing
        "9000,12,2525-01-05,10.00",  # a year no shop has seen
        "9000, 12,2025-01-05,10.00",  # blanks around an id
        "9000,guest,2025-01-05,10.00",  # a placeholder for nobody
        "9000,A@Example.com,2025-01-05,10.00",  # the first e-mail among numbers
        "9000,12.0,2025-01-05,10.00",  # an id that was a float
        '9000,12,2025-01-05,"1,234.50"',  # thousands
        "",  # a blank line, which would shift the row numbers
    ],
)
def test_one_odd_value_at_the_end_leaves_the_file_to_the_thorough_way(tmp_path, monkeypatch, odd):
    path = file(tmp_path, [*ROWS, odd, "9001,12,2025-01-06,10.00"])
    assert not taken(path)
    (once, quick), (twice, thorough) = both(path, monkeypatch)
    assert once == twice
    assert quick.notes == thorough.notes


def test_another_encoding_is_left_to_the_thorough_way(tmp_path, monkeypatch):
    path = file(tmp_path, [*ROWS, "9000,Zoë,2025-01-05,10.00"], encoding="cp1252")
    assert not taken(path)
    (once, _), (twice, _) = both(path, monkeypatch)
    assert once == twice
    assert once[-1]["customer_id"] == "Zoë"


def test_a_broken_line_gets_the_thorough_ways_words(tmp_path, monkeypatch):
    path = file(tmp_path, [*ROWS, "9000,12,2025-01-05,10.00,1,2,3"])
    messages = []
    for large in (0, 1 << 40):
        with pytest.raises(Exception) as said:
            staged(path, monkeypatch, large=large)
        messages.append(str(said.value))
    assert messages[0] == messages[1]
    assert "9002" in messages[0]


def test_an_ambiguous_beginning_leaves_the_file_to_the_thorough_way(tmp_path, monkeypatch):
    early = [f"{n},{n % 700},0{1 + n % 9}/0{1 + n % 7}/2025,{n % 90}.50" for n in range(6_000)]
    path = file(tmp_path, [*early, "9000,12,25/01/2025,10.00"])
    (once, _), (twice, _) = both(path, monkeypatch)
    assert once == twice
    assert str(once[-1]["ordered_at"]) == "2025-01-25 00:00:00"
