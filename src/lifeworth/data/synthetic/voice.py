"""What customers say when asked, and unasked: NPS, CSAT, CES and reviews, all from the same satisfaction."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, choose, label, pick, stream
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.orders import Sales
from lifeworth.data.synthetic.phrases import ASPECTS, opinions
from lifeworth.data.synthetic.purchases import SALE
from lifeworth.data.synthetic.service import Tickets
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table

KINDS = ("nps", "csat", "ces", "review")
_SCALE = np.array([10, 5, 7, 5])
_LEAST = np.array([0, 1, 1, 1])
# Score of a customer of middling satisfaction, what a point of satisfaction adds, and the chance of the day.
_MIDDLE = np.array([8.4, 4.15, 5.4, 4.25])
_SLOPE = np.array([1.5, 0.6, 0.6, 0.75])
_NOISE = np.array([1.4, 0.7, 1.1, 0.8])
# Scores up to the first are unhappy, from the second on happy.
_UNHAPPY = np.array([6, 2, 3, 2])
_HAPPY = np.array([9, 4, 6, 4])
_WITH_TEXT = np.array([0.40, 0.12, 0.10, 0.85])


def draw_feedback(seed: int, span: Span, people: People, sales: Sales, tickets: Tickets) -> pa.Table:
    """The feedback table, oldest first."""
    rng = stream(seed, "feedback")
    answers = [
        _nps(rng, people, span),
        _after_orders(rng, sales, 0.045, 3.0, 1),
        _after_tickets(rng, tickets),
        _after_orders(rng, sales, 0.05, 9.0, 3),
    ]
    customer, time, kind = (np.concatenate(part) for part in zip(*answers, strict=True))
    time = span.opening_hours(time)
    keep = np.flatnonzero(time < span.days)
    keep = keep[np.argsort(time[keep], kind="stable")]
    customer, time, kind = customer[keep], time[keep], kind[keep]

    content = np.where(kind == 2, people.service[customer], people.satisfaction[customer])
    score = np.round(_MIDDLE[kind] + _SLOPE[kind] * content + _NOISE[kind] * rng.standard_normal(len(kind)))
    score = np.clip(score, _LEAST[kind], _SCALE[kind]).astype(np.int64)
    mood = np.where(score <= _UNHAPPY[kind], 0, np.where(score >= _HAPPY[kind], 2, 1)).astype(np.int64)
    text = opinions(rng, _aspects(rng, kind, mood), mood)
    silent = rng.random(len(kind)) >= _WITH_TEXT[kind]
    return table(
        "feedback",
        {
            "feedback_id": label("F", np.arange(len(kind)) + 30_001),
            "customer_id": people.ids(customer),
            "given_at": span.moments(time),
            "kind": pick(KINDS, kind),
            "score": score,
            "scale_max": _SCALE[kind],
            "text": pc.if_else(pa.array(silent), pa.scalar(None, pa.string()), text),
        },
    )


def _nps(rng: np.random.Generator, people: People, span: Span) -> tuple[Ints, Floats, Ints]:
    """Asked 30 days after the first order and once a year from then on; one in five answers."""
    rounds = np.maximum(np.ceil((span.days - 30 - people.joined) / 365), 0).astype(np.int64)
    who = np.repeat(np.arange(len(people), dtype=np.int64), rounds)
    turn = np.arange(len(who)) - np.repeat(np.cumsum(rounds) - rounds, rounds)
    asked = people.joined[who] + 30 + 365 * turn
    answer: Bools = rng.random(len(who)) < 0.20
    return who[answer], asked[answer] + rng.exponential(2.0, int(answer.sum())), np.zeros(int(answer.sum()), np.int64)


def _after_orders(
    rng: np.random.Generator, sales: Sales, share: float, days: float, kind: int
) -> tuple[Ints, Floats, Ints]:
    sold = np.flatnonzero(sales.log.kind == SALE)
    sold = sold[rng.random(len(sold)) < share]
    time = sales.log.time[sold] + 2 + rng.gamma(2.0, days / 2, len(sold))
    return sales.log.customer[sold], time, np.full(len(sold), kind, np.int64)


def _after_tickets(rng: np.random.Generator, tickets: Tickets) -> tuple[Ints, Floats, Ints]:
    chosen = np.flatnonzero(rng.random(len(tickets.customer)) < 0.18)
    time = tickets.resolved[chosen] + rng.exponential(1.0, len(chosen))
    return tickets.customer[chosen], time, np.full(len(chosen), 2, np.int64)


def _aspects(rng: np.random.Generator, kind: Ints, mood: Ints) -> Ints:
    """What an opinion is about: the unhappy speak of delivery and price, the happy of taste; after a ticket of service."""
    by_mood = np.array(
        [
            [0.14, 0.30, 0.20, 0.12, 0.16, 0.08],
            [0.28, 0.18, 0.20, 0.12, 0.10, 0.12],
            [0.44, 0.14, 0.10, 0.10, 0.10, 0.12],
        ]
    )
    drawn = choose(rng, by_mood[mood])
    return np.where(kind == 2, ASPECTS.index("service"), drawn)
