"""From the value of a measure to a score: how far it is between a red flag and its goal, on a scale of 0 to 10.

Scores are Spider Impact's: the red flag scores 10/3, the goal 20/3, and the scale goes on as far beyond either as they are apart,
so that 0 and 10 lie one such step outside. Performance and progress are BSC Designer's: performance is where a value lies between
the least and the most a measure can be, progress where it lies between its baseline and its target.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lifeworth.errors import OptionError

Direction: TypeAlias = Literal["up", "down", "middle"]
"""Whether more is better, less is better, or the best lies between two ends."""

TOP = 10.0
RED = TOP / 3
GOAL = 2 * TOP / 3
"""Scores of the red flag and of the goal."""


@dataclass(frozen=True, slots=True)
class Band:
    """What a measure is held to.

    Args:
        red: The red flag: at it, or beyond, somebody has to act. For "middle" the lower one.
        goal: The goal. For "middle" the best value.
        direction: Which way is better; it must agree with where the goal lies.
        red_above: For "middle" the red flag above the goal.
    """

    red: float
    goal: float
    direction: Direction = "up"
    red_above: float | None = None

    def __post_init__(self) -> None:
        numbers = [self.red, self.goal, *([] if self.red_above is None else [self.red_above])]
        if not all(math.isfinite(one) for one in numbers):
            raise OptionError("A goal and a red flag are numbers.")
        if self.direction == "middle":
            if self.red_above is None or not self.red < self.goal < self.red_above:
                raise OptionError(
                    f"To be kept in the middle, {self.goal:g} needs a red flag below it and one above it.",
                    hint="red = 8, goal = 10, red_above = 13",
                )
        elif self.red_above is not None:
            raise OptionError(
                "A second red flag belongs to a measure that is kept in the middle.", hint='direction = "middle"'
            )
        elif (self.goal > self.red) != (self.direction == "up") or self.goal == self.red:
            way = "above" if self.direction == "up" else "below"
            raise OptionError(
                f"The goal {self.goal:g} does not lie {way} the red flag {self.red:g}.",
                hint="Turn them round, or the direction.",
            )


def score(value: float | None, band: Band) -> float | None:
    """The score of a value, 0 to 10; none where there is no value.

    >>> score(500, Band(red=500, goal=700)) == 10 / 3
    True
    """
    if value is None or not math.isfinite(value):
        return None
    if band.direction == "middle" and band.red_above is not None:
        # On the way from the best value outwards: 10 in the middle, the goal's 20/3 half way to a red flag, 0 as far again beyond it.
        red = band.red_above if value > band.goal else band.red
        return _clipped(TOP - (TOP - RED) * (value - band.goal) / (red - band.goal))
    return _clipped(RED + (GOAL - RED) * (value - band.red) / (band.goal - band.red))


def performance(value: float | None, least: float, most: float, direction: Direction = "up") -> float | None:
    """Where a value lies between the least and the most a measure can be: 0 to 1, 1 the better end.

    Raises:
        OptionError: if the ends are the same, or the measure is kept in the middle.
    """
    if direction == "middle":
        raise OptionError("Performance between two ends is not defined for a measure that is kept in the middle.")
    if least >= most:
        raise OptionError(f"The least value {least:g} is not below the most {most:g}.")
    if value is None or not math.isfinite(value):
        return None
    share = min(max((value - least) / (most - least), 0.0), 1.0)
    return share if direction == "up" else 1.0 - share


def progress(value: float | None, baseline: float | None, target: float | None) -> float | None:
    """How much of the way from the baseline to the target is done: 0 at the baseline, 1 at the target and beyond.

    None where one of the three is not known. A target that equals its baseline is a promise to keep: 1 while it is kept on either
    side is not defined, so there is no progress to speak of.
    """
    if value is None or baseline is None or target is None or target == baseline or not math.isfinite(value):
        return None
    return min(max((value - baseline) / (target - baseline), 0.0), 1.0)


def _clipped(points: float) -> float:
    return min(max(points, 0.0), TOP)
