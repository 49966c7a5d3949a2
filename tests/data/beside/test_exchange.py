"""Money in other currencies: converted by the rate of the row's day, or refused with what to do."""

from __future__ import annotations

import pytest

from lifeworth.errors import InputError

SPEND = "day,platform,spend,currency\n2025-01-31,search,100,EUR\n2025-02-28,search,100,USD\n2025-03-31,search,100,usd\n"


@pytest.fixture
def rates(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("currency,rate,date\nUSD,0.9,2025-02-01\nUSD,0.8,2025-03-01\n")
    return path


def test_the_rate_of_the_day_converts(read, rates):
    found = read("marketing_spend", SPEND, currency_known="EUR", rates=rates)
    assert sorted(found.column("amount")) == [80, 90, 100]
    assert found.account.money_in == 270
    assert "2 rows in USD converted into EUR by rates.csv" in found.notes


def test_without_rates_it_is_refused_with_every_currency(read):
    with pytest.raises(InputError, match="amounts of two currencies") as caught:
        read("marketing_spend", SPEND, currency_known="EUR")
    assert caught.value.faults == ["USD: 2 rows", "EUR: 1 row"]
    assert "--rates" in str(caught.value)


def test_one_other_currency_is_refused_too(read):
    with pytest.raises(InputError, match="EUR"):
        read("marketing_spend", "day,spend (USD)\n2025-01-31,7\n", currency_known="EUR")


def test_a_currency_nobody_contradicts_is_taken_and_said(read):
    found = read("marketing_spend", "day,spend (USD)\n2025-01-31,7\n")
    assert found.beside.currency == "USD"
    assert "USD is taken for all money" in found.notes


def test_a_sign_beside_the_amount_is_a_currency(read):
    with pytest.raises(InputError, match="EUR"):
        read("marketing_spend", "day,spend\n2025-01-31,£7.50\n", currency_known="EUR")


def test_tables_without_money_have_no_currency(read):
    text = "ticket,created at,currency\n1,2025-01-31,USD\n"
    assert read("tickets", text, currency_known="EUR").account.rows_used == 1
