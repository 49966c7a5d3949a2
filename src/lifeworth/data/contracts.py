"""The tables of the house: names, columns and types. Parts meet here and nowhere else.

`STAGED` is what every source delivers, one row a row of the source, typed but not yet judged; `data/clean.py` turns it
into the tables below. Money is decimal in the currency of the workspace; times carry no zone after staging: they are
the shop's own clock, as its reports are.
"""

from __future__ import annotations

import ibis.expr.datatypes as dt

from lifeworth.data.contract import MONEY, Contract
from lifeworth.data.further import FURTHER

STAGED = Contract(
    "staged",
    "a row of a source file, typed, nothing decided yet",
    ("source_file", "source_row"),
    {
        "source_file": (dt.int32, "position of the file among the inputs, from 0"),
        "source_row": (dt.int64, "the row as a person counts it in the file"),
        "order_id": (dt.string, "the source's order number"),
        "line_id": (dt.string, "the source's own number of the row: rows that differ in it are no copies"),
        "customer_id": (dt.string, "who bought, blanks trimmed; null where the source does not say"),
        "ordered_at": (dt.timestamp, "when the order was placed, by the shop's clock"),
        "product_id": (dt.string, "stock number"),
        "product_name": (dt.string, "product as the source calls it"),
        "category": (dt.string, "product category"),
        "quantity": (MONEY, "units; negative for a return"),
        "unit_price": (MONEY, "price of one unit"),
        "money": (MONEY, "what the row adds to the source's own total: of a line its amount, of an order its total"),
        "discount": (MONEY, "discount already taken off the money"),
        "tax": (MONEY, "tax contained in the money"),
        "shipping": (MONEY, "shipping contained in the money, without its tax"),
        "refunded": (MONEY, "refunded later, of the money, where the source gives one sum without a date"),
        "cost": (MONEY, "cost of what was sold"),
        "margin": (MONEY, "margin, where the source states it instead of costs"),
        "currency": (dt.string, "ISO code, upper case"),
        "status": (dt.string, "one of: sale, cancelled, unpaid, test, return; null reads as sale"),
        "channel": (dt.string, "where the order came from"),
        "country": (dt.string, "country of the customer"),
        "fault": (dt.string, "why the row cannot be used, a key of data.clean.REASONS; null when it can"),
        "fault_column": (dt.string, "the source column at fault"),
        "fault_value": (dt.string, "what stands there"),
    },
)

ORDERS = Contract(
    "orders",
    "an order that counts as revenue, returns that name no order apart",
    ("order_id",),
    {
        "order_id": (dt.string, "unique; where the source has none, file and row"),
        "customer_id": (dt.string, "null: in the company's revenue, in nobody's value"),
        "ordered_at": (dt.timestamp, "when it was placed"),
        "net_revenue": (MONEY, "after discount and every refund, without tax and shipping"),
        "discount": (MONEY, "discount given"),
        "refunded": (MONEY, "what went back of this order, dated or not, without tax and shipping (positive)"),
        "margin": (MONEY, "contribution margin after refunds; null without costs"),
        "currency": (dt.string, "currency of the workspace"),
        "channel": (dt.string, "where it came from"),
        "country": (dt.string, "country of the customer"),
    },
    required=("order_id", "ordered_at", "net_revenue"),
)

REFUNDS = Contract(
    "refunds",
    "money that went back on a day of its own",
    ("refund_id",),
    {
        "refund_id": (dt.string, "the source's document, or file and row"),
        "order_id": (dt.string, "the order it belongs to; null where none was found"),
        "customer_id": (dt.string, "whose it is"),
        "refunded_at": (dt.timestamp, "when it was booked"),
        "amount": (MONEY, "positive: what went back, without tax and shipping"),
        "margin": (MONEY, "margin that went with it; null without costs"),
    },
    required=("refund_id", "refunded_at", "amount"),
)

ORDER_LINES = Contract(
    "order_lines",
    "a product on an order that counts",
    (),
    {
        "order_id": (dt.string, "order it stands on"),
        "product_id": (dt.string, "stock number, or the name where there is none"),
        "product_name": (dt.string, "product as the source calls it"),
        "category": (dt.string, "product category"),
        "quantity": (MONEY, "units"),
        "unit_price": (MONEY, "price of one unit"),
        "net_revenue": (MONEY, "of the line, before refunds"),
        "discount": (MONEY, "discount on the line"),
    },
    required=("order_id",),
)

CUSTOMERS = Contract(
    "customers",
    "a person or company that has ordered",
    ("customer_id",),
    {
        "customer_id": (dt.string, "as on the orders"),
        "acquired_at": (dt.timestamp, "first order, unless a customer table says otherwise"),
        "acquisition_channel": (dt.string, "channel of the first order"),
        "country": (dt.string, "country of the latest order"),
    },
    required=("customer_id",),
)

QUARANTINE_BESIDE = Contract(
    "quarantine_beside",
    "a row of a table beside orders that was set aside, with the reason",
    ("table", "source_file", "source_row"),
    {
        "table": (dt.string, "the table it was meant for"),
        "source_file": (dt.string, "the file it stands in"),
        "source_row": (dt.int64, "the row as a person counts it in the file"),
        "reason": (dt.string, "a key of data.reasons.REASONS"),
        "column": (dt.string, "the source column at fault"),
        "value": (dt.string, "what stands there"),
        "customer_id": (dt.string, "customer it names"),
        "day": (dt.date, "the day it belongs to, where readable"),
        "money": (MONEY, "its money, where the table has some"),
    },
)

QUARANTINE = Contract(
    "quarantine",
    "a source row that was set aside, with the reason",
    ("source_file", "source_row"),
    {
        "source_file": (dt.int32, "position of the file among the inputs"),
        "source_row": (dt.int64, "the row as a person counts it in the file"),
        "reason": (dt.string, "a key of data.clean.REASONS"),
        "column": (dt.string, "the source column at fault"),
        "value": (dt.string, "what stands there"),
        "order_id": (dt.string, "order it names"),
        "customer_id": (dt.string, "customer it names"),
        "ordered_at": (dt.timestamp, "its date, where readable"),
        "money": (MONEY, "the money it would have brought"),
    },
)

SCORES = Contract(
    "customers_scored",
    "a customer with value, one row each: the output of a run",
    ("customer_id",),
    {
        "customer_id": (dt.string, "as on the orders"),
        "as_of": (dt.date, "last day the figures know about"),
        "first_order_at": (dt.date, "day of the first order"),
        "last_order_at": (dt.date, "day of the latest order"),
        "orders": (dt.int64, "purchase occasions up to as_of: days with an order that was not wholly returned"),
        "historic_clv": (dt.float64, "net revenue × margin so far"),
        "simple_clv": (dt.float64, "average purchase value × purchase frequency × lifespan × margin"),
        "probability_alive": (dt.float64, "probability that the customer still buys at all"),
        "churn_probability": (dt.float64, "1 − probability of an order within the horizon"),
        "expected_orders": (dt.float64, "orders expected within the horizon"),
        "expected_order_value": (dt.float64, "expected net revenue of one order"),
        "expected_next_order_at": (
            dt.date,
            "day by which the next order is as likely as not, if the customer still buys",
        ),
        "predicted_clv": (dt.float64, "expected margin within the horizon, discounted to as_of"),
        "predicted_clv_low": (dt.float64, "5 % point of its predictive distribution"),
        "predicted_clv_high": (dt.float64, "95 % point of its predictive distribution"),
        "high_value_probability": (
            dt.float64,
            "probability to bring within the horizon what the best tenth of today's customers is expected to",
        ),
        "total_clv": (dt.float64, "historic_clv + predicted_clv"),
        "value_tier": (dt.string, "by predicted value: Platinum, Gold, Silver, Bronze, Medium, Low"),
        "rfm_segment": (dt.string, "by recency, frequency and money"),
        "lifecycle_status": (dt.string, "where in the customer's life, by their own rhythm"),
    },
)

TABLES: dict[str, Contract] = {
    c.name: c
    for c in (ORDERS, REFUNDS, ORDER_LINES, CUSTOMERS, QUARANTINE, QUARANTINE_BESIDE, SCORES, *FURTHER.values())
}
"""Every table a part may name."""

QUARANTINES: dict[str, str] = {QUARANTINE.name: "", QUARANTINE_BESIDE.name: ".beside"}
"""Tables of rows set aside, which lie together on disk, for people as CSV too; what their file names end with."""

ORDERED = {
    "history": ["customer_id"],
    "purchase_days": ["customer_id", "day"],
    "mrr_movements": ["customer_id", "day"],
    "subscription_value": ["customer_id"],
    "customer_value": ["customer_id"],
    "net_value": ["customer_id"],
}
"""By what the rows of a table without a contract are ordered."""
