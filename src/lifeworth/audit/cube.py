"""Purchases by when a customer came and when they bought: the table that the lenses on cohorts are cut from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import ibis
from ibis.expr.types import DateColumn, Table

from lifeworth.audit.money import Money
from lifeworth.audit.spans import LENGTH, Grain, age, end_of, periods, start_of
from lifeworth.data.contract import MONEY
from lifeworth.features.sums import counted, exact

ENOUGH = 30
"""Customers a cohort needs to be spoken of: what fewer do is chance."""

REPEAT_DAYS = (30, 90, 180, 365)
"""Days after the first purchase within which a second is looked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cohort in a period: who bought, how often, what for, what was left."""

    active: int = 0
    transactions: int = 0
    value: float = 0.0
    profit: float = 0.0

    def __add__(self, other: Cell) -> Cell:
        return Cell(
            self.active + other.active,
            self.transactions + other.transactions,
            self.value + other.value,
            self.profit + other.profit,
        )


@dataclass(frozen=True)
class Cube:
    """Cohorts × periods of one grain.

    Attributes:
        grain: Length of a period; a cohort is those who first bought in one.
        periods: First days of all periods of the data.
        sizes: Customers of each cohort.
        repeated: Of each cohort, by number of days, customers with a second purchase day within so many days of the first.
        first: What the first purchase day of each cohort's customers brought.
        cells: What was observed; a pair in which nobody bought is not there.
        as_of: Last observed day.
    """

    grain: Grain
    periods: Sequence[date]
    sizes: Mapping[date, int]
    repeated: Mapping[date, Mapping[int, int]]
    first: Mapping[date, Cell]
    cells: Mapping[tuple[date, date], Cell]
    as_of: date

    @property
    def cohorts(self) -> list[date]:
        """Periods in which somebody came, the earliest first."""
        return sorted(self.sizes)

    def cell(self, cohort: date, period: date) -> Cell:
        """A cohort in a period; nothing where nobody bought."""
        return self.cells.get((cohort, period), Cell())

    def over(self, period: date) -> bool:
        """Whether a period is over at the last observed day."""
        return end_of(period, self.grain) <= self.as_of

    def life(self, cohort: date) -> list[tuple[date, Cell]]:
        """A cohort from its own period to the last."""
        return [(period, self.cell(cohort, period)) for period in self.periods if period >= cohort]

    def age(self, cohort: date, period: date) -> int:
        """Periods since the cohort came; 0 is its own."""
        return age(cohort, period, self.grain)

    def seen(self, cohort: date, days: int) -> bool:
        """Whether every customer of a cohort has been observed for so many days since the first purchase."""
        return (self.as_of - end_of(cohort, self.grain)).days >= days

    def coarser(self, cohorts: Grain) -> dict[tuple[date, date], Cell]:
        """The cells by longer cohorts; sums over cohorts and periods stay what they are."""
        found: dict[tuple[date, date], Cell] = {}
        for (cohort, period), cell in sorted(self.cells.items()):
            key = (start_of(cohort, cohorts), period)
            found[key] = found.get(key, Cell()) + cell
        return found


def cells(days: Table, grain: Grain, money: Money) -> Table:
    """One row a cohort and period in which somebody bought: `cohort`, `period`, `active`, `transactions`, `value`, `profit`.

    Args:
        days: Purchase days: `customer_id`, `day`, `value`, `margin`.
        grain: Length of cohorts and periods.
        money: What counts as profit.
    """
    begun = _begun(days)
    named = begun.mutate(
        cohort=_start(begun["first_day"], grain), period=_start(begun["day"], grain), profit=money.profit(begun)
    )
    return (
        named.group_by("cohort", "period")
        .agg(
            active=named["customer_id"].nunique(),
            transactions=named.count(),
            value=exact(named["value"]).fill_null(0.0),
            profit=exact(named["profit"]).fill_null(0.0),
        )
        .order_by("cohort", "period")
    )


def sizes(days: Table, grain: Grain, money: Money) -> Table:
    """One row a cohort: `cohort`, `customers`, `value` and `profit` of first purchase days, and `within_30` … for `REPEAT_DAYS`."""
    begun = _begun(days)
    first = begun["day"] == begun["first_day"]
    later = ibis.ifelse(first, ibis.null("date"), begun["day"])
    priced = begun.mutate(
        profit=ibis.ifelse(first, money.profit(begun), ibis.literal(0, MONEY)),
        entry=ibis.ifelse(first, begun["value"], ibis.literal(0, MONEY)),
        later=later,
    )
    each = priced.group_by("customer_id").agg(
        first_day=priced["first_day"].min(),
        second=priced["later"].min(),
        value=exact(priced["entry"]),
        profit=exact(priced["profit"]),
    )
    gap = each["second"].delta(each["first_day"], unit="day")
    within = {f"within_{days}": (gap <= days).fill_null(False).cast("int64") for days in REPEAT_DAYS}
    marked = each.mutate(cohort=_start(each["first_day"], grain), **within)
    return (
        marked.group_by("cohort")
        .agg(
            customers=marked.count(),
            value=exact(marked["value"]).fill_null(0.0),
            profit=exact(marked["profit"]).fill_null(0.0),
            **{name: counted(marked[name]) for name in within},
        )
        .order_by("cohort")
    )


def gather(
    sized: Sequence[Mapping[str, Any]], observed: Sequence[Mapping[str, Any]], grain: Grain, first: date, as_of: date
) -> Cube:
    """The results of the queries.

    Args:
        sized: Rows of `sizes`.
        observed: Rows of `cells`.
        grain: Their grain.
        first: A day no later than the first purchase.
        as_of: Last observed day.
    """
    return Cube(
        grain,
        periods(first, as_of, grain),
        {row["cohort"]: row["customers"] for row in sized},
        {row["cohort"]: {days: row[f"within_{days}"] for days in REPEAT_DAYS} for row in sized},
        {row["cohort"]: Cell(row["customers"], row["customers"], row["value"], row["profit"]) for row in sized},
        {
            (row["cohort"], row["period"]): Cell(row["active"], row["transactions"], row["value"], row["profit"])
            for row in observed
        },
        as_of,
    )


def _begun(days: Table) -> Table:
    first = days.group_by(owner="customer_id").agg(first_day=days["day"].min())
    return days.join(first, [("customer_id", "owner")])


def _start(day: DateColumn, grain: Grain) -> DateColumn:
    """The first day of the period a day lies in."""
    months = LENGTH[grain]
    month = (day.month().cast("int64") - 1) // months * months + 1
    return cast("DateColumn", ibis.date(day.year(), month, 1))
