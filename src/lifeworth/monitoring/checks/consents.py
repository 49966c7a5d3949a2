"""Whether the flags of consent still say something."""

from __future__ import annotations

import re
from math import sqrt
from typing import Any

from ibis.expr.types import Column, Table

from lifeworth.monitoring.finding import Finding, Told, lacking
from lifeworth.monitoring.scene import Scene, rows_of
from lifeworth.workspace import Workspace

NAMED = re.compile(r"consent|opt_?in|opt_?out|unsubscri|newsletter|permission|subscribed", re.IGNORECASE)
YES = ("true", "yes", "y", "1", "on", "subscribed", "granted")
RECENT, EARLIER = 28, 365
"""Days whose new customers are held to those before them."""
FEWEST = 25
JUMP = 0.15
"""Points by which a share must have jumped."""


def consent(scene: Scene) -> Told:
    """Whether the share of customers who agreed jumped, or a flag of consent became empty."""
    if not scene.ws.has("customers"):
        return lacking("There is no table of customers.")
    flags = [name for name in scene.ws.table("customers").columns if NAMED.search(name)]
    if not flags:
        return lacking("The table of customers has no column of consent.")
    found: dict[str, Finding] = {}
    said = []
    rows = scene.dated("customers", "acquired_at")
    cohorts = _shares(scene, rows, flags)
    before = None
    if scene.before is not None and scene.before.has("customers"):
        there = scene.before.table("customers")
        before = _shares(scene, there.mutate(ago=there["customer_id"].length() * 0), flags, scene.before)
    whole = _shares(scene, rows.mutate(ago=rows["ago"] * 0), flags)
    for flag in flags:
        now, then = cohorts[flag]
        said.append(
            f"{flag}: {_percent(now['yes'], now['known'])} of new customers, {_percent(then['yes'], then['known'])} before"
        )
        broken = _broken(now, then, scene.threshold)
        if broken:
            found[flag] = _finding(
                scene,
                flag,
                now["rows"],
                f"of the {now['rows']:,} customers who came in the last {RECENT} days, {broken}",
            )
        elif before is not None and flag in before:
            broken = _broken(whole[flag][0], before[flag][0], scene.threshold)
            if broken:
                n = whole[flag][0]["rows"]
                found[flag] = _finding(scene, flag, n, f"of all {n:,} customers, {broken} in the import before")
    return Told("; ".join(said) + ".", tuple(found.values()))


def _finding(scene: Scene, flag: str, customers: int, what: str) -> Finding:
    revenue = None
    if scene.has_orders and scene.monthly_revenue:
        everybody = scene.query(scene.ws.table("customers").count().as_table())[0]
        revenue = scene.monthly_revenue * min(customers / max(next(iter(everybody.values())), 1), 1.0)
    return Finding(
        flag,
        "critical",
        scene.day(RECENT - 1),
        f"{flag}: {what}.",
        "The form, the import or the system that keeps consents fills the flag with one value, or with none.",
        "Send no campaign by this flag. Compare it with the source, have it put right, and run again.",
        revenue,
        "revenue a month of customers whose consent is not known",
    )


def _shares(
    scene: Scene, rows: Table, flags: list[str], ws: Workspace | None = None
) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    there = [flag for flag in flags if flag in rows.columns]
    recent, earlier = rows["ago"] < RECENT, (rows["ago"] >= RECENT) & (rows["ago"] < EARLIER)
    asked: dict[str, Any] = {"n_0": recent.sum(), "n_1": earlier.sum()}
    for k, flag in enumerate(there):
        for w, window in enumerate((recent, earlier)):
            asked[f"known_{k}_{w}"] = rows[flag].count(where=window)
            asked[f"yes_{k}_{w}"] = _yes(rows[flag]).sum(where=window)
    row = rows_of(ws or scene.ws, rows.agg(**asked))[0]

    def part(k: int, w: int) -> dict[str, int]:
        return {"rows": row[f"n_{w}"] or 0, "known": row[f"known_{k}_{w}"] or 0, "yes": row[f"yes_{k}_{w}"] or 0}

    return {flag: (part(k, 0), part(k, 1)) for k, flag in enumerate(there)}


def _yes(flag: Column) -> Column:
    return flag if flag.type().is_boolean() else flag.cast("string").lower().isin(YES)


def _broken(now: dict[str, int], then: dict[str, int], threshold: float) -> str:
    """What is the matter with a flag, or nothing."""
    if now["rows"] < FEWEST or then["rows"] < FEWEST:
        return ""
    filled, was = now["known"] / now["rows"], then["known"] / then["rows"]
    if was >= 0.5 and filled < 0.5 * was:
        return f"{filled:.0%} have any value; {was:.0%} had"
    if not now["known"] or not then["known"]:
        return ""
    share, usual = now["yes"] / now["known"], then["yes"] / then["known"]
    pooled = (now["yes"] + then["yes"]) / (now["known"] + then["known"])
    error = sqrt(max(pooled * (1 - pooled), 0.01) * (1 / now["known"] + 1 / then["known"]))
    if abs(share - usual) >= JUMP and abs(share - usual) > threshold * error:
        return f"{share:.0%} agreed; {usual:.0%} had"
    return ""


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none known"
