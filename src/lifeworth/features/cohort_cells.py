"""What customers did at every age, by where and when they came from: the cells that cohort tables of any kind are made of.

An age is a number of calendar months or quarters since the one of the first purchase. Customers who came in different months and
stand in one row (a channel, a quarter) are kept apart by their month, so that a row can be made of those alone who have
reached an age: otherwise young customers would make old ages look poor.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.data.contract import MONEY
from lifeworth.features import history
from lifeworth.features.months import months_apart


def origins(days: Table, members: Table | None, *, unit: int) -> Table:
    """Customers with the period of their first purchase.

    Args:
        days: Customer × day, from `history.customer_days`.
        members: `owner` and `member`, where rows are something else than periods.
        unit: Months of a period: 1, or 3 for quarters.

    Returns:
        `customer_id`, `member` (null without `members`), `origin` (first day of the period of the first purchase).
    """
    bought = days.filter(days["purchase"])
    first = bought.group_by("customer_id").agg(first=bought["day"].min())
    first = first.select("customer_id", origin=_start(first["first"], unit))
    if members is None:
        return first.mutate(member=ibis.null("string"))
    joined = first.left_join(members, first["customer_id"] == members["owner"])
    return joined.select("customer_id", "origin", "member")


def cells(
    orders: Table,
    refunds: Table | None,
    as_of: date,
    members: Table | None = None,
    *,
    unit: int = 1,
    margin: bool = True,
) -> Table:
    """Every cell in which something happened.

    The money of all cells adds up to the revenue of `history`: a refund that names no order stands in the period it was
    booked, money of an order that was wholly returned in the period of the order.

    Args:
        orders: The table `orders` of the house.
        refunds: The table `refunds`, or nothing where no refund has a day of its own.
        as_of: Last observed day, inclusive.
        members: `owner` and `member`: the row a customer stands in; without it, everybody's origin is the row.
        unit: Months of a period: 1, or 3 for quarters.
        margin: Whether to add up margins.

    Returns:
        `member`, `origin`, `age` (0 is the period of the first purchase), `active` (customers with a purchase), `orders`
        (purchase days), `revenue` and `margin` (money; margin is null where none is stated).
    """
    days = history.customer_days(orders, refunds, as_of, margin=margin)
    came = origins(days, members, unit=unit)
    joined = came.join(days, "customer_id")
    bought = ibis.ifelse(joined["purchase"], joined["customer_id"], ibis.null("string"))
    found = joined.select(
        "member",
        "origin",
        age=_age(joined["origin"], joined["day"], unit),
        who=bought,
        value=joined["value"],
        margin=joined["margin"] if margin else ibis.null(MONEY),
    )
    if refunds is not None:
        loose = history.unattached_refunds(refunds, as_of)
        back = came.join(loose, "customer_id")
        gone = back.select(
            "member",
            "origin",
            age=_age(back["origin"], back["refunded_at"].date(), unit),
            who=ibis.null("string"),
            value=-back["amount"].cast(found["value"].type()),
            margin=(-back["margin"] if margin else ibis.null(MONEY)).cast(found["margin"].type()),
        )
        found = found.union(gone)
    return found.group_by("member", "origin", "age").agg(
        active=found["who"].nunique(),
        orders=found["who"].count(),
        revenue=found["value"].sum().cast(MONEY),
        margin=found["margin"].sum().cast(MONEY),
    )


def sizes(orders: Table, refunds: Table | None, as_of: date, members: Table | None = None, *, unit: int = 1) -> Table:
    """How many customers came: `member`, `origin`, `customers`."""
    came = origins(history.customer_days(orders, refunds, as_of, margin=False), members, unit=unit)
    return came.group_by("member", "origin").agg(customers=came.count())


def second_purchases(
    orders: Table, refunds: Table | None, as_of: date, members: Table | None = None, *, unit: int = 1
) -> Table:
    """At which age customers bought for the second time: `member`, `origin`, `age`, `repeaters`."""
    days = history.customer_days(orders, refunds, as_of, margin=False)
    came = origins(days, members, unit=unit)
    bought = days.filter(days["purchase"])
    first = bought.group_by("customer_id").agg(first=bought["day"].min())
    again = bought.join(first, "customer_id")
    again = again.filter(again["day"] > again["first"])
    second = again.group_by("customer_id").agg(second=again["day"].min())
    joined = came.join(second, "customer_id")
    aged = joined.select("member", "origin", age=_age(joined["origin"], joined["second"], unit))
    return aged.group_by("member", "origin", "age").agg(repeaters=aged.count())


def _start(day: Any, unit: int) -> Any:
    month = day.month() if unit == 1 else ((day.month() - 1) / unit).floor().cast("int32") * unit + 1
    return ibis.date(day.year(), month, 1)


def _age(origin: Any, day: Any, unit: int) -> Any:
    # Money booked before the first purchase that stands (an order sent back) belongs to the period of acquisition.
    return ibis.greatest((months_apart(origin, day) / unit).floor().cast("int32"), 0)
