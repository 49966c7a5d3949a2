"""The forecast by acquisition cohort: which customers were misjudged, when the total may look right by luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.metrics import Array, Score, relative_bias

Days = NDArray[np.datetime64]

FEWEST, MOST = 3, 12
"""Fewer cohorts show no trend; more do not fit a look."""
WIDTHS: tuple[tuple[str, int], ...] = (
    ("month", 1), ("quarter", 3), ("half-year", 6), ("year", 12), ("2 years", 24), ("5 years", 60), ("10 years", 120),
)  # fmt: skip
"""How long a cohort may be, in months, the shortest first; weeks where months are too few."""
CHANCE = 3.5
"""Standard errors of a cohort's total that chance exceeds once in 2,000 cohorts."""
MISSED = 0.1
"""A cohort missed by less than this is not worth a word."""


@dataclass(frozen=True, slots=True)
class CohortScore:
    """One acquisition cohort: what was foretold of it, and what came.

    Args:
        cohort: What it is called: "2024-05", "2024 Q2", "2024", "week of 2024-05-06".
        first_day: First day of its stretch of the calendar.
        customers: How many were acquired in it.
        predicted_orders: Orders foretold, all its customers together.
        actual_orders: Orders that came.
        predicted_value: Money foretold; none without money or without a spend model.
        actual_value: Money that came.
        bias: Orders foretold ÷ orders that came − 1.
        error: Standard error of its orders: the root of the sum of the squared misses of its customers.
    """

    cohort: str
    first_day: date
    customers: int
    predicted_orders: float
    actual_orders: float
    predicted_value: float | None
    actual_value: float | None
    bias: Score
    error: float

    @property
    def z(self) -> float:
        """Orders foretold less orders that came, in standard errors."""
        return (self.predicted_orders - self.actual_orders) / self.error if self.error > 0 else 0.0

    @property
    def value_bias(self) -> Score:
        """Money foretold ÷ money that came − 1."""
        if self.predicted_value is None or self.actual_value is None:
            return Score(None, "there is no money")
        return relative_bias([self.actual_value], [self.predicted_value])


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Which cohort each customer of a hold-out belongs to (`place`), and the cohorts there are, the oldest first."""

    names: tuple[str, ...]
    first_days: tuple[date, ...]
    place: NDArray[np.int64]

    def scores(self, test: Holdout, orders: Array, value: Array | None) -> tuple[CohortScore, ...]:
        """Add the forecast and the outcome up by cohort.

        Args:
            test: The hold-out.
            orders: Orders foretold, one a customer.
            value: Money foretold, one a customer; nothing where there is none.
        """

        def added(amounts: Array) -> list[float]:
            return [float(total) for total in np.bincount(self.place, amounts, len(self.names))]

        sizes = np.bincount(self.place, minlength=len(self.names))
        foretold, came = added(orders), added(test.orders)
        spread = np.sqrt(added(np.square(orders - test.orders)))
        money = None if value is None else (added(value), added(test.value))
        return tuple(
            CohortScore(
                cohort=name,
                first_day=self.first_days[at],
                customers=int(sizes[at]),
                predicted_orders=foretold[at],
                actual_orders=came[at],
                predicted_value=None if money is None else money[0][at],
                actual_value=None if money is None else money[1][at],
                bias=relative_bias([came[at]], [foretold[at]]),
                error=float(spread[at]),
            )
            for at, name in enumerate(self.names)
        )


def out_of_line(found: Sequence[CohortScore]) -> tuple[CohortScore, ...]:
    """Cohorts missed by far more than chance explains, as foretold and once more with what all are missed by put right, the worst first.

    What all are missed by is came ÷ foretold of the cohort in the middle (median, weighted by orders foretold): where every cohort
    is missed alike, none is unlike the others, and one that is does not make the others look so.
    """
    usual = _usual([one for one in found if one.predicted_orders > 0])

    def off(one: CohortScore) -> float:
        return min(abs(one.predicted_orders * factor - one.actual_orders) for factor in (1.0, usual))

    missed = [one for one in found if one.error > 0 and off(one) >= max(CHANCE * one.error, MISSED * one.actual_orders)]
    return tuple(sorted(missed, key=lambda one: -off(one) / one.error))


def _usual(found: Sequence[CohortScore]) -> float:
    """Orders that came ÷ orders foretold, of the cohort in the middle; 1 where there are too few to have one."""
    if len(found) < FEWEST:
        return 1.0
    ratios = np.array([one.actual_orders / one.predicted_orders for one in found])
    order = np.argsort(ratios, kind="stable")
    reached = np.cumsum([found[at].predicted_orders for at in order])
    return float(ratios[order[np.searchsorted(reached, 0.5 * reached[-1])]])


def cohorts(test: Holdout) -> Cohorts:
    """Cut the customers into 3 to 12 cohorts by the calendar, as fine as that allows; fewer where all came within days."""
    if not len(test):
        return Cohorts((), (), np.zeros(0, np.int64))
    first = test.rows["first_day"].to_numpy().astype("datetime64[D]")
    months = first.astype("datetime64[M]").astype(np.int64)
    chosen, starts = _by_months(months, WIDTHS[-1])
    for width in WIDTHS:
        chosen, starts = _by_months(months, width)
        if np.unique(starts).size <= MOST:
            break
    if np.unique(starts).size < FEWEST:
        # The epoch was a Thursday; weeks begin on a Monday.
        weeks = (first.astype(np.int64) + 3) // 7 * 7 - 3
        if 1 < np.unique(weeks).size <= MOST:
            chosen, starts = "week", weeks.astype("datetime64[D]")
    days, place = np.unique(starts, return_inverse=True)
    dates: Sequence[date] = days.tolist()
    return Cohorts(tuple(_called(day, chosen) for day in dates), tuple(dates), place.astype(np.int64).reshape(-1))


def _by_months(months: NDArray[np.int64], width: tuple[str, int]) -> tuple[str, Days]:
    name, size = width
    # Counted from the year 0, so that years, and stretches of 5 and 10, begin where people expect them to.
    begin = (months + 1970 * 12) // size * size - 1970 * 12
    return name, begin.astype("datetime64[M]").astype("datetime64[D]")


def _called(day: date, width: str) -> str:
    if width == "week":
        return f"week of {day}"
    if width == "month":
        return f"{day:%Y-%m}"
    if width == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    if width == "half-year":
        return f"{day.year} H{1 if day.month < 7 else 2}"
    years = dict(WIDTHS)[width] // 12
    return f"{day.year}" if years == 1 else f"{day.year}–{day.year + years - 1}"
