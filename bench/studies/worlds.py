"""The worlds of the recovery study: for each model a wide grid of true parameters, and how customers are drawn from them.

A base is drawn from its own seed, so every figure of the study can be had again, and any base looked at by itself.

What the unit means. Customers are acquired at different times, on whole units: T (or the number of opportunities, or of renewals) is a whole number
of days or weeks, spread evenly over the time watched. The order models in continuous time are drawn in continuous time in both
units: the orders are not moved to whole days, since that would be data of another model. In days the same rates are numbers a
seventh as large, and T takes on seven times as many values; both are watched for two months to two years. The models in discrete time
count opportunities and renewals: up to 40 a customer where they come daily, up to 26 where they come weekly. Spend models know no time;
daily there means that each day's purchases stay apart (more purchases a customer), weekly that they come together (fewer).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifeworth.models.family import MODELS
from lifeworth.models.gamma_gamma_per_transaction import Purchases

UNITS = ("day", "week")
SPANS = {"day": (60, 180, 365, 730), "week": (8, 26, 52, 104)}
STEPS = {"day": (10, 20, 40), "week": (4, 12, 26)}
PURCHASES = {"day": (2.0, 10.0), "week": (0.5, 3.0)}
SIZES, SHARES = (300, 1000, 4000, 20_000), (0.4, 0.3, 0.2, 0.1)

BASES = {
    "nbd": 1000,
    "beta_geo_nbd": 600,
    "modified_beta_geo_nbd": 600,
    "pareto_nbd": 300,
    "beta_geo_beta_bernoulli": 500,
    "shifted_beta_geometric": 500,
    "beta_discrete_weibull": 300,
    "gamma_gamma": 1000,
    "gamma_gamma_per_transaction": 1000,
}
"""How many bases a model: as many as some minutes hold, at least 300, with which a coverage of 95 % is known to ± 2.5 points."""

Truth = dict[str, float]
Random = np.random.Generator


@dataclass(frozen=True)
class Base:
    """One simulated customer base: the model it is of, its number in the study, what is true in it, and its customers."""

    key: str
    number: int
    unit: str
    customers: int
    truth: Mapping[str, float]
    data: Any


def base(key: str, number: int) -> Base:
    """The base of that number: the same every time."""
    rng = np.random.default_rng([zlib.crc32(key.encode()), number])
    unit = UNITS[number % 2]
    customers = int(rng.choice(SIZES, p=SHARES))
    draw, watch = WORLDS[key]
    truth = draw(rng, unit)
    return Base(key, number, unit, customers, truth, watch(key, truth, customers, unit, rng))


def _any(rng: Random, low: float, high: float) -> float:
    """A number between two bounds, any ratio as likely as any other."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _orders(rng: Random, unit: str) -> Truth:
    """From an order in 200 days to one in three, a customer alive; customers all alike (r = 5) or most of them silent (r = 0.1)."""
    days = 1.0 if unit == "day" else 1 / 7
    r = _any(rng, 0.1, 5)
    return {"r": r, "alpha": days * r * _any(rng, 3, 200)}


def _chance(rng: Random, unit: str) -> Truth:
    """And who leave after an order with a chance from 1 % to 90 %."""
    return {**_orders(rng, unit), "a": _any(rng, 0.1, 4), "b": _any(rng, 0.3, 15)}


def _rate(rng: Random, unit: str) -> Truth:
    """And who stay for days or for years."""
    days = 1.0 if unit == "day" else 1 / 7
    return {**_orders(rng, unit), "s": _any(rng, 0.1, 4), "beta": days * _any(rng, 5, 500)}


def _leaving(rng: Random, size: float, often: float) -> tuple[float, float]:
    return size * often, size * (1 - often)


def _opportunities(rng: Random, unit: str) -> Truth:
    """Ordering at 5 % to 90 % of the opportunities, leaving at 1 % to 50 %, customers alike or not in either."""
    alpha, beta = _leaving(rng, _any(rng, 0.4, 10), rng.uniform(0.05, 0.9))
    gamma, delta = _leaving(rng, _any(rng, 0.4, 10), _any(rng, 0.01, 0.5))
    return {"alpha": alpha, "beta": beta, "gamma": gamma, "delta": delta}


def _renewals(rng: Random, unit: str) -> Truth:
    """Leaving at 1 % to 50 % of the renewals, customers alike or not."""
    alpha, beta = _leaving(rng, _any(rng, 0.3, 10), _any(rng, 0.01, 0.5))
    return {"alpha": alpha, "beta": beta}


def _pace(rng: Random, unit: str) -> Truth:
    """And leaving that falls or rises with tenure."""
    return {**_renewals(rng, unit), "c": _any(rng, 0.4, 2.2)}


def _spend(rng: Random, unit: str) -> Truth:
    """Purchases much alike or not at all, customers too, in cents or in thousands."""
    return {"p": _any(rng, 0.5, 20), "q": _any(rng, 0.8, 12), "v": _any(rng, 0.1, 1000)}


def _in_time(key: str, truth: Truth, customers: int, unit: str, rng: Random) -> Any:
    T = rng.integers(1, int(rng.choice(SPANS[unit])) + 1, customers).astype(float)
    return MODELS[key]().at(truth).simulate(T, rng).history


def _in_steps(key: str, truth: Truth, customers: int, unit: str, rng: Random) -> Any:
    watched = rng.integers(1, int(rng.choice(STEPS[unit])) + 1, customers)
    return MODELS[key]().at(truth).simulate(watched, rng).history


def _under_contract(key: str, truth: Truth, customers: int, unit: str, rng: Random) -> Any:
    return MODELS[key]().at(truth).simulate(rng.integers(1, int(rng.choice(STEPS[unit])) + 1, customers), rng)


def _means(key: str, truth: Truth, customers: int, unit: str, rng: Random) -> Any:
    return MODELS[key]().at(truth).simulate(rng.poisson(_any(rng, *PURCHASES[unit]), customers), rng)


def _purchases(key: str, truth: Truth, customers: int, unit: str, rng: Random) -> Any:
    each = 1 + rng.poisson(_any(rng, *PURCHASES[unit]), customers)
    who = np.repeat(np.arange(customers), each)
    nu = rng.gamma(truth["q"], 1 / truth["v"], customers)
    return Purchases.of(who, np.maximum(rng.gamma(truth["p"], size=who.size), 1e-300) / nu[who])


World = tuple[Callable[[Random, str], Truth], Callable[[str, Truth, int, str, Random], Any]]
WORLDS: dict[str, World] = {
    "nbd": (_orders, _in_time),
    "beta_geo_nbd": (_chance, _in_time),
    "modified_beta_geo_nbd": (_chance, _in_time),
    "pareto_nbd": (_rate, _in_time),
    "beta_geo_beta_bernoulli": (_opportunities, _in_steps),
    "shifted_beta_geometric": (_renewals, _under_contract),
    "beta_discrete_weibull": (_pace, _under_contract),
    "gamma_gamma": (_spend, _means),
    "gamma_gamma_per_transaction": (_spend, _purchases),
}
