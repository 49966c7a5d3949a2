from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr.types import Table
from tests.features.tables import load_orders, load_refunds, order, refund

from lifeworth.data.contract import MONEY
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.features import history as features

AS_OF = date(2024, 6, 30)


def rows(engine: Engine, orders: Table, refunds: Table | None = None, as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    table = engine.arrow(features.history(orders, refunds, as_of))
    return {row["customer_id"]: row for row in table.to_pylist()}


def test_two_orders_on_a_day_are_one_purchase_occasion(engine: Engine) -> None:
    book = load_orders(engine, [order("a", date(2024, 1, 5), 10), order("a", date(2024, 1, 5), 5)])
    row = rows(engine, book)["a"]
    assert (row["orders"], row["x"], row["revenue"], row["mean_value"]) == (1, 0, 15, 15)


def test_recency_and_age_are_days_from_the_first_purchase(engine: Engine) -> None:
    book = load_orders(engine, [order("a", date(2024, 1, 5), 10), order("a", date(2024, 3, 5), 5)])
    row = rows(engine, book)["a"]
    assert (row["x"], row["recency"], row["age"]) == (1, 60, 177)


def test_the_as_of_day_itself_is_observed_and_the_next_is_not(engine: Engine) -> None:
    book = load_orders(engine, [order("a", AS_OF, 10), order("a", AS_OF + timedelta(1), 5)])
    assert rows(engine, book)["a"]["orders"] == 1


def test_repeat_value_leaves_the_whole_first_day_out(engine: Engine) -> None:
    book = load_orders(
        engine,
        [
            order("a", date(2024, 1, 5), 100),
            order("a", date(2024, 1, 5), 1),
            order("a", date(2024, 2, 5), 10),
            order("a", date(2024, 3, 5), 20),
        ],
    )
    assert rows(engine, book)["a"]["repeat_value"] == 15


def test_one_purchase_has_no_repeat_value(engine: Engine) -> None:
    assert rows(engine, load_orders(engine, [order("a", AS_OF, 10)]))["a"]["repeat_value"] is None


def test_an_order_of_value_zero_that_was_not_refunded_is_a_purchase(engine: Engine) -> None:
    assert rows(engine, load_orders(engine, [order("a", AS_OF, 0)]))["a"]["orders"] == 1


def test_an_order_without_an_amount_is_a_purchase_of_unknown_worth(engine: Engine) -> None:
    row = rows(engine, load_orders(engine, [order("a", date(2024, 1, 5), None), order("a", AS_OF, None)]))["a"]
    assert (row["x"], row["revenue"], row["mean_value"]) == (1, None, None)


def test_an_order_that_was_wholly_returned_is_no_purchase(engine: Engine) -> None:
    book = load_orders(engine, [order("a", AS_OF, 0, refunded=20), order("b", AS_OF, 5)])
    assert set(rows(engine, book)) == {"b"}


def test_a_returned_order_does_not_undo_another_of_the_same_day(engine: Engine) -> None:
    book = load_orders(engine, [order("a", AS_OF, 0, refunded=20), order("a", AS_OF, 0)])
    assert rows(engine, book)["a"]["orders"] == 1


def test_orders_without_a_customer_make_no_history(engine: Engine) -> None:
    assert rows(engine, load_orders(engine, [order(None, AS_OF, 20)])) == {}


@pytest.mark.parametrize(("as_of", "orders", "revenue"), [(date(2024, 3, 31), 2, 30), (date(2024, 4, 1), 1, 10)])
def test_an_order_stands_in_full_until_the_day_of_its_refund(
    engine: Engine, as_of: date, orders: int, revenue: float
) -> None:
    book = load_orders(
        engine, [order("a", date(2024, 1, 5), 10), order("a", date(2024, 3, 1), 0, number="x", refunded=20)]
    )
    back = load_refunds(engine, [refund(date(2024, 4, 1), 12, order="x"), refund(date(2024, 4, 1), 8, order="x")])
    row = rows(engine, book, back, as_of)["a"]
    assert (row["orders"], row["revenue"]) == (orders, revenue)


def test_a_partial_refund_later_leaves_the_purchase_and_restores_its_money(engine: Engine) -> None:
    book = load_orders(engine, [order("a", date(2024, 3, 1), 15, number="x", refunded=5)])
    back = load_refunds(engine, [refund(date(2024, 4, 1), 5, order="x")])
    assert rows(engine, book, back, date(2024, 3, 31))["a"]["revenue"] == 20


def test_a_refund_that_names_no_order_takes_money_and_no_purchase(engine: Engine) -> None:
    book = load_orders(engine, [order("a", date(2024, 3, 1), 15)])
    back = load_refunds(engine, [refund(date(2024, 4, 1), 5, customer="a")])
    row = rows(engine, book, back)["a"]
    assert (row["orders"], row["revenue"], row["mean_value"]) == (1, 10, 15)


def test_margin_follows_the_refund_back_in_time(engine: Engine) -> None:
    book = load_orders(engine, [order("a", date(2024, 3, 1), 15, number="x", refunded=5, margin=6)])
    back = load_refunds(engine, [{**refund(date(2024, 4, 1), 5, order="x"), "margin": 2}])
    assert rows(engine, book, back, date(2024, 3, 31))["a"]["margin"] == 8


def test_margin_is_null_where_no_order_has_costs(engine: Engine) -> None:
    assert rows(engine, load_orders(engine, [order("a", AS_OF, 20)]))["a"]["margin"] is None


def test_cents_add_up_without_the_dust_of_floating_point(engine: Engine) -> None:
    book = load_orders(engine, [order("a", date(2024, 1, 1) + timedelta(day), 0.1) for day in range(30)])
    assert rows(engine, book)["a"]["revenue"] == 3


def test_counts_keep_every_customer(engine: Engine) -> None:
    book = load_orders(engine, [order(name, date(2024, 1, day), 1) for name, day in [("a", 1), ("b", 1), ("c", 2)]])
    cells = engine.arrow(features.counts(features.history(book, None, AS_OF))).to_pylist()
    assert sorted((cell["age"], cell["customers"]) for cell in cells) == [(180, 1), (181, 2)]


# -- leaks ------------------------------------------------------------------------------------------------------------
START = date(2024, 1, 1)
CUT = START + timedelta(30)
Book = list[tuple[str, int, int, tuple[tuple[int, int], ...]]]

entries = st.tuples(
    st.sampled_from("abcdefgh"),
    st.integers(0, 60),
    st.integers(0, 30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30)), max_size=2).map(tuple),
)
books = st.lists(entries, min_size=10, max_size=60)


def write(engine: Engine, book: Book, name: str, keep: range) -> tuple[Table, Table]:
    """The books as they stand at the end when only events on the days `keep` happened: refunds already off the orders."""
    sold, back = [], []
    for number, (customer, day, value, returns) in enumerate(book):
        if day not in keep:
            continue
        refunded = 0
        for wait, amount in sorted(returns):
            amount = min(amount, value - refunded)
            if amount > 0 and day + wait in keep:
                refunded += amount
                back.append(refund(START + timedelta(day + wait), amount, order=f"o{number}", customer=customer))
        sold.append(order(customer, START + timedelta(day), value - refunded, number=f"o{number}", refunded=refunded))
    return load_orders(engine, sold, f"{name}_orders"), load_refunds(engine, back, f"{name}_refunds")


@settings(max_examples=10, deadline=None)
@given(books)
def test_nothing_that_happens_after_as_of_changes_the_history(book: Book) -> None:
    with connect() as engine:
        whole = rows(engine, *write(engine, book, "whole", range(200)), CUT)
        seen = rows(engine, *write(engine, book, "seen", range(31)), CUT)
    assert whole == seen


@settings(max_examples=10, deadline=None)
@given(books)
def test_the_fast_path_equals_the_full_one_when_nothing_was_refunded(book: Book) -> None:
    with connect() as engine:
        orders, refunds = write(engine, [(c, d, v, ()) for c, d, v, _ in book], "plain", range(200))
        assert rows(engine, orders, None, CUT) == rows(engine, orders, refunds, CUT)


@settings(max_examples=10, deadline=None)
@given(books)
def test_history_agrees_with_plain_python(book: Book) -> None:
    days: dict[str, dict[int, int]] = {}
    for customer, day, value, _ in book:
        if day <= 30:
            spent = days.setdefault(customer, {})
            spent[day] = spent.get(day, 0) + value
    with connect() as engine:
        orders, _ = write(engine, [(c, d, v, ()) for c, d, v, _ in book], "plain", range(200))
        found = rows(engine, orders, None, CUT)
    assert {name: (row["x"], row["recency"], row["age"], row["revenue"]) for name, row in found.items()} == {
        name: (len(spent) - 1, max(spent) - min(spent), 30 - min(spent), sum(spent.values()))
        for name, spent in days.items()
    }


# -- real data --------------------------------------------------------------------------------------------------------
def cdnow_orders(engine: Engine, folder: Path) -> Table:
    log = pq.read_table(folder / "cdnow" / "cdnow_sample_elog.parquet")
    raw = engine.load("elog", log)
    return engine.create(
        "orders",
        raw.select(
            order_id=raw["masterid"],
            customer_id=raw["sampleid"].cast("int64").cast("string"),
            ordered_at=raw["date"].cast("timestamp"),
            net_revenue=raw["sales"].cast(MONEY),
            refunded=ibis.null(MONEY),
            margin=ibis.null(MONEY),
        ),
    )


@pytest.mark.data
def test_cdnow_history_equals_the_published_summary(engine: Engine, data_dir: Path) -> None:
    found = rows(engine, cdnow_orders(engine, data_dir), None, date(1997, 9, 30))
    with (data_dir / "btyd_reference" / "cdnow_sample_cbs.csv").open() as file:
        published = list(csv.DictReader(file))
    assert len(published) == len(found) == 2357
    worst = 0.0
    for line in published:
        row = found[line["customer_id"]]
        worst = max(
            worst,
            abs(row["x"] - float(line["x"])),
            abs(row["recency"] / 7 - float(line["t_x"])),
            abs(row["age"] / 7 - float(line["T"])),
            abs((row["repeat_value"] or 0) - float(line["zbar"] or 0)),
            abs(row["mean_value"] - float(line["zbar_incl_first"])),
        )
    assert worst < 1e-9
