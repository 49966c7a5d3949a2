"""Whether a figure of the business left its usual range: each whole month beside level and season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lifeworth.errors import LifeworthError
from lifeworth.kpis.grid import calendar
from lifeworth.kpis.metric import Metric
from lifeworth.kpis.reckon import first_day, reckonings
from lifeworth.kpis.registry import catalogue
from lifeworth.monitoring.expect import LEAST, expectation
from lifeworth.monitoring.finding import Finding, Path, Severity, Told, lacking
from lifeworth.monitoring.scene import Floats, Scene
from lifeworth.report.format import text
from lifeworth.units import Period

MONTH = Period(1, "months")
MOST = 48
LEVEL = 4
"""Months whose median is the level."""
WATCHED = (
    "aov", "margin_rate", "refund_rate", "discount_share", "new_customers", "ticket_rate",
    "reopen_rate", "ticket_csat", "nps", "csat", "cost_to_serve", "acquisition_spend", "referral_rate", "involuntary_churn_share",
)  # fmt: skip
"""Figures of the registry that no other check looks at. What depends on many months at once (retention, CAC) moves too slowly for this."""
FACTORS = frozenset({"count", "money", "number", "ratio", "days"})
"""Kinds that differ by factors from month to month; the others differ by points."""
BELOW_ZERO = frozenset({"nps", "ces"})
SHARES_OF = {
    "reopen_rate": "tickets", "ticket_csat": "rated_tickets", "csat": "csat_answers", "referral_rate": "new_buyers",
    "involuntary_churn_share": "churned_subscribers",
}  # fmt: skip
"""Shares of a number that may be small: three of twelve say less than thirty of a hundred and twenty."""
COUNTED = {
    "ticket_rate": ("tickets", 1.0),
    "cost_to_serve": ("tickets", 1.5), "new_customers": ("new_buyers", 1.0), "nps": ("nps_answers", 75.0),
}  # fmt: skip
"""Figures that rest on a number, and the standard deviation of a single one (of NPS in its points, of the others as a share)."""
OF_REVENUE = frozenset({"refund_rate", "discount_share", "margin_rate"})
"""Shares of revenue: what they moved by is money."""
CAUSES = {
    "refund_rate": "More goods come back than usual: a faulty product, a wrong description, or late delivery.",
    "ticket_rate": "Customers ask more often than usual: something about products, delivery or the site does not work.",
    "acquisition_spend": "The budget was changed, or a statement of costs is missing.",
    "new_customers": "Fewer or more people buy for the first time: look at spend and channels.",
    "margin_rate": "Costs or discounts changed, or the costs in the file did.",
    "discount_share": "Discounts were given more or less freely than usual.",
}


def figures(scene: Scene) -> Told:
    """Whether a figure of the last whole month lies outside what level and season let expect."""
    try:
        known = catalogue(scene.ws.settings)
        first = first_day(scene.ws)
    except LifeworthError as error:
        return lacking(" ".join(str(error).split()))
    grid = calendar(first, scene.as_of, MONTH, most=MOST)
    names = [name for name in WATCHED if name in known.metrics and "period" in known.grains(known.metric(name))]
    # The first month is hardly ever a whole one, nor is the one in progress.
    shown = [k for k in range(2, len(grid)) if k < len(grid) - 1 or grid.complete]
    if len(shown) <= LEVEL + LEAST:
        return lacking(f"It takes {LEVEL + LEAST + 1} whole months to know what is usual; there are {len(shown)}.")
    found = reckonings(scene.ws, known, grid, names)
    days = tuple(grid.bounds[k + 1] for k in shown)
    paths, findings = [], []
    for name in names:
        metric = known.metric(name)
        values = np.array([_number(found[None, k].figure(metric).value) for k in shown])
        path = _path(scene, metric, values, _noise(name, values, [found[None, k].row for k in shown]), days)
        if path is None:
            continue
        paths.append(path)
        finding = _finding(scene, metric, path)
        if finding is not None:
            findings.append(finding)
    if not paths:
        return lacking("No figure is known for enough months.")
    said = f"{len(paths) - len(findings)} of {len(paths)} figures of the month to {text(days[-1], 'date')} are in their usual range."
    return Told(said, tuple(findings), paths=tuple(paths))


def _noise(name: str, values: Floats, rows: Sequence[Mapping[str, float | None]]) -> Floats | None:
    """What chance alone does to each month, from the number it rests on."""
    counter, single = (SHARES_OF[name], 0.0) if name in SHARES_OF else COUNTED.get(name, ("", 0.0))
    if not counter:
        return None
    n = np.maximum([float(row.get(counter) or 0.0) for row in rows], 1.0)
    if name in SHARES_OF:
        known = np.isfinite(values)
        p = (float((values[known] * n[known]).sum()) + 0.5) / (float(n[known].sum()) + 1)
        single = float(np.sqrt(p * (1 - p)))
    return np.asarray(single / np.sqrt(n), np.float64)


def _path(scene: Scene, metric: Metric, values: Floats, noise: Floats | None, days: tuple[Any, ...]) -> Path | None:
    by_factors = metric.kind in FACTORS and metric.name not in BELOW_ZERO
    floor = 0.05 if by_factors else 0.01 if metric.kind == "percent" else 1.0
    one = expectation(
        values, noise, season=12, level=LEVEL, logarithms=by_factors, threshold=scene.threshold, floor=floor
    )
    return Path(metric.title, days, one, metric.kind, scene.threshold) if one.known else None


def _finding(scene: Scene, metric: Metric, path: Path) -> Finding | None:
    one, unit = path.of, scene.ws.currency
    z, value, expected = float(one.z[-1]), float(one.values[-1]), float(one.expected[-1])
    if abs(z) <= scene.threshold:
        return None
    if (
        metric.kind in FACTORS
        and metric.name not in BELOW_ZERO
        and abs(value / expected - 1) < scene.limits.least_change
    ):
        return None
    worse = (z < 0) == (metric.direction == "up") if metric.direction in {"up", "down"} else None
    severity: Severity = "notice" if worse is False else "warning"
    amount = scene.monthly_revenue * (value - expected) if metric.name in OF_REVENUE else None
    amount = value - expected if metric.kind == "money" and metric.name == "acquisition_spend" else amount
    month = path.days[-1]
    return Finding(
        metric.name,
        severity,
        month.replace(day=1),
        f"{metric.title} is {text(value, metric.kind, unit)} for {month:%B %Y}; {text(expected, metric.kind, unit)} was expected, "
        f"{text(float(one.low[-1]), metric.kind, unit)} to {text(float(one.high[-1]), metric.kind, unit)} is usual.",
        CAUSES.get(metric.name, "Level and season do not explain it."),
        f"lifeworth metric {metric.name} --by channel (or --by segment) tells where it comes from.",
        amount,
        "a month" if amount is not None else "",
    )


def _number(value: Any) -> float:
    return np.nan if value is None else float(value)
