"""Dates: calendar months in order, and which days to hold out when a model is to be tested on what then happened."""

from __future__ import annotations

from collections.abc import Callable
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
    """Hold-outs a history of the days `first` to `last` allows, those as long as the horizon first, each kind latest first.

    The days held out are those of the horizon; where that is more than `share` of the history, so many whole weeks as
    fit in it: CDNOW's 78 weeks give the 39 + 39 of the literature. Each earlier hold-out ends where the one after it
    begins, for as long as at least as many days stay to learn from as are predicted.

    A history that has no room for `at_most` of these is also cut into one part more than that, and each part but the
    first is held out in its turn: one test alone cannot tell a good model from a lucky one.

    Args:
        first: Day of the first order.
        last: Last observed day (as_of of the run).
        horizon: How far ahead the run predicts; longer tests than that answer a question nobody asked.
        at_most: How many origins of a kind to return.
        share: Largest part of the history to hold out.
        least_weeks: A shorter hold-out than this tells nothing; then no split is returned.

    Returns:
        Splits; none where the history is too short. No day is predicted twice by hold-outs of one kind.
    """
    observed = (last - first).days + 1
    wanted = (last - horizon.before(last)).days
    weeks = int(observed * share) // WEEK
    # Whole months where the horizon fits: a year before 31 December is 31 December, leap year or not.
    if wanted <= observed * share:
        found = _rolled(first, last, at_most, horizon.before)
    elif weeks >= least_weeks:
        found = _rolled(first, last, at_most, lambda until: until - timedelta(days=weeks * WEEK))
    else:
        return ()
    part = observed // (at_most + 1) // WEEK
    if len(found) < at_most and part >= least_weeks:
        shorter = _rolled(first, last, at_most, lambda until: until - timedelta(days=part * WEEK))
        found += tuple(split for split in shorter if split not in found)
    return found


def _rolled(first: date, last: date, at_most: int, before: Callable[[date], date]) -> tuple[Split, ...]:
    """Hold-outs that end where the one after them begins; `before` says where one that ends on a day begins."""
    found: list[Split] = []
    until = last
    while len(found) < at_most:
        as_of = before(until)
        if (as_of - first).days + 1 < (until - as_of).days:
            break
        found.append(Split(as_of, until))
        until = as_of
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
