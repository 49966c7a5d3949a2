"""Charts: whatever the numbers, the picture has finite places, every value has its mark, and its numbers stand beside it."""

from __future__ import annotations

import math
import re
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report import samples

from lifeworth.report.charts import svg
from lifeworth.report.charts.bar import categories
from lifeworth.report.charts.draw import draw, numbers
from lifeworth.report.charts.frame import SIZES, colours
from lifeworth.report.charts.histogram import evenly
from lifeworth.report.spec import Axis, Chart, Series

patient = settings(deadline=None)


KINDS = ["line", "bar", "histogram", "scatter", "stack", "flow"]
values = st.one_of(st.none(), st.floats(), st.floats(min_value=-1e4, max_value=1e6))
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
places = st.one_of(
    st.lists(st.floats(), max_size=8),
    st.lists(st.integers(-(10**6), 10**6), max_size=8),
    st.lists(st.dates(), max_size=8),
    st.lists(words, max_size=8),
)


@st.composite
def charts(draws: st.DrawFn) -> Chart:
    count = draws(st.integers(0, 3))
    series = tuple(
        Series(
            draws(words),
            tuple(draws(places)),
            tuple(draws(st.lists(values, max_size=8))),
            draws(st.sampled_from(["solid", "dashed"])),
            *draws(st.sampled_from([((), ()), ((1.0, None, 2.0), (3.0, 4.0, None))])),
        )
        for _ in range(count)
    )
    kind = st.sampled_from(["text", "count", "number", "money", "percent", "date", "days"])
    return Chart(
        draws(st.sampled_from(KINDS)), "Title", Axis("x", draws(kind)), Axis("y", draws(kind)), series,
        mark=draws(st.one_of(st.none(), st.floats(), st.dates())), mark_label="here", diagonal=draws(st.booleans()),
    )  # fmt: skip


def marks(picture: str, shape: str) -> list[ET.Element]:
    """Elements whose class holds `shape`."""
    return [one for one in ET.fromstring(picture).iter() if shape in one.get("class", "").split()]


@given(charts())
@settings(max_examples=150, deadline=None)
def test_whatever_the_numbers_every_place_is_finite(chart):
    for picture in draw(chart, "GBP").pictures.values():
        for one in ET.fromstring(picture).iter():
            for name in {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"}.intersection(one.keys()):
                assert math.isfinite(float(one.attrib[name]))
            assert not re.search("nan|inf", one.get("d", ""))


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize(
    "chart",
    [
        samples.tracking(),
        samples.deciles(),
        samples.deciles("scatter"),
        samples.distribution(),
        samples.tiers(),
        samples.layers(),
        samples.moves(),
    ],
)
def test_what_is_drawn_stays_inside_the_picture(chart, size):
    picture = ET.fromstring(draw(chart, "GBP").pictures[size])
    width, height = (float(part) for part in picture.attrib["viewBox"].split()[2:])
    for one in picture.iter("rect"):
        left, top = float(one.attrib["x"]), float(one.attrib["y"])
        assert -0.1 <= left <= left + float(one.attrib["width"]) <= width + 0.1
        assert -0.1 <= top <= top + float(one.attrib["height"]) <= height + 0.1


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("chart", [samples.tiers(), samples.layers(), samples.moves()])
def test_words_of_a_chart_stay_inside_the_picture(chart, size):
    picture = ET.fromstring(draw(chart, "GBP").pictures[size])
    width = float(picture.attrib["viewBox"].split()[2])
    for one in picture.iter("text"):
        long = svg.width_of(one.text or "")
        start = float(one.attrib["x"]) - {"start": 0, "middle": long / 2, "end": long}[one.attrib["text-anchor"]]
        assert start >= -1
        assert start + long <= width + 1


def test_a_line_breaks_where_a_value_is_missing():
    chart = Chart("line", "t", Axis("x"), Axis("y"), (Series("a", (1, 2, 3, 4, 5), (1.0, 2.0, None, 3.0, 4.0)),))
    assert len(marks(draw(chart, "").pictures["wide"], "stroke")) == 2


def test_a_lone_point_of_a_line_is_a_dot():
    chart = Chart("line", "t", Axis("x"), Axis("y"), (Series("a", (1, 2, 3), (1.0, None, None)),))
    assert len(marks(draw(chart, "").pictures["wide"], "dot")) == 1


def test_a_prediction_is_dashed_and_has_its_band():
    picture = draw(samples.tracking(), "").pictures["wide"]
    assert len(marks(picture, "dashed")) == len(marks(picture, "band")) == 1


def test_the_place_that_deserves_a_line_gets_one():
    picture = draw(samples.tracking(), "").pictures["wide"]
    assert len(marks(picture, "mark")) == 1
    assert [one.text for one in marks(picture, "mark-label")] == ["calibration ends"]


def test_lines_are_named_where_they_end():
    assert {one.text for one in marks(draw(samples.tracking(), "").pictures["wide"], "name")} == {"Observed", "BG/NBD"}


def test_every_bin_has_a_bar():
    chart = samples.distribution()
    assert len(marks(draw(chart, "GBP").pictures["wide"], "bar")) == len(chart.series[0].y)


def test_a_bar_is_as_high_as_its_value():
    series = (Series("a", ("p", "q"), (10.0, 5.0)),)
    bars = marks(draw(Chart("bar", "t", Axis("x"), Axis("y"), series), "").pictures["wide"], "bar")
    tall, small = (float(one.attrib["height"]) for one in bars)
    assert tall == pytest.approx(2 * small, abs=0.2)


def test_a_bar_below_zero_hangs_from_the_base():
    series = (Series("a", ("p", "q"), (10.0, -10.0)),)
    up, down = marks(draw(Chart("bar", "t", Axis("x"), Axis("y"), series), "").pictures["wide"], "bar")
    base = float(up.attrib["y"]) + float(up.attrib["height"])
    assert float(down.attrib["y"]) == pytest.approx(base, abs=0.1)


def test_bars_lie_down_where_their_names_do_not_fit():
    picture = draw(samples.tiers(), "GBP").pictures["narrow"]
    assert len(marks(picture, "category")) == 4


def test_the_diagonal_of_a_calibration_is_drawn():
    assert len(marks(draw(samples.deciles("scatter"), "").pictures["wide"], "diagonal")) == 1


def test_a_chart_with_nothing_to_draw_has_no_picture():
    chart = Chart("line", "t", Axis("x"), Axis("y"), (Series("a", (1,), (None,)),))
    assert draw(chart, "").pictures == {}


def test_bins_of_very_different_widths_are_not_drawn_to_scale():
    assert evenly([0, 10, 20, 30])
    assert not evenly([0, 1, 10, 100])


def test_categories_keep_their_order():
    assert categories(samples.deciles(), "") == [str(rank) for rank in range(1, 11)]


def test_a_series_keeps_its_colour_where_it_goes_on_as_a_prediction() -> None:
    names = ("web", "web, predicted", "shop", "shop, predicted", "paid back")
    series = tuple(
        Series(name, (1, 2), (1.0, 2.0), "dashed" if name.endswith("predicted") else "solid") for name in names
    )
    found = dict(zip(names, colours(Chart("line", "", Axis(""), Axis(""), series)), strict=True))
    assert found["web"] == found["web, predicted"]
    assert found["shop"] == found["shop, predicted"]
    assert len(set(found.values())) == 3


def test_what_was_observed_is_told_from_what_was_predicted_by_colour():
    assert colours(samples.tracking()) == ["ink", "accent"]


@pytest.mark.parametrize("chart", [samples.tracking(), samples.deciles(), samples.tiers()])
def test_the_numbers_have_a_row_a_place_and_a_column_a_series(chart):
    table = numbers(chart)
    assert len(table.rows) == len(chart.series[0].x)
    for turn, one in enumerate(chart.series):
        at = [column.key for column in table.columns].index(f"y{turn}")
        assert tuple(row[at] for row in table.rows) == one.y


def test_the_numbers_of_a_band_stand_beside_its_line():
    table = numbers(samples.tracking())
    record = table.records()[3]
    assert (record["low1"], record["high1"]) == (samples.tracking().series[1].low[3], samples.tracking().series[1].high[3])  # fmt: skip


def test_the_numbers_of_a_histogram_name_both_edges():
    assert numbers(samples.distribution()).rows[0][:2] == (0, 10)


def test_points_that_share_a_place_keep_their_rows():
    chart = Chart("line", "t", Axis("x"), Axis("y"), (Series("a", (1, 1), (1.0, 2.0)),))
    assert [row[2] for row in numbers(chart).rows] == [1.0, 2.0]


def test_series_over_different_days_are_joined_by_day():
    one = Series("a", (date(2020, 1, 1), date(2020, 1, 2)), (1.0, 2.0))
    other = Series("b", (date(2020, 1, 2), date(2020, 1, 3)), (3.0, 4.0))
    rows = numbers(Chart("line", "t", Axis("x", "date"), Axis("y"), (one, other))).rows
    assert [row[1:] for row in rows] == [(1.0, None), (2.0, 3.0), (None, 4.0)]


@patient
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_words_in_a_picture_are_words(words):
    drawn = ET.fromstring(svg.text(0, 0, words, words))
    assert drawn.text == (words or None)
    assert list(drawn) == []


@patient
@given(st.text(max_size=50), st.floats(min_value=20, max_value=400))
def test_shortened_words_fit(words, width):
    assert svg.width_of(svg.shortened(words, width)) <= width


def test_a_path_is_broken_into_its_runs():
    assert svg.runs([(0, 0), None, None, (1, 1), (2, 2)]) == [[(0, 0)], [(1, 1), (2, 2)]]


# -- stacks and flows -------------------------------------------------------------------------------------------------
def test_pieces_of_a_stack_stand_on_each_other():
    series = (Series("a", ("p", "q"), (10.0, 5.0)), Series("b", ("p", "q"), (20.0, None)))
    drawn = marks(draw(Chart("stack", "t", Axis("x"), Axis("y"), series), "").pictures["wide"], "piece")
    lower, upper = (one for one in drawn if "p" in one[0].text.split("\n")[0])
    assert float(upper.attrib["height"]) == pytest.approx(2 * float(lower.attrib["height"]), abs=0.2)
    assert float(upper.attrib["y"]) + float(upper.attrib["height"]) == pytest.approx(float(lower.attrib["y"]), abs=0.2)


def test_a_loss_hangs_under_a_stack():
    series = (Series("a", ("p",), (10.0,)), Series("b", ("p",), (-4.0,)))
    gain, loss = marks(draw(Chart("stack", "t", Axis("x"), Axis("y"), series), "").pictures["wide"], "piece")
    assert float(loss.attrib["y"]) == pytest.approx(float(gain.attrib["y"]) + float(gain.attrib["height"]), abs=0.2)


def flow(**moved):
    names = ("gold", "tin")
    series = tuple(Series(one, names, tuple(moved.get(f"{one}_{other}") for other in names)) for one in (*names, "new"))
    return Chart("flow", "t", Axis("now"), Axis("before", "count"), series)


def test_a_band_is_as_thick_as_what_moved_and_says_where():
    picture = draw(flow(gold_tin=30.0, tin_gold=10.0, tin_tin=20.0, new_tin=5.0), "").pictures["wide"]
    found = marks(picture, "flow")
    assert [one[0].text.split("\n")[0] for one in found] == ["gold → tin", "tin → gold", "tin → tin", "new → tin"]
    colours = [next(part for part in one.attrib["class"].split() if part.startswith("c-")) for one in found]
    assert colours == ["c-ochre", "c-teal", "c-slate", "c-accent"]


def test_both_sides_of_a_flow_are_as_tall_as_what_moved():
    nodes = marks(draw(flow(gold_tin=30.0, tin_gold=10.0, tin_tin=20.0), "").pictures["wide"], "node")
    heights = {(one[0].text, float(one.attrib["x"]) < 300): float(one.attrib["height"]) for one in nodes}
    assert sum(tall for (_, left), tall in heights.items() if left) == pytest.approx(
        sum(tall for (_, left), tall in heights.items() if not left), abs=0.3
    )


def test_the_legend_of_a_flow_says_what_colours_mean_as_far_as_they_occur():
    assert [one.name for one in draw(flow(gold_gold=3.0, gold_tin=1.0), "").legend] == ["stayed", "fell"]


def test_the_numbers_of_a_flow_are_the_matrix():
    table = numbers(flow(gold_tin=30.0, tin_gold=10.0))
    assert table.rows == (("gold", None, 10.0, None), ("tin", 30.0, None, None))


def test_names_of_thin_groups_do_not_stand_on_each_other():
    names = tuple(f"group {turn}" for turn in range(12))
    series = tuple(Series(name, names, tuple(1.0 if name == other else None for other in names)) for name in names)
    big = (*series, Series("huge", ("huge", *names), (4000.0,)))
    picture = draw(Chart("flow", "t", Axis("now"), Axis("before", "count"), big), "").pictures["wide"]
    for anchor in ("start", "end"):
        heights = sorted(
            float(one.attrib["y"]) for one in marks(picture, "category") if one.attrib["text-anchor"] == anchor
        )
        assert min(after - before for before, after in pairwise(heights)) >= 12
