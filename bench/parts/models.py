"""Fits and predictions on the same arrays, one part a peer and a model that takes its time."""

from __future__ import annotations

from typing import Any

from harness import Asked, agreement, histories, in_turn, ours, side_of, timed

MODELS = ("beta_geo_nbd", "modified_beta_geo_nbd", "gamma_gamma")
WARM_UP = 1_000


def quick(asked: Asked) -> dict[str, Any]:
    """BG/NBD, MBG/NBD and Gamma-Gamma beside lifetimes."""
    return _beside_lifetimes(asked, MODELS, asked.runs)


def pareto(asked: Asked) -> dict[str, Any]:
    """Pareto/NBD beside lifetimes; once, since one fit of theirs takes minutes."""
    return _beside_lifetimes(asked, ("pareto_nbd",), 1)


def posteriori(asked: Asked) -> dict[str, Any]:
    """BG/NBD beside the maximum a posteriori of pymc-marketing, its compiler's cache warm."""
    arrays = histories(asked.customers)
    sides = {"Lifeworth": ours("models_ours", arrays, "beta_geo_nbd")}
    if asked.pymc:
        timed(side_of(asked.pymc, "models_pymc", histories(WARM_UP)))
        sides["pymc-marketing"] = side_of(asked.pymc, "models_pymc", arrays)
    found = in_turn(sides, asked.runs)
    return {"sides": found, "log_likelihoods": agreement(arrays, found)}


def _beside_lifetimes(asked: Asked, keys: tuple[str, ...], runs: int) -> dict[str, Any]:
    arrays = histories(asked.customers)
    sides = {"Lifeworth": ours("models_ours", arrays, *keys)}
    if asked.lifetimes:
        sides["lifetimes"] = side_of(asked.lifetimes, "models_lifetimes", arrays, *keys)
    found = in_turn(sides, runs)
    return {"sides": found, "log_likelihoods": agreement(arrays, found)}
