"""A fitted model as JSON text: everything needed to predict again, and nothing that could be run."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

FORMAT = 2
"""Of a saved model; raised when an older program could misread a newer file (1: without priors)."""


def as_text(fitted: Any) -> str:
    """See `Fitted.to_json`; `from_json` in `saved.py` reads it."""
    return json.dumps(
        {
            "format": FORMAT,
            "model": fitted.model.key,
            "covariates": fitted.model.config(),
            "parameters": dict(fitted.parameters),
            "log_covariance": None if fitted.log_covariance is None else fitted.log_covariance.tolist(),
            "log_likelihood": fitted.log_likelihood,
            "converged": fitted.converged,
            "boundary": dict(fitted.boundary),
            "data": dict(fitted.data),
            "unit": fitted.unit,
            "prior": None if fitted.prior is None else fitted.prior.to_dict(),
            "held_by_prior": list(fitted.held_by_prior),
            "version": version("lifeworth"),
        },
        indent=2,
        allow_nan=False,
    )
