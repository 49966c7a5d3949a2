"""Dates as people write them, and the question of day and month."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.data.sources.dates import weigh
from lifeworth.errors import AmbiguityError

DAY = datetime(2025, 1, 31)
FIVE = datetime(2025, 1, 31, 17, 4)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01-31", DAY),
        ("2025/01/31", DAY),
        ("2025.01.31", DAY),
        ("2025-1-31", DAY),
        ("20250131", DAY),
        ("20250131170400", FIVE),
        ("2025-01-31 17:04", FIVE),
        ("2025-01-31T17:04:00", FIVE),
        ("2025-01-31T17:04:00Z", FIVE),
        ("2025-01-31T17:04:00.000+02:00", FIVE),
        ("2025-01-31 17:04:00 -0500", FIVE),
        ("2025-01-31 17:04:00 UTC", FIVE),
        (" 2025-01-31 ", DAY),
        ("31.01.2025", DAY),
        ("31.1.2025 17:04", FIVE),
        ("31/01/2025 17:04:00", FIVE),
        ("31-01-2025", DAY),
        ("31/01/25", DAY),
        ("1/31/2025", DAY),
        ("1/31/2025 5:04 PM", FIVE),
        ("01/31/2025, 05:04 pm", FIVE),
        ("31 Jan 2025", DAY),
        ("31-Jan-25", DAY),
        ("31 January 2025", DAY),
        ("Jan 31, 2025", DAY),
        ("January 31, 2025 5:04 PM", FIVE),
        ("Jan 31 2025", DAY),
        ("Friday, January 31, 2025", DAY),
        ("Fri, 31 Jan 2025 17:04:00 +0000", FIVE),
        ("2025-Jan-31", DAY),
        ("45688", DAY),
        ("1738281600", DAY),
        ("1738281600000", DAY),
    ],
)
def test_every_common_writing_is_read(read, orders, text, moment):
    assert read(orders(dates=[text])).column("ordered_at") == [moment]


def test_a_half_day_of_a_spreadsheet_is_noon(read, orders):
    assert read(orders(dates=["45688.5"])).column("ordered_at") == [datetime(2025, 1, 31, 12)]


def test_the_clock_stays_the_shops_own(read, orders):
    found = read(orders(dates=["2025-01-31T23:30:00-08:00", "2025-01-31T00:30:00+11:00"]))
    assert found.column("ordered_at") == [datetime(2025, 1, 31, 23, 30), datetime(2025, 1, 31, 0, 30)]


def test_a_zone_behind_a_time_is_left_out_in_every_form(read, orders):
    found = read(orders(dates=["31-01-2025 10:00 +0100", "30-12-2024"]))
    assert found.column("ordered_at") == [datetime(2025, 1, 31, 10), datetime(2024, 12, 30)]


def test_times_may_be_missing_on_some_rows(read, orders):
    found = read(orders(dates=["31/01/2025", "01/02/2025 10:30"]))
    assert found.column("ordered_at") == [DAY, datetime(2025, 2, 1, 10, 30)]


def test_a_date_with_two_readings_is_asked_about(read, orders):
    with pytest.raises(AmbiguityError) as caught:
        read(orders(dates=["05/05/2025", "03/04/2025", "01/02/2025"]))
    assert 'orders.csv, column "order_date": 2 of 3' in str(caught.value)
    assert 'day/month (3 April 2025) and as month/day (4 March 2025) (first: row 3, "03/04/2025")' in str(caught.value)
    assert caught.value.hint == "Say which: lifeworth run orders.csv --dates day-first   or   --dates month-first"


@pytest.mark.parametrize(("said", "day"), [("day-first", date(2025, 4, 3)), ("month-first", date(2025, 3, 4))])
def test_what_the_person_says_decides(read, orders, said, day):
    assert read(orders(dates=["03/04/2025"]), dates=said).column("ordered_at")[0].date() == day


def test_a_first_number_above_twelve_decides_and_is_named(read, orders):
    found = read(orders(dates=["03/04/2025", "13/04/2025"]))
    assert found.column("ordered_at")[0] == datetime(2025, 4, 3)
    assert "dates read day-first: row 3 has 13 as its first number" in found.notes


def test_a_second_number_above_twelve_decides_and_is_named(read, orders):
    found = read(orders(dates=["03/04/2025", "03/14/2025"]))
    assert found.column("ordered_at")[0] == datetime(2025, 3, 4)
    assert "dates read month-first: row 3 has 14 as its second number" in found.notes


def test_a_deciding_date_beyond_the_sample_is_found(read, orders):
    dates = ["03/04/2025"] * 9_000
    dates[7_777] = "25/04/2025"
    found = read(orders(dates=dates))
    assert found.column("ordered_at")[0] == datetime(2025, 4, 3)
    assert "row 7779 has 25" in found.notes


def test_the_order_of_the_rows_decides_if_only_one_reading_has_one(read, orders):
    days = [date(2025, 1, 1) + timedelta(days=i) for i in range(60) if (i % 31) < 12]
    found = read(orders(dates=[f"{day:%d/%m/%Y}" for day in days if day.day <= 12]))
    assert "dates read day-first: only so do the rows stand in order of time" in found.notes


def test_a_few_rows_in_order_decide_nothing(read, orders):
    with pytest.raises(AmbiguityError):
        read(orders(dates=["11/01/2025", "12/01/2025", "01/02/2025"]))


def test_a_day_after_the_last_observed_one_decides(read, orders):
    found = read(orders(dates=["03/04/2025", "01/02/2025"]), as_of="2025-03-10")
    assert found.column("ordered_at")[0] == datetime(2025, 3, 4)
    assert "would lie after 10 March 2025" in found.notes


def test_the_same_day_either_way_is_no_question(read, orders):
    assert read(orders(dates=["03/03/2025", "04/04/2025"])).column("ordered_at")[0] == datetime(2025, 3, 3)


def test_a_column_of_two_minds_is_refused(read, orders):
    with pytest.raises(AmbiguityError, match="others only the other way"):
        read(orders(dates=["13/04/2025", "04/13/2025", "14/04/2025"]))


def test_another_file_of_the_same_export_decides(read, orders):
    found = read(orders(dates=["03/04/2025"]), orders(dates=["25/04/2025"]))
    assert found.column("ordered_at") == [datetime(2025, 4, 3), datetime(2025, 4, 25)]
    assert "as in the other files" in found.notes


def test_files_may_each_have_their_own_form(read, orders):
    found = read(orders(dates=["2025-01-31"]), orders(dates=["25.04.2025"]))
    assert found.column("ordered_at") == [DAY, datetime(2025, 4, 25)]


def test_short_years_first_are_told_by_their_few_values(read, orders):
    dates = [f"25-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 13)]
    assert read(orders(dates=dates)).column("ordered_at")[1] == datetime(2025, 1, 2)


def test_short_years_between_dashes_are_asked_about(read, orders):
    with pytest.raises(AmbiguityError, match="year/month/day"):
        read(orders(dates=["10-11-12"]))


def test_dates_of_a_form_beyond_the_sample_are_read(read, orders):
    dates = ["2025-01-31"] * 9_000
    dates[7_777] = "31 Jan 2025"
    assert read(orders(dates=dates)).column("ordered_at")[7_777] == DAY


FORMS = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%Y%m%d",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%y %I:%M %p",
]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 31)), min_size=1, max_size=20))
def test_a_date_comes_back_from_every_form_or_is_asked_about(read, orders, form, moments):
    texts = [moment.strftime(form) for moment in moments]
    try:
        read_back = read(orders(dates=texts)).column("ordered_at")
    except AmbiguityError:
        assert all(moment.day <= 12 for moment in moments)
    else:
        same = [datetime.strptime(text, form) for text in texts]
        unclear = all(moment.day <= 12 for moment in moments)
        assert read_back == same or unclear


@given(text=st.text(max_size=20))
def test_no_text_breaks_the_weighing(text):
    found = weigh([(1, text)])
    assert found.seen == (1 if text.strip() else 0)
