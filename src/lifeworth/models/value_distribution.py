"""Where an amount, or a number of orders, falls in a customer's predictive distribution: P(less) and P(at most).

These are the distributions of `predictive`, asked the other way round: not "which amount has 95 % below it" but "how much
lies below this amount". The doubt about the parameters is in them as it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from lifeworth.errors import InputError
from lifeworth.models.alike import EVERY, alike
from lifeworth.models.distinct import Array, Codes, Flags
from lifeworth.models.doubt import covariates_of, few_points
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.mixture import Group, condensed, groups, kept_table
from lifeworth.models.orders import FittedOrders
from lifeworth.models.predictive import alive_at

STEP = 0.03
"""Distance of the points, in ln amount, between which a probability is interpolated where a group has more rows than that."""
MOST_POINTS = 250
IMPOSSIBLE = 1e-9
"""Amounts with less probability than this below or above them are taken at the point that has it."""


def value_below(
    orders: FittedOrders,
    spend: FittedSpend,
    h: History,
    s: SpendHistory,
    horizon: float,
    amount: ArrayLike,
    rate: float = 0.0,
) -> tuple[Array, Array]:
    """P(spend < amount) and P(spend ≤ amount) of what each customer spends in (T, T + horizon], discounted.

    The two differ only at 0, by the chance of no order at all. Below 0 both are 0.

    Args:
        orders: A fitted model of orders; with given parameters only what customers do is in doubt.
        spend: A fitted model of spend.
        h: The histories, one row a customer.
        s: What is known of the same customers' spend, in the same order.
        horizon: How far ahead, in the unit of time of the model.
        amount: One a customer, or one for all, in the money of the spend model.
        rate: Continuous rate of discount per unit of time, as in `predictive.value_intervals`.

    Raises:
        InputError: if the rows are not of the same customers, or an amount is not a number.
    """
    asked = _asked(amount, len(h), "amount")
    less, at_most = np.zeros(len(h)), np.zeros(len(h))
    for part in _parts(orders, spend, h, s, horizon, rate):
        less[part.rows], at_most[part.rows] = part.below(asked[part.rows])
    return less, at_most


class ValueDistribution:
    """The same distributions, made once and asked as often as needed; the arguments are those of `value_below`."""

    def __init__(
        self, orders: FittedOrders, spend: FittedSpend, h: History, s: SpendHistory, horizon: float, rate: float = 0.0
    ) -> None:
        self._size = len(h)
        self._made = list(_parts(orders, spend, h, s, horizon, rate))

    def below(self, amount: ArrayLike) -> tuple[Array, Array]:
        """P(spend < amount) and P(spend ≤ amount), as `value_below`."""
        asked = _asked(amount, self._size, "amount")
        less, at_most = np.zeros(self._size), np.zeros(self._size)
        for part in self._made:
            less[part.rows], at_most[part.rows] = part.below(asked[part.rows])
        return less, at_most

    def some(self, chosen: Flags) -> ValueDistribution:
        """The same of some of the customers; of the others nothing is said (0)."""
        few = copy(self)
        few._made = [part.some(chosen[part.rows]) for part in self._made if chosen[part.rows].any()]
        return few


@dataclass(frozen=True)
class _Part:
    """Customers of one x: their rows, P(alive), what they spent, what undoes the discount, and their sums of spends."""

    rows: Codes
    place: Codes
    alive: Array
    spent: Array
    undone: Array
    none: Array
    """P(no order)."""
    mixture: _Mixture

    def some(self, chosen: Flags) -> _Part:
        """Of these customers those who are `chosen`."""
        per_row = {name: getattr(self, name)[chosen] for name in ("rows", "place", "alive", "spent", "undone", "none")}
        return replace(self, **per_row)

    def below(self, asked: Array) -> tuple[Array, Array]:
        """P(less) and P(at most) of each."""
        some = np.flatnonzero(asked > 0)
        above = np.ones(asked.size)
        money = np.log(asked[some] * self.undone[some])
        above[some] = self.alive[some] * self.mixture.above(self.place[some], money, self.spent[some])
        at_most = np.where(asked > 0, 1 - above, np.where(asked == 0, self.none, 0.0))
        less = np.where(asked > 0, at_most, 0.0)
        return np.clip(less, 0.0, 1.0), np.clip(at_most, 0.0, 1.0)


def _parts(
    orders: FittedOrders, spend: FittedSpend, h: History, s: SpendHistory, horizon: float, rate: float
) -> Iterator[_Part]:
    if len(h) != len(s):
        raise InputError(f"Histories and spends are of the same customers: {len(h):,} rows here, {len(s):,} there.")
    plain = orders.expected_orders_if_alive(h, horizon)
    discounted = orders.expected_discounted_orders_if_alive(h, rate, horizon)
    undone = np.divide(plain, discounted, out=np.ones_like(plain), where=discounted > 0)
    spent, tastes = np.where(s.x > 0, s.x * s.mean_value, 0.0), few_points(spend)
    for own, theirs, part in alike(orders, h):
        bought, points = s.x[own], few_points(theirs)
        alive = alive_at(theirs, points, part)
        for group in groups(part, covariates_of(theirs), bought):
            rows = group.rows if own is EVERY else own[group.rows]
            numbers, at_least = kept_table(theirs, points, part, group, horizon)
            chance = at_least - np.c_[at_least[:, 1:], np.zeros(len(at_least))]
            middle = np.r_[0.5 * (numbers[:-1] + numbers[1:] - 1), numbers[-1]]
            mixture = _Mixture(tastes, float(s.x[rows[0]]), *condensed(middle, chance))
            none = 1 - alive[group.rows] * at_least[group.place, 0]
            yield _Part(rows, group.place, alive[group.rows], spent[rows], undone[rows], none, mixture)


def count_below(orders: FittedOrders, h: History, horizon: float, number: ArrayLike) -> tuple[Array, Array]:
    """P(N < number) and P(N ≤ number) of the orders N of each customer in (T, T + horizon].

    Args:
        orders: A fitted model of orders; with given parameters only what customers do is in doubt.
        h: The histories, one row a customer.
        horizon: How far ahead, in the unit of time of the model.
        number: Whole numbers, one a customer or one for all. Beyond 64, where numbers are taken together, probabilities
            are interpolated.
    """
    asked = _asked(number, len(h), "number")
    reached, passed = np.ones(len(h)), np.ones(len(h))
    for rows, theirs, part in alike(orders, h):
        reached[rows], passed[rows] = _reached(theirs, part, horizon, asked[rows])
    return np.clip(1 - reached, 0.0, 1.0), np.clip(1 - passed, 0.0, 1.0)


def _reached(orders: FittedOrders, h: History, horizon: float, number: Array) -> tuple[Array, Array]:
    """P(at least the number) and P(more than the number) of each row."""
    points = few_points(orders)
    alive = alive_at(orders, points, h)
    reached, passed = np.ones(len(h)), np.ones(len(h))
    for group in groups(h, covariates_of(orders)):
        numbers, at_least = kept_table(orders, points, h, group, horizon)
        n = number[group.rows]
        reached[group.rows] = np.where(n > 0, alive[group.rows] * _at(numbers, at_least, group, n), 1.0)
        passed[group.rows] = np.where(n >= 0, alive[group.rows] * _at(numbers, at_least, group, n + 1), 1.0)
    return reached, passed


class _Mixture:
    """The sum of n gamma-gamma spends, mixed over n, for customers of one x: `nodes` are the n, `chance` their P (T × n)."""

    def __init__(self, tastes: Sequence[FittedSpend], known: float, nodes: Array, chance: Array) -> None:
        self.known, self.nodes, self.chance = known, nodes, chance
        self.tastes = [tuple(taste.theta.tolist()) for taste in tastes]

    def above(self, place: Codes, log_amount: Array, spent: Array) -> Array:
        """P(sum > amount | alive) of each row: exactly where they are few, else between points of a grid."""
        result = np.zeros(place.size)
        for p, q, v in self.tastes:
            shape = q + p * self.known
            w = np.clip(log_amount - np.log(v + spent), *self._ends(p, shape))
            result += self._mixed(p, shape, place, w)
        return result / len(self.tastes)

    def _mixed(self, p: float, shape: float, place: Codes, w: Array) -> Array:
        span = float(np.ptp(w)) if w.size else 0.0
        count = min(int(np.ceil(span / STEP)) + 2, MOST_POINTS)
        if w.size <= count:
            return np.asarray((self.chance[place] * self._each(p, shape, w)).sum(axis=1))
        grid = np.linspace(w.min(), w.max() + 1e-9, count)
        table = self.chance @ self._each(p, shape, grid).T
        position = (w - grid[0]) / (grid[1] - grid[0])
        left = np.clip(position.astype(np.int64), 0, count - 2)
        part = position - left
        return np.asarray((1 - part) * table[place, left] + part * table[place, left + 1])

    def _each(self, p: float, shape: float, w: Array) -> Array:
        """P(sum of n > w) for every n: the sum ÷ (v + spent so far) is beta prime (p n, q + p x)."""
        return np.asarray(special.betainc(shape, p * self.nodes, special.expit(-w)[:, None]))

    def _ends(self, p: float, shape: float) -> tuple[float, float]:
        """Logarithms of the amounts that are all but impossible to stay under with one order, and to pass with the most."""
        low = special.betaincinv(p, shape, IMPOSSIBLE)
        rest = special.betaincinv(shape, p * self.nodes[-1], IMPOSSIBLE)
        return float(special.logit(max(low, 1e-300))), float(-special.logit(max(rest, 1e-300)))


def _at(numbers: Array, at_least: Array, group: Group, n: Array) -> Array:
    """P(at least n | alive) of each row of the group, n from 1; beyond the table nothing."""
    n = np.maximum(n, 1.0)
    left = np.clip(np.searchsorted(numbers, n, side="right") - 1, 0, numbers.size - 1)
    right = np.minimum(left + 1, numbers.size - 1)
    gap = np.maximum(numbers[right] - numbers[left], 1.0)
    part = np.minimum((n - numbers[left]) / gap, 1.0)
    found = (1 - part) * at_least[group.place, left] + part * at_least[group.place, right]
    return np.where(n > numbers[-1], 0.0, found)


def _asked(values: ArrayLike, rows: int, what: str) -> Array:
    asked = np.asarray(values, np.float64)
    if asked.ndim == 0:
        asked = np.full(rows, float(asked))
    if asked.shape != (rows,):
        raise InputError(f"One {what} a customer, or one for all: {rows:,} customers, {asked.size:,} here.")
    if np.isnan(asked).any():
        raise InputError(f"An {what} is a number; {int(np.isnan(asked).sum()):,} here are none.")
    return asked
