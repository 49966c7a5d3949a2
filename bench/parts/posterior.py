"""The posterior with every customer's predictive interval: CDNOW's sample beside NUTS of pymc-marketing, and many customers alone."""

from __future__ import annotations

from typing import Any

from harness import Asked, cdnow, cdnow_histories, histories, in_turn, ours, side_of, timed

WEEKS, DAYS = 39, 365
MANY = 100_000
WAYS = {"laplace": 1_000, "nuts": 2_000}
"""Draws of each; those of chains are worth fewer."""


def measure(asked: Asked) -> dict[str, Any]:
    many = min(MANY, asked.customers)
    sides = {way: ours("posterior_ours", histories(many), DAYS, way, draws) for way, draws in WAYS.items()}
    return {"sample": _sample(asked), "many": in_turn(sides, 1), "customers": many}


def _sample(asked: Asked) -> dict[str, Any] | None:
    """CDNOW's sample; only where the data are at hand."""
    folder = cdnow()
    if folder is None:
        return None
    path = cdnow_histories(folder)
    sides = {way: ours("posterior_ours", path, WEEKS, way, draws) for way, draws in WAYS.items()}
    try:
        if asked.pymc:
            sides["pymc-marketing"] = side_of(asked.pymc, "posterior_pymc", path, WEEKS)
            timed(sides["pymc-marketing"])  # fills its compiler's cache
        return in_turn(sides, asked.runs)
    finally:
        path.unlink()
