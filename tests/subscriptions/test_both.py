from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from tests.features.stretches import load_subscriptions, stretch
from tests.features.tables import load_orders, order

from lifeworth.features.subscriptions import stretches
from lifeworth.settings import Settings
from lifeworth.subscriptions.both import bills_found, decided, one_value, renewal_orders
from lifeworth.subscriptions.prepare import prepare
from lifeworth.units import Period
from lifeworth.workspace import Workspace

AS_OF = date(2025, 12, 31)
JAN = date(2025, 1, 10)


def bills(customer, amount, count=12):
    return [order(customer, Period.months(k).after(JAN) if k else JAN, amount) for k in range(count)]


@pytest.fixture
def paid(engine):
    rows = [stretch("both", JAN, None, 20), stretch("plan only", JAN, None, 50, interval="year")]
    return stretches(load_subscriptions(engine, rows), AS_OF)


def scored(engine, rows):
    names = ("customer_id", "predicted_clv", "predicted_clv_low", "predicted_clv_high", "historic_clv")
    schema = pa.schema([(names[0], pa.string()), *((name, pa.float64()) for name in names[1:])])
    return engine.load(
        "order_value", pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema)
    )


def worth(engine):
    return engine.load(
        "subscription_value",
        pa.table(
            {
                "customer_id": ["both", "plan only"],
                "subscription_clv": [100.0, 200.0],
                "subscription_clv_low": [50.0, 0.0],
                "subscription_clv_high": [120.0, 300.0],
            }
        ),
    )


def test_bills_are_found_among_the_orders_of_the_same_customer(engine, paid):
    rows = [*bills("both", 20), order("both", JAN, 35), order("other", JAN, 20), order("plan only", JAN, 600)]
    found = engine.arrow(renewal_orders(load_orders(engine, rows), paid)).to_pylist()
    assert sorted(row["customer_id"] for row in found) == ["both"] * 12 + ["plan only"]


def test_a_bill_that_was_refunded_is_a_bill_all_the_same(engine, paid):
    orders = load_orders(engine, [order("both", JAN, 0, refunded=Decimal(20))])
    assert engine.arrow(renewal_orders(orders, paid)).num_rows == 1


def test_renewals_are_orders_where_half_of_the_bills_are_found(engine, paid):
    counted = engine.row(bills_found(load_orders(engine, bills("both", 20)), paid, AS_OF))
    assert counted == {"bills": 13, "found": 12}
    assert decided("auto", 30, 15)[0] is True
    assert decided("auto", 30, 14)[0] is False
    assert decided("auto", 12, 12)[0] is False
    assert decided("orders", 30, 0)[0] is True
    assert decided("apart", 30, 30)[0] is False


def test_kept_apart_both_values_count_in_full(engine, paid):
    people = scored(engine, [("both", 60.0, 10.0, 90.0, 300.0), ("shop only", 40.0, 0.0, 80.0, 10.0)])
    found = {
        row["customer_id"]: row
        for row in engine.arrow(one_value(people, worth(engine), None, paid, 0.5, AS_OF)).to_pylist()
    }
    assert set(found) == {"both", "shop only", "plan only"}
    both = found["both"]
    assert (both["order_clv"], both["subscription_clv"], both["predicted_clv"]) == (60, 100, 160)
    assert (both["predicted_clv_low"], both["predicted_clv_high"]) == (60, 210)
    days = (AS_OF - JAN).days
    assert both["historic_subscriptions"] == pytest.approx(20 * days / 30.4375 * 0.5)
    assert both["total_clv"] == pytest.approx(160 + 300 + both["historic_subscriptions"])
    assert (found["shop only"]["subscription_clv"], found["plan only"]["order_clv"]) == (0, 0)


def test_a_renewal_among_the_orders_is_not_counted_twice(engine, paid):
    """Of 480 in orders 240 were renewals: half of what the order model predicts is other orders."""
    orders = load_orders(engine, [*bills("both", 20), order("both", JAN, 240)])
    people = scored(engine, [("both", 60.0, 10.0, 90.0, 240.0), ("shop only", 40.0, 0.0, 80.0, 10.0)])
    again = renewal_orders(orders, paid)
    found = {
        row["customer_id"]: row
        for row in engine.arrow(one_value(people, worth(engine), again, paid, 0.5, AS_OF)).to_pylist()
    }
    assert found["both"]["order_clv"] == pytest.approx(30)
    assert found["both"]["predicted_clv"] == pytest.approx(130)
    assert (found["both"]["historic_subscriptions"], found["both"]["historic_clv"]) == (0, 240)
    assert found["shop only"]["order_clv"] == 40


def test_what_could_not_be_predicted_stays_unknown(engine, paid):
    people = scored(engine, [("both", None, None, None, 240.0)])
    found = {
        row["customer_id"]: row
        for row in engine.arrow(one_value(people, worth(engine), None, paid, 0.5, AS_OF)).to_pylist()
    }
    assert found["both"]["predicted_clv"] is None
    assert found["plan only"]["predicted_clv"] == 200


def test_a_contract_nobody_can_value_leaves_a_customer_the_value_of_all_they_order(engine, paid):
    orders = load_orders(engine, [*bills("both", 20), order("both", JAN, 240)])
    people = scored(engine, [("both", 60.0, 10.0, 90.0, 240.0)])
    unknown = engine.load(
        "subscription_value",
        pa.table(
            {
                "customer_id": ["both", "plan only"],
                **{f"subscription_clv{end}": pa.nulls(2, pa.float64()) for end in ("", "_low", "_high")},
            }
        ),
    )
    again = renewal_orders(orders, paid)
    found = {
        row["customer_id"]: row for row in engine.arrow(one_value(people, unknown, again, paid, 0.5, AS_OF)).to_pylist()
    }
    both = found["both"]
    assert (both["order_clv"], both["subscription_clv"], both["predicted_clv"]) == (60, None, 60)
    assert found["plan only"]["predicted_clv"] is None


def test_the_orders_of_the_demo_hold_no_payment_of_the_club(business, club):
    orders = club.engine.load("shop_orders", business["orders"])
    counted = club.engine.row(bills_found(orders, stretches(club.table("subscriptions"), club.as_of), club.as_of))
    assert counted["bills"] > 1000
    assert decided("auto", **counted)[0] is False


def test_a_run_keeps_one_row_a_customer(engine, paid):
    load_orders(engine, bills("both", 35))
    scored(engine, [("both", 60.0, 10.0, 90.0, 300.0), ("shop only", 40.0, 0.0, 80.0, 10.0)])
    facts = {"value": {"margin": 0.5}, "settings": {"horizon": "12 months", "discount": 0.1}}
    told = prepare(Workspace(engine, Settings(), AS_OF, "EUR", facts))
    rows = engine.arrow(engine.table("customer_value")).to_pylist()
    assert sorted(row["customer_id"] for row in rows) == ["both", "plan only", "shop only"]
    assert told["renewals_in_orders"]["in_orders"] is False
    assert {"mrr_movements", "subscription_value"} <= set(engine.tables())
