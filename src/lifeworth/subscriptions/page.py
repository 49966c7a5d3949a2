"""Recurring revenue as a page: where MRR came from and went, month by month, and what there is of it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lifeworth.features.subscriptions import KINDS
from lifeworth.report.board import Board, Tab
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Heatmap, Page, Series, Stats, Table, Text
from lifeworth.subscriptions.billing import Cycle
from lifeworth.subscriptions.figures import Row, headlines

SHOWN = 12
"""Months in table and chart."""
_TITLES = {kind: kind.capitalize() for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page shows: rows of the queries in `months`."""

    months: Sequence[Row]
    plans: Sequence[Row]
    year: Row
    span: str
    trials: Row
    flows: Sequence[Row]
    notes: tuple[str, ...] = ()


def subscriptions(found: Figures, *, as_of: date, currency: str) -> Page:
    """MRR and its movements, the figures made of them, plans, trials, changes of plan, and why customers left."""
    lately = found.months[-SHOWN:]
    seats = sum(int(row["seats"]) for row in found.plans)
    head = headlines(lately, found.year, found.trials, seats, as_of=as_of, span=found.span)
    blocks: list[Block] = [Stats(head)]
    blocks += [Text(note) for note in found.notes]
    blocks += [
        Group((_mrr(found.months), _moves(lately))),
        _movements(lately),
        _causes(lately),
        _plans(found.plans),
    ]
    blocks += [_flows(found.flows, found.span)] if found.flows else []
    last = found.months[-1]
    change = last["mrr_end"] - lately[0]["mrr_start"]
    lead = (
        f"MRR of {text(last['mrr_end'], 'money', currency)} from {text(last['subscribers_end'], 'count')} subscribers, "
        f"{text(abs(change), 'money', currency)} {'more' if change >= 0 else 'less'} than {len(lately)} months before."
    )
    return Page("subscriptions", "Subscriptions", tuple(blocks), lead=lead, currency=currency, as_of=as_of)


def _mrr(months: Sequence[Row]) -> Chart:
    names = tuple(row["month"] for row in months)
    return Chart(
        "line",
        "MRR at the end of each month",
        Axis("Month", "date"),
        Axis("MRR", "money"),
        (Series("MRR", names, tuple(float(row["mrr_end"]) for row in months)),),
        caption="The last point is that of the as-of day.",
    )


def _moves(months: Sequence[Row]) -> Chart:
    names = tuple(f"{row['month']:%Y-%m}" for row in months)
    series = tuple(Series(_TITLES[kind], names, tuple(float(row[kind]) for row in months)) for kind in KINDS)
    return Chart(
        "stack",
        "What changed MRR",
        Axis("Month", "text"),
        Axis("MRR", "money"),
        series,
        caption="What stands above the line was won, what stands below was lost.",
    )


def _movements(months: Sequence[Row]) -> Table:
    """Each row adds up from left to right; the last row adds up the movements and goes from first start to last end."""
    columns = (
        Column("month", "Month"),
        Column("mrr_start", "MRR at start", "money"),
        *(Column(kind, _TITLES[kind], "money", about) for kind, about in KINDS.items()),
        Column("mrr_end", "MRR at end", "money"),
        Column("subscribers", "Subscribers at end", "count"),
    )
    rows: list[tuple[Any, ...]] = [
        (
            f"{row['month']:%Y-%m}",
            row["mrr_start"],
            *(row[kind] for kind in KINDS),
            row["mrr_end"],
            row["subscribers_end"],
        )
        for row in months
    ]
    sums = (sum((row[kind] for row in months), Decimal(0)) for kind in KINDS)
    rows.append(("All", months[0]["mrr_start"], *sums, months[-1]["mrr_end"], months[-1]["subscribers_end"]))
    return Table(
        "MRR movements",
        columns,
        tuple(rows),
        caption="MRR at the start plus the five movements is MRR at the end, in every row. The month in progress is counted up to the as-of day.",
        emphasis=(len(rows) - 1,),
    )


def _causes(months: Sequence[Row]) -> Table:
    columns = (
        Column("cause", "Why"),
        Column("customers", "Customers lost", "count"),
        Column("mrr", "MRR lost", "money"),
        Column("share", "Share of customers", "percent", bar=True),
    )
    said = {
        "voluntary": "Voluntary: they cancelled",
        "involuntary": "Involuntary: a payment failed",
        "other": "Other: a pause, or nothing is said",
    }
    everyone = sum(row["subscribers_lost"] for row in months)
    rows: list[tuple[Any, ...]] = []
    for cause, title in said.items():
        lost = sum(row[f"lost_{cause}"] for row in months)
        money = -sum((row[f"churn_{cause}"] for row in months), Decimal(0))
        rows.append((title, lost, money, lost / everyone if everyone else None))
    total = -sum((row["churn"] for row in months), Decimal(0))
    rows.append(("All churn", everyone, total, 1.0 if everyone else None))
    return Table(
        "Why customers were lost",
        columns,
        tuple(rows),
        caption=f"Churn of the last {len(months)} months, reactivations not taken off.",
        emphasis=(len(rows) - 1,),
    )


def _plans(plans: Sequence[Row]) -> Table:
    columns = (
        Column("plan", "Plan"),
        Column("interval", "Billed"),
        Column("customers", "Customers", "count"),
        Column("subscriptions", "Subscriptions", "count"),
        Column("seats", "Seats", "count"),
        Column("mrr", "MRR", "money"),
        Column("share", "Share of MRR", "percent", bar=True),
    )
    total = sum((row["mrr"] for row in plans), Decimal(0))
    ranked = sorted(plans, key=lambda row: (-row["mrr"], row["plan"], row["interval"]))
    rows: list[tuple[Any, ...]] = [
        (
            row["plan"],
            Cycle.of(row["interval"], int(row["interval_count"])).name,
            row["customers"],
            row["subscriptions"],
            row["seats"],
            row["mrr"],
            float(row["mrr"] / total),
        )
        for row in ranked
    ]
    if rows:
        counts = (sum(int(row[name]) for row in plans) for name in ("subscriptions", "seats"))
        rows.append(("All plans", "", None, *counts, total, 1.0))
    return Table(
        "Plans",
        columns,
        tuple(rows),
        caption="A customer with several plans counts in each, so customers do not add up.",
        emphasis=(len(rows) - 1,) if rows else (),
        empty="Nobody subscribes.",
    )


def _flows(flows: Sequence[Row], span: str) -> Heatmap:
    """Who went from which plan to which: rows are left, columns taken."""
    left = sorted({row["from_plan"] for row in flows})
    taken = sorted({row["to_plan"] for row in flows})
    cells: Mapping[tuple[str, str], int] = {(row["from_plan"], row["to_plan"]): int(row["changes"]) for row in flows}
    money: dict[str, Decimal] = {}
    for row in flows:
        money[row["from_plan"]] = money.get(row["from_plan"], Decimal(0)) + row["change"]
    return Heatmap(
        "Changes of plan",
        "From",
        "To",
        tuple(left),
        tuple(taken),
        tuple(tuple(float(cells[a, b]) if (a, b) in cells else None for b in taken) for a in left),
        "count",
        caption=f"Changes in the {span} up to the as-of day, and what they did to MRR.",
        side=(Column("change", "Change of MRR", "money"),),
        side_values=tuple((money[a],) for a in left),
    )


BOARDS = (
    Board(
        "subscriptions",
        "Subscriptions",
        "Business",
        20,
        "subscriptions",
        "Monthly recurring revenue and what changed it, who stays, and who renews next.",
        (
            Tab("subscriptions", "MRR", needs=("subscriptions",)),
            Tab("retention", "Retention", needs=("subscriptions",)),
            Tab("renewals", "Renewals", needs=("subscriptions",)),
        ),
    ),
)
"""Pages of the dashboard."""
