"""The tables of the generated business, described column by column as the contracts of the house are."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from lifeworth.data.contract import MONEY, Contract
from lifeworth.data.contracts import CUSTOMERS, ORDER_LINES, ORDERS, REFUNDS
from lifeworth.data.further import FURTHER

_ALWAYS_FILLED: dict[str, tuple[str, ...]] = {
    "products": ("product_id", "name", "category", "price", "cost"),
    "subscriptions": ("subscription_id", "customer_id", "plan", "interval", "started_at", "mrr"),
    "marketing_spend": ("spent_on", "channel", "campaign", "purpose", "amount"),
    "service_costs": ("customer_id", "incurred_at", "kind", "amount"),
    "touchpoints": ("occurred_at", "channel", "kind"),
    "milestones": ("customer_id", "milestone", "reached_at"),
    "tickets": ("ticket_id", "customer_id", "opened_at", "channel", "topic", "agent", "reopened", "text"),
    "feedback": ("feedback_id", "customer_id", "given_at", "kind", "score", "scale_max"),
    "referrals": ("referrer_id", "referred_id", "referred_at"),
    "assignments": ("campaign_id", "customer_id", "arm", "segment", "assigned_at", "cost"),
    "observations": ("metric", "observed_on", "value"),
}
"""Columns of the further tables that have a value in every row here."""

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
    *(replace(FURTHER[name], required=filled) for name, filled in _ALWAYS_FILLED.items()),
)

DESCRIBED: dict[str, Contract] = {contract.name: contract for contract in _DESCRIBED}
"""Every table `generate` makes, by name."""


@cache
def schema(name: str) -> pa.Schema:
    """The Arrow schema of a described table."""
    return ibis.schema(DESCRIBED[name].schema).to_pyarrow()


def table(name: str, columns: dict[str, Any]) -> pa.Table:
    """A described table from its columns, in the order and with the types of its description; one left out is empty."""
    shape = schema(name)
    rows = len(next(iter(columns.values())))
    filled = [
        _typed(columns[field.name], field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in shape
    ]
    return pa.table(filled, schema=shape)


def _typed(values: Any, kind: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return array if array.type == kind else array.cast(kind)
