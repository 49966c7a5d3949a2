"""Tools and their rules as data: how each reads subscriptions, which days it looks at, and its figures as formulas.

The formulas are evaluated as they stand here, over the terms of `TERMS`. Where a tool does not publish a rule, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lifeworth.features.subscriptions import PLAIN, Reading
from lifeworth.report.spec import Kind

Days = Literal["30 days", "month", "12 months"]

TERMS: dict[str, tuple[str, str]] = {
    "mrr": ("MRR at the close of the as-of day", "there is no recurring revenue"),
    "subscribers": ("customers with MRR at the close of the as-of day", "there is no subscriber"),
    "mrr_start": ("MRR at the start of the days looked at", "there was no recurring revenue at the start"),
    "subscribers_start": ("customers with MRR at their start", "there was no subscriber at the start"),
    "new_mrr": ("MRR of customers who had none before", ""),
    "expansion_mrr": ("more MRR of customers who had some", ""),
    "contraction_mrr": ("less MRR of customers who keep some", ""),
    "churn_mrr": ("MRR of customers who keep none", ""),
    "reactivation_mrr": ("MRR of customers who came back", ""),
    "joined": ("times a customer began or came back", ""),
    "left": ("times a customer's MRR went to nothing", "no subscriber left"),
    "gone": ("customers with MRR at the start and none at the end", "no subscriber left"),
    "mrr_of_known": ("MRR at the end of customers who had been subscribers by the start", ""),
    "average_churn": (
        "mean of `gone ÷ subscribers at the start` of the last whole months, six at most",
        "no subscriber left in six months",
    ),
    "daily_gross_churn": ("Σ over days: MRR lost to churn and contraction ÷ MRR at the start of the day", ""),
    "daily_net_churn": ("Σ over days: 1 − (MRR at the end − new MRR) ÷ MRR at the start of the day", ""),
    "daily_churn": ("Σ over days: customers lost ÷ customers at the start of the day", ""),
    "net_sales": ("net revenue of orders", "the source has no amounts"),
    "refunded": ("what went back of the orders", ""),
    "discounts": ("discounts given", ""),
    "orders": ("orders", "no order in the period"),
    "buyers": ("customers with an order", "no customer ordered"),
    "returning": ("of them, those with two or more orders in their whole history", ""),
    "historic": ("net revenue of all customers so far, refunds taken off", "the source has no amounts"),
    "predicted": ("expected orders × expected order value, in 365 days, of all customers", "no model could be fitted"),
    "predicted_orders": ("orders expected in 365 days", "no model could be fitted"),
    "purchases": ("purchase days so far", "no purchase yet"),
    "gap_days": ("days from first to last purchase", ""),
    "gaps": ("repeat purchases", "no customer has bought twice"),
    "customers": ("customers", "no customer yet"),
    "churn_risk": ("Σ churn probability", "no model could be fitted"),
}
"""What the formulas are made of: meaning, and why nothing can be divided by it where it is zero or missing."""


@dataclass(frozen=True, slots=True)
class ToolFigure:
    """A figure of a tool: its name there, how it reads, its formula, and the rule in words."""

    name: str
    title: str
    kind: Kind
    formula: str
    rule: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it looks at and how.

    Attributes:
        name: How it is asked for.
        title: How it is called.
        about: Its rules in a sentence or two.
        days: The days its rates are about, up to the as-of day: the last 30, the last whole month, the last twelve months.
        figures: Its figures.
        reading: How it reads subscriptions; none where it looks at orders.
        source: Where its rules are written.
    """

    name: str
    title: str
    about: str
    days: Days
    figures: tuple[ToolFigure, ...]
    reading: Reading | None = None
    source: str = ""
    gates: tuple[str, ...] = field(default=())


MRR = ToolFigure("mrr", "MRR", "money", "mrr", "paid subscriptions, each as a month of it")
SUBSCRIBERS = ToolFigure("subscribers", "Subscribers", "count", "subscribers", "customers with MRR")
ARPA = ToolFigure("arpa", "MRR of a subscriber", "money", "mrr / subscribers", "MRR ÷ subscribers")

LIFEWORTH = Tool(
    "lifeworth",
    "Lifeworth",
    "MRR after all discounts up to the day a subscription ends; trials, use-based billing and unpaid subscriptions apart. Rates are of "
    "the last whole month, every departure counted.",
    "month",
    (
        MRR,
        SUBSCRIBERS,
        ARPA,
        ToolFigure(
            "churn",
            "Subscriber churn",
            "percent",
            "left / subscribers_start",
            "departures ÷ subscribers at the start of the month",
        ),
        ToolFigure(
            "gross",
            "Gross MRR churn",
            "percent",
            "(churn_mrr + contraction_mrr) / mrr_start",
            "lost MRR ÷ MRR at the start",
        ),
        ToolFigure(
            "net",
            "Net MRR churn",
            "percent",
            "(churn_mrr + contraction_mrr - expansion_mrr - reactivation_mrr) / mrr_start",
            "the same less expansion and reactivation",
        ),
        ToolFigure("ltv", "LTV", "money", "arpa / churn", "MRR of a subscriber ÷ monthly churn"),
    ),
    PLAIN,
    "definitions of this registry",
)

STRIPE = Tool(
    "stripe",
    "Stripe",
    "Active and past-due subscriptions; only discounts without an end are taken off, and a subscription stops counting on the day "
    "its end is asked for, not when it ends. Rates are of the last 30 days, and those who joined in them stand below the line.",
    "30 days",
    (
        MRR,
        SUBSCRIBERS,
        ARPA,
        ToolFigure(
            "churn",
            "Subscriber churn",
            "percent",
            "left / (subscribers_start + joined)",
            "departures in 30 days ÷ (subscribers 30 days ago + those who joined since); a second departure counts again",
        ),
        ToolFigure(
            "ltv",
            "LTV",
            "money",
            "arpa / if_zero(churn, 0.0167)",
            "MRR of a subscriber ÷ churn; where nobody left, 1.67 % is assumed",
        ),
    ),
    Reading(discounts="lasting", churn="request"),
    "docs.stripe.com, billing analytics glossary; support.stripe.com, churn rate, cancellations and MRR",
)

CHARTMOGUL = Tool(
    "chartmogul",
    "ChartMogul",
    "MRR after discounts, up to the end of the paid period. Rates are of the last whole month by the standard (B2B) formula; the "
    "B2C formula adds up daily rates.",
    "month",
    (
        MRR,
        SUBSCRIBERS,
        ARPA,
        ToolFigure(
            "churn",
            "Customer churn",
            "percent",
            "gone / subscribers_start",
            "customers of the start who are gone at the end; who joined and left, or left and came back, within the month is left out",
        ),
        ToolFigure(
            "gross",
            "Gross MRR churn",
            "percent",
            "(churn_mrr + contraction_mrr) / mrr_start",
            "(churn + contraction) ÷ MRR at the start",
        ),
        ToolFigure(
            "net",
            "Net MRR churn",
            "percent",
            "(churn_mrr + contraction_mrr - expansion_mrr - reactivation_mrr) / mrr_start",
            "less expansion and reactivation",
        ),
        ToolFigure(
            "churn_b2c", "Customer churn, B2C formula", "percent", "daily_churn", "daily rates added up over the month"
        ),
        ToolFigure(
            "gross_b2c",
            "Gross MRR churn, B2C formula",
            "percent",
            "daily_gross_churn",
            "daily rates added up over the month",
        ),
        ToolFigure(
            "net_b2c", "Net MRR churn, B2C formula", "percent", "daily_net_churn", "daily rates added up over the month"
        ),
        ToolFigure(
            "ltv",
            "LTV",
            "money",
            "arpa / average_churn",
            "MRR of a subscriber ÷ mean customer churn of the last six whole months; not defined where nobody left",
        ),
        ToolFigure(
            "quick_ratio",
            "Quick ratio",
            "ratio",
            "(new_mrr + expansion_mrr + reactivation_mrr) / (contraction_mrr + churn_mrr)",
            "MRR won ÷ MRR lost",
        ),
    ),
    PLAIN,
    "help.chartmogul.com, churn rate formulas, LTV, MRR movements",
)

BAREMETRICS = Tool(
    "baremetrics",
    "Baremetrics",
    "MRR after discounts. Churn is of the last 30 days; who signed up and cancelled within them counts above the line, not below.",
    "30 days",
    (
        MRR,
        SUBSCRIBERS,
        ARPA,
        ToolFigure(
            "churn",
            "User churn",
            "percent",
            "left / subscribers_start",
            "departures in 30 days ÷ customers 30 days ago",
        ),
        ToolFigure("ltv", "LTV", "money", "arpa / churn", "average MRR of a customer ÷ user churn"),
        ToolFigure(
            "quick_ratio",
            "Quick ratio",
            "ratio",
            "(new_mrr + expansion_mrr) / (contraction_mrr + churn_mrr)",
            "new and expansion MRR ÷ contraction and churned MRR; reactivation is not in it",
        ),
    ),
    PLAIN,
    "help.baremetrics.com, lifetime value; changelog.baremetrics.com, churn and quick ratio",
)

PROFITWELL = Tool(
    "profitwell",
    "ProfitWell",
    "MRR after all discounts, up to the end of the paid period. Who joins and leaves in one calendar month is in no figure, and "
    "churn shows when its month is over. Its smoothing of LTV is not published: here is the formula without it.",
    "month",
    (
        MRR,
        SUBSCRIBERS,
        ARPA,
        ToolFigure(
            "churn",
            "Customer churn",
            "percent",
            "gone / subscribers_start",
            "customers of the start who are gone at the end of the month",
        ),
        ToolFigure(
            "retention",
            "MRR retention",
            "percent",
            "mrr_of_known / mrr_start",
            "MRR at the end of all who had been customers by the start ÷ MRR at the start",
        ),
        ToolFigure(
            "ltv",
            "LTV",
            "money",
            "arpa / (1 - retention)",
            "ARPU ÷ (1 − retention), so that upgrades and returns count too",
        ),
    ),
    PLAIN,
    "paddle.com/help, ProfitWell Metrics compared with other tools",
)

SHOPIFY = Tool(
    "shopify",
    "Shopify",
    "Orders of the last twelve months. The average order is before returns, and who is a returning customer is decided on the whole "
    "history, by orders rather than days.",
    "12 months",
    (
        ToolFigure("net_sales", "Net sales", "money", "net_sales", "gross sales − discounts − returns"),
        ToolFigure(
            "gross_sales", "Gross sales", "money", "net_sales + refunded + discounts", "before discounts and returns"
        ),
        ToolFigure(
            "aov",
            "Average order value",
            "money",
            "(net_sales + refunded) / orders",
            "(gross sales − discounts) ÷ orders",
        ),
        ToolFigure("customers", "Customers", "count", "buyers", "customers with an order"),
        ToolFigure(
            "returning_rate",
            "Returning customer rate",
            "percent",
            "returning / buyers",
            "customers of the period with two or more orders in their history ÷ customers of the period",
        ),
        ToolFigure("spent", "Amount spent per customer", "money", "net_sales / buyers", "net sales ÷ customers"),
    ),
    None,
    "help.shopify.com, sales, customers and cohort reports",
)

KLAVIYO = Tool(
    "klaviyo",
    "Klaviyo",
    "Value is revenue: no margin, no discounting. Historic is all orders so far net of refunds, predicted the spend of the next year.",
    "12 months",
    (
        ToolFigure(
            "historic_clv", "Historic CLV", "money", "historic", "all previous orders, net of refunds and returns"
        ),
        ToolFigure("predicted_clv", "Predicted CLV", "money", "predicted", "spend in the next year"),
        ToolFigure("total_clv", "Total CLV", "money", "historic + predicted", "historic + predicted"),
        ToolFigure(
            "average_order_value",
            "Average order value",
            "money",
            "historic / purchases",
            "historic CLV ÷ number of orders",
        ),
        ToolFigure(
            "predicted_orders", "Predicted number of orders", "number", "predicted_orders", "orders in the next year"
        ),
        ToolFigure(
            "days_between",
            "Average days between orders",
            "days",
            "gap_days / gaps",
            "mean days from one order to the next",
        ),
        ToolFigure(
            "churn_probability",
            "Churn risk",
            "percent",
            "churn_risk / customers",
            "mean probability of no further order",
        ),
    ),
    None,
    "help.klaviyo.com, predictive analytics",
    (
        "500 customers with an order",
        "180 days of history",
        "an order within the last 30 days",
        "a customer with three orders or more",
    ),
)

TOOLS: dict[str, Tool] = {
    tool.name: tool for tool in (LIFEWORTH, STRIPE, CHARTMOGUL, BAREMETRICS, PROFITWELL, SHOPIFY, KLAVIYO)
}
"""All tools, ours first."""
