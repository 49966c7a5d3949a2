"""The equity bridge as a page: two totals, and between them what each cause did."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from lifeworth.clv.causes import CAUSES, Bridge
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Page, Series, Stat, Stats, Table, Text

NOT_KNOWN = "not known"


def page(
    found: Bridge,
    groups: Mapping[str, Mapping[str | None, Mapping[str, float]]],
    *,
    since: date,
    as_of: date,
    currency: str,
    horizon: str,
    what: str,
) -> Page:
    """The change of customer equity between two days by its causes, all in all and by group.

    Args:
        found: The bridge.
        groups: Title of a way to group customers → group → what `Bridge.by` says of it.
        since: The earlier day.
        as_of: The later day.
        currency: Of the amounts.
        horizon: How far ahead value is predicted, in words.
        what: What a value is made of: "margin" or "revenue".
    """
    causes = {cause: total for cause, total in found.causes.items() if total != 0}
    change = found.after - found.before
    head = Stats(
        (
            _total("Customer equity", found.before, since, horizon, what),
            Stat(
                "Change",
                change,
                "money",
                "The sum of all causes below, to the last digit.",
                as_of=as_of,
                source="two runs",
                note=_share(change, found.before),
            ),
            _total("Customer equity", found.after, as_of, horizon, what),
        )
    )
    blocks: list[Block] = [head]
    if not causes:
        blocks.append(Text("Nothing has changed between the two runs."))
    else:
        ranked = sorted(causes, key=lambda one: -abs(causes[one]))
        blocks.append(Text(_said(ranked, causes, currency)))
        blocks.append(_picture(causes))
        blocks.append(_table(causes, found, since, as_of))
        blocks += [_by(title, parts, list(causes)) for title, parts in groups.items() if len(parts) > 1]
        blocks.append(
            Text(
                "The value of what a customer orders is orders × basket × margin, that of contracts MRR × margin × what a unit of it is expected to "
                "bring, so what one cause did depends on the others; each is given its mean over all "
                "orders in which the causes could have come about (Shapley value), time always before what was done in it. The causes say "
                "what the figures rest on. They do not say why customers did what they did."
            )
        )
    lead = f"From {text(since, 'date')} to {text(as_of, 'date')} customer equity {_moved(change, currency)}."
    return Page("bridge", "Why customer equity moved", tuple(blocks), lead, currency, as_of)


def _total(name: str, value: float, day: date, horizon: str, what: str) -> Stat:
    meaning = f"Discounted {what} expected of all customers known on that day within {horizon}."
    return Stat(f"{name}, {text(day, 'date')}", value, "money", meaning, as_of=day, source="model")


def _share(change: float, before: float) -> str:
    return f"{text(change / before, 'percent')} of the earlier total" if before > 0 else ""


def _moved(change: float, currency: str) -> str:
    if change == 0:
        return "did not move"
    return f"{'rose' if change > 0 else 'fell'} by {text(abs(change), 'money', currency, compact=True)}"


def _said(ranked: list[str], causes: Mapping[str, float], currency: str) -> str:
    """The two strongest causes, in words."""
    parts = []
    for cause in ranked[:2]:
        title = CAUSES[cause][0]
        verb = "added" if causes[cause] > 0 else "took"
        parts.append(f"{title} {verb} {text(abs(causes[cause]), 'money', currency, compact=True)}")
    return "; ".join(parts) + "."


def _picture(causes: Mapping[str, float]) -> Chart:
    names = tuple(CAUSES[cause][0] for cause in causes)
    return Chart(
        "bar",
        "What each cause did to customer equity",
        Axis("", "text"),
        Axis("Change", "money"),
        (Series("Change", names, tuple(causes.values())),),
        caption="Above the line a cause added value, below it took some; all bars together are the change.",
    )


def _table(causes: Mapping[str, float], found: Bridge, since: date, as_of: date) -> Table:
    rows: list[tuple[str | float | None, ...]] = [(f"Customer equity, {text(since, 'date')}", found.before, None, "")]
    rows += [
        (CAUSES[cause][0], total, total / found.before if found.before > 0 else None, CAUSES[cause][1])
        for cause, total in causes.items()
    ]
    rows.append((f"Customer equity, {text(as_of, 'date')}", found.after, None, ""))
    columns = (
        Column("cause", "Cause"),
        Column("amount", "Amount", "money"),
        Column("share", "Of the earlier total", "percent"),
        Column("meaning", "What it is"),
    )
    rest = found.residual
    caption = f"What is left over: {rest:.0e}, the rounding of the last digits." if rest else "Nothing is left over."
    return Table("The bridge", columns, tuple(rows), caption, emphasis=(0, len(rows) - 1))


def _by(title: str, parts: Mapping[str | None, Mapping[str, float]], causes: list[str]) -> Table:
    columns = (
        Column("group", title),
        Column("before", "Before", "money"),
        *(Column(cause, CAUSES[cause][0], "money", CAUSES[cause][1]) for cause in causes),
        Column("after", "After", "money"),
    )
    named = sorted(parts.items(), key=lambda one: -abs(one[1]["after"] - one[1]["before"]))
    rows: list[tuple[str | float, ...]] = [
        (group if group is not None else NOT_KNOWN, row["before"], *(row[cause] for cause in causes), row["after"])
        for group, row in named
    ]
    figures = ("before", *causes, "after")
    sums = tuple(math.fsum(row[name] for row in parts.values()) for name in figures)
    return Table(f"By {title.lower()}", columns, (*rows, ("All customers", *sums)), emphasis=(len(rows),))
