"""Specs on a terminal: every number of a page can be read there, and JSON holds them unrounded."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.cli.show import show
from lifeworth.cli.sketch import WIDTH, bar
from lifeworth.report.spec import (
    Axis,
    Chart,
    Column,
    Group,
    Heatmap,
    Page,
    Series,
    Stat,
    Stats,
    Table,
    Text,
)  # fmt: skip

STATS = Stats((Stat("Customer equity", 1234.5, "money", "what they are worth", low=1000.0, high=1500.0),), "Headline")
TABLE = Table(
    "Tiers",
    (Column("tier", "Tier"), Column("n", "Customers", "count"), Column("share", "Share", "percent")),
    (("Gold", 12, 0.25), ("[red]Low[/red]", 36, None)),
    caption="Two tiers.",
)
CHART = Chart(
    "line", "Orders", Axis("Week", "count"), Axis("Orders", "count"),
    (Series("seen", (1, 2, 3), (4.0, None, 8.0)), Series("expected", (1, 2, 3), (5.0, 6.0, 7.0), style="dashed")),
)  # fmt: skip
HISTOGRAM = Chart(
    "histogram", "Value", Axis("Value", "money"), Axis("Customers", "count"), (Series("all", (0, 10, 20), (3.0, 1.0)),)
)
HEAT = Heatmap(
    "Retention", "Cohort", "Month", ("2025-01",), ("0", "1"), ((1.0, None),), side=(Column("n", "Size", "count"),),
    side_values=((40,),),
)  # fmt: skip
PAGE = Page(
    "one",
    "A page",
    (STATS, Group((TABLE, CHART)), HISTOGRAM, HEAT, Text("Mind the gap.", tone="warning", title="Note")),
    lead="It says something.",
    currency="EUR",
    as_of=date(2026, 6, 30),
)


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a spec prints on a screen of 120 columns."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(result: Any, **options: Any) -> str:
        show(result, **options)
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    "words",
    ["A page", "30 Jun 2026", "It says something.", "Customer equity", "€1,234.50", "€1,000.00 to €1,500.00",
     "what they are worth", "Gold", "25.0 %", "Two tiers.", "Orders", "expected", "€10", "Retention", "2025-01", "40",
     "Note: Mind the gap."],
)  # fmt: skip
def test_a_page_shows_every_part_of_itself(shown: Any, words: str) -> None:
    assert words in shown(PAGE)


def test_text_of_the_data_is_never_read_as_markup(shown: Any) -> None:
    assert "[red]Low[/red]" in shown(TABLE)


def test_a_missing_value_reads_as_a_dash(shown: Any) -> None:
    assert "–" in shown(TABLE)


def test_a_table_without_rows_says_so(shown: Any) -> None:
    assert "Nobody yet." in shown(Table("Empty", (Column("a", "A"),), (), empty="Nobody yet."))


def test_json_keeps_every_digit_and_stays_json(shown: Any) -> None:
    stats = Stats((Stat("a", Decimal("0.1000"), "money", "b"), Stat("c", float("nan"), "number", "d")))
    said = json.loads(shown(stats, as_json=True), parse_constant=pytest.fail)
    assert [item["value"] for item in said["items"]] == ["0.1000", None]


def test_output_into_a_pipe_holds_no_colours(shown: Any) -> None:
    assert "\x1b" not in shown(PAGE)


def test_a_long_series_is_thinned_but_keeps_both_ends(shown: Any) -> None:
    points = tuple(range(1000, 1500))
    said = shown(
        Chart("line", "T", Axis("x", "count"), Axis("y", "count"), (Series("s", points, tuple(map(float, points))),))
    )
    assert "1,000" in said
    assert "1,499" in said
    assert len(said.splitlines()) < 40


@given(st.floats(0, 1))
def test_a_bar_is_as_long_as_its_share(share: float) -> None:
    assert abs(len(bar(share)) - share * WIDTH) <= 1


@pytest.mark.parametrize(("share", "length"), [(-1.0, 0), (0.0, 0), (1.0, WIDTH), (7.0, WIDTH)])
def test_a_bar_never_leaves_its_place(share: float, length: int) -> None:
    assert len(bar(share)) == length


def test_a_wide_heat_map_keeps_to_the_screen_and_says_what_it_left_out(shown: Any) -> None:
    many = tuple(str(month) for month in range(60))
    heat = Heatmap("Retention", "Cohort", "months", ("2025-01",), many, ((0.5,) * 60,))
    lines = shown(heat).splitlines()
    assert max(map(len, lines)) <= 120
    assert any("further columns (months)" in line for line in lines)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_wide_table_breaks_no_figure_and_names_what_found_no_room(
    shown: Any, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    columns = tuple(Column(f"c{n}", f"Column number {n}", "money") for n in range(15))
    said = shown(Table("Wide", columns, ((1234567.25,) * 15,)), currency="EUR")
    assert max(map(len, said.splitlines())) <= width
    assert said.count("€1,234,567.25") >= 2
    assert "No room for: " in said
    assert "Column number 14" in " ".join(said.split())


def test_a_long_text_breaks_between_words(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    said = shown(Table("T", (Column("a", "A"), Column("b", "B", "count")), (("word " * 30, 7),)))
    assert "7" in said
    assert said.count("word") == 30
