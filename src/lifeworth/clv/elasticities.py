"""What moves customer equity: by how many percent it rises when a lever is moved by one percent, from the fitted models.

Customer equity is here the discounted value expected within the horizon, of present customers and of those to be acquired in
it (Gupta, Lehmann & Stuart 2004, 'Valuing Customers', J. of Marketing Research 41(1)):

    E = m Σᵢ vᵢ Dᵢ  +  m n ∫₀ᴴ e^(−δu) (v₀ + v D(H − u)) du

with m the margin, vᵢ the expected value of a customer's order and Dᵢ their expected discounted orders, n the customers acquired
a unit of time, v₀ the mean first order, v that of later ones and D(t) the discounted repeat orders within t of the first. The last
integral is v ∫₀ᴴ e^(−δw) R(w) dw, with R(w) the expected repeat orders within w.

A lever moves the future only: what is believed of each customer was learnt from the past and stays. Frequency multiplies every
order rate (`models.stimulus`); retention goes by the one-year retention of customers alive, moved by leaving, so its elasticity is
d ln E ÷ d ln R along a change of leaving; basket and margin multiply every value, so theirs is 1; that of acquisition is the new
customers' share of E. The derivatives are central differences of E itself over the distinct histories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from lifeworth.clv.newcomers import Newcomers, newcomers
from lifeworth.clv.value import Fits, Terms
from lifeworth.errors import InputError
from lifeworth.features.series import spend_arrays
from lifeworth.models.distinct import Array
from lifeworth.models.history import History
from lifeworth.models.orders import FittedOrders
from lifeworth.models.stimulus import stimulated

STEP = 1e-3
"""Half the width of a difference, in the logarithm of a lever: errors are of the order of its square."""
STILL = 1e-7
"""A retention whose logarithm moves by less than this with the logarithm of leaving does not move."""
WIDEST = 1.0
"""Largest standard error of a parameter's logarithm that is believed."""
NINETY = 1.6448536269514722
"""Standard errors from the middle of a normal distribution to its 5 % and 95 % points."""
SAMPLE = 1000
"""Customers from whom it is seen how far an elasticity moves with the parameters."""
BY_ORDER = "how often customers who still buy order; in this model one may leave after any order, so who orders faster leaves sooner"
_MODELLED = ("frequency", "retention", "acquisition")
UP = float(np.exp(STEP))


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever: where it stands today and what one percent more of it does.

    Args:
        name: "basket", "margin", "frequency", "retention" or "acquisition".
        elasticity: Percent more equity for one percent more; none where it is not defined.
        low: 5 % point of what the data leave open about it through the parameters of the order model, by the delta method.
        high: 95 % point; both none where nothing is known of the parameters' errors, and equal where nothing is open.
        today: Where the lever stands: money an order, a share, orders a year, a share a year, customers a year.
        gain: Equity that one percent more would bring, in money (in orders without money).
        why: Why there is no elasticity or no gain, or what has to be known of it.
    """

    name: str
    elasticity: float | None
    low: float | None
    high: float | None
    today: float | None
    gain: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Elasticities:
    """Customer equity, what it is made of, and its levers.

    Args:
        equity: Of present and of new customers, within the horizon, discounted; in money, or in orders without money.
        present: Of present customers.
        new: Of customers to be acquired within the horizon.
        acquired: Customers whose first order lies in the window, from which the rate of acquisition is taken.
        window_days: Length of that window, which ends on the as-of day.
        first_value: Mean net revenue of a first order in the window; none without money.
        in_money: Whether equity is money.
        levers: The strongest first.
    """

    equity: float
    present: float
    new: float
    acquired: int
    window_days: int
    first_value: float | None
    in_money: bool
    levers: tuple[Lever, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Base:
    """Who is valued, and how: histories, expected margin of each customer's order, new customers, discount, horizon, year."""

    h: History
    per_order: Array
    new: Newcomers
    delta: float
    span: float
    year: float

    def equity(self, fitted: FittedOrders, alive: Array) -> tuple[float, float]:
        """Of present and of new customers, under these habits."""
        worth = self.h.counts * alive * self.per_order
        present = float(worth @ fitted.expected_discounted_orders_if_alive(self.h, self.delta, self.span))
        return present, self.new.equity(fitted, self.delta, self.span)

    def retention(self, fitted: FittedOrders, alive: Array) -> float:
        """Share of the customers alive who are so a year later."""
        living = float(self.h.counts @ alive)
        return float(self.h.counts @ fitted.probability_alive(self.h, self.year)) / living if living > 0 else 0.0

    def some(self) -> _Base:
        """The same of few customers, evenly spaced, for what needs no more; of new customers as many fewer."""
        step = -(-len(self.h) // SAMPLE)
        if step <= 1:
            return self
        rows = np.arange(0, len(self.h), step)
        new = replace(self.new, rate=self.new.rate * rows.size / len(self.h))
        return replace(self, h=self.h.take(rows), per_order=self.per_order[rows], new=new)


def elasticities(rows: pa.Table, fits: Fits, terms: Terms) -> Elasticities:
    """Elasticities of customer equity to its five levers.

    Args:
        rows: The history (`lifeworth.features.history`), one row a customer.
        fits: The fitted models; without a spend model equity is counted in orders.
        terms: Day, horizon, discount, margin and unit.
    """
    model, in_money = fits.forecast, fits.spend is not None
    rate = terms.margin.rate if in_money else 1.0
    h, value = fits.histories(rows, terms.unit), _order_value(rows, fits)
    window, new = newcomers(rows, h, fits, rate, terms.unit)
    delta = terms.discount.continuous(terms.unit)
    base = _Base(h, value * rate, new, delta, terms.span, terms.unit.per_year)
    alive = model.probability_alive(h)
    present, fresh = base.equity(model, alive)
    found, whys = _measured(base, model, alive, (present, fresh))
    spread = _spread(base.some(), model, found)
    yearly = model.expected_orders(h, base.year)
    orders, living = float(yearly.sum()), float(alive.sum())
    today: dict[str, float | None] = {
        "frequency": orders / living if living > 0 else None,
        "retention": base.retention(model, alive) if living > 0 else None,
        "acquisition": new.rate * base.year,
        "basket": float(yearly @ value) / orders if in_money and orders > 0 else None,
        "margin": terms.margin.rate if in_money and terms.margin.known else None,
    }
    if in_money:
        found |= {"basket": 1.0, "margin": 1.0}
        spread |= {"basket": 0.0, "margin": 0.0}
    else:
        found |= {"basket": None, "margin": None}
        whys |= dict.fromkeys(("basket", "margin"), "Without amounts equity is counted in orders.")
    gains = {name: None if one is None else one * (present + fresh) / 100 for name, one in found.items()}
    if not new.rate:
        whys["acquisition"] = f"No first order lies in the last {window:,} days, so nobody is expected to come."
    if in_money and not terms.margin.known:
        gains["margin"], whys["margin"] = None, "The margin is not known, so one percent of it is no amount."
    levers = [
        Lever(name, one, *_ends(one, spread.get(name)), today[name], gains[name], whys.get(name, ""))
        for name, one in found.items()
    ]
    levers.sort(key=lambda one: (one.elasticity is None, -(one.elasticity or 0.0), one.name))
    first = new.first / rate if in_money else None
    return Elasticities(
        present + fresh,
        present,
        fresh,
        round(new.rate * window / terms.unit.days),
        window,
        first,
        in_money,
        tuple(levers),
    )


def _measured(
    base: _Base, model: FittedOrders, alive: Array, whole: tuple[float, float], *, rough: bool = False
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Elasticities to frequency, retention and acquisition where equity is `whole`, and why one of them is not defined.

    Rough ones are differences to one side, half the work: for seeing how they move, not what they are.
    """
    equity = sum(whole)
    if not equity > 0:
        none = "No value is expected within the horizon."
        return dict.fromkeys(_MODELLED), dict.fromkeys(_MODELLED, none)
    wide = STEP if rough else 2 * STEP
    faster = sum(base.equity(stimulated(model, frequency=UP), alive))
    slower = equity if rough else sum(base.equity(stimulated(model, frequency=1 / UP), alive))
    found: dict[str, float | None] = {
        "frequency": float(np.log(faster / slower)) / wide,
        "acquisition": whole[1] / equity,
    }
    if not model.recipe.leaves:
        never = f"Customers of {model.model.name} never leave, so their retention cannot be raised."
        return found | {"retention": None}, {"retention": never}
    whys = {"frequency": BY_ORDER} if model.recipe.leaves_by_order else {}
    more = stimulated(model, leaving=UP)
    less = model if rough else stimulated(model, leaving=1 / UP)
    try:
        kept = np.log(base.retention(more, alive) / base.retention(less, alive))
        moved = np.log(sum(base.equity(more, alive)) / (equity if rough else sum(base.equity(less, alive))))
    except InputError:
        return found | {"retention": None}, whys | {"retention": "Almost everybody leaves at once by this model."}
    if abs(kept) < STILL * wide:
        hardly = "Hardly anybody leaves by this model, so there is no retention to raise."
        return found | {"retention": None}, whys | {"retention": hardly}
    return found | {"retention": float(moved / kept)}, whys


def _spread(base: _Base, model: FittedOrders, found: Mapping[str, float | None]) -> dict[str, float | None]:
    """Standard errors from those of the parameters: each elasticity one error up and down along every axis of their covariance."""
    if model.log_covariance is None:
        return dict.fromkeys(found)
    sizes, axes = np.linalg.eigh(model.log_covariance)
    errors = np.minimum(np.sqrt(np.maximum(sizes, 0.0)), WIDEST)
    here = model.model.free(model.theta)
    squares = dict.fromkeys(found, 0.0)
    for step in (axes * errors).T:
        ends = []
        for point in (here + step, here - step):
            moved = model.with_parameters(model.model.natural(point))
            alive = moved.probability_alive(base.h)
            ends.append(_measured(base, moved, alive, base.equity(moved, alive), rough=True)[0])
        for name in found:
            up, down = (end[name] for end in ends)
            squares[name] += np.nan if up is None or down is None else ((up - down) / 2) ** 2
    return {name: None if np.isnan(square) else float(np.sqrt(square)) for name, square in squares.items()}


def _ends(elasticity: float | None, error: float | None) -> tuple[float | None, float | None]:
    if elasticity is None or error is None:
        return None, None
    return elasticity - NINETY * error, elasticity + NINETY * error


def _order_value(rows: pa.Table, fits: Fits) -> Array:
    """Expected value of each customer's order; without a spend model every order counts 1."""
    if fits.spend is None:
        return np.ones(rows.num_rows)
    return fits.spend.expected_value(spend_arrays(rows, first_order=fits.first_order))
