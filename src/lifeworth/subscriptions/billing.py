"""When bills fall due: calendar arithmetic of billing periods, arrays in, arrays out.

A period is a number of calendar months, or of days where it has none. The bills of a contract fall due on the day of the
month on which it began, or on the last day of a month that has no such day: 31 January, 28 February, 31 March.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lifeworth.units import DAYS_PER_YEAR

Days = NDArray[np.datetime64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MONTH = DAYS_PER_YEAR / 12
"""Length of the mean month in days; MRR of a week is what MRR of a month is to its days."""
_ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often a contract is billed: every so many months, or where those are 0 every so many days."""

    months: int
    days: int = 0

    @classmethod
    def of(cls, interval: str, count: int) -> Cycle:
        """From an interval (day, week, month, year) and how many of them make a period; other words read as month."""
        if interval == "day":
            return cls(0, count)
        if interval == "week":
            return cls(0, 7 * count)
        return cls((12 if interval == "year" else 1) * count)

    @property
    def length(self) -> float:
        """Mean length in days."""
        return self.months * MONTH if self.months else float(self.days)

    @property
    def in_months(self) -> float:
        """Mean length in months: what MRR is multiplied with to be a bill."""
        return self.length / MONTH

    @property
    def name(self) -> str:
        """As a person says it: monthly, yearly, every 3 months, weekly, every 10 days."""
        if self.months:
            years = self.months // 12
            if self.months % 12:
                return "monthly" if self.months == 1 else f"every {self.months} months"
            return "yearly" if years == 1 else f"every {years} years"
        if self.days % 7:
            return "daily" if self.days == 1 else f"every {self.days} days"
        return "weekly" if self.days == 7 else f"every {self.days // 7} weeks"

    def made(self, anchor: Days, until: Days) -> Ints:
        """Renewals that fell due after `anchor`, up to and including `until` (no earlier than the anchor)."""
        if not self.months:
            return np.asarray((until - anchor) // (self.days * _ONE_DAY), np.int64)
        apart = (until.astype("datetime64[M]") - anchor.astype("datetime64[M]")).astype(np.int64)
        short = _day_of_month(until) < np.minimum(_day_of_month(anchor), _month_length(until))
        return np.asarray((apart - short) // self.months, np.int64)

    def due(self, anchor: Days, number: Ints) -> Days:
        """The day on which the given renewal falls due; the 0th is the anchor itself."""
        if not self.months:
            return np.asarray(anchor + number * self.days * _ONE_DAY, "datetime64[D]")
        month = anchor.astype("datetime64[M]") + number * self.months
        first = month.astype("datetime64[D]")
        place = np.minimum(_day_of_month(anchor), _month_length(first))
        return np.asarray(first + (place - 1) * _ONE_DAY, "datetime64[D]")


def _day_of_month(day: Days) -> Ints:
    return np.asarray((day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1)


def _month_length(day: Days) -> Ints:
    month = day.astype("datetime64[M]")
    return np.asarray(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64))
