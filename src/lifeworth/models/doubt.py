"""What is not known of the parameters, as a few parameter vectors that are equally likely; and intervals, in which that doubt has its part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lifeworth.errors import InputError
from lifeworth.models.distinct import Array
from lifeworth.models.posterior import Posterior

NARROW = 0.02
"""A parameter known to 2 % moves no customer's interval: below that the estimate alone is used."""
WIDEST = 1.0
"""Largest standard error of a logarithm that is believed; beyond it the normal approximation says nothing."""


@dataclass(frozen=True)
class PredictiveIntervals:
    """One lower and one upper point a customer, and those of the total over all of them.

    `trusted` and `k_hat` are those of the posteriors the intervals were made with: the worst of them, None without any (k̂ also for chains).
    """

    low: Array
    high: Array
    total_low: float
    total_high: float
    k_hat: float | None = None
    trusted: bool | None = None


def few_points(fitted: Any, narrow: float = NARROW) -> list[Any]:
    """The fitted model at a few parameter vectors with the mean and covariance of what the data leave open, equally likely."""
    if fitted.log_covariance is None:
        return [fitted]
    curvatures, axes = np.linalg.eigh(fitted.log_covariance)
    errors = np.minimum(np.sqrt(np.maximum(curvatures, 0.0)), WIDEST)
    if errors.max() < narrow:
        return [fitted]
    steps = (axes * errors * np.sqrt(errors.size)).T
    here = fitted.model.free(fitted.theta)
    return [fitted.with_parameters(fitted.model.natural(here + sign * step)) for step in steps for sign in (1, -1)]


def views(fitted: Any, posterior: Posterior | None, most: int) -> list[Any]:
    """The fitted model as the posterior sees it, at `most` equally likely parameter vectors; without one, at a few points.

    Raises:
        InputError: if the posterior is not one of this model.
    """
    if posterior is None:
        return few_points(fitted)
    of = posterior.fitted.model
    if of.key != fitted.model.key or of.symbols != fitted.model.symbols:
        raise InputError(f"This is a posterior of {of.name}, not of {fitted.model.name}.")
    return [fitted.with_parameters(vector) for vector in posterior.few(most)]


def judged(posteriors: Sequence[Posterior | None]) -> tuple[float | None, bool | None]:
    """The worst k̂ of some posteriors, and whether all of them are trusted."""
    given = [posterior for posterior in posteriors if posterior is not None]
    shapes = [posterior.k_hat for posterior in given if posterior.k_hat is not None]
    return max(shapes, default=None), all(posterior.trusted for posterior in given) if given else None


def covariates_of(fitted: Any) -> tuple[str, ...]:
    """The columns of covariates the model looks at."""
    return tuple(fitted.model.filling(fitted.theta.tolist()).names)


def total_points(mean: float, variance: float, levels: tuple[float, float]) -> tuple[float, float]:
    """Points of a total with this mean and variance: gamma, which never goes below 0 and is normal for many customers."""
    if mean <= 0 or variance <= 0:
        return mean, mean
    shape = mean**2 / variance
    low, high = (float(special.gammaincinv(shape, level)) * variance / mean for level in levels)
    return low, high
