"""When customers order: the BG/NBD process, moved by channel, first category, onboarding and satisfaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, log_odds, logistic, stream
from lifeworth.data.synthetic.catalogue import CATEGORIES
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.process import expected_purchases, repeat_purchases
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.world import World
from lifeworth.units import Period


@dataclass(frozen=True)
class Buying:
    """How each customer buys: true values, one per customer."""

    rate: Floats
    """λ, orders a day."""
    dropout: Floats
    """p, probability to leave after a repeat order."""
    spend_rate: Floats
    """ν: an order's net value is Gamma(p, ν) in euros."""
    left: Floats
    """Time of the order after which the customer left; infinite while they buy."""

    @property
    def alive(self) -> Bools:
        """Who still buys at the end of the span."""
        return np.asarray(np.isinf(self.left))

    def expected_orders(self, span: Span, horizon: Period) -> Floats:
        """Orders the process will place in the period after the span, campaigns apart."""
        ahead = expected_purchases(self.rate, self.dropout, span.busy_ahead(horizon))
        return np.where(self.alive, ahead, 0.0)


SALE, GUEST, CANCELLED, UNPAID, TEST, UNREADABLE = range(6)
"""What became of an order: the first two count as revenue, the others are dirt of the export."""


@dataclass(frozen=True)
class OrderLog:
    """Orders, one value each: who (−1 is nobody known), when (days since the start), and what became of it."""

    customer: Ints
    time: Floats
    first: Bools
    prompted: Bools
    """Placed only because of a campaign."""
    kind: Ints

    def __len__(self) -> int:
        return len(self.customer)

    def only(self, keep: Bools) -> OrderLog:
        """The orders kept."""
        return self._at(np.flatnonzero(keep))

    def plus(self, customer: Ints, time: Floats, *, prompted: bool = False, kind: int = SALE) -> OrderLog:
        """These orders and further ones, none of them a first."""
        count = len(customer)
        return OrderLog(
            np.append(self.customer, customer),
            np.append(self.time, time),
            np.append(self.first, np.zeros(count, dtype=bool)),
            np.append(self.prompted, np.full(count, prompted)),
            np.append(self.kind, np.full(count, kind, dtype=np.int64)),
        )

    def in_time(self) -> OrderLog:
        """The same orders, oldest first."""
        return self._at(np.argsort(self.time, kind="stable"))

    def _at(self, place: Ints) -> OrderLog:
        return OrderLog(
            self.customer[place], self.time[place], self.first[place], self.prompted[place], self.kind[place]
        )


def draw_purchases(seed: int, world: World, span: Span, people: People) -> tuple[Buying, OrderLog]:
    """Draw everybody's parameters and every order of the process, the first one included."""
    rng = stream(seed, "purchases")
    count = len(people)
    channel = np.array([(c.rate, c.dropout, c.spend) for c in world.channels])[people.channel]
    category = np.array([c.rate for c in CATEGORIES])[people.category]
    onboarded = people.onboarded
    rate = rng.gamma(world.r, 1.0, count) / world.alpha * channel[:, 0] * category
    rate = np.maximum(rate * np.where(onboarded, world.onboarded_on_rate, 1.0), 1e-300)
    odds = log_odds(rng.beta(world.a, world.b, count)) + channel[:, 1] + world.onboarded_on_dropout * onboarded
    dropout = logistic(odds + world.satisfaction_on_dropout * people.satisfaction)
    spend_rate = rng.gamma(world.q, 1.0, count) / world.v / channel[:, 2]

    joined = span.busy(people.joined)
    owner, wait, left = repeat_purchases(rng, rate, dropout, span.busy(np.array(span.days)) - joined)
    time = span.opening_hours(span.calendar(joined[owner] + wait))
    # The clock of the shop may not put an order before the one that brought the customer.
    time = np.maximum(time, people.joined[owner])
    gone = np.isfinite(left)
    left = np.where(gone, span.calendar(joined + np.where(gone, left, 0.0)), np.inf)
    log = OrderLog(
        np.append(np.arange(count, dtype=np.int64), owner),
        np.append(people.joined, time),
        np.append(np.ones(count, dtype=bool), np.zeros(len(owner), dtype=bool)),
        np.zeros(count + len(owner), dtype=bool),
        np.full(count + len(owner), SALE, dtype=np.int64),
    )
    return Buying(rate, dropout, spend_rate, left), log.in_time()
