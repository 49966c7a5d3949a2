"""What one can ask of subscriptions."""

from __future__ import annotations

from typing import Any, Literal

import ibis
from ibis.expr.types import Table as Query

from lifeworth.errors import DataError
from lifeworth.features.subscriptions import Reading, movements, plan_changes, stretches
from lifeworth.report.spec import Block, Page
from lifeworth.subscriptions import months, page, renewals_page, retention_page
from lifeworth.subscriptions.hazards import effects
from lifeworth.subscriptions.prepare import given, horizon_of, learned, valued
from lifeworth.units import Period
from lifeworth.workspace import Workspace

YEAR = Period(12, "months")


def subscriptions(
    ws: Workspace,
    *,
    grain: Literal["customer", "account"] = "customer",
    pauses: Literal["gap", "kept"] = "gap",
) -> Page:
    """Monthly recurring revenue and its movements: where MRR came from and went, month by month, and what there is of it.

    Args:
        ws: The workspace, with a table of subscriptions.
        grain: Whose MRR a movement is of: a customer, or the account that pays for several.
        pauses: Whether a pause is a gap (churn, then reactivation) or kept as subscribed where the customer came back.
    """
    table, reading = given(ws), Reading(grain=grain, pauses=pauses)
    moved = _movements(ws, table, reading)
    first = ws.engine.row(moved.aggregate(day=moved["day"].min()))["day"]
    if first is None:
        raise DataError(
            "No subscription has been paid for up to the as-of day.",
            hint="Trials, subscriptions billed by use and those without MRR are no recurring revenue.",
        )
    start = YEAR.before(ws.as_of)
    span = YEAR if first <= start else Period.days(max((ws.as_of - first).days, 1))
    start = span.before(ws.as_of)
    paid = stretches(table, ws.as_of, reading)
    changed = months.flows(plan_changes(table, ws.as_of, reading), start, ws.as_of)
    found = page.Figures(
        months=ws.engine.arrow(months.monthly(moved, first, ws.as_of)).to_pylist(),
        plans=ws.engine.arrow(months.by_plan(paid)).to_pylist(),
        year=ws.engine.row(months.over_a_period(moved, start, ws.as_of)),
        span=str(span),
        trials=ws.engine.row(months.trials(table, ws.as_of)),
        flows=ws.engine.arrow(changed).to_pylist(),
        notes=_notes(ws, table, pauses),
    )
    return page.subscriptions(found, as_of=ws.as_of, currency=ws.currency)


def retention(ws: Workspace, *, covariates: str = "") -> Page:
    """Who stays: retention by plan and billing period as observed (Kaplan-Meier), and as a model expects it to go on.

    Args:
        ws: The workspace, with a table of subscriptions.
        covariates: What may move leaving, such as plan,seats,channel,country: adds hazard ratios (Cox). Needs
            lifeworth[survival].

    Raises:
        OptionError: if a covariate is not known.
        DataError: if the contracts say too little about the covariates, or lifelines is not installed.
    """
    c, groups = learned(ws)
    named = [name.strip() for name in covariates.split(",") if name.strip()]
    found: tuple[Block, ...] = effects(c, named, _customers(ws)) if named else ()
    return retention_page.retention(c, groups, found, as_of=ws.as_of, currency=ws.currency)


def renewals(ws: Workspace, *, within: Period = Period(3, "months"), top: int = 50) -> Page:
    """Who renews next and what is at stake: probability of a loss times residual value, and what all contracts are worth.

    Args:
        ws: The workspace, with a table of subscriptions.
        within: How far ahead renewals are listed ("30d", "3m", "1y").
        top: How many are listed, those with most at stake first.
    """
    c, groups = learned(ws)
    return renewals_page.renewals(
        c,
        groups,
        valued(ws, c, groups),
        within=within,
        top=top,
        as_of=ws.as_of,
        currency=ws.currency,
        horizon=str(horizon_of(ws)),
        value_of=ws.facts.get("value", {}).get("value_of", "margin"),
    )


def _movements(ws: Workspace, table: Query, reading: Reading) -> Query:
    """The run's own table where it is read as the run read it; else computed once and kept for this question."""
    if reading == Reading() and ws.has("mrr_movements"):
        return ws.table("mrr_movements")
    return ws.engine.create("_mrr_movements", movements(table, ws.as_of, reading))


def _customers(ws: Workspace) -> Any:
    return ws.engine.arrow(ws.table("customers")) if ws.has("customers") else None


def _notes(ws: Workspace, table: Query, pauses: str) -> tuple[str, ...]:
    if pauses == "kept":
        return (
            "A pause counts as subscribed where the subscription has come back; one from which nobody came back is churn.",
        )
    paused = table.filter(table["ended_by"] == "pause", table["ended_at"] <= ibis.literal(ws.as_of))
    count = ws.engine.row(paused.aggregate(count=paused.count()))["count"]
    if not count:
        return ()
    return (
        f"{count:,} pauses are gaps here: churn of the cause “other”, and a reactivation where the customer came back. With --pauses kept they count as subscribed.",
    )
