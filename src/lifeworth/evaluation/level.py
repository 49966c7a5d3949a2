"""Whether customers now order more, or less, than their own past says: the level of a forecast.

The models take rates as steady. In a shop that grows or shrinks every forecast of the past was missed to the same side. Then, and only
then, the forecast is moved by what all of them were missed by, drawn towards no change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from lifeworth.evaluation.backtest import Backtest
from lifeworth.evaluation.metrics import Array

FEWEST = 3
"""Hold-outs that have to agree: two of two agree by chance every other time."""
LEAST = 0.01
"""A total missed by less than this was not missed."""
MOST = 1.5
"""A level is never moved by more than this, up or down: beyond it the model is wrong, not its level."""


@dataclass(frozen=True, slots=True)
class Level:
    """How much more (above 1) or less often customers order than the model's rates say.

    Args:
        factor: What everybody's order rate is multiplied by; 1 where the hold-outs do not agree.
        spread: How far the totals of the hold-outs lay from the forecast at that level: root mean square of the logarithm of actual ÷
            foretold. It is what a total may miss by beside all chance by customer; None with fewer than three hold-outs.
        origins: How many hold-outs it comes from.
        reason: Why it was moved, in words; empty where it was not.
    """

    factor: float = 1.0
    spread: float | None = None
    origins: int = 0
    reason: str = ""

    def widened(self, mean: float, low: float, high: float) -> tuple[float, float]:
        """The 5 and 95 % points of a total once more, with the spread of the hold-outs beside what its own points hold.

        Args:
            mean: The total expected, above 0.
            low: Its 5 % point by the model.
            high: Its 95 % point by the model.
        """
        if not self.spread or mean <= 0:
            return low, high
        own = (high - low) / (2 * float(special.ndtri(0.95)))
        variance = own**2 + (self.spread * mean) ** 2
        # Gamma: never below 0, and normal where the variance is small.
        points = special.gammaincinv(mean**2 / variance, np.array([0.05, 0.95])) * variance / mean
        return float(points[0]), float(points[1])


def level(tests: Sequence[Backtest], name: str) -> Level:
    """The level on which all hold-outs agree.

    Where every hold-out was missed to the same side it is the mean of the logarithms of actual ÷ foretold totals, as if one further test
    had been met exactly; and it is kept only if what the earlier ones teach would have brought the latest nearer to what came.

    Args:
        tests: The hold-outs.
        name: Key of the model chosen.
    """
    moved = _moved(tests, name)
    if moved.size < FEWEST:
        return Level(origins=int(moved.size))
    factor, reason = _agreed(moved), ""
    if factor != 1 and _would_have_helped(tests, name):
        fewer = factor > 1
        reason = (
            f"In all {moved.size} hold-outs {'fewer' if fewer else 'more'} orders were foretold than came; so the forecast takes order rates "
            f"{abs(factor - 1):.1%} {'higher' if fewer else 'lower'} than the past of each customer says."
        )
    else:
        factor = 1.0
    spread = float(np.sqrt(np.mean((moved - np.log(factor)) ** 2)))
    return Level(factor, spread, int(moved.size), reason)


def _would_have_helped(tests: Sequence[Backtest], name: str) -> bool:
    """Whether hold-outs that were over before the latest began teach a level that brings the latest nearer."""
    latest = max(tests, key=lambda test: test.as_of)
    earlier = _moved([test for test in tests if test.until <= latest.as_of], name)
    missed = _moved([latest], name)
    if not earlier.size or not missed.size:
        return False
    return bool(abs(missed[0] - np.log(_agreed(earlier))) < abs(missed[0]))


def _moved(tests: Sequence[Backtest], name: str) -> Array:
    """Logarithms of actual ÷ foretold totals."""
    totals = [scores for test in tests if (scores := test.trial(name).orders) is not None]
    return np.array([np.log(one.actual / one.predicted) for one in totals if one.actual > 0 and one.predicted > 0])


def _agreed(moved: Array) -> float:
    """The level of some hold-outs; 1 where they are not all missed to one side."""
    if not (np.all(moved > LEAST) or np.all(moved < -LEAST)):
        return 1.0
    return float(np.clip(np.exp(moved.sum() / (moved.size + 1)), 1 / MOST, MOST))
