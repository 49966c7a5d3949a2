"""What one can ask about the value of customers."""

from __future__ import annotations

from typing import Any, Literal

import ibis
import numpy as np

from lifeworth.clv import bridge_page, ledger_page, page, snapshots
from lifeworth.clv import ledger as accounts
from lifeworth.clv.alive import alive_path
from lifeworth.clv.alive import page as alive_page
from lifeworth.clv.bridge import Snapshot
from lifeworth.clv.bridge import bridge as equity_bridge
from lifeworth.clv.bridge_contracts import Contracts, contracts_alone
from lifeworth.clv.simple import SimpleCLV, customer_lifespan, from_totals
from lifeworth.errors import DataError, OptionError
from lifeworth.features.levels import Levels
from lifeworth.report.spec import Column, Page, Table
from lifeworth.units import Period
from lifeworth.workspace import Workspace

Order = Literal[
    "predicted_clv",
    "historic_clv",
    "total_clv",
    "simple_clv",
    "high_value_probability",
    "churn_probability",
    "last_order_at",
]

TOP = 20
"""Customers shown by name on the page."""
RISERS = 10
"""Of them, of those likely to become high-value."""

NEAR = 3
"""Ids named where the one asked for is not known."""


def calc(
    *,
    revenue: float | None = None,
    purchases: float | None = None,
    buyers: float | None = None,
    years: float = 1.0,
    average_purchase_value: float | None = None,
    purchase_frequency: float | None = None,
    lifespan: float | None = None,
    churn: float | None = None,
    margin: float = 1.0,
    currency: str = "",
    change: dict[str, str] | None = None,
) -> Page:
    """The simple CLV calculator: average purchase value × purchase frequency × customer lifespan × margin.

    Give the terms (`average_purchase_value`, `purchase_frequency` per year) or the totals they are made of (`revenue`,
    `purchases`, `buyers` and the `years` they cover); and `lifespan` in years or `churn` per year.

    Args:
        revenue: Net revenue of the period.
        purchases: Purchases in the period.
        buyers: Unique customers who bought in the period.
        years: Length of the period in years.
        average_purchase_value: Net revenue of a purchase.
        purchase_frequency: Purchases of a customer per year.
        lifespan: Years a customer goes on buying.
        churn: Share of customers lost per year.
        margin: Contribution margin as a share of revenue.
        currency: Currency shown beside amounts.
        change: What-if: terms with a new value ("3.5") or a share ("+10%").

    Raises:
        OptionError: if the terms are incomplete, contradictory or out of range.
    """
    if average_purchase_value is not None and purchase_frequency is not None:
        _given_once({"revenue": revenue, "purchases": purchases, "buyers": buyers})
        span = customer_lifespan(lifespan, churn)
        now = SimpleCLV(average_purchase_value, purchase_frequency, span, margin)
    elif revenue is not None and purchases is not None and buyers is not None:
        _given_once({"average_purchase_value": average_purchase_value, "purchase_frequency": purchase_frequency})
        now = from_totals(
            revenue=revenue,
            purchases=purchases,
            buyers=buyers,
            years=years,
            lifespan=lifespan,
            churn=churn,
            margin=margin,
        )
    else:
        raise OptionError(
            "The terms of the formula are incomplete.",
            hint="Give revenue, purchases and buyers, or average purchase value and purchase frequency; "
            "and lifespan or churn.",
        )
    return page.calculator(now, now.change(change) if change else None, currency=currency)


def value(ws: Workspace) -> Page:
    """What customers are worth: three methods side by side, the spread of value, the best customers."""
    scored = ws.table("customers_scored")
    predicted = ws.engine.arrow(scored.select("predicted_clv"))["predicted_clv"].drop_null().to_numpy()
    ranking: Order = "predicted_clv" if predicted.size else "historic_clv"
    top = ws.engine.arrow(_with_parts(ws, _ranked(scored, ranking).limit(TOP), ranking)).to_pylist()
    return page.value(
        ws.facts["value"],
        np.asarray(predicted, dtype=np.float64),
        top,
        _risers(ws),
        as_of=ws.as_of,
        currency=ws.currency,
        horizon=ws.horizon,
    )


def elasticities(ws: Workspace) -> Page:
    """What moves customer equity: percent more of it for one percent more frequency, retention, basket, margin, acquisition."""
    return page.elasticities(ws.facts["value"], as_of=ws.as_of, currency=ws.currency, horizon=ws.horizon)


def customers(ws: Workspace, *, by: Order = "predicted_clv", top: int = 20, segment: str | None = None) -> Table:
    """The customers first by a figure, optionally of one value tier, RFM group or lifecycle status only.

    Args:
        ws: The workspace.
        by: The figure that ranks them, highest (or latest) first.
        top: How many.
        segment: Name of a value tier, RFM group or lifecycle status.
    """
    scored = ws.table("customers_scored")
    if segment is not None:
        named = ibis.literal(segment)
        scored = scored.filter(
            (scored.value_tier == named) | (scored.rfm_segment == named) | (scored.lifecycle_status == named)
        )
    rows = ws.engine.arrow(_with_parts(ws, _ranked(scored, by).limit(top), by)).to_pylist()
    shown = {
        "customer_id": ("Customer", "text"),
        "last_order_at": ("Last order", "date"),
        "orders": ("Orders", "count"),
        "historic_clv": ("Historic CLV", "money"),
        "predicted_clv": ("Predicted CLV", "money"),
        "predicted_clv_low": ("5 % point", "money"),
        "predicted_clv_high": ("95 % point", "money"),
        "high_value_probability": ("High-value", "percent"),
        "churn_probability": ("Churn probability", "percent"),
        "value_tier": ("Tier", "text"),
        "rfm_segment": ("RFM group", "text"),
        "lifecycle_status": ("Status", "text"),
    }
    if ws.has("customer_value"):
        place = list(shown).index("predicted_clv") + 1
        parts = {"subscription_clv": ("Of it contracts", "money")}
        shown = dict([*list(shown.items())[:place], *parts.items(), *list(shown.items())[place:]])
    columns = tuple(Column(key, title, kind) for key, (title, kind) in shown.items())  # type: ignore[arg-type]
    title = "Customers" if segment is None else f"Customers: {segment}"
    return Table(title, columns, tuple(tuple(row[key] for key in shown) for row in rows), empty="No customer is in it.")


def alive(ws: Workspace, customer: str, *, horizon: Period | None = None) -> Page:
    """Whether one customer is still one: P(alive) day by day since the first order, and what to expect of them.

    Args:
        ws: The workspace, with a run that fitted a model.
        customer: The customer's id, as in customers.csv.
        horizon: How far to look ahead ("12m", "52w", "365d"); by default as far as the run did.

    Raises:
        OptionError: if no customer has this id.
        DataError: if the run fitted no model.
    """
    fitted = ws.model("orders")
    days = ws.table("purchase_days")
    rows = ws.engine.arrow(days.filter(days.customer_id == customer).order_by("day").select("day", "value")).to_pylist()
    if not rows:
        raise OptionError(f'No customer is called "{customer}".', hint=_near(ws, days, customer))
    ahead = horizon or Period.parse(ws.facts["settings"]["horizon"])
    bought, end, level = [row["day"] for row in rows], ahead.after(ws.as_of), ws.facts["model"].get("level", 1.0)
    path = alive_path(fitted, bought, as_of=ws.as_of, end=end, level=level, covariates=_covariates(ws, customer))
    values = [None if row["value"] is None else float(row["value"]) for row in rows]
    return alive_page(customer, path, values, model=fitted.model.name, currency=ws.currency, horizon=str(ahead))


def _covariates(ws: Workspace, customer: str) -> dict[str, float]:
    """What the order model knows of one customer from their first purchase."""
    past = ws.table("history")
    row = ws.engine.arrow(past.filter(past.customer_id == customer))
    levels = [Levels.from_dict(said) for said in ws.facts["model"].get("covariates", [])]
    return {name: float(value[0]) for one in levels for name, value in one.indicators(row).items()}


def _near(ws: Workspace, days: ibis.expr.types.Table, customer: str) -> str:
    """The ids most like the one asked for; the engine looks, as there may be millions."""
    known = days.select("customer_id").distinct()
    bare = customer.strip().lower().lstrip("0")  # numbers lose their leading zeros on many ways
    distance = known.customer_id.lower().re_replace("^0+", "").levenshtein(ibis.literal(bare))
    likest = known.mutate(distance=distance).order_by(["distance", "customer_id"]).limit(NEAR)
    close = [row["customer_id"] for row in ws.engine.arrow(likest).to_pylist() if row["distance"] <= len(customer) // 2]
    if not close:
        return "customers.csv has all of them; lifeworth customers shows the best."
    return f"Did you mean {' or '.join(close)}?"


def _risers(ws: Workspace) -> list[dict[str, Any]]:
    """The likeliest to become high-value of those who are not among the best by what they brought so far."""
    high = ws.facts["value"].get("high_value")
    if not high:
        return []
    scored = ws.table("customers_scored")
    so_far = scored["historic_clv"] if high["in_money"] else scored["orders"]
    if high["in_money"] and ws.has("customer_value"):
        # The threshold is one of orders, and so is who has reached it already.
        parts = ws.table("customer_value").select("historic_orders", owner="customer_id")
        scored = scored.join(parts, [("customer_id", "owner")])
        so_far = scored["historic_orders"]
    others = scored.filter(so_far.isnull() | (so_far < high["cut"]))
    rows: list[dict[str, Any]] = ws.engine.arrow(_ranked(others, "high_value_probability").limit(RISERS)).to_pylist()
    return rows


def _given_once(others: dict[str, float | None]) -> None:
    also = [name for name, number in others.items() if number is not None]
    if also:
        raise OptionError(
            f"{' and '.join(also)} would state a term of the formula a second time.",
            hint="Give the terms, or the totals they are made of, not both.",
        )


def _ranked(scored: ibis.expr.types.Table, by: str) -> ibis.expr.types.Table:
    return scored.order_by([scored[by].isnull(), scored[by].desc(), scored.customer_id])


def bridge(ws: Workspace, *, since: str | None = None) -> Page:
    """Why customer equity is another than at an earlier run: new and lost customers, orders, basket, margin, time, model.

    Args:
        ws: The workspace.
        since: A run or a date (the latest run up to it); by default the latest run of an earlier as-of day.

    Raises:
        OptionError: if no run is called so.
        DataError: if there is no earlier run, or one of the two predicted no value.
    """
    run = snapshots.before(ws, since)
    alone = not ws.has("history")
    with snapshots.opened(ws, run) as earlier:
        was = snapshots.contracts(earlier) if alone else snapshots.snapshot(earlier)
        groups_then, day = snapshots.groups(earlier), earlier.as_of
    groups_now = snapshots.groups(ws)
    now = snapshots.contracts(ws) if alone else snapshots.snapshot(ws)
    if isinstance(was, Snapshot) and isinstance(now, Snapshot):
        lost = snapshots.newly_lost(groups_then.get(snapshots.STATUS), groups_now.get(snapshots.STATUS))
        found = equity_bridge(was, now, lost)
    elif isinstance(was, Contracts) and isinstance(now, Contracts):
        found = contracts_alone(was, now)
    else:
        raise DataError(f"The run of {day} had no subscriptions, so there is nothing to compare.", hint=snapshots.AGAIN)
    parts = {
        title: found.by(snapshots.both(groups_then.get(title), rows))
        for title, rows in groups_now.items()
        if title != snapshots.STATUS
    }
    return bridge_page.page(
        found,
        parts,
        since=day,
        as_of=ws.as_of,
        currency=ws.currency,
        horizon=ws.horizon,
        what=ws.facts["value"]["value_of"],
    )


def ledger(ws: Workspace) -> Page:
    """What earlier runs expected of their customers, and what came since: were the promises kept?

    Args:
        ws: The workspace.

    Raises:
        DataError: if there is no earlier run with a model.
    """
    runs = [run for run in snapshots.kept(ws) if run.as_of < ws.as_of]
    if not runs:
        raise DataError("There is no earlier run to hold to anything.", hint=snapshots.AGAIN)
    entries: list[accounts.Entry] = []
    ways: list[tuple[str, accounts.Entry]] = []
    before: Snapshot | None = None
    contest = None
    for run in {one.as_of: one for one in runs}.values():
        with snapshots.opened(ws, run) as earlier:
            try:
                told = snapshots.snapshot(earlier)
            except DataError:
                continue  # a run without a model promised nothing
            known = snapshots.groups(earlier)
        end = accounts.until(told, ws.as_of)
        came = accounts.align(told.rows, snapshots.came_since(ws, run.as_of, end))
        cohorts = accounts.quarters(told.rows)
        entries.append(accounts.entry(run.run_id, told, came, end, cohorts))
        if len(entries) == 1:
            named = {title: accounts.groups_of(told.rows, rows) for title, rows in known.items()}
            ways = [("Cohort", entries[0])]
            ways += [(title, accounts.entry(run.run_id, told, came, end, rows)) for title, rows in named.items()]
        if before is not None and entries[-1].held is not None:
            contest = (before.terms.as_of, told.terms.as_of, *accounts.challenge(before, told, came, end))
        before = told
    return ledger_page.page(entries, ways, contest, as_of=ws.as_of, currency=ws.currency)


def _with_parts(ws: Workspace, rows: ibis.expr.types.Table, by: str) -> ibis.expr.types.Table:
    """Ranked rows with `subscription_clv`, what contracts are of the predicted value, where there are contracts."""
    if not ws.has("customer_value"):
        return rows
    parts = ws.table("customer_value").select("subscription_clv", owner="customer_id")
    return _ranked(rows.left_join(parts, [("customer_id", "owner")]), by)
