"""The calendar of the generated business: days counted from its first, months, seasons, hours of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lifeworth.data.synthetic.arrays import Floats, Ints
from lifeworth.units import Period

# Share of a day's orders that have come in by each full hour: few at night, most at noon and in the evening.
_HOURS = np.arange(25, dtype=np.float64)
_BY_HOUR = np.cumsum(
    [0, 8, 4, 2, 1, 2, 6, 16, 30, 44, 54, 58, 60, 58, 52, 50, 52, 58, 66, 78, 90, 86, 62, 36, 16], dtype=np.float64
)


@dataclass(frozen=True)
class Span:
    """From the morning of `start` to the evening of `end`. A time is days since that morning, as a float."""

    start: date
    end: date
    season: tuple[float, ...]

    @property
    def days(self) -> int:
        """Number of days, both ends counted."""
        return (self.end - self.start).days + 1

    @cached_property
    def month_starts(self) -> npt.NDArray[np.datetime64]:
        """First day of every calendar month the span touches."""
        first, last = np.datetime64(self.start, "M"), np.datetime64(self.end, "M")
        return np.arange(first, last + 1).astype("datetime64[D]")

    @property
    def months(self) -> int:
        """Number of calendar months touched."""
        return len(self.month_starts)

    @cached_property
    def month_bounds(self) -> tuple[Ints, Ints]:
        """First day of each month and the day after its last, cut to the span."""
        starts = (self.month_starts - np.datetime64(self.start, "D")).astype(np.int64)
        ends = np.append(starts[1:], self.days)
        return np.maximum(starts, 0), np.minimum(ends, self.days)

    @cached_property
    def month_shares(self) -> Floats:
        """Share of each calendar month that lies in the span; 1 for all but the edges."""
        first, past = self.month_bounds
        lengths = ((self.month_starts.astype("datetime64[M]") + 1).astype("datetime64[D]") - self.month_starts).astype(
            np.int64
        )
        return np.asarray((past - first) / lengths, dtype=np.float64)

    def month_of(self, time: Floats | Ints) -> Ints:
        """Index of the month each time falls in."""
        first, _ = self.month_bounds
        return np.clip(np.searchsorted(first, np.floor(time), side="right") - 1, 0, self.months - 1)

    def dates(self, time: Floats | Ints) -> npt.NDArray[np.datetime64]:
        """The dates of times."""
        return np.datetime64(self.start, "D") + np.floor(time).astype(np.int64)

    def moments(self, time: Floats) -> npt.NDArray[np.datetime64]:
        """Timestamps, to the second."""
        return np.datetime64(self.start, "s") + np.floor(time * 86_400).astype(np.int64)

    def opening_hours(self, time: Floats) -> Floats:
        """Times moved within their day to the hours people are awake; their order stays as it was."""
        day = np.floor(time)
        hour = np.interp(time - day, _BY_HOUR / _BY_HOUR[-1], _HOURS)
        return np.asarray(day + np.minimum(hour / 24, 1 - 1e-5), dtype=np.float64)

    # -- seasons ------------------------------------------------------------------------------------------------------
    def _cumulated(self, end: date) -> Floats:
        days = np.arange(np.datetime64(self.start, "D"), np.datetime64(end, "D") + 1)
        month = days.astype("datetime64[M]").astype(np.int64) % 12
        return np.concatenate([[0.0], np.cumsum(np.asarray(self.season)[month])])

    @cached_property
    def _clock(self) -> Floats:
        return self._cumulated(self.end)

    def busy(self, time: Floats) -> Floats:
        """Calendar time to the clock the purchase process runs on, which goes faster in busy months."""
        return np.interp(time, np.arange(self.days + 1), self._clock)

    def calendar(self, busy: Floats) -> Floats:
        """Back from the clock of the purchase process to calendar time."""
        return np.interp(busy, self._clock, np.arange(self.days + 1))

    def busy_ahead(self, horizon: Period) -> float:
        """Length of the period after `end` on the clock of the purchase process."""
        clock = self._cumulated(horizon.after(self.end))
        return float(clock[-1] - clock[self.days])

    def facts(self) -> dict[str, Any]:
        """The span as plain data."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat(), "days": self.days}
