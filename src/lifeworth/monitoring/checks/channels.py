"""Whether a channel or a country that brought orders steadily has fallen silent."""

from __future__ import annotations

from math import log
from typing import Any

import ibis
from scipy.stats import poisson

from lifeworth.monitoring.finding import Finding, Told, lacking
from lifeworth.monitoring.scene import RECENT, WEEK, Scene
from lifeworth.report.format import text

BASE = 91
"""Days before the silence that say what is usual."""
STEADY = 8
"""Weeks of thirteen with an order that make a group steady."""
LUMPY = 1.5
"""Orders come in lumps: the evidence asked for is so much more than counting alone would want."""
NEARLY = 0.15
"""Share of what was expected that counts as silence, where not every order is gone."""


def lost_channel(scene: Scene) -> Told:
    """Whether a channel or a country that had orders steadily has none any more."""
    if not scene.has_orders:
        return lacking("There are no orders.")
    found, looked = [], 0
    for column in ("channel", "country"):
        if column not in scene.orders.columns:
            continue
        groups = _groups(scene, column)
        total = {week: sum(one["weeks"].get(week, 0) for one in groups.values()) for week in range(60)}
        for name, one in groups.items():
            silence = _silence(one["weeks"], one["last"], total)
            if silence is None:
                continue
            looked += 1
            days, came, expected, chance = silence
            if chance > log(_alpha(scene)) * LUMPY:
                continue
            revenue = one["value"] * (expected - came)
            found.append(
                Finding(
                    f"{column} {name}",
                    scene.severity(revenue),
                    scene.day(days - 1),
                    f"{column.capitalize()} {name} brought {came:,} orders in the last {days} days; {expected:,.0f} were expected from the "
                    f"{BASE} days before. Its last order is of {text(scene.day(one['last']), 'date')}.",
                    f"The {column} is closed or cut off, or its orders are no longer in the export.",
                    f"Ask who runs {name}, and count its orders in the shop; if they are there, have the export put right and run again.",
                    revenue,
                    "revenue missing so far",
                )
            )
    if not looked:
        return lacking("No channel or country has orders steadily enough (8 of 13 weeks) to be missed.")
    return Told(f"{looked - len(found)} of {looked} steady channels and countries bring orders.", tuple(found))


def _alpha(scene: Scene) -> float:
    from scipy.stats import norm

    return float(norm.sf(scene.threshold))


def _groups(scene: Scene, column: str) -> dict[str, dict[str, Any]]:
    rows = scene.orders.filter(scene.orders[column].notnull() & (ibis._.ago < WEEK * 60))
    rows = rows.mutate(week=(rows["ago"] / WEEK).floor().cast("int64"))
    cells = rows.group_by(rows[column].name("group"), "week").agg(
        orders=rows.count(), last=rows["ago"].min(), value=rows["amount"].sum()
    )
    found: dict[str, dict[str, Any]] = {}
    for row in scene.query(cells):
        one = found.setdefault(str(row["group"]), {"weeks": {}, "last": 10**6, "revenue": 0.0})
        one["weeks"][row["week"]] = row["orders"]
        one["last"] = min(one["last"], row["last"])
        one["revenue"] += float(row["value"] or 0.0)
    for one in found.values():
        one["value"] = one["revenue"] / max(sum(one["weeks"].values()), 1)
    return dict(sorted(found.items()))


def _silence(weeks: dict[int, int], last: int, total: dict[int, int]) -> tuple[int, int, float, float] | None:
    """Days, orders that came in them, orders expected, and the logarithm of the chance that so few came; none for a group that was not steady."""
    best = None
    for days in sorted({RECENT, WEEK * (last // WEEK)} - {0}):
        w = days // WEEK
        base = range(w, w + BASE // WEEK)
        if sum(weeks.get(week, 0) > 0 for week in base) < STEADY:
            continue
        # The company as a whole may have more or fewer orders than before; its share of them is what is missed.
        then, now = sum(total[week] for week in base if week in total), sum(total.get(week, 0) for week in range(w))
        mine, came = sum(weeks.get(week, 0) for week in base), sum(weeks.get(week, 0) for week in range(w))
        if not then:
            continue
        others = max(then - mine, 1)
        expected = mine * min(max((now - came) / others, 0.5 * w / len(base)), 2.0 * w / len(base))
        chance = float(poisson.logcdf(came, expected)) if came <= NEARLY * expected else 0.0
        if best is None or chance < best[3]:
            best = days, came, expected, chance
    return best
