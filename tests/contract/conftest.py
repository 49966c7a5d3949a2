"""The models under contract. A new model joins with one entry in CASES; its tags say which clauses apply to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lifeworth.models import (
    NBD,
    BetaDiscreteWeibull,
    BetaGeoBetaBernoulli,
    BetaGeoNBD,
    GammaGamma,
    GammaGammaPerTransaction,
    History,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    Purchases,
    ShiftedBetaGeometric,
    SpendHistory,
    Tenures,
)
from lifeworth.models.base import Model

EXTREME = History(
    x=[0, 0, 0, 1, 1, 7, 500, 500, 5000, 5000, 100_000],
    t_x=[0, 0, 0, 0.001, 700, 39, 100, 104, 1, 5000, 5000],
    T=[0, 1e-3, 5000, 5000, 700, 39, 104, 104, 5000, 5000, 5000],
)
EXTREME_IN_STEPS = History(
    x=[0, 0, 0, 1, 1, 7, 500, 500, 5000, 1],
    t_x=[0, 0, 0, 1, 700, 39, 1000, 500, 5000, 1],
    T=[0, 1, 5000, 5000, 700, 39, 1000, 1500, 5000, 1],
)


def in_steps(model: Model[Any], truth: dict[str, float], size: int, rng: np.random.Generator) -> History:
    """Customers who had from 2 to 12 opportunities."""
    return model.at(truth).simulate(rng.integers(2, 13, size), rng).history


def tenures(model: Model[Any], truth: dict[str, float], size: int, rng: np.random.Generator) -> Tenures:
    """Customers who came to between one and ten renewals."""
    return model.at(truth).simulate(rng.integers(1, 11, size), rng)


def histories(model: Model[Any], truth: dict[str, float], size: int, rng: np.random.Generator) -> History:
    """Customers of the model, acquired over most of the time watched."""
    span = 6 * truth["alpha"]
    return model.at(truth).simulate(rng.uniform(0.1 * span, span, size), rng).history


def purchases(model: Model[Any], truth: dict[str, float], size: int, rng: np.random.Generator) -> Purchases:
    """One purchase and more of each customer."""
    each = rng.poisson(1.0, size) + 1
    nu = rng.gamma(truth["q"], 1 / truth["v"], size)
    who = np.repeat(np.arange(size), each)
    return Purchases.of(who, rng.gamma(truth["p"], 1 / nu[who]))


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
    extreme: History = EXTREME

    def ages(self, size: int, rng: np.random.Generator) -> np.ndarray:
        """Times of observation that suit the model."""
        if "steps" in self.tags:
            return rng.integers(2, 13, size).astype(float)
        return rng.uniform(0.2, 1.0, size) * 4 * self.truth["alpha"]

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
    Case(
        BetaGeoBetaBernoulli,
        {"alpha": 1.2, "beta": 0.9, "gamma": 0.7, "delta": 3.0},
        in_steps,
        frozenset({"orders", "steps"}),
        extreme=EXTREME_IN_STEPS,
    ),
    Case(ShiftedBetaGeometric, {"alpha": 0.8, "beta": 2.5}, tenures, frozenset({"contract"})),
    Case(BetaDiscreteWeibull, {"alpha": 0.8, "beta": 2.5, "c": 1.4}, tenures, frozenset({"contract"})),
    Case(
        GammaGammaPerTransaction,
        {"p": 6.0, "q": 4.0, "v": 15.0},
        purchases,
        frozenset({"spend"}),
        money_parameters=("v",),
    ),
    Case(GammaGamma, {"p": 6.0, "q": 4.0, "v": 15.0}, spends, frozenset({"spend"}), money_parameters=("v",)),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`case` runs over every model, `order_case` over those of repeat orders."""
    for name, tag in {
        "case": None,
        "order_case": "orders",
        "time_case": "time",
        "spend_case": "spend",
        "contract_case": "contract",
    }.items():
        if name in metafunc.fixturenames:
            chosen = [case for case in CASES if tag is None or tag in case.tags]
            metafunc.parametrize(name, chosen, ids=str)
