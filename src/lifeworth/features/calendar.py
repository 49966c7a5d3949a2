"""Dates: calendar months in order, and which days to hold out when a model is to be tested on what then happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lifeworth.units import Period

WEEK = 7


@dataclass(frozen=True, slots=True)
class Split:
    """A test in time: everything up to and including `as_of` is learnt from, the days (as_of, until] are predicted."""

    as_of: date
    until: date

    @property
    def days(self) -> int:
        """Days held out."""
        return (self.until - self.as_of).days

    def __str__(self) -> str:
        return f"learnt up to {self.as_of}, tested to {self.until}"


def splits(
    first: date, last: date, horizon: Period, *, at_most: int = 3, share: float = 0.5, least_weeks: int = 4
) -> tuple[Split, ...]:
    """Hold-outs a history of the days `first` to `last` allows, the latest and longest-taught one first.

    The days held out are as many as the horizon has, but in whole weeks no more than `share` of the history: CDNOW's 78
    weeks give the 39 + 39 of the literature. Earlier origins step back by the length of the hold-out, so no day is
    predicted twice, for as long as at least as many days stay to learn from as are to be predicted.

    Args:
        first: Day of the first order.
        last: Last observed day (as_of of the run).
        horizon: How far ahead the run predicts; longer tests than that answer a question nobody asked.
        at_most: How many origins to return.
        share: Largest part of the history to hold out.
        least_weeks: A shorter hold-out than this tells nothing; then no split is returned.

    Returns:
        Splits, latest first; none where the history is too short.
    """
    observed = (last - first).days + 1
    wanted = (horizon.after(last) - last).days
    held = min(wanted, int(observed * share) // WEEK * WEEK)
    if held < min(least_weeks * WEEK, wanted):
        return ()
    found = []
    for back in range(at_most):
        until = last - timedelta(days=back * held)
        # Whole months where the horizon fits: a year back from 31 December is 31 December, leap year or not.
        as_of = horizon.before(until) if held == wanted and back == 0 else until - timedelta(days=held)
        if (as_of - first).days + 1 < held:
            break
        found.append(Split(as_of, until))
    return tuple(found)


def month_start(day: date) -> date:
    """The first day of the month `day` lies in."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of the month `day` lies in."""
    return Period.months(1).after(month_start(day)) - timedelta(days=1)


def months(first: date, last: date) -> tuple[date, ...]:
    """First days of all calendar months from that of `first` to that of `last`, none left out."""
    start = month_start(first)
    return tuple(Period.months(back).after(start) if back else start for back in range(months_between(first, last) + 1))


def months_between(earlier: date, later: date) -> int:
    """How many calendar months the month of `later` comes after that of `earlier`; the days within do not matter."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month
