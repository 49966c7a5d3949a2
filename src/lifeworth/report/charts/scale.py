"""From values to pixels: round tick steps, and the linear scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST = 1e-290
"""A span below this is none: its powers of ten underflow."""

ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def step(span: float, count: int, least: float = 0.0) -> float:
    """The smallest round step (1, 2, 2.5 or 5 times a power of ten) that cuts `span` into at most `count` parts.

    `least` keeps counts from being cut into fractions.
    """
    if not (span > LEAST and math.isfinite(span)):
        return max(least, 1.0)
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    chosen = next((size * power for size in ROUND if size * power >= rough * (1 - 1e-9)), 10 * power)
    if chosen < least:
        return least
    # 2.5 is no step for what comes in whole numbers
    return 5 * power if least >= 1 and chosen == 2.5 * power and power < 10 else chosen


def ticks(low: float, high: float, count: int = 5, least: float = 0.0) -> tuple[float, ...]:
    """Round values inside [low, high], evenly spaced, at most `count` + 1 of them."""
    if not math.isfinite(high - low) or high < low:
        return ()
    size = step(high - low, count, least)
    first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
    digits = max(0, 2 - math.floor(math.log10(size)))
    return tuple(round(turn * size, digits) + 0.0 for turn in range(first, last + 1))


def nice(low: float, high: float, count: int = 5, least: float = 0.0) -> tuple[float, float]:
    """The range widened to whole steps; a range of no extent gets one around it."""
    if low == high:
        room = abs(low) if abs(low) > LEAST else 1.0
        low, high = (0.0, high + room) if low >= 0 else (low - room, 0.0)
    size = step(high - low, count, least)
    return math.floor(low / size + 1e-9) * size, math.ceil(high / size - 1e-9) * size


def value_range(values: list[float], *, zero: bool) -> tuple[float, float]:
    """From the least to the largest value; from zero where asked, or where zero is near enough to be shown."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero or (0 <= low <= 0.6 * high):
        low = min(0.0, low)
    if zero or (high <= 0 and high >= 0.6 * low):
        high = max(0.0, high)
    return low, high


@dataclass(frozen=True, slots=True)
class Linear:
    """Maps [low, high] to [start, end]; `end` may lie before `start`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
