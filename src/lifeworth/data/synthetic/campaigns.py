"""Campaigns with a random hold-out: what they add to some segments and cost in others is known to the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, cents, pick, stream
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.purchases import Buying, OrderLog
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import SEGMENTS, Campaign, World

ARMS = ("treated", "control")
GUIDE = "brewing-guide"


@dataclass(frozen=True)
class Reached:
    """Customers assigned in one campaign."""

    name: str
    cost: float
    customer: Ints
    treated: Bools
    segment: Ints
    time: Floats


def run_campaigns(
    seed: int, world: World, span: Span, people: People, buying: Buying, log: OrderLog
) -> tuple[OrderLog, list[Reached], list[dict[str, Any]]]:
    """Run every campaign over the log, in turn.

    Returns:
        The log as it came to be, who was assigned, and the true effect per campaign and segment.
    """
    consent = people.reachable(seed)
    reached = [_guide(people)]
    facts = []
    for campaign in world.campaigns:
        rng = stream(seed, f"campaign {campaign.name}")
        group = _assign(rng, campaign, span, people, log, consent)
        log, truth = _effect(rng, campaign, buying, log, group)
        reached.append(group)
        facts.append(truth)
    return log, reached, facts


def _guide(people: People) -> Reached:
    """The onboarding guide is a trial as well: sent to a random half of all new customers, an hour after they order."""
    everybody = np.arange(len(people), dtype=np.int64)
    return Reached(GUIDE, 0.05, everybody, people.invited, np.zeros(len(people), dtype=np.int64), people.joined)


def _assign(
    rng: np.random.Generator, campaign: Campaign, span: Span, people: People, log: OrderLog, consent: Bools
) -> Reached:
    """Everybody who may be written to and has ordered before the day, held out at random."""
    day = np.floor(campaign.at * span.days)
    last = np.full(len(people), -np.inf)
    before = log.time < day
    np.maximum.at(last, log.customer[before], log.time[before])
    orders = np.bincount(log.customer[before], minlength=len(people))
    since = day - last
    segment = np.where(since > 240, 3, np.where(since > 90, 2, np.where(orders > 1, 1, 0)))
    who = np.flatnonzero((orders > 0) & consent).astype(np.int64)
    treated = rng.random(len(who)) >= campaign.held_out
    return Reached(campaign.name, campaign.cost, who, treated, segment[who], np.full(len(who), day + 9 / 24))


def _effect(
    rng: np.random.Generator, campaign: Campaign, buying: Buying, log: OrderLog, group: Reached
) -> tuple[OrderLog, dict[str, Any]]:
    """Add the orders a campaign prompts and take away those it spoils, within its window."""
    more = np.array([campaign.more.get(name, 0.0) for name in SEGMENTS])[group.segment]
    fewer = np.array([campaign.fewer.get(name, 0.0) for name in SEGMENTS])[group.segment]
    start = float(group.time[0]) if len(group.time) else 0.0
    # When an order would follow, and whether the customer still buys by then.
    after = start + np.minimum(rng.exponential(5.0, len(group.customer)), campaign.window - 1e-3)
    alive = buying.left[group.customer] > after

    spoiled = np.zeros(len(buying.left))
    spoiled[group.customer[group.treated]] = fewer[group.treated]
    window = (log.time >= start) & (log.time < start + campaign.window) & ~log.first
    natural = np.bincount(log.customer[window], minlength=len(buying.left))[group.customer]
    keep = ~(window & (rng.random(len(log)) < spoiled[log.customer]))

    prompted = group.treated & alive & (rng.random(len(alive)) < more)
    truth = {
        "campaign": campaign.name,
        "window_days": campaign.window,
        "cost": campaign.cost,
        "segments": [
            {
                "segment": name,
                "customers": int(part.sum()),
                "extra_order_if_alive": campaign.more.get(name, 0.0),
                "share_of_orders_spoiled": campaign.fewer.get(name, 0.0),
                # Both outcomes of everybody are known here: what they order anyway, and what the campaign changes.
                "orders_without": float(natural[part].mean()) if part.any() else 0.0,
                "effect_on_orders": float((more * alive - fewer * natural)[part].mean()) if part.any() else 0.0,
            }
            for place, name in enumerate(SEGMENTS)
            for part in (group.segment == place,)
        ],
    }
    return log.only(keep).plus(group.customer[prompted], after[prompted], prompted=True).in_time(), truth


def assignments(span: Span, people: People, reached: list[Reached]) -> pa.Table:
    """The table, campaign by campaign."""
    treated = np.concatenate([group.treated for group in reached])
    names = [group.name for group in reached]
    campaign = np.repeat(np.arange(len(reached)), [len(group.customer) for group in reached])
    costs = np.array([round(group.cost * 100) for group in reached], dtype=np.int64)[campaign]
    return table(
        "assignments",
        {
            "campaign_id": pick(names, campaign),
            "customer_id": people.ids(np.concatenate([group.customer for group in reached])),
            "arm": pick(ARMS, (~treated).astype(np.int64)),
            "segment": pick(SEGMENTS, np.concatenate([group.segment for group in reached])),
            "assigned_at": span.moments(np.concatenate([group.time for group in reached])),
            "cost": cents(np.where(treated, costs, 0)),
        },
    )
