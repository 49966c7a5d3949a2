from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.features.tables import load_orders, load_refunds, order, refund

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.features.cohorts import cohorts
from lifeworth.features.history import history

FIRST = date(2024, 1, 1)


def cells(
    engine: Engine, orders: Any, refunds: Any = None, as_of: date = date(2024, 4, 30)
) -> dict[tuple[date, int], Any]:
    rows = engine.arrow(cohorts(orders, refunds, FIRST, as_of)).to_pylist()
    return {(row["cohort"], row["month"]): row for row in rows}


@pytest.fixture
def book(engine: Engine) -> Any:
    return load_orders(
        engine,
        [
            order("a", date(2024, 1, 31), 10),
            order("a", date(2024, 3, 1), 20),
            order("a", date(2024, 3, 1), 5),
            order("a", date(2024, 3, 9), 5),
            order("b", date(2024, 1, 2), 10),
            order("c", date(2024, 3, 2), 7),
        ],
    )


def test_a_cohort_is_the_month_of_the_first_purchase(engine, book) -> None:
    assert {cohort: cell["customers"] for (cohort, month), cell in cells(engine, book).items() if month == 0} == {
        date(2024, 1, 1): 2,
        date(2024, 3, 1): 1,
    }


def test_a_month_counts_customers_and_purchase_days(engine, book) -> None:
    cell = cells(engine, book)[date(2024, 1, 1), 2]
    assert (cell["active"], cell["orders"], cell["revenue"], cell["retention"]) == (1, 2, 30, 0.5)


def test_a_month_in_which_nobody_bought_is_a_cell_of_zero(engine, book) -> None:
    cell = cells(engine, book)[date(2024, 1, 1), 1]
    assert (cell["active"], cell["revenue"], cell["cumulative_revenue"]) == (0, 0, 20)


def test_revenue_per_customer_grows_over_the_whole_cohort(engine, book) -> None:
    assert cells(engine, book)[date(2024, 1, 1), 3]["revenue_per_customer"] == 25


def test_no_cell_lies_after_as_of(engine, book) -> None:
    assert max(cell["month_start"] for cell in cells(engine, book).values()) == date(2024, 4, 1)


def test_a_month_that_is_not_over_is_told_apart(engine, book) -> None:
    found = cells(engine, book, as_of=date(2024, 4, 29))
    assert [cell["complete"] for (_, month), cell in sorted(found.items()) if month in {1, 3}] == [True, False, False]


def test_a_month_is_over_on_its_last_day(engine, book) -> None:
    assert all(cell["complete"] for cell in cells(engine, book).values())


def test_a_refund_that_names_no_order_stands_in_the_month_it_was_booked(engine, book) -> None:
    back = load_refunds(engine, [refund(date(2024, 2, 10), 4, customer="a")])
    assert cells(engine, book, back)[date(2024, 1, 1), 1]["revenue"] == -4


events = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 150), st.integers(1, 9)), min_size=10, max_size=50
)


@settings(max_examples=8, deadline=None)
@given(events, st.integers(30, 150))
def test_the_money_of_all_cells_is_the_revenue_of_all_customers(entries, last) -> None:
    as_of = FIRST + timedelta(last)
    with connect() as engine:
        orders = load_orders(engine, [order(who, FIRST + timedelta(day), value) for who, day, value in entries])
        back = load_refunds(engine, [refund(FIRST + timedelta(day), 1, customer=who) for who, day, _ in entries[::3]])
        found = sum(cell["revenue"] for cell in cells(engine, orders, back, as_of).values())
        rows = engine.arrow(history(orders, back, as_of))
    assert found == pytest.approx(sum(rows["revenue"].to_pylist()))
