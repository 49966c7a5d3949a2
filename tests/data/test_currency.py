"""One currency a workspace: converted once by a table of rates, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lifeworth.errors import FileError, InputError


def sale(order, money, currency, day="2024-01-01", **more):
    return {"order_id": order, "customer_id": order, "ordered_at": day, "money": money, "currency": currency, **more}


MIXED = [sale("1", 10, "EUR"), sale("2", 20, "EUR", "2024-02-01"), sale("3", 30, "USD", "2024-02-01")]


@pytest.fixture
def rates(tmp_path):
    def write(text):
        path = tmp_path / "rates.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def net(records):
    def read(cleaned):
        return {row["order_id"]: row["net_revenue"] for row in records(cleaned.orders, "order_id")}

    return read


def test_one_currency_needs_no_rates(tidy):
    assert tidy(MIXED[:2]).currency == "EUR"


def test_the_currency_of_the_source_holds_where_rows_name_none(tidy):
    assert tidy([sale("1", 10, None)], currency="GBP").currency == "GBP"


def test_the_currency_of_the_settings_holds_where_nobody_else_says(tidy):
    assert tidy([sale("1", 10, None)], settings={"currency": "chf"}).currency == "CHF"


def test_where_nobody_says_the_currency_is_empty(tidy):
    assert tidy([sale("1", 10, None)]).currency == ""


def test_several_currencies_without_rates_are_refused_with_rows_and_money_of_each(tidy):
    with pytest.raises(InputError) as caught:
        tidy(MIXED)
    assert caught.value.faults == ["EUR: 2 rows, 30.00", "USD: 1 row, 30.00"]
    assert caught.value.exit_status == 2
    assert "--rates rates.csv --currency EUR" in str(caught.value)


def test_another_currency_than_that_of_the_data_needs_rates(tidy):
    with pytest.raises(InputError, match="in EUR, the workspace is to be in USD"):
        tidy(MIXED[:2], settings={"currency": "USD"})


def test_amounts_are_converted_once_into_the_most_frequent_currency(tidy, net, rates):
    cleaned = tidy(MIXED, settings={"rates": rates("currency,rate\nUSD,0.9\n")})
    assert (cleaned.currency, net(cleaned)) == ("EUR", {"1": 10, "2": 20, "3": 27})


def test_every_amount_of_a_row_is_converted(tidy, records, rates):
    rows = [*MIXED, sale("4", 120, "USD", tax=20, discount=10, cost=50)]
    cleaned = tidy(rows, settings={"rates": rates("currency,rate\nUSD,0.5\n")})
    order = records(cleaned.orders, "order_id")[3]
    assert (order["net_revenue"], order["discount"], order["margin"]) == (Decimal(50), Decimal(5), Decimal(25))


def test_the_settings_choose_the_currency_of_the_workspace(tidy, net, rates):
    cleaned = tidy(MIXED, settings={"rates": rates("currency,rate\nEUR,2\n"), "currency": "USD"})
    assert (cleaned.currency, net(cleaned)) == ("USD", {"1": 20, "2": 40, "3": 30})


def test_a_row_takes_the_latest_rate_on_or_before_its_day(tidy, net, rates):
    table = rates("currency,rate,date\nUSD,0.5,2024-01-01\nUSD,0.6,2024-02-01\nUSD,0.7,2024-02-02\n")
    rows = [*MIXED, sale("4", 30, "USD", "2024-01-31"), sale("5", 1, "EUR")]
    cleaned = tidy(rows, settings={"rates": table})
    assert (net(cleaned)["3"], net(cleaned)["4"]) == (Decimal(18), Decimal(15))


def test_rows_before_the_first_rate_are_told(tidy, net, rates):
    cleaned = tidy(MIXED, settings={"rates": rates("currency,rate,date\nUSD,0.5,2025-01-01\n")})
    assert net(cleaned)["3"] == Decimal(15)
    assert any(note.startswith("1 row in USD before the first rate") for note in cleaned.notes)


def test_converted_money_adds_up_and_the_original_is_kept(tidy, rates):
    sums = tidy(MIXED, settings={"rates": rates("currency,rate\nUSD,0.9\n")}).reconciliation
    assert sums.money_in == sums.net_revenue == Decimal(57)
    assert [(one.currency, one.rows, one.money) for one in sums.currencies] == [("EUR", 2, 30), ("USD", 1, 30)]


def test_a_currency_without_a_rate_is_named(tidy, rates):
    with pytest.raises(InputError, match="no rate for USD"):
        tidy(MIXED, settings={"rates": rates("currency,rate\nGBP,1.1\n")})


def test_every_fault_of_a_table_of_rates_is_named(tidy, rates):
    text = "currency,rate,date\nUSD,-1,\nUSD,abc,\nUSD,0.9,soon\n,2,\nEUR,3,\nUSD,0.9,\nUSD,0.8,\n"
    with pytest.raises(FileError) as caught:
        tidy(MIXED, settings={"rates": rates(text)})
    assert [fault.split(":")[0] for fault in caught.value.faults] == [f"row {n}" for n in (2, 3, 4, 5, 6, 8)]


@pytest.mark.parametrize("text", ["", "code,rate\nUSD,1\n", "currency\nUSD\n"])
def test_a_table_that_is_none_of_rates_is_refused(tidy, rates, text):
    with pytest.raises(FileError, match="no column"):
        tidy(MIXED, settings={"rates": rates(text)})


def test_a_missing_table_of_rates_is_refused(tidy, tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        tidy(MIXED, settings={"rates": tmp_path / "none.csv"})
