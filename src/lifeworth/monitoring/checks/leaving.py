"""Whether customers leave faster than they did, and what the best of them are worth that fade."""

from __future__ import annotations

from math import sqrt
from typing import Any

import ibis
import numpy as np
from scipy.stats import norm, poisson

from lifeworth.monitoring.checks.arrivals import LONE_WEEKS, counted, in_words
from lifeworth.monitoring.expect import expectation
from lifeworth.monitoring.finding import Finding, Path, Told, lacking
from lifeworth.monitoring.scene import RECENT, WEEK, Scene
from lifeworth.report.format import text

WINDOWS = 13
"""Stretches of four weeks that say how many subscriptions usually end in one."""
FEWEST_RUNNING, FEWEST_BEFORE = 50, 4
FELL = 0.2
"""Points by which the probability of being alive must have fallen."""
BEST = 0.9
"""Quantile of predicted CLV from which on a customer is one of the best."""
MONTH = 30.4


def churn(scene: Scene) -> Told:
    """Whether fewer customers come back, or more subscriptions end, than before."""
    told = [one for one in (_returning(scene), _subscribers(scene)) if one is not None]
    known = [one for one in told if not one.why]
    if not known:
        return lacking(" ".join(one.why for one in told) or "There are no orders and no subscriptions.")
    return Told(
        " ".join(one.said for one in known),
        tuple(finding for one in known for finding in one.findings),
        paths=tuple(path for one in known for path in one.paths),
    )


def _returning(scene: Scene) -> Told | None:
    if not scene.has_orders:
        return None
    weeks = scene.weeks
    back, orders = weeks.column("returning"), weeks.column("orders")
    fresh = np.maximum(orders - back, 0.0)
    one = expectation(back, counted(back, "returning"), season=LONE_WEEKS, threshold=scene.threshold)
    if not one.known:
        return lacking("Fewer than 21 whole weeks of orders say too little of who comes back.")
    path = Path("Orders of customers who come back, a week", weeks.days, one, "count", scene.threshold)
    said = in_words(scene, one, "orders of customers who come back", "count", 1, WEEK)
    z, points = one.strength(4)
    share = one.share(points)
    new = expectation(fresh, counted(fresh, "new"), season=LONE_WEEKS, threshold=scene.threshold)
    # Where new customers stay away as well, it is not customers who leave: all sales fall.
    alike = new.known and new.share(points) < 0.7 * share
    if z > -scene.threshold or share > -scene.limits.least_change or alike:
        return Told(said, paths=(path,))
    revenue, missing = weeks.column("revenue"), float((one.values[-points:] - one.expected[-points:]).sum())
    basket = float(np.nansum(revenue[-13:]) / max(np.nansum(orders[-13:]), 1.0))
    finding = Finding(
        "returning customers",
        scene.severity(missing * basket),
        scene.day(WEEK * points - 1),
        f"{in_words(scene, one, 'orders of customers who come back', 'count', points, WEEK)} New customers order as before.",
        "Customers who used to come back stay away.",
        "Look who they are: lifeworth movement   and whether service, prices or stock changed; reach out to the best: lifeworth customers",
        missing * basket,
        "revenue missing",
    )
    return Told(said, (finding,), paths=(path,))


def _subscribers(scene: Scene) -> Told | None:
    if not scene.ws.has("subscriptions"):
        return None
    rows = scene.ws.table("subscriptions")
    by = rows["ended_by"].fill_null("customer") if "ended_by" in rows.columns else ibis.literal("customer")
    gone = rows["ended_at"].notnull() & by.isin(["customer", "payment"])
    asked: dict[str, Any] = {}
    for k in range(WINDOWS):
        start, end = ibis.literal(scene.day(RECENT * (k + 1))), ibis.literal(scene.day(RECENT * k))
        runs = (rows["started_at"] <= start) & (rows["ended_at"].isnull() | (rows["ended_at"] > start))
        asked[f"at_{k}"] = runs.sum()
        asked[f"lost_{k}"] = (runs & gone & (rows["ended_at"] <= end)).sum()
        asked[f"money_{k}"] = rows["mrr"].cast("float64").sum(where=runs & gone & (rows["ended_at"] <= end))
    row = scene.query(rows.agg(**asked))[0]
    at = np.array([row[f"at_{k}"] or 0 for k in range(WINDOWS)], float)
    lost = np.array([row[f"lost_{k}"] or 0 for k in range(WINDOWS)], float)
    before = at[1:] >= FEWEST_RUNNING / 2
    if at[0] < FEWEST_RUNNING or before.sum() < FEWEST_BEFORE:
        return lacking("Too few subscriptions, or too short a past, to know how many usually end.")
    rate = float(lost[1:][before].sum() / at[1:][before].sum())
    expected = rate * at[0]
    spread = (lost[1:][before] - rate * at[1:][before]) ** 2 / np.maximum(rate * at[1:][before], 0.5)
    # Few endings are counted exactly, for the bell curve makes too much of five where one was expected; more spread than counting
    # explains in the past is allowed for.
    z = float(norm.isf(poisson.sf(lost[0] - 1, max(expected, 0.5)))) / sqrt(max(1.0, float(np.mean(spread))))
    said = f"{lost[0]:.0f} of {at[0]:.0f} subscriptions ended in the last {RECENT} days; {expected:.0f} were expected."
    if z <= scene.threshold or lost[0] < (1 + scene.limits.least_change) * expected:
        return Told(said)
    money = float(row["money_0"] or 0.0) * (1 - expected / lost[0])
    finding = Finding(
        "subscriptions",
        scene.severity(12 * money),
        scene.day(RECENT - 1),
        said,
        "More subscribers leave, or their payments fail.",
        "lifeworth retention tells which plans; lifeworth metric involuntary_churn_share, whether payments failed.",
        -12 * money,
        "revenue of a year of those above what was expected",
    )
    return Told(said, (finding,))


def value_at_risk(scene: Scene) -> Told:
    """What the best customers were worth whose probability of being alive fell since the run before."""
    before = scene.before
    if before is None or not before.has("customers_scored") or not scene.ws.has("customers_scored"):
        return lacking("It takes an earlier run to tell who fades.")
    days = (scene.as_of - before.as_of).days
    if days < 1:
        return lacking("The run before is of the same day.")
    then = before.engine.arrow(
        before.table("customers_scored").select("customer_id", "probability_alive", "predicted_clv")
    )
    name = "_scored_before"
    scene.ws.engine.load(name, then)
    try:
        row = scene.query(_fading(scene, name))[0]
    finally:
        scene.ws.engine.drop(name)
    if not row["value"]:
        return lacking("The run before predicted no value.")
    share = float(row["fading"] or 0.0) / float(row["value"])
    allowed = scene.limits.value_at_risk * max(days / MONTH, 0.25)
    worth = text(float(row["fading"] or 0.0), "money", scene.ws.currency)
    said = (
        f"Of the best tenth of customers, {row['many'] or 0:,} worth {worth} are less likely to come back by {FELL:.0%} or more than "
        f"{days} days ago: {share:.1%} of the value of all of them; {allowed:.1%} is put up with."
    )
    if share <= allowed:
        return Told(said)
    finding = Finding(
        "best customers",
        scene.severity(float(row["fading"])),
        before.as_of,
        said,
        "Many of the best customers have been silent for longer than they used to.",
        "Reach out to them: lifeworth customers --by predicted_clv lists them, customers.csv has all.",
        -float(row["fading"]),
        "predicted CLV of those who fade",
    )
    return Told(said, (finding,))


def _fading(scene: Scene, name: str) -> Any:
    then, now = scene.ws.engine.table(name), scene.ws.table("customers_scored")
    cut = then["predicted_clv"].quantile(BEST)
    best = then.mutate(cut=cut.over(ibis.window()))
    best = best.filter(best["predicted_clv"] >= best["cut"]).select(
        _id="customer_id", was="probability_alive", clv="predicted_clv"
    )
    both = best.left_join(now.select("customer_id", "probability_alive"), [("_id", "customer_id")])
    fell = both["was"] - both["probability_alive"] >= FELL
    return both.agg(value=both["clv"].sum(), fading=both["clv"].sum(where=fell), many=fell.sum())
