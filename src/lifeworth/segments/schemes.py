"""The ways to cut a customer base into groups, as data: what the groups are called, what they mean, who is in them.

A scheme is made for a day, from what was known at its close. Some measure customers by each other (ranks, tiers), some by
a yardstick (limits, clusters, conditions). The yardstick is taken from the day the scheme is made for, and the same scheme
then measures customers of a later day by it: so nothing later leaks into an earlier day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import ibis
from ibis.expr.types import Table

from lifeworth.engine.base import Engine
from lifeworth.errors import DataError, OptionError
from lifeworth.report.spec import Text
from lifeworth.segments import clusters, rfm
from lifeworth.segments.known import Known
from lifeworth.segments.lifecycle import STATUSES, lifecycle, usual_gap
from lifeworth.segments.rules import REST, conditions, ruled
from lifeworth.segments.scores import BASKETS, DAYS, ORDERS, Limits
from lifeworth.segments.tiers import TIERS, value_tiers
from lifeworth.settings import Settings

Name = Literal["tiers", "rfm", "rfm-three", "rfm-fixed", "shopify", "lifecycle", "clusters", "rules"]

NAMES: tuple[str, ...] = get_args(Name)

KEPT: dict[str, str] = {"tiers": "value_tier", "rfm": "rfm_segment", "lifecycle": "lifecycle_status"}
"""Schemes every run works out, and their column of customers.csv."""

TIER_RULES: dict[str, str] = {
    name: f"top {end:.0%} of customers" if place == 0 else f"from {TIERS[place - 1][1]:.0%} to {end:.0%}"
    for place, (name, end) in enumerate(TIERS)
}


@dataclass(frozen=True)
class Scheme:
    """A way to cut the base.

    Attributes:
        name: As a person asks for it.
        title: Over its table.
        one: What one of its groups is called.
        groups: Name of each group and who is in it, best first where there is a best.
        assign: From what is known of customers on a day to `customer_id`, `segment`: one row each.
        notes: What a reader must know about it.
        verdict: How far it can be relied on, where that was measured.
        ranking: The groups from best to worst, where that is not their order.
    """

    name: str
    title: str
    one: str
    groups: Mapping[str, str]
    assign: Callable[[Known], Table]
    notes: tuple[str, ...] = ()
    verdict: Text | None = None
    ranking: tuple[str, ...] = ()


def make(name: str, engine: Engine, known: Known, settings: Settings) -> Scheme:
    """A scheme with its yardstick taken from what is known on a day.

    Args:
        name: One of `NAMES`.
        engine: Where the tables are.
        known: Customers as they were known on the day.
        settings: For limits and conditions of the user's own, and the seed.

    Raises:
        OptionError: if there is no such scheme, or it needs settings that are not there.
        DataError: if there are too few customers for it.
    """
    makers: dict[str, Callable[[], Scheme]] = {
        "tiers": _tiers,
        "rfm": lambda: _grid("rfm", "RFM groups", rfm.FIVE),
        "rfm-three": lambda: _grid("rfm-three", "RFM groups on scores of three", rfm.THREE, _THREE_NOTE),
        "rfm-fixed": lambda: _fixed(engine, known, settings),
        "shopify": _shopify,
        "lifecycle": lambda: _lifecycle(engine),
        "clusters": lambda: _clusters(engine, known, settings),
        "rules": lambda: _rules(known, settings),
    }
    if name not in makers:
        raise OptionError(f'Customers are not cut by "{name}".', allowed=NAMES)
    return makers[name]()


_THREE_NOTE = (
    "Scores of three and names as in Klaviyo, which says what the groups mean but not where each ends: that is our reading.",
)


def _tiers() -> Scheme:
    return Scheme(
        "tiers",
        "Value tiers by what customers brought so far",
        "Tier",
        TIER_RULES,
        lambda known: value_tiers(known.history, "revenue").rename(segment="value_tier"),
        ("Ranked by net revenue up to the day: a prediction would have to be made anew for an earlier day.",),
    )


def _grid(name: str, title: str, grid: rfm.Grid, notes: tuple[str, ...] = ()) -> Scheme:
    return Scheme(name, title, "Group", grid.groups, lambda known: rfm.by_rank(known.history, grid), notes)


def _shopify() -> Scheme:
    def assign(known: Known) -> Table:
        buyers = rfm.by_rank(known.history, rfm.SHOPIFY)
        if known.people is None:
            return buyers
        others = known.people.anti_join(known.history, "customer_id")
        return buyers.union(others.select("customer_id", segment=ibis.literal(rfm.PROSPECTS)))

    note = (
        "Scores and words as Shopify publishes them; which scores make which group is the grid customary for these names, "
        "and our reading. Equal figures share the lower score here, so a group may differ from Shopify's at the edges."
    )
    return Scheme("shopify", "RFM groups as in Shopify", "Group", rfm.SHOPIFY.groups, assign, (note,))


def _fixed(engine: Engine, known: Known, settings: Settings) -> Scheme:
    stated = settings.rfm
    money = tuple(stated.money)
    if not money:
        history = known.history
        mean = engine.row(history.aggregate(mean=history["revenue"].sum() / history["orders"].sum()))["mean"]
        # Summed in any order, the last digits differ; an amount a person could have stated does not.
        money = () if mean is None or mean <= 0 else tuple(float(f"{mean * times:.3g}") for times in BASKETS)
    limits = Limits(
        tuple(sorted(stated.days or DAYS, reverse=True)), tuple(sorted(stated.orders or ORDERS)), tuple(sorted(money))
    )
    words = [
        f"Recency: at most {_listed(limits.days)} days since the last order.",
        f"Frequency: at least {_listed(limits.orders)} orders.",
        f"Money: at least {_listed(limits.money)} in all."
        if limits.money
        else "No amounts: frequency counts for money.",
    ]
    if not stated.money and limits.money:
        words.append(
            f"Limits of money are {_listed(BASKETS)} mean orders' worth on the day, as none are stated under [rfm] in lifeworth.toml."
        )
    words.append("Each limit reached is one more on a score of 1 to 5; the names are those of the RFM groups.")
    return Scheme(
        "rfm-fixed",
        "RFM groups by fixed limits",
        "Group",
        rfm.GROUPS,
        lambda later: rfm.by_limits(later.history, limits),
        (" ".join(words),),
    )


def _lifecycle(engine: Engine) -> Scheme:
    def assign(known: Known) -> Table:
        gap = engine.row(usual_gap(known.history))["gap"]
        return lifecycle(known.history, gap).select("customer_id", segment="lifecycle_status")

    # Who was new and now is active has not fallen.
    ranking = ("Active", "New", *(name for name in STATUSES if name not in {"Active", "New"}))
    return Scheme("lifecycle", "Lifecycle status", "Status", STATUSES, assign, ranking=ranking)


def _clusters(engine: Engine, known: Known, settings: Settings) -> Scheme:
    rows = engine.arrow(clusters.sample(known.history))
    found = clusters.find(clusters.features(rows), seed=settings.seed)
    if found is None:
        raise DataError(
            f"Clusters need at least {clusters.LEAST} customers who differ from each other; "
            f"these are {rows.num_rows:,}.",
            hint="lifeworth segments --scheme rfm cuts a base of any size.",
        )
    return Scheme(
        "clusters",
        "Clusters of like customers",
        "Cluster",
        found.groups,
        lambda later: clusters.assign(later.history, found),
        (found.how,),
        Text(found.verdict, tone="good" if found.stable and found.natural else "warning"),
    )


def _rules(known: Known, settings: Settings) -> Scheme:
    if not settings.segments:
        raise OptionError(
            "No segments of your own are written down.",
            hint="Write them into lifeworth.toml: [segments], then big_germans = \"orders >= 3 and country == 'DE'\".",
        )
    conditions(known.described, settings.segments)
    groups = dict(settings.segments) | {REST: "meets none of the conditions"}
    return Scheme(
        "rules",
        "Your own segments",
        "Segment",
        groups,
        lambda later: ruled(later.described, settings.segments),
        ("Who meets several conditions is counted in the first of them, so every customer is counted once.",),
    )


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:,g}" for value in values)
