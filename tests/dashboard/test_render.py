"""Every kind of block as components: whole, empty, with gaps, and far too long."""

from __future__ import annotations

import json
import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from dash._utils import to_json

from lifeworth.dashboard.render.page import block, page, placed
from lifeworth.report import palette
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
)

LONG = "far too long " * 80
MONEY, SHARE, COUNT, NAMES = (
    Axis("Money", "money"),
    Axis("Share", "percent"),
    Axis("Count", "count"),
    Axis("Name", "text"),
)
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
COLUMNS = (
    Column("customer_id", "Customer", definition="Who"),
    Column("value", "Value", "money", bar=True),
    Column("day", "Day", "date"),
    Column("ok", "Fine"),
    Column("share", "Share", "percent"),
)
ROWS = (
    ("C/1?", Decimal("12.50"), date(2026, 6, 30), True, 0.5),
    ("=cmd()", Decimal("-3.00"), None, False, math.nan),
    (LONG, None, date(2024, 1, 1), None, math.inf),
)

BLOCKS: dict[str, Any] = {
    "stats": Stats((Stat("CLV", Decimal("1234567.89"), "money", "What it means", low=1.0, high=2.0, as_of=date(2026, 6, 30), source="orders", note="a note"),)),
    "stats without values": Stats((Stat("None", None, "money", "", note="Nothing is known."), Stat(LONG, math.nan, "ratio", LONG)), "Title"),
    "no stats": Stats(()),
    "table": Table("Rows", COLUMNS, ROWS, "A caption"),
    "table with totals": Table("Rows", COLUMNS, ROWS, emphasis=(2,)),
    "empty table": Table("Rows", COLUMNS, (), empty="No row."),
    "long table": Table("Rows", COLUMNS[:2], tuple((f"C{turn}", Decimal(turn)) for turn in range(5_000))),
    "line": Chart("line", "Line", NAMES, MONEY, (Series("a", MONTHS, (1.0, None, *range(10))), Series("a, predicted", MONTHS, (None,) * 11 + (5.0,), "dashed", (1.0,) * 12, (9.0,) * 12)), mark="2025-06", mark_label="here"),
    "line of days": Chart("line", "Line", Axis("Day", "date"), COUNT, (Series("a", (date(2025, 1, 1), date(2025, 2, 1)), (1.0, 2.0)),), mark=date(2025, 1, 15)),
    "line of one point": Chart("line", "Line", COUNT, SHARE, (Series("a", (1,), (0.5,)),)),
    "bar": Chart("bar", "Bar", NAMES, MONEY, (Series("a", ("x", "y"), (1.0, -2.0), low=(0.5, -3.0), high=(2.0, None)),)),
    "lying bars": Chart("bar", "Bar", NAMES, SHARE, (Series("a", (LONG, "y"), (0.1, 0.2)), Series("b", (LONG, "y"), (0.1, None), "dashed"))),
    "stack": Chart("stack", "Stack", NAMES, MONEY, (Series("up", MONTHS, (5.0,) * 12), Series("down", MONTHS, (-5.0,) * 12))),
    "histogram": Chart("histogram", "Histogram", MONEY, COUNT, (Series("a", (0.0, 1.0, 2.0, 4.0), (3.0, None, 1.0)),), mark=1.5, mark_label="mean"),
    "scatter": Chart("scatter", "Scatter", SHARE, SHARE, (Series("a", (0.1, 0.2), (0.1, 0.3), low=(0.0, 0.2), high=(0.2, 0.4)),), diagonal=True),
    "flow": Chart("flow", "Flow", NAMES, COUNT, (Series("Good", ("Good", "Bad"), (3.0, 1.0)), Series("Bad", ("Good", "Bad"), (0.0, 2.0)))),
    "chart of nothing": Chart("line", "Line", COUNT, SHARE, (Series("a", (), ()),)),
    "chart of gaps": Chart("bar", "Bar", NAMES, SHARE, (Series("a", ("x",), (math.nan,)),)),
    "heatmap": Heatmap("Heat", "Cohort", "Month", ("2025-01", "2025-02"), ("0", "1"), ((1.0, 0.5), (1.0, None)), side=(Column("n", "Customers", "count"),), side_values=((10,), (12,)), marks=frozenset({(0, 1)})),
    "heatmap of money": Heatmap("Heat", "Cohort", "Month", ("a",), ("0", "1"), ((-5.0, 123456.0),), kind="money"),
    "empty heatmap": Heatmap("Heat", "Cohort", "Month", (), (), ()),
    "text": Text("One.\n\nTwo.", title="A title"),
    "warning": Text(LONG, "warning", "Mind this"),
    "good": Text("Fine", "good"),
    "bad": Text("Not fine", "bad"),
    "group": Group((Text("a"), Group((Text("b"), Table("t", COLUMNS, ROWS))))),
    "empty group": Group(()),
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKS)
def test_every_kind_of_block_is_drawn_and_can_be_sent(name: str) -> None:
    made = to_json(block(BLOCKS[name], "EUR", "0"))
    assert "NaN" not in made
    assert "Infinity" not in made


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_gives_no_id_twice(name: str) -> None:
    ids = [json.dumps(one["id"], sort_keys=True) for one in _props(block(BLOCKS[name], "EUR", "0")) if "id" in one]
    assert len(ids) == len(set(ids))


def test_colours_of_pictures_are_names_of_the_palette() -> None:
    named = set()
    for one in BLOCKS.values():
        named |= {
            value[1:].split("/")[0] for value in _texts(_figures(block(one, "EUR", "0"))) if value.startswith("@")
        }
    assert named
    assert named <= palette.TOKENS.keys()


def test_what_was_predicted_is_dashed_and_goes_on_in_its_colour() -> None:
    figure = _figures(block(BLOCKS["line"], "EUR", "0"))[0]
    lines = {one["name"]: one["line"] for one in figure["data"] if one.get("name")}
    assert lines["a, predicted"]["dash"] == "dash"
    assert lines["a"]["dash"] == "solid"


def test_months_stand_on_an_axis_of_days() -> None:
    figure = _figures(block(BLOCKS["stack"], "EUR", "0"))[0]
    assert figure["layout"]["xaxis"]["type"] == "date"
    assert figure["data"][0]["x"][0] == "2025-01-01"


def test_names_that_do_not_fit_lie_beside_their_bars() -> None:
    figure = _figures(block(BLOCKS["lying bars"], "EUR", "0"))[0]
    assert figure["data"][0]["orientation"] == "h"


def test_flows_add_up_to_what_they_are_made_of() -> None:
    figure = _figures(block(BLOCKS["flow"], "EUR", "0"))[0]
    assert sum(figure["data"][0]["link"]["value"]) == 6.0


def test_a_table_says_its_values_as_text_and_what_they_are_sorted_by() -> None:
    told = _table(block(BLOCKS["table"], "EUR", "0"))
    first, second, third = told["rows"]
    assert first[1] == {"t": "12.50", "c": "num", "w": "100.0"}
    assert second[1]["c"] == "num negative"
    assert first[2]["v"] == "2026-06-30"
    assert second[4]["t"] == "–"
    assert third[1]["t"] == "–"
    assert told["sortable"]


def test_a_customer_in_a_table_leads_to_their_page() -> None:
    told = _table(block(BLOCKS["table"], "EUR", "0"))
    assert told["rows"][0][0]["h"] == "/customers/C%2F1%3F"


def test_a_table_with_totals_keeps_its_order() -> None:
    told = _table(block(BLOCKS["table with totals"], "EUR", "0"))
    assert told["totals"] == [2]
    assert not told["sortable"]


def test_an_empty_table_says_so_and_has_nothing_to_take_along() -> None:
    made = to_json(block(BLOCKS["empty table"], "EUR", "0"))
    assert "No row." in made
    assert "export" not in made


def test_a_long_table_is_cut_with_a_word_about_it() -> None:
    made = to_json(block(BLOCKS["long table"], "EUR", "0"))
    assert "The first 2,000 of 5,000 rows" in made
    assert len(made) < 400_000


def test_a_predicted_cell_is_told_apart_by_more_than_its_shade() -> None:
    told = _table(block(BLOCKS["heatmap"], "EUR", "0"))
    assert "predicted" in told["rows"][0][3]["c"]
    assert told["rows"][0][3]["d"].endswith("(predicted)")
    assert told["rows"][1][3] == ""


def test_a_figure_carries_its_meaning_its_date_and_its_source() -> None:
    made = json.dumps(json.loads(to_json(block(BLOCKS["stats"], "EUR", "0"))), ensure_ascii=False)
    for part in ("What it means", "€1.23 M", "€1,234,567.89", "30 Jun 2026", "from orders", "90 % interval", "a note"):
        assert part in made


def test_the_meaning_of_a_figure_is_tied_to_the_button_that_names_it() -> None:
    props = list(_props(block(BLOCKS["stats"], "EUR", "0")))
    tips = {one["id"] for one in props if one.get("role") == "tooltip"}
    assert tips == {one["aria-describedby"] for one in props if "aria-describedby" in one}


def test_who_may_not_take_files_along_is_shown_no_button() -> None:
    assert "export" not in to_json(block(BLOCKS["table"], "EUR", "0", exports=False))


def test_a_block_is_found_again_by_its_place() -> None:
    spec = Page("p", "P", (Text("a"), BLOCKS["group"]))
    places = dict(placed(spec.blocks))
    assert places["1.1.1"].title == "t"
    shown = {
        one["id"]["place"] for one in _props(page(spec)) if isinstance(one.get("id"), dict) and "place" in one["id"]
    }
    assert shown <= places.keys()


def test_the_numbers_of_a_picture_may_wait_until_somebody_opens_them() -> None:
    now, later = (to_json(block(BLOCKS["line"], "EUR", "0", later=wait)) for wait in (False, True))
    assert "data-table" in now
    assert "data-table" not in later


def _props(made: Any) -> Any:
    """The properties of all components of a tree."""
    if isinstance(made, list | tuple):
        for one in made:
            yield from _props(one)
    elif hasattr(made, "to_plotly_json"):
        props = made.to_plotly_json()["props"]
        yield props
        yield from _props(props.get("children"))


def _figures(made: Any) -> list[Any]:
    return [
        one["data"] for one in _props(made) if isinstance(one.get("id"), dict) and one["id"].get("type") == "figure"
    ]


def _table(made: Any) -> Any:
    return json.loads(next(one["data-table"] for one in _props(made) if "data-table" in one))


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
