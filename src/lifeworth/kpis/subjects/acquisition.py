"""Acquisition and retention spend, and what comes of it.

Blended figures set all spend against all new customers. By channel, a new customer is one acquired through it; by campaign, one
whose last contact before the first purchase was of it. Spend without a purpose counts as acquisition.
"""

from __future__ import annotations

from lifeworth.kpis.measures import count, sum_
from lifeworth.kpis.metric import Metric

SUBJECT = "Acquisition and keeping"
NO_SPEND = "nothing was spent on acquisition in the period"

MEASURES = (
    sum_(
        "acquisition_spend",
        "marketing spend on new customers",
        "marketing_spend",
        "amount",
        where="purpose == None or purpose != 'retention'",
        none=NO_SPEND,
    ),
    sum_(
        "retention_spend",
        "marketing spend on present customers",
        "marketing_spend",
        "amount",
        where="purpose == 'retention'",
    ),
    count("referrals", "customers brought by other customers", "referrals"),
)

METRICS = (
    Metric(
        name="acquisition_spend",
        title="Acquisition spend",
        definition="Marketing money of the period spent on winning new customers.",
        formula="acquisition_spend",
        kind="money",
        direction="neither",
        subject=SUBJECT,
    ),
    Metric(
        name="cac",
        title="Customer acquisition cost",
        definition="Acquisition spend of the period for each new customer of the period; without a spend table, as assumed.",
        formula="first_known(acquisition_spend / new_buyers, cost_per_acquisition)",
        kind="money",
        direction="down",
        subject=SUBJECT,
        source="trade standard (CAC)",
        none="customers cost nothing to acquire",
    ),
    Metric(
        name="ltv_to_cac",
        title="LTV : CAC",
        definition="Simple CLV for each unit of money spent on winning a customer; above 3 is held to be sound.",
        formula="simple_clv / cac",
        kind="ratio",
        direction="up",
        subject=SUBJECT,
        source="trade standard; ChartMogul advises 3 or more",
    ),
    Metric(
        name="payback_months",
        title="CAC payback, months",
        definition="Months of an average buyer's margin that it takes to earn the acquisition cost back.",
        formula="cac / (arpc * margin_used / months)",
        kind="number",
        direction="down",
        subject=SUBJECT,
        source="trade standard: CAC ÷ monthly margin of a customer",
        undefined={"arpc * margin_used / months": "buyers brought no margin in the period"},
    ),
    Metric(
        name="roas",
        title="Return on ad spend",
        definition="What new customers of the period brought in it for each unit of money spent on winning them: revenue, not margin.",
        formula="new_revenue / acquisition_spend",
        kind="ratio",
        direction="up",
        subject=SUBJECT,
        source="trade standard (ROAS), new customers only",
    ),
    Metric(
        name="retention_spend_per_customer",
        title="Retention spend per customer",
        definition="Money spent on present customers in the period, for each buyer; without a spend table, as assumed.",
        formula="first_known(retention_spend / buyers, retention_per_customer_year * years)",
        kind="money",
        direction="neither",
        subject=SUBJECT,
    ),
    Metric(
        name="referral_rate",
        title="Referral rate",
        definition="Customers brought by other customers in the period, as a share of its new customers.",
        formula="referrals / new_buyers",
        kind="percent",
        direction="up",
        subject=SUBJECT,
    ),
)
