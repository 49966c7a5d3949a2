"""The terms that tools for shops make their figures of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ibis.expr.types import Table

from lifeworth.kpis.collect import EXACT
from lifeworth.kpis.grid import later


def sales(orders: Table, start: date, end: date) -> Table:
    """One row: what orders of the days after `start`, up to `end`, brought, and who placed them.

    Columns: `net_sales`, `refunded`, `discounts` (money), `orders`, `buyers`, and `returning`: of them, customers with two or
    more orders in their whole history.
    """
    seen = orders.filter(~later(orders["ordered_at"], end))
    inside = later(seen["ordered_at"], start)
    sums = seen.aggregate(
        net_sales=seen["net_revenue"].sum(where=inside),
        refunded=seen["refunded"].sum(where=inside).fill_null(0),
        discounts=seen["discount"].sum(where=inside).fill_null(0),
        orders=seen.count(where=inside),
    )
    known = seen.filter(seen["customer_id"].notnull())
    people = known.group_by("customer_id").agg(ever=known.count(), now=later(known["ordered_at"], start).sum())
    customers = people.aggregate(
        buyers=people.count(where=people["now"] > 0),
        returning=people.count(where=(people["now"] > 0) & (people["ever"] > 1)),
    )
    return sums.cross_join(customers)


def lives(past: Table, scored: Table) -> Table:
    """One row: what customers brought so far and are expected to bring.

    Args:
        past: The table `history`.
        scored: The table `customers_scored`.

    Columns: `historic`, `purchases`, `customers`, `gap_days`, `gaps`, `most` (orders of the keenest customer), `last_day`;
    `predicted`, `predicted_orders`, `churn_risk`; `house_predicted` and `house_historic`, our own sums.
    """
    exact = past["revenue"].cast(EXACT)
    back = past.aggregate(
        historic=exact.sum(),
        purchases=past["orders"].sum(),
        customers=past.count(),
        gap_days=past["recency"].sum(),
        gaps=past["x"].sum(),
        most=past["orders"].max(),
        last_day=past["last_day"].max(),
    )
    revenue = (scored["expected_orders"] * scored["expected_order_value"]).cast(EXACT)
    ahead = scored.aggregate(
        predicted=revenue.sum(),
        predicted_orders=scored["expected_orders"].cast(EXACT).sum(),
        churn_risk=scored["churn_probability"].cast(EXACT).sum(),
        house_predicted=scored["predicted_clv"].cast(EXACT).sum(),
        house_historic=scored["historic_clv"].cast(EXACT).sum(),
    )
    return back.cross_join(ahead)


def of_orders(both: Table) -> Table:
    """One row: `house_orders_predicted` and `house_orders_historic`, our sums of orders alone, from the table `customer_value`."""
    return both.aggregate(
        house_orders_predicted=both["order_clv"].cast(EXACT).sum(),
        house_orders_historic=both["historic_orders"].cast(EXACT).sum(),
    )


def gates(row: Mapping[str, Any], first_day: date, as_of: date) -> tuple[bool, ...]:
    """Whether Klaviyo would show predictions, condition by condition, in the order in which its rules name them.

    Args:
        row: The row of `lives`.
        first_day: Day of the first order.
        as_of: Last observed day.
    """
    last = row["last_day"]
    return (
        row["customers"] >= 500,
        (as_of - first_day).days >= 180,
        last is not None and (as_of - last).days <= 30,
        (row["most"] or 0) >= 3,
    )
