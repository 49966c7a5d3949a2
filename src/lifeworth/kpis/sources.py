"""The tables that measures are taken from: which column is the day, whose row it is, and what groups it knows by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import ibis
from ibis.expr.types import Table


class Tables(Protocol):
    """Tables by name: a workspace, or anything else that has them."""

    def table(self, name: str, /) -> Table:
        """The table of a name."""

    def has(self, name: str, /) -> bool:
        """Whether there is one."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be known of a table.

    Attributes:
        day: Column with the day or time of a row; none where the table stands as it is on the as-of day.
        customer: Column that says whose row it is; none where it is nobody's.
        own: Groups the table knows by itself: name of the dimension -> column.
        needs: Tables it is made of, where that is not just itself.
    """

    day: str = ""
    customer: str = "customer_id"
    own: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


SOURCES: dict[str, Source] = {
    "orders": Source("ordered_at"),
    "refunds": Source("refunded_at"),
    "order_lines": Source("ordered_at", needs=("order_lines", "orders")),
    "purchase_days": Source("day"),
    "people": Source("", needs=("purchase_days",)),
    "customers": Source("acquired_at"),
    "customers_scored": Source(),
    "history": Source(),
    "products": Source(customer=""),
    "subscriptions": Source("started_at"),
    "mrr_movements": Source("day"),
    "subscription_value": Source(),
    "net_value": Source(),
    "marketing_spend": Source(
        "spent_on", "", {"channel": "channel", "campaign": "campaign", "cohort": "spent_on"}, ("marketing_spend",)
    ),
    "service_costs": Source("incurred_at"),
    "touchpoints": Source("occurred_at"),
    "milestones": Source("reached_at"),
    "tickets": Source("opened_at"),
    "feedback": Source("given_at"),
    "referrals": Source("referred_at", "referrer_id", needs=("referrals", "history")),
    "assignments": Source("assigned_at"),
    "observations": Source("observed_on", ""),
}
"""Every table a measure may name."""


def has(tables: Tables, name: str) -> bool:
    """Whether a source can be read."""
    return all(tables.has(needed) for needed in SOURCES[name].needs or (name,))


def rows(tables: Tables, name: str) -> Table:
    """The rows of a source, each with its day and its customer.

    A product on an order has the day and the customer of the order; a referral without a day has that of the first
    purchase of who was brought.
    """
    table = tables.table(name)
    if name == "order_lines":
        orders = tables.table("orders")
        placed = orders.select(placed_order=orders["order_id"], ordered_at="ordered_at", customer_id="customer_id")
        return table.inner_join(placed, table["order_id"] == placed["placed_order"]).drop("placed_order")
    if name == "referrals":
        past = tables.table("history")
        came = past.select(came="customer_id", came_on="first_day")
        joined = table.left_join(came, table["referred_id"] == came["came"])
        return joined.mutate(referred_at=ibis.coalesce(joined["referred_at"].date(), joined["came_on"])).drop(
            "came", "came_on"
        )
    return table
