"""Acquisition spend shared out among the customers it won, by channel and month.

The spend of a channel in a month is borne in equal parts by the customers whose acquisition channel it is and whose first
purchase lies in that month. Spend of a channel that won nobody in a month is borne by all customers won in it, whatever their
channel: the company had to spend it to win them. A month that won nobody leaves its spend with the company.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Column, StringColumn, Table

from lifeworth.features.calendar import month_start
from lifeworth.features.months import month_of

PURPOSE = "acquisition"


def key(channel: Column) -> StringColumn:
    """A channel by which tables are matched: case and blanks around it do not matter, and one that is not stated is empty."""
    return channel.cast("string").strip().lower().fill_null("")


def first_days(history: Table, movements: Table | None) -> Table:
    """The day every customer was won: of the first purchase or of the first paid subscription, whichever came first.

    Args:
        history: `customer_id` and `first_day`.
        movements: The table `mrr_movements`, where there are subscriptions.
    """
    bought = history.select("customer_id", "first_day")
    if movements is None:
        return bought
    both = bought.union(movements.select("customer_id", first_day="day"))
    return both.group_by("customer_id").agg(first_day=both["first_day"].min())


def won(firsts: Table, customers: Table) -> Table:
    """One row a customer: `customer_id`, `month` of the first purchase, `channel` (key, empty where not known).

    Args:
        firsts: `customer_id` and `first_day`, as in the history.
        customers: The table `customers`.
    """
    named = customers.select("customer_id", named=customers["acquisition_channel"])
    joined = firsts.select("customer_id", "first_day").left_join(named, "customer_id")
    return joined.select("customer_id", month=month_of(joined["first_day"]), channel=key(joined["named"]))


def spent(spend: Table, as_of: date) -> Table:
    """Acquisition spend up to `as_of`: `month`, `channel` (key), `amount`. A purpose that is not stated is acquisition."""
    purpose = spend["purpose"].lower().fill_null(PURPOSE)
    kept = spend.filter(purpose == PURPOSE, spend["spent_on"] <= ibis.literal(as_of), spend["amount"].notnull())
    return kept.group_by(month=month_of(kept["spent_on"]), channel=key(kept["channel"])).agg(
        amount=kept["amount"].sum()
    )


def acquisition_cost(
    spend: Table, customers: Table, as_of: date, first: date | None, otherwise: float | None = None
) -> Table:
    """What it cost to win each customer.

    Args:
        spend: The table `marketing_spend`.
        customers: As from `won`.
        as_of: Last day that counts.
        first: Day of the first acquisition spend; what was spent before is not known.
        otherwise: Cost of a customer won in a month before that, as assumed; without it theirs is null.

    Returns:
        `customer_id`, `acquisition_cost` (float).
    """
    matched = spent(spend, as_of).left_join(
        customers.group_by("month", "channel").agg(heads=customers.count()), ["month", "channel"]
    )
    matched = matched.select("month", "channel", "amount", "heads")
    own = matched.filter(matched["heads"].notnull())
    own = own.select("month", "channel", own=own["amount"].cast("float64") / own["heads"])
    rest = matched.filter(matched["heads"].isnull()).group_by("month").agg(amount=lambda t: t["amount"].sum())
    everyone = customers.group_by("month").agg(heads=customers.count())
    shared = rest.join(everyone, "month")
    shared = shared.select("month", shared=shared["amount"].cast("float64") / shared["heads"])
    cost = customers.left_join(own, ["month", "channel"]).select("customer_id", "month", "own")
    cost = cost.left_join(shared, "month").select("customer_id", "month", "own", "shared")
    known = cost["own"].fill_null(0.0) + cost["shared"].fill_null(0.0)
    before = ibis.literal(otherwise, "float64")
    start = None if first is None else month_start(first)
    amount = before if start is None else ibis.ifelse(cost["month"] >= ibis.literal(start), known, before)
    return cost.select("customer_id", acquisition_cost=amount)
