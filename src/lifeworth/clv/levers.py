"""What moves customer equity, as blocks of a page: the levers beside each other, and in words which of them moves most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lifeworth.report.format import interval, text
from lifeworth.report.spec import Axis, Block, Chart, Column, Kind, Series, Stat, Stats, Table, Text

LEVERS: dict[str, tuple[str, Kind, str, str]] = {
    "basket": ("Basket", "money", "an order", "what an order is worth, of present and of new customers"),
    "margin": ("Margin", "percent", "of revenue", "what is left of an order's value, as a share"),
    "frequency": ("Frequency", "ratio", "orders a year", "how often customers who still buy order"),
    "retention": ("Retention", "percent", "a year", "share of customers who still buy that will do so a year from now"),
    "acquisition": (
        "Acquisition",
        "count",
        "customers a year",
        "how many new customers come, each worth what they are now",
    ),
}
"""Title, how its value reads, the unit in words, and what is moved."""
TITLE = "What moves customer equity"
UNKNOWN = "The current run has no fitted model, so what moves customer equity is not known."
BEHAVIOUR = ("frequency", "retention", "acquisition")
"""Levers whose elasticity is an answer of the model; those of basket and margin are arithmetic."""


def blocks(found: Mapping[str, Any], *, currency: str, horizon: str, what: str) -> tuple[Block, ...]:
    """The stats, the chart, the table and the sentences.

    Args:
        found: `Elasticities.to_dict()`.
        currency: Of the amounts.
        horizon: In words.
        what: What a value is made of: "margin" or "revenue".
    """
    kind: Kind = "money" if found["in_money"] else "number"
    what = what if found["in_money"] else "orders"
    levers = found["levers"]
    defined = [lever for lever in levers if lever["elasticity"] is not None]
    if not defined or not found["equity"] > 0:
        return (Text(f"No {what} is expected within {horizon}, so there is nothing to move.", title=TITLE),)
    return (
        Text(_said(defined, found, currency, horizon), title=TITLE),
        Stats(
            (
                Stat(
                    f"Customer equity with new customers, {horizon}",
                    found["equity"],
                    kind,
                    f"Discounted {what} expected within {horizon} of present customers and of those to be acquired in it, before what it costs to win them.",
                ),
                Stat(
                    "Of present customers",
                    found["present"],
                    kind,
                    "What the orders of all present customers are expected to bring; contracts, where there are any, are not in it.",
                    note=f"{text(found['present'] / found['equity'], 'percent')} of all",
                ),
                Stat(
                    "Of customers to come",
                    found["new"],
                    kind,
                    "First orders at their recent mean, and the later orders the model expects, each customer from their own first day on.",
                    note=f"if they come as in the last {found['window_days']:,} days: {found['acquired']:,} first orders",
                ),
            )
        ),
        _chart(defined, horizon),
        _table(levers, currency, kind),
    )


def _chart(defined: Sequence[Mapping[str, Any]], horizon: str) -> Chart:
    names = tuple(LEVERS[lever["name"]][0] for lever in defined)
    return Chart(
        "bar",
        "Percent more customer equity for one percent more of a lever",
        Axis("", "text"),
        Axis("Elasticity", "ratio"),
        (Series("Elasticity", names, tuple(float(lever["elasticity"]) for lever in defined)),),
        caption=f"Within {horizon}. Basket and margin multiply every order, so theirs is 1 by arithmetic; the others follow from the model.",
    )


def _table(levers: Sequence[Mapping[str, Any]], currency: str, kind: Kind) -> Table:
    rows = []
    for lever in levers:
        title, reads, unit, moved = LEVERS[lever["name"]]
        today = "" if lever["today"] is None else f"{text(lever['today'], reads, currency)} {unit}"
        if lever["low"] is None:
            open_ = "" if lever["elasticity"] is None else "not known"
        else:
            open_ = "exact" if lever["low"] == lever["high"] else interval(lever["low"], lever["high"], "ratio")
        rows.append((title, today, lever["elasticity"], open_, lever["gain"], lever["why"] or moved))
    columns = (
        Column("lever", "Lever"),
        Column("today", "Today"),
        Column("elasticity", "Elasticity", "ratio", "percent more customer equity for one percent more of the lever"),
        Column("open", "90 % interval", definition="what the data leave open about the order model's parameters"),
        Column("gain", "1 % more brings", kind, "elasticity × customer equity ÷ 100, within the horizon"),
        Column("what", "What is moved"),
    )
    return Table("The levers one by one", columns, tuple(rows))


def _said(defined: Sequence[Mapping[str, Any]], found: Mapping[str, Any], currency: str, horizon: str) -> str:
    named = {lever["name"]: lever for lever in defined}
    asked = sorted((named[name] for name in BEHAVIOUR if name in named), key=lambda lever: -lever["elasticity"])
    first = asked[0]
    said = []
    if "basket" in named:
        said.append(
            "One percent more of what an order is worth, or of the margin, is one percent more customer equity: that is arithmetic."
        )
    title, *_ = LEVERS[first["name"]]
    said.append(
        f"Of what customers do, {title.lower()} moves customer equity most: one percent more of it brings "
        f"{first['elasticity']:.2f} % more, {_amount(first['gain'], found, currency)} within {horizon}."
    )
    rest = [f"{LEVERS[lever['name']][0].lower()} {lever['elasticity']:.2f} %" for lever in asked[1:]]
    if rest:
        said.append(f"For {' and '.join(rest)}.")
    near = [lever for lever in asked[1:] if _overlap(first, lever)]
    if near:
        others = " and ".join(LEVERS[lever["name"]][0].lower() for lever in near)
        said.append(f"The data do not tell {title.lower()} and {others} apart for sure: their intervals overlap.")
    kept = named.get("retention")
    if kept is not None and kept["today"]:
        point = kept["elasticity"] * found["equity"] / kept["today"] / 100
        said.append(
            f"One percentage point more retention ({text(kept['today'], 'percent')} of customers who still buy do so a year on) "
            f"brings {_amount(point, found, currency)}."
        )
    limits = (
        "This does not say what it costs to move a lever, how far it can be moved, or that it moves alone: a discount that makes "
        f"people order more often takes from basket and margin. And it looks {horizon} ahead: retention pays later than the others, so "
        "with a longer horizon (--horizon 36m) it weighs more."
    )
    return " ".join(said) + "\n\n" + limits


def _amount(value: float, found: Mapping[str, Any], currency: str) -> str:
    if found["in_money"]:
        return text(value, "money", currency, compact=True)
    return f"{text(value, 'number', compact=True)} orders"


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one["low"] is None or other["high"] is None:
        return False
    return bool(one["low"] <= other["high"])
