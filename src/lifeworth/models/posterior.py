"""What the data leave open about the parameters: draws from the posterior, by importance sampling, with a judgement of themselves.

The normal approximation at the optimum (Laplace) proposes; every proposal is weighted by how likely it really is; the largest
weights are smoothed by a generalised Pareto distribution (Vehtari, Simpson, Gelman, Yao & Gabry 2024). Its shape k̂ says whether
the draws may be trusted: below 0.7 they may.

The prior is that of the fit. Where it had none it is flat in the free coordinates, that is in the logarithms of the parameters, so it
does not depend on the unit of time or money.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifeworth.models.distinct import Array

TRUSTED, GOOD = 0.7, 0.4
ROUNDS = 4
MIXED, ENOUGH = 1.01, 400.0
"""Of chains: r̂ below, and independent draws at least (Vehtari et al. 2021)."""
FAR = 25.0
"""Logarithms of a parameter: a factor of 10^10, beyond everything a company can be."""
FALLEN = 10.0
"""What is so much less likely out there has no weight that matters, however far it goes on: e^−10 over 25 units is a thousandth."""
DEGREES = 8.0
"""Degrees of freedom of the Student proposals: their tails are longer than the posterior's, so no weight is without bound."""


@dataclass(frozen=True)
class Chains:
    """What Markov chains say of themselves.

    Args:
        chains: How many there were.
        r_hat: For each parameter, how much more all chains together vary than each alone: 1 where they cannot be told apart.
        effective: For each parameter, how many independent draws they are worth, in the middle or in the tails, whichever is less.
        divergences: Steps at which the path left the map.
    """

    chains: int
    r_hat: Mapping[str, float]
    effective: Mapping[str, float]
    divergences: int

    @property
    def trusted(self) -> bool:
        """Whether every r̂ is below 1.01, every parameter is worth 400 draws, and nothing diverged."""
        mixed = all(value < MIXED for value in self.r_hat.values())
        return mixed and all(value >= ENOUGH for value in self.effective.values()) and not self.divergences


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weighted draws of the parameters.

    Args:
        fitted: The model they are of.
        theta: Parameter vectors (draws × k), in the order of the model's symbols.
        weights: Their weights, which sum to 1.
        k_hat: Shape of the Pareto distribution of the largest weights; above 0.7 the draws are not to be trusted. None for chains.
        diagnostics: Of Markov chains; None for weighted draws.
        endless: Whether parameters without bound stay nearly as likely as the best ones, so that no distribution over them exists.
            No draws can show that, as they never get there; a prior (`method="map"`) puts an end to it.
    """

    fitted: Any
    theta: Array
    weights: Array
    k_hat: float | None
    diagnostics: Chains | None = None
    endless: bool = False

    @property
    def trusted(self) -> bool:
        """Whether k̂ is below 0.7 and the posterior has an end in every direction; of chains, what they say of themselves."""
        if self.diagnostics is not None:
            return self.diagnostics.trusted
        return self.k_hat is not None and self.k_hat < TRUSTED and not self.endless

    @property
    def effective(self) -> float:
        """How many independent, unweighted draws these are worth."""
        if self.diagnostics is not None:
            return min(self.diagnostics.effective.values())
        return float(1 / (self.weights**2).sum())

    @property
    def means(self) -> dict[str, float]:
        """Posterior mean of each parameter."""
        return dict(zip(self.fitted.model.symbols, (self.weights @ self.theta).tolist(), strict=True))

    def intervals(self, level: float = 0.9) -> dict[str, tuple[float, float]]:
        """Central interval of each parameter."""
        found = {}
        for column, symbol in enumerate(self.fitted.model.symbols):
            order = np.argsort(self.theta[:, column])
            reached = np.cumsum(self.weights[order])
            ends = np.searchsorted(reached, [0.5 - level / 2, 0.5 + level / 2])
            low, high = self.theta[order[np.minimum(ends, order.size - 1)], column]
            found[symbol] = (float(low), float(high))
        return found

    def average(self, ask: Callable[[Any], Array]) -> tuple[Array, Array]:
        """Mean and standard deviation over the posterior of what `ask` says of a fitted model, streamed: nothing is kept a draw.

        Args:
            ask: As in `lambda fitted: fitted.expected_orders(h, 52)`.
        """
        mean: Any = 0.0
        square: Any = 0.0
        seen = 0.0
        for vector, weight in zip(self.theta, self.weights, strict=True):
            if weight == 0:
                continue
            value = np.asarray(ask(self.fitted.with_parameters(vector)), np.float64)
            seen += weight
            step = value - mean
            mean = mean + weight / seen * step
            square = square + weight * step * (value - mean)
        return np.asarray(mean), np.asarray(np.sqrt(square / seen))

    def few(self, count: int) -> Array:
        """`count` equally likely parameter vectors (count × k) that stand for all: evenly through the draws in their order along the widest direction.

        The error of an average over them is then smaller than that of so many random ones.
        """
        free = self.fitted.model.free(self.theta)
        away = free - self.weights @ free
        widest = np.linalg.eigh((away * self.weights[:, None]).T @ away)[1][:, -1]
        order = np.argsort(away @ widest)
        reached = np.cumsum(self.weights[order])
        place = np.searchsorted(reached, (np.arange(count) + 0.5) / count * reached[-1])
        return np.asarray(self.theta[order[np.minimum(place, order.size - 1)]])

    def resampled(self, count: int, rng: np.random.Generator) -> Array:
        """Unweighted draws (count × k), by systematic resampling."""
        reached = np.cumsum(self.weights)
        place = np.searchsorted(reached, (np.arange(count) + rng.uniform()) / count * reached[-1])
        return np.asarray(self.theta[np.minimum(place, len(self.theta) - 1)])


def laplace(fitted: Any, cells: Any, draws: int, rng: np.random.Generator) -> Posterior:
    """Draws from Student proposals around the optimum, importance-weighted.

    Where k̂ shows that the posterior is not of the proposals' shape, these are moved and stretched to what was learnt, and drawn again.

    Args:
        fitted: A fitted model whose parameters are all held, by data or prior.
        cells: What it was fitted to.
        draws: How many.
        rng: The source of chance.
    """
    model, objective = fitted.model, fitted.objective(cells)
    centre, covariance = model.free(fitted.theta), fitted.log_covariance
    endless = has_no_end(objective, centre, covariance)
    best: Posterior | None = None
    least = np.inf
    for _ in range(ROUNDS):
        root = np.linalg.cholesky(covariance)
        stretch = np.sqrt(DEGREES / rng.chisquare(DEGREES, draws))
        steps = rng.standard_normal((draws, centre.size)) * stretch[:, None]
        points = centre + steps @ root.T
        with np.errstate(all="ignore"):
            heights = np.array([-objective(point, 0)[0] for point in points])
        heights[~np.isfinite(heights)] = -np.inf
        proposed = -0.5 * (DEGREES + centre.size) * np.log1p((steps**2).sum(axis=1) / DEGREES)
        log_weights, k_hat = smoothed(heights - proposed)
        weights = np.exp(log_weights)
        if best is None or k_hat < least:
            least = k_hat
            best = Posterior(
                fitted, np.stack([model.natural(point) for point in points]), weights, k_hat, endless=endless
            )
        if k_hat < GOOD:
            break
        centre = weights @ points
        covariance = (points - centre).T @ ((points - centre) * weights[:, None]) + 1e-12 * np.eye(centre.size)
    assert best is not None  # noqa: S101 - ROUNDS is above 0
    return best


def has_no_end(objective: Callable[..., Any], centre: Array, covariance: Array) -> bool:
    """Whether the posterior stays high far out: along a parameter, along two together, or where the data hold them least.

    Args:
        objective: Minus the log-posterior in free coordinates, as its first result.
        centre: Its optimum.
        covariance: What is left open around it.
    """
    own = np.eye(centre.size)
    # Two parameters often run away together, their ratio or their product held: shapes of a beta, a gamma's shape and scale.
    pairs = [own[i] + sign * own[j] for i in range(centre.size) for j in range(i) for sign in (1, -1)]
    with np.errstate(all="ignore"):
        best = objective(centre, 0)[0]
        ways = np.vstack([own, *pairs, np.linalg.eigh(covariance)[1].T])
        lost = np.array([objective(centre + sign * FAR * way, 0)[0] - best for way in ways for sign in (1, -1)])
    return bool((lost < FALLEN).any())


def smoothed(log_ratios: Array) -> tuple[Array, float]:
    """Pareto-smoothed logarithms of weights that sum to 1, and k̂."""
    found = log_ratios - log_ratios.max()
    draws = found.size
    tail = int(np.ceil(min(0.2 * draws, 3 * np.sqrt(draws))))
    order = np.argsort(found)
    largest, cut = order[-tail:], found[order[-tail - 1]]
    excess = np.exp(found[largest]) - np.exp(cut)
    k_hat = np.inf
    if tail > 4 and excess[-1] > 0 and np.isfinite(cut):
        k_hat, sigma = pareto_shape(np.maximum(excess, 1e-300))
        level = (np.arange(tail) + 0.5) / tail
        spread = -np.log1p(-level) if abs(k_hat) < 1e-12 else np.expm1(-k_hat * np.log1p(-level)) / k_hat
        found = found.copy()
        found[largest] = np.minimum(np.log(np.exp(cut) + sigma * spread), 0.0)
    found = found - found.max()
    return found - np.log(np.exp(found).sum()), float(k_hat)


def pareto_shape(excess: Array) -> tuple[float, float]:
    """Shape and scale of a generalised Pareto distribution, Zhang & Stephens (2009), the shape drawn a little to 0.5.

    Args:
        excess: Positive values in ascending order.
    """
    size = excess.size
    count = 30 + int(np.sqrt(size))
    grid = 1 - np.sqrt(count / (np.arange(1, count + 1) - 0.5))
    b = grid / (3 * excess[int(size / 4 + 0.5) - 1]) + 1 / excess[-1]
    shapes = np.log1p(-b[:, None] * excess).mean(axis=1)
    heights = size * (np.log(-(b / shapes)) - shapes - 1)
    share = np.exp(heights - heights.max())
    best = float((b * share).sum() / share.sum())
    shape = float(np.log1p(-best * excess).mean())
    sigma = -shape / best
    return (shape * size + 5) / (size + 10), sigma
