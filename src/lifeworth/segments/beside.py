"""Figures of a group and of all others, side by side: each query is one pass, one row a side.

A figure is a mean over customers or a ratio of sums, as its definition says; none is tested for chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import NumericScalar, Table

from lifeworth.features.history import up_to
from lifeworth.features.sums import exact
from lifeworth.report.spec import Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure a profile tells: its key in the queries, its name, how it reads, what it means."""

    key: str
    title: str
    kind: Kind
    definition: str


FIGURES: tuple[Figure, ...] = (
    Figure("orders_each", "Orders each", "ratio", "purchase days of a customer, on average"),
    Figure("repeat_share", "Came back", "percent", "share of customers with at least two purchase days"),
    Figure("order_value", "Average order value", "money", "net revenue of purchase days ÷ purchase days"),
    Figure("revenue_each", "Net revenue each", "money", "net revenue so far of a customer, on average"),
    Figure(
        "gap",
        "Days between orders",
        "days",
        "days from first to last purchase of all customers ÷ their repeat purchases",
    ),
    Figure("silence", "Days since the last order", "days", "mean over customers"),
    Figure("age", "Days since the first order", "days", "mean over customers"),
    Figure(
        "predicted",
        "Predicted CLV each",
        "money",
        "expected margin within the horizon, discounted, mean over customers",
    ),
    Figure("churn", "Churn probability", "percent", "mean probability of no order within the horizon"),
    Figure(
        "discounted", "Orders with a discount", "percent", "orders with a discount ÷ orders whose discount is known"
    ),
    Figure("discount_share", "Discount share", "percent", "discounts ÷ (net revenue + refunds + discounts)"),
    Figure("refund_rate", "Refund rate", "percent", "refunds ÷ (net revenue + refunds)"),
    Figure("service_cost", "Service cost each", "money", "service costs up to the as-of day ÷ customers"),
    Figure("tickets_each", "Tickets each", "ratio", "requests to customer service ÷ customers"),
    Figure("first_reply", "Hours to first reply", "ratio", "mean over tickets that were answered"),
    Figure("ticket_csat", "Satisfaction with service", "ratio", "mean csat of tickets, 1 to 5"),
    Figure("nps", "Net promoter score", "count", "percent of answers of 9 and 10 less percent of 0 to 6"),
    Figure("csat", "Satisfaction", "percent", "share of csat answers in the upper two of five"),
)
"""In the order a person would ask."""


def behaviour(members: Table, history: Table, scored: Table) -> Table:
    """What customers do and are worth.

    Args:
        members: `customer_id`, `inside`: every customer and whether they are in the group.
        history: One row a customer (`features.history.history`).
        scored: The table `customers_scored`.
    """
    past = history.select(
        "customer_id",
        "orders",
        "x",
        "recency",
        "age",
        "revenue",
        spent=history["mean_value"] * history["orders"],
    )
    worth = scored.select(owner="customer_id", predicted="predicted_clv", churning="churn_probability")
    rows = _of(members, past, "customer_id")
    rows = rows.left_join(worth, [("member", "owner")])
    number = rows["customer_id"].count()
    return rows.group_by("inside").agg(
        orders_each=rows["orders"].sum() / number,
        repeat_share=(rows["x"] > 0).cast("int64").sum() / number,
        order_value=_ratio(exact(rows["spent"]), rows["orders"].sum()),
        revenue_each=exact(rows["revenue"]) / number,
        gap=_ratio(rows["recency"].sum(), rows["x"].sum()),
        silence=(rows["age"] - rows["recency"]).sum() / number,
        age=rows["age"].sum() / number,
        predicted=exact(rows["predicted"]) / rows["predicted"].count(),
        churn=exact(rows["churning"]) / rows["churning"].count(),
    )


def ordering(members: Table, orders: Table, as_of: date) -> Table:
    """Discounts and refunds, of orders up to the day."""
    seen = orders.filter(up_to(orders["ordered_at"], as_of))
    rows = _of(members, seen.select("customer_id", "net_revenue", "discount", "refunded"), "customer_id")
    net, back, less = (rows[name].cast("float64") for name in ("net_revenue", "refunded", "discount"))
    known = rows["discount"].notnull()
    return rows.group_by("inside").agg(
        discounted=_ratio((less > 0).cast("int64").sum(), rows["discount"].count()),
        discount_share=_ratio(exact(less), exact(ibis.ifelse(known, net + back.fill_null(0.0) + less, 0.0))),
        refund_rate=_ratio(exact(back), exact(net + back.fill_null(0.0))),
    )


def serving(members: Table, costs: Table, as_of: date) -> Table:
    """What it costs to serve a customer; one who never cost anything counts."""
    seen = costs.filter(costs["incurred_at"] <= ibis.literal(as_of))
    each = seen.group_by("customer_id").agg(amount=seen["amount"].sum())
    rows = _beside(members, each)
    return rows.group_by("inside").agg(service_cost=exact(rows["amount"]) / rows["member"].count())


def tickets(members: Table, asked: Table, as_of: date) -> Table:
    """How often customers ask for help, how soon they are answered, how content they are; one who never asked counts."""
    seen = asked.filter(asked["customer_id"].notnull(), up_to(asked["opened_at"], as_of))
    seconds = seen["first_reply_at"].epoch_seconds() - seen["opened_at"].epoch_seconds()
    seen = seen.mutate(hours=seconds / 3600)
    each = seen.group_by("customer_id").agg(
        asked=seen["opened_at"].count(),
        hours=seen["hours"].sum(),
        replies=seen["hours"].count(),
        csat=seen["csat"].sum(),
        answers=seen["csat"].count(),
    )
    rows = _beside(members, each)
    return rows.group_by("inside").agg(
        tickets_each=rows["asked"].sum().fill_null(0) / rows["member"].count(),
        first_reply=_ratio(exact(rows["hours"]), rows["replies"].sum()),
        ticket_csat=_ratio(rows["csat"].sum(), rows["answers"].sum()),
    )


def opinions(members: Table, feedback: Table, as_of: date) -> Table:
    """What customers answer to surveys: every answer counts once."""
    seen = feedback.filter(feedback["customer_id"].notnull(), up_to(feedback["given_at"], as_of))
    rows = _of(members, seen.select("customer_id", "kind", "score", "scale_max"), "customer_id")
    share = rows["score"] / ibis.coalesce(rows["scale_max"], ibis.ifelse(rows["kind"] == "nps", 10, 5))
    of_nps, of_csat = rows["kind"] == "nps", rows["kind"] == "csat"
    happy = (of_nps & (share >= 0.9)).cast("int64").sum() - (of_nps & (share <= 0.6)).cast("int64").sum()
    content = (of_csat & (share >= 0.8)).cast("int64").sum()
    return rows.group_by("inside").agg(
        nps=_ratio(happy, of_nps.cast("int64").sum()) * 100,
        csat=_ratio(content, of_csat.cast("int64").sum()),
    )


def _of(members: Table, rows: Table, key: str) -> Table:
    """Rows of customers with the side they are on."""
    side = members.select(member="customer_id", inside="inside")
    return rows.join(side, rows[key] == side["member"])


def _beside(members: Table, each: Table) -> Table:
    """Every customer with what is known of them, null where nothing is."""
    side = members.select(member="customer_id", inside="inside")
    return side.left_join(each, [("member", "customer_id")])


def _ratio(upper: NumericScalar, lower: NumericScalar) -> NumericScalar:
    """The ratio, null where there is nothing to divide by."""
    return upper.cast("float64") / lower.cast("float64").nullif(0.0)
