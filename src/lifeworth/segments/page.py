"""Groups of customers as a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.report.spec import Axis, Chart, Column, Group, Page, Series, Table
from lifeworth.segments.lifecycle import STATUSES
from lifeworth.segments.rfm import GROUPS
from lifeworth.segments.tiers import TIERS

_TIER_RULES = {
    name: f"top {end:.0%} of customers" if place == 0 else f"from {TIERS[place - 1][1]:.0%} to {end:.0%}"
    for place, (name, end) in enumerate(TIERS)
}


def segments(groups: Mapping[str, Sequence[Mapping[str, Any]]], *, as_of: date, currency: str, horizon: str) -> Page:
    """Tiers, RFM groups and lifecycle status, each a table with its rule, sizes and values that add up to the whole."""
    tiers = _table("Value tiers", "Tier", _TIER_RULES, groups["value_tier"], horizon)
    life = _table("Lifecycle status", "Status", STATUSES, groups["lifecycle_status"], horizon)
    rfm = _table("RFM groups", "Group", GROUPS, groups["rfm_segment"], horizon)
    return Page(
        "segments",
        "Segments",
        (
            Group((_shares("Who holds the value", tiers), _shares("Where customers stand", life))),
            tiers,
            life,
            rfm,
        ),
        lead="The same customers cut three ways: by what they are worth, by where they stand in their own rhythm, and by recency, frequency and money.",
        currency=currency,
        as_of=as_of,
    )


def _table(title: str, name: str, rules: Mapping[str, str], rows: Sequence[Mapping[str, Any]], horizon: str) -> Table:
    found = {row["group"]: row for row in rows}
    everyone = sum(row["customers"] for row in rows)
    predicted = [row["predicted"] for row in rows if row["predicted"] is not None]
    total = math.fsum(predicted)
    known = [name for name in rules if name in found] + [name for name in found if name not in rules]
    lines: list[tuple[Any, ...]] = [
        (
            group or "not known",
            rules.get(group, "needs more data"),
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
