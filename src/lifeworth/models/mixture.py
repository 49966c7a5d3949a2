"""The distribution of a customer's orders and of what they spend, given that the customer is alive: tables to look points up in.

P(at least n orders) depends on (x, T) alone. The sum of n gamma-gamma spends is a beta-prime variable times (v + spent so far), so
the distribution of a customer's spend is a mixture of those over n. Both are computed once for all customers of one x.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from lifeworth.models.distinct import Array, Codes, distinct
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History
from lifeworth.models.orders import FittedOrders

EACH = 64
"""Up to so many orders every number is told apart; beyond, numbers are taken together in steps of 3 %."""
SUMMED = 512
"""Up to so many orders probabilities are summed up term by term, which costs less than one at a time."""
REST = 1e-4
"""Probability of still more orders at which a distribution is cut off."""
TIMES = 20
"""More distinct T than that in a group are interpolated from so many: the distributions are smooth in ln(T + horizon)."""
GRID = 80
FINE, COARSE = 12, 1.08
"""For sums of spends numbers are told apart up to 12 and then put on a grid in steps of 8 %: sums overlap more than that."""


@dataclass(frozen=True)
class Group:
    """Customers of one x, and one value of each covariate `z`: their `rows`, the distinct `T` among them, each row's `place` in those, and the `first` row of each."""

    x: float
    z: tuple[float, ...]
    rows: Codes
    T: Array
    place: Codes
    first: Codes


def groups(h: History, names: tuple[str, ...], *columns: Array) -> Iterator[Group]:
    """The customers of `h` grouped by equal values of x, of the covariates in `names` and of further `columns`."""
    found = distinct([h.x, *(getattr(h, name) for name in names), *columns], None)
    assert found.place is not None  # noqa: S101 - told to distinct() by its default
    order = np.argsort(found.place, kind="stable")
    bounds = np.r_[0, np.cumsum(found.weights).astype(np.int64)]
    for number in range(found.weights.size):
        rows = order[bounds[number] : bounds[number + 1]]
        times = distinct([h.T[rows]], None)
        assert times.place is not None  # noqa: S101
        first = np.zeros(times.weights.size, np.int64)
        first[times.place[::-1]] = np.arange(rows.size)[::-1]
        x, *z = (float(column[number]) for column in found.columns[: 1 + len(names)])
        yield Group(x, tuple(z), rows, times.columns[0], times.place, first)


def count_table(points: Sequence[FittedOrders], group: Group, horizon: float) -> tuple[Array, Array]:
    """Numbers of orders, and P(at least so many | alive), the mean over `points`, for each T of the group (T × numbers)."""
    filled = [(f.recipe, f.model.filling(f.theta.tolist()).function(*group.z)) for f in points]
    T, spread = few_times(group.T, horizon)
    # A table of the usual numbers costs less than finding out which of them are needed.
    tables = [model.at_least_table(group.x, T, EACH, horizon, *theta) for model, theta in filled]
    highest = np.max([table.max(axis=0, initial=0.0) for table in tables], axis=0)
    if highest[-1] <= REST:
        last = next(last for last in (4, 8, 16, 32, EACH) if highest[last - 1] <= REST)
        found = np.asarray(sum(table[:, :last] for table in tables)) / len(points)
        return np.arange(1.0, last + 1), _at_all_times(spread, found)
    x, soonest = np.array([group.x]), np.array([group.T.min()])
    last = 2 * EACH
    while last < 1e9 and any(m.at_least_if_alive(x, soonest, last, horizon, *theta)[0] > REST for m, theta in filled):
        last *= 2
    numbers = [float(n) for n in range(1, int(min(last, EACH)) + 1)]
    while numbers[-1] < last:
        numbers.append(float(np.ceil(numbers[-1] * 1.03)))
    n = np.array(numbers)
    summed = int(min(n[-1], SUMMED))
    inner = n <= summed
    total = np.zeros((T.size, n.size))
    for model, theta in filled:
        table = model.at_least_table(group.x, T, summed, horizon, *theta)
        total[:, inner] += table[:, n[inner].astype(int) - 1]
        if not inner.all():
            total[:, ~inner] += model.at_least_if_alive(x, T[:, None], n[~inner], horizon, *theta)
    return n, _at_all_times(spread, total / len(points))


def kept_table(
    orders: FittedOrders, points: Sequence[FittedOrders], h: History, group: Group, horizon: float
) -> tuple[Array, Array]:
    """As `count_table`, for a group of `h`; of few customers it is kept with their histories.

    A test asks for the same tables four times: for counts and for money, for points and for probabilities.
    """
    return h.kept(
        "table", orders, lambda: count_table(points, group, horizon), horizon, group.x, group.z, group.T.tobytes()
    )


def _at_all_times(spread: Array | None, found: Array) -> Array:
    """A table at Chebyshev's points taken to all T."""
    return found if spread is None else np.minimum.accumulate(np.clip(spread @ found, 0.0, 1.0), axis=1)


def few_times(T: Array, horizon: float, most: int = TIMES) -> tuple[Array, Array | None]:
    """Chebyshev's points between the first and the last T, and the matrix that takes values there to all T; `most` of them."""
    if T.size <= most:
        return T, None
    place = np.log(T + horizon)
    low, high = place.min(), place.max()
    nodes = np.cos(np.pi * (np.arange(most) + 0.5) / most)
    few = np.exp(low + 0.5 * (nodes + 1) * (high - low)) - horizon
    back = np.linalg.inv(np.polynomial.chebyshev.chebvander(nodes, most - 1))
    return np.maximum(few, 0.0), np.polynomial.chebyshev.chebvander(
        2 * (place - low) / (high - low) - 1, most - 1
    ) @ back


def first_moment(numbers: Array, at_least: Array) -> Array:
    """E[n | alive] = Σ P(at least n), by the trapezoidal rule where numbers are taken together."""
    gap = np.r_[np.diff(numbers), 1.0]
    return np.asarray(at_least @ (0.5 * (gap + 1) + np.r_[0.0, 0.5 * (gap[:-1] - 1)]))


def second_moment(numbers: Array, at_least: Array) -> Array:
    """E[n² | alive] = Σ (2n − 1) P(at least n), numbers taken together where they are."""
    upto = np.r_[numbers[1:] - 1, numbers[-1]]
    return np.asarray(at_least @ (upto**2 - (numbers - 1) ** 2))


def sums(
    tastes: Sequence[FittedSpend],
    theta: Array,
    numbers: Array,
    at_least: Array,
    known: float,
    typical: float,
    rarest: float,
) -> tuple[Array, Array]:
    """A grid of w (logarithms), and P(sum of spends ÷ (v + spent so far) > w | alive) on it for each T (T × grid)."""
    p, q, v = theta
    chance = at_least - np.c_[at_least[:, 1:], np.zeros(len(at_least))]
    middle = np.r_[0.5 * (numbers[:-1] + numbers[1:] - 1), numbers[-1]]
    often = (
        numbers[np.argmax(at_least.max(axis=0) < 0.5 * rarest)] if at_least[:, -1].max() < 0.5 * rarest else numbers[-1]
    )
    nodes, chance = condensed(middle, chance)
    own = tuple(tuple(taste.theta.tolist()) for taste in tastes)
    grid, above = _sums_of(own, (p, q, v), known, typical, float(often), rarest, tuple(nodes.tolist()))
    return grid, chance @ above


@lru_cache(maxsize=512)
def _sums_of(
    tastes: tuple[tuple[float, ...], ...],
    theta: tuple[float, ...],
    known: float,
    typical: float,
    often: float,
    rarest: float,
    nodes: tuple[float, ...],
) -> tuple[Array, Array]:
    """The grid, and P(sum of n spends > w) for each n of `nodes` (nodes × grid): the same for customers of one x, whatever their covariates."""
    p, q, v = theta
    shape = q + p * known
    ends = special.betaincinv(np.array([p, p * often]), shape, np.array([1e-3, 1 - 0.25 * rarest]))
    low, high = np.log(ends) - np.log1p(-np.minimum(ends, 1 - 1e-12))
    grid = np.linspace(low, high, GRID)
    above = np.zeros((GRID, len(nodes)))
    for own_p, own_q, own_v in tastes:
        moved = grid + np.log((v + known * typical) / (own_v + known * typical))
        above += special.betainc(own_q + own_p * known, own_p * np.array(nodes), special.expit(-moved)[:, None])
    table = above.T / len(tastes)
    grid.flags.writeable = table.flags.writeable = False
    return grid, table


def reach(chance: float, alive: Array) -> Array:
    """The probability to be exceeded, given alive: above 1 where the customer is more surely gone."""
    return np.asarray(np.divide(chance, alive, out=np.full(alive.size, np.inf), where=alive > 0))


def count_point(at_least: Array, numbers: Array, place: Codes, beyond: Array) -> Array:
    """The smallest n with P(more than n) ≤ beyond; within numbers taken together, by proportion."""
    index = _last_above(at_least, place, beyond)
    found = np.where(index >= 0, numbers[np.maximum(index, 0)], 0.0)
    gap = np.r_[np.diff(numbers), 1.0][np.maximum(index, 0)]
    wide = (index >= 0) & (gap > 1)
    if wide.any():
        here = at_least[place[wide], index[wide]]
        there = at_least[place[wide], np.minimum(index[wide] + 1, numbers.size - 1)]
        part = np.divide(here - beyond[wide], here - there, out=np.zeros(here.size), where=here > there)
        found[wide] += np.floor(part * (gap[wide] - 1))
    return found


def sum_point(grid: Array, above: Array, place: Codes, beyond: Array) -> Array:
    """The w with P(sum > w | alive) = beyond, by linear interpolation in ln w; 0 where not even one order is so likely."""
    index = _last_above(above, place, beyond)
    inside = np.clip(index, 0, GRID - 2)
    here, there = above[place, inside], above[place, inside + 1]
    part = np.divide(here - beyond, here - there, out=np.zeros(here.size), where=here > there)
    w = np.exp(grid[inside] + np.clip(part, 0.0, 1.0) * (grid[1] - grid[0]))
    return np.where(index >= 0, w, 0.0)


def condensed(numbers: Array, chance: Array) -> tuple[Array, Array]:
    """The distribution (T × numbers) moved to fewer numbers, each shared between its two neighbours so that the mean stays."""
    last = numbers[-1]
    if last <= FINE:
        return numbers, chance
    steps = int(np.ceil(np.log(last / FINE) / np.log(COARSE)))
    nodes = np.r_[np.arange(1.0, FINE), np.geomspace(FINE, last, steps + 1)]
    below = np.clip(np.searchsorted(nodes, numbers, side="right") - 1, 0, nodes.size - 2)
    part = np.clip((numbers - nodes[below]) / (nodes[below + 1] - nodes[below]), 0.0, 1.0)
    move = np.zeros((numbers.size, nodes.size))
    move[np.arange(numbers.size), below] = 1 - part
    move[np.arange(numbers.size), below + 1] += part
    return nodes, chance @ move


def _last_above(table: Array, place: Codes, beyond: Array) -> Codes:
    """For each row of `place` the last column whose value in that falling row of the table is above `beyond`, or −1."""
    low, high = np.full(place.size, -1), np.full(place.size, table.shape[1])
    for _ in range(int(np.ceil(np.log2(table.shape[1] + 1)))):
        middle = (low + high) // 2
        more = (middle >= 0) & (table[place, np.clip(middle, 0, table.shape[1] - 1)] > beyond)
        open_ = high - low > 1
        low, high = np.where(open_ & more, middle, low), np.where(open_ & ~more, middle, high)
    return low
