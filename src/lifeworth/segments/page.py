"""Groups of customers as a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.report.board import Board, Tab
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Page, Series, Table, Text
from lifeworth.segments.lifecycle import STATUSES
from lifeworth.segments.rfm import GROUPS
from lifeworth.segments.schemes import TIER_RULES, Scheme

Rows = Sequence[Mapping[str, Any]]
NEVER = ("never ordered", "have a contract, or had one, and no order")
"""Who only subscribes is in no group that is told from orders."""


def segments(
    groups: Mapping[str, Rows],
    *,
    as_of: date,
    currency: str,
    horizon: str,
    own: tuple[Scheme, Rows] | None = None,
) -> Page:
    """Tiers, RFM groups, lifecycle status and the user's own segments, each a table that adds up to the whole."""
    tiers = _table("Value tiers", "Tier", TIER_RULES, groups["value_tier"], horizon)
    life = _table("Lifecycle status", "Status", STATUSES, groups["lifecycle_status"], horizon)
    rfm = _table("RFM groups", "Group", GROUPS, groups["rfm_segment"], horizon)
    blocks: list[Block] = [
        Group((_shares("Who holds the value", tiers), _shares("Where customers stand", life))),
        tiers,
        life,
        rfm,
    ]
    if own is not None:
        blocks.extend(_blocks(*own, horizon))
    return Page(
        "segments",
        "Segments",
        tuple(blocks),
        lead=f"The same customers cut {'four' if own else 'three'} ways: by what they are worth, by where they stand in their own rhythm, "
        f"{'by' if own else 'and by'} recency, frequency and money{', and by your own conditions' if own else ''}.",
        currency=currency,
        as_of=as_of,
    )


def scheme(made: Scheme, rows: Rows, *, as_of: date, currency: str, horizon: str) -> Page:
    """One scheme: how far it can be relied on, its groups with their sizes and values, what must be known about it."""
    table, *notes = _blocks(made, rows, horizon)
    verdict = () if made.verdict is None else (made.verdict,)
    blocks = (*verdict, _shares("Heads and value", table), table, *notes)
    return Page("segments", made.title, blocks, currency=currency, as_of=as_of)


def _blocks(made: Scheme, rows: Rows, horizon: str) -> tuple[Table, *tuple[Text, ...]]:
    return (_table(made.title, made.one, made.groups, rows, horizon), *(Text(note) for note in made.notes))


def _table(title: str, name: str, rules: Mapping[str, str], rows: Rows, horizon: str) -> Table:
    found = {row["group"]: row for row in rows}
    # Nobody of a group without a name has ordered: they only subscribe. Else the data were too few to name it.
    unnamed = NEVER if None in found and found[None]["orders"] == 0 else ("not known", "needs more data")
    everyone = sum(row["customers"] for row in rows)
    predicted = [row["predicted"] for row in rows if row["predicted"] is not None]
    total = math.fsum(predicted)
    known = [name for name in rules if name in found] + [name for name in found if name not in rules]
    lines: list[tuple[Any, ...]] = [
        (
            group or unnamed[0],
            rules.get(group, unnamed[1]),
            found[group]["customers"],
            found[group]["customers"] / everyone,
            found[group]["historic"],
            found[group]["predicted"],
            found[group]["predicted"] / total if total and found[group]["predicted"] is not None else None,
            found[group]["orders"],
            found[group]["churn"],
        )
        for group in known
    ]
    historic = math.fsum(row["historic"] or 0.0 for row in rows)
    lines.append(
        (
            "All customers",
            "",
            everyone,
            1.0,
            historic,
            total if predicted else None,
            1.0 if predicted else None,
            None,
            None,
        )
    )
    columns = (
        Column("group", name),
        Column("rule", "Who is in it"),
        Column("customers", "Customers", "count"),
        Column("share", "Share", "percent"),
        Column("historic", "Historic CLV", "money", "what they have brought so far"),
        Column("predicted", f"Predicted CLV, {horizon}", "money", "what they are expected to bring, discounted"),
        Column("value_share", "Share of predicted", "percent", bar=True),
        Column("orders", "Orders each", "ratio"),
        Column("churn", "Churn probability", "percent", "mean probability of no order within the horizon"),
    )
    return Table(title, columns, tuple(lines), emphasis=(len(lines) - 1,))


def _shares(title: str, table: Table) -> Chart:
    rows = table.rows[:-1]
    names = tuple(row[0] for row in rows)
    series = [Series("Share of customers", names, tuple(_number(row[3]) for row in rows))]
    if any(row[6] is not None for row in rows):
        series.append(Series("Share of predicted value", names, tuple(_number(row[6]) for row in rows)))
    return Chart(
        "bar",
        title,
        Axis("", "text"),
        Axis("Share", "percent"),
        tuple(series),
        caption="Where the second bar is taller than the first, the group holds more value than heads.",
    )


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


BOARDS = (
    Board(
        "segments",
        "Segments",
        "Customers",
        20,
        "segments",
        "Groups of customers: how many, what they are worth, who moved from where to where, and what tells them apart.",
        (
            Tab("segments", "Groups"),
            Tab("movement", "Movement"),
            Tab("profile", "One group"),
        ),
    ),
)
"""Pages of the dashboard."""
