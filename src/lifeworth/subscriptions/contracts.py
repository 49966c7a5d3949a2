"""From stretches to contracts: what one customer signed once, through changes of plan, seats and price, to its end.

A stretch goes on in the one that follows it, if that begins on the day it ends, or later after a pause. Where nothing is said
to follow, a stretch of the same customer that begins on the day another ends continues it. A contract ends where nothing
continues it; where what continues it is billed at another interval, a new contract begins and the old one was not lost, but
watched no longer. A pause from which nobody has come back is a loss; days of a pause that ended are no part of the tenure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table
from numpy.typing import NDArray

from lifeworth.features.series import column
from lifeworth.features.subscriptions import CAUSES
from lifeworth.subscriptions.billing import Cycle, Days, Floats, Ints

Bools = NDArray[np.bool_]

ORDER = ("customer_id", "paid_from", "paid_to", "subscription_id", "mrr", "plan")
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, eq=False)
class Contracts:
    """Contracts as arrays of one length, by the customer's id and the day they began.

    Attributes:
        customers: The ids that `customer` points into.
        plans: The plans that `plan` (at the start) and `plan_now` (last) point into.
        cycles: The billing periods that `cycle` points into.
        began: First paid day; `anchor` is the day its bills are counted from, which a pause moves.
        renewals: Renewals lived through up to `as_of` or its end.
        lost: Whether it ended and nothing continued it; `cause` points into `CAUSES`, −1 for those not lost.
        decided: Whether the renewal it was lost before, or at, has come by `as_of`. One that ended amid a period whose renewal is
            still to come tells as little of that renewal as its fellows that run: to count it alone would make leaving look likelier.
        running: Whether it runs at `as_of`.
        leaving: Whether it runs but its end was asked for; `leaves_on` is that end, where it is known.
        mrr: MRR of its last stretch; `seats` likewise, and `seats_begun` of its first.
    """

    as_of: np.datetime64
    customers: pa.Array
    plans: tuple[str, ...]
    cycles: tuple[Cycle, ...]
    customer: Ints
    plan: Ints
    plan_now: Ints
    cycle: Ints
    began: Days
    anchor: Days
    ended: Days
    renewals: Ints
    lost: Bools
    decided: Bools
    cause: Ints
    running: Bools
    leaving: Bools
    leaves_on: Days
    mrr: Floats
    seats: Ints
    seats_begun: Ints

    def __len__(self) -> int:
        return len(self.customer)

    def by_cycle(self) -> list[tuple[Cycle, Ints]]:
        """Each billing period with the rows that are billed by it."""
        return [(cycle, np.flatnonzero(self.cycle == place)) for place, cycle in enumerate(self.cycles)]


def ordered(paid: Table) -> Table:
    """Stretches in the one order that depends on nothing but what they say."""
    return paid.order_by(list(ORDER))


def contracts(rows: pa.Table, as_of: date) -> Contracts:
    """The contracts that stretches make up.

    Args:
        rows: The stretches (`features.subscriptions.stretches`), in the order of `ordered`.
        as_of: Last day known.
    """
    today = np.datetime64(as_of, "D")
    customers, customer = _codes(rows["customer_id"])
    plans, plan = _codes(rows["plan"])
    cycles, cycle = _cycles(rows)
    start, end = _days(rows["paid_from"]), _days(rows["paid_to"])
    before, gap = _linked(rows, customer, start, end)
    same = (before >= 0) & (cycle[before] == cycle)
    root = _roots(np.where(same, before, -1))
    segment = _roots(np.where(same & ~gap, before, -1))
    goes_on = np.zeros(len(start), dtype=bool)
    goes_on[before[before >= 0]] = True

    # Every segment has bills of its own; the renewal that a pause took is made up by the one on which it came back.
    last = _last_of(segment, start)
    made = np.zeros(len(start), dtype=np.int64)
    until = np.where(np.isnat(end), today, end - np.timedelta64(1, "D"))
    for billed, one in enumerate(cycles):
        mine = last & (cycle == billed)
        made[mine] = one.made(start[segment[mine]], until[mine])
    heads = np.flatnonzero(root == np.arange(len(root)))
    place = np.searchsorted(heads, root)
    segments = np.bincount(place[last], minlength=len(heads)).astype(np.int64)
    renewals = np.bincount(place[last], weights=made[last], minlength=len(heads)).astype(np.int64) + segments - 1

    tail = np.flatnonzero(_last_of(root, start))
    tail = tail[np.argsort(place[tail], kind="stable")]
    running = np.isnat(end[tail])
    lost = ~running & ~goes_on[tail]
    causes = _positions(rows["cause"], CAUSES)
    next_due = np.full(len(tail), NO_DAY)
    for billed, one in enumerate(cycles):
        mine = cycle[tail] == billed
        next_due[mine] = one.due(start[segment[tail[mine]]], made[tail[mine]] + 1)
    return Contracts(
        today,
        customers,
        tuple(plans.to_pylist()),
        cycles,
        customer[heads],
        plan[heads],
        plan[tail],
        cycle[heads],
        start[heads],
        start[segment[tail]],
        end[tail],
        renewals,
        lost,
        lost & (next_due <= today),
        np.where(lost, causes[tail], -1),
        running,
        column(rows, "leaving").astype(bool)[tail],
        _days(rows["leaves_on"])[tail],
        column(rows, "mrr")[tail],
        column(rows, "quantity").astype(np.int64)[tail],
        column(rows, "quantity").astype(np.int64)[heads],
    )


def _linked(rows: pa.Table, customer: Ints, start: Days, end: Days) -> tuple[Ints, Bools]:
    """The stretch each one continues (−1: none), and whether a pause lies between them."""
    count = len(customer)
    named = _positions(rows["follows"], rows["subscription_id"])
    known = named >= 0
    paused = _positions(rows["ended_by"], ("pause",)) == 0
    of_same = known & (customer[named] == customer)
    touching = of_same & (end[named] == start)
    resumed = of_same & paused[named] & (end[named] < start)
    before = np.where(touching | resumed, named, -1)
    # Only one can continue another: the first of those that say so.
    _, first = np.unique(before, return_index=True)
    alone = np.zeros(count, dtype=bool)
    alone[first] = True
    before = np.where(alone, before, -1)

    taken = np.zeros(count, dtype=bool)
    taken[before[before >= 0]] = True
    over = np.flatnonzero(~np.isnat(end) & ~taken)
    begun = np.flatnonzero(before < 0)
    money = column(rows, "mrr")
    # Of what happens to a customer on one day the largest stretch that ends meets the largest that begins, and so on.
    moment = customer * (_span(start, end) + 1)
    first_day = start.min() if count else NO_DAY
    ends_at, begins_at = moment[over] + _since(end[over], first_day), moment[begun] + _since(start[begun], first_day)
    by_end, by_start = _places(ends_at, money[over]), _places(begins_at, money[begun])
    most = int(max(by_end.max(initial=0), by_start.max(initial=0))) + 1
    _, at_end, at_start = np.intersect1d(ends_at * most + by_end, begins_at * most + by_start, return_indices=True)
    before[begun[at_start]] = over[at_end]
    return before, resumed & (before == named)


def _span(start: Days, end: Days) -> int:
    """Days from the first start to the last start or end."""
    if not len(start):
        return 0
    latest = max(start.max(), end[~np.isnat(end)].max(initial=start.max()))
    return int((latest - start.min()).astype(np.int64))


def _since(day: Days, first: np.datetime64) -> Ints:
    return np.asarray((day - first).astype(np.int64))


def _places(moment: Ints, money: Floats) -> Ints:
    """Where each stands among those of its moment, the largest amount first."""
    order = np.lexsort((np.arange(len(moment)), -money, moment))
    starts = np.flatnonzero(np.r_[True, np.diff(moment[order]) != 0]) if len(moment) else np.zeros(0, np.int64)
    place = np.zeros(len(moment), dtype=np.int64)
    place[order] = np.arange(len(moment)) - np.repeat(starts, np.diff(np.r_[starts, len(moment)]))
    return place


def _roots(before: Ints) -> Ints:
    """The first of each chain: every step doubles how far back a pointer reaches."""
    root = np.where(before < 0, np.arange(len(before)), before)
    while True:
        further = root[root]
        if np.array_equal(further, root):
            return np.asarray(root, np.int64)
        root = further


def _last_of(group: Ints, start: Days) -> Bools:
    """Whether a stretch is the last to begin of its group."""
    order = np.lexsort((np.arange(len(group)), start, group))
    last = np.zeros(len(group), dtype=bool)
    if len(group):
        last[order[np.r_[group[order][1:] != group[order][:-1], True]]] = True
    return last


def _cycles(rows: pa.Table) -> tuple[tuple[Cycle, ...], Ints]:
    words, word = _codes(rows["interval"])
    count = column(rows, "interval_count").astype(np.int64)
    key = word * (int(count.max(initial=1)) + 1) + count
    found, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    del found
    said = [Cycle.of(words[int(word[at])].as_py(), int(count[at])) for at in first]
    cycles = sorted(set(said), key=lambda one: one.length)
    return tuple(cycles), np.array([cycles.index(one) for one in said], np.int64)[inverse.reshape(-1)]


def _codes(words: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """Distinct words in their order, and the place of each row's word among them."""
    distinct = pc.unique(words)
    distinct = distinct.take(pc.array_sort_indices(distinct))
    return distinct, _positions(words, distinct)


def _positions(words: pa.ChunkedArray, among: object) -> Ints:
    """Where each word stands among others; −1 where it does not, or is null."""
    values = among if isinstance(among, pa.Array) else _array(among)
    found = pc.index_in(words, value_set=values, skip_nulls=True).cast(pa.int64())
    known = np.from_dlpack(found.is_valid().cast(pa.uint8()).combine_chunks()).astype(bool)
    places = np.full(len(words), -1, dtype=np.int64)
    if known.any():
        places[known] = np.from_dlpack(found.drop_null().combine_chunks())
    return places


def _array(words: object) -> pa.Array:
    if isinstance(words, pa.ChunkedArray):
        return words.combine_chunks()
    return pa.array(list(words), pa.string())  # type: ignore[call-overload]


def _days(values: pa.ChunkedArray) -> Days:
    whole = values.cast(pa.int32())
    known = (
        np.from_dlpack(whole.is_valid().cast(pa.uint8()).combine_chunks()).astype(bool)
        if len(whole)
        else np.zeros(0, bool)
    )
    days = np.full(len(whole), NO_DAY)
    if known.any():
        days[known] = np.from_dlpack(whole.drop_null().combine_chunks()).astype("datetime64[D]")
    return days
