"""Value: what a customer is worth by the simple formula, and what all are worth by the model."""

from __future__ import annotations

from lifeworth.kpis.measures import sum_
from lifeworth.kpis.metric import Metric

SUBJECT = "Value"
NO_MODEL = "no model could be fitted to these data"

MEASURES = (
    sum_("predicted_value", "predicted CLV of all customers", "customers_scored", "predicted_clv", none=NO_MODEL),
    sum_(
        "historic_value",
        "historic CLV of all customers",
        "customers_scored",
        "historic_clv",
        none="the source has no amounts",
    ),
    sum_("net_value", "net CLV of all customers", "net_value", "net_clv", none="net values were not computed"),
)

METRICS = (
    Metric(
        name="simple_clv",
        title="Simple CLV",
        definition="What a customer brings over a lifespan by the simple formula.",
        formula="average_purchase_value * purchase_frequency * customer_lifespan * margin_used",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="simple CLV formula: APV × PFR × lifespan × margin",
    ),
    Metric(
        name="customer_equity",
        title="Customer equity",
        definition="Predicted value of all present customers within the horizon, discounted.",
        formula="predicted_value",
        kind="money",
        direction="up",
        subject=SUBJECT,
        source="Rust, Lemon & Zeithaml (2004), for present customers",
    ),
    Metric(
        name="average_clv",
        title="Predicted CLV of a customer",
        definition="Customer equity divided by customers.",
        formula="predicted_value / scored",
        kind="money",
        direction="up",
        subject=SUBJECT,
    ),
    Metric(
        name="historic_clv",
        title="Historic CLV of a customer",
        definition="What a customer has brought so far, net of refunds, times margin.",
        formula="historic_value / scored",
        kind="money",
        direction="up",
        subject=SUBJECT,
    ),
    Metric(
        name="net_customer_equity",
        title="Net customer equity",
        definition="Margin so far and to come, less what acquiring, serving and keeping customers cost, plus what they brought by referral.",
        formula="net_value",
        kind="money",
        direction="up",
        subject=SUBJECT,
    ),
)
