"""Customers by the month they first bought: who came back, and what they have brought since."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table, Value

from lifeworth.data.contract import MONEY
from lifeworth.features import history
from lifeworth.features.calendar import month_end, month_start, months
from lifeworth.features.months import month_named, month_number


def cohorts(
    orders: Table,
    refunds: Table | None,
    first: date,
    as_of: date,
    *,
    days: Table | None = None,
    past: Table | None = None,
) -> Table:
    """Acquisition cohort × calendar months since acquisition: every cell that was observed, and no other.

    The money of all cells adds up to the revenue of `history`: a refund that names no order stands in the month it was
    booked, money of an order that was wholly returned in the month of the order.

    Args:
        orders: The table `orders` of the house.
        refunds: The table `refunds`, or nothing where no refund has a day of its own.
        first: A day no later than the first order.
        as_of: Last observed day, inclusive.
        days: As from `history.customer_days`; where a table of it is at hand it is not made again.
        past: As from `history.history`, likewise.

    Returns:
        `cohort` (first day of the month of the first purchase), `month` (0 is that month), `month_start` (the calendar
        month of the cell), `customers` (size of the cohort), `active` (of them, with a purchase in the month), `orders`
        (purchase days), `revenue` (net), `retention` (active ÷ customers), `cumulative_revenue` and
        `revenue_per_customer` (cumulative revenue ÷ customers), `complete` (false for a month that is not over at
        `as_of`, and so cannot be compared with the others).
    """
    days = history.customer_days(orders, refunds, as_of) if days is None else days
    customers = _cohort_of(days, past)
    # A customer's days of a month are one row before they meet the cohort: then nobody has to be told apart again.
    monthly = days.group_by("customer_id", at=month_number(days["day"])).agg(
        bought=days.count(where=days["purchase"]), value=days["value"].cast(MONEY).sum()
    )
    joined = monthly.join(customers, "customer_id")
    observed = joined.group_by(cohort=joined["began"], month=_age(joined["began"], joined["at"])).agg(
        active=joined.count(where=joined["bought"] > 0),
        orders=joined["bought"].sum().cast("int64"),
        revenue=joined["value"].sum(),
    )
    revenue = observed.select("cohort", "month", "revenue")
    if refunds is not None:
        loose = history.unattached_refunds(refunds, as_of)
        back = customers.join(loose, "customer_id")
        age = _age(back["began"], month_number(back["refunded_at"].date()))
        lost = back.group_by(cohort=back["began"], month=age).agg(revenue=-back["amount"].sum())
        both = revenue.union(lost.mutate(revenue=lost["revenue"].cast(revenue["revenue"].type())))
        revenue = both.group_by("cohort", "month").agg(revenue=both["revenue"].sum())
    return _cells(_grid(customers, first, as_of), observed.drop("revenue"), revenue, as_of)


def _cohort_of(days: Table, past: Table | None) -> Table:
    """`customer_id`, and the number of the month they `began` in: whole numbers are made and compared faster than days."""
    if past is None:
        bought = days.filter(days["purchase"])
        past = bought.group_by("customer_id").agg(first_day=bought["day"].min())
    return past.select("customer_id", began=month_number(past["first_day"]))


def _age(began: Value, at: Value) -> Value:
    # Money booked before the first purchase that stands (an order sent back) belongs to the month of acquisition.
    return ibis.greatest(at - began, 0)


def _grid(customers: Table, first: date, as_of: date) -> Table:
    """Cohorts × the months from each on to the month of `as_of`: a month in which nobody bought is a cell too."""
    sizes = customers.group_by(cohort=customers["began"]).agg(customers=customers.count())
    calendar = (
        ibis.array([ibis.literal(start) for start in months(first, as_of)]).unnest().name("month_start").as_table()
    )
    grid = sizes.cross_join(calendar)
    grid = grid.mutate(month=month_number(grid["month_start"]) - grid["cohort"])
    return grid.filter(grid["month"] >= 0)


def _cells(grid: Table, activity: Table, revenue: Table, as_of: date) -> Table:
    cells = grid.left_join(activity, ["cohort", "month"]).drop("cohort_right", "month_right")
    cells = cells.left_join(revenue, ["cohort", "month"]).drop("cohort_right", "month_right")
    cells = cells.mutate(
        active=ibis.coalesce(cells["active"], 0),
        orders=ibis.coalesce(cells["orders"], 0),
        revenue=ibis.coalesce(cells["revenue"], ibis.literal(0, MONEY)),
    )
    so_far = cells["revenue"].sum().over(group_by="cohort", order_by="month", rows=(None, 0))
    cells = cells.mutate(so_far=so_far)
    running = ibis.literal(month_start(as_of))
    return cells.select(
        month_named(cells["cohort"]).name("cohort"),
        "month",
        "month_start",
        "customers",
        "active",
        "orders",
        revenue=cells["revenue"].cast("float64"),
        retention=cells["active"] / cells["customers"],
        cumulative_revenue=cells["so_far"].cast("float64"),
        revenue_per_customer=cells["so_far"].cast("float64") / cells["customers"],
        complete=(cells["month_start"] < running) | ibis.literal(as_of == month_end(as_of)),
    ).order_by("cohort", "month")
