"""A test in time: what was known at an earlier day, and what then happened. Nothing of the second leaks into the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table
from numpy.typing import NDArray

from lifeworth.engine.base import Engine
from lifeworth.evaluation.metrics import Array
from lifeworth.features import history as features
from lifeworth.features.calendar import WEEK, Split
from lifeworth.features.covariates import NO_COVARIATES, Wanted, from_the_start
from lifeworth.features.levels import Levels, usable
from lifeworth.features.series import arrays, column, spend_arrays
from lifeworth.models.history import History, SpendHistory
from lifeworth.units import TimeUnit

_KNOWN = "_holdout_known"
_LATER = "_holdout_later"


@dataclass(frozen=True, eq=False)
class Holdout:
    """Customers known at `as_of`, in the order of their ids, with what they did in the days (as_of, until].

    Args:
        split: Last day learnt from and last day predicted.
        unit: The unit the models count time in.
        rows: History at `as_of`, sorted by `customer_id` (columns as `features.history`, and the covariates).
        orders: Purchase days of each in the days held out, as known at `until`.
        value: Money of those purchase days, as known at `until`.
        recent_orders: Repeat purchase days in the same number of days up to `as_of`.
        timeline: Repeat orders of all these customers by week.
        returned: Money that went back in the days held out of earlier orders or of none; no purchase forecast foresees it.
        undated: Part of the refunded money of earlier orders whose refund has no date, and so is known too early.
        levels: The covariates that have two levels to compare among these customers, as columns of `history`.
    """

    split: Split
    unit: TimeUnit
    rows: pa.Table
    orders: Array
    value: Array
    recent_orders: Array
    timeline: Timeline
    returned: float = 0.0
    undated: float = 0.0
    levels: tuple[Levels, ...] = ()

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @property
    def as_of(self) -> date:
        """Last day learnt from."""
        return self.split.as_of

    @property
    def until(self) -> date:
        """Last day predicted."""
        return self.split.until

    @property
    def days(self) -> int:
        """Days predicted."""
        return self.split.days

    @property
    def horizon(self) -> float:
        """Time predicted, in `unit`s."""
        return self.days / self.unit.days

    @cached_property
    def history(self) -> History:
        """What the order models see."""
        return arrays(self.rows, self.unit, self.levels)

    def spend(self, *, first_order: bool) -> SpendHistory:
        """What the spend model sees, the first purchase day in or out."""
        return spend_arrays(self.rows, first_order=first_order)

    @cached_property
    def x(self) -> Array:
        """Repeat purchase days up to `as_of`."""
        return column(self.rows, "x")

    @cached_property
    def age(self) -> Array:
        """Days from the first purchase to `as_of`."""
        return column(self.rows, "age")

    @cached_property
    def mean_value(self) -> Array:
        """Mean money of a purchase day up to `as_of`, the first one included."""
        return column(self.rows, "mean_value")

    @property
    def repeaters(self) -> int:
        """Customers with a second purchase day by `as_of`."""
        return int((self.x > 0).sum())

    def sample(self, customers: int) -> Holdout:
        """At most so many customers, evenly spaced by id and so the same every time; the timeline stays that of all."""
        if len(self) <= customers:
            return self
        chosen = evenly(len(self), customers)
        return replace(
            self,
            rows=self.rows.take(pa.array(chosen)),
            orders=self.orders[chosen],
            value=self.value[chosen],
            recent_orders=self.recent_orders[chosen],
        )


def evenly(rows: int, wanted: int) -> NDArray[np.int64]:
    """Positions of `wanted` of `rows` rows, evenly spaced."""
    return np.floor((np.arange(wanted) + 0.5) * rows / wanted).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Timeline:
    """Repeat orders of the customers known at `as_of`, by weeks that are counted from `as_of` in both directions.

    The first week may be short of days at its beginning, the last one at its end.
    """

    ends: tuple[date, ...]
    """Last day of each week."""
    orders: Array
    """Repeat purchase days in each week."""
    arrivals: Array
    """Customers acquired, by days before `as_of` (index 0 is `as_of` itself)."""

    @property
    def cumulative(self) -> Array:
        """Repeat orders up to the end of each week."""
        return np.cumsum(self.orders)


def hold_out(
    engine: Engine,
    orders: Table,
    refunds: Table | None,
    split: Split,
    unit: TimeUnit,
    covariates: Wanted = NO_COVARIATES,
) -> Holdout:
    """Read one hold-out: the history at `split.as_of`, what followed up to `split.until`, and nothing later.

    Args:
        engine: Where the tables are; two scratch tables are made there and dropped again.
        orders: The table `orders` of the house.
        refunds: The table `refunds` of the house, or nothing where no refund has a day of its own.
        split: Last day learnt from and last day predicted.
        unit: The unit the models count time in.
        covariates: What else is to be known of each customer, from their first purchase day.
    """
    as_of, until = split.as_of, split.until
    try:
        known = engine.create(_KNOWN, features.history(orders, refunds, as_of, margin=False))
        later = engine.create(_LATER, _bought(orders, refunds, as_of, until))
        known_more = from_the_start(known, orders, refunds, as_of, covariates)
        rows = engine.arrow(_side_by_side(known_more, later, _recent(orders, refunds, split)))
        after = engine.arrow(_by_day(later.semi_join(known, "customer_id")))
        before = engine.arrow(_by_day(features.purchase_days(orders, refunds, as_of)))
    finally:
        engine.drop(_KNOWN, _LATER)
    actual, value, recent = (column(rows, name) for name in ("later_orders", "later_value", "recent_orders"))
    rows = rows.drop_columns(["later_orders", "later_value", "recent_orders"])
    return Holdout(
        split=split,
        unit=unit,
        rows=rows,
        orders=actual,
        value=value,
        recent_orders=recent,
        timeline=_timeline(before, after, column(rows, "age").astype(np.int64), split),
        returned=0.0 if refunds is None else _returned(engine, orders, refunds, split),
        undated=_undated(engine, orders, refunds, as_of),
        levels=usable(rows, covariates.names),
    )


def _bought(orders: Table, refunds: Table | None, after: date, until: date) -> Table:
    days = features.purchase_days(orders, refunds, until)
    return days.filter(days["day"] > ibis.literal(after)).select("customer_id", "day", "value")


def _recent(orders: Table, refunds: Table | None, split: Split) -> Table:
    """Purchase days in as many days before `as_of` as are held out after it."""
    since = split.as_of - timedelta(days=split.days)
    recent = _bought(orders, refunds, since, split.as_of)
    return recent.group_by(recent_customer=recent["customer_id"]).agg(recent=recent.count())


def _side_by_side(known: Table, later: Table, recent: Table) -> Table:
    bought = later.group_by(later_customer=later["customer_id"]).agg(
        later_orders=later.count(), later_value=later["value"].sum().cast("float64")
    )
    both = known.left_join(bought, known["customer_id"] == bought["later_customer"])
    all_three = both.left_join(recent, both["customer_id"] == recent["recent_customer"])
    # The first purchase is no repeat: where all of a customer's purchases are recent, one of them is the first.
    counted = ibis.least(ibis.coalesce(all_three["recent"], 0), all_three["x"])
    kept = all_three.mutate(
        later_orders=ibis.coalesce(all_three["later_orders"], 0),
        later_value=ibis.coalesce(all_three["later_value"], 0.0),
        recent_orders=counted,
    )
    return kept.drop("later_customer", "recent_customer", "recent").order_by("customer_id")


def _by_day(days: Table) -> Table:
    return days.group_by("day").agg(orders=days.count())


def _timeline(before: pa.Table, after: pa.Table, age: NDArray[np.int64], split: Split) -> Timeline:
    if not age.size:
        return Timeline((), np.zeros(0), np.zeros(0))
    arrivals = np.bincount(age).astype(np.float64)
    weeks_before = -(-arrivals.size // WEEK)
    weeks_after = -(-split.days // WEEK)
    counted = np.zeros((weeks_before + weeks_after) * WEEK)
    origin = weeks_before * WEEK - 1  # the position of as_of itself, the last day of a week
    for table in (before, after):
        days = table["day"].cast(pa.int32()).to_numpy()
        place = days.astype(np.int64) - (split.as_of - date(1970, 1, 1)).days + origin
        np.add.at(counted, place, column(table, "orders"))
    counted[origin - np.arange(arrivals.size)] -= arrivals
    ends = [
        split.as_of + timedelta(days=WEEK * (week + 1 - weeks_before)) for week in range(weeks_before + weeks_after)
    ]
    return Timeline(tuple(min(end, split.until) for end in ends), counted.reshape(-1, WEEK).sum(axis=1), arrivals)


def _returned(engine: Engine, orders: Table, refunds: Table, split: Split) -> float:
    """Money that went back in the days held out, of orders before them or of none."""
    booked = refunds["refunded_at"]
    late = refunds.filter(features.up_to(booked, split.until), ~features.up_to(booked, split.as_of))
    old = orders.filter(features.up_to(orders["ordered_at"], split.as_of), orders["customer_id"].notnull())
    named = late.semi_join(old, "order_id")
    loose = late.filter(late["order_id"].isnull(), late["customer_id"].notnull())
    money = named.select("amount").union(loose.select("amount"))
    return float(engine.row(money.agg(total=money["amount"].sum()))["total"] or 0)


def _undated(engine: Engine, orders: Table, refunds: Table | None, as_of: date) -> float:
    """Refunded money of orders up to `as_of` that no dated refund accounts for."""
    old = orders.filter(features.up_to(orders["ordered_at"], as_of), orders["customer_id"].notnull())
    whole = float(engine.row(old.agg(total=old["refunded"].sum()))["total"] or 0)
    if refunds is None or whole == 0:
        return whole
    named = refunds.semi_join(old, "order_id")
    return max(0.0, whole - float(engine.row(named.agg(total=named["amount"].sum()))["total"] or 0))
