"""The equity bridge: why customer equity is another at a later date, cause by cause, with no rest.

The value expected of a customer is a product: discounted orders × value of an order × margin. Between two dates each of them moves
for its own reasons: time passes, the customer orders or does not, spends more or less, a model is fitted anew, the margin or the
discount is set otherwise. What each cause did depends on the others, so it is the mean over all orders in which they could have come
about: the Shapley value (Shapley 1953, 'A value for n-person games'), which adds up exactly and prefers no order. One order is given
by nature: nobody orders on a day that has not come, so time always comes before what was done in it (Faigle & Kern 1992, 'The Shapley
value for cooperative games under precedence constraints').

Customers who were not there before are a cause of their own, and so are those who have become lost since: what time and silence took
from their value is the cost of losing them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lifeworth.clv.value import Fits, Terms
from lifeworth.errors import DataError
from lifeworth.features.series import column, spend_arrays
from lifeworth.models.history import History

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CAUSES: dict[str, tuple[str, str]] = {
    "new": ("New customers", "Value of customers whose first order came since."),
    "lost": ("Lost customers", "What time and silence took from customers who have become lost since."),
    "time": (
        "Passing of time",
        "What a silent customer's value loses, or a young one's gains, by time alone; of those who stayed.",
    ),
    "frequency": (
        "Orders",
        "What the orders that came since say of how often customers will order and whether they stay.",
    ),
    "basket": ("Basket", "What customers spent on an order since."),
    "margin": ("Margin", "Another contribution margin."),
    "discount": ("Discount and horizon", "Another discount rate, horizon, or length of its months."),
    "order_model": ("Model of orders", "The order model fitted anew, or another one, on the same histories."),
    "spend_model": ("Model of spend", "The spend model fitted anew on the same histories."),
    "gone": (
        "No longer known",
        "Value of customers the later data do not hold any more: merged, erased, or all orders sent back.",
    ),
}
"""Causes with their names and meanings, in the order they are read."""

PLAYERS = ("time", "frequency", "discount", "order_model", "basket", "spend_model", "margin")
"""Causes that share one customer's change; time comes before frequency."""
BLOCK = 50_000
"""Customers worked out at once: the states of all customers at once would fill the memory."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What customer equity rested on at a date: histories sorted by customer, fitted models, terms."""

    rows: pa.Table
    fits: Fits
    terms: Terms


@dataclass(frozen=True, slots=True)
class Bridge:
    """The change of customer equity between two dates.

    Attributes:
        before: Customer equity at the earlier date.
        after: Customer equity at the later date.
        parts: One row a customer: `customer_id`, `before`, `after`, and a column for each of `CAUSES`, which add up to
            `after` − `before`.
    """

    before: float
    after: float
    parts: pa.Table

    @property
    def causes(self) -> dict[str, float]:
        """What each cause did, over all customers."""
        return {cause: math.fsum(self.parts[cause].to_pylist()) for cause in CAUSES}

    @property
    def residual(self) -> float:
        """What is left when every cause is taken off the change: nothing but rounding of the last digits."""
        return math.fsum([self.after, -self.before, *(-value for value in self.causes.values())])

    def by(self, groups: pa.Table) -> dict[str | None, dict[str, float]]:
        """The causes told apart by a group of each customer; the groups add up to the whole.

        Args:
            groups: `customer_id` and `group`; whoever is not in it belongs to the group `None`.
        """
        at = pc.index_in(self.parts["customer_id"], value_set=groups["customer_id"].combine_chunks())
        whole = self.parts.append_column("group", groups["group"].take(at))
        figures = ("before", "after", *CAUSES)
        summed = whole.group_by("group", use_threads=False).aggregate([(name, "sum") for name in figures])
        return {
            row["group"]: {name: float(row[f"{name}_sum"] or 0.0) for name in figures} for row in summed.to_pylist()
        }


def bridge(earlier: Snapshot, later: Snapshot, lost: pa.Array | None = None) -> Bridge:
    """Split the change of customer equity between two dates by its causes.

    Args:
        earlier: The earlier date.
        later: The later date.
        lost: Ids of customers who are lost at the later date and were not at the earlier one.

    Raises:
        DataError: if a date has no model of value, or the dates are not in order.
    """
    if earlier.terms.as_of > later.terms.as_of:
        raise DataError("The earlier date lies after the later one.", hint="Name the earlier run first.")
    for one in (earlier, later):
        if one.fits.spend is None:
            raise DataError(
                f"The run of {one.terms.as_of} predicted no value, so there is no equity to compare.",
                hint="Runs on orders with amounts and enough customers have one.",
            )
    old, new = earlier.rows["customer_id"], later.rows["customer_id"]
    stayed = pc.filter(new, pc.is_in(new, value_set=old))
    was, now = (
        snapshot.rows.filter(pc.is_in(snapshot.rows["customer_id"], value_set=stayed)).sort_by("customer_id")
        for snapshot in (earlier, later)
    )
    blocks = [
        _of_stayers(earlier, later, was.slice(start, BLOCK), now.slice(start, BLOCK), lost)
        for start in range(0, was.num_rows, BLOCK)
    ]
    fresh = later.rows.filter(pc.invert(pc.is_in(new, value_set=old)))
    gone = earlier.rows.filter(pc.invert(pc.is_in(old, value_set=new)))
    blocks.append(_one_cause(fresh, later, "new"))
    blocks.append(_one_cause(gone, earlier, "gone"))
    parts = pa.concat_tables(blocks).sort_by("customer_id")
    return Bridge(math.fsum(parts["before"].to_pylist()), math.fsum(parts["after"].to_pylist()), parts)


def _one_cause(rows: pa.Table, snapshot: Snapshot, cause: str) -> pa.Table:
    """Customers who are there at one of the dates only: all their value is one cause."""
    worth = _value(rows, snapshot)
    nothing = np.zeros(rows.num_rows)
    new = cause == "new"
    return _table(
        rows["customer_id"],
        nothing if new else worth,
        worth if new else nothing,
        {cause: worth if new else -worth},
    )


def _value(rows: pa.Table, snapshot: Snapshot) -> Floats:
    fits, terms = snapshot.fits, snapshot.terms
    if rows.num_rows == 0:
        return np.zeros(0)
    orders = _orders(_history(rows, rows, snapshot, 0.0), snapshot, snapshot)
    return orders * _basket(rows, fits) * terms.margin.rate


def _of_stayers(earlier: Snapshot, later: Snapshot, was: pa.Table, now: pa.Table, lost: pa.Array | None) -> pa.Table:
    sides = (earlier, later)
    past = (was, now)
    days = float((later.terms.as_of - earlier.terms.as_of).days)
    # Orders by state of the history (as it was, time gone by in silence, as it is), model and discount.
    orders: dict[tuple[int, int, int], Floats] = {}
    for model, side in enumerate(sides):
        states = (
            _history(was, past[model], side, 0.0),
            _history(was, past[model], side, days),
            _history(now, past[model], side, 0.0),
        )
        for state, history in enumerate(states):
            for terms, other in enumerate(sides):
                orders[state, model, terms] = _orders(history, side, other)
    baskets = {(spent, model): _basket(past[spent], sides[model].fits) for spent in (0, 1) for model in (0, 1)}
    margins = [side.terms.margin.rate for side in sides]

    def worth(done: frozenset[str]) -> Floats:
        state = 0 if "time" not in done else 2 if "frequency" in done else 1
        expected = orders[state, int("order_model" in done), int("discount" in done)]
        return expected * baskets[int("basket" in done), int("spend_model" in done)] * margins[int("margin" in done)]

    shares = _shapley(worth)
    is_lost = (
        np.zeros(was.num_rows, bool)
        if lost is None
        else np.asarray(pc.is_in(now["customer_id"], value_set=lost).to_pylist(), bool)
    )
    silent = shares["time"] + shares["frequency"]
    shares |= {
        "lost": np.where(is_lost, silent, 0.0),
        "time": np.where(is_lost, 0.0, shares["time"]),
        "frequency": np.where(is_lost, 0.0, shares["frequency"]),
    }
    return _table(now["customer_id"], worth(frozenset()), worth(frozenset(PLAYERS)), shares)


def _shapley(worth: Any) -> dict[str, Floats]:
    """The share of every player in `worth(all) − worth(none)`, time always before frequency."""
    ideals = [
        frozenset(some)
        for size in range(len(PLAYERS) + 1)
        for some in combinations(PLAYERS, size)
        if "frequency" not in some or "time" in some
    ]
    known = {ideal: worth(ideal) for ideal in ideals}
    everyone = frozenset(PLAYERS)
    orders = _ways(everyone)
    shares = {player: np.zeros_like(known[everyone]) for player in PLAYERS}
    for before in ideals:
        for player in everyone - before:
            after = before | {player}
            if after in known:
                weight = _ways(before) * _ways(everyone - after) / orders
                shares[player] += weight * (known[after] - known[before])
    return shares


def _ways(players: frozenset[str]) -> float:
    """In how many orders these players can come, time before frequency where both are among them."""
    return math.factorial(len(players)) / (2 if {"time", "frequency"} <= players else 1)


def _history(state: pa.Table, known: pa.Table, side: Snapshot, silent_days: float) -> History:
    """Histories as one model takes them: the state of one date, the covariates as that model's own date knows them."""
    unit, levels = side.terms.unit, side.fits.covariates
    return History(
        column(state, "x"),
        column(state, "recency") / unit.days,
        (column(state, "age") + silent_days) / unit.days,
        unit=unit,
        covariates={name: values for one in levels for name, values in one.indicators(known).items()},
    )


def _orders(history: History, model: Snapshot, terms: Snapshot) -> Floats:
    """Expected discounted orders by one date's model, discounted and bounded by one date's terms."""
    unit = model.terms.unit
    delta = terms.terms.discount.continuous(unit)
    span = terms.terms.horizon.length(terms.terms.as_of, unit)
    found: Floats = model.fits.forecast.expected_discounted_orders(history, delta, span)
    return found


def _basket(rows: pa.Table, fits: Fits) -> Floats:
    assert fits.spend is not None  # noqa: S101 - looked at before
    return np.asarray(fits.spend.expected_value(spend_arrays(rows, first_order=fits.first_order)), np.float64)


def _table(ids: pa.ChunkedArray, before: Floats, after: Floats, causes: Mapping[str, Floats]) -> pa.Table:
    nothing = np.zeros(len(before))
    columns = {cause: pa.array(causes.get(cause, nothing), pa.float64()) for cause in CAUSES}
    return pa.table({"customer_id": ids, "before": pa.array(before), "after": pa.array(after), **columns})
