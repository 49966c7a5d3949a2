"""Nothing dated after as_of reaches what models see: not when it is changed, not when it is added, not when it is taken away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tests.features.tables import load_orders, load_refunds, order, refund

from lifeworth.engine.connect import connect
from lifeworth.evaluation.baselines import BASELINES
from lifeworth.evaluation.holdout import Holdout, hold_out
from lifeworth.features.calendar import Split
from lifeworth.units import TimeUnit

START = date(2024, 1, 1)
AS_OF, UNTIL, END = 30, 60, 120
SPLIT = Split(START + timedelta(AS_OF), START + timedelta(UNTIL))
CHANNELS, COUNTRIES = ("shop", "web", "app"), ("DE", "FR")


@dataclass(frozen=True)
class Sale:
    """An order of the future-to-be, and what goes back of it `wait` days later: nothing, a part, or all."""

    customer: str
    day: int
    value: int
    channel: str = "shop"
    country: str = "DE"
    back: float = 0.0
    wait: int = 0


@dataclass(frozen=True)
class Loose:
    """Money that goes back to a customer without an order named."""

    customer: str
    day: int
    amount: int


people, days = st.sampled_from("abcdefgh"), st.integers(0, END)
sales = st.builds(
    Sale,
    people,
    days,
    st.integers(1, 9),
    st.sampled_from(CHANNELS),
    st.sampled_from(COUNTRIES),
    st.sampled_from([0.0, 0.0, 0.5, 1.0]),
    st.integers(0, 70),
)
later_sales = sales.map(lambda one: replace(one, day=AS_OF + 1 + one.day % (END - AS_OF)))
loose = st.builds(Loose, people, days, st.integers(1, 9))
pasts = st.lists(sales, min_size=15, max_size=40)


def books(sold: list[Sale], back: list[Loose]) -> tuple[list[Any], list[Any]]:
    """Orders and refunds as they stand in the end: an order's worth is what is left of it, each refund has its day."""
    orders, refunds = [], []
    for number, one in enumerate(sold):
        # A number of its own that does not move when others come or go.
        name = f"{one.customer}{one.day}-{number}"
        gone = one.value * one.back
        orders.append(
            order(
                one.customer,
                START + timedelta(one.day),
                one.value - gone,
                number=name,
                refunded=gone,
                channel=one.channel,
                country=one.country,
            )
        )
        if gone:
            refunds.append(refund(START + timedelta(one.day + one.wait), gone, order=name, customer=one.customer))
    refunds += [refund(START + timedelta(one.day), one.amount, customer=one.customer) for one in back]
    return orders, refunds


def read(sold: list[Sale], back: list[Loose]) -> Holdout:
    orders, refunds = books(sold, back)
    with connect() as engine:
        return hold_out(engine, load_orders(engine, orders), load_refunds(engine, refunds), SPLIT, TimeUnit.WEEK)


def known(sold: list[Sale], back: list[Loose]) -> tuple[list[Sale], list[Loose]]:
    """What the books said at the close of as_of: later orders are not there, and what went back later had not."""
    kept = [one if one.day + one.wait <= AS_OF else replace(one, back=0.0) for one in sold if one.day <= AS_OF]
    return kept, [one for one in back if one.day <= AS_OF]


def assert_models_see_the_same(one: Holdout, other: Holdout) -> None:
    assert one.rows.equals(other.rows)
    for name in ("x", "t_x", "T"):
        assert_array_equal(getattr(one.history, name), getattr(other.history, name))
    for first_order in (False, True):
        spends = [test.spend(first_order=first_order) for test in (one, other)]
        assert_array_equal(spends[0].x, spends[1].x)
        assert_array_equal(spends[0].mean_value, spends[1].mean_value)
    for baseline in BASELINES:
        assert_array_equal(baseline.predict(one), baseline.predict(other))
    before = [
        [orders for end, orders in zip(test.timeline.ends, test.timeline.orders, strict=True) if end <= SPLIT.as_of]
        for test in (one, other)
    ]
    assert_array_equal(*before)
    assert_array_equal(one.timeline.arrivals, other.timeline.arrivals)


@settings(max_examples=12)
@given(pasts, st.lists(loose, max_size=5))
def test_models_see_what_the_books_said_on_the_day(sold, back) -> None:
    assert_models_see_the_same(read(sold, back), read(*known(sold, back)))


@settings(max_examples=12)
@given(pasts, st.lists(loose, max_size=5), st.lists(later_sales, min_size=1, max_size=10))
def test_orders_added_after_as_of_change_nothing_models_see(sold, back, more) -> None:
    assert_models_see_the_same(read(sold, back), read([*sold, *more], back))


@settings(max_examples=12)
@given(pasts, st.lists(loose, max_size=5), st.data())
def test_orders_changed_after_as_of_change_nothing_models_see(sold, back, data) -> None:
    changed = [one if one.day <= AS_OF else data.draw(later_sales) for one in sold]
    assert_models_see_the_same(read(sold, back), read(changed, back))


@settings(max_examples=12)
@given(pasts, st.lists(loose, max_size=5), st.data())
def test_refunds_changed_or_taken_away_after_as_of_change_nothing_models_see(sold, back, data) -> None:
    shares, waits = st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 70)
    changed = [
        one
        if one.back and one.day + one.wait <= AS_OF
        else replace(one, back=data.draw(shares), wait=max(AS_OF + 1 - one.day, 0) + data.draw(waits))
        for one in sold
    ]
    later = [
        one if one.day <= AS_OF else replace(one, day=AS_OF + 1 + one.day % 80, amount=one.amount + 5) for one in back
    ]
    assert_models_see_the_same(read(sold, back), read(changed, later))


def test_a_refund_on_the_last_day_itself_is_known() -> None:
    before = read([Sale("a", 5, 8), Sale("b", 6, 4)], [])
    after = read([Sale("a", 5, 8, back=0.5, wait=AS_OF - 5), Sale("b", 6, 4)], [])
    with pytest.raises(AssertionError):
        assert_models_see_the_same(before, after)
    assert np.isclose(after.mean_value[0], 4)
