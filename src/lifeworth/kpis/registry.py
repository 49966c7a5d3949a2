"""Every figure of the business as data: what it is called, what it means, how it is made, and when it is not defined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from lifeworth.report.spec import Kind

Basics: TypeAlias = Mapping[str, Any]
"""One row of `kpis.basics.basics`, plus `years` of the window and, where values were scored, `customer_equity`."""


class NotDefined(Exception):  # noqa: N818  an answer, not a fault
    """The figure has no value on these data; the text says why."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: `formula` in words, `direction` of good, `needs` tables, and the computation on the basics."""

    name: str
    title: str
    definition: str
    formula: str
    kind: Kind
    direction: Literal["up", "down", "neither"]
    needs: tuple[str, ...]
    compute: Callable[[Basics], float]


def ratio(above: object, below: object, why: str) -> float:
    """`above` ÷ `below`, or the reason why it is not defined."""
    if above is None or below is None or not float(below) > 0:  # type: ignore[arg-type]
        raise NotDefined(why)
    return float(above) / float(below)  # type: ignore[arg-type]


def _present(value: object, why: str) -> float:
    if value is None:
        raise NotDefined(why)
    return float(value)  # type: ignore[arg-type]


def _purchase_value(b: Basics) -> float:
    return ratio(b["customer_revenue"], b["purchases"], "no purchase by a known customer in the period")


def _frequency(b: Basics) -> float:
    return ratio(b["purchases"], b["buyers"], "no buyer in the period") / float(b["years"])


def _retention(b: Basics) -> float:
    return ratio(b["retained"], b["buyers_before"], "nobody bought in the period before")


def _lifespan(b: Basics) -> float:
    churn = 1 - _retention(b)
    if churn <= 0:
        raise NotDefined("no customer was lost, so no lifespan can be derived from churn")
    return float(b["years"]) / churn


def _margin(b: Basics) -> float:
    return ratio(b["margin"], b["margin_revenue"], "the orders carry no cost or margin")


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "revenue",
            "Net revenue",
            "What orders brought in the period, after discounts and refunds, without tax and shipping.",
            "Σ net revenue of orders",
            "money",
            "up",
            ("orders",),
            lambda b: _present(b["revenue"], "the source has no amounts"),
        ),
        Metric(
            "orders",
            "Orders",
            "Orders placed in the period that count as revenue, with or without a known customer.",
            "number of orders",
            "count",
            "up",
            ("orders",),
            lambda b: float(b["orders"]),
        ),
        Metric(
            "aov",
            "Average order value",
            "Net revenue of an order.",
            "net revenue ÷ orders",
            "money",
            "up",
            ("orders",),
            lambda b: ratio(b["revenue"], b["orders"], "no order with an amount in the period"),
        ),
        Metric(
            "average_purchase_value",
            "Average purchase value",
            "Net revenue of a purchase occasion of a known customer; several orders on a day are one occasion.",
            "revenue of known customers ÷ purchases",
            "money",
            "up",
            ("orders",),
            _purchase_value,
        ),
        Metric(
            "purchase_frequency",
            "Purchase frequency",
            "Purchases a buyer makes in a year.",
            "purchases ÷ unique buyers ÷ years of the period",
            "ratio",
            "up",
            ("orders",),
            _frequency,
        ),
        Metric(
            "arpc",
            "Average revenue per customer",
            "Net revenue of a buyer in the period.",
            "revenue of known customers ÷ unique buyers",
            "money",
            "up",
            ("orders",),
            lambda b: ratio(b["customer_revenue"], b["buyers"], "no buyer in the period"),
        ),
        Metric(
            "active_customers",
            "Active customers",
            "Customers with at least one order in the period.",
            "unique buyers",
            "count",
            "up",
            ("orders",),
            lambda b: float(b["buyers"]),
        ),
        Metric(
            "new_customers",
            "New customers",
            "Customers whose first order ever falls in the period.",
            "number of first orders",
            "count",
            "up",
            ("orders",),
            lambda b: float(b["new_buyers"]),
        ),
        Metric(
            "repeat_rate",
            "Repeat purchase rate",
            "Share of all customers so far who have bought on at least two days.",
            "customers with two or more purchases ÷ customers",
            "percent",
            "up",
            ("orders",),
            lambda b: ratio(b["repeaters"], b["customers"], "no customer yet"),
        ),
        Metric(
            "time_between_orders",
            "Time between orders",
            "Mean days from one purchase day of a customer to the next.",
            "Σ days between first and last purchase ÷ Σ repeat purchases",
            "days",
            "down",
            ("orders",),
            lambda b: ratio(b["gap_days"], b["gaps"], "no customer has bought twice"),
        ),
        Metric(
            "retention_rate",
            "Customer retention",
            "Share of the buyers of the period before who bought again in this one.",
            "buyers in both periods ÷ buyers in the period before",
            "percent",
            "up",
            ("orders",),
            _retention,
        ),
        Metric(
            "churn_rate",
            "Customer churn",
            "Share of the buyers of the period before who did not buy in this one.",
            "1 − customer retention",
            "percent",
            "down",
            ("orders",),
            lambda b: 1 - _retention(b),
        ),
        Metric(
            "customer_lifespan",
            "Customer lifespan",
            "Years a customer goes on buying, if customers go on being lost as in the last period.",
            "years of the period ÷ customer churn",
            "years",
            "up",
            ("orders",),
            _lifespan,
        ),
        Metric(
            "margin_rate",
            "Contribution margin",
            "Margin as a share of net revenue, over the orders whose cost is known.",
            "Σ margin ÷ Σ net revenue",
            "percent",
            "up",
            ("orders",),
            _margin,
        ),
        Metric(
            "simple_clv",
            "Simple CLV",
            "What a customer brings over a lifespan by the simple formula.",
            "average purchase value × purchase frequency × customer lifespan × margin",
            "money",
            "up",
            ("orders",),
            lambda b: _purchase_value(b) * _frequency(b) * _lifespan(b) * float(b.get("margin_used") or 1.0),
        ),
        Metric(
            "customer_equity",
            "Customer equity",
            "Predicted value of all present customers within the horizon, discounted.",
            "Σ predicted CLV",
            "money",
            "up",
            ("clv",),
            lambda b: _present(b.get("customer_equity"), "no model could be fitted to these data"),
        ),
    )
}
"""All figures, by name, in the order a reader wants them."""


def evaluate(metric: Metric, row: Basics) -> tuple[float | None, str]:
    """The figure and, where it has none, the reason."""
    try:
        return metric.compute(row), ""
    except NotDefined as reason:
        return None, f"Not defined: {reason}."
