"""What is believed of the parameters before the data are seen, and how it enters a fit.

A prior is a normal distribution of the free coordinates: of the logarithms of the parameters, and of the coefficients of covariates
themselves. To the log-likelihood it adds a quadratic, so gradients and Hessians stay exact. A scale (of time, of money) is believed
to lie near one that the data's own mean rate, time watched or mean spend suggests, so the unit of time or money changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lifeworth.errors import InputError, near
from lifeworth.models.distinct import Array

Objective = Callable[[Array, int], tuple[float, Array, Array | None]]

SHAPE = 1.5
"""Width for a shape: 95 times in 100 within a factor of 19 of its centre."""
SCALE = 2.0
"""Width for a scale of time or money: within a factor of 50."""


class Belief(NamedTuple):
    """What is believed of one parameter: its median in its own unit, the standard deviation of its logarithm, and why."""

    centre: float
    width: float
    reason: str


@dataclass(frozen=True)
class Prior:
    """A normal prior of the logarithms of parameters, and of coefficients themselves.

    Args:
        centre: Median of each parameter by symbol, in the parameter's own unit. Of parameters not named nothing is believed.
        width: Standard deviation of its logarithm (of the coefficient itself), for the same symbols: 1.5 is "within a factor of 19,
            95 times in 100". It has no unit.
        reasons: Why, one line a symbol.
        origin: "given" by the user, the model's "default", or an earlier "estimate".
        correlation: Of the free coordinates, in the order of `centre`; independent where left out.

    Raises:
        InputError: naming every centre, width or correlation that cannot be.
    """

    centre: Mapping[str, float]
    width: Mapping[str, float]
    reasons: Mapping[str, str] = field(default_factory=dict)
    origin: str = "given"
    correlation: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        faults = [
            f"{symbol} has a centre but no width" if symbol in self.centre else f"{symbol} has a width but no centre"
            for symbol in sorted(set(self.centre) ^ set(self.width))
        ]
        faults += [f"centre of {s} = {c!r} is not a finite number" for s, c in self.centre.items() if not _finite(c)]
        faults += [
            f"width of {s} = {w!r} is not a finite number above 0"
            for s, w in self.width.items()
            if not (_finite(w) and w > 0)
        ]
        if not faults and self.correlation is not None:
            table = np.array(self.correlation, np.float64)
            if table.shape != (len(self.centre),) * 2 or not np.allclose(table, table.T):
                faults.append("the correlation is not a symmetric table with a row for each centre")
            elif table.size and np.linalg.eigvalsh(table)[0] <= 0:
                faults.append("the correlation has a direction without any width")
        if faults:
            raise InputError("This prior cannot be.", faults=faults)

    @classmethod
    def of(cls, beliefs: Mapping[str, Belief], origin: str = "given") -> Prior:
        """From beliefs by symbol, independent of each other."""
        return cls(
            {symbol: float(belief.centre) for symbol, belief in beliefs.items()},
            {symbol: float(belief.width) for symbol, belief in beliefs.items()},
            {symbol: belief.reason for symbol, belief in beliefs.items()},
            origin,
        )

    @classmethod
    def after(cls, fitted: Any) -> Prior:
        """An earlier estimate, with its covariance, as the prior of the next.

        Of parameters which the earlier data did not hold nothing is believed.
        """
        symbols = [symbol for symbol in fitted.model.symbols if symbol not in fitted.boundary]
        held = [fitted.model.symbols.index(symbol) for symbol in symbols]
        covariance = fitted.log_covariance[np.ix_(held, held)]
        widths = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(widths, widths)
        return cls(
            {symbol: float(fitted.parameters[symbol]) for symbol in symbols},
            dict(zip(symbols, widths.tolist(), strict=True)),
            dict.fromkeys(symbols, "the earlier estimate, with its standard error"),
            "estimate",
            tuple(tuple(row) for row in (0.5 * (correlation + correlation.T)).tolist()),
        )

    def __or__(self, other: Prior) -> Prior:
        """This prior, with what the other says of its symbols in place of what is said here: `model.default_prior(h) | mine`."""
        if self.correlation is not None or other.correlation is not None:
            raise InputError("A prior whose parameters hang together cannot be put together with another one.")
        return Prior(
            {**self.centre, **other.centre},
            {**self.width, **other.width},
            {**{s: r for s, r in self.reasons.items() if s not in other.centre}, **other.reasons},
            self.origin if self.origin == other.origin else "given",
        )

    def pull(self, model: Any) -> Pull:
        """As centre and precision in the free coordinates of `model`.

        Raises:
            InputError: if the model has no such parameter, or the parameter cannot have this centre.
        """
        unknown = [symbol for symbol in self.centre if symbol not in model.symbols]
        if unknown:
            raise InputError(
                f"{model.name} has no parameter {', '.join(unknown)} to have a prior.",
                allowed=model.symbols,
                hint=near(unknown[0], model.symbols) or None,
            )
        place = [model.symbols.index(symbol) for symbol in self.centre]
        wrong = [s for s, i in zip(self.centre, place, strict=True) if not model.real[i] and self.centre[s] <= 0]
        if wrong:
            raise InputError(
                "This prior cannot be.", faults=[f"centre of {s} = {self.centre[s]:g} is not above 0" for s in wrong]
            )
        middle = np.ones(len(model.symbols))
        middle[place] = list(self.centre.values())
        precision = np.zeros((middle.size, middle.size))
        if place:
            width = np.array([self.width[symbol] for symbol in self.centre])
            table = np.eye(width.size) if self.correlation is None else np.array(self.correlation)
            precision[np.ix_(place, place)] = np.linalg.inv(table) / np.outer(width, width)
        return Pull(model.free(middle), 0.5 * (precision + precision.T))

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for a saved model."""
        return {
            "centre": dict(self.centre),
            "width": dict(self.width),
            "reasons": dict(self.reasons),
            "origin": self.origin,
            "correlation": None if self.correlation is None else [list(row) for row in self.correlation],
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Prior:
        """Back from what `to_dict` wrote."""
        table = said["correlation"]
        return cls(
            dict(said["centre"]),
            dict(said["width"]),
            dict(said["reasons"]),
            str(said["origin"]),
            None if table is None else tuple(tuple(float(value) for value in row) for row in table),
        )


class Pull(NamedTuple):
    """A prior in free coordinates: what it takes off the log-likelihood is ½ (point − centre)ᵀ precision (point − centre)."""

    centre: Array
    precision: Array

    def cost(self, point: Array) -> float:
        """What it takes off at a point."""
        away = point - self.centre
        return float(0.5 * away @ self.precision @ away)

    def added(self, objective: Objective, share: float = 1.0) -> Objective:
        """A negative log-likelihood with the prior added; `share` of it where the likelihood is that of a sample of the customers."""

        def penalised(point: Array, order: int) -> tuple[float, Array, Array | None]:
            value, slope, hessian = objective(point, order)
            value = value + share * self.cost(point)
            if order > 0:
                slope = slope + share * (self.precision @ (point - self.centre))
            return value, slope, None if hessian is None else hessian + share * self.precision

        return penalised


def shapes(centres: Mapping[str, float], reason: str) -> dict[str, Belief]:
    """Beliefs of shape parameters, which have no unit."""
    return {symbol: Belief(centre, SHAPE, reason) for symbol, centre in centres.items()}


def coefficients(symbols: Sequence[str], columns: Sequence[Array], weights: Array) -> dict[str, Belief]:
    """Beliefs of the coefficients of covariates: one standard deviation of a covariate, or the step between its two values, moves by e to the ±1.

    A covariate of two values is not divided by its standard deviation: that of a rare group is small, and little would be believed of the very
    coefficients of which the data say least.
    """
    found = {}
    for symbol, column in zip(symbols, columns, strict=True):
        values = np.unique(column)
        mean = float(weights @ column) / float(weights.sum())
        spread = float(np.sqrt(weights @ (column - mean) ** 2 / weights.sum()))
        step = float(values[-1] - values[0]) if values.size == 2 else spread
        of = "between its two values" if values.size == 2 else "over one standard deviation of it"
        found[symbol] = Belief(0.0, 1.0 / step, f"a factor of e up or down {of} is a usual effect, none the likeliest")
    return found


def _finite(value: Any) -> bool:
    try:
        return bool(np.isfinite(float(value)))
    except (TypeError, ValueError):
        return False
