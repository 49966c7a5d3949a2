"""The terms that subscription tools make their figures of, from the movements of MRR as each tool reads them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.features.calendar import month_end, month_start
from lifeworth.kpis.presets.rules import Days
from lifeworth.units import Period

MONTHS = 6
"""Whole months over which ChartMogul averages churn."""


def month_ends(as_of: date) -> list[date]:
    """The ends of the last whole months, one more than are averaged, the earliest first."""
    last = as_of if as_of == month_end(as_of) else month_start(as_of) - timedelta(days=1)
    return sorted([last, *(month_end(Period.months(back).before(month_start(last))) for back in range(1, MONTHS + 1))])


def span(days: Days, as_of: date) -> tuple[date, date]:
    """The days a tool's rates are about: after the first, up to the second."""
    if days == "30 days":
        return as_of - timedelta(days=30), as_of
    if days == "12 months":
        return Period.months(12).before(as_of), as_of
    return month_ends(as_of)[-2], month_ends(as_of)[-1]


def by_day(movements: Table) -> Table:
    """What moved on each day: `day`, `kind`, `change` (money), `customers`."""
    return movements.group_by("day", "kind").agg(change=movements["change"].sum(), customers=movements.count())


def pairs(as_of: date) -> list[tuple[date, date]]:
    """The days between which customers are looked at: each of the last whole months, and the last 30 days."""
    return [*pairwise(month_ends(as_of)), (as_of - timedelta(days=30), as_of)]


def snapshots(movements: Table, as_of: date) -> Table:
    """One row: customers and MRR that stayed and went between the two days of each of `pairs(as_of)`.

    Columns for the pair n: `gone_n` (customers with MRR at the first day, none at the second), `kept_n` (MRR at the second
    day of those who had been subscribers by the first).
    """
    ends = sorted({day for pair in pairs(as_of) for day in pair})
    people = movements.group_by("customer_id").agg(
        first=movements["day"].min(),
        **{
            f"at_{k}": movements["change"].sum(where=movements["day"] <= ibis.literal(end)).fill_null(0)
            for k, end in enumerate(ends)
        },
    )
    sums: dict[str, Any] = {}
    for n, (start, end) in enumerate(pairs(as_of)):
        there, then = people[f"at_{ends.index(start)}"] > 0, people[f"at_{ends.index(end)}"]
        sums[f"gone_{n}"] = people.count(where=there & (then == 0))
        sums[f"kept_{n}"] = then.sum(where=people["first"] <= ibis.literal(start))
    return people.aggregate(**sums)


def terms(
    days: Iterable[Mapping[str, Any]], shot: Mapping[str, Any], looked_at: Days, as_of: date
) -> dict[str, float | None]:
    """The terms of a tool's formulas.

    Args:
        days: Rows of `by_day`.
        shot: The row of `snapshots`.
        looked_at: Which days the tool's rates are about.
        as_of: Last observed day.
    """
    rows = list(days)
    start, end = span(looked_at, as_of)
    looked = pairs(as_of)

    def moved(kind: str, after: date, upto: date) -> float:
        return math.fsum(float(r["change"]) for r in rows if r["kind"] == kind and after < r["day"] <= upto)

    def times(kinds: set[str], after: date, upto: date) -> float:
        return float(sum(r["customers"] for r in rows if r["kind"] in kinds and after < r["day"] <= upto))

    def mrr(day: date) -> float:
        return float(sum((r["change"] for r in rows if r["day"] <= day), start=0))

    def subscribers(day: date) -> float:
        ever = date.min
        return times({"new", "reactivation"}, ever, day) - times({"churn"}, ever, day)

    place = looked.index((start, end)) if (start, end) in looked else None
    whole = [(n, subscribers(first)) for n, (first, _) in enumerate(looked[:-1])]
    churns = [float(shot[f"gone_{n}"]) / there for n, there in whole if there > 0]
    return {
        "mrr": mrr(as_of),
        "subscribers": subscribers(as_of),
        "mrr_start": mrr(start),
        "subscribers_start": subscribers(start),
        **{f"{kind}_mrr": moved(kind, start, end) for kind in ("new", "expansion", "reactivation")},
        **{f"{kind}_mrr": -moved(kind, start, end) for kind in ("contraction", "churn")},
        "joined": times({"new", "reactivation"}, start, end),
        "left": times({"churn"}, start, end),
        "gone": None if place is None else float(shot[f"gone_{place}"] or 0),
        "mrr_of_known": None if place is None else float(shot[f"kept_{place}"] or 0),
        "average_churn": sum(churns) / len(churns) if churns else None,
        **daily(rows, mrr(start), subscribers(start), start, end),
    }


def daily(
    rows: Sequence[Mapping[str, Any]], mrr: float, subscribers: float, start: date, end: date
) -> dict[str, float | None]:
    """ChartMogul's B2C formulas: the rate of every day after `start`, added up to `end`.

    Args:
        rows: Rows of `by_day`.
        mrr: MRR at the close of `start`.
        subscribers: Customers with MRR then.
        start: The days after it are looked at.
        end: The last of them.
    """
    moves: dict[date, dict[str, tuple[float, float]]] = {}
    for row in rows:
        moves.setdefault(row["day"], {})[row["kind"]] = (float(row["change"]), float(row["customers"]))
    gross = net = lost = 0.0
    began = mrr > 0
    day = start
    while day < end:
        day += timedelta(days=1)
        today = moves.get(day, {})
        change = {kind: value for kind, (value, _) in today.items()}
        heads = {kind: value for kind, (_, value) in today.items()}
        closes = mrr + math.fsum(change.values())
        if mrr > 0:
            began = True
            gross -= (change.get("churn", 0.0) + change.get("contraction", 0.0)) / mrr
            net += 1 - (closes - change.get("new", 0.0)) / mrr
        if subscribers > 0:
            lost += heads.get("churn", 0.0) / subscribers
        mrr = closes
        subscribers += heads.get("new", 0.0) + heads.get("reactivation", 0.0) - heads.get("churn", 0.0)
    if not began:
        return dict.fromkeys(("daily_gross_churn", "daily_net_churn", "daily_churn"))
    return {"daily_gross_churn": gross, "daily_net_churn": net, "daily_churn": lost}
