"""Whether customer service answers as fast as before, and is asked as often."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from math import exp, sqrt
from typing import Any

import ibis
import numpy as np

from lifeworth.monitoring.checks.arrivals import LONE_WEEKS, counted, in_words
from lifeworth.monitoring.checks.money import IQR_SD, MEDIAN_SE
from lifeworth.monitoring.expect import expectation
from lifeworth.monitoring.finding import Finding, Path, Told, lacking
from lifeworth.monitoring.scene import EARLIER, LONGEST, RECENT, WEEK, Scene

FEWEST_NOW, FEWEST_THEN = 15, 40
"""Requests in the last weeks and before."""
WAITS = {"first_reply_at": "first answer", "resolved_at": "solution"}
FACTOR = 1.5
"""How many times as long customers must wait before it is told."""


def service(scene: Scene) -> Told:
    """Whether customers wait longer for an answer, or ask more often, than before."""
    if not scene.ws.has("tickets"):
        return lacking("There is no table of tickets.")
    found, said = [], []
    for column, what in WAITS.items():
        wait = _wait(scene, column)
        if wait is None:
            continue
        factor = exp(wait["shift"])
        said.append(f"The middle wait for the {what} is {wait['now']:.1f} hours, after {wait['then']:.1f} before.")
        if wait["shift"] / wait["se"] > scene.threshold and factor >= FACTOR:
            found.append(
                Finding(
                    what,
                    "warning",
                    scene.day(RECENT - 1),
                    f"Customers wait {wait['now']:.1f} hours for the {what} in the middle of {wait['n']:,} requests of the last {RECENT} days, "
                    f"after {wait['then']:.1f} before: {factor:.1f} times as long.",
                    "Too few people answer, or there are more or harder requests.",
                    "Look at lifeworth metric first_response_hours and ticket_rate; answer the best customers first.",
                    scene.monthly_revenue * _asking(scene) or None,
                    "revenue of a month of customers who ask",
                )
            )
    often = _often(scene)
    if often is not None:
        finding, path, words = often
        said.append(words)
        return Told(" ".join(said), (*found, *finding), paths=(path,))
    if not said:
        return lacking(f"It takes {FEWEST_NOW} requests in {RECENT} days and {FEWEST_THEN} before them.")
    return Told(" ".join(said), tuple(found))


def _wait(scene: Scene, column: str) -> dict[str, Any] | None:
    rows = scene.dated("tickets", "opened_at").filter(ibis._.ago < EARLIER)
    # Who still waits has waited until now: left out, the slowest would make the figure look better.
    now = ibis.literal(datetime.combine(scene.as_of + timedelta(days=1), time.min))
    upto = rows[column].cast("timestamp").fill_null(now)
    hours = ibis.greatest((upto.epoch_seconds() - rows["opened_at"].cast("timestamp").epoch_seconds()) / 3600, 0.02)
    size, recent = hours.ln(), rows["ago"] < RECENT
    asked: dict[str, Any] = {"n": recent.sum(), "m": (~recent).sum(), "answered": rows[column].count()}
    for name, q in (("low", 0.25), ("mid", 0.5), ("high", 0.75)):
        asked |= {f"{name}_now": size.quantile(q, where=recent), f"{name}_then": size.quantile(q, where=~recent)}
    row = scene.query(rows.agg(**asked))[0]
    if (row["n"] or 0) < FEWEST_NOW or (row["m"] or 0) < FEWEST_THEN or not row["answered"]:
        return None
    spread = max(row["high_then"] - row["low_then"], row["high_now"] - row["low_now"], 0.2) / IQR_SD
    se = MEDIAN_SE * spread * sqrt(1 / row["n"] + 1 / row["m"])
    return {
        "n": row["n"], "now": exp(row["mid_now"]), "then": exp(row["mid_then"]), "shift": row["mid_now"] - row["mid_then"], "se": se,
    }  # fmt: skip


def _often(scene: Scene) -> tuple[tuple[Finding, ...], Path, str] | None:
    rows = scene.dated("tickets", "opened_at")
    rows = rows.mutate(week=(rows["ago"] / WEEK).floor().cast("int64")).filter(ibis._.week < LONGEST)
    counts = {row["week"]: row["n"] for row in scene.query(rows.group_by("week").agg(n=rows.count()))}
    longest = max(counts, default=-1)
    order = list(range(longest - 1, -1, -1))
    values = np.array([float(counts.get(week, 0)) for week in order])
    one = expectation(values, counted(values, "tickets"), season=LONE_WEEKS, threshold=scene.threshold)
    if not one.known:
        return None
    days = tuple(scene.day(WEEK * week) for week in order)
    path = Path("Requests to customer service a week", days, one, "count", scene.threshold)
    words = in_words(scene, one, "requests", "count", 1, WEEK)
    z, points = one.strength()
    if z <= scene.threshold or one.share(points) < scene.limits.least_change:
        return (), path, words
    finding = Finding(
        "requests",
        "warning",
        scene.day(WEEK * points - 1),
        in_words(scene, one, "requests", "count", points, WEEK),
        "Something about products, delivery or the site does not work.",
        "Read what the newest requests are about, and mend that first.",
        scene.monthly_revenue * _asking(scene) or None,
        "revenue of a month of customers who ask",
    )
    return (finding,), path, words


def _asking(scene: Scene) -> float:
    """Share of the customers who ordered of late that also asked for something."""
    if not scene.has_orders:
        return 0.0
    asked = scene.dated("tickets", "opened_at").filter(ibis._.ago < RECENT).select("customer_id").distinct()
    bought = scene.orders.filter((ibis._.ago < RECENT) & ibis._.customer_id.notnull())
    row = scene.query(bought.agg(all=bought["customer_id"].nunique()))[0]
    both = bought.semi_join(asked, "customer_id")
    some = scene.query(both.agg(some=both["customer_id"].nunique()))[0]
    return float(some["some"] or 0) / max(row["all"] or 0, 1)
