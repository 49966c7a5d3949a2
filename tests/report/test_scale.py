"""Ticks and scales: round steps, inside the range, in order."""

from __future__ import annotations

import itertools
import math
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lifeworth.report.charts.calendar import date_ticks
from lifeworth.report.charts.line import spread
from lifeworth.report.charts.scale import Linear, nice, step, ticks, value_range

patient = settings(deadline=None)


ends = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


def ordered(low: float, high: float) -> tuple[float, float]:
    low, high = min(low, high), max(low, high)
    assume(high - low > 1e-6 * max(1.0, abs(low), abs(high)))
    return low, high


@patient
@given(ends, ends, st.integers(2, 12))
def test_ticks_lie_inside_and_are_few(low, high, count):
    low, high = ordered(low, high)
    found = ticks(low, high, count)
    room = 1e-9 * (high - low)
    assert len(found) <= count + 1
    assert all(low - room <= tick <= high + room for tick in found)


@patient
@given(ends, ends, st.integers(2, 12))
def test_ticks_are_evenly_spaced(low, high, count):
    low, high = ordered(low, high)
    found = ticks(low, high, count)
    gaps = [b - a for a, b in itertools.pairwise(found)]
    assert gaps == pytest.approx([step(high - low, count)] * len(gaps), rel=1e-6)


@patient
@given(st.floats(min_value=1e-9, max_value=1e12), st.integers(1, 12))
def test_a_step_is_round(span, count):
    size = step(span, count)
    digits = size / 10 ** math.floor(math.log10(size) + 1e-9)
    assert any(digits == pytest.approx(one) for one in (1, 2, 2.5, 5))


@patient
@given(ends, ends)
def test_a_nice_range_holds_the_range(low, high):
    low, high = ordered(low, high)
    least, most = nice(low, high)
    room = 1e-9 * (high - low)
    assert least <= low + room
    assert most >= high - room


@patient
@given(ends)
def test_a_single_value_gets_room_around_it(value):
    low, high = nice(value, value)
    assert low <= value <= high
    assert low < high


@patient
@given(st.floats(min_value=1, max_value=1e6))
def test_counts_are_never_cut_into_fractions(high):
    assert all(tick == int(tick) for tick in ticks(0, high, 5, least=1.0))


@pytest.mark.parametrize("range_", [(0.0, math.inf), (math.nan, 1.0), (2.0, 1.0), (-1.7e308, 1.7e308)])
def test_a_range_that_is_none_has_no_ticks(range_):
    assert ticks(*range_) == ()


def test_bars_start_at_zero():
    assert value_range([5.0, 9.0], zero=True) == (0.0, 9.0)


def test_a_line_far_from_zero_keeps_its_detail():
    assert value_range([95.0, 100.0], zero=False) == (95.0, 100.0)


@patient
@given(ends, ends, st.floats(min_value=0, max_value=1))
def test_a_scale_keeps_proportions(low, high, share):
    low, high = ordered(low, high)
    scale = Linear(low, high, 300.0, 10.0)
    assert scale(low + share * (high - low)) == pytest.approx(300 - 290 * share, abs=1e-3)


@patient
@given(days, days, st.integers(2, 12))
def test_days_of_an_axis_are_few_ordered_and_inside(one, other, count):
    start, end = min(one, other), max(one, other)
    found = [day for day, _ in date_ticks(start, end, count)]
    assert len(found) <= count
    assert found == sorted(set(found))
    assert all(start <= day <= end for day in found)


def test_months_carry_the_year_where_it_begins():
    labels = [label for _, label in date_ticks(date(1997, 10, 3), date(1998, 3, 1), 6)]
    assert labels == ["Nov 1997", "Dec", "Jan 1998", "Feb", "Mar"]


def test_a_span_of_decades_is_counted_in_years():
    assert date_ticks(date(1990, 1, 1), date(2020, 1, 1), 4)[0][1] == "1990"


@patient
@given(st.lists(st.floats(min_value=0, max_value=300), min_size=1, max_size=8))
def test_names_at_the_edge_never_overlap(heights):
    placed = spread(sorted(heights), 16, 0, 300)
    assert all(b - a >= 16 - 1e-9 for a, b in itertools.pairwise(placed))
    assert placed[-1] <= 300
