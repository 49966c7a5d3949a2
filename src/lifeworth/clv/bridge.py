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
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lifeworth.clv.bridge_contracts import Contracts, contract_parts
from lifeworth.clv.causes import CAUSES, Bridge, table
from lifeworth.clv.shapley import shapley
from lifeworth.clv.value import Fits, Terms
from lifeworth.errors import DataError
from lifeworth.features.series import column, spend_arrays
from lifeworth.models.history import History

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PLAYERS = ("time", "frequency", "discount", "order_model", "basket", "spend_model", "margin")
"""Causes that share the change of what one customer orders; time comes before frequency."""
RENEWALS = "renewals"
"""One more where renewals stand among the orders of either date."""
BLOCK = 50_000
"""Customers worked out at once: the states of all customers at once would fill the memory."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What customer equity rested on at a date: histories sorted by customer, fitted models, terms.

    Attributes:
        contracts: What contracts were worth; none where there were no subscriptions.
        share: `customer_id` and `share`, the part of what a customer orders that is no renewal; none where it is all.
    """

    rows: pa.Table
    fits: Fits
    terms: Terms
    contracts: Contracts | None = None
    share: pa.Table | None = None

    @property
    def subscribed(self) -> Contracts:
        """Its contracts; none of customers who are known by their orders where there are no subscriptions."""
        if self.contracts is not None:
            return self.contracts
        return Contracts.none(self.rows["customer_id"], self.terms.margin.rate)


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
    if earlier.contracts is not None or later.contracts is not None:
        blocks.append(contract_parts(earlier.subscribed, later.subscribed))
    parts = _together(pa.concat_tables(blocks))
    return Bridge(math.fsum(parts["before"].to_pylist()), math.fsum(parts["after"].to_pylist()), parts)


def _together(parts: pa.Table) -> pa.Table:
    """One row a customer: what their orders and what their contracts did."""
    figures = ("before", "after", *CAUSES)
    summed = parts.group_by("customer_id", use_threads=False).aggregate([(name, "sum") for name in figures])
    named = {f"{name}_sum": name for name in figures}
    return summed.rename_columns([named.get(name, name) for name in summed.column_names]).sort_by("customer_id")


def _one_cause(rows: pa.Table, snapshot: Snapshot, cause: str) -> pa.Table:
    """Customers who are there at one of the dates only: all their value is one cause."""
    worth = _value(rows, snapshot)
    nothing = np.zeros(rows.num_rows)
    new = cause == "new"
    return table(
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
    return orders * _basket(rows, fits) * terms.margin.rate * _share(rows, snapshot)


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
    shares_of = [_share(now, side) for side in sides]
    told = any(side.share is not None for side in sides)

    def worth(done: frozenset[str]) -> Floats:
        state = 0 if "time" not in done else 2 if "frequency" in done else 1
        expected = orders[state, int("order_model" in done), int("discount" in done)]
        made = expected * baskets[int("basket" in done), int("spend_model" in done)] * margins[int("margin" in done)]
        return np.asarray(made * shares_of[int(RENEWALS in done)], np.float64)

    players = (*PLAYERS, RENEWALS) if told else PLAYERS
    shares = shapley(worth, players)
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
    return table(now["customer_id"], worth(frozenset()), worth(frozenset(players)), shares)


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


def _share(rows: pa.Table, snapshot: Snapshot) -> Floats:
    """The part of what each customer orders that is no renewal, at one date."""
    if snapshot.share is None:
        return np.ones(rows.num_rows)
    at = pc.index_in(rows["customer_id"], value_set=snapshot.share["customer_id"].combine_chunks())
    found = pc.fill_null(snapshot.share["share"].take(at), 1.0)
    return np.asarray(found.to_numpy(), np.float64)
