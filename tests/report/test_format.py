"""Values as text: what a reader must never be told wrong."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.report.format import column_places, interval, raw, scale_labels, short, text, unit_of
from lifeworth.report.spec import Kind

patient = settings(deadline=None)


NUMERIC = [kind for kind in get_args(Kind) if kind not in {"text", "date"}]
cents = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)
floats = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)


@pytest.mark.parametrize(
    ("value", "kind", "currency", "expected"),
    [
        (1234.5, "money", "GBP", "£1,234.50"),
        (-1234.5, "money", "EUR", "−€1,234.50"),
        (1234.5, "money", "CHF", "CHF 1,234.50"),
        (-0.5, "money", "CHF", "−CHF 0.50"),
        (1234.5, "money", "JPY", "¥1,234"),
        (1234.5, "money", "", "1,234.50"),
        (Decimal("9747747.9340"), "money", "GBP", "£9,747,747.93"),
        (Decimal("0.125"), "money", "USD", "$0.12"),
        (-0.001, "money", "USD", "$0.00"),
        (0.1234, "percent", "", "12.3 %"),
        (0.0004, "percent", "", "0.04 %"),
        (1, "percent", "", "100.0 %"),
        (3.4, "ratio", "", "3.40"),
        (541909, "count", "", "541,909"),
        (12.34, "count", "", "12.3"),
        (-9582.4292, "number", "", "−9,582"),
        (0.24259, "number", "", "0.2426"),
        (4.41358, "number", "", "4.414"),
        (date(1997, 9, 30), "date", "", "30 Sep 1997"),
        ("1997-09-30", "date", "", "30 Sep 1997"),
        ("some day", "date", "", "some day"),
        (datetime(1997, 9, 30, 14, 5), "text", "", "30 Sep 1997 14:05"),
        (datetime(1997, 9, 30, 14, 5), "date", "", "30 Sep 1997"),
        (41, "days", "", "41 days"),
        (1, "days", "", "1 day"),
        (2.31, "years", "", "2.3 years"),
        (True, "text", "", "yes"),
        ("Ünal", "text", "", "Ünal"),
        (float("nan"), "money", "GBP", "–"),
        (float("inf"), "count", "", "∞"),
        (float("-inf"), "count", "", "−∞"),
    ],
)
def test_a_value_reads_as_its_kind_asks(value, kind, currency, expected):
    assert text(value, kind, currency) == expected


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (1243187.42, "money", "£1.24 M"),
        (-1243187.42, "money", "−£1.24 M"),
        (999_999.6, "money", "£1.00 M"),
        (123_456.78, "money", "£123,457"),
        (9_999.99, "money", "£9,999.99"),
        (2_350_000_000, "money", "£2.35 B"),
        (999_999_999, "count", "1.00 B"),
        (541_909, "count", "541,909"),
        (0.5, "percent", "50.0 %"),
    ],
)
def test_a_card_shortens_large_figures(value, kind, expected):
    assert text(value, kind, "GBP", compact=True) == expected


def test_a_missing_value_gives_its_reason():
    assert text(None, "money", "GBP", missing="needs costs") == "– (needs costs)"


def test_an_interval_with_an_open_end_is_not_written():
    assert interval(None, 3.0, "number") == ""


def test_an_interval_names_both_ends():
    assert interval(1.02e6, 1.31e6, "money", "GBP", compact=True) == "£1.02 M to £1.31 M"


@patient
@given(cents)
def test_no_cent_is_lost_when_money_is_written(amount):
    written = text(amount, "money", "GBP").replace("£", "").replace(",", "").replace("−", "-")
    assert Decimal(written) == amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


@patient
@given(cents)
def test_what_is_copied_is_what_was_computed(amount):
    assert Decimal(raw(amount)) == amount


@patient
@given(floats, st.sampled_from(NUMERIC), st.booleans())
def test_text_is_one_line_and_has_no_idle_sign(value, kind, compact):
    written = text(value, kind, "EUR", compact=compact)
    assert "\n" not in written
    assert not re.fullmatch(r"−\D*0[.,0]*\D*", written)


@patient
@given(floats, st.sampled_from(NUMERIC))
def test_the_sign_of_a_value_is_kept(value, kind):
    assert ("−" in text(value, kind, "EUR")) <= (value < 0)


@patient
@given(st.floats(min_value=1e4, max_value=1e14))
def test_a_shortened_value_is_within_half_a_percent(value):
    words = short(value, "number")
    size = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[words[-1]]
    assert float(words[:-2]) * size == pytest.approx(value, rel=0.0051)


@patient
@given(st.lists(floats, min_size=1, max_size=9))
def test_the_points_of_a_column_stand_under_one_another(values):
    places = column_places(values, "number")
    decimals = {len(text(value, "number", places=places).partition(".")[2]) for value in values}
    assert len(decimals) == 1


def test_a_column_without_numbers_has_no_places():
    assert column_places([None, "a", float("nan")], "number") is None


def test_the_labels_of_an_axis_share_one_letter():
    assert scale_labels([0, 5000, 10000], "money", "GBP") == ["0", "£5 k", "£10 k"]


def test_the_labels_of_an_axis_tell_its_values_apart():
    assert scale_labels([0, 0.025, 0.05], "percent") == ["0", "2.5 %", "5.0 %"]


def test_a_unit_in_the_head_replaces_the_unit_in_the_cells():
    assert (unit_of("money", "GBP"), text(12.5, "money", "GBP", unit=False)) == ("£", "12.50")


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match="is not a value"):
        text(object(), "number")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [3, 3.25, Decimal("3.25"), "x", date(2020, 1, 2)])
def test_values_for_machines_have_no_unit(value):
    assert raw(value) == str(value)


def test_a_missing_value_is_an_empty_cell_for_machines():
    assert raw(None) == raw(float("nan")) == ""
