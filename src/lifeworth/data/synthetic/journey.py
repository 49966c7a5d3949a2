"""Contacts on all channels: the way to the first order, ways that led nowhere, and letters opened afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, choose, label, pick, stream
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.orders import Sales
from lifeworth.data.synthetic.purchases import SALE, Buying
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import World

KINDS = ("impression", "click", "visit", "order", "email_open", "email_click")
VISITORS_LOST = 2.0
"""Visitors who never order, per customer."""
TRUE_CHANNEL_IS = {"last": 0.55, "first": 0.30, "between": 0.15}
"""Where on the way to the first order the channel stands that really brought the customer."""
_EXPOSURE = {"paid social": 0.30, "paid search": 0.20, "organic": 0.25, "email": 0.10, "marketplace": 0.06}
_OPENS = 0.8
_OPENS_AFTER_LEAVING = 0.2

_Rows = tuple[Ints, Ints, Floats, Ints, Ints]


def draw_touchpoints(seed: int, world: World, span: Span, people: People, buying: Buying, sales: Sales) -> pa.Table:
    """The touchpoints table, oldest first."""
    rng = stream(seed, "touchpoints")
    lost = round(VISITORS_LOST * len(people))
    number = rng.permutation(len(people) + lost).astype(np.int64)
    exposure = np.array([_EXPOSURE.get(c.name, 0.045) for c in world.channels])
    parts: list[_Rows] = [
        _won(rng, exposure, people, number[: len(people)]),
        _lost(rng, exposure, span, number[len(people) :]),
        _visits(rng, people, sales),
        _letters(rng, world, span, people, buying, people.reachable(seed)),
    ]
    visitor, customer, time, channel, kind = (np.concatenate(part) for part in zip(*parts, strict=True))
    keep = np.flatnonzero((time >= 0) & (time < span.days))
    keep = keep[np.argsort(time[keep], kind="stable")]
    visitor, customer, time, channel, kind = visitor[keep], customer[keep], time[keep], channel[keep], kind[keep]
    return table(
        "touchpoints",
        {
            "visitor_id": label("V", visitor + 1_000_001, missing=visitor < 0),
            "customer_id": people.ids(customer),
            "occurred_at": span.moments(time),
            "channel": pick([c.name for c in world.channels], channel),
            "kind": pick(KINDS, kind),
            "campaign": _campaigns(world, span, time, channel, kind),
        },
    )


def _won(rng: np.random.Generator, exposure: Floats, people: People, number: Ints) -> _Rows:
    """The way of every customer: some contacts, one of them with the channel that counts, and the first order."""
    count = 1 + rng.poisson(1.6, len(people))
    who = np.repeat(np.arange(len(people), dtype=np.int64), count)
    place = np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count)
    to_go = count[who] - 1 - place
    where = rng.choice(3, len(people), p=list(TRUE_CHANNEL_IS.values()))
    middle = np.where(count > 2, 1 + (rng.random(len(people)) * np.maximum(count - 2, 1)).astype(int), 0)
    decides = np.where(where == 0, count - 1, np.where(where == 1, 0, middle))
    channel = choose(rng, np.tile(exposure, (len(who), 1)))
    channel = np.where(place == decides[who], people.channel[who], channel)
    # Days before the order: the last contact hours before it, each earlier one some days more.
    gap = np.where(to_go == 0, rng.exponential(0.3, len(who)), rng.exponential(5.0, len(who)))
    total = np.cumsum(gap[::-1])[::-1]
    after = np.append(total[np.cumsum(count)[:-1]], 0.0) if len(count) else np.zeros(0)
    time = people.joined[who] - (total - after[who])
    everybody = np.arange(len(people), dtype=np.int64)
    last = channel[np.cumsum(count) - 1]
    return (
        np.append(number[who], number),
        np.append(np.full(len(who), -1, dtype=np.int64), everybody),
        np.append(time, people.joined),
        np.append(channel, last),
        np.append(_kinds(rng, channel), np.full(len(people), KINDS.index("order"), dtype=np.int64)),
    )


def _lost(rng: np.random.Generator, exposure: Floats, span: Span, number: Ints) -> _Rows:
    """Visitors who never order: shorter ways, more of them by chance contacts."""
    count = 1 + rng.poisson(0.9, len(number))
    who = np.repeat(np.arange(len(number), dtype=np.int64), count)
    begun = rng.random(len(number)) * span.days
    channel = choose(rng, np.tile(exposure, (len(who), 1)))
    time = span.opening_hours(begun[who] + rng.exponential(6.0, len(who)))
    return number[who], np.full(len(who), -1, dtype=np.int64), time, channel, _kinds(rng, channel)


def _visits(rng: np.random.Generator, people: People, sales: Sales) -> _Rows:
    """The visit before a later order, of a customer who is known by then."""
    log = sales.log
    later = np.flatnonzero((log.kind == SALE) & ~log.first)
    later = later[rng.random(len(later)) < 0.7]
    who = log.customer[later]
    time = np.maximum(log.time[later] - rng.exponential(0.2, len(later)), people.joined[who])
    visit = np.full(len(later), KINDS.index("visit"), dtype=np.int64)
    return np.full(len(later), -1, dtype=np.int64), who, time, sales.channel[later], visit


def _letters(
    rng: np.random.Generator, world: World, span: Span, people: People, buying: Buying, consent: Bools
) -> _Rows:
    """Letters opened, month by month: by customers who still buy four times as often as by those who have left."""
    bought_until = np.minimum(buying.left, span.days)
    parts = []
    for begin, end, a_month in (
        (people.joined, bought_until, _OPENS),
        (bought_until, np.full(len(people), float(span.days)), _OPENS_AFTER_LEAVING),
    ):
        count = rng.poisson(np.where(consent, a_month * np.maximum(end - begin, 0) / 30.4, 0.0))
        who = np.repeat(np.arange(len(people), dtype=np.int64), count)
        time = begin[who] + rng.random(len(who)) * (end - begin)[who]
        parts.append((who, np.maximum(span.opening_hours(time), people.joined[who])))
    who, time = (np.concatenate(part) for part in zip(*parts, strict=True))
    channel = np.full(len(who), [c.name for c in world.channels].index("email"), dtype=np.int64)
    kind = np.where(rng.random(len(who)) < 0.12, KINDS.index("email_click"), KINDS.index("email_open"))
    return np.full(len(who), -1, dtype=np.int64), who, time, channel, kind.astype(np.int64)


def _kinds(rng: np.random.Generator, channel: Ints) -> Ints:
    """What a contact is: of advertisements mostly seen or clicked, elsewhere a visit. Channels as in the world."""
    clicked = rng.random(len(channel))
    paid = np.where(clicked < 0.45, KINDS.index("impression"), KINDS.index("click"))
    kind = np.where(channel == 1, paid, np.where(channel == 0, KINDS.index("click"), KINDS.index("visit")))
    return np.where(channel == 2, KINDS.index("email_click"), kind).astype(np.int64)


def _campaigns(world: World, span: Span, time: Floats, channel: Ints, kind: Ints) -> pa.Array:
    """The campaign of a paid contact, and of a letter the month it was sent in."""
    names = [c.campaigns for c in world.channels]
    flat = [name for group in names for name in group]
    starts = np.cumsum([0, *(len(group) for group in names)])[:-1]
    sizes = np.array([len(group) for group in names])
    paid = starts[channel] + np.floor(time * 24).astype(np.int64) % sizes[channel]
    has_campaign = np.isin(channel, [0, 1]) & (kind <= 1)
    letter = np.isin(kind, [KINDS.index("email_open"), KINDS.index("email_click")])
    months = [f"letter {month}" for month in span.month_starts.astype("datetime64[M]").astype(str)]
    return pc.coalesce(
        pick(flat, np.where(has_campaign, paid, -1)), pick(months, np.where(letter, span.month_of(time), -1))
    )


def journey_facts() -> dict[str, Any]:
    """What is true of the contacts, as plain data."""
    return {
        "true_channel_is": dict(TRUE_CHANNEL_IS),
        "letters_opened_a_month": {"while_buying": _OPENS, "after_leaving": _OPENS_AFTER_LEAVING},
    }
