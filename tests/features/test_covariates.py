"""What is known of a customer from the start, and from nothing later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.features.tables import line, load_lines, load_orders, load_refunds, order, refund

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.errors import OptionError
from lifeworth.features.covariates import NAMES, Wanted, choose, filled, from_the_start
from lifeworth.features.history import history

START = date(2024, 1, 1)
AS_OF = START + timedelta(30)


def day(number: int) -> date:
    return START + timedelta(number)


def read(
    engine: Engine, orders: list[Any], refunds: list[Any] | None = None, lines: list[Any] | None = None
) -> dict[str, dict[str, Any]]:
    book = load_orders(engine, orders)
    back = None if refunds is None else load_refunds(engine, refunds)
    stood = None if lines is None else load_lines(engine, lines)
    names = tuple(name for name in NAMES if lines is not None or not name.startswith("first"))
    past = engine.create("past", history(book, back, AS_OF))
    rows = engine.arrow(from_the_start(past, book, back, AS_OF, Wanted(names, stood))).to_pylist()
    return {row["customer_id"]: {name: row[name] for name in names} for row in rows}


def test_the_first_order_says_where_a_customer_came_from(engine: Engine) -> None:
    found = read(
        engine,
        [order("a", day(3), 1, channel="web", country="FR"), order("a", day(9), 1, channel="store", country="DE")],
    )
    assert found == {"a": {"channel": "web", "country": "FR"}}


def test_of_orders_on_the_first_day_the_earliest_that_says_it_counts(engine: Engine) -> None:
    silent = order("a", day(3), 1, number="1") | {"ordered_at": datetime(2024, 1, 4, 8), "country": "FR"}
    found = read(engine, [order("a", day(3), 1, number="2", channel="web", country="DE"), silent])
    assert found["a"] == {"channel": "web", "country": "FR"}


def test_of_orders_at_one_moment_the_smaller_number_counts(engine: Engine) -> None:
    same = [order("a", day(3), 1, number=number, channel=f"c{number}") for number in ("3", "1", "2")]
    assert read(engine, same)["a"]["channel"] == "c1"


def test_a_later_day_does_not_fill_what_the_first_one_leaves_open(engine: Engine) -> None:
    found = read(engine, [order("a", day(3), 1), order("a", day(4), 1, channel="web")])
    assert found["a"]["channel"] is None


def test_an_order_that_was_sent_back_by_then_is_no_first_purchase(engine: Engine) -> None:
    sold = [
        order("a", day(3), 0, number="x", refunded=9, channel="web"),
        order("a", day(5), 9, number="y", channel="store"),
    ]
    assert read(engine, sold, [refund(day(8), 9, order="x")])["a"]["channel"] == "store"
    assert read(engine, sold, [refund(day(40), 9, order="x")])["a"]["channel"] == "web"


def test_the_first_product_is_the_one_with_most_money_and_a_category_adds_its_lines_up(engine: Engine) -> None:
    lines = [line("x", "beans", 5, "coffee"), line("x", "green", 3, "tea"), line("x", "black", 3, "tea")]
    lines.append(line("y", "mug", 99, "cups"))
    found = read(engine, [order("a", day(3), 11, number="x"), order("a", day(4), 99, number="y")], None, lines)
    assert (found["a"]["first_product"], found["a"]["first_category"]) == ("beans", "tea")


def test_products_of_equal_money_are_taken_by_name(engine: Engine) -> None:
    lines = [line("x", name, 2) for name in ("pear", "apple", "plum")]
    assert read(engine, [order("a", day(3), 6, number="x")], None, lines)["a"]["first_product"] == "apple"


def test_every_customer_of_the_history_stays_once(engine: Engine) -> None:
    orders = [order(name, day(n), 1, number=f"{name}{n}", channel="web") for name in "abc" for n in (1, 1, 7)]
    orders.append(order(None, day(1), 1, channel="web"))
    assert sorted(read(engine, orders, None, [line("a1", "tea", 1)])) == ["a", "b", "c"]


def test_what_the_data_say_is_counted(engine: Engine) -> None:
    book = load_orders(engine, [order("a", day(1), 1, channel="web"), order("b", day(1), 1)])
    assert engine.row(filled(book, None)) == {"channel": 1, "country": 0}
    lines = load_lines(engine, [line("#0", "tea", 1)])
    assert engine.row(filled(book, lines)) == {"channel": 1, "country": 0, "first_product": 1, "first_category": 0}


# -- what a setting asks for ------------------------------------------------------------------------------------------
SAID = {"channel": 5, "country": 0, "first_category": 3, "first_product": 5}


@pytest.mark.parametrize(
    ("setting", "rows", "names"),
    [
        ("auto", SAID, ("channel", "first_category")),
        ("auto", SAID | {"first_category": 0}, ("channel", "first_product")),
        ("auto", {"channel": 0, "country": 0}, ()),
        ("none", SAID, ()),
        ("first_product, channel", SAID, ("first_product", "channel")),
    ],
)
def test_a_setting_asks_for_covariates_the_data_have(setting, rows, names) -> None:
    assert choose(setting, rows).names == names


def test_an_unknown_covariate_is_refused_with_the_near_one_and_what_there_is() -> None:
    with pytest.raises(OptionError) as refused:
        choose("chanel", SAID)
    assert 'Did you mean "channel"?' in str(refused.value)
    assert refused.value.allowed == ["auto", "none", "channel", "first_category", "first_product"]


def test_a_covariate_the_data_do_not_say_is_refused() -> None:
    with pytest.raises(OptionError, match="do not say the country"):
        choose("country", SAID)


# -- nothing later ----------------------------------------------------------------------------------------------------
entries = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(0, 60),
        st.integers(1, 9),
        st.sampled_from(["web", "store", None]),
        st.sampled_from(["FR", "DE", None]),
        st.sampled_from(["tea", "coffee", None]),
        st.integers(0, 50),
    ),
    min_size=5,
    max_size=40,
)


def books(rows: list[tuple[Any, ...]], last: int, later: str | None = None) -> tuple[list[Any], list[Any], list[Any]]:
    """Orders, refunds of every second order and lines as the books stand on day `last`; what is after AS_OF told otherwise if asked."""
    sold, back, lines = [], [], []
    for number, (customer, placed, value, channel, country, product, wait) in enumerate(rows):
        if placed > last:
            continue
        undone = number % 2 == 1 and placed + wait <= last
        changed = later is not None and day(placed) > AS_OF
        sold.append(
            order(
                customer,
                day(placed),
                0 if undone else value,
                number=f"o{number:03}",
                refunded=value if undone else 0,
                channel=later if changed else channel,
                country=later if changed else country,
            )
        )
        lines.append(line(f"o{number:03}", later if changed else product, value, later if changed else product))
        if undone:
            back.append(refund(day(placed + wait), value, order=f"o{number:03}", customer=customer))
    return sold, back, lines


@settings(max_examples=6, deadline=None)
@given(entries)
def test_nothing_after_as_of_changes_what_is_known_from_the_start(rows) -> None:
    with connect() as engine:
        seen, whole, renamed = (
            read(engine, *books(rows, last, later)) for last, later in ((30, None), (200, None), (200, "new"))
        )
    assert seen == whole == renamed


@settings(max_examples=6, deadline=None)
@given(entries, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, chance) -> None:
    with connect() as engine:
        sold, back, lines = books(rows, 200)
        once = read(engine, sold, back, lines)
        for part in (sold, back, lines):
            chance.shuffle(part)
        assert read(engine, sold, back, lines) == once
