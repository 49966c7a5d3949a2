"""Fitted models back from JSON text. Never a pickle: a file from a stranger is read, not run."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from lifeworth.errors import InputError, near
from lifeworth.models.covariates import WithCovariates
from lifeworth.models.family import MODELS
from lifeworth.models.prior import Prior
from lifeworth.models.text import FORMAT


def from_json(text: str) -> Any:
    """Read a fitted model from what its `to_json` wrote.

    Raises:
        InputError: if the text is no such model, or of a format this program does not know.
    """
    try:
        said = json.loads(text)
        if said["format"] not in (1, FORMAT):
            raise InputError(
                f"This model was saved in format {said['format']}; this program reads up to format {FORMAT}.",
                hint="Update Lifeworth, or fit the model again.",
            )
        key = said["model"]
        if key not in MODELS:
            raise InputError(f'No model is called "{key}".', allowed=MODELS, hint=near(str(key), MODELS) or None)
        model = MODELS[key]()
        if said["covariates"]:
            model = WithCovariates(model, **said["covariates"])
        covariance, prior = said["log_covariance"], said.get("prior")
        return model.result(
            model=model,
            parameters=model.at(said["parameters"]).parameters,
            log_likelihood=said["log_likelihood"],
            log_covariance=None if covariance is None else np.array(covariance, np.float64),
            converged=bool(said["converged"]),
            boundary=dict(said["boundary"]),
            data=dict(said["data"]),
            unit=said["unit"],
            prior=None if prior is None else Prior.from_dict(prior),
            held_by_prior=tuple(said.get("held_by_prior", ())),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as why:
        raise InputError(f"This is not a saved model ({why!r}).", hint="Give the text that to_json() wrote.") from why
