"""Maximum likelihood that vouches for what it returns.

Newton's method in a trust region on the logarithms of the parameters (Moré & Sorensen 1983), first on some twenty
thousand customers, then from there on all of them: the sample's optimum lies so near that two or three passes over all are enough.

What it says of the end: *an optimum*, where the gradient, measured in standard errors, is nil and the curvature is positive
in every direction; *a boundary*, where the likelihood still creeps up towards a limit as some parameters leave for 0 or infinity
(they are named, the limit's likelihood is right to 1e-6, the parameters mean nothing by themselves); or a ConvergenceError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lifeworth.errors import ConvergenceError, ModelError
from lifeworth.models.distinct import Array

if TYPE_CHECKING:
    from lifeworth.models.history import Cells

SAMPLE = 20_000
ROUGH, FINE = 1e-3, 1e-8
"""Squared length of the last Newton step in standard errors: on the sample, and at the end."""
MAX_STEPS = 120
LONGEST_STEP = 4.0
FLAT = 1e-3
"""Curvature (an inverse squared standard error of a logarithm) under which a direction is not identified by the data."""
DIFFERENCE = 1e-4

Objective = Callable[[Array, int], tuple[float, Array, Array | None]]
"""(point, order) -> negative log-likelihood, its gradient, its Hessian or None."""


@dataclass(frozen=True)
class Point:
    """Where a search ended: `decrement` is the squared length of the next Newton step in standard errors, inf if not convex."""

    at: Array
    value: float
    gradient: Array
    hessian: Array
    decrement: float
    steps: int


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
    steps: int


def estimate(
    objective: Callable[[Cells], Objective], cells: Cells, starts: Sequence[Array], names: Sequence[str]
) -> Estimate:
    """The maximum-likelihood estimate.

    Args:
        objective: The negative log-likelihood of given cells.
        cells: What to fit to.
        starts: Starting points, the likeliest first; the others are tried where the first does not lead to an optimum.
        names: Of the coordinates, to say which of them the data do not hold.

    Raises:
        ConvergenceError: if no start leads to a point that can be vouched for.
    """
    sampled = cells.customers > 2 * SAMPLE and len(cells) > SAMPLE
    few = objective(cells.subsample(SAMPLE)) if sampled else objective(cells)
    every = objective(cells) if sampled else few
    best: Point | None = None
    for start in starts:
        found = search(few, start, ROUGH if sampled else FINE)
        if found is not None and (best is None or found.value < best.value - 1e-6):
            best = found
        if best is not None and not _flat(best):
            break
    if best is None:
        raise _lost("No starting point led downhill to a finite likelihood")
    end = search(every, best.at, FINE) if sampled else best
    if end is None or end.decrement > FINE:
        raise _lost(f"After {0 if end is None else end.steps} steps the likelihood was still rising")
    return _judged(end, names)


def search(objective: Objective, start: Array, tolerance: float) -> Point | None:
    """Walk from `start` until the next Newton step is nil; None if even the start has no finite likelihood."""
    here = _evaluate(objective, np.asarray(start, np.float64), 0)
    if here is None:
        return None
    radius = 1.0
    for step_number in range(1, MAX_STEPS + 1):
        if here.decrement <= tolerance:
            return here
        step, promised = _step(here, radius)
        there = _evaluate(objective, here.at + step, step_number)
        noise = 1e-13 * abs(here.value)
        gain = -np.inf if there is None else here.value - there.value
        if there is not None and (gain > 1e-4 * promised or (promised < noise and there.decrement < here.decrement)):
            length = float(np.linalg.norm(step))
            if gain > 0.75 * promised and length > 0.9 * radius:
                radius = min(2 * radius, LONGEST_STEP)
            elif gain < 0.25 * promised and promised > noise:
                radius = max(0.5 * length, 1e-6)
            here = there
        elif promised < noise:
            return replace(here, decrement=min(here.decrement, tolerance)) if here.decrement < 100 * noise else here
        else:
            radius = 0.25 * min(radius, float(np.linalg.norm(step)))
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


def _evaluate(objective: Objective, at: Array, steps: int) -> Point | None:
    """Value, gradient and Hessian at a point; None where any of them is not finite."""
    with np.errstate(all="ignore"):
        value, gradient, hessian = objective(at, 2)
        if hessian is None:
            hessian = numeric_hessian(lambda point: objective(point, 1)[1], at)
    if not (np.isfinite(value) and np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        return None
    curvatures, axes = np.linalg.eigh(hessian)
    along = axes.T @ gradient
    decrement = float((along**2 / curvatures).sum()) if curvatures[0] > 0 else np.inf
    return Point(at, value, gradient, hessian, decrement, steps)


def _step(here: Point, radius: float) -> tuple[Array, float]:
    """The step that lowers the quadratic model most within `radius`, and by how much."""
    curvatures, axes = np.linalg.eigh(here.hessian)
    along = axes.T @ here.gradient
    floor = max(0.0, -float(curvatures[0]))

    def length(shift: float) -> float:
        return float(np.linalg.norm(along / (curvatures + shift)))

    shift = 0.0
    if curvatures[0] <= 0 or length(0.0) > radius:
        low, high = floor * (1 + 1e-12) + 1e-300, floor + float(np.linalg.norm(along)) / radius
        for _ in range(100):
            shift = 0.5 * (low + high)
            low, high = (shift, high) if length(shift) > radius else (low, shift)
        shift = high
    parts = -along / (curvatures + shift)
    return axes @ parts, float(-(along @ parts) - 0.5 * (curvatures @ parts**2))


def _flat(point: Point) -> bool:
    return bool(np.linalg.eigvalsh(point.hessian)[0] < FLAT)


def _judged(end: Point, names: Sequence[str]) -> Estimate:
    """Tell an optimum from a boundary by the curvature, and name what the data do not hold."""
    curvatures, axes = np.linalg.eigh(end.hessian)
    held = curvatures >= FLAT
    boundary: dict[str, str] = {}
    for axis in axes.T[~held]:
        downhill = -np.sign(axis @ end.gradient) * axis
        for name, part in zip(names, downhill, strict=True):
            if abs(part) > 0.2:
                boundary[name] = "infinity" if part > 0 else "0"
    covariance = (axes[:, held] / curvatures[held]) @ axes[:, held].T
    return Estimate(end.at, -end.value, covariance, not boundary, boundary, end.steps)


def _lost(what: str) -> ModelError:
    return ConvergenceError(
        f"{what}, so there is no estimate to vouch for.",
        hint="Check the histories (times in one unit, one purchase a day, no test customers), give more data, or fit a simpler model.",
    )
