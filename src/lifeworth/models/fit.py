"""Maximum likelihood that vouches for what it returns.

Newton's method in a trust region on the logarithms of the parameters (Moré & Sorensen 1983), first on some twenty
thousand customers, then from there on all of them: the sample's optimum lies so near that two or three passes over all are enough.

What it says of the end: *an optimum*, where no step within reach promises anything and the curvature is positive in every
direction; *a boundary*, where the likelihood creeps up towards a limit as some parameters leave for 0 or infinity (they are
named; the limit's likelihood is right to 1e-5, but these parameters mean nothing by themselves); or a ConvergenceError. Wherever
a direction is flat, or nearly, other starting points are tried too, since such likelihoods often have several tops.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifeworth.errors import ConvergenceError, ModelError
from lifeworth.models.distinct import Array, Flags

if TYPE_CHECKING:
    from lifeworth.models.history import Cells

SAMPLE = 20_000
ROUGH, FINE = 1e-3, 1e-8
"""Log-likelihood still to be gained at which a search ends: on the sample, and on all."""
CREEP = 1e-5
"""Log-likelihood that flat directions may still promise at a boundary: far out on them, slopes are rounding."""
WEAK, WEAKLY = 1.0, 1e-6
"""Directions of less curvature than that are held weakly, and what they may still promise: a step along them moves next to nothing."""
MAX_STEPS = 150
LONGEST_STEP = 4.0
FLAT = 1e-3
"""Curvature (an inverse squared standard error of a logarithm) under which the data do not hold a direction."""
SHARE = 0.2
"""Share (a cosine) in such a direction from which on a parameter is named as not held."""
DOUBTFUL = 4.0
"""Curvature under which a second top is likely enough to look for one."""
OTHERS, AGAIN, APART = 6, 4, 1.5
"""How many further starting points are followed, the best of those offered; how many more beside a limit; how far they lie from each other."""
FAR = 3.0
"""Logarithmic distance from every starting value at which a parameter has left for 0 or infinity."""
DIFFERENCE = 1e-4

Objective = Callable[[Array, int], tuple[float, Array, Array | None]]
"""(point, order) -> negative log-likelihood, its gradient, its Hessian or None."""


@dataclass(frozen=True)
class Point:
    """Where a search is: `left` is what the best step within reach promises to gain."""

    at: Array
    value: float
    gradient: Array
    hessian: Array
    left: float


@dataclass(frozen=True)
class Estimate:
    """What a fit knows: the point, the covariance in the same coordinates, and whether it may be trusted.

    `boundary` names the parameters that the data do not hold, each with where it went: "0", "infinity" or "anywhere".
    """

    at: Array
    log_likelihood: float
    covariance: Array
    converged: bool
    boundary: dict[str, str]


def estimate(
    objective: Callable[[Cells], Objective], cells: Cells, starts: Sequence[Array], names: Sequence[str]
) -> Estimate:
    """The maximum-likelihood estimate.

    Args:
        objective: The negative log-likelihood of given cells.
        cells: What to fit to.
        starts: Starting points, the likeliest first; the others are tried where the first does not lead to a clear optimum.
        names: Of the coordinates, to say which of them the data do not hold.

    Raises:
        ConvergenceError: if no start leads to a point that can be vouched for.
    """
    sampled = cells.customers > 2 * SAMPLE and len(cells) > SAMPLE
    few = objective(cells.subsample(SAMPLE)) if sampled else objective(cells)
    every = objective(cells) if sampled else few
    best = search(few, starts[0], ROUGH if sampled else FINE)
    times = cells.customers / SAMPLE if sampled else 1.0
    if best is None or best.left > _enough(best, ROUGH if sampled else FINE) or times * _curvature(best) < DOUBTFUL:
        best = _look_around(few, best, starts[1:], ROUGH if sampled else FINE)
    if best is None:
        raise _lost("No starting point led downhill to a finite likelihood")
    end = search(every, best.at, FINE) if sampled else best
    if end is None or not _settled(end):
        raise _lost("The likelihood was still rising when the search ended")
    return _judged(end, starts, names)


def _look_around(objective: Objective, best: Point | None, starts: Sequence[Array], tolerance: float) -> Point | None:
    """Follow the most promising of the other starting points; the best end of all.

    Where that lies on a flat direction, what is held is kept and the others are begun again from every start: beside a
    limit ("nobody leaves") there may be a top of its own ("few leave, and those at once"), which is too small to be seen from elsewhere.
    """
    best = _best_of(objective, best, starts, OTHERS, tolerance)
    loose = np.zeros(0, np.bool_) if best is None else _loose(best)
    if best is None or not loose.any():
        return best
    return _best_of(objective, best, [np.where(loose, start, best.at) for start in starts], AGAIN, tolerance)


def _best_of(
    objective: Objective, best: Point | None, starts: Sequence[Array], count: int, tolerance: float
) -> Point | None:
    """The best of `best` and of the ends that the `count` highest of the starts lead to, no two of them near each other."""
    with np.errstate(all="ignore"):
        heights = [(objective(start, 0)[0], number) for number, start in enumerate(starts)]
    chosen: list[Array] = []
    for height, number in sorted(heights):
        apart = all(np.linalg.norm(starts[number] - other) > APART for other in chosen)
        if np.isfinite(height) and apart and len(chosen) < count:
            chosen.append(starts[number])
    for start in chosen:
        found = search(objective, start, tolerance)
        if found is not None and (best is None or _better(found, best)):
            best = found
    return best


def _better(found: Point, best: Point) -> bool:
    """Higher; or as high, and with an end that the other does not have."""
    if found.value < best.value - 1e-6:
        return True
    return found.value < best.value + 1e-6 and found.left <= _enough(found, FINE) < best.left


def search(objective: Objective, start: Array, tolerance: float) -> Point | None:
    """Walk from `start` until no step within reach promises more than `tolerance`; None if the start has no finite likelihood."""
    here = _evaluate(objective, np.asarray(start, np.float64))
    if here is None:
        return None
    radius = 1.0
    for _ in range(MAX_STEPS):
        if here.left <= _enough(here, tolerance):
            return here
        step, promised = _step(here.gradient, here.hessian, radius)
        there = _evaluate(objective, here.at + step)
        noise = 1e-14 * abs(here.value)
        gain = -np.inf if there is None else here.value - there.value
        length = float(np.linalg.norm(step))
        if there is not None and (gain > 1e-4 * promised or (promised < noise and there.left < here.left)):
            if gain > 0.75 * promised and length > 0.9 * radius:
                radius = min(2 * radius, LONGEST_STEP)
            elif gain < 0.25 * promised and promised > noise:
                radius = max(0.5 * length, 1e-6)
            here = there
        else:
            radius = 0.25 * min(radius, length)
            if radius < 1e-10:
                return here
    return here


def numeric_hessian(slope: Callable[[Array], Array], at: Array) -> Array:
    """The Hessian by central differences of the exact gradient: for kernels without second derivatives."""
    columns = []
    for i in range(at.size):
        shift = np.zeros(at.size)
        shift[i] = DIFFERENCE
        columns.append((slope(at + shift) - slope(at - shift)) / (2 * DIFFERENCE))
    hessian = np.array(columns)
    return 0.5 * (hessian + hessian.T)


def _evaluate(objective: Objective, at: Array) -> Point | None:
    """Value, gradient and Hessian at a point; None where any of them is not finite."""
    with np.errstate(all="ignore"):
        value, gradient, hessian = objective(at, 2)
        if hessian is None:
            hessian = numeric_hessian(lambda point: objective(point, 1)[1], at)
    if not (np.isfinite(value) and np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        return None
    return Point(at, value, gradient, hessian, _step(gradient, hessian, LONGEST_STEP)[1])


def _step(gradient: Array, hessian: Array, radius: float) -> tuple[Array, float]:
    """The step that lowers the quadratic model most within `radius`, and by how much."""
    curvatures, axes = np.linalg.eigh(hessian)
    along = axes.T @ gradient
    floor = max(0.0, -float(curvatures[0]))

    def length(shift: float) -> float:
        return float(np.linalg.norm(along / (curvatures + shift)))

    shift = 0.0
    if curvatures[0] <= 0 or length(0.0) > radius:
        low, high = floor * (1 + 1e-12) + 1e-300, floor + float(np.linalg.norm(along)) / radius + 1e-300
        for _ in range(60):
            shift = 0.5 * (low + high)
            low, high = (shift, high) if length(shift) > radius else (low, shift)
        shift = high
    parts = -along / (curvatures + shift)
    return axes @ parts, float(-(along @ parts) - 0.5 * (curvatures @ parts**2))


def _enough(point: Point, tolerance: float) -> float:
    """The tolerance, or what rounding leaves of it in a sum of this size."""
    return max(tolerance, 3e-14 * abs(point.value))


def _settled(end: Point) -> bool:
    """Nothing more to gain; or only so little, along directions the data do not hold, that it is rounding in a sum which has reached its limit."""
    if end.left <= _enough(end, FINE):
        return True
    curvatures, axes = np.linalg.eigh(end.hessian)
    along = axes.T @ end.gradient

    def gain(where: Flags) -> float:
        return float(0.5 * np.sum(along[where] ** 2 / curvatures[where]))

    firm, weak = curvatures >= WEAK, (curvatures >= FLAT) & (curvatures < WEAK)
    return end.left <= CREEP and gain(firm) <= _enough(end, FINE) and gain(weak) <= WEAKLY


def _loose(end: Point) -> Flags:
    """The coordinates with a share in a direction that the data do not hold."""
    curvatures, axes = np.linalg.eigh(end.hessian)
    return np.asarray(np.abs(axes[:, curvatures < FLAT]).max(axis=1, initial=0.0) > SHARE)


def _curvature(point: Point) -> float:
    return float(np.linalg.eigvalsh(point.hessian)[0])


def _judged(end: Point, starts: Sequence[Array], names: Sequence[str]) -> Estimate:
    """Tell an optimum from a boundary by the curvature, and name what the data do not hold."""
    curvatures, axes = np.linalg.eigh(end.hessian)
    held, loose = curvatures >= FLAT, _loose(end)
    lowest, highest = np.min(starts, axis=0) - FAR, np.max(starts, axis=0) + FAR
    boundary = {}
    for number, name in enumerate(names):
        if loose[number]:
            place = end.at[number]
            boundary[name] = "0" if place < lowest[number] else "infinity" if place > highest[number] else "anywhere"
    covariance = (axes[:, held] / curvatures[held]) @ axes[:, held].T
    return Estimate(end.at, -end.value, covariance, not boundary, boundary)


def _lost(what: str) -> ModelError:
    return ConvergenceError(
        f"{what}, so there is no estimate to vouch for.",
        hint="Check the histories (times in one unit, one purchase a day, no test customers), give more data, or fit a simpler model.",
    )
