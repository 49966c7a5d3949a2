"""One value per customer where a company has orders and subscriptions, with no renewal counted twice.

Some exports write every renewal as an order too. Whether these orders do is found by looking for the bills of the subscriptions
among the orders of the same customers, or said in the settings. Where they do, the order model has learnt from them; of what it
predicts only the share of the customer's other orders then counts, and renewals are valued by the subscription alone, which
knows plan, interval and tenure.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import ibis
from ibis.expr.types import Table

from lifeworth.data.contract import MONEY
from lifeworth.features.sums import exact
from lifeworth.subscriptions.billing import MONTH

Renewals = Literal["auto", "orders", "apart"]

FOUND = 0.5
"""From this share of bills found among the orders on, renewals are taken to be orders."""
LEAST_BILLS = 20
"""Fewer bills than this decide nothing."""
NEAR = 0.01
"""Share of its amount by which an order may differ from a bill, beside one hundredth of the currency."""


def renewal_orders(orders: Table, paid: Table) -> Table:
    """Orders that are bills of a subscription: placed by the subscriber while a stretch ran, and of its amount.

    Args:
        orders: The orders of the house.
        paid: The paid days of stretches (`features.subscriptions.stretches`).

    Returns:
        `customer_id`, `order_id`, `revenue` (net), one row an order.
    """
    bills = paid.select("customer_id", "paid_from", "paid_to", bill=paid["mrr"].cast("float64") * _in_months(paid))
    day = orders["ordered_at"].date()
    placed = orders.filter(orders["customer_id"].notnull(), orders["net_revenue"].notnull()).select(
        "order_id",
        buyer=orders["customer_id"],
        day=day,
        revenue=orders["net_revenue"],
        charged=(orders["net_revenue"] + orders["refunded"].fill_null(ibis.literal(0, MONEY))).cast("float64"),
    )
    met = placed.join(bills, placed["buyer"] == bills["customer_id"])
    running = (met["day"] >= met["paid_from"]) & (met["paid_to"].isnull() | (met["day"] < met["paid_to"]))
    alike = (met["charged"] - met["bill"]).abs() <= met["bill"] * NEAR + 0.01
    return met.filter(running & alike).select("customer_id", "order_id", "revenue").distinct()


def bills_found(orders: Table, paid: Table, as_of: date) -> Table:
    """One row: `bills` that fell due up to `as_of`, and `found` of them among the orders."""
    until = paid["paid_to"].fill_null(ibis.literal(as_of))
    days = until.delta(paid["paid_from"], unit="day")
    due = (days / (_in_months(paid) * MONTH)).floor() + 1
    return paid.aggregate(bills=due.sum().fill_null(0).cast("int64")).cross_join(
        renewal_orders(orders, paid).aggregate(found=ibis._.count())
    )


def decided(said: Renewals, bills: int, found: int) -> tuple[bool, str]:
    """Whether renewals stand among the orders, and why that is thought."""
    if said != "auto":
        return said == "orders", "as stated in the settings"
    if bills < LEAST_BILLS:
        return False, f"only {bills:,} bills have fallen due, too few to look for them among the orders"
    share = min(found / bills, 1.0)
    there = share >= FOUND
    return there, f"{found:,} orders of subscribers have the amount of a bill, for {bills:,} bills that fell due"


def one_value(scored: Table, worth: Table, renewals: Table | None, paid: Table, margin: float, as_of: date) -> Table:
    """Order value and subscription value of every customer, side by side and together.

    Args:
        scored: What the orders of each customer are worth: `order_value`.
        worth: `subscription_value`.
        renewals: Orders that are renewals (`renewal_orders`), where they stand among the orders; else nothing.
        paid: The paid days of stretches, for what they have brought so far where no order tells it.
        margin: Margin as a share of net revenue.
        as_of: Last day known.

    Returns:
        `customer_id`; `ordered` (whether the customer ever did); `order_model_clv`, what the order model says, renewals that are orders
        included; `order_clv`, `subscription_clv` and their sum `predicted_clv` within the horizon, with
        `predicted_clv_low`, `predicted_clv_high` (as if both went well or badly together: too wide rather than too narrow);
        `historic_orders`, `historic_subscriptions` (MRR of the days paid for × margin; 0 where renewals are orders) and their
        sum `historic_clv`; `total_clv`. A customer without orders or without a subscription has 0 there; a figure that could
        not be predicted is null. Of a customer whose contract no model could value, the order model speaks for all they order; nothing
        is added for the contract.
    """
    share = _other_share(scored, renewals, margin)
    bought = scored.select("customer_id", "predicted_clv", "predicted_clv_low", "predicted_clv_high", "historic_clv")
    bought = bought.join(share, "customer_id")
    ids = scored.select("customer_id").union(worth.select("customer_id"), distinct=True)
    so_far = _brought(paid, margin, as_of) if renewals is None else None
    if so_far is not None:
        ids = ids.union(so_far.select("customer_id"), distinct=True)
    orders = bought.select(
        buyer="customer_id", share="share", ordered=ibis.literal(True),
        value="predicted_clv", low="predicted_clv_low", high="predicted_clv_high", brought="historic_clv",
    )  # fmt: skip
    contracts = worth.select(
        subscriber="customer_id", subscribed=ibis.literal(True),
        worth="subscription_clv", worth_low="subscription_clv_low", worth_high="subscription_clv_high",
    )  # fmt: skip
    all_ = ids.left_join(orders, ids["customer_id"] == orders["buyer"])
    all_ = all_.left_join(contracts, all_["customer_id"] == contracts["subscriber"])
    if so_far is not None:
        payers = so_far.select("paid_in", payer="customer_id")
        all_ = all_.left_join(payers, all_["customer_id"] == payers["payer"])
    zero = ibis.literal(0.0)
    ordered, subscribed = all_["ordered"].notnull(), all_["subscribed"].notnull()
    # What no model of contracts could value, the order model has learnt as far as it is among the orders.
    share = ibis.ifelse(subscribed & all_["worth"].isnull(), 1.0, all_["share"])
    of_orders = {name: ibis.ifelse(ordered, all_[name] * share, zero) for name in ("value", "low", "high")}
    of_contracts = {
        name: ibis.ifelse(ordered | ~subscribed, all_[name].fill_null(0.0), all_[name])
        for name in ("worth", "worth_low", "worth_high")
    }
    told = all_.select(
        "customer_id",
        **of_orders,
        **of_contracts,
        ordered=ordered,
        model=ibis.ifelse(ordered, all_["value"], zero),
        known=ibis.ifelse(subscribed, all_["worth"], zero),
        brought=ibis.ifelse(ordered, all_["brought"], zero),
        paid_in=zero if so_far is None else all_["paid_in"].fill_null(0.0),
    )
    return told.select(
        "customer_id",
        "ordered",
        order_model_clv="model",
        order_clv="value",
        subscription_clv="known",
        predicted_clv=told["value"] + told["worth"],
        predicted_clv_low=told["low"] + told["worth_low"],
        predicted_clv_high=told["high"] + told["worth_high"],
        historic_orders="brought",
        historic_subscriptions="paid_in",
        historic_clv=told["brought"] + told["paid_in"],
        total_clv=told["brought"] + told["paid_in"] + told["value"] + told["worth"],
    )


def _other_share(scored: Table, renewals: Table | None, margin: float) -> Table:
    """The share of each customer's order money that is no renewal: `customer_id`, `share`."""
    if renewals is None:
        return scored.select("customer_id", share=ibis.literal(1.0))
    each = renewals.group_by(renewer=renewals["customer_id"]).agg(renewed=renewals["revenue"].sum().cast("float64"))
    joined = scored.left_join(each, scored["customer_id"] == each["renewer"])
    brought = joined["historic_clv"] / margin
    rest = 1 - joined["renewed"].fill_null(0.0) / ibis.ifelse(brought > 0, brought, ibis.null("float64"))
    return joined.select("customer_id", share=ibis.greatest(ibis.least(rest.fill_null(1.0), 1.0), 0.0))


def _brought(paid: Table, margin: float, as_of: date) -> Table:
    """MRR of the days paid for, times margin: `customer_id`, `paid_in`."""
    tomorrow = ibis.literal(as_of)
    days = paid["paid_to"].fill_null(tomorrow).delta(paid["paid_from"], unit="day")
    amounts = paid["mrr"].cast("float64") * days / MONTH
    return paid.group_by("customer_id").agg(paid_in=exact(amounts) * margin)


def _in_months(paid: Table) -> ibis.Value:
    """Length of a billing period in mean months, as `billing.Cycle` has it."""
    one = ibis.cases(
        (paid["interval"] == "day", 1 / MONTH),
        (paid["interval"] == "week", 7 / MONTH),
        (paid["interval"] == "year", 12.0),
        else_=1.0,
    )
    return one * paid["interval_count"]
