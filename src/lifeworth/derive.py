"""The tables a run derives from cleaned orders for all parts: histories, values and groups, contracts, costs."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.clv.cohort_forecast import cohort_forecast
from lifeworth.clv.learn import Learned
from lifeworth.clv.margin import Margin, choose
from lifeworth.clv.value import Terms, Valuation
from lifeworth.data.clean import Cleaned
from lifeworth.data.contracts import SCORES
from lifeworth.economics.net import NEEDED, has_basis, net
from lifeworth.economics.terms import Terms as NetTerms
from lifeworth.engine.base import Engine
from lifeworth.errors import DataError
from lifeworth.features.cohorts import cohorts
from lifeworth.features.covariates import Wanted, filled, from_the_start
from lifeworth.features.covariates import choose as wanted
from lifeworth.features.history import customer_days, history
from lifeworth.kpis.basics import basics, window
from lifeworth.kpis.registry import METRICS, evaluate
from lifeworth.report.progress import Progress
from lifeworth.segments.lifecycle import lifecycle, usual_gap
from lifeworth.segments.rfm import rfm
from lifeworth.segments.tiers import value_tiers
from lifeworth.settings import Settings
from lifeworth.subscriptions.prepare import prepare
from lifeworth.units import Period, Rate
from lifeworth.workspace import Workspace


def covariates_wanted(engine: Engine, cleaned: Cleaned, settings: Settings) -> Wanted:
    """What else is asked of each customer's first purchase; a model named with covariates says it too."""
    orders, lines = cleaned.orders, cleaned.order_lines
    named = settings.model.partition("+")[2].replace("+", ",")
    return wanted(named or settings.covariates, engine.row(filled(orders, lines)), lines)


def histories(engine: Engine, cleaned: Cleaned, covariates: Wanted, progress: Progress) -> pa.Table:
    """What a model needs to know about each customer, by customer id."""
    with progress.step("Histories"):
        orders, refunds, as_of = cleaned.orders, cleaned.refunds, cleaned.as_of
        days = engine.create("_days", customer_days(orders, refunds, as_of))
        engine.create("purchase_days", days.filter(days["purchase"]).drop("purchase"))
        past = history(orders, refunds, as_of, margin=cleaned.has_margin, days=days)
        if covariates.names:
            past = from_the_start(engine.create("_past", past), orders, refunds, as_of, covariates)
        rows = engine.arrow(engine.create("history", past, order_by=["customer_id"]))
        engine.create("cohorts", cohorts(orders, refunds, cleaned.first_at.date(), as_of, days=days))
        engine.drop("_past", "_days")
    if rows.num_rows == 0:
        raise DataError(
            "No purchase names a customer, so nobody can be valued.",
            hint="Say which column is the customer: --map customer_id=COLUMN",
        )
    return rows


def terms_of(engine: Engine, cleaned: Cleaned, settings: Settings) -> Terms:
    """What turns orders into value: settings, the margin, and the terms of the simple formula."""
    margin = _margin(engine, cleaned, settings)
    span = window(cleaned.first_at.date(), cleaned.as_of, Period.months(12))
    row = engine.row(basics(engine.table("purchase_days"), span))
    row |= {"years": span.years, "margin_used": margin.rate}
    lifespan, _ = evaluate(METRICS["customer_lifespan"], row)
    simple, why = evaluate(METRICS["simple_clv"], row)
    basket, frequency = (evaluate(METRICS[name], row)[0] for name in ("average_purchase_value", "purchase_frequency"))
    return Terms(
        as_of=cleaned.as_of,
        horizon=settings.horizon,
        discount=Rate(settings.discount),
        margin=margin,
        unit=settings.time_unit,
        lifespan=lifespan,
        simple=simple if cleaned.has_money else None,
        why_no_simple=why if cleaned.has_money else "The source has no amounts.",
        has_money=cleaned.has_money,
        high_share=settings.high_value,
        average_purchase_value=basket if cleaned.has_money else None,
        purchase_frequency=frequency,
    )


def _margin(engine: Engine, cleaned: Cleaned, settings: Settings) -> Margin:
    if not cleaned.has_margin:
        return choose(settings.margin, None, None)
    known = cleaned.orders.filter(cleaned.orders["margin"].notnull())
    sums = engine.row(known.aggregate(margin=known["margin"].sum(), revenue=known["net_revenue"].sum()))
    margin, revenue = (None if sums[name] is None else float(sums[name]) for name in ("margin", "revenue"))
    return choose(settings.margin, margin, revenue)


def scores(engine: Engine, valuation: Valuation, cleaned: Cleaned) -> Table:
    """Values and groups of every customer: the table `customers_scored`."""
    past, worth = engine.table("history"), engine.load("clv", valuation.scores)
    by = "predicted_clv" if valuation.equity is not None else "historic_clv" if cleaned.has_money else "orders"
    gap = engine.row(usual_gap(past))["gap"]
    joined = worth.join(value_tiers(worth, by), "customer_id")
    joined = joined.join(rfm(past).select("customer_id", "rfm_segment"), "customer_id")
    joined = joined.join(lifecycle(past, gap).select("customer_id", "lifecycle_status"), "customer_id")
    return engine.create("customers_scored", joined.select(*SCORES.columns), order_by=["customer_id"])


def forecast_of_cohorts(engine: Engine, rows: pa.Table, learned: Learned, terms: Terms) -> None:
    """The table `cohort_forecast`, where there is a model."""
    if learned.fits is None:
        return
    past, known = engine.table("history"), engine.table("customers")
    named = known.select("customer_id", channel=known["acquisition_channel"])
    joined = past.select("customer_id").left_join(named, "customer_id")
    channels = engine.arrow(joined.order_by("customer_id").select("customer_id", "channel"))["channel"]
    engine.load("cohort_forecast", cohort_forecast(rows, channels, learned.fits, terms))


def contracts(ws: Workspace) -> dict[str, Any] | None:
    """The tables of subscriptions and what the run writes down of them; nothing without any."""
    if not ws.has("subscriptions"):
        return None
    return prepare(ws)


def costs(ws: Workspace, terms: Terms) -> dict[str, Any] | None:
    """The table `net_value` and its sums, where anything is known of costs or referrals."""
    there = set(ws.engine.tables())
    if not terms.has_money or not has_basis(there, ws.settings.assumptions):
        return None
    needed = (
        "customers_scored", "customer_value", "history", "purchase_days", "orders", "customers", "refunds", "mrr_movements", *NEEDED,
    )  # fmt: skip
    margin = terms.margin
    found = net(
        ws.engine,
        {name: ws.engine.table(name) for name in needed if name in there},
        NetTerms(
            as_of=terms.as_of,
            horizon=terms.horizon,
            discount=terms.discount,
            margin=margin.rate,
            margin_of_orders=margin.of_orders,
            margin_source=margin.source,
            assumptions=ws.settings.assumptions,
            currency=ws.currency,
        ),
    )
    return found.to_dict()
