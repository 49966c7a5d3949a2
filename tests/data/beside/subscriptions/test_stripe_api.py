"""Subscriptions of Stripe's API: minor units, Unix seconds, items, discounts in both shapes, what is metered."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

PRICE = {
    "id": "price_1", "currency": "usd", "nickname": "Pro", "product": "prod_1", "unit_amount": 2000, "unit_amount_decimal": "2000",
    "billing_scheme": "per_unit", "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
}  # fmt: skip
SUBSCRIPTION = {
    "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active", "currency": "usd",
    "start_date": 1735689600, "trial_end": None, "canceled_at": None, "ended_at": None, "discounts": [],
    "cancellation_details": {"comment": None, "feedback": None, "reason": None}, "pause_collection": None,
    "items": {"object": "list", "data": [{"id": "si_1", "quantity": 1, "price": PRICE, "discounts": []}]},
}  # fmt: skip


def made(*paths: tuple[str, Any], base: Any = SUBSCRIPTION) -> dict[str, Any]:
    """A subscription with some places changed: ("items.data.0.quantity", 3)."""
    record = copy.deepcopy(base)
    for path, value in paths:
        at: Any = record
        *way, last = path.split(".")
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        at[last] = value
    return record


@pytest.fixture
def listed(read):
    def reading(*records: dict[str, Any], **settings: Any) -> Any:
        text = json.dumps({"object": "list", "data": list(records), "has_more": False, "url": "/v1/subscriptions"})
        return read("subscriptions", text.encode() + b"\n", name="subscriptions.json", **settings)

    return reading


def test_a_list_of_the_api_is_told_by_its_records(listed):
    found = listed(made())
    (row,) = found.rows
    assert found.account.layout == "Stripe's API"
    assert (row["subscription_id"], row["customer_id"], row["plan"], row["mrr"]) == (
        "sub_1",
        "cus_1",
        "Pro",
        Decimal(20),
    )
    assert (row["started_at"], row["status"], row["interval"]) == (date(2025, 1, 1), "active", "month")
    assert found.beside.currency == "USD"


@pytest.mark.parametrize(("code", "mrr"), [("usd", 20), ("jpy", 2000), ("kwd", 2), ("isk", 20)])
def test_minor_units_are_those_of_the_currency(listed, code, mrr):
    assert listed(made(("currency", code), ("items.data.0.price.currency", code))).column("mrr") == [mrr]


def test_a_price_in_parts_of_a_cent_is_kept(listed):
    record = made(
        ("items.data.0.price.unit_amount", None),
        ("items.data.0.price.unit_amount_decimal", "0.5"),
        ("items.data.0.quantity", 3),
    )
    assert listed(record).column("mrr") == [Decimal("0.015")]


def test_every_item_is_a_row_of_its_own(listed):
    second = made(("id", "si_2"), ("quantity", 4), base=SUBSCRIPTION["items"]["data"][0])
    record = made(("items.data", [SUBSCRIPTION["items"]["data"][0], second]))
    found = listed(record)
    assert found.column("subscription_id") == ["sub_1/si_1", "sub_1/si_2"]
    assert found.column("mrr") == [20, 80]


def test_yearly_and_quarterly_prices_are_brought_to_a_month(listed):
    year = {**PRICE, "unit_amount_decimal": "60000", "recurring": {"interval": "year", "interval_count": 1}}
    quarter = {**PRICE, "unit_amount_decimal": "3000", "recurring": {"interval": "month", "interval_count": 3}}
    found = listed(made(("id", "a"), ("items.data.0.price", year)), made(("id", "b"), ("items.data.0.price", quarter)))
    assert found.column("mrr") == [50, 10]


@pytest.mark.parametrize("shape", ["old", "new", "newest", "item"])
def test_a_lasting_discount_is_taken_off_in_every_shape(listed, shape):
    coupon = {"id": "c", "percent_off": 25.5, "amount_off": None, "duration": "forever"}
    change = {
        "old": ("discount", {"coupon": coupon}),
        "new": ("discounts", [{"coupon": coupon}]),
        "newest": ("discounts", [{"source": {"type": "coupon", "coupon": coupon}}]),
        "item": ("items.data.0.discounts", [{"coupon": coupon}]),
    }[shape]
    (row,) = listed(made(change)).rows
    assert (row["mrr"], row["discount"], row["discount_lasts"]) == (Decimal("14.9"), Decimal("5.1"), True)


def test_a_discount_that_ends_is_taken_off_and_said_to_end(listed):
    coupon = {"percent_off": None, "amount_off": 500, "duration": "repeating", "duration_in_months": 3}
    (row,) = listed(made(("discounts", [{"coupon": coupon}]))).rows
    assert (row["mrr"], row["discount"], row["discount_lasts"]) == (15, 5, False)


def test_a_discount_of_one_bill_lowers_nothing_that_recurs(listed):
    found = listed(made(("discounts", [{"coupon": {"percent_off": 50, "duration": "once"}}])))
    assert (found.column("mrr"), found.column("discount")) == ([20], [None])
    assert "a discount of one bill" in found.notes


def test_a_fixed_discount_is_shared_over_the_items(listed):
    second = made(("id", "si_2"), ("quantity", 3), base=SUBSCRIPTION["items"]["data"][0])
    coupon = {"amount_off": 1000, "duration": "forever"}
    record = made(("items.data", [SUBSCRIPTION["items"]["data"][0], second]), ("discounts", [{"coupon": coupon}]))
    found = listed(record)
    assert found.column("mrr") == [Decimal("17.5"), Decimal("52.5")]
    assert sum(found.column("discount")) == 10


def test_a_discount_that_is_only_named_is_said(listed):
    found = listed(made(("discounts", ["di_1"])))
    assert found.column("mrr") == [20]
    assert "not taken off (expand discounts.coupon)" in found.notes


def test_what_is_metered_does_not_recur(listed):
    found = listed(made(("items.data.0.price.recurring.usage_type", "metered")))
    assert (found.column("mrr"), found.column("metered")) == ([0], [True])


def test_packs_of_seats_are_paid_by_the_pack(listed):
    record = made(
        ("items.data.0.quantity", 11), ("items.data.0.price.transform_quantity", {"divide_by": 5, "round": "up"})
    )
    assert listed(record).column("mrr") == [60]


def test_tiers_have_no_single_price_and_are_set_aside(listed):
    tiers = made(
        ("id", "a"), ("items.data.0.price.unit_amount", None), ("items.data.0.price.unit_amount_decimal", None)
    )
    found = listed(tiers, made(("id", "b")))
    assert found.column("subscription_id") == ["b"]
    assert [row["reason"] for row in found.aside] == ["value_missing"]


def test_the_end_the_request_and_the_reason_are_told_apart(listed):
    over = {"status": "canceled", "canceled_at": 1740787200, "ended_at": 1743465600}
    paths = [("id", "a"), ("cancellation_details.reason", "payment_failed"), *over.items()]
    asked = made(("id", "b"), ("canceled_at", 1740787200), ("cancellation_details.feedback", "too_expensive"))
    found = listed(made(*paths), asked)
    assert found.column("ended_at") == [date(2025, 4, 1), None]
    assert found.column("canceled_at") == [date(2025, 3, 1)] * 2
    assert found.column("ended_by") == ["payment", None]
    assert found.column("cancel_reason") == ["payment failed", "too_expensive"]


@pytest.mark.parametrize(
    ("status", "ours"), [("past_due", "past_due"), ("trialing", "trialing"), ("unpaid", "unpaid"), ("paused", "paused")]
)
def test_how_it_stands_is_kept(listed, status, ours):
    assert listed(made(("status", status))).column("status") == [ours]


def test_a_paused_collection_is_a_pause(listed):
    assert listed(made(("pause_collection", {"behavior": "void"}))).column("status") == ["paused"]


def test_one_record_and_lines_of_records_are_read_alike(read):
    lines = (json.dumps(made(("id", "a"))) + "\n" + json.dumps(made(("id", "b"))) + "\n").encode()
    assert read("subscriptions", lines, name="subs.jsonl").column("subscription_id") == ["a", "b"]
    assert read("subscriptions", json.dumps(made()).encode() + b"\n", name="sub.json").column("mrr") == [20]


@pytest.mark.data
def test_the_fixture_of_stripe_is_read(listed, data_dir):
    resources = json.loads((data_dir / "fixtures" / "stripe" / "fixtures3.json").read_text())["resources"]
    record = resources["subscription"]
    found = listed(record)
    (row,) = found.rows
    # The fixture divides one seat by packs of a billion and rounds down; without that it is 20.00 a month.
    assert (row["mrr"], row["ended_at"], row["status"]) == (0, date(2009, 2, 13), "paused")
    del record["items"]["data"][0]["price"]["transform_quantity"]
    assert listed(record).column("mrr") == [20]
