"""The tables a run derives from cleaned orders for all parts: histories, values and groups, contracts, costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from lifeworth.clv.cohort_forecast import cohort_forecast
from lifeworth.clv.learn import Learned
from lifeworth.clv.margin import Margin, choose
from lifeworth.clv.together import together as both_together
from lifeworth.clv.value import Terms, Valuation
from lifeworth.data.clean import Cleaned
from lifeworth.data.contracts import SCORES
from lifeworth.economics.net import NEEDED, has_basis, net
from lifeworth.economics.terms import Terms as NetTerms
from lifeworth.engine.base import Engine
from lifeworth.errors import DataError
from lifeworth.facts import recorded
from lifeworth.features.cohorts import cohorts
from lifeworth.features.covariates import Wanted, filled, from_the_start
from lifeworth.features.covariates import choose as wanted
from lifeworth.features.history import customer_days, history
from lifeworth.kpis.basics import basics, window
from lifeworth.kpis.registry import METRICS, evaluate
from lifeworth.report.progress import Progress
from lifeworth.segments.groups import groups
from lifeworth.segments.lifecycle import usual_gap
from lifeworth.segments.tiers import value_tiers
from lifeworth.settings import Settings
from lifeworth.subscriptions.prepare import prepare
from lifeworth.units import Period, Rate
from lifeworth.workspace import Workspace

ID = "customer_id"


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
        engine.drop("_past")
    if rows.num_rows == 0:
        raise DataError(
            "No purchase names a customer, so nobody can be valued.",
            hint="Say which column is the customer: --map customer_id=COLUMN",
        )
    return rows


def cohort_table(engine: Engine, cleaned: Cleaned) -> None:
    """The table `cohorts`, from what `histories` left."""
    first, days, past = cleaned.first_at.date(), engine.table("_days"), engine.table("history")
    engine.create("cohorts", cohorts(cleaned.orders, cleaned.refunds, first, cleaned.as_of, days=days, past=past))
    engine.drop("_days")


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


def scores(engine: Engine, rows: pa.Table, valuation: Valuation, cleaned: Cleaned) -> Table:
    """Values and groups of every customer: the table `customers_scored`.

    Who only subscribes stands below those who ordered: with a value and its tier, without what orders alone tell.
    """
    worth = valuation.scores
    ordered = worth.slice(0, rows.num_rows)
    by = "predicted_clv" if valuation.equity is not None else "historic_clv" if cleaned.has_money else "orders"
    # Rows are in the order of the customers' ids, so their numbers tell customers apart as the ids do, at half the cost.
    known = {name: rows[name] for name in ("last_day", "orders", "revenue", "x", "recency", "age")}
    numbered = engine.load("_numbered", pa.table({ID: np.arange(rows.num_rows), **known, "worth": ordered[by]}))
    gap = engine.row(usual_gap(numbered))["gap"]
    found = engine.arrow(groups(numbered, "worth", gap).order_by("customer_id"))
    engine.drop("_numbered")
    if worth.num_rows > rows.num_rows:
        tiers = engine.arrow(value_tiers(engine.load("_all", worth.select([ID, by])), by))
        engine.drop("_all")
        found = _with_subscribers(found, tiers, worth[ID])
    columns = {name: (found if name in found.column_names else worth)[name] for name in SCORES.columns if name != ID}
    whole = pa.table({ID: worth[ID], **columns}).select(list(SCORES.columns))
    return engine.load("customers_scored", whole.sort_by(ID) if worth.num_rows > rows.num_rows else whole)


def _with_subscribers(found: pa.Table, tiers: pa.Table, ids: pa.ChunkedArray) -> pa.Table:
    """Groups of those who ordered and, below them, of those who only subscribe; tiers are of all of them together."""
    more = len(ids) - found.num_rows
    longer = {
        name: pa.chunked_array([*found[name].chunks, pa.nulls(more, found[name].type)]) for name in found.column_names
    }
    return pa.table(
        {**longer, "value_tier": tiers["value_tier"].take(pc.index_in(ids, value_set=tiers[ID].combine_chunks()))}
    )


def together(engine: Engine, valuation: Valuation, said: Mapping[str, Any] | None, *, has_money: bool) -> Valuation:
    """One value a customer, of orders and contracts, where the run has both and amounts to add up; else that of orders as it is."""
    if not said or not said["contracts"] or not has_money:
        return valuation
    running = engine.row(engine.table("subscription_value").aggregate(count=ibis._.count()))["count"]
    return both_together(valuation, engine.arrow(engine.table("customer_value")), running, said["value"])


def forecast_of_cohorts(engine: Engine, rows: pa.Table, learned: Learned, terms: Terms) -> None:
    """The table `cohort_forecast`, where there is a model."""
    if learned.fits is None:
        return
    engine.load("cohort_forecast", cohort_forecast(rows, _channels(engine, rows.num_rows), learned.fits, terms))


def _channels(engine: Engine, customers: int) -> pa.ChunkedArray:
    """The acquisition channel of every customer, in the order of the history; null where not known."""
    past, known = engine.numbered("history", first=0), engine.table("customers")
    named = known.filter(known["acquisition_channel"].notnull()).select(owner=ID, channel="acquisition_channel")
    found = engine.arrow(past.inner_join(named, past[ID] == named["owner"]).select("_row", "channel"))
    place = np.full(customers, -1)
    place[found["_row"].to_numpy()] = np.arange(found.num_rows)
    return found["channel"].take(pa.array(place, mask=place < 0))


def contracts(
    engine: Engine, valuation: Valuation, cleaned: Cleaned, terms: Terms, settings: Settings
) -> dict[str, Any] | None:
    """The tables of subscriptions and what the run writes down of them; nothing without any."""
    if "subscriptions" not in engine.tables():
        return None
    engine.load("order_value", valuation.scores)
    said = {"value": {"margin": terms.margin.rate}, "settings": recorded(settings)}
    found = prepare(Workspace(engine, settings, cleaned.as_of, cleaned.currency, said))
    engine.drop("order_value")
    return found


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
