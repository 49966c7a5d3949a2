"""Units at the door: no bare number crosses it. Times, horizons, rates and money each have a type."""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum

from lifeworth.errors import OptionError

DAYS_PER_YEAR = 365.25
"""Length of the mean Julian year; an annual rate is spread evenly over it."""


class TimeUnit(Enum):
    """The unit a model counts time in. The data stay daily; only the scale of the parameters changes."""

    DAY = "day"
    WEEK = "week"

    @property
    def days(self) -> int:
        """Length of one unit in days."""
        return 1 if self is TimeUnit.DAY else 7

    @property
    def per_year(self) -> float:
        """How many units a mean year has."""
        return DAYS_PER_YEAR / self.days

    def between(self, start: date, end: date) -> float:
        """Time from `start` to `end` in this unit; a part of a unit counts as a part."""
        return (end - start).days / self.days


@dataclass(frozen=True, slots=True)
class Period:
    """A span of calendar time: whole months, weeks or days. A month is a calendar month, never 30 days."""

    count: int
    unit: str

    _PATTERN = re.compile(r"^\s*(\d+)\s*(m|mo|months?|w|weeks?|d|days?|y|years?)\s*$", re.IGNORECASE)

    def __post_init__(self) -> None:
        if self.unit not in {"months", "weeks", "days"}:
            raise OptionError(f'A period is not counted in "{self.unit}".', allowed=["months", "weeks", "days"])
        if self.count < 1:
            raise OptionError(f"A period must be at least one of its unit, not {self.count}.")

    @classmethod
    def months(cls, count: int) -> Period:
        """`count` calendar months."""
        return cls(count, "months")

    @classmethod
    def weeks(cls, count: int) -> Period:
        """`count` weeks of seven days."""
        return cls(count, "weeks")

    @classmethod
    def days(cls, count: int) -> Period:
        """`count` days."""
        return cls(count, "days")

    @classmethod
    def parse(cls, text: str | Period) -> Period:
        """Read "12m", "52w", "365d" or "1y" (also spelt out).

        Raises:
            OptionError: if the text is none of these.
        """
        if isinstance(text, Period):
            return text
        match = cls._PATTERN.match(text)
        if match is None:
            raise OptionError(f'"{text}" is not a period.', hint='Write months, weeks or days: "12m", "52w", "365d".')
        count, letter = int(match[1]), match[2][0].lower()
        if letter == "y":
            return cls(count * 12, "months")
        return cls(count, {"m": "months", "w": "weeks", "d": "days"}[letter])

    def after(self, start: date) -> date:
        """The date this period after `start`; 31 January plus one month is the last day of February."""
        if self.unit == "months":
            month = start.month - 1 + self.count
            year, month = start.year + month // 12, month % 12 + 1
            return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
        return start + timedelta(days=self.count * (7 if self.unit == "weeks" else 1))

    def before(self, end: date) -> date:
        """The date this period before `end`; the counterpart of `after`."""
        if self.unit == "months":
            month = end.month - 1 - self.count
            year, month = end.year + month // 12, month % 12 + 1
            return date(year, month, min(end.day, calendar.monthrange(year, month)[1]))
        return end - timedelta(days=self.count * (7 if self.unit == "weeks" else 1))

    def length(self, start: date, unit: TimeUnit) -> float:
        """Length in `unit`s when the period begins on `start`."""
        return unit.between(start, self.after(start))

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A share or an annual rate, as a fraction: 0.1 is ten percent."""

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or self.value < 0:
            raise OptionError(f"A rate must be a number of at least 0, not {self.value}.", hint="Ten percent is 0.1.")

    def continuous(self, unit: TimeUnit) -> float:
        """The force of interest δ per `unit` that an annual rate stands for: ln(1 + rate) ÷ units per year."""
        return math.log1p(self.value) / unit.per_year

    def __str__(self) -> str:
        return f"{self.value:.1%}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Amounts of two currencies are never added."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def rounded(self) -> Money:
        """To the cent, half to even."""
        return Money(self.amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN), self.currency)

    def __str__(self) -> str:
        return f"{self.rounded().amount:,} {self.currency}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise OptionError(f"{self.currency} and {other.currency} cannot be added.", hint="Convert one of them.")
