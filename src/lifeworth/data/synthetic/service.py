"""Customer service: who writes in about what, how fast they are answered, how content they are, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, cents, choose, label, pick, stream
from lifeworth.data.synthetic.club import Club
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.leads import Leads
from lifeworth.data.synthetic.orders import Sales
from lifeworth.data.synthetic.phrases import TOPICS, ticket_texts
from lifeworth.data.synthetic.purchases import SALE
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import World

WAYS = ("email", "chat", "phone", "social")
_WAY_SHARES = (0.52, 0.24, 0.16, 0.08)
_REPLY_HOURS = np.array([8.0, 0.12, 0.05, 3.5])
AGENTS = {"Ada": 0.0, "Bruno": -0.15, "Chioma": 0.0, "Dilek": -0.1, "Emil": 0.0, "Femke": 0.1, "Goran": 0.0, "Ivo": 0.5}
"""Agents and what each adds to the log of the hours until the first reply."""
_TOPIC_SHARES = np.array([0.30, 0.12, 0.16, 0.18, 0.12, 0.12, 0.0])
_SOLVE_HOURS = np.array([30.0, 26.0, 40.0, 3.0, 16.0, 5.0, 6.0])
_RETURN_COST = 490


@dataclass(frozen=True)
class Tickets:
    """Requests, oldest first, one value each; times are days since the start."""

    customer: Ints
    opened: Floats
    replied: Floats
    resolved: Floats
    way: Ints
    topic: Ints
    agent: Ints
    reopened: Bools
    csat: Ints
    """0 where nothing was answered."""
    span: Span

    def table(self, seed: int, people: People) -> pa.Table:
        """The tickets table; what has not happened by the end of the span is null."""
        rng = stream(seed, "ticket texts")
        return table(
            "tickets",
            {
                "ticket_id": label("T", np.arange(len(self.customer)) + 20_001),
                "customer_id": people.ids(self.customer),
                "opened_at": self.span.moments(self.opened),
                "first_reply_at": self._if_past(self.replied),
                "resolved_at": self._if_past(self.resolved),
                "channel": pick(WAYS, self.way),
                "topic": pick(TOPICS, self.topic),
                "agent": pick(list(AGENTS), self.agent),
                "reopened": self.reopened,
                "csat": pa.array(self.csat, mask=self.csat == 0),
                "text": ticket_texts(rng, self.topic),
            },
        )

    def _if_past(self, time: Floats) -> pa.Array:
        return pa.array(self.span.moments(time), mask=time >= self.span.days)

    def costs(self, seed: int, people: People, sales: Sales) -> pa.Table:
        """The service_costs table: the time of a ticket, the handling of a return."""
        rng = stream(seed, "service costs")
        minutes = np.array([9, 12, 11, 8, 9, 6, 8])[self.topic] * rng.gamma(4.0, 0.25, len(self.customer))
        minutes = minutes * np.array([1.0, 0.8, 1.2, 0.9])[self.way] * np.where(self.reopened, 1.6, 1.0)
        returned = sales.log.customer[sales.lines.order[sales.returns.line]]
        time = np.append(self.opened, sales.returns.time)
        order = np.argsort(time, kind="stable")
        amount = np.append(np.round(minutes * 55).astype(np.int64), np.full(len(returned), _RETURN_COST))
        kind = np.append(np.zeros(len(minutes), dtype=np.int64), np.ones(len(returned), dtype=np.int64))
        return table(
            "service_costs",
            {
                "customer_id": people.ids(np.append(self.customer, returned)[order]),
                "incurred_at": self.span.dates(time[order]),
                "kind": pick(("ticket", "return"), kind[order]),
                "amount": cents(amount[order]),
            },
        )


def draw_tickets(
    seed: int, world: World, span: Span, people: People, sales: Sales, club: Club, leads: Leads
) -> Tickets:
    """Draw the requests that orders and subscriptions give rise to, and what becomes of them."""
    rng = stream(seed, "tickets")
    sold = sales.log.kind == SALE
    buyer, bought = sales.log.customer[sold], sales.log.time[sold]
    asks = rng.random(len(buyer)) < 0.085 * np.exp(-0.3 * people.service[buyer])
    begun = (club.started - np.datetime64(span.start)).astype(np.float64)
    ended = np.where(np.isnat(club.ended), span.days, (club.ended - np.datetime64(span.start)).astype(np.float64))
    months = rng.poisson(0.03 * (ended - begun) / 30)
    about_club = np.repeat(np.arange(len(begun)), months)
    customer = np.append(buyer[asks], club.customer[about_club])
    opened = np.append(
        bought[asks] + rng.exponential(5.0, int(asks.sum())),
        begun[about_club] + rng.random(len(about_club)) * (ended - begun)[about_club],
    )
    of_club = np.append(np.zeros(int(asks.sum()), dtype=bool), np.ones(len(about_club), dtype=bool))
    opened = np.where(of_club, np.maximum(span.opening_hours(opened), people.joined[customer]), opened)
    keep = np.flatnonzero(opened < span.days)
    keep = keep[np.argsort(opened[keep], kind="stable")]
    customer, opened, of_club = customer[keep].astype(np.int64), opened[keep], of_club[keep]

    count = len(customer)
    topic = np.where(of_club, len(TOPICS) - 1, choose(rng, _topic_odds(world, span, opened)))
    way = choose(rng, np.tile(_WAY_SHARES, (count, 1)))
    agent = rng.integers(0, len(AGENTS), count)
    month = span.month_of(opened)
    training = leads.lagged("training_hours", world.training_lag)[month]
    enps = leads.lagged("employee_enps", world.enps_lag)[month]
    slower = (
        -0.45 * people.service[customer]
        + world.training_on_first_reply * training
        + np.array(list(AGENTS.values()))[agent]
        + rng.normal(0.0, 0.6, count)
    )
    replied = opened + _REPLY_HOURS[way] * np.exp(slower) / 24
    resolved = replied + _SOLVE_HOURS[topic] * np.exp(rng.normal(0.0, 0.8, count)) / 24
    reopened = rng.random(count) < 0.08 * np.exp(-0.25 * people.service[customer])
    content = 3.75 + 0.7 * people.satisfaction[customer] - 0.15 * slower + world.enps_on_csat * enps - 0.6 * reopened
    answers = (rng.random(count) < 0.45) & (resolved < span.days)
    score = np.clip(np.round(content + rng.normal(0.0, 0.7, count)), 1, 5).astype(np.int64)
    return Tickets(customer, opened, replied, resolved, way, topic, agent, reopened, np.where(answers, score, 0), span)


def _topic_odds(world: World, span: Span, opened: Floats) -> Floats:
    """Shares of the topics at each time; one of them has begun to rise."""
    odds = np.tile(_TOPIC_SHARES, (len(opened), 1))
    rises = TOPICS.index(world.rising_topic)
    odds[:, rises] *= np.where(opened >= world.rising_from * span.days, world.rising_factor, 1.0)
    return odds


def service_facts(world: World) -> dict[str, Any]:
    """What is true of the service, as plain data."""
    return {
        "service_on_log_reply_hours": -0.45,
        "agents_on_log_reply_hours": dict(AGENTS),
        "satisfaction_on_csat": 0.7,
        "rising_topic": {"topic": world.rising_topic, "factor": world.rising_factor, "from": world.rising_from},
    }
