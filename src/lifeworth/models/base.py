"""The frame every model stands in: `Model`, the recipe, and `Fitted`, the result. Both are plain to read and know no data set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from lifeworth.errors import InputError, ModelError
from lifeworth.models import confidence, estimation
from lifeworth.models.distinct import Array
from lifeworth.models.fit import Objective
from lifeworth.models.history import Cells
from lifeworth.models.likelihood import Filling, Term, by_logarithms, per_row
from lifeworth.models.mixing import Mixing
from lifeworth.models.nuts import nuts
from lifeworth.models.posterior import Posterior, laplace
from lifeworth.models.prior import Prior
from lifeworth.models.text import as_text

POSTERIORS = {"laplace": laplace, "nuts": nuts}

Data = TypeVar("Data", bound=Cells)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model: its symbol in the paper, what it means, and whether it may be any number (`real`) or only one above 0."""

    symbol: str
    meaning: str
    real: bool = False


class Model(ABC, Generic[Data]):
    """A recipe: what a model assumes, which parameters it has, its log-likelihood and where to start looking. It holds no state.

    A new model is one file: a subclass with these attributes, its kernels, and its line in `MODELS`.
    """

    name: str
    key: str
    assumptions: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    source: str
    result: type[Fitted[Any]]
    needs: int = 10
    """Fewest customers a fit is tried on."""
    processes: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    """What static covariates may act on: for each process the kernel's parameters that are multiplied (+1) or divided (−1)."""
    kernel_symbols: tuple[str, ...] | None = None
    """The parameters of the kernels under covariates, where they are more than the model's own; the others are 1 without."""

    @property
    @abstractmethod
    def terms(self) -> Sequence[Term]:
        """The addends of the log-likelihood."""

    @abstractmethod
    def starts(self, cells: Data) -> Sequence[Mapping[str, float]]:
        """Starting values by symbol, the likeliest first."""

    def default_prior(self, cells: Data) -> Prior:
        """What is believed of the parameters, weakly, where nobody said otherwise; the same in every unit of time and money."""
        raise ModelError(f"{self.name} has no prior of its own.", hint="Hand one in: fit(…, prior=Prior(…)).")

    @abstractmethod
    def check(self, cells: Data) -> None:
        """Raise DataError where these data cannot say anything about the parameters."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """The parameters' symbols, in the order of every vector."""
        return tuple(parameter.symbol for parameter in self.parameters)

    @property
    def plain(self) -> Model[Data]:
        """The model whose kernels these are: itself, unless covariates were put on it."""
        return self

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the covariates the model looks at."""
        return ()

    @property
    def kernel_terms(self) -> Sequence[Term]:
        """The addends with all of `kernel_symbols`, where these are more than the model's own parameters."""
        return self.terms

    def kernel(self, theta: Sequence[float]) -> Sequence[float]:
        """The kernels' parameters from the model's own."""
        return theta

    def mixing(self, *theta: Any) -> tuple[Mixing, ...]:
        """How customers differ at these parameters of the kernels, which may be arrays: one distribution for each trait of theirs."""
        return ()

    def filling(self, theta: Sequence[float]) -> Filling:
        """How each customer's parameters follow from the model's: without covariates they are the same for all."""
        return Filling.same(self.kernel(theta))

    def penalty(self, point: Array, customers: float) -> float:
        """What a fit subtracts from the log-likelihood at a point in free coordinates."""
        return 0.0

    def config(self) -> dict[str, Any]:
        """What a saved model has to know, beside its key, to be put together again."""
        return {}

    @property
    def real(self) -> NDArray[np.bool_]:
        """Which parameters may be any number."""
        return np.array([parameter.real for parameter in self.parameters])

    def free(self, theta: Array) -> Array:
        """The parameters in coordinates that may be any number: logarithms, unless they may be any number themselves."""
        return np.where(self.real, theta, np.log(np.where(self.real, 1.0, theta)))

    def natural(self, point: Array) -> Array:
        """The parameters from their free coordinates."""
        return np.where(self.real, point, np.exp(np.where(self.real, 0.0, point)))

    def relevant(self, data: Data) -> Data:
        """The rows that say anything of the parameters."""
        return data

    def fit(
        self,
        data: Data,
        *,
        start: Mapping[str, float] | None = None,
        method: str = "ml",
        prior: Prior | None = None,
    ) -> Any:
        """Fit by maximum likelihood, or with a prior.

        Args:
            data: Histories; equal rows are counted together first.
            start: Where to begin, by symbol; found from the data where left out.
            method: "ml", the likelihood alone; "map", the likeliest parameters given data and prior. The covariance is then that of both.
            prior: For "map"; the model's own (`default_prior`) where left out.

        Returns:
            The fitted model. Where the data do not hold every parameter, `converged` is False and `boundary` names those they do not; with a
            prior that holds them instead, `held_by_prior` does.

        Raises:
            DataError: if the data are too few or too uniform to say anything.
            ConvergenceError: if no optimum was reached that can be vouched for.
            InputError: if there is no such method, or the prior is not one of these parameters.
        """
        return estimation.estimated(self, data, start, method, prior)

    def at(self, parameters: Mapping[str, float]) -> Any:
        """The model with given parameters, as if they were known."""
        vector = self.vector(parameters)
        return self.result(model=self, parameters=dict(zip(self.symbols, vector.tolist(), strict=True)))

    def vector(self, parameters: Mapping[str, float]) -> Array:
        """Parameters by symbol as a vector, checked."""
        if set(parameters) != set(self.symbols):
            raise InputError(
                f"{self.name} has the parameters {', '.join(self.symbols)}; given were {', '.join(parameters)}."
            )
        vector = np.array([float(parameters[symbol]) for symbol in self.symbols])
        faults = [
            f"{symbol} = {value:g} is not a finite number above 0"
            for symbol, value in zip(self.symbols, vector, strict=True)
            if not np.isfinite(value) or (value <= 0 and not self.parameters[self.symbols.index(symbol)].real)
        ]
        if faults:
            raise InputError(f"{self.name} cannot have these parameters.", faults=faults)
        return vector

    def objective(self, cells: Any) -> Objective:
        """The negative log-likelihood of `cells` by the free coordinates of the parameters."""
        return by_logarithms(self.terms, cells)


@dataclass(frozen=True, eq=False)
class Fitted(Generic[Data]):
    """A model with its parameters, and what is known of their uncertainty.

    Args:
        model: The recipe.
        parameters: By paper symbol.
        log_likelihood: Of the data fitted to; None where the parameters were given.
        log_covariance: Covariance of the logarithms of the parameters (of coefficients themselves), in the order of `model.symbols`.
        converged: An optimum was reached, and the data hold every parameter.
        boundary: Parameters the data do not hold, with where they went ("0", "infinity", "minus infinity" or "anywhere"). The likelihood and
            the predictions are those of the limiting model; these parameters and their errors mean nothing by themselves.
        data: Summary of the data fitted to.
        unit: The unit of time, where it was told.
        cells: What was fitted to, for a posterior; not saved with the model.
        prior: What was believed beforehand, where it took part; the covariance is then that of data and prior together.
        held_by_prior: Parameters of which the prior says more than the data.
    """

    model: Model[Data]
    parameters: Mapping[str, float]
    log_likelihood: float | None = None
    log_covariance: Array | None = None
    converged: bool = False
    boundary: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, float] = field(default_factory=dict)
    unit: str | None = None
    cells: Data | None = field(default=None, repr=False)
    prior: Prior | None = None
    held_by_prior: tuple[str, ...] = ()

    @property
    def theta(self) -> Array:
        """The parameters as a vector, in the order of `model.symbols`."""
        return np.array([self.parameters[symbol] for symbol in self.model.symbols])

    @property
    def covariance(self) -> Array:
        """Covariance of the parameters, by the delta method from that of their logarithms (k × k)."""
        steep = np.where(self.model.real, 1.0, self.theta)
        return np.outer(steep, steep) * self._log_covariance()

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard error of each parameter; infinite for those the data do not hold."""
        errors = np.sqrt(np.diag(self.covariance))
        return {
            symbol: float("inf") if symbol in self.boundary else float(error)
            for symbol, error in zip(self.model.symbols, errors, strict=True)
        }

    def confidence_intervals(
        self, level: float = 0.95, method: str | None = None, *, data: Data | None = None
    ) -> dict[str, tuple[float, float]]:
        """Intervals that hold each true parameter in `level` of all samples.

        Args:
            level: Between 0 and 1.
            method: "profile" (the default) ends where the likelihood, the others refitted, has fallen too far (Venzon & Moolgavkar 1988): right in
                small bases too, without an end where the data set none, some twenty short searches. "wald": ± errors on the logarithms.
            data: The histories, for a model that was read from a file; without them Wald is its default.

        Raises ModelError where nothing is known to make them of, InputError for a method, level or histories that cannot be.
        """
        self._log_covariance()
        return confidence.intervals(self, level, method, data)

    @property
    def aic(self) -> float:
        """Akaike's criterion: 2 k − 2 ln L. Lower is better. Of a maximum-likelihood fit; with a prior ln L is no maximum."""
        return 2 * len(self.parameters) - 2 * self._fitted_log_likelihood()

    @property
    def bic(self) -> float:
        """Schwarz's criterion: k ln n − 2 ln L, with n customers. Lower is better. Of a maximum-likelihood fit, as AIC."""
        return len(self.parameters) * float(np.log(self.data["customers"])) - 2 * self._fitted_log_likelihood()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers has to know, in plain words."""
        meaning = {parameter.symbol: parameter.meaning for parameter in self.model.parameters}
        loose = [
            f"{symbol} ({meaning[symbol]}) is not held by these data: the likelihood "
            + (
                f"rises to its limit as {symbol} goes to {where}."
                if where != "anywhere"
                else f"is as good for many values of {symbol}."
            )
            for symbol, where in self.boundary.items()
        ]
        holder = "the earlier estimate" if self.prior and self.prior.origin == "estimate" else "the prior"
        return (
            *loose,
            *(f"{s} ({meaning[s]}) is held by {holder} more than by these data." for s in self.held_by_prior),
        )

    def log_likelihoods(self, data: Data) -> Array:
        """Log-likelihood of each row of `data` at these parameters (its weight left out)."""
        return per_row(self.model.kernel_terms, data, self.model.filling(self.theta.tolist()))

    def total_log_likelihood(self, data: Data) -> float:
        """Log-likelihood of all of `data` at these parameters."""
        return float(data.counts @ self.log_likelihoods(data))

    def draws(self, count: int, rng: np.random.Generator) -> Array:
        """Parameter vectors (count × k) from the normal approximation to the logarithms: what the data leave open."""
        curvatures, axes = np.linalg.eigh(self._log_covariance())
        root = axes * np.sqrt(np.maximum(curvatures, 0.0))
        free = self.model.free(self.theta) + rng.standard_normal((count, self.theta.size)) @ root.T
        return np.stack([self.model.natural(point) for point in free])

    def objective(self, cells: Data) -> Objective:
        """What the fit minimised: the negative log-likelihood by the free coordinates, with the prior where there is one."""
        own = self.model.objective(cells)
        return own if self.prior is None else self.prior.pull(self.model).added(own)

    def posterior(
        self, draws: int = 1000, method: str = "laplace", *, data: Data | None = None, seed: int = 0
    ) -> Posterior:
        """Draws of the parameters from what data and prior leave open; without a prior, one that is flat in the logarithms.

        Args:
            draws: How many.
            method: "laplace": the normal approximation, importance-weighted, with the judgement k̂. "nuts": Markov chains, judged by r̂,
                effective draws and divergences; needs `lifeworth[nuts]`.
            data: The histories the model was fitted to, for a model that was read from a file.
            seed: The same seed gives the same draws.

        Raises:
            InputError: if there is no such method, or `data` are other histories.
            ModelError: if the parameters were given, a read model has no histories, or neither data nor prior hold every parameter.
        """
        if method not in POSTERIORS:
            raise InputError(f'No way to a posterior is called "{method}".', allowed=POSTERIORS)
        self._log_covariance()
        cells = self.cells if data is None else estimation.given_again(self, data)
        if cells is None:
            raise ModelError(
                "A model read from a file does not have the data it was fitted to.",
                hint="Hand them in: posterior(data=…).",
            )
        if self.boundary:
            raise ModelError(
                f"There is no posterior of this {self.model.name}: {', '.join(self.boundary)} is not held by the data.",
                hint='Fit it with method="map", where a prior holds what the data do not; or fit a simpler model, or give more data.',
            )
        return POSTERIORS[method](self, cells, draws, np.random.default_rng(seed))

    def refit(self, data: Data) -> Self:
        """The same model fitted to the same customers grown older: as a new fit, but begun where the last one ended.

        A prior that was given stays; the model's own is made anew for the data.
        """
        return cast("Self", estimation.refitted(self, data))

    def update(self, data: Data) -> Self:
        """Learn from customers who were not fitted to before: this estimate, with its covariance, is the prior of the next.

        The result is that of fitting both together as far as what the first customers tell is normal in the free coordinates.
        Its likelihood and `data` are those of the new customers. Of parameters the first ones did not hold, only the new ones tell.

        Raises:
            ModelError: if the parameters were given, so that nothing is known of their uncertainty.
            InputError: if the histories count time in another unit, or lack a covariate.
            DataError: if there is nobody to learn from.
        """
        self._log_covariance()
        return cast("Self", estimation.updated(self, data))

    def rows_theta(self, cells: Cells) -> Sequence[Any]:
        """The kernels' parameters of each row of `cells`: numbers where they are the same for all, else arrays."""
        filling = self.model.filling(self.theta.tolist())
        return filling.function(*(getattr(cells, name) for name in filling.names))

    def with_parameters(self, theta: Array) -> Self:
        """The same model at another parameter vector."""
        return type(self)(
            model=self.model,
            parameters=dict(zip(self.model.symbols, theta.tolist(), strict=True)),
            data=self.data,
            unit=self.unit,
        )

    def to_json(self) -> str:
        """Everything needed to predict again, as text: parameters, covariance, likelihood, what was fitted to, version."""
        return as_text(self)

    def _log_covariance(self) -> Array:
        if self.log_covariance is None:
            raise ModelError(
                f"These {self.model.name} parameters were given, not estimated, so nothing is known of their uncertainty.",
                hint="Fit the model to data to have standard errors and intervals.",
            )
        return self.log_covariance

    def _fitted_log_likelihood(self) -> float:
        if self.log_likelihood is None:
            raise ModelError(
                f"These {self.model.name} parameters were given, not estimated, so there is no fitted likelihood.",
                hint="total_log_likelihood(data) gives the likelihood of any data at these parameters.",
            )
        if self.prior is not None:
            raise ModelError(
                f"This {self.model.name} was fitted with a prior; AIC and BIC compare likelihoods at their maximum.",
                hint='Compare with a fit by method="ml", or by a hold-out.',
            )
        return self.log_likelihood
