"""What each cohort and channel is expected to bring, month by month, within the horizon: the cells a cohort table cannot observe yet."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from lifeworth.clv.value import Fits, Terms
from lifeworth.features.calendar import month_end, month_start
from lifeworth.features.series import spend_arrays
from lifeworth.models.distinct import Array, Codes
from lifeworth.models.history import History
from lifeworth.models.orders import FittedOrders
from lifeworth.units import DAYS_PER_YEAR, Period

DAYS_A_MONTH = DAYS_PER_YEAR / 12

SCHEMA = pa.schema(
    [
        ("cohort", pa.date32()),
        ("channel", pa.string()),
        ("month_start", pa.date32()),
        ("complete", pa.bool_()),
        ("customers", pa.int64()),
        ("active", pa.float64()),
        ("orders", pa.float64()),
        ("revenue", pa.float64()),
        ("margin", pa.float64()),
    ]
)
"""`cohort` is the month of the first purchase, `month_start` the month ahead; `complete` is false for the month of the as-of day, of
which only the rest is ahead, and for a last month the horizon ends in. `customers` are those of the cell, `active` how many of them are
expected to buy in the month; in the month of the as-of day, of those who have not bought in it yet. Money is expected, not discounted;
null without a spend model."""


def cohort_forecast(rows: pa.Table, channel: pa.ChunkedArray, fits: Fits, terms: Terms) -> pa.Table:
    """Expected buyers, orders, revenue and margin of each cohort and channel in each month ahead.

    Args:
        rows: The history, one row a customer.
        channel: Acquisition channel of the same customers, in the same order; null where not known.
        fits: The fitted models.
        terms: Day, horizon, margin, unit.
    """
    cohorts, cohort = _coded(rows["first_day"].to_numpy().astype("datetime64[M]"))
    names = channel.combine_chunks().dictionary_encode()
    codes = np.asarray(names.indices.fill_null(len(names.dictionary)))
    width = len(names.dictionary) + 1
    cell = cohort * width + codes
    size = len(cohorts) * width
    customers = np.bincount(cell, minlength=size)
    there = np.flatnonzero(customers)
    months = ahead(terms.as_of, terms.horizon)
    h, model = fits.histories(rows, terms.unit), fits.forecast
    worth = None
    if fits.spend is not None:
        worth = fits.spend.expected_value(spend_arrays(rows, first_order=fits.first_order))
    alive = model.probability_alive(h)
    buyers = _buyers_an_order(model, h, alive, DAYS_A_MONTH / terms.unit.days)
    bought = rows["last_day"].to_numpy().astype("datetime64[M]") >= np.datetime64(terms.as_of, "M")
    orders_before: Array = np.zeros(rows.num_rows)
    before: Array = np.zeros(size)
    spent_before: Array = np.zeros(size)
    parts = []
    for start, last, whole in months:
        until = terms.unit.between(terms.as_of, last)
        orders = alive * model.expected_orders_if_alive(h, until)
        so_far = np.asarray(np.bincount(cell, orders, size), np.float64)
        money: Array = np.full(size, np.nan)
        if worth is not None:
            money[:] = np.bincount(cell, orders * worth, size)
        month = _month(cohorts, names.dictionary, there, width, start, whole)
        # Who has bought in the month that runs is one of its buyers already.
        active = np.minimum((orders - orders_before) * buyers, 1.0) * ~(bought & (start <= terms.as_of))
        month |= {"customers": customers[there], "orders": (so_far - before)[there]}
        month |= {"active": np.bincount(cell, active, size)[there]}
        revenue = (money - spent_before)[there]
        known = {"revenue": revenue, "margin": revenue * terms.margin.rate}
        month |= {name: pa.array(values, mask=np.isnan(values)) for name, values in known.items()}
        parts.append(pa.table([month[name] for name in SCHEMA.names], schema=SCHEMA))
        before, spent_before, orders_before = so_far, money, orders
    return pa.concat_tables(parts)


def _buyers_an_order(model: FittedOrders, h: History, alive: Array, month: float) -> Array:
    """Of each customer, the probability to order in the month ahead for each order expected in it: 1 less what falls on second orders.

    It goes on in later months as in the first: what is known of a customer's pace does not change by waiting.
    """
    expected = alive * model.expected_orders_if_alive(h, month)
    chance = model.probability_of_order(h, month)
    return np.asarray(np.minimum(np.divide(chance, expected, out=np.ones_like(chance), where=expected > 0), 1.0))


def ahead(as_of: date, horizon: Period) -> list[tuple[date, date, bool]]:
    """The months after a day up to the horizon: first day, last day that counts, whether the whole month lies ahead."""
    end, day, found = horizon.after(as_of), as_of + timedelta(days=1), []
    while day <= end:
        last = month_end(day)
        start = month_start(day)
        found.append((start, min(last, end), day == start and last <= end))
        day = last + timedelta(days=1)
    return found


def _coded(values: Array) -> tuple[Array, Codes]:
    found, codes = np.unique(values, return_inverse=True)
    return found, codes


def _month(cohorts: Array, channels: pa.Array, there: Codes, width: int, start: date, whole: bool) -> dict[str, object]:
    place = there % width
    named = pa.array(place, mask=place == width - 1)
    return {
        "cohort": pa.array(cohorts[there // width].astype("datetime64[D]")),
        "channel": channels.take(named).cast(pa.string()),
        "month_start": pa.array([start] * there.size, pa.date32()),
        "complete": pa.array(np.full(there.size, whole)),
    }
