"""The tables of the generated business, described column by column as the contracts of the house are."""

from __future__ import annotations

from functools import cache
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from lifeworth.data.contracts import CUSTOMERS, MONEY, ORDER_LINES, ORDERS, REFUNDS, Contract

_CUSTOMER = (dt.string, "who; a customer of the customers table")

_DESCRIBED = (
    Contract(
        "customers",
        CUSTOMERS.row,
        ("customer_id",),
        {
            **CUSTOMERS.columns,
            "first_category": (dt.string, "category that leads the first order"),
            "tier": (dt.string, "loyalty tier by the spend of the last 365 days: basic, silver, gold"),
            "birth_year": (dt.int64, "as stated; null for most"),
            "consent_email": (dt.boolean, "may be written to by e-mail"),
            "consent_sms": (dt.boolean, "may be written to by text message"),
            "consent_post": (dt.boolean, "may be written to by post"),
        },
        required=("customer_id", "acquired_at", "acquisition_channel", "country", "tier"),
    ),
    Contract("orders", ORDERS.row, ORDERS.key, dict(ORDERS.columns), required=(*ORDERS.required, "margin", "channel")),
    Contract("refunds", REFUNDS.row, REFUNDS.key, dict(REFUNDS.columns), required=REFUNDS.required),
    Contract(
        "order_lines",
        ORDER_LINES.row,
        (),
        {**ORDER_LINES.columns, "unit_cost": (MONEY, "cost of one unit")},
        required=("order_id", "product_id", "quantity", "unit_price", "unit_cost", "discount", "net_revenue"),
    ),
    Contract(
        "products",
        "a product on sale",
        ("product_id",),
        {
            "product_id": (dt.string, "stock number"),
            "name": (dt.string, "as the shop calls it"),
            "category": (dt.string, "product category"),
            "price": (MONEY, "price of one unit, without tax"),
            "cost": (MONEY, "cost of one unit"),
        },
        required=("product_id", "name", "category", "price", "cost"),
    ),
    Contract(
        "subscriptions",
        "a stretch of a subscription on one plan; a change of plan or a pause ends it, the next row continues it",
        ("subscription_id",),
        {
            "subscription_id": (dt.string, "unique for the stretch"),
            "customer_id": _CUSTOMER,
            "plan": (dt.string, "Taster, House or Connoisseur"),
            "interval": (dt.string, "month or year"),
            "started_at": (dt.date, "first day"),
            "trial_ends_at": (dt.date, "first day that is paid for, where it began with a trial; may be planned"),
            "ended_at": (dt.date, "first day it no longer runs; null while it does"),
            "mrr": (MONEY, "monthly recurring revenue once paid; of a yearly plan a twelfth"),
            "ended_by": (dt.string, "customer, payment, trial, upgrade, downgrade or pause"),
            "cancel_reason": (dt.string, "what was said at a real cancellation; payment failed if that was it"),
            "follows": (dt.string, "subscription_id of the stretch before"),
        },
        required=("subscription_id", "customer_id", "plan", "interval", "started_at", "mrr"),
    ),
    Contract(
        "marketing_spend",
        "money of a campaign in a month",
        ("spent_on", "channel", "campaign"),
        {
            "spent_on": (dt.date, "first day of the month in the span"),
            "channel": (dt.string, "where it was spent"),
            "campaign": (dt.string, "on what"),
            "purpose": (dt.string, "acquisition or retention"),
            "amount": (MONEY, "money spent"),
        },
        required=("spent_on", "channel", "campaign", "purpose", "amount"),
    ),
    Contract(
        "service_costs",
        "what it cost to serve a customer once",
        (),
        {
            "customer_id": _CUSTOMER,
            "incurred_at": (dt.date, "day of the ticket or of the return"),
            "kind": (dt.string, "ticket or return"),
            "amount": (MONEY, "cost"),
        },
        required=("customer_id", "incurred_at", "kind", "amount"),
    ),
    Contract(
        "touchpoints",
        "a contact with the business",
        (),
        {
            "visitor_id": (dt.string, "the browser or card before its owner is known; null afterwards"),
            "customer_id": (dt.string, "the customer: from the first order on, where visitor and customer meet"),
            "occurred_at": (dt.timestamp, "when"),
            "channel": (dt.string, "where"),
            "kind": (dt.string, "impression, click, visit, order, email_open, email_click"),
            "campaign": (dt.string, "which campaign, if one"),
        },
        required=("occurred_at", "channel", "kind"),
    ),
    Contract(
        "milestones",
        "a step of onboarding, taken",
        ("customer_id", "milestone"),
        {
            "customer_id": _CUSTOMER,
            "milestone": (dt.string, "account_created, taste_profile or guide_read"),
            "reached_at": (dt.timestamp, "when"),
        },
        required=("customer_id", "milestone", "reached_at"),
    ),
    Contract(
        "tickets",
        "a request to customer service",
        ("ticket_id",),
        {
            "ticket_id": (dt.string, "number of the ticket"),
            "customer_id": _CUSTOMER,
            "opened_at": (dt.timestamp, "when it came in"),
            "first_reply_at": (dt.timestamp, "first answer of a person; null while there is none"),
            "resolved_at": (dt.timestamp, "when it was settled; null while it is open"),
            "channel": (dt.string, "email, chat, phone or social"),
            "topic": (dt.string, "what it is about"),
            "agent": (dt.string, "who took it"),
            "reopened": (dt.boolean, "whether the customer came back with it"),
            "csat": (dt.int64, "1 to 5, where the customer answered"),
            "text": (dt.string, "what the customer wrote"),
        },
        required=("ticket_id", "customer_id", "opened_at", "channel", "topic", "agent", "reopened", "text"),
    ),
    Contract(
        "feedback",
        "an answer to a survey, or a review",
        ("feedback_id",),
        {
            "feedback_id": (dt.string, "number of the answer"),
            "customer_id": _CUSTOMER,
            "given_at": (dt.timestamp, "when"),
            "kind": (dt.string, "nps, csat, ces or review"),
            "score": (dt.int64, "0 to 10 for nps, from 1 for the others"),
            "scale_max": (dt.int64, "highest score of the scale"),
            "text": (dt.string, "in the customer's words; null where none were left"),
        },
        required=("feedback_id", "customer_id", "given_at", "kind", "score", "scale_max"),
    ),
    Contract(
        "referrals",
        "a customer who brought another",
        ("referred_id",),
        {
            "referrer_id": _CUSTOMER,
            "referred_id": _CUSTOMER,
            "referred_at": (dt.timestamp, "when the invitation was sent"),
        },
        required=("referrer_id", "referred_id", "referred_at"),
    ),
    Contract(
        "assignments",
        "a customer in a campaign, or held out of it at random",
        ("campaign_id", "customer_id"),
        {
            "campaign_id": (dt.string, "name of the campaign"),
            "customer_id": _CUSTOMER,
            "arm": (dt.string, "treated or control"),
            "segment": (dt.string, "new, active, lapsing or sleeping on the day"),
            "assigned_at": (dt.timestamp, "when"),
            "cost": (MONEY, "cost of reaching the customer"),
        },
        required=("campaign_id", "customer_id", "arm", "segment", "assigned_at", "cost"),
    ),
    Contract(
        "observations",
        "a figure that no table yields",
        ("metric", "observed_on"),
        {
            "metric": (dt.string, "name with its unit"),
            "observed_on": (dt.date, "last day of the month it is of"),
            "value": (dt.float64, "the figure"),
        },
        required=("metric", "observed_on", "value"),
    ),
)

DESCRIBED: dict[str, Contract] = {contract.name: contract for contract in _DESCRIBED}
"""Every table `generate` makes, by name."""


@cache
def schema(name: str) -> pa.Schema:
    """The Arrow schema of a described table."""
    return ibis.schema(DESCRIBED[name].schema).to_pyarrow()


def table(name: str, columns: dict[str, Any]) -> pa.Table:
    """A described table from its columns, in the order and with the types of its description."""
    shape = schema(name)
    return pa.table([_typed(columns[field.name], field.type) for field in shape], schema=shape)


def _typed(values: Any, kind: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return array if array.type == kind else array.cast(kind)
