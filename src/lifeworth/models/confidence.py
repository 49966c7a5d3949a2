"""Confidence intervals of the parameters of a fitted model, by the profile of its likelihood or by Wald."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from lifeworth.errors import InputError, ModelError
from lifeworth.models import estimation, profile
from lifeworth.models.distinct import Array

METHODS = ("profile", "wald")


def intervals(fitted: Any, level: float, method: str | None, data: Any) -> dict[str, tuple[float, float]]:
    """Both ends of the interval of every parameter; see `Fitted.confidence_intervals`."""
    if method not in {None, *METHODS}:
        raise InputError(f'No way to confidence intervals is called "{method}".', allowed=METHODS)
    if not 0 < level < 1:
        raise InputError(f"A level lies between 0 and 1, not at {level:g}.")
    cells = fitted.cells if data is None else estimation.given_again(fitted, data)
    if method == "profile" and cells is None:
        raise ModelError(
            "A model read from a file does not have the data it was fitted to, which a profile needs.",
            hint='Hand them in: confidence_intervals(data=…). Or take method="wald".',
        )
    reach = float(special.ndtri(0.5 + level / 2))
    middle, errors = fitted.model.free(fitted.theta), np.sqrt(np.diag(fitted.log_covariance))
    if method == "wald" or cells is None:
        low, high = _wald(fitted, middle, reach * errors)
    else:
        symbols, boundary = fitted.model.symbols, fitted.boundary
        found = profile.ends(fitted.objective(cells), middle, errors, reach, symbols, boundary)
        low, high = np.array(list(found.values())).T
    with np.errstate(over="ignore"):
        low, high = fitted.model.natural(low), fitted.model.natural(high)
    return {symbol: (float(low[i]), float(high[i])) for i, symbol in enumerate(fitted.model.symbols)}


def _wald(fitted: Any, middle: Array, reach: Array) -> tuple[Array, Array]:
    """Estimate ± reach; no ends for a parameter at its boundary."""
    lost = np.array([symbol in fitted.boundary for symbol in fitted.model.symbols])
    return np.where(lost, -np.inf, middle - reach), np.where(lost, np.inf, middle + reach)
