"""What a model needs to know about each customer on a day: how often, how lately, how long, how much.

Everything is stated as it was known at the close of `as_of`, the last observed day: an order that was refunded later
still stands in full. Several orders on one day are one purchase occasion (Fader, Hardie & Lee 2005, note 8). Day counts
are whole numbers here; the unit a model counts in comes with `lifeworth.features.series`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import cast

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import BooleanColumn, Column, Table

from lifeworth.data.contract import MONEY


def known_orders(orders: Table, refunds: Table | None, as_of: date, *, keep: Sequence[str] = ()) -> Table:
    """Orders of known customers as the books stood at the close of `as_of`.

    An order's worth is its net revenue plus whatever of it went back only later. It is a purchase unless nothing is
    left of it because it was returned: an order of value 0 that was never refunded is a purchase, one of negative
    worth is not.

    Args:
        orders: The table `orders` of the house.
        refunds: The table `refunds` of the house; without it no join is built, and refunds count as known from the
            day of the order, as they do where the source gives one sum without a date.
        as_of: Last observed day, inclusive.
        keep: Further columns of `orders` to carry along.

    Returns:
        One row an order: `customer_id`, `day`, `value`, `margin` (money, decimal) and `purchase` (true or false), then `keep`.
    """
    # Timestamps are compared as such: turning 4 million of them into dates first costs as much as the aggregate.
    seen = orders.filter(orders["customer_id"].notnull(), up_to(orders["ordered_at"], as_of))
    back = ibis.coalesce(seen["refunded"], ibis.literal(0, MONEY))
    if refunds is None:
        return seen.select(
            "customer_id",
            day=seen["ordered_at"].date(),
            value=seen["net_revenue"],
            margin=seen["margin"],
            purchase=_stands(seen["net_revenue"], back),
            **{name: seen[name] for name in keep},
        )
    later = refunds.filter(refunds["order_id"].notnull(), ~up_to(refunds["refunded_at"], as_of))
    undone = later.group_by(undone_order=later["order_id"]).agg(
        undone=later["amount"].sum(), undone_margin=later["margin"].sum()
    )
    joined = seen.left_join(undone, seen["order_id"] == undone["undone_order"])
    again = ibis.coalesce(joined["undone"], ibis.literal(0, MONEY))
    value = joined["net_revenue"] + again
    known_back = ibis.coalesce(joined["refunded"], ibis.literal(0, MONEY)) - again
    return joined.select(
        "customer_id",
        day=joined["ordered_at"].date(),
        value=value,
        margin=joined["margin"] + ibis.coalesce(joined["undone_margin"], ibis.literal(0, MONEY)),
        purchase=_stands(value, known_back),
        **{name: joined[name] for name in keep},
    )


def _stands(value: Column, back: Column) -> Column:
    """Whether an order is a purchase: something is left of it, nothing was ever charged, or nobody says what it cost."""
    return value.isnull() | (value > 0) | ((value == 0) & (back <= 0))


def purchase_days(orders: Table, refunds: Table | None, as_of: date) -> Table:
    """The purchase occasions: one row a customer and day with at least one order that was not wholly returned.

    Returns:
        `customer_id`, `day`, `value` and `margin` (money of all orders of that day as known at `as_of`; margin is null
        where no order of the day states one).
    """
    days = customer_days(orders, refunds, as_of)
    return days.filter(days["purchase"]).drop("purchase")


def history(
    orders: Table, refunds: Table | None, as_of: date, *, margin: bool = True, days: Table | None = None
) -> Table:
    """One row a customer with at least one purchase day up to `as_of`.

    Args:
        orders: The table `orders` of the house.
        refunds: The table `refunds` of the house, or nothing where no refund has a day of its own.
        as_of: Last observed day, inclusive.
        margin: Whether to add up margins; where the data has no costs, leaving it out spares the work.
        days: As from `customer_days`, with margins if asked for; where a table of it is at hand it is not made again.

    Returns:
        `customer_id`; `first_day`, `last_day` (dates); `orders` (purchase days); `x` (repeat purchase days);
        `recency` (last − first day), `age` (as_of − first day), both in days; `revenue` (all net money up to `as_of`,
        refunds that name no order included), `margin` (null without costs); `mean_value` (mean money of a purchase
        day), `repeat_value` (mean money of the purchase days after the first, null where there is none).
    """
    days = customer_days(orders, refunds, as_of, margin=margin) if days is None else days
    bought = ibis.ifelse(days["purchase"], days["day"], ibis.null("date"))
    # Sums stay decimal to the end: they are exact, so they do not depend on the order in which threads add up.
    summed = days.group_by("customer_id").agg(
        first_day=bought.min(),
        last_day=bought.max(),
        orders=bought.count(),
        total=days["value"].sum(),
        spent=ibis.ifelse(days["purchase"], days["value"], ibis.null(days["value"].type())).sum(),
        first_value=days["value"].argmin(bought),
        total_margin=days["margin"].sum() if margin else ibis.null(dt.float64),
    )
    summed = summed.filter(summed["orders"] > 0)
    if refunds is not None:
        summed = _less_unattached(summed, refunds, as_of)
    x = summed["orders"] - 1
    rest = (summed["spent"] - summed["first_value"]).cast("float64")
    return summed.select(
        "customer_id",
        "first_day",
        "last_day",
        "orders",
        x=x,
        recency=summed["last_day"].delta(summed["first_day"], unit="day").cast("int64"),
        age=ibis.literal(as_of).delta(summed["first_day"], unit="day").cast("int64"),
        revenue=summed["total"].cast("float64"),
        margin=summed["total_margin"].cast("float64"),
        mean_value=summed["spent"].cast("float64") / summed["orders"],
        repeat_value=ibis.ifelse(x > 0, rest / x, ibis.null("float64")),
    )


def counts(history: Table) -> Table:
    """Customers with the same `x`, `recency` and `age` as one row, with `customers` saying how many they are.

    A likelihood needs no more: fitting then costs what the calendar allows, not what the customer list does.
    """
    return history.group_by(["x", "recency", "age"]).agg(customers=history.count())


def customer_days(orders: Table, refunds: Table | None, as_of: date, *, margin: bool = True) -> Table:
    """Customer × day with an order, wholly returned days included: their money still belongs to the revenue.

    Returns:
        `customer_id`, `day`, `value`, `purchase` (any order of the day stands), `margin` if asked for.
    """
    known = known_orders(orders, refunds, as_of)
    sums = {"value": known["value"].sum(), "purchase": known["purchase"].any()}
    if margin:
        sums["margin"] = known["margin"].sum()
    return known.group_by(["customer_id", "day"]).agg(**sums)


def unattached_refunds(refunds: Table, as_of: date) -> Table:
    """Refunds of known customers that name no order, booked up to `as_of`: they cost money and undo no purchase."""
    return refunds.filter(
        refunds["order_id"].isnull(),
        refunds["customer_id"].notnull(),
        up_to(refunds["refunded_at"], as_of),
    )


def _less_unattached(summed: Table, refunds: Table, as_of: date) -> Table:
    loose = unattached_refunds(refunds, as_of)
    back = loose.group_by(back_customer=loose["customer_id"]).agg(
        back=loose["amount"].sum(), back_margin=loose["margin"].sum()
    )
    joined = summed.left_join(back, summed["customer_id"] == back["back_customer"])
    zero = ibis.literal(0, MONEY)
    return joined.mutate(
        total=joined["total"] - ibis.coalesce(joined["back"], zero),
        total_margin=joined["total_margin"] - ibis.coalesce(joined["back_margin"], zero),
    ).drop("back_customer", "back", "back_margin")


def up_to(moment: Column, day: date) -> BooleanColumn:
    """Whether a time lies on `day` or before it."""
    return cast(
        "BooleanColumn", moment < ibis.timestamp(datetime.combine(day + timedelta(days=1), time.min).isoformat(" "))
    )
