"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.data.sources.numbers import weigh
from lifeworth.errors import AmbiguityError


@pytest.mark.parametrize(
    ("texts", "amounts"),
    [
        (["1", "12.5", "-3.25", "+4", ".5", "5."], ["1", "12.5", "-3.25", "4", "0.5", "5"]),
        (["1,234.50", "12.5", "1,234,567.00"], ["1234.5", "12.5", "1234567"]),
        (["1.234,50", "12,5", "1.234.567,00"], ["1234.5", "12.5", "1234567"]),
        (["€1.234,56", "7,00 €", "EUR 3"], ["1234.56", "7", "3"]),
        (["$1,234.56", "-$7.00", "$-3.10"], ["1234.56", "-7", "-3.1"]),
        (["(12.00)", "5.00-", "−3.50"], ["-12", "-5", "-3.5"]),
        (["1 234,56", "1\u00a0000,00", "1\u202f000,5"], ["1234.56", "1000", "1000.5"]),
        (["1'234.50", "12’345.00"], ["1234.5", "12345"]),
        (["12,34,567.80", "1.5"], ["1234567.8", "1.5"]),
        (["0,123", "0,5"], ["0.123", "0.5"]),
        (["0.125", "0.5"], ["0.125", "0.5"]),
        (["1e3", "2.5E2"], ["1000", "250"]),
        (["12.34567"], ["12.3457"]),
    ],
)
def test_every_common_writing_is_read(read, orders, texts, amounts):
    assert read(orders(amounts=texts)).column("money") == [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize("texts", [["1,234", "2,345"], ["1.234", "5.678"], ["1,234", "7"]])
def test_an_amount_with_two_readings_is_asked_about(read, orders, texts):
    with pytest.raises(AmbiguityError) as caught:
        read(orders(amounts=texts))
    assert "(first: row 2" in str(caught.value)
    assert "1234 or 1.234" in str(caught.value)
    assert caught.value.hint == "Say which: lifeworth run orders.csv --decimal point   or   --decimal comma"


@pytest.mark.parametrize(("said", "amount"), [("point", "1234"), ("comma", "1.234")])
def test_what_the_person_says_decides(read, orders, said, amount):
    assert read(orders(amounts=["1,234"]), decimal=said).column("money") == [Decimal(amount)]


def test_one_value_with_one_reading_decides_for_the_column(read, orders):
    found = read(orders(amounts=["1,234", "1,5"]))
    assert found.column("money") == [Decimal("1.234"), Decimal("1.5")]
    assert 'read with a decimal comma (row 3: "1,5")' in found.notes


def test_another_column_of_the_file_decides(read):
    found = read(
        'order_id,customer_id,order_date,unit_price,quantity\n1,a,2025-01-31,"1,234",1\n2,a,2025-01-31,"3,456","2,5"\n'
    )
    assert found.column("unit_price") == [Decimal("1.234"), Decimal("3.456")]
    assert "as the other columns are" in found.notes


def test_a_deciding_value_beyond_the_sample_is_found(read, orders):
    amounts = ["1.234"] * 9_000
    amounts[7_777] = "0,50"
    assert read(orders(amounts=amounts)).column("money")[0] == Decimal(1234)


def test_thousands_beyond_the_sample_are_read(read, orders):
    amounts = ["12.50"] * 9_000
    amounts[7_777] = "1,234.50"
    assert read(orders(amounts=amounts)).column("money")[7_777] == Decimal("1234.50")


def test_signs_of_several_currencies_go_to_their_rows(read, orders):
    found = read(orders(amounts=["€ 10", "$5", "7 GBP"]))
    assert found.column("currency") == ["EUR", "USD", "GBP"]
    assert found.source.currency is None


def test_the_dollar_is_that_of_the_settings(read, orders):
    assert read(orders(amounts=["$10", "$5"]), currency="CAD").source.currency == "CAD"


def test_the_currency_may_stand_in_the_name_of_the_column(read):
    found = read("order id;customer;date;Revenue (CHF)\n1;a;2025-01-31;10\n")
    assert (found.source.currency, found.column("currency")) == ("CHF", ["CHF"])


def test_a_currency_column_is_upper_case(read):
    found = read("order_id,customer_id,order_date,amount,currency\n1,a,2025-01-31,10,eur\n")
    assert (found.source.currency, found.column("currency")) == ("EUR", ["EUR"])


AMOUNTS = st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2)
STYLES = {
    "point": lambda text: text,
    "point with thousands": lambda text: f"{Decimal(text):,}",
    "comma": lambda text: text.replace(".", ","),
    "comma with thousands": lambda text: f"{Decimal(text):,}".translate(str.maketrans(",.", ".,")),
    "blank thousands": lambda text: f"{Decimal(text):,}".replace(",", " ").replace(".", ","),
    "brackets": lambda text: f"({text[1:]})" if text.startswith("-") else text,
    "euro behind": lambda text: text.replace(".", ",") + " €",
    "dollar before": lambda text: "-$" + text[1:] if text.startswith("-") else "$" + text,
}


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=30))
def test_an_amount_comes_back_from_every_style(read, orders, style, amounts):
    texts = [STYLES[style](str(amount)) for amount in amounts]
    assert read(orders(amounts=texts)).column("money") == amounts


@given(text=st.text(max_size=12))
def test_no_text_breaks_the_weighing(text):
    found = weigh([(1, text)])
    assert found.seen == (1 if text.strip() else 0)
