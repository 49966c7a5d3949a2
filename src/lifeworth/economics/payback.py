"""CAC payback: the month in which the margin a customer has brought since the first purchase passes what it cost to win them.

A curve adds up margin per customer by months since acquisition. A month counts as observed while the cohorts that have lived
through it hold at least half of the curve's customers; from there on the forecast of the others speaks too, and it counts as
predicted. Lives are compared month by month, so a young cohort lowers no old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.economics.terms import total
from lifeworth.features.history import unattached_refunds
from lifeworth.features.months import month_number, number_of
from lifeworth.models.distinct import Array

HALF = 0.5
"""Share of a curve's customers that has to be known in a month of life."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How margin per customer adds up, and when it has earned the acquisition cost back.

    Args:
        name: Cohort or channel.
        customers: How many were won.
        cac: Acquisition cost of a customer; none where it is not known.
        margin: Margin per customer up to the end of each month of life, from month 0, the month of the first purchase.
        observed: How many of these months count as observed; the others are predicted.
    """

    name: str
    customers: int
    cac: float | None
    margin: tuple[float, ...]
    observed: int

    @property
    def payback(self) -> int | None:
        """First month of life at whose end the acquisition cost has been earned; none within the months known."""
        if self.cac is None:
            return None
        return next((age for age, so_far in enumerate(self.margin) if so_far >= self.cac), None)

    @property
    def how(self) -> Literal["observed", "predicted", "not yet", "not known"]:
        """Whether payback was observed, is predicted, does not come within the months known, or cannot be told."""
        if self.cac is None or not self.margin:
            return "not known"
        if self.payback is None:
            return "not yet"
        return "observed" if self.payback < self.observed else "predicted"

    @property
    def ratio(self) -> float | None:
        """LTV:CAC, with the margin of all months known."""
        return self.margin[-1] / self.cac if self.cac and self.margin else None


def observed_cells(
    days: Table, won: Table, refunds: Table | None, as_of: date, rate: float, *, of_orders: bool
) -> Table:
    """Margin so far by cohort, channel and month of life: `cohort`, `channel`, `age`, `margin`.

    Args:
        days: The table `purchase_days`.
        won: As from `acquisition.won`.
        refunds: The table `refunds`, where there is one: one that names no order counts in its own month.
        as_of: Last day that counts.
        rate: Margin rate.
        of_orders: Whether an order's own margin goes before the rate.
    """
    value = days["value"].cast("float64") * rate
    margin = ibis.coalesce(days["margin"].cast("float64"), value) if of_orders else value
    rows = days.select("customer_id", number=month_number(days["day"]), margin=margin)
    if refunds is not None:
        loose = unattached_refunds(refunds, as_of)
        lost = loose["amount"].cast("float64") * rate
        lost = ibis.coalesce(loose["margin"].cast("float64"), lost) if of_orders else lost
        back = loose.select("customer_id", number=month_number(loose["refunded_at"].date()), margin=-lost)
        rows = rows.union(back)
    joined = rows.join(won.select("customer_id", cohort="month", channel="channel"), "customer_id")
    age = ibis.greatest(joined["number"] - month_number(joined["cohort"]), 0)
    return joined.group_by("cohort", "channel", age=age).agg(margin=total(joined["margin"]))


def heads(won: Table, cost: Table | None) -> Table:
    """`cohort`, `channel`, `customers` and `cost` (acquisition, null where nobody's is known)."""
    if cost is None:
        return won.group_by(cohort="month", channel="channel").agg(customers=won.count(), cost=ibis.null("float64"))
    joined = won.left_join(cost.select("customer_id", "acquisition_cost"), "customer_id")
    return joined.group_by(cohort=joined["month"], channel=joined["channel"]).agg(
        customers=joined.count(), cost=total(joined["acquisition_cost"])
    )


class Cells:
    """Cohort × channel in rows, months of life in columns: margin, and how each cell is known."""

    def __init__(self, people: pa.Table, observed: pa.Table, forecast: pa.Table | None, as_of: date) -> None:
        """Put observed and predicted cells side by side.

        Args:
            people: Rows of `heads`.
            observed: Rows of `observed_cells`.
            forecast: Rows of the table `cohort_forecast` with its channel as in `heads`, where there is a model.
            as_of: Last observed day; the month it lies in is observed only if it is its last.
        """
        self.cohorts = people["cohort"].to_pylist()
        self.channels = people["channel"].to_pylist()
        self.customers = np.array(people["customers"].to_pylist(), np.float64)
        self.costs = np.array([np.nan if one is None else one for one in people["cost"].to_pylist()])
        place = {pair: row for row, pair in enumerate(zip(self.cohorts, self.channels, strict=True))}
        from lifeworth.features.calendar import month_end

        now = number_of(as_of)
        lived = np.array([now - number_of(cohort) for cohort in self.cohorts], np.int64)
        """Month of life the as-of day lies in."""
        whole = month_end(as_of) == as_of
        future = [] if forecast is None else forecast.to_pylist()
        most = max((number_of(row["month_start"]) for row in future if row["complete"]), default=now)
        width = int(lived.max(initial=0)) + 1 + max(0, most - now)
        self.margin = np.zeros((len(place), width))
        for row in observed.to_pylist():
            self.margin[place[row["cohort"], row["channel"]], row["age"]] += row["margin"]
        for row in future:
            number = number_of(row["month_start"])
            if row["margin"] is not None and number <= most:
                at = place[row["cohort"], row["channel"]]
                self.margin[at, number - number_of(row["cohort"])] += row["margin"]
        age = np.arange(width)
        self.seen = age < (lived + whole)[:, None]
        """Cells of months that are over."""
        self.known = age <= (lived + (most - now))[:, None] if future else self.seen

    def curve(self, name: str, rows: Sequence[int] | Array) -> Curve:
        """The curve of some cohorts and channels taken together."""
        rows = np.asarray(rows, np.int64)
        margin, customers = self.margin[rows], self.customers[rows]
        total = float(customers.sum())
        steps: list[float] = []
        seen = 0
        for age in range(margin.shape[1]):
            through, any_way = self.seen[rows, age], self.known[rows, age]
            if seen == age and customers[through].sum() >= HALF * total:
                seen += 1
            elif customers[any_way].sum() >= HALF * total:
                through = any_way
            else:
                break
            steps.append(float(margin[through, age].sum() / customers[through].sum()))
        costs = self.costs[rows]
        cac = None if np.isnan(costs).any() or not total else float(costs.sum() / total)
        return Curve(name, int(total), cac, tuple(np.cumsum(steps).tolist()), seen)
