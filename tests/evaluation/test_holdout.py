from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tests.features.tables import load_orders, load_refunds, order, refund

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.evaluation.baselines import BASELINES
from lifeworth.evaluation.holdout import Holdout, hold_out
from lifeworth.features.calendar import Split
from lifeworth.units import TimeUnit

START = date(2024, 1, 1)
SPLIT = Split(START + timedelta(30), START + timedelta(60))


def day(number: int) -> date:
    return START + timedelta(number)


def read(engine: Engine, orders: list[Any], refunds: list[Any] | None = None) -> Holdout:
    back = None if refunds is None else load_refunds(engine, refunds)
    return hold_out(engine, load_orders(engine, orders), back, SPLIT, TimeUnit.WEEK)


def test_what_happened_stands_beside_the_customer_it_happened_to(engine: Engine) -> None:
    test = read(engine, [order("b", day(3), 1), order("a", day(5), 1), order("b", day(40), 9), order("b", day(50), 2)])
    assert (test.rows["customer_id"].to_pylist(), test.orders.tolist(), test.value.tolist()) == (
        ["a", "b"],
        [0, 2],
        [0, 11],
    )


def test_customers_who_came_later_are_not_in_the_test(engine: Engine) -> None:
    assert read(engine, [order("a", day(5), 1), order("new", day(31), 1)]).rows["customer_id"].to_pylist() == ["a"]


def test_orders_after_the_last_day_do_not_count(engine: Engine) -> None:
    assert read(engine, [order("a", day(5), 1), order("a", day(60), 1), order("a", day(61), 1)]).orders.tolist() == [1]


def test_a_later_order_that_was_sent_back_by_the_end_is_no_order(engine: Engine) -> None:
    back = [refund(day(55), 9, order="x")]
    test = read(engine, [order("a", day(5), 1), order("a", day(40), 0, number="x", refunded=9)], back)
    assert test.orders.tolist() == [0]


def test_a_later_order_sent_back_after_the_end_still_counts(engine: Engine) -> None:
    back = [refund(day(70), 9, order="x")]
    test = read(engine, [order("a", day(5), 1), order("a", day(40), 0, number="x", refunded=9)], back)
    assert (test.orders.tolist(), test.value.tolist()) == ([1], [9])


def test_money_that_went_back_of_earlier_orders_is_told_apart(engine: Engine) -> None:
    back = [refund(day(40), 4, order="x"), refund(day(41), 2, customer="a"), refund(day(70), 8, customer="a")]
    test = read(engine, [order("a", day(5), 6, number="x", refunded=4)], back)
    assert test.returned == 6


def test_refunds_without_a_date_are_owned_up_to(engine: Engine) -> None:
    assert read(engine, [order("a", day(5), 6, refunded=4)]).undated == 4


def test_the_timeline_counts_repeat_orders_only(engine: Engine) -> None:
    test = read(engine, [order("a", day(0), 1), order("a", day(30), 1), order("b", day(30), 1), order("a", day(31), 1)])
    line = test.timeline
    assert dict(zip(line.ends, line.orders.tolist(), strict=True))[day(30)] == 1


def test_the_timeline_ends_with_all_repeat_orders(engine: Engine) -> None:
    test = read(engine, [order("a", day(n), 1) for n in (0, 9, 30, 45, 60)])
    assert (test.timeline.ends[-1], test.timeline.cumulative[-1]) == (day(60), 4)


def test_a_hold_out_leaves_no_scratch_tables(engine: Engine) -> None:
    read(engine, [order("a", day(5), 1)])
    assert engine.tables() == ["orders"]


def test_a_sample_is_evenly_spaced_and_aligned(engine: Engine) -> None:
    test = read(
        engine,
        [order(f"c{n:02}", day(n % 30), n) for n in range(40)] + [order(f"c{n:02}", day(40), n) for n in range(40)],
    )
    few = test.sample(10)
    assert few.value.tolist() == [float(name[1:]) for name in few.rows["customer_id"].to_pylist()]


def test_the_last_period_does_not_count_the_first_purchase(engine: Engine) -> None:
    test = read(engine, [order("a", day(20), 1), order("a", day(25), 1), order("b", day(20), 1)])
    assert test.recent_orders.tolist() == [1, 0]


def test_every_baseline_foretells_something_finite_even_of_a_first_day(engine: Engine) -> None:
    test = read(engine, [order("a", day(30), 1)])
    assert np.isfinite([baseline.predict(test)[0] for baseline in BASELINES]).all()


def test_a_book_without_earlier_customers_gives_an_empty_test(engine: Engine) -> None:
    assert len(read(engine, [order("a", day(40), 1)])) == 0


events = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 90), st.integers(1, 9), st.integers(0, 60)),
    min_size=20,
    max_size=60,
)


def books(entries: list[tuple[str, int, int, int]], last: int) -> tuple[list[Any], list[Any]]:
    """Orders and whole refunds of every second one, as the books stand on day `last`."""
    sold, back = [], []
    for number, (customer, placed, value, wait) in enumerate(entries):
        if placed > last:
            continue
        undone = number % 2 == 1 and placed + wait <= last
        sold.append(
            order(customer, day(placed), 0 if undone else value, number=f"o{number}", refunded=value if undone else 0)
        )
        if undone:
            back.append(refund(day(placed + wait), value, order=f"o{number}", customer=customer))
    return sold, back


@settings(max_examples=5, deadline=None)
@given(events)
def test_nothing_after_as_of_reaches_what_the_models_see(entries) -> None:
    with connect() as engine:
        whole, seen = (read(engine, *books(entries, last)) for last in (200, 30))
    assert whole.rows.equals(seen.rows)
    assert_array_equal(whole.recent_orders, seen.recent_orders)


@settings(max_examples=5, deadline=None)
@given(events)
def test_nothing_after_until_reaches_what_they_are_held_to(entries) -> None:
    with connect() as engine:
        whole, seen = (read(engine, *books(entries, last)) for last in (200, 60))
    assert_array_equal(whole.orders, seen.orders)
    assert_array_equal(whole.value, seen.value)
    assert_array_equal(whole.timeline.orders, seen.timeline.orders)
    assert whole.returned == seen.returned
