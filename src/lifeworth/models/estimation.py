"""From histories to a fitted model: by likelihood alone, or with a prior, and again when more is known.

What the ways have in common is written once: which rows count, that they are enough, where to start, what the result remembers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lifeworth.errors import ConvergenceError, DataError, InputError
from lifeworth.models import fit as fitting
from lifeworth.models.prior import Prior, Pull
from lifeworth.models.threads import one_thread

METHODS = ("ml", "map")
EQUAL = 1e-9
"""Relative difference up to which two summaries are of the same data."""


def estimated(
    model: Any, data: Any, start: Mapping[str, float] | None = None, method: str = "ml", prior: Prior | None = None
) -> Any:
    """Fit `model`; see `Model.fit`."""
    if method not in METHODS:
        raise InputError(f'No way to fit is called "{method}".', allowed=METHODS)
    if method == "ml" and prior is not None:
        raise InputError("Maximum likelihood knows no prior.", hint='Say method="map" to fit with one.')
    data, cells = prepared(model, data)
    if cells.customers < model.needs:
        raise DataError(
            f"{model.name} needs at least {model.needs} customers; here are {cells.customers:g}.",
            hint="Historic and simple value need no model; use those until there are more customers.",
        )
    model.check(cells)
    if method == "map" and prior is None:
        prior = model.default_prior(cells)
    return fit_from(model, data, cells, model.starts(cells) if start is None else [start], prior)


def refitted(fitted: Any, data: Any) -> Any:
    """The same customers, grown older; see `Fitted.refit`."""
    model, prior = fitted.model, fitted.prior
    _same_unit(fitted, data)
    data, cells = prepared(model, data)
    model.check(cells)
    if prior is not None and prior.origin == "default":
        prior = model.default_prior(cells)
    starts = list(model.starts(cells))
    return fit_from(model, data, cells, starts if fitted.boundary else [fitted.parameters, *starts], prior)


def updated(fitted: Any, data: Any) -> Any:
    """Other customers, the old estimate as the prior; see `Fitted.update`."""
    model = fitted.model
    _same_unit(fitted, data)
    data, cells = prepared(model, data)
    _has_columns(fitted, cells)
    if not len(cells):
        raise DataError("There are no customers here to learn from.")
    starts: list[Mapping[str, float]] = []
    try:
        model.plain.check(cells)
        starts = list(model.starts(cells)) if fitted.boundary else []
    except DataError:
        pass  # they need not be enough for a fit of their own
    there = {s: starts[0][s] if s in fitted.boundary and starts else v for s, v in fitted.parameters.items()}
    return fit_from(model, data, cells, [there, *starts], Prior.after(fitted))


@one_thread()
def fit_from(model: Any, data: Any, cells: Any, starts: Sequence[Mapping[str, float]], prior: Prior | None) -> Any:
    """Search from `starts`, the likeliest first, and say all that is then known."""
    points = [model.free(model.vector(start)) for start in starts]
    pull = None if prior is None else prior.pull(model)

    def objective(part: Any) -> fitting.Objective:
        own: fitting.Objective = model.objective(part)
        return own if pull is None else pull.added(own, part.customers / cells.customers)

    found = fitting.estimate(objective, cells, points, model.symbols)
    taken = model.penalty(found.at, cells.customers) + (0.0 if pull is None else pull.cost(found.at))
    return model.result(
        model=model,
        parameters=dict(zip(model.symbols, model.natural(found.at).tolist(), strict=True)),
        log_likelihood=found.log_likelihood + taken,
        log_covariance=found.covariance,
        converged=found.converged,
        boundary=_named(model, found.boundary),
        cells=cells,
        data=data.summary(),
        unit=_unit(data),
        prior=prior,
        held_by_prior=() if pull is None else _held_by_prior(model, cells, found, pull),
    )


def prepared(model: Any, data: Any) -> tuple[Any, Any]:
    """The rows that count, and of them what the model looks at, with equal rows counted together."""
    data = model.relevant(data)
    seen = data.only(model.covariates)
    return data, data if data.weights is not None and seen is data else seen.compress()


def given_again(fitted: Any, data: Any) -> Any:
    """The cells of a fitted model from the histories it was fitted to, which a saved model does not hold.

    Raises:
        InputError: if these are other histories.
    """
    _same_unit(fitted, data)
    data, cells = prepared(fitted.model, data)
    _has_columns(fitted, cells)
    now = data.summary()
    for name, then in fitted.data.items():
        if name != "rows" and not np.isclose(now.get(name, np.nan), then, rtol=EQUAL, atol=0.0):
            raise InputError(
                f"These are not the histories this model was fitted to: {name.replace('_', ' ')} was {then:,.12g} there and is {now.get(name, np.nan):,.12g} here.",
                hint="refit(data) fits anew to the same customers grown older, update(data) learns from other customers.",
            )
    return cells


def _held_by_prior(model: Any, cells: Any, found: fitting.Estimate, pull: Pull) -> tuple[str, ...]:
    """The parameters the prior holds rather than the data: without it they go to a limit, or their error is wider than the prior."""
    precise = np.diag(pull.precision)
    width = np.divide(1.0, np.sqrt(precise), out=np.full(precise.size, np.inf), where=precise > 0)
    try:
        alone = fitting.estimate(model.objective, cells, [found.at], model.symbols)
    except ConvergenceError:
        # as the covariance of both together tells it: 1/se² of the data is what is left of that of both
        wide = np.sqrt(np.diag(found.covariance)) > width / np.sqrt(2)
        loose: set[str] = set()
    else:
        wide = np.sqrt(np.diag(alone.covariance)) > width
        loose = set(alone.boundary)
    return tuple(
        symbol
        for i, symbol in enumerate(model.symbols)
        if precise[i] > 0 and symbol not in found.boundary and (wide[i] or symbol in loose)
    )


def _has_columns(fitted: Any, cells: Any) -> None:
    missing = [name for name in fitted.model.covariates if name not in cells.covariates]
    if missing:
        raise InputError(
            f"These histories do not have the covariate {', '.join(missing)}.",
            allowed=cells.covariates or ["none at all"],
        )


def _same_unit(fitted: Any, data: Any) -> None:
    unit = _unit(data)
    if unit is not None and fitted.unit is not None and unit != fitted.unit:
        raise InputError(
            f"This model counts time in units of a {fitted.unit}, these histories in units of a {unit}.",
            hint="Count the time of the histories in the unit of the model.",
        )


def _named(model: Any, boundary: Mapping[str, str]) -> dict[str, str]:
    """Where parameters went; one that may be any number does not end at 0."""
    real = {parameter.symbol for parameter in model.parameters if parameter.real}
    return {s: "minus infinity" if s in real and where == "0" else where for s, where in boundary.items()}


def _unit(data: Any) -> str | None:
    unit = getattr(data, "unit", None)
    return None if unit is None else str(unit.value)
