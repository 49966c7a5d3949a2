"""Who comes when and how: month and channel from the marketing, then everything a person brings along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, choose, label, logistic, pick, stream
from lifeworth.data.synthetic.catalogue import CATEGORIES, NAMES
from lifeworth.data.synthetic.marketing import Marketing, channel_names
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import COUNTRIES, World

FIRST_NUMBER = 100_001
TIERS = ("basic", "silver", "gold")
STEPS = ("account_created", "taste_profile", "guide_read")


@dataclass(frozen=True)
class People:
    """Customers in the order of their first order; every array has one value for each of them."""

    joined: Floats
    """Time of the first order, days since the start."""
    channel: Ints
    category: Ints
    country: Ints
    taste: Floats
    service: Floats
    """How good the service is that this customer meets; quick answers come from it."""
    satisfaction: Floats
    invited: Bools
    steps: Floats
    """Days from the first order to each onboarding step, (customers, 3); infinite where it is never taken."""
    referrer: Ints
    """Position of the customer who brought this one; −1 for none."""

    def __len__(self) -> int:
        return len(self.joined)

    @property
    def onboarded(self) -> Bools:
        """Whether every step is taken within 30 days of the first order."""
        return np.asarray((self.steps <= 30).all(axis=1))

    def ids(self, index: Ints | None = None) -> pa.Array:
        """Customer numbers, of all or of these positions; a negative position is nobody."""
        place = np.arange(len(self), dtype=np.int64) if index is None else index
        return label("C", place + FIRST_NUMBER, missing=place < 0)

    def milestones(self, span: Span) -> pa.Table:
        """The table: every step taken by the end of the span."""
        reached = span.opening_hours(self.joined[:, None] + self.steps.clip(max=1e6))
        reached = np.maximum(reached, self.joined[:, None])
        who, step = np.nonzero(reached < span.days)
        return table(
            "milestones",
            {
                "customer_id": self.ids(who),
                "milestone": pick(STEPS, step),
                "reached_at": span.moments(reached[who, step]),
            },
        )

    def referrals(self, seed: int, span: Span) -> pa.Table:
        """The table: who brought whom, the invitation a few days before the first order."""
        rng = stream(seed, "referrals")
        who = np.flatnonzero(self.referrer >= 0)
        source = self.referrer[who]
        sent = np.maximum(self.joined[who] - rng.exponential(4.0, len(who)), self.joined[source])
        return table(
            "referrals",
            {
                "referrer_id": self.ids(source),
                "referred_id": self.ids(who),
                "referred_at": span.moments(sent),
            },
        )

    def customers(self, seed: int, world: World, span: Span, spent: Ints) -> pa.Table:
        """The table; `spent` is each customer's net spend of the last 365 days, in cents."""
        rng = stream(seed, "attributes")
        count = len(self)
        tier = np.digitize(spent, [15_000, 40_000])
        born = np.clip(np.round(rng.normal(1983, 13, count)), 1940, 2006).astype(np.int64)
        return table(
            "customers",
            {
                "customer_id": self.ids(),
                "acquired_at": span.moments(self.joined),
                "acquisition_channel": channel_names(world, self.channel),
                "country": pick([name for name, _ in COUNTRIES], self.country),
                "first_category": pick(NAMES, self.category),
                "tier": pick(TIERS, tier),
                "birth_year": pa.array(born, mask=rng.random(count) > 0.35),
                "consent_email": self.reachable(seed),
                "consent_sms": rng.random(count) < 0.22,
                "consent_post": rng.random(count) < 0.48,
            },
        )

    def reachable(self, seed: int) -> Bools:
        """Who may be written to by e-mail."""
        return stream(seed, "consent").random(len(self)) < 0.72


def draw_people(seed: int, world: World, span: Span, customers: int, marketing: Marketing) -> People:
    """Draw the customers: cells of month and channel first, everything else given those."""
    rng = stream(seed, "people")
    cells = rng.multinomial(customers, (marketing.expected / marketing.expected.sum()).ravel())
    cell = np.repeat(np.arange(cells.size), cells)
    channel, month = np.divmod(cell, span.months)
    first, past = span.month_bounds
    day = np.asarray(first[month] + rng.random(customers) * (past - first)[month], dtype=np.float64)
    in_time = np.argsort(day, kind="stable")
    joined, channel = span.opening_hours(day[in_time]), channel[in_time].astype(np.int64)

    taste, service = rng.standard_normal(customers), rng.standard_normal(customers)
    satisfaction = world.taste_weight * taste + world.service_weight * service
    invited = rng.random(customers) < world.guide_invited
    channel, referrer = _referrers(rng, world, channel, satisfaction)
    first_lead = np.tile([c.first for c in CATEGORIES], (customers, 1))
    return People(
        joined=joined,
        channel=channel,
        category=choose(rng, first_lead),
        country=choose(rng, np.tile([share for _, share in COUNTRIES], (customers, 1))),
        taste=taste,
        service=service,
        satisfaction=satisfaction,
        invited=invited,
        steps=_steps(rng, world, taste, invited),
        referrer=referrer,
    )


def _steps(rng: np.random.Generator, world: World, taste: Floats, invited: Bools) -> Floats:
    """Days to each onboarding step.

    Who likes the coffee fills in a profile more often: a confounder, on purpose. The guide is read more often when
    invited to, and that is random.
    """
    read = np.where(invited, world.guide_read_if_invited, world.guide_read_if_not)
    chance = np.column_stack([np.full(len(taste), 0.92), logistic(0.6 + 0.5 * taste), read])
    days = rng.exponential([1.0, 5.0, 7.0], chance.shape)
    return np.where(rng.random(chance.shape) < chance, days, np.inf)


def _referrers(rng: np.random.Generator, world: World, channel: Ints, satisfaction: Floats) -> tuple[Ints, Ints]:
    """An earlier customer for everybody who came by referral, the satisfied more often."""
    by_referral = next(i for i, c in enumerate(world.channels) if c.name == "referral")
    elsewhere = next(i for i, c in enumerate(world.channels) if c.name == "organic")
    # Before there is anybody to refer them, nobody is referred.
    channel = np.where((channel == by_referral) & (np.arange(len(channel)) < 5), elsewhere, channel)
    weight = np.cumsum(np.exp(0.5 * satisfaction))
    who = np.flatnonzero(channel == by_referral)
    referrer = np.full(len(channel), -1, dtype=np.int64)
    referrer[who] = np.searchsorted(weight, rng.random(len(who)) * weight[who - 1], side="right")
    return channel, np.minimum(referrer, np.arange(len(channel)) - 1) if len(who) else referrer
