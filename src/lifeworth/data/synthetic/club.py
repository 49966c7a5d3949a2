"""The subscription club: trials, renewals month by month, changes of plan, pauses, and two ways to leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, cents, choose, label, log_odds, logistic, pick, stream
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import World

Days = npt.NDArray[np.datetime64]

OPEN, CUSTOMER, PAYMENT, TRIAL, UPGRADE, DOWNGRADE, PAUSE = range(-1, 6)
_ENDED_BY = ("customer", "payment", "trial", "upgrade", "downgrade", "pause")
_REASONS = ("price", "too much coffee", "quality", "another roaster", "moving", "no reason given", "payment failed")
_FIRST_NUMBER = 10_001
# The more dissatisfied, the more often quality or another roaster is the reason; the rest is everyday life.
_REASON_ODDS = np.array([0.0, 0.1, -0.8, -0.9, -1.2, -0.3])
_REASON_SLOPE = np.array([-0.1, 0.2, -0.8, -0.5, 0.0, 0.0])


@dataclass(frozen=True)
class Club:
    """Stretches of subscriptions, one value each, oldest first; `hazard` is one per customer."""

    chain: Ints
    customer: Ints
    plan: Ints
    yearly: Bools
    started: Days
    trial: Days
    ended: Days
    by: Ints
    hazard: Floats
    """θ, each subscriber's true probability to cancel at a renewal; not a number for others."""
    facts: dict[str, Any]

    def subscriptions(self, seed: int, world: World, people: People) -> pa.Table:
        """The table."""
        rng = stream(seed, "cancel reasons")
        monthly = np.array([round(p.price * 100) for p in world.plans], dtype=np.int64)[self.plan]
        a_twelfth = np.round(monthly * world.annual_months_paid / 12).astype(np.int64)
        odds = _REASON_ODDS + _REASON_SLOPE * people.satisfaction[self.customer][:, None]
        said = choose(rng, np.exp(odds))
        reason = np.where(self.by == CUSTOMER, said, np.where(self.by == PAYMENT, len(_REASONS) - 1, -1))
        return table(
            "subscriptions",
            {
                "subscription_id": label("S", np.arange(len(self.chain)) + _FIRST_NUMBER),
                "customer_id": people.ids(self.customer),
                "plan": pick([p.name for p in world.plans], self.plan),
                "interval": pick(("month", "year"), self.yearly.astype(np.int64)),
                "started_at": self.started,
                "trial_ends_at": self.trial,
                "ended_at": self.ended,
                "mrr": cents(np.where(self.yearly, a_twelfth, monthly)),
                "ended_by": pick(_ENDED_BY, self.by),
                "cancel_reason": pick(_REASONS, reason),
                "follows": label("S", self._before() + _FIRST_NUMBER, missing=self._before() < 0),
            },
        )

    def _before(self) -> Ints:
        """Position of the stretch of the same subscription before this one; −1 for the first."""
        before: Ints = np.full(len(self.chain), -1, dtype=np.int64)
        together = np.argsort(self.chain, kind="stable")
        same = self.chain[together][1:] == self.chain[together][:-1]
        before[together[1:][same]] = together[:-1][same]
        return before


def run_club(seed: int, world: World, span: Span, people: People) -> Club:
    """Draw who joins and play every subscription, renewal by renewal, until it ends or the span does."""
    rng = stream(seed, "club")
    who, started = _joiners(rng, world, span, people)
    count = len(who)
    plan = choose(rng, np.tile([p.share for p in world.plans], (count, 1)))
    yearly = rng.random(count) < world.annual_share
    theta = _hazards(rng, world, plan, yearly, people.satisfaction[who])

    none = np.datetime64("NaT", "D")
    tries = ~yearly & (rng.random(count) < world.trial_share)
    trial = np.where(tries, started + world.trial_days, none)
    stays = ~tries | (rng.random(count) < world.trial_converts)
    play = _Play(rng, world, span, plan.copy(), yearly, theta, np.where(tries, trial, started), started.copy(), trial)
    play.close(np.flatnonzero(~stays & (trial <= np.datetime64(span.end))), trial, TRIAL)
    running = np.flatnonzero(stays).astype(np.int64)
    month = 0
    while running.size:
        month += 1
        running = play.month(running, month)
    play.leave_open(np.flatnonzero(~stays & (trial > np.datetime64(span.end))))

    chain, plans, begun, trials, ended, by = (np.concatenate(part) for part in zip(*play.rows, strict=True))
    order = np.lexsort((chain, begun))
    hazard = np.full(len(people), np.nan)
    hazard[who] = theta
    facts = {
        "subscribers": count,
        "trials": int(tries.sum()),
        "renewals": {"month": play.renewals[0], "year": play.renewals[1]},
        "cancelled_at_renewal": {"month": play.cancelled[0], "year": play.cancelled[1]},
    }
    return Club(
        chain[order],
        who[chain][order],
        plans[order],
        yearly[chain][order],
        begun[order],
        trials[order],
        ended[order],
        by[order],
        hazard,
        facts,
    )


def _joiners(rng: np.random.Generator, world: World, span: Span, people: People) -> tuple[Ints, Days]:
    """Who subscribes and from which day: mostly those who began with coffee, a few weeks after their first order."""
    leaning = np.array([1.5, 0.8, 1.0, 1.1, 0.6, 0.6, 0.9, 0.7])[people.category]
    chance = np.minimum(world.subscribers * leaning / max(leaning.mean(), 1e-9) * 1.07, 1.0)
    start = np.floor(people.joined + rng.exponential(30.0, len(people)))
    who = np.flatnonzero((rng.random(len(people)) < chance) & (start < span.days)).astype(np.int64)
    return who, span.dates(start[who]).astype("datetime64[D]")


def _hazards(rng: np.random.Generator, world: World, plan: Ints, yearly: Bools, satisfaction: Floats) -> Floats:
    """θ of every subscriber: a Beta of the plan, moved by satisfaction."""
    a = np.where(yearly, world.annual_a, np.array([p.a for p in world.plans])[plan])
    b = np.where(yearly, world.annual_b, np.array([p.b for p in world.plans])[plan])
    return logistic(log_odds(rng.beta(a, b)) + world.satisfaction_on_cancelling * satisfaction)


class _Play:
    """The state of the game: one entry per subscription, and the stretches that have been closed."""

    def __init__(
        self,
        rng: np.random.Generator,
        world: World,
        span: Span,
        plan: Ints,
        yearly: Bools,
        theta: Floats,
        anchor: Days,
        begun: Days,
        trial: Days,
    ) -> None:
        self.rng, self.world, self.end = rng, world, np.datetime64(span.end)
        self.plan, self.yearly, self.theta, self.anchor = plan, yearly, theta, anchor
        self.begun, self.trial = begun, trial.copy()
        self.next = np.ones(len(plan), dtype=np.int64)
        self.rows: list[tuple[Any, ...]] = []
        self.renewals, self.cancelled = [0, 0], [0, 0]

    def close(self, which: Ints, ended: Days, by: int) -> None:
        """Write down the current stretch of these subscriptions as ended on their day."""
        self.rows.append(
            (which, self.plan[which], self.begun[which], self.trial[which], ended[which], np.full(len(which), by))
        )
        self.trial[which] = np.datetime64("NaT", "D")

    def leave_open(self, which: Ints) -> None:
        """Write down the current stretch of these subscriptions as running."""
        self.close(which, np.full(len(self.plan), np.datetime64("NaT", "D")), OPEN)

    def month(self, running: Ints, month: int) -> Ints:
        """Play the renewals `month` months after each subscription's first payment; returns what runs on."""
        due = _months_later(self.anchor, month)
        over = due[running] > self.end
        paused = self.next[running] > month
        # Who has paused and is not back by the end has nothing that could still run.
        self.leave_open(running[over & ~np.isnat(self.begun[running])])
        waiting = running[~over & paused]
        running = running[~over & ~paused]
        back = running[(self.next[running] == month) & np.isnat(self.begun[running])]
        self.begun[back] = due[back]
        played = np.setdiff1d(running, back, assume_unique=True)

        renews = played[~self.yearly[played] | (month % 12 == 0)]
        quits = self.rng.random(len(renews)) < self.theta[renews]
        fails = ~quits & (self.rng.random(len(renews)) < self.world.payment_failure)
        for place, kind in enumerate((~self.yearly[renews], self.yearly[renews])):
            self.renewals[place] += int(kind.sum())
            self.cancelled[place] += int((kind & quits).sum())
        self.close(renews[quits], due, CUSTOMER)
        self.close(renews[fails], due, PAYMENT)
        left = renews[quits | fails]

        may_change = np.setdiff1d(played, left, assume_unique=True)
        may_change = may_change[~self.yearly[may_change]]
        gone = self._changes(may_change, due, month)
        rest = np.setdiff1d(np.concatenate([running, waiting]), np.concatenate([left, gone]), assume_unique=True)
        return np.asarray(rest, dtype=np.int64)

    def _changes(self, which: Ints, due: Days, month: int) -> Ints:
        """Upgrades, downgrades and pauses; returns those who never come back from a pause."""
        draw = self.rng.random(len(which))
        world, last = self.world, len(self.world.plans) - 1
        edges = np.cumsum([world.upgrades, world.downgrades, world.pauses])
        up = which[(draw < edges[0]) & (self.plan[which] < last)]
        down = which[(draw >= edges[0]) & (draw < edges[1]) & (self.plan[which] > 0)]
        pause = which[(draw >= edges[1]) & (draw < edges[2])]
        for moved, by, step in ((up, UPGRADE, 1), (down, DOWNGRADE, -1)):
            self.close(moved, due, by)
            self.plan[moved] += step
            self.begun[moved] = due[moved]
        self.close(pause, due, PAUSE)
        self.begun[pause] = np.datetime64("NaT", "D")
        self.next[pause] = month + self.rng.integers(1, 4, len(pause))
        return np.asarray(pause[self.rng.random(len(pause)) >= world.resumes], dtype=np.int64)


def _months_later(day: Days, months: int) -> Days:
    """The same day of a later month, or its last day where it has none."""
    month = day.astype("datetime64[M]")
    place = day - month.astype("datetime64[D]")
    first = (month + months).astype("datetime64[D]")
    length = (month + months + 1).astype("datetime64[D]") - first
    return np.asarray(first + np.minimum(place, length - np.timedelta64(1, "D")))
