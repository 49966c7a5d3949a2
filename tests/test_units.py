"""Units at the door: calendar months, rates, money of one currency."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.errors import OptionError
from lifeworth.units import DAYS_PER_YEAR, Money, Period, Rate, TimeUnit

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
PERIODS = st.builds(Period, st.integers(1, 60), st.sampled_from(["months", "weeks", "days"]))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("12m", Period(12, "months")),
        ("52w", Period(52, "weeks")),
        ("365d", Period(365, "days")),
        ("1y", Period(12, "months")),
        (" 6 Months ", Period(6, "months")),
        ("1 week", Period(1, "weeks")),
    ],
)
def test_a_period_reads_as_people_write_it(text: str, period: Period) -> None:
    assert Period.parse(text) == period


@pytest.mark.parametrize("text", ["", "12", "m", "-3m", "1.5m", "0d", "three weeks", "12 fortnights"])
def test_a_text_that_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(OptionError):
        Period.parse(text)


@given(PERIODS)
def test_a_period_written_out_reads_back(period: Period) -> None:
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 6, 30), 12, date(2027, 6, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 11, 15), 3, date(2026, 2, 15)),
    ],
)
def test_a_month_is_a_calendar_month(start: date, months: int, end: date) -> None:
    assert Period.months(months).after(start) == end


@given(DAYS, PERIODS)
def test_after_goes_forward_and_before_goes_back(day: date, period: Period) -> None:
    assert period.before(day) < day < period.after(day)


@given(DAYS, st.integers(1, 500))
def test_days_and_weeks_forth_and_back_end_where_they_began(day: date, count: int) -> None:
    for period in (Period.days(count), Period.weeks(count)):
        assert period.before(period.after(day)) == day


@given(DAYS, PERIODS)
def test_a_length_in_weeks_is_a_seventh_of_the_length_in_days(day: date, period: Period) -> None:
    assert period.length(day, TimeUnit.WEEK) * 7 == pytest.approx(period.length(day, TimeUnit.DAY))


def test_a_leap_year_is_a_day_longer() -> None:
    year = Period.months(12)
    assert year.length(date(2023, 12, 31), TimeUnit.DAY) == 366
    assert year.length(date(2024, 12, 31), TimeUnit.DAY) == 365


@given(st.integers(-4000, 4000))
def test_parts_of_a_week_count_as_parts(days: int) -> None:
    start = date(2020, 1, 1)
    assert TimeUnit.WEEK.between(start, start + timedelta(days=days)) == days / 7


@pytest.mark.parametrize("unit", list(TimeUnit))
@given(rate=st.floats(0, 5))
def test_a_year_of_continuous_interest_is_the_annual_rate(unit: TimeUnit, rate: float) -> None:
    grown = math.exp(Rate(rate).continuous(unit) * unit.per_year)
    assert grown == pytest.approx(1 + rate)


def test_a_year_has_the_same_length_in_every_unit() -> None:
    assert {unit.per_year * unit.days for unit in TimeUnit} == {DAYS_PER_YEAR}


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_a_rate_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(OptionError):
        Rate(value)


def test_money_of_one_currency_adds_to_the_cent() -> None:
    total = sum((Money(Decimal("0.10"), "EUR") for _ in range(10)), Money(Decimal(0), "EUR"))
    assert total - Money(Decimal(1), "EUR") == Money(Decimal("0.00"), "EUR")


def test_money_of_two_currencies_is_never_added() -> None:
    with pytest.raises(OptionError, match="EUR and USD"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


@pytest.mark.parametrize(("amount", "cents"), [("0.125", "0.12"), ("0.135", "0.14"), ("-2.675", "-2.68")])
def test_money_is_rounded_half_to_even(amount: str, cents: str) -> None:
    assert Money(Decimal(amount), "EUR").rounded().amount == Decimal(cents)
