"""Customers who are still to come: as many as came lately, of the same kinds, and what they are expected to bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lifeworth.clv.value import Fits
from lifeworth.features.series import column
from lifeworth.models.distinct import Array
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.orders import FittedOrders
from lifeworth.units import DAYS_PER_YEAR, TimeUnit

NODES = 48
TOLD_APART = 500
"""Recent customers by whose covariates new ones are told apart."""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Customers to be acquired.

    Args:
        rate: How many come a unit of time.
        first: Value of a first order, times margin.
        later: Expected value of a later one, times margin.
        kinds: Share of each kind, with its covariates.
    """

    rate: float
    first: float
    later: float
    kinds: tuple[tuple[float, Mapping[str, float] | None], ...]

    def equity(self, fitted: FittedOrders, delta: float, span: float) -> float:
        """Discounted value within `span` of those who come in it, at a continuous rate of discount `delta`."""
        shares = np.array([share for share, _ in self.kinds])
        later = float(shares @ _later_orders(fitted, delta, span, [z for _, z in self.kinds])) if self.kinds else 0.0
        first = span if delta == 0 else -np.expm1(-delta * span) / delta
        return float(self.rate * (self.first * first + self.later * later))


def newcomers(rows: pa.Table, h: History, fits: Fits, margin: float, unit: TimeUnit) -> tuple[int, Newcomers]:
    """Who is to come, and over how many days before the as-of date that was seen.

    The window is the last year, or as much of it as the orders span. A first order in the data counts as an acquisition.

    Args:
        rows: The history (`lifeworth.features.history`), one row a customer.
        h: The same as arrays.
        fits: The fitted models; without a spend model every order counts 1.
        margin: Share of an order's value that counts.
        unit: The unit of time.
    """
    age = column(rows, "age")
    window = int(min(round(DAYS_PER_YEAR), age.max(initial=0) + 1))
    chosen = age < window
    recent = h.take(chosen)
    if not len(recent):
        return window, Newcomers(0.0, 0.0, 0.0, ())
    rate = len(recent) * unit.days / window
    kinds = _kinds(recent, fits.orders.model.filling(fits.orders.theta.tolist()).names)
    if fits.spend is None:
        return window, Newcomers(rate, 1.0, 1.0, kinds)
    orders, x, mean, repeat = (column(rows, name)[chosen] for name in ("orders", "x", "mean_value", "repeat_value"))
    first = float((mean * orders - repeat * x).mean())
    later = float(fits.spend.expected_value(SpendHistory(np.zeros(1), np.zeros(1)))[0])
    return window, Newcomers(rate, margin * first, margin * later, kinds)


def _later_orders(
    fitted: FittedOrders, delta: float, span: float, kinds: Sequence[Mapping[str, float] | None]
) -> Array:
    """∫₀ˢᵖᵃⁿ e^(−δw) R(w) dw: repeat orders, discounted, of customers of each kind who arrive one a unit of time.

    Gauss and Legendre's rule in w = span · u²: R turns soonest at its beginning. All kinds are asked at once.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    u = 0.5 * (nodes + 1)
    w = span * u**2
    names = (kinds[0] or {}).keys()
    known = {name: np.repeat([(z or {})[name] for z in kinds], NODES) for name in names}
    orders = fitted.expected_orders_new(np.tile(w, len(kinds)), known).reshape(len(kinds), NODES)
    return np.asarray(orders @ (weights * span * u * np.exp(-delta * w)))


def _kinds(recent: History, names: tuple[str, ...]) -> tuple[tuple[float, Mapping[str, float] | None], ...]:
    """The covariates of those who came lately, with the share of each combination: who comes next is like them."""
    if not names:
        return ((1.0, None),)
    few = recent.subsample(TOLD_APART) if len(recent) > TOLD_APART else recent
    found = few.distinct(names)
    whole = found.weights.sum()
    plain = [name.removeprefix("covariate ") for name in names]
    return tuple(
        (float(weight / whole), dict(zip(plain, (float(v[k]) for v in found.columns), strict=True)))
        for k, weight in enumerate(found.weights)
    )
