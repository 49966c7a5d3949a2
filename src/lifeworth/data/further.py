"""The tables beside orders: none is required, and each lights up more.

A source is asked only for the columns under `required`; a column it does not have is empty.
"""

from __future__ import annotations

import ibis.expr.datatypes as dt

from lifeworth.data.contract import MONEY, Contract

_CUSTOMER = (dt.string, "who; as on the orders")

PRODUCTS = Contract(
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
    required=("product_id",),
)

SUBSCRIPTIONS = Contract(
    "subscriptions",
    "a stretch of a subscription at one price; a change of plan, seats or price or a pause ends it, the next row continues it",
    ("subscription_id",),
    {
        "subscription_id": (dt.string, "unique for the stretch"),
        "customer_id": _CUSTOMER,
        "account_id": (
            dt.string,
            "the account that pays, where one account holds several customers; null: the customer",
        ),
        "plan": (dt.string, "what is subscribed to"),
        "interval": (dt.string, "how often it is billed: day, week, month or year"),
        "interval_count": (dt.int64, "so many intervals to a bill: 3 with month is a quarter; null reads as 1"),
        "started_at": (dt.date, "first day"),
        "trial_ends_at": (dt.date, "first day that is paid for, where it began with a trial; may be planned"),
        "ended_at": (dt.date, "first day it no longer runs; null while it does"),
        "mrr": (MONEY, "monthly recurring revenue once paid, after discounts; of a yearly plan a twelfth"),
        "quantity": (dt.int64, "seats; null reads as 1"),
        "discount": (MONEY, "monthly discount already taken off mrr"),
        "discount_lasts": (dt.boolean, "whether the discount has no end"),
        "status": (dt.string, "as last known: active, past_due, trialing, unpaid, paused, ended"),
        "canceled_at": (dt.date, "day on which its end was asked for; it runs on to ended_at"),
        "metered": (dt.boolean, "billed by use: no revenue that recurs"),
        "ended_by": (dt.string, "customer, payment, trial, upgrade, downgrade, pause or other"),
        "cancel_reason": (dt.string, "what was said at a real cancellation; payment failed if that was it"),
        "follows": (dt.string, "subscription_id of the stretch before"),
    },
    required=("customer_id", "started_at", "mrr"),
)

MARKETING_SPEND = Contract(
    "marketing_spend",
    "money of a campaign on a day or in a month",
    (),
    {
        "spent_on": (dt.date, "the day, or the first day of the month or week it is of"),
        "channel": (dt.string, "where it was spent"),
        "campaign": (dt.string, "on what"),
        "purpose": (dt.string, "acquisition or retention; null reads as acquisition"),
        "amount": (MONEY, "money spent"),
    },
    required=("spent_on", "amount"),
)

SERVICE_COSTS = Contract(
    "service_costs",
    "what it cost to serve a customer once",
    (),
    {
        "customer_id": _CUSTOMER,
        "incurred_at": (dt.date, "day of the ticket, the return, the parcel or the payment"),
        "kind": (dt.string, "ticket, return, shipping, payment_fee, or a word of the user's own"),
        "amount": (MONEY, "cost"),
    },
    required=("customer_id", "incurred_at", "amount"),
)

TOUCHPOINTS = Contract(
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
    required=("occurred_at", "channel"),
)

MILESTONES = Contract(
    "milestones",
    "a step of onboarding, taken",
    ("customer_id", "milestone"),
    {
        "customer_id": _CUSTOMER,
        "milestone": (dt.string, "name of the step"),
        "reached_at": (dt.timestamp, "when"),
    },
    required=("customer_id", "milestone", "reached_at"),
)

TICKETS = Contract(
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
    required=("ticket_id", "opened_at"),
)

FEEDBACK = Contract(
    "feedback",
    "an answer to a survey, or a review",
    ("feedback_id",),
    {
        "feedback_id": (dt.string, "number of the answer"),
        "customer_id": _CUSTOMER,
        "given_at": (dt.timestamp, "when"),
        "kind": (dt.string, "nps, csat, ces or review"),
        "score": (dt.int64, "0 to 10 for nps, from 1 for the others"),
        "scale_max": (dt.int64, "highest score of the scale; null reads as 10 for nps and 5 for the others"),
        "text": (dt.string, "in the customer's words; null where none were left"),
    },
    required=("given_at", "kind", "score"),
)

REFERRALS = Contract(
    "referrals",
    "a customer who brought another",
    ("referred_id",),
    {
        "referrer_id": (dt.string, "the customer who brought the other"),
        "referred_id": (dt.string, "the customer who was brought; each by one only"),
        "referred_at": (dt.timestamp, "when the invitation was sent, or the first order came"),
    },
    required=("referrer_id", "referred_id"),
)

ASSIGNMENTS = Contract(
    "assignments",
    "a customer in a campaign, or held out of it at random",
    ("campaign_id", "customer_id"),
    {
        "campaign_id": (dt.string, "name of the campaign"),
        "customer_id": _CUSTOMER,
        "arm": (dt.string, "treated or control"),
        "segment": (dt.string, "the group the customer was in on the day"),
        "assigned_at": (dt.timestamp, "when"),
        "cost": (MONEY, "cost of reaching the customer"),
    },
    required=("campaign_id", "customer_id", "arm", "assigned_at"),
)

OBSERVATIONS = Contract(
    "observations",
    "a figure that no table yields",
    ("metric", "observed_on"),
    {
        "metric": (dt.string, "name with its unit"),
        "observed_on": (dt.date, "last day of the period it is of"),
        "value": (dt.float64, "the figure"),
    },
    required=("metric", "observed_on", "value"),
)

FURTHER: dict[str, Contract] = {
    one.name: one
    for one in (
        PRODUCTS,
        SUBSCRIPTIONS,
        MARKETING_SPEND,
        SERVICE_COSTS,
        TOUCHPOINTS,
        MILESTONES,
        TICKETS,
        FEEDBACK,
        REFERRALS,
        ASSIGNMENTS,
        OBSERVATIONS,
    )
}
"""Every table beside orders, by name."""
