"""Returns that stand in rows of their own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest


def line(order, customer, day, product, quantity, price, **more):
    return {
        "order_id": order,
        "customer_id": customer,
        "ordered_at": day,
        "product_id": product,
        "quantity": quantity,
        "unit_price": price,
        "money": Decimal(str(quantity)) * Decimal(str(price)),
        **more,
    }


@pytest.fixture
def refunds(records):
    def read(cleaned):
        if cleaned.refunds is None:
            return []
        rows = records(cleaned.refunds, "refund_id")
        return sorted(((row["order_id"], row["customer_id"], row["amount"]) for row in rows), key=str)

    return read


@pytest.fixture
def orders(records):
    def read(cleaned):
        return {row["order_id"]: (row["net_revenue"], row["refunded"]) for row in records(cleaned.orders, "order_id")}

    return read


def test_without_returns_there_is_no_table_of_refunds_to_join(tidy):
    assert tidy([line("1", "a", "2024-01-01", "p", 1, 10)], grain="line").refunds is None


def test_a_return_goes_back_to_the_latest_earlier_purchase_of_the_product(tidy, orders, refunds):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 10),
        line("2", "a", "2024-02-01", "p", 1, 10),
        line("3", "a", "2024-04-01", "p", 1, 10),
        line("C9", "a", "2024-03-01", "p", -1, 10),
    ]
    cleaned = tidy(rows, grain="line")
    assert orders(cleaned) == {"1": (10, 0), "2": (0, 10), "3": (10, 0)}
    assert refunds(cleaned) == [("2", "a", Decimal(10))]


def test_a_refund_bears_the_day_it_was_booked(tidy, records):
    rows = [line("1", "a", "2024-01-01", "p", 1, 10), line("C9", "a", "2024-03-01T12:30:00", "p", -1, 10)]
    assert records(tidy(rows, grain="line").refunds, "refund_id")[0]["refunded_at"] == datetime(2024, 3, 1, 12, 30)


def test_a_return_of_another_customer_or_product_finds_no_order(tidy, orders, refunds):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 10),
        line("2", "b", "2024-01-01", "q", 1, 7),
        line("C8", "b", "2024-03-01", "p", -1, 10),
        line("C9", "a", "2024-03-01", "q", -1, 7),
    ]
    cleaned = tidy(rows, grain="line")
    assert orders(cleaned) == {"1": (10, 0), "2": (7, 0)}
    assert refunds(cleaned) == [(None, "a", Decimal(7)), (None, "b", Decimal(10))]


def test_a_return_before_the_first_purchase_finds_no_order(tidy, refunds):
    rows = [line("1", "a", "2024-02-01", "p", 1, 10), line("C9", "a", "2024-01-01", "p", -1, 10)]
    assert refunds(tidy(rows, grain="line")) == [(None, "a", Decimal(10))]


def test_a_return_of_the_same_minute_comes_after_the_purchase(tidy, refunds):
    rows = [line("C9", "a", "2024-02-01", "p", -1, 10), line("1", "a", "2024-02-01", "p", 1, 10)]
    assert refunds(tidy(rows, grain="line")) == [("1", "a", Decimal(10))]


def test_a_return_takes_off_no_more_than_the_line_was_worth(tidy, orders, refunds):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 10),
        line("1", "a", "2024-01-01", "q", 1, 50),
        line("C9", "a", "2024-02-01", "p", -3, 10),
    ]
    cleaned = tidy(rows, grain="line")
    assert orders(cleaned) == {"1": (50, 10)}
    assert refunds(cleaned) == [("1", "a", Decimal(10)), (None, "a", Decimal(20))]


def test_several_returns_of_a_line_take_off_no_more_than_it_was_worth(tidy, orders, refunds):
    rows = [
        line("1", "a", "2024-01-01", "p", 2, 10),
        line("C8", "a", "2024-02-01", "p", -1, 15),
        line("C9", "a", "2024-02-02", "p", -1, 15),
    ]
    cleaned = tidy(rows, grain="line")
    assert orders(cleaned) == {"1": (0, 20)}
    assert refunds(cleaned) == [("1", "a", Decimal(15)), ("1", "a", Decimal(5)), (None, "a", Decimal(10))]


def test_a_return_that_names_its_order_belongs_to_it(tidy, orders):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 10),
        line("2", "a", "2024-02-01", "p", 1, 10),
        line("1", "a", "2024-03-01", "p", -1, 10),
    ]
    assert orders(tidy(rows, grain="line")) == {"1": (0, 10), "2": (10, 0)}


def test_a_return_that_names_its_order_but_no_customer_belongs_to_the_customer_of_the_order(tidy, refunds):
    rows = [line("1", "a", "2024-01-01", "p", 1, 10), line("1", None, "2024-03-01", "p", -1, 4)]
    assert refunds(tidy(rows, grain="line")) == [("1", "a", Decimal(4))]


def test_returns_of_an_order_take_off_no_more_than_it_was_worth(tidy, orders):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 10),
        line("1", "a", "2024-02-01", "p", -1, 6),
        line("C9", "a", "2024-02-02", "p", -1, 10),
    ]
    assert orders(tidy(rows, grain="line")) == {"1": (0, 10)}


def test_a_correction_without_a_customer_is_a_refund_of_the_company(tidy, refunds):
    rows = [line("1", "a", "2024-01-01", "p", 1, 10), line("A5", None, "2024-02-01", "Adjust bad debt", 1, -7)]
    cleaned = tidy(rows, grain="line")
    assert refunds(cleaned) == [(None, None, Decimal(7))]
    assert (cleaned.reconciliation.customers, cleaned.reconciliation.nobody) == (Decimal(10), Decimal(-7))


def test_where_rows_name_no_product_a_return_matches_the_same_amount(tidy, orders):
    rows = [
        {"order_id": "1", "customer_id": "a", "ordered_at": "2024-01-01", "money": 10},
        {"order_id": "2", "customer_id": "a", "ordered_at": "2024-01-05", "money": 12},
        {"order_id": "3", "customer_id": "a", "ordered_at": "2024-01-09", "money": -10},
    ]
    assert orders(tidy(rows)) == {"1": (0, 10), "2": (12, 0)}


def test_a_return_written_as_a_positive_amount_means_the_same(tidy, orders):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 10),
        {**line("9", "a", "2024-02-01", "p", 1, 10), "status": "return"},
    ]
    cleaned = tidy(rows, grain="line")
    assert orders(cleaned) == {"1": (0, 10)}
    assert cleaned.reconciliation.off == {"returns_as_positive": Decimal(20)}


def test_a_return_gives_its_tax_back(tidy, orders):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 12, tax=2),
        line("C9", "a", "2024-02-01", "p", -1, 12, tax=-2),
    ]
    cleaned = tidy(rows, grain="line")
    assert orders(cleaned) == {"1": (0, 10)}
    assert cleaned.reconciliation.off == {}


def test_units_taken_back_without_money_are_a_stock_correction(tidy, records):
    rows = [line("1", "a", "2024-01-01", "p", 1, 10), line("5", None, "2024-02-01", "p", -40, 0)]
    cleaned = tidy(rows, grain="line")
    assert [row["reason"] for row in records(cleaned.quarantine, "source_row")] == ["stock_correction"]


def test_a_return_in_a_source_without_amounts_is_set_aside(tidy, records):
    rows = [
        {"order_id": "1", "customer_id": "a", "ordered_at": "2024-01-01", "quantity": 2},
        {"order_id": "2", "customer_id": "a", "ordered_at": "2024-02-01", "quantity": -2},
    ]
    assert [row["reason"] for row in records(tidy(rows).quarantine, "source_row")] == ["return_without_amount"]


def test_a_return_after_the_as_of_day_is_not_known_yet(tidy, orders):
    rows = [line("1", "a", "2024-01-01", "p", 1, 10), line("C9", "a", "2024-02-01", "p", -1, 10)]
    assert orders(tidy(rows, grain="line", as_of=date(2024, 1, 31))) == {"1": (10, 0)}


def test_the_margin_of_what_was_bought_goes_back_with_it(tidy, records):
    rows = [
        line("1", "a", "2024-01-01", "p", 2, 10, cost=8),
        line("C9", "a", "2024-02-01", "p", -1, 10),
    ]
    cleaned = tidy(rows, grain="line")
    assert records(cleaned.refunds, "refund_id")[0]["margin"] == Decimal(6)
    assert records(cleaned.orders, "order_id")[0]["margin"] == Decimal(6)


def test_a_return_that_states_its_cost_gives_that_back(tidy, records):
    rows = [
        line("1", "a", "2024-01-01", "p", 2, 10, cost=8),
        line("C9", "a", "2024-02-01", "p", -1, 10, cost=-3),
    ]
    assert records(tidy(rows, grain="line").refunds, "refund_id")[0]["margin"] == Decimal(7)


def test_a_return_of_which_nothing_is_known_carries_the_usual_margin(tidy, records):
    rows = [line("1", "a", "2024-01-01", "p", 2, 10, cost=8), line("C9", "b", "2024-02-01", "q", -1, 10)]
    assert records(tidy(rows, grain="line").refunds, "refund_id")[0]["margin"] == Decimal(6)


def test_every_refund_has_a_name_of_its_own(tidy, records):
    rows = [
        line("1", "a", "2024-01-01", "p", 1, 10),
        line("C9", "a", "2024-02-01", "p", -3, 10),
        line("C9", "a", "2024-02-01", "q", -1, 10),
    ]
    names = [row["refund_id"] for row in records(tidy(rows, grain="line").refunds, "refund_id")]
    assert len(names) == len(set(names)) == 3
