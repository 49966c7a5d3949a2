"""Confidence intervals from the profile of the likelihood, Venzon & Moolgavkar (1988), 'A Method for Computing Profile-Likelihood-Based Confidence Intervals', Applied Statistics 37(1).

A value of a parameter lies in the interval if, with all other parameters refitted beside it, the log-likelihood is less than χ²₁(level) ÷ 2
under its top (1.92 for 95 %). Such an interval does not depend on the coordinates, need not be even about the estimate, and has no end
on a side on which the likelihood never falls so far: in a small base that is what the data say of most shapes.

Each end is looked for along the profile by Newton's method on the signed root r = √(2 × the fall), which is nearly a straight line;
the others follow along the tangent and are then refitted by the search that also fits the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lifeworth.models import fit as fitting
from lifeworth.models.distinct import Array

NEAR = 1e-3
"""Distance from the wanted root at which one last step, unchecked, is taken: what it leaves is far under what anyone reads."""
SETTLED = 1e-6
"""Log-likelihood that the others may still have to gain beside a value of the parameter."""
SHORTEST, LONGEST = 0.02, 3.0
"""Bounds of the first step away from the estimate, in logarithms."""
REACH = 30.0
"""Logarithmic distance from the estimate (a factor of 10¹³) beyond which an interval is said to have no end; nobody goes there where the
profile levels off and would not fall far enough by then."""
MAX_STEPS = 60


@dataclass(frozen=True)
class _Stop:
    """A place on the profile: the point, r, how fast the likelihood falls there on the way out, and how the others move with the parameter."""

    at: Array
    root: float
    fall: float
    tangent: Array


def ends(
    objective: fitting.Objective,
    top: Array,
    errors: Array,
    reach: float,
    names: Sequence[str],
    boundary: Mapping[str, str],
) -> dict[str, tuple[float, float]]:
    """Both ends of the interval of every parameter, in the coordinates of `objective`; infinite where there is none.

    Args:
        objective: What was minimised.
        top: Where it is least.
        errors: Standard errors there, in the same coordinates; of no consequence but for the time it takes.
        reach: Root of χ²₁ at the level wanted, 1.96 for 95 %.
        names: Of the coordinates.
        boundary: Parameters known to have left for "0" or "infinity": there the interval has no end on that side.
    """
    found = {}
    for index, name in enumerate(names):
        gone = boundary.get(name)
        first = float(np.clip(reach * errors[index], SHORTEST, LONGEST)) if np.isfinite(errors[index]) else LONGEST
        # from a boundary the way back is level for long
        level = REACH if name in boundary else LONGEST
        low = -np.inf if gone == "0" else -_end(objective, top, index, -1, first, reach, level)
        high = np.inf if gone == "infinity" else _end(objective, top, index, 1, first, reach, level)
        found[name] = (low, high)
    return found


def _end(
    objective: fitting.Objective, top: Array, index: int, side: int, first: float, reach: float, level: float = LONGEST
) -> float:
    """The end on one side (+1 or −1), times that side; a profile that levels off more than `level` away has none."""
    height = objective(top, 0)[0]
    inside, outside = 0.0, np.inf
    here: _Stop | None = None
    step, falling = first, 0.0
    for _ in range(MAX_STEPS):
        there = _stop(objective, top, height, index, side, step, here)
        if there is None:
            # beyond what can be computed: nearer, and where that leads nowhere there is no end
            if step - inside < SHORTEST:
                return np.inf
            step = 0.5 * (inside + step)
            continue
        short = reach - there.root
        levels_off = there.fall < falling and there.fall * (REACH - step) < 0.5 * (reach**2 - there.root**2)
        falling = there.fall
        newton = step + short * there.root / there.fall if there.fall > 0 and there.root > 0 else np.inf
        if abs(short) < NEAR and np.isfinite(newton):
            return float(side * top[index] + newton)
        if short > 0:
            inside, here = step, there
        else:
            outside = step
            here = there if here is None else here
        if np.isinf(outside):
            if step >= REACH or (step > level and levels_off):
                return np.inf
            step = min(REACH, max(newton if np.isfinite(newton) else 0.0, 1.2 * step), 2 * step + 0.5)
        else:
            step = newton if inside < newton < outside else 0.5 * (inside + outside)
            if outside - inside < 1e-6:
                return float(side * top[index] + step)
    return float(side * top[index] + step)


def _stop(
    objective: fitting.Objective, top: Array, height: float, index: int, side: int, step: float, last: _Stop | None
) -> _Stop | None:
    """The place on the profile `step` away from the top; None where the likelihood cannot be computed."""
    others = np.arange(top.size) != index
    start = top.copy() if last is None else last.at.copy()
    move = top[index] + side * step - start[index]
    if last is not None:
        along = move * last.tangent
        start[others] += along * min(1.0, LONGEST / max(float(np.linalg.norm(along)), 1e-300))
    start[index] = top[index] + side * step
    whole: dict[bytes, tuple[Array, Array]] = {}

    def beside(point: Array, order: int) -> tuple[float, Array, Array | None]:
        at = start.copy()
        at[others] = point
        value, slope, hessian = objective(at, order)
        if order == 2:
            if hessian is None:
                hessian = fitting.numeric_hessian(lambda p: objective(p, 1)[1], at)
            whole[point.tobytes()] = slope, hessian
            return value, slope[others], hessian[np.ix_(others, others)]
        return value, slope[others], None

    end = fitting.search(beside, start[others], SETTLED)
    if end is None:
        return None
    at = start.copy()
    at[others] = end.at
    slope, hessian = whole[end.at.tobytes()]
    tangent = -np.linalg.lstsq(hessian[np.ix_(others, others)], hessian[others, index], rcond=1e-10)[0]
    # what the others have yet to gain is taken off to the second order: value and slope are those of the profile itself
    root = float(np.sqrt(2 * max(end.value - min(end.left, SETTLED) - height, 0.0)))
    fall = side * float(slope[index] + tangent @ slope[others])
    return _Stop(at, root, fall, tangent)
