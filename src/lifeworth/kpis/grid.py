"""Windows of time that follow one another: what a figure is about, and what it is set beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import ibis
from ibis.expr.types import IntegerColumn

from lifeworth.features.calendar import month_end, month_start, months_between
from lifeworth.features.months import number_of
from lifeworth.units import DAYS_PER_YEAR, Period

MOST = 60
"""Windows of one question: a customer's life is kept as one bit a window, and a number has 63 of them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Window `k` holds the days after `bounds[k]`, up to and including `bounds[k + 1]`.

    `complete` is false where the last window is a calendar period that was not over on its last day.
    """

    bounds: tuple[date, ...]
    complete: bool = True

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def days(self, k: int) -> int:
        """Length of a window."""
        return (self.bounds[k + 1] - self.bounds[k]).days

    def years(self, k: int) -> float:
        """Length of a window in mean years."""
        return self.days(k) / DAYS_PER_YEAR

    def months(self, k: int) -> float:
        """Length of a window in months: whole ones where it is made of them, else twelfths of a mean year."""
        start, end = self.bounds[k], self.bounds[k + 1]
        apart = months_between(start, end)
        if apart and (Period.months(apart).before(end) == start or (_ends_month(start) and _ends_month(end))):
            return float(apart)
        return self.years(k) * 12

    def index(self, day: Any) -> IntegerColumn:
        """The window a day or a time lies in; -1 before the first, null after the last."""
        if len(self) > 3 and self._monthly():
            start = self.bounds[0] + timedelta(days=1)
            month = (day.year() - start.year) * 12 + day.month().cast("int64") - start.month
            inside = (month / self._step()).floor().cast("int64") if self._step() > 1 else month
            branches = [(~later(day, self.bounds[0]), ibis.literal(-1)), (~later(day, self.bounds[-1]), inside)]
            return ibis.cases(*branches)
        branches = [(~later(day, bound), ibis.literal(k - 1)) for k, bound in enumerate(self.bounds)]
        return ibis.cases(*branches).cast("int64")

    def _step(self) -> int:
        return max(1, round(self.months(0)))

    def _monthly(self) -> bool:
        """Whether every window is as many whole calendar months, the last one perhaps not over."""
        numbers = [number_of(bound) for bound in self.bounds]
        apart = {after - before for before, after in pairwise(numbers[:-1])}
        whole = all(_ends_month(bound) for bound in self.bounds[:-1])
        return whole and apart == {self._step()} and numbers[-1] - numbers[-2] <= self._step()


def later(day: Any, bound: date) -> Any:
    """Whether a day or a time comes after the close of a day."""
    if day.type().is_timestamp():
        # Times are compared as such: turning millions of them into dates first costs as much as adding them up.
        return day >= ibis.timestamp(datetime.combine(bound + timedelta(days=1), time.min).isoformat(" "))
    return day > ibis.literal(bound)


def calendar(first: date, last: date, period: Period, *, most: int = 24) -> Grid:
    """The calendar periods up to the one in progress on `last`, the latest `most` of them, and one before for comparison.

    Months, quarters, half-years and years begin where the calendar's do; other periods are counted back from `last`.

    Args:
        first: First day the data know of: no window ends before it, but for the one to compare with.
        last: The as-of day.
        period: Length of a window.
        most: How many windows to show.
    """
    most = min(most, MOST - 1)
    bounds = [last]
    if period.unit == "months" and 12 % period.count == 0:
        begins = month_start(last).replace(month=(last.month - 1) // period.count * period.count + 1)
        complete = last == month_end(Period.months(period.count).after(begins) - timedelta(days=1))
        while len(bounds) <= most + 1 and (len(bounds) <= 2 or bounds[-2] >= first):
            bounds.append(begins - timedelta(days=1))
            begins = period.before(begins)
    else:
        complete = True
        while len(bounds) <= most + 1 and (len(bounds) <= 2 or bounds[-2] >= first):
            bounds.append(period.before(bounds[-1]))
    return Grid(tuple(reversed(bounds)), complete)


def _ends_month(day: date) -> bool:
    return day == month_end(day)
