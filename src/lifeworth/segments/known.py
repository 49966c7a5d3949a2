"""What is known of every customer at the close of a day, and nothing later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import Table

from lifeworth.features.history import history, up_to


@dataclass(frozen=True)
class Known:
    """Customers on a day.

    Attributes:
        as_of: The day, inclusive.
        history: One row a customer with a purchase up to the day (`features.history.history`).
        people: `customer_id` of everybody known by then, buyers or not; None where there is no such table.
        described: As `history`, under the names of customers.csv and with channel and country, for conditions of the user's own.
    """

    as_of: date
    history: Table
    people: Table | None
    described: Table


def then(
    orders: Table,
    refunds: Table | None,
    customers: Table | None,
    as_of: date,
    *,
    past: Table | None = None,
    margin: float = 1.0,
) -> Known:
    """Customers as they were known at the close of a day.

    Args:
        orders: The table `orders` of the house.
        refunds: The table `refunds`, or nothing where no refund has a day of its own.
        customers: The table `customers`, if there is one.
        as_of: The day.
        past: The history at that day, where it is at hand.
        margin: Share of net revenue that counts as value where the data have no costs.
    """
    rows = history(orders, refunds, as_of) if past is None else past
    people = None
    if customers is not None:
        people = customers.filter(customers["acquired_at"].notnull(), up_to(customers["acquired_at"], as_of)).select(
            "customer_id"
        )
    return Known(as_of, rows, people, _described(rows, orders, customers, as_of, margin))


def _described(rows: Table, orders: Table, customers: Table | None, as_of: date, margin: float) -> Table:
    """Columns of customers.csv that can be told on any day, with `days_since_order` and `days_as_customer`."""
    named = rows.select(
        "customer_id",
        as_of=ibis.literal(as_of),
        first_order_at=rows["first_day"],
        last_order_at=rows["last_day"],
        orders=rows["orders"],
        revenue=rows["revenue"],
        historic_clv=ibis.coalesce(rows["margin"].cast("float64"), rows["revenue"] * margin),
        average_order_value=rows["mean_value"],
        days_since_order=rows["age"] - rows["recency"],
        days_as_customer=rows["age"],
    )
    seen = orders.filter(
        orders["customer_id"].notnull(), orders["country"].notnull(), up_to(orders["ordered_at"], as_of)
    )
    place = ibis.struct({"at": seen["ordered_at"], "order": seen["order_id"]})
    country = seen.group_by(owner=seen["customer_id"]).agg(country=seen["country"].argmax(place))
    named = named.left_join(country, [("customer_id", "owner")]).drop("owner")
    if customers is None:
        return named.mutate(acquisition_channel=ibis.null("string"))
    channel = customers.select(who="customer_id", acquisition_channel="acquisition_channel")
    return named.left_join(channel, [("customer_id", "who")]).drop("who")
