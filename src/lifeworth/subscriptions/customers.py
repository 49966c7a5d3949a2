"""From contracts to customers: one row for everybody who subscribes at the as-of day, the table `subscription_value`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lifeworth.subscriptions.billing import Days, Floats, Ints
from lifeworth.subscriptions.contracts import Contracts
from lifeworth.subscriptions.value import Valuation

MONEY = pa.decimal128(18, 4)


def by_customer(c: Contracts, v: Valuation) -> pa.Table:
    """One row a customer with a running contract, by their id.

    Expectations of several contracts of a customer add up. The interval takes them to end together, so it is too wide rather
    than too narrow; the probability to be still subscribed takes them to end apart. Value within the horizon is that of the contracts
    that could be valued, so that customers add up to the whole; any other figure that one of the contracts lacks is null for the
    customer.

    Returns:
        `customer_id`; `mrr` (money); `contracts`; `plan`, `interval` and `tenure_periods` (renewals lived through) of the
        largest contract; `seats`; `leaving` (the end of all of them was asked for); `probability_active_at_horizon`;
        `subscription_clv`, `subscription_clv_low`, `subscription_clv_high` (expected discounted margin within the horizon, 5 %
        and 95 % points); `residual_value` (without limit); `next_renewal_at`; `loss_probability` (at that renewal, of the
        largest contract due); `expected_loss_at_renewal`.
    """
    rows = np.flatnonzero(c.running)
    who, place = np.unique(c.customer[rows], return_inverse=True)
    count = len(who)

    def total(figure: Floats) -> Floats:
        return np.asarray(np.bincount(place, weights=figure[rows], minlength=count), np.float64)

    def known(figure: Floats) -> Floats:
        of = figure[rows]
        some = np.bincount(place, weights=~np.isnan(of), minlength=count) > 0
        return np.where(some, np.bincount(place, weights=np.nan_to_num(of), minlength=count), np.nan)

    largest = rows[_first(place, -c.mrr[rows], count)]
    due = v.next_due[rows].astype(np.int64)
    soonest = np.where(np.isnat(v.next_due[rows]), np.iinfo(np.int64).max, due)
    first_due = rows[_first(place, soonest, count)]
    staying = np.ones(count)
    np.multiply.at(staying, place, 1 - v.active[rows])
    leaves = np.ones(count, dtype=bool)
    np.logical_and.at(leaves, place, c.leaving[rows])
    ids = c.customers.take(pa.array(who))
    return pa.table(
        {
            "customer_id": ids,
            "mrr": pa.array(np.round(total(c.mrr), 4)).cast(MONEY),
            "contracts": np.bincount(place, minlength=count),
            "plan": pa.array(c.plans).take(pa.array(c.plan_now[largest])),
            "interval": pa.array([one.name for one in c.cycles], pa.string()).take(pa.array(c.cycle[largest])),
            "tenure_periods": c.renewals[largest],
            "seats": np.bincount(place, weights=c.seats[rows], minlength=count).astype(np.int64),
            "leaving": leaves,
            "probability_active_at_horizon": _nullable(1 - staying),
            "subscription_clv": _nullable(known(v.value)),
            "subscription_clv_low": _nullable(known(v.low)),
            "subscription_clv_high": _nullable(known(v.high)),
            "residual_value": _nullable(total(v.residual)),
            "next_renewal_at": _dates(v.next_due[first_due]),
            "loss_probability": _nullable(v.loss[first_due]),
            "expected_loss_at_renewal": _nullable(total(v.expected_loss)),
        }
    )


def _first(place: Ints, key: Floats | Ints, count: int) -> Ints:
    """Of the rows of each customer the one whose key is smallest, the earliest of those that are equal."""
    order = np.lexsort((np.arange(len(place)), key, place))
    heads = np.searchsorted(place[order], np.arange(count))
    return np.asarray(order[heads], np.int64)


def _nullable(figure: Floats) -> pa.Array:
    return pa.array(figure, mask=np.isnan(figure))


def _dates(days: Days) -> pa.Array:
    known = np.where(np.isnat(days), np.datetime64(0, "D"), days)
    return pa.array(known, pa.date32(), mask=np.isnat(days))
