"""The ledger: what earlier runs expected, held to what has come since.

A back-test asks what a model would have said. The ledger asks what was in fact said, on the day it was said, by the model of that
day, and counts what then happened to the same customers. Where the horizon of a run is not over, its model is asked for the part
that is: expected orders are defined for any length of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lifeworth.clv.bridge import Snapshot
from lifeworth.evaluation.metrics import mae
from lifeworth.features.series import column, spend_arrays
from lifeworth.models.predictive import count_intervals

Floats = NDArray[np.float64]

NOT_KNOWN = "not known"
SHORTEST = 14
"""Days that must have passed before a prediction is held to anything: before, chance decides."""
MISSED = 0.05
"""A total missed by less than this share was not missed, whatever its interval says."""


@dataclass(frozen=True, slots=True)
class Line:
    """Customers of one group: what was expected of them and what came."""

    group: str
    customers: int
    expected: float
    came: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One run held to what came.

    Attributes:
        run_id: The run.
        as_of: The day it knew.
        model: Its order model.
        days: Days that have passed of its horizon.
        over: Whether all of the horizon has passed.
        customers: Customers it knew.
        expected: Orders it expected of them in those days.
        low: 5 % point of the total.
        high: 95 % point of the total.
        came: Orders that came.
        money_expected: Net revenue it expected; none without a model of spend.
        money_came: Net revenue that came.
        inside: Share of customers whose orders lay within their own 90 % interval.
        error: Mean absolute error of orders a customer.
        lines: The same by group.
    """

    run_id: str
    as_of: date
    model: str
    days: int
    over: bool
    customers: int
    expected: float
    low: float
    high: float
    came: float
    money_expected: float | None
    money_came: float | None
    inside: float
    error: float
    lines: tuple[Line, ...]

    @property
    def ratio(self) -> float | None:
        """What came ÷ what was expected."""
        return self.came / self.expected if self.expected > 0 else None

    @property
    def held(self) -> bool | None:
        """Whether the total was as promised; none while too few days have passed to tell."""
        if self.days < SHORTEST:
            return None
        close = self.expected > 0 and abs(self.came / self.expected - 1) <= MISSED
        return close or self.low <= self.came <= self.high


@dataclass(frozen=True, slots=True)
class Came:
    """What came of each customer since a day, in the order of the histories of that day."""

    orders: Floats
    money: Floats


def entry(run_id: str, told: Snapshot, came: Came, until: date, groups: pa.ChunkedArray) -> Entry:
    """One run held to what came.

    Args:
        run_id: The run.
        told: Its histories, models and terms.
        came: What its customers did in (as-of day, until].
        until: Last day that is known now, or the end of the run's horizon where that is earlier.
        groups: The group of each customer, in the order of the histories.
    """
    fits, terms = told.fits, told.terms
    end = terms.horizon.after(terms.as_of)
    days = (until - terms.as_of).days
    span = terms.unit.between(terms.as_of, until)
    histories = fits.histories(told.rows, terms.unit)
    model = fits.forecast
    expected = np.asarray(model.expected_orders(histories, span), np.float64)
    spread = count_intervals(model, histories, span)
    total = float(expected.sum())
    low, high = fits.level.widened(total, spread.total_low, spread.total_high)
    money = None
    if fits.spend is not None:
        value = fits.spend.expected_value(spend_arrays(told.rows, first_order=fits.first_order))
        money = float(expected @ np.asarray(value, np.float64))
    within = (came.orders >= spread.low) & (came.orders <= spread.high)
    return Entry(
        run_id,
        terms.as_of,
        fits.orders.model.name,
        days,
        until >= end,
        len(expected),
        total,
        low,
        high,
        float(came.orders.sum()),
        money,
        None if money is None else float(came.money.sum()),
        float(within.mean()) if within.size else 1.0,
        mae(came.orders, expected).value or 0.0,
        _lines(groups, expected, came.orders),
    )


def until(told: Snapshot, known: date) -> date:
    """How far a run can be held to what came: to the end of its horizon, or to the last day known."""
    return min(told.terms.horizon.after(told.terms.as_of), known)


def align(rows: pa.Table, found: pa.Table) -> Came:
    """What came, in the order of the histories; who did nothing has 0.

    Args:
        rows: Histories with `customer_id`.
        found: `customer_id`, `orders`, `value` of those who did something.
    """
    at = pc.index_in(rows["customer_id"], value_set=found["customer_id"].combine_chunks())
    orders, money = (
        column(pa.table({"found": found[name].cast(pa.float64()).take(at)}), "found") for name in ("orders", "value")
    )
    return Came(orders, money)


def challenge(old: Snapshot, new: Snapshot, came: Came, end: date) -> tuple[float, float]:
    """Mean absolute errors of an old and a newer model on the same customers, foretelling the same days after both.

    Args:
        old: The run whose model is the champion.
        new: The run whose model is the challenger, with the histories both start from.
        came: What those customers did until `end`.
        end: Last day.
    """
    span = new.terms.unit.between(new.terms.as_of, end)
    errors = []
    for fits in (old.fits, new.fits):
        histories = fits.histories(new.rows, new.terms.unit)
        errors.append(mae(came.orders, fits.forecast.expected_orders(histories, span)).value or 0.0)
    return errors[0], errors[1]


def _lines(groups: pa.ChunkedArray, expected: Floats, came: Floats) -> tuple[Line, ...]:
    rows = pa.table({"group": pc.fill_null(groups, NOT_KNOWN), "expected": expected, "came": came})
    summed = rows.group_by("group", use_threads=False).aggregate(
        [("expected", "count"), ("expected", "sum"), ("came", "sum")]
    )
    lines = [
        Line(row["group"], row["expected_count"], row["expected_sum"], row["came_sum"]) for row in summed.to_pylist()
    ]
    return tuple(sorted(lines, key=lambda one: one.group))


def quarters(rows: pa.Table) -> pa.ChunkedArray:
    """Each customer's cohort: the quarter of the first order, such as "2025 Q3"."""
    first = rows["first_day"]
    year, quarter = pc.year(first).cast(pa.string()), pc.quarter(first).cast(pa.string())
    return pc.binary_join_element_wise(year, quarter, " Q")


def groups_of(rows: pa.Table, groups: pa.Table) -> pa.ChunkedArray:
    """The group of each customer in the order of the histories, null for who has none."""
    at = pc.index_in(rows["customer_id"], value_set=groups["customer_id"].combine_chunks())
    return groups["group"].take(at)
