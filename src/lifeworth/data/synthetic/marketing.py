"""Money spent to win customers, and how many it wins: each further euro of a month brings a little less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic.arrays import Floats, Ints, cents, pick, stream
from lifeworth.data.synthetic.leads import Leads
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import World

_SLOWED = {"paid search", "paid social", "organic"}
_RETENTION = (("email", "lifecycle letters", 1.15), ("store", "loyalty evenings", 0.80), ("app", "push messages", 0.45))


@dataclass(frozen=True)
class Marketing:
    """Spend in cents and expected new customers, both by channel and month; `scale` is the size of the business."""

    world: World
    span: Span
    scale: float
    spend: Ints
    expected: Floats
    retention: Ints

    def spending(self) -> pa.Table:
        """The table: a row for each month, channel and campaign."""
        rows: list[tuple[int, str, str, str, int]] = []
        first, _ = self.span.month_bounds
        for month in range(self.span.months):
            day = int(first[month])
            for channel, amount in zip(self.world.channels, self.spend[:, month], strict=True):
                parts = len(channel.campaigns)
                for place, campaign in enumerate(channel.campaigns):
                    part = int(amount) * (place + 1) // parts - int(amount) * place // parts
                    rows.append((day, channel.name, campaign, "acquisition", part))
            for (name, campaign, _), amount in zip(_RETENTION, self.retention[:, month], strict=True):
                rows.append((day, name, campaign, "retention", int(amount)))
        days, channels, campaigns, purposes, amounts = zip(*rows, strict=True)
        return table(
            "marketing_spend",
            {
                "spent_on": self.span.dates(np.array(days)),
                "channel": pa.array(channels),
                "campaign": pa.array(campaigns),
                "purpose": pa.array(purposes),
                "amount": cents(np.array(amounts, dtype=np.int64)),
            },
        )

    def facts(self) -> list[dict[str, Any]]:
        """The true response of every channel, at the size of this business."""
        return [
            {
                "channel": channel.name,
                "base": channel.base * self.scale,
                "top": channel.top * self.scale,
                "half_spend": channel.half_spend * self.scale,
                "spend": float(self.spend[place].sum()) / 100,
                "expected_customers": float(self.expected[place].sum()),
            }
            for place, channel in enumerate(self.world.channels)
        ]


def plan_marketing(seed: int, world: World, span: Span, customers: int, leads: Leads) -> Marketing:
    """Draw the budgets and set the size of the business so that it expects `customers` new customers in all."""
    rng = stream(seed, "marketing")
    month = span.month_starts.astype("datetime64[M]").astype(np.int64) % 12
    season = np.asarray(world.joining_season)[month]
    growth = 1 + world.growth * np.arange(span.months) / max(span.months - 1, 1)
    budget = np.array([channel.budget for channel in world.channels])[:, None]
    # Budgets follow the season, and are moved up and down on purpose: without that nobody could read the curve.
    moved = np.exp(rng.normal(0.0, 0.35, (len(world.channels), span.months)))
    spend = budget * season**0.8 * moved
    base, top, half = (
        np.array([getattr(channel, part) for channel in world.channels])[:, None]
        for part in ("base", "top", "half_spend")
    )
    slowed = np.array([channel.name in _SLOWED for channel in world.channels])[:, None]
    speed = np.exp(world.speed_on_joiners * leads.lagged("site_speed_seconds", world.speed_lag) * slowed)
    expected = (base + top * spend / (spend + half)) * season * growth * speed * span.month_shares
    scale = customers / expected.sum()
    retention = np.array([weight for *_, weight in _RETENTION])[:, None] * 100 * growth * season
    in_cents = 100 * scale * span.month_shares
    return Marketing(
        world,
        span,
        scale,
        np.round(spend * in_cents).astype(np.int64),
        expected * scale,
        np.round(retention * in_cents * rng.uniform(0.9, 1.1, retention.shape)).astype(np.int64),
    )


def channel_names(world: World, channel: Ints) -> pa.Array:
    """Names of channels by index."""
    return pick([c.name for c in world.channels], channel)
