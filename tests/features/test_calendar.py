from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lifeworth.features.calendar import Split, month_end, months, months_between, splits
from lifeworth.units import Period

FIRST = date(2020, 1, 1)
spans = st.integers(1, 3000)
horizons = st.sampled_from([Period.months(12), Period.weeks(26), Period.days(90), Period.months(1)])


def test_cdnow_is_split_into_39_and_39_weeks_and_into_quarters() -> None:
    found = splits(date(1997, 1, 1), date(1998, 6, 30), Period.months(12))
    assert found == (
        Split(date(1997, 9, 30), date(1998, 6, 30)),
        Split(date(1998, 2, 17), date(1998, 6, 30)),
        Split(date(1997, 10, 7), date(1998, 2, 17)),
        Split(date(1997, 5, 27), date(1997, 10, 7)),
    )


def test_four_years_allow_a_year_held_out_and_earlier_origins() -> None:
    found = splits(date(2014, 1, 1), date(2017, 12, 31), Period.months(12))
    assert [split.as_of for split in found] == [date(2016, 12, 31), date(2015, 12, 31), date(2014, 12, 31)]


def test_a_short_history_allows_none() -> None:
    assert splits(FIRST, FIRST + timedelta(40), Period.months(12)) == ()


@given(spans, horizons)
def test_no_day_is_predicted_twice_by_hold_outs_of_one_kind(days, horizon) -> None:
    found = splits(FIRST, FIRST + timedelta(days), horizon)
    begun = [number for number, split in enumerate(found) if split.until == FIRST + timedelta(days)]
    assert len(begun) == min(len(found), len(begun)) <= 2
    assert all(
        later.as_of >= earlier.until
        for number, (later, earlier) in enumerate(pairwise(found), 1)
        if number not in begun
    )


@given(spans, horizons)
def test_as_many_days_stay_to_learn_from_as_are_predicted(days, horizon) -> None:
    found = splits(FIRST, FIRST + timedelta(days), horizon)
    assert all((split.as_of - FIRST).days + 1 >= split.days for split in found)


@given(spans, horizons)
def test_no_hold_out_reaches_past_the_horizon_or_the_last_day(days, horizon) -> None:
    last = FIRST + timedelta(days)
    found = splits(FIRST, last, horizon)
    assert all(split.until <= last and horizon.before(split.until) <= split.as_of for split in found)


def test_months_leave_none_out() -> None:
    assert months(date(2023, 11, 30), date(2024, 2, 1)) == (
        date(2023, 11, 1),
        date(2023, 12, 1),
        date(2024, 1, 1),
        date(2024, 2, 1),
    )


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_months_between_counts_the_months_of_a_sequence(one, other) -> None:
    first, last = sorted((one, other))
    assert len(months(first, last)) == months_between(first, last) + 1


def test_february_of_a_leap_year_ends_on_the_29th() -> None:
    assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)
