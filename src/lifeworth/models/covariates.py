"""Static covariates: what is known of a customer from the start (channel, country, first product) moves their parameters.

A covariate acts on a process. log θᵢ = log θ ± γ·zᵢ for the parameters of that process: in BG/NBD and Pareto/NBD a positive coefficient of
`transaction` divides α and so means more orders; of `lifetime` it multiplies a and b (BG/NBD), divides β (Pareto/NBD: a shorter
life) or sets the pace of leaving (sBG, BdW: faster). Multiplying both a and b leaves the mean dropout chance a ÷ (a + b) where it was and only
makes customers more alike; so BG/NBD and MBG/NBD have a third process, `dropout`, which multiplies a alone: e^γ is the factor on
a ÷ b, the odds of the mean customer to leave after an order. With zᵢ = 0 it is the plain model.

Nothing else changes: the kernels are those of the plain model, with one parameter vector a customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lifeworth.errors import InputError, ModelError
from lifeworth.models import fit as fitting
from lifeworth.models.base import Model, Parameter
from lifeworth.models.distinct import Array
from lifeworth.models.history import covariate
from lifeworth.models.likelihood import Block, Filling, Term, blocks
from lifeworth.models.prior import Prior, coefficients

PROCESSES = ("transaction", "lifetime", "dropout")
BOTH = ("transaction", "lifetime")
"""What an `equal` coefficient acts on."""


class WithCovariates(Model[Any]):
    """A model with static covariates.

    Args:
        plain: The model they are put on.
        transaction: Names of the covariates that act on how often customers order.
        lifetime: Names of those that act on how long they stay.
        dropout: Names of those that act on the chance to leave after an order (BG/NBD, MBG/NBD).
        equal: Names of those that act on order rate and lifetime with one coefficient.
        l2: For each process the weight λ of a penalty: what is maximised is ln L − n λ |γ|², with n customers. An `equal` coefficient bears both.

    Raises:
        InputError: if the model has no such process, or a covariate is named twice.
    """

    def __init__(
        self,
        plain: Model[Any],
        *,
        transaction: Sequence[str] = (),
        lifetime: Sequence[str] = (),
        dropout: Sequence[str] = (),
        equal: Sequence[str] = (),
        l2: Mapping[str, float] | None = None,
    ) -> None:
        self._plain = plain
        self.effects = {
            "transaction": tuple(transaction),
            "lifetime": tuple(lifetime),
            "dropout": tuple(dropout),
            "equal": tuple(equal),
        }
        self.l2 = {process: float((l2 or {}).get(process, 0.0)) for process in PROCESSES}
        self._check_effects()
        coefficients = [(process, name) for process, names in self.effects.items() for name in names]
        self.name, self.key, self.source, self.result = (
            f"{plain.name} with {_listed(name for _, name in coefficients)}",
            plain.key,
            plain.source,
            plain.result,
        )
        self.assumptions = (
            *plain.assumptions,
            "What is known of a customer multiplies their parameters, by e to the sum of coefficient × covariate.",
        )
        self.parameters = (
            *plain.parameters,
            *(
                Parameter(f"{process}.{name}", f"effect of {name} on {process}", real=True)
                for process, name in coefficients
            ),
        )
        self.needs = plain.needs + len(coefficients)
        kernels = plain.kernel_symbols or plain.symbols
        self._names = tuple(covariate(name) for name in dict.fromkeys(name for _, name in coefficients))
        self._which = np.array([self._names.index(covariate(name)) for _, name in coefficients], np.int64)
        self._visible = [kernels.index(symbol) for symbol in plain.symbols]
        # sign with which each coefficient acts on each of the kernel's parameters
        self._signs = np.zeros((len(kernels), len(coefficients)))
        for column, (process, _) in enumerate(coefficients):
            for acted in BOTH if process == "equal" else (process,):
                for symbol, sign in plain.processes[acted].items():
                    self._signs[kernels.index(symbol), column] += sign
        self._acted = [bool(signs.any()) for signs in self._signs]

    @property
    def plain(self) -> Model[Any]:
        """The model without covariates."""
        return self._plain

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the covariates it looks at."""
        return tuple(dict.fromkeys(name for names in self.effects.values() for name in names))

    @property
    def terms(self) -> Sequence[Term]:
        """Those of the plain model."""
        return self._plain.kernel_terms

    @property
    def kernel_terms(self) -> Sequence[Term]:
        """Those of the plain model."""
        return self._plain.kernel_terms

    def config(self) -> dict[str, Any]:
        """What a saved model has to know to be put together again."""
        return {**{process: list(names) for process, names in self.effects.items()}, "l2": dict(self.l2)}

    def filling(self, theta: Sequence[float]) -> Filling:
        """Each customer's kernel parameters, from their covariates."""
        own = len(self._plain.symbols)
        base = np.log(np.asarray(self._plain.kernel(theta[:own]), np.float64))
        coefficients = np.asarray(theta[own:], np.float64)

        moved = self._signs * coefficients

        def function(*z: Array) -> list[Any]:
            found: list[Any] = []
            for k, middle in enumerate(base):
                acting = np.flatnonzero(self._signs[k])
                shift = sum((moved[k, c] * np.asarray(z[self._which[c]], np.float64) for c in acting), 0.0)
                found.append(np.exp(middle + shift))
            return found

        return Filling(self._names, function)

    def slope(self, z: Sequence[float]) -> Array:
        """Derivatives of the logarithms of one customer's parameters by the free coordinates of the model (plain k × k)."""
        own = len(self._plain.symbols)
        effects = self._signs[self._visible] * np.asarray(z, np.float64)[self._which]
        return np.hstack([np.eye(own), effects])

    def starts(self, cells: Any) -> Sequence[Mapping[str, float]]:
        """The plain model's estimate, then its starting values, without effects."""
        none = dict.fromkeys(self.symbols[len(self._plain.symbols) :], 0.0)
        found = []
        try:
            fitted = self._plain.fit(cells)
        except ModelError:
            pass
        else:
            if fitted.converged:
                found.append({**fitted.parameters, **none})
        return [*found, *({**start, **none} for start in self._plain.starts(cells))]

    def default_prior(self, cells: Any) -> Prior:
        """The plain model's, for a customer whose covariates are 0; effects near none."""
        symbols = self.symbols[len(self._plain.symbols) :]
        columns = [getattr(cells, self._names[which]) for which in self._which]
        effects = Prior.of(coefficients(symbols, columns, cells.counts), "default")
        return self._plain.default_prior(cells) | effects

    def check(self, cells: Any) -> None:
        """The covariates must be there, must differ between customers, and none may follow from the others."""
        self._plain.check(cells)
        missing = [name for name in self.covariates if name not in cells.covariates]
        if missing:
            raise InputError(
                f"These histories do not have the covariate {', '.join(missing)}.",
                allowed=cells.covariates or ["none at all"],
            )
        z = np.column_stack([np.ones(len(cells)), *(getattr(cells, name) for name in self._names)])
        if np.linalg.matrix_rank(z / np.maximum(np.abs(z).max(axis=0), 1e-300)) < z.shape[1]:
            raise InputError(
                f"One of the covariates {', '.join(self.covariates)} is the same for all customers, or follows from the others.",
                hint="Of k groups of customers name k − 1; the last one is the group they are compared with.",
            )

    def penalty(self, point: Array, customers: float) -> float:
        """N Σ λ γ²: what the fit subtracts from the log-likelihood."""
        return float(customers * (self._weights() @ point**2))

    def objective(self, cells: Any) -> fitting.Objective:
        """The negative penalised log-likelihood, by the free coordinates."""
        own, size = len(self._plain.symbols), len(self.symbols)
        weights, customers = self._weights(), cells.customers

        def objective(point: Array, order: int) -> tuple[float, Array, Array | None]:
            filling = self.filling(self.natural(point).tolist())
            value, slope = 0.0, np.zeros(size)
            hessian: Array | None = np.zeros((size, size)) if order == 2 else None
            for term in self.terms:
                for block in blocks(term, cells, filling, order)[0]:
                    value += float(block.weights @ block.jet.value)
                    if order == 0:
                        continue
                    hessian = self._chain(block, own, slope, hessian)
            value -= self.penalty(point, customers)
            slope -= 2 * customers * weights * point
            if hessian is not None:
                hessian = -hessian + np.diag(2 * customers * weights)
            return -value, -slope, hessian

        return objective

    def _chain(self, block: Block, own: int, slope: Array, hessian: Array | None) -> Array | None:
        """Add a block's derivatives, taken from the kernel's parameters over to the logarithms and coefficients."""
        jet, w = block.jet, block.weights
        first = jet.first or ()
        z = np.stack(block.z)
        along = [w * one * theta * np.ones(w.size) for one, theta in zip(first, block.theta, strict=True)]
        for k, moved in enumerate(along):
            if k in self._visible:
                slope[self._visible.index(k)] += moved.sum()
            if self._acted[k]:
                slope[own:] += self._signs[k] * (z @ moved)[self._which]
        if hessian is None or jet.second is None:
            return None
        for k in range(len(first)):
            for m in range(k, len(first)):
                if k != m and (k, m) not in jet.second:
                    continue
                curve = jet.second.get((k, m), 0.0) * block.theta[k] * block.theta[m] * w
                self._add(hessian, own, k, m, (curve + along[k] if k == m else curve) * np.ones(w.size), z)
        return hessian

    def _add(self, hessian: Array, own: int, k: int, m: int, weight: Array, z: Array) -> None:
        """Add Σ weight × (direction of the kernel's k-th logarithm) × (direction of its m-th), both ways round."""
        sums = (z @ weight)[self._which] if self._acted[k] or self._acted[m] else None
        products = ((z * weight) @ z.T)[np.ix_(self._which, self._which)] if self._acted[k] and self._acted[m] else None
        for one, other in {(k, m), (m, k)}:
            rows = [self._visible.index(one)] if one in self._visible else []
            columns = [self._visible.index(other)] if other in self._visible else []
            for i in rows:
                for j in columns:
                    hessian[i, j] += weight.sum()
                if sums is not None:
                    hessian[i, own:] += self._signs[other] * sums
            for j in columns:
                if sums is not None:
                    hessian[own:, j] += self._signs[one] * sums
            if products is not None:
                hessian[own:, own:] += np.outer(self._signs[one], self._signs[other]) * products

    def _weights(self) -> Array:
        """The penalty's weight on each parameter."""
        weights = [0.0] * len(self._plain.symbols)
        for process, names in self.effects.items():
            weight = sum(self.l2[acted] for acted in BOTH) if process == "equal" else self.l2[process]
            weights += [weight] * len(names)
        return np.array(weights)

    def _check_effects(self) -> None:
        named = {process for process, names in self.effects.items() if names}
        possible = set(self._plain.processes)
        if not named:
            raise InputError(
                "No covariate is named.",
                hint="Name them by the process they act on: transaction, lifetime, dropout or equal.",
            )
        if (named - {"equal"}) - possible or ("equal" in named and not possible >= set(BOTH)):
            raise InputError(
                f"{self._plain.name} has no process for covariates on {' and '.join(sorted(named - possible))}.",
                allowed=sorted(possible) or ["none"],
            )
        for name in self.effects["equal"]:
            if any(name in self.effects[process] for process in PROCESSES):
                raise InputError(
                    f"{name} acts on both processes with one coefficient, or on each with its own, not both."
                )


def _listed(names: Iterable[str]) -> str:
    """The covariates in words: of an indicator column `channel=store` the channel is the covariate."""
    found = list(dict.fromkeys(name.partition("=")[0].replace("_", " ") for name in names))
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
