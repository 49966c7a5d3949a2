"""Draws from the posterior by Hamiltonian Monte Carlo (NUTS: Hoffman & Gelman 2014), with the sampler of nutpie.

The sampler is given what the fit minimised, with its exact gradient, over counted histories; and coordinates in which the normal
approximation is round and of unit size, so that a few steps are enough for an independent draw. Four chains begin at different points;
they are trusted if they cannot be told apart (rank-normalised split r̂; Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021), are worth
enough independent draws, and never diverged.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from lifeworth.errors import InputError, ModelError
from lifeworth.models.distinct import Array
from lifeworth.models.posterior import Chains, Posterior

CHAINS = 4
TUNING = 300
"""Draws a chain spends on its step size; in round coordinates there is little else to learn."""
MANY_ROWS = 20_000
"""Rows from which on a likelihood takes so long that chains gain from a core each."""


def nuts(fitted: Any, cells: Any, draws: int, rng: np.random.Generator) -> Posterior:
    """At least `draws` draws, the same number from each of four chains.

    Args:
        fitted: A fitted model whose parameters are all held, by data or prior.
        cells: What it was fitted to.
        draws: How many in all.
        rng: Gives the seed of the chains.

    Raises:
        ModelError: if nutpie is not installed.
    """
    arviz, nutpie, from_pyfunc = _sampler()
    if draws < 4 * CHAINS:
        raise InputError(f"Four chains need at least {4 * CHAINS} draws between them, not {draws}.")
    model, objective = fitted.model, fitted.objective(cells)
    centre, root = model.free(fitted.theta), np.linalg.cholesky(fitted.log_covariance)
    size = centre.size

    def height(u: Array) -> tuple[float, Array]:
        try:
            with np.errstate(all="ignore"):
                value, slope, _ = objective(centre + root @ u, 1)
        except ArithmeticError as why:  # so far out that e to a coordinate is 0 or overflows
            raise _OffTheMap from why
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            raise _OffTheMap
        return -value, np.ascontiguousarray(-(root.T @ slope))

    sampled = from_pyfunc(
        size,
        make_logp_fn=lambda: height,
        make_expand_fn=lambda *_: lambda u: {"u": np.asarray(u, np.float64)},
        expanded_dtypes=[np.dtype(np.float64)],
        expanded_shapes=[(size,)],
        expanded_names=["u"],
    )
    trace = nutpie.sample(
        sampled,
        draws=-(-draws // CHAINS),
        tune=TUNING,
        chains=CHAINS,
        cores=min(CHAINS, os.cpu_count() or 1) if len(cells) > MANY_ROWS else 1,
        seed=int(rng.integers(2**62)),
        progress_bar=False,
        save_warmup=False,
    )
    u = np.asarray(trace.posterior["u"].values, np.float64)
    points = centre + u @ root.T
    columns = {symbol: points[:, :, i] for i, symbol in enumerate(model.symbols)}
    found = Chains(
        chains=CHAINS,
        r_hat={symbol: float(arviz.rhat(column)) for symbol, column in columns.items()},
        effective={
            symbol: min(float(arviz.ess(column, method=kind)) for kind in ("bulk", "tail"))
            for symbol, column in columns.items()
        },
        divergences=int(trace.sample_stats["diverging"].values.sum()),
    )
    theta = np.stack([model.natural(point) for point in points.reshape(-1, size)])
    return Posterior(fitted, theta, np.full(len(theta), 1 / len(theta)), None, found)


class _OffTheMap(Exception):  # noqa: N818 - a signal to the sampler, which takes it for a divergence
    """A point so far out that the likelihood is no number there."""

    is_recoverable = True


def _sampler() -> tuple[Any, Any, Any]:
    """The sampler and its diagnostics, imported late: they bring much that nothing else here needs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own plans, which no user of ours can act on
            import arviz
            import nutpie
            from nutpie.compiled_pyfunc import from_pyfunc
    except ImportError as why:
        raise ModelError(
            'method="nuts" needs the sampler nutpie, which is not installed.',
            hint='pip install "lifeworth[nuts]", or take method="laplace".',
        ) from why
    return arviz, nutpie, from_pyfunc
