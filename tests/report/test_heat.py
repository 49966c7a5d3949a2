"""Shades of a heat map."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.report import heat, palette
from lifeworth.report.spec import Heatmap, Kind

patient = settings(deadline=None)


cells = st.one_of(st.none(), st.floats(min_value=-1e9, max_value=1e9), st.just(math.nan))


def heatmap(
    values: list[list[float | None]], kind: Kind = "number", marks: frozenset[tuple[int, int]] = frozenset()
) -> Heatmap:
    rows = tuple(f"row {at}" for at in range(len(values)))
    columns = tuple(str(at) for at in range(max(map(len, values), default=0)))
    return Heatmap("t", "r", "month", rows, columns, tuple(map(tuple, values)), kind, marks=marks)


@patient
@given(st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=5))
def test_a_larger_value_is_never_paler(values):
    found = [one for row in heat.shades(heatmap(values), "") for one in row if one.raw is not None]
    levels = [int(one.level or 0) for one in sorted(found, key=lambda one: one.raw or 0)]
    assert levels == sorted(levels)


def test_the_shading_uses_its_whole_range():
    levels = [one.level for one in heat.shades(heatmap([[0.0, 5.0, 10.0]]), "")[0]]
    assert levels == ["0", "5", str(len(palette.LEVELS) - 1)]


def test_an_empty_cell_has_no_shade():
    assert heat.shades(heatmap([[None, 1.0]]), "")[0][0].level is None


def test_a_predicted_cell_says_so():
    shade = heat.shades(heatmap([[0.5, 0.2]], "percent", frozenset({(0, 1)})), "")[0][1]
    assert shade.predicted
    assert shade.title == "row 0, month 1: 20.0 % (predicted)"


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([0.31, 0.08], "percent", ["31", "8"]),
        ([0.031, 0.008], "percent", ["3.1", "0.8"]),
        ([13132.07, 293585.16], "money", ["13.1 k", "294 k"]),
        ([12.5, 3.0], "money", ["12.50", "3.00"]),
        ([98.1, 106.0], "money", ["98", "106"]),
        ([120.0, 3.0], "count", ["120", "3"]),
    ],
)
def test_cells_are_short(values, kind, expected):
    assert [one.text for one in heat.shades(heatmap([values], kind), "GBP")[0]] == expected


def test_all_cells_alike_share_one_shade_and_no_key():
    flat = heatmap([[2.0, 2.0]])
    assert {one.level for one in heat.shades(flat, "")[0]} == {"0"}
    assert heat.key(flat, "") == ("", "")
