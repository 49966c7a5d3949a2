"""The models under contract. A new model joins with one entry in CASES; its tags say which clauses apply to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lifeworth.models import NBD, BetaGeoNBD, GammaGamma, History, ModifiedBetaGeoNBD, ParetoNBD, SpendHistory
from lifeworth.models.base import Model


def histories(model: Model[Any], truth: dict[str, float], size: int, rng: np.random.Generator) -> History:
    """Customers of the model, acquired over most of the time watched."""
    span = 6 * truth["alpha"]
    return model.at(truth).simulate(rng.uniform(0.1 * span, span, size), rng).history


def spends(model: Model[Any], truth: dict[str, float], size: int, rng: np.random.Generator) -> SpendHistory:
    return model.at(truth).simulate(rng.poisson(2.0, size), rng)


@dataclass(frozen=True)
class Case:
    """A model under contract, parameters it must recover, how to draw data from it, and what it is (`tags`)."""

    model: type[Model[Any]]
    truth: dict[str, float]
    data: Callable[..., Any]
    tags: frozenset[str]
    time_parameters: tuple[str, ...] = ()
    money_parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.model.key


CASES = (
    Case(NBD, {"r": 0.8, "alpha": 6.0}, histories, frozenset({"orders", "time"}), time_parameters=("alpha",)),
    Case(
        ParetoNBD,
        {"r": 0.8, "alpha": 6.0, "s": 0.9, "beta": 14.0},
        histories,
        frozenset({"orders", "time"}),
        time_parameters=("alpha", "beta"),
    ),
    Case(
        BetaGeoNBD,
        {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5},
        histories,
        frozenset({"orders", "time"}),
        time_parameters=("alpha",),
    ),
    Case(
        ModifiedBetaGeoNBD,
        {"r": 0.9, "alpha": 5.0, "a": 0.8, "b": 2.0},
        histories,
        frozenset({"orders", "time"}),
        time_parameters=("alpha",),
    ),
    Case(GammaGamma, {"p": 6.0, "q": 4.0, "v": 15.0}, spends, frozenset({"spend"}), money_parameters=("v",)),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`case` runs over every model, `order_case` over those of repeat orders."""
    for name, tag in {"case": None, "order_case": "orders", "spend_case": "spend"}.items():
        if name in metafunc.fixturenames:
            chosen = [case for case in CASES if tag is None or tag in case.tags]
            metafunc.parametrize(name, chosen, ids=str)
