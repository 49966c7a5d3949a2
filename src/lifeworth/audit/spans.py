"""Stretches of days, and the calendar periods a history is cut into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lifeworth.features.calendar import month_end, month_start, months_between
from lifeworth.report.format import text
from lifeworth.units import Period

Grain = Literal["month", "quarter", "year"]

LENGTH: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
"""Months of a period."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days after `after`, up to and including `to`."""

    after: date
    to: date

    def __str__(self) -> str:
        return f"{text(self.after + timedelta(days=1), 'date')} to {text(self.to, 'date')}"


def two(first: date, as_of: date, period: Period) -> tuple[Span, Span]:
    """The period up to `as_of` and the one before it; where the data do not reach back that far, half their days each.

    Args:
        first: Day of the first order.
        as_of: Last day.
        period: The length asked for.
    """
    middle = period.before(as_of)
    start, earliest = period.before(middle), first - timedelta(days=1)
    if start < earliest:
        days = max(1, (as_of - earliest).days // 2)
        middle = as_of - timedelta(days=days)
        start = middle - timedelta(days=days)
    return Span(start, middle), Span(middle, as_of)


def grain_of(first: date, as_of: date) -> Grain:
    """Months for less than two and a half years of data, else quarters: enough periods to see a shape, few enough to read."""
    return "month" if months_between(first, as_of) < 30 else "quarter"


def coarser(grain: Grain, first: date, as_of: date) -> Grain:
    """The grain of cohorts that are stacked: so coarse that a picture has few bands."""
    if months_between(first, as_of) >= 24:
        return "year"
    return "quarter" if grain == "month" else grain


def start_of(day: date, grain: Grain) -> date:
    """The first day of the period a day lies in."""
    month = month_start(day)
    return month.replace(month=(month.month - 1) // LENGTH[grain] * LENGTH[grain] + 1)


def end_of(start: date, grain: Grain) -> date:
    """The last day of the period that begins on a day."""
    return month_end(Period.months(LENGTH[grain]).after(start) - timedelta(days=1))


def periods(first: date, as_of: date, grain: Grain) -> list[date]:
    """First days of all periods from that of `first` to that of `as_of`."""
    found = [start_of(first, grain)]
    while found[-1] < start_of(as_of, grain):
        found.append(Period.months(LENGTH[grain]).after(found[-1]))
    return found


def age(cohort: date, period: date, grain: Grain) -> int:
    """How many periods after that of the cohort a period is."""
    return months_between(cohort, period) // LENGTH[grain]


def named(start: date, grain: Grain) -> str:
    """A period as it is written: 2026-03, 2026-Q1, 2026."""
    if grain == "year":
        return str(start.year)
    return f"{start:%Y-%m}" if grain == "month" else f"{start.year}-Q{(start.month + 2) // 3}"
