"""Whether data come when they should, all of them, and as many as they should."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import ceil

import ibis
import numpy as np
from ibis.expr.types import Table

from lifeworth.monitoring.expect import Expectation, expectation
from lifeworth.monitoring.finding import Finding, Path, Told, lacking
from lifeworth.monitoring.scene import WEEK, Floats, Scene
from lifeworth.report.format import text
from lifeworth.report.spec import Kind

RHYTHM = 3
"""Imports from which on their rhythm is known."""
SLACK = 1.5
"""How much longer than the longest usual pause is put up with."""
DATED = {
    "tickets": "opened_at", "feedback": "given_at", "touchpoints": "occurred_at", "marketing_spend": "spent_on",
    "service_costs": "incurred_at", "refunds": "refunded_at", "milestones": "reached_at", "referrals": "referred_at",
    "subscriptions": "started_at", "observations": "observed_on",
}  # fmt: skip
"""Tables beside orders in which something happens again and again, and the column that says when."""
YEARS_TWO = 2 * 365
FEWEST_DAYS = 10
"""Days with entries from which on the rhythm of a table is known."""
LONE_WEEKS = 52


def late_file(scene: Scene) -> Told:
    """Whether the newest data are older than the rhythm of the imports explains."""
    age = (scene.today - scene.as_of).days
    days = sorted({one.as_of for one in scene.imports})
    if scene.limits.fresh_within is not None:
        allowed, why = scene.limits.fresh_within, f"fresh_within is {scene.limits.fresh_within} days"
    elif len(days) < RHYTHM:
        return lacking(
            f"The newest data are of {text(scene.as_of, 'date')}, {age} days ago. It takes three imports of different days to know their rhythm "
            f"(there are {len(days)}), or fresh_within in [monitoring]."
        )
    else:
        gaps = [(later - earlier).days for earlier, later in pairwise(days[-10:])]
        allowed = ceil(SLACK * max(gaps)) + 1
        why = f"the last {len(gaps) + 1} imports were at most {max(gaps)} days apart"
    said = f"The newest data are of {text(scene.as_of, 'date')}, {age} days ago; {allowed} days are usual ({why})."
    if age <= allowed:
        return Told(said)
    daily = scene.monthly_revenue / 30 if scene.has_orders else 0.0
    missing = daily * age if daily else None
    finding = Finding(
        "file",
        "critical" if age > 3 * allowed else "warning",
        scene.as_of + timedelta(days=allowed + 1),
        said,
        "The export was not made, or was not imported.",
        "Look whether the export still runs, then: lifeworth run ORDERS",
        missing,
        "revenue of a usual time of this length, which nobody sees",
    )
    return Told(said, (finding,))


def stopped_tables(scene: Scene) -> Told:
    """Whether a table beside orders has stopped while orders go on."""
    found, looked = [], []
    there = {name: column for name, column in DATED.items() if scene.ws.has(name)}
    days: dict[str, list[int]] = {name: [] for name in there}
    if there:
        for row in scene.query(ibis.union(*(_days(scene, name, column) for name, column in there.items()))):
            days[row["name"]].append(row["ago"])
    for name, each in days.items():
        ago = np.array(sorted(each))
        if ago.size < FEWEST_DAYS:
            continue
        looked.append(name)
        usual, silent = int(np.diff(ago).max()), int(ago[0])
        if silent > SLACK * usual + WEEK:
            found.append(
                Finding(
                    name,
                    "warning",
                    scene.day(silent - 1),
                    f"The table {name} ends on {text(scene.day(silent), 'date')}, {silent} days before the orders do. Its longest "
                    f"pause so far was {usual} days.",
                    "Its export ended, or an old file was imported beside new orders.",
                    f"Export {name} anew and run again with --table {name}=FILE.",
                )
            )
    if not looked:
        return lacking("No table beside orders has enough days to know its rhythm.")
    said = f"{len(looked) - len(found)} of {len(looked)} tables beside orders are as new as the orders."
    return Told(said, tuple(found))


def _days(scene: Scene, name: str, column: str) -> Table:
    """The days on which something stands in a table, once each."""
    rows = scene.dated(name, column)
    rows = rows.filter(rows["ago"] < YEARS_TWO)
    return rows.select(name=ibis.literal(name), ago=rows["ago"].cast("int64")).distinct()


def volume(scene: Scene) -> Told:
    """Whether orders, customers and revenue of the last weeks are what level and season let expect."""
    if not scene.has_orders:
        return lacking("There are no orders.")
    weeks = scene.weeks
    kinds: dict[str, Kind] = {"orders": "count", "customers": "count", "revenue": "money"}
    counts = {name: weeks.column(name) for name in kinds}
    seen = {
        name: expectation(values, counted(counts["orders"], name), season=LONE_WEEKS, threshold=scene.threshold)
        for name, values in counts.items()
    }
    orders = seen["orders"]
    if not orders.known:
        return lacking(f"{len(weeks)} whole weeks of orders; it takes 21 to know what a week brings.")
    paths = tuple(
        Path(title, weeks.days, seen[name], kinds[name], scene.threshold)
        for name, title in (("orders", "Orders a week"), ("revenue", "Revenue a week"))
    )
    said = in_words(scene, orders, "orders", "count", 1, WEEK)
    worst: tuple[float, str, int] | None = None
    for name, one in seen.items():
        if not one.known:
            continue
        z, points = one.strength()
        if abs(z) > scene.threshold and abs(one.share(points)) >= scene.limits.least_change:  # noqa: SIM102
            if worst is None or abs(z) > abs(worst[0]):
                worst = z, name, points
    if worst is None:
        return Told(said, paths=paths)
    z, name, points = worst
    money = seen["revenue"]
    amount = float((money.values[-points:] - money.expected[-points:]).sum()) if money.known else None
    down = z < 0
    finding = Finding(
        "sales",
        scene.severity(amount),
        scene.day(WEEK * points - 1),
        in_words(scene, seen[name], name, kinds[name], points, WEEK),
        "Fewer sales than level and season explain, or orders missing from the file."
        if down
        else "More sales than level and season explain: a campaign, orders that stand twice, or amounts in another currency.",
        "Compare the count of orders with the shop's own; if it is right, look which channel fell: lifeworth metric orders --by channel"
        if down
        else "Compare the count of orders with the shop's own; the other checks say whether orders stand twice.",
        amount,
        "revenue missing" if down else "revenue above what was expected",
    )
    return Told(said, (finding,), paths=paths)


def counted(orders: Floats, name: str) -> Floats:
    """Standard deviation of the logarithm of a week by counting alone; orders differ in their amounts, which adds to it."""
    level = np.maximum(np.nan_to_num(orders), 1.0)
    # The level of the weeks before is what was expected; a low count must not excuse itself.
    smooth = np.array([np.median(level[max(0, k - 8) : k]) if k else level[0] for k in range(level.size)])
    noise: Floats = np.sqrt((1.8 if name == "revenue" else 1.3) / np.maximum(smooth, 1.0))
    return noise


def in_words(scene: Scene, one: Expectation, what: str, kind: Kind, points: int, step: int) -> str:
    """What came beside what was expected, in a sentence."""
    came, expected = float(one.values[-points:].sum()), float(one.expected[-points:].sum())
    low, high = one.band(points)
    days = f"{text(scene.day(step * points - 1), 'date')} to {text(scene.as_of, 'date')}"

    def shown(value: float) -> str:
        return text(round(value) if kind == "count" else value, kind, scene.ws.currency)

    share = f" ({one.share(points):+.0%})" if expected else ""
    return f"{what.capitalize()} from {days}: {shown(came)}; expected were {shown(expected)}{share}, {shown(low)} to {shown(high)} is usual."
