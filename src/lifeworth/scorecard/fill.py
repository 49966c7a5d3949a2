"""The values of a scorecard's measures from the company's own data: figures of the registry and observations, now and before.

Nothing is entered by hand where data exist. A measure that cannot be filled says why, and what would fill it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis

from lifeworth.clv import snapshots
from lifeworth.errors import DataError, OptionError, near
from lifeworth.kpis.grid import Grid, calendar
from lifeworth.kpis.metric import Metric
from lifeworth.kpis.reckon import first_day, reckonings, two
from lifeworth.kpis.registry import Catalogue, Reckoning, catalogue
from lifeworth.report.spec import Kind
from lifeworth.scorecard.card import Measure, Scorecard, limit
from lifeworth.scorecard.scoring import Band, Direction, performance, progress, score
from lifeworth.units import Period
from lifeworth.workspace import Workspace

MONTH = Period(1, "months")
LONGEST = 59
"""Months of a series at most."""
GOAL_STEP, RED_STEP = "+10%", "-10%"
"""Goal and red flag where a card states none: a tenth better or worse than the baseline."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A measure with its values.

    Attributes:
        name: Its name on the card.
        title: What it is called.
        definition: How its figure is defined.
        meaning: What it means for customer value.
        kind: How its value reads.
        direction: Which way is better.
        value: Its value for the period up to the as-of day.
        before: That of the period before.
        baseline: Where it started: as the card states, else `before`.
        band: Red flag and goal; none where they rest on a baseline that is not known.
        target: What is promised.
        score: 0 to 10.
        progress: Share of the way from baseline to target.
        performance: Where the value lies between the least and the most it can be.
        why: Why there is no value or no score.
        source: Where it comes from.
    """

    name: str
    title: str
    definition: str
    meaning: str
    kind: Kind
    direction: Direction
    value: float | None
    before: float | None
    baseline: float | None
    band: Band | None
    target: float | None
    score: float | None
    progress: float | None
    performance: float | None
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Path:
    """Values of a measure by calendar month; the month in progress is left out."""

    months: tuple[date, ...]
    values: tuple[float | None, ...]
    why: str = ""


def fill(ws: Workspace, card: Scorecard) -> dict[str, Filled]:
    """Every measure of a card with its value, its limits and its scores.

    Raises:
        OptionError: if a measure names a figure there is not.
    """
    figures = catalogue(ws.settings)
    refuse_unknown(card, figures)
    now: dict[Period, tuple[Grid, Reckoning, Reckoning]] = {}
    for period, names in _by_period(card).items():
        grid = two(first_day(ws), ws.as_of, period)
        found = reckonings(ws, figures, grid, names)
        k = len(grid) - 1
        now[period] = grid, found[None, k], found[None, k - 1]
    stood = _stood(ws, figures, card)
    seen = _observed(ws, [one for one in card.measures.values() if one.observation])
    filled = {}
    for name, one in card.measures.items():
        if one.metric:
            metric = figures.metric(one.metric)
            grid, current, earlier = now[one.period]
            figure = current.figure(metric)
            before = stood.get(one.metric, earlier.figure(metric).value)
            raw = _Raw(figure.value, before, figure.why, _source(figures, metric))
            filled[name] = _filled(name, one, raw, metric)
        else:
            filled[name] = _filled(name, one, seen[one.observation, one.period], None)
    return filled


def paths(ws: Workspace, card: Scorecard, names: Iterable[str]) -> dict[str, Path]:
    """Monthly values of some measures, for what can be told month by month."""
    figures = catalogue(ws.settings)
    wanted = {name: card.measures[name] for name in names}
    grid = calendar(first_day(ws), ws.as_of, MONTH, most=LONGEST)
    shown = [k for k in range(1, len(grid)) if k < len(grid) - 1 or grid.complete]
    months = tuple(grid.bounds[k + 1] for k in shown)
    monthly = {
        one.metric for one in wanted.values() if one.metric and "period" in figures.grains(figures.metric(one.metric))
    }
    found = reckonings(ws, figures, grid, sorted(monthly)) if monthly else {}
    by_month = _months_observed(ws, [one.observation for one in wanted.values() if one.observation])
    result = {}
    for name, one in wanted.items():
        if one.observation:
            values = tuple(by_month.get((one.observation, month.replace(day=1))) for month in months)
            result[name] = Path(months, values)
        elif one.metric in monthly:
            metric = figures.metric(one.metric)
            result[name] = Path(months, tuple(found[None, k].figure(metric).value for k in shown))
        else:
            result[name] = Path((), (), "it is known for the as-of day only, so there are no months to compare")
    return result


@dataclass(frozen=True, slots=True)
class _Raw:
    value: float | None
    before: float | None
    why: str
    source: str


def _filled(name: str, one: Measure, raw: _Raw, metric: Metric | None) -> Filled:
    direction = one.direction or _direction(metric)
    baseline = raw.before if one.baseline is None else one.baseline
    band, why = _band(one, direction, baseline)
    filled = Filled(
        name=name,
        title=one.title or (metric.title if metric else one.observation.replace("_", " ").capitalize()),
        definition=metric.definition if metric else f"Mean of the observations of {one.observation} in the period.",
        meaning=one.meaning,
        kind=metric.kind if metric else "number",
        direction=direction,
        value=raw.value,
        before=raw.before,
        baseline=baseline,
        band=band,
        target=limit(one.target, baseline),
        score=None,
        progress=None,
        performance=None,
        why=raw.why if raw.value is None else why,
        source=raw.source,
    )
    if band is None:
        return filled
    spread = None
    if one.least is not None and one.most is not None and direction != "middle":
        spread = performance(raw.value, one.least, one.most, direction)
    return replace(
        filled,
        score=score(raw.value, band),
        progress=progress(raw.value, baseline, filled.target),
        performance=spread,
    )


def _band(one: Measure, direction: Direction, baseline: float | None) -> tuple[Band | None, str]:
    """Red flag and goal as numbers, and why there are none."""
    better, worse = (RED_STEP, GOAL_STEP) if direction == "down" else (GOAL_STEP, RED_STEP)
    goal = limit(one.goal if one.goal is not None else (better if direction != "middle" else "+0%"), baseline)
    red = limit(one.red if one.red is not None else (worse if direction != "middle" else RED_STEP), baseline)
    above = (
        limit(one.red_above if one.red_above is not None else GOAL_STEP, baseline) if direction == "middle" else None
    )
    if goal is None or red is None:
        return None, "Its limits rest on the period before, which has no value: state goal and red as numbers."
    try:
        return Band(red, goal, direction, above), ""
    except OptionError as error:
        return None, error.message


def _direction(metric: Metric | None) -> Direction:
    return "down" if metric is not None and metric.direction == "down" else "up"


def _source(figures: Catalogue, metric: Metric) -> str:
    return ", ".join(figures.needs(metric))


def _stood(ws: Workspace, figures: Catalogue, card: Scorecard) -> dict[str, float | None]:
    """Figures that are known for the as-of day only, as the latest earlier run knew them on its own."""
    names = {one.metric for one in card.measures.values() if one.metric}
    names = {name for name in names if "period" not in figures.grains(figures.metric(name))}
    if not names:
        return {}
    try:
        run = snapshots.before(ws)
    except DataError:
        return {}
    with snapshots.opened(ws, run) as earlier:
        grid = two(first_day(earlier), earlier.as_of, Period.months(12))
        found = reckonings(earlier, figures, grid, sorted(names))[None, len(grid) - 1]
        return {name: found.figure(figures.metric(name)).value for name in names}


def _by_period(card: Scorecard) -> dict[Period, list[str]]:
    found: dict[Period, list[str]] = {}
    for one in card.measures.values():
        if one.metric and one.metric not in found.setdefault(one.period, []):
            found[one.period].append(one.metric)
    return found


def refuse_unknown(card: Scorecard, figures: Catalogue) -> None:
    """Refuse a card that names figures the registry does not have.

    Raises:
        OptionError: naming each, with the near match.
    """
    faults = [
        f'measures.{name}.metric: no figure is called "{one.metric}". {near(one.metric, figures.metrics)}'.rstrip()
        for name, one in card.measures.items()
        if one.metric and one.metric not in figures.metrics
    ]
    if faults:
        raise OptionError("The scorecard names figures there are not:", faults=faults, hint="lifeworth definitions")


def _observed(ws: Workspace, wanted: list[Measure]) -> dict[tuple[str, Period], _Raw]:
    """Means of observations in the period up to the as-of day and in the one before it."""
    missing = "Not defined: there is no table observations."
    found = {}
    for one in wanted:
        start = one.period.before(ws.as_of)
        before = one.period.before(start)
        if not ws.has("observations"):
            found[one.observation, one.period] = _Raw(None, None, missing, "observations")
            continue
        rows = ws.table("observations").filter(ibis._.metric == one.observation)
        values = [
            ws.engine.row(rows.filter((rows["observed_on"] > ibis.literal(since)) & (rows["observed_on"] <= ibis.literal(upto))).aggregate(mean=rows["value"].mean()))["mean"]
            for since, upto in ((start, ws.as_of), (before, start))
        ]  # fmt: skip
        why = "" if values[0] is not None else f"Not defined: nothing was observed of {one.observation} in the period."
        found[one.observation, one.period] = _Raw(values[0], values[1], why, "observations")
    return found


def _months_observed(ws: Workspace, names: list[str]) -> Mapping[tuple[str, date], float]:
    if not names or not ws.has("observations"):
        return {}
    rows = ws.table("observations")
    rows = rows.filter(rows["metric"].isin(names))
    rows = rows.mutate(year=rows["observed_on"].year(), month=rows["observed_on"].month())
    means: list[dict[str, Any]] = ws.engine.arrow(
        rows.group_by("metric", "year", "month").agg(value=rows["value"].mean())
    ).to_pylist()
    return {(row["metric"], date(row["year"], row["month"], 1)): float(row["value"]) for row in means}
