"""Sales: what orders bring, what is taken off them, what is left."""

from __future__ import annotations

from lifeworth.kpis.measures import count, sum_
from lifeworth.kpis.metric import Metric

SUBJECT = "Sales"
NO_AMOUNTS = "the source has no amounts"
NO_ORDER = "no order in the period"
NO_COSTS = "the orders carry no cost or margin"

MEASURES = (
    sum_("order_revenue", "net revenue of orders", "orders", "net_revenue", none=NO_AMOUNTS),
    sum_("loose_refunds", "refunds that name no order", "refunds", "amount", where="order_id == None"),
    count("orders", "orders placed", "orders", none=NO_ORDER),
    sum_("discounts", "discounts given", "orders", "discount", none="the source states no discounts"),
    sum_("refunded", "what went back of the orders", "orders", "refunded", none="the source states no refunds"),
    sum_("margin", "margin of orders", "orders", "margin", none=NO_COSTS),
    sum_(
        "margin_revenue",
        "net revenue of the orders whose margin is known",
        "orders",
        "net_revenue",
        where="margin != None",
        none=NO_COSTS,
    ),
)

METRICS = (
    Metric(
        name="revenue",
        title="Net revenue",
        definition="What orders placed in the period brought, after discounts and all that went back of them, without tax and "
        "shipping; less refunds booked in the period that name no order.",
        formula="order_revenue - first_known(loose_refunds, 0)",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="Shopify, net sales: gross sales − discounts − returns",
        none="nothing was sold in the period",
    ),
    Metric(
        name="orders",
        title="Orders",
        definition="Orders placed in the period that count as revenue, with or without a known customer.",
        formula="orders",
        kind="count",
        direction="up",
        subject=SUBJECT,
    ),
    Metric(
        name="aov",
        title="Average order value",
        definition="Net revenue of an order.",
        formula="order_revenue / orders",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="trade standard (AOV)",
    ),
    Metric(
        name="gross_margin",
        title="Gross margin",
        definition="Net revenue less the cost of what was sold, over the orders whose cost is known.",
        formula="margin",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="income statement: revenue − cost of goods sold",
    ),
    Metric(
        name="margin_rate",
        title="Gross margin rate",
        definition="Margin as a share of net revenue, over the orders whose cost is known.",
        formula="margin / margin_revenue",
        kind="percent",
        direction="up",
        subject=SUBJECT,
        source="income statement: gross margin ÷ revenue",
    ),
    Metric(
        name="contribution_margin",
        title="Contribution margin",
        definition="Gross margin less what serving customers cost in the period: tickets, returns, shipping and payment fees, as far "
        "as the table service_costs states them, else as assumed.",
        formula="margin - serving_costs",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="contribution costing: revenue − variable costs",
    ),
    Metric(
        name="contribution_margin_rate",
        title="Contribution margin rate",
        definition="Contribution margin as a share of net revenue, over the orders whose cost is known.",
        formula="contribution_margin / margin_revenue",
        kind="percent",
        direction="up",
        subject=SUBJECT,
        source="contribution costing",
    ),
    Metric(
        name="refund_rate",
        title="Refund rate",
        definition="Share of what was sold, after discounts, that went back. A refund counts with the period of its order.",
        formula="refunded / (order_revenue + refunded)",
        kind="percent",
        direction="down",
        subject=SUBJECT,
        source="Shopify: returns ÷ (gross sales − discounts)",
        undefined={"order_revenue + refunded": "nothing was sold in the period"},
    ),
    Metric(
        name="discount_share",
        title="Discount share",
        definition="Discounts as a share of what the goods would have cost without them.",
        formula="discounts / (order_revenue + first_known(refunded, 0) + discounts)",
        kind="percent",
        direction="down",
        subject=SUBJECT,
        source="Shopify: discounts ÷ gross sales",
        undefined={"order_revenue + first_known(refunded, 0) + discounts": "nothing was sold in the period"},
    ),
)
