"""A log-likelihood as a sum of terms, each evaluated once for every distinct value of what it depends on.

Of the terms of BG/NBD one knows only x, one knows x and T, one knows all three: a million customers are a few hundred,
a few thousand and at most half a million evaluations. A kernel returns a `Jet`: its value with its exact derivatives.
What is costly in a term but depends on fewer columns than the term does is a table of it, computed for the distinct values of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lifeworth.models.distinct import Array, Codes

if TYPE_CHECKING:
    from lifeworth.models.history import Cells

BLOCK = 1 << 13
"""Rows evaluated at a time: they stay in the processor's cache, and sums so short are not spread over threads."""


class Jet(NamedTuple):
    """A term's value with its derivatives by the parameters, one entry a row each.

    `first` holds one entry a parameter and `second` one a pair (i ≤ j), pairs left out being 0; both None where not asked
    for, `second` also where the kernel has none.
    """

    value: Array
    first: Sequence[Any] | None = None
    second: Mapping[tuple[int, int], Any] | None = None

    def at(self, rows: Any) -> Jet:
        """The jet of some of the rows."""
        first = None if self.first is None else [slope if np.ndim(slope) == 0 else slope[rows] for slope in self.first]
        second = (
            None
            if self.second is None
            else {pair: curve if np.ndim(curve) == 0 else curve[rows] for pair, curve in self.second.items()}
        )
        return Jet(self.value[rows], first, second)


Kernel = Callable[..., Jet]


@dataclass(frozen=True)
class Table:
    """Part of a term that depends on fewer columns: `kernel(*columns, *parameters, order=…)`."""

    columns: tuple[str, ...]
    kernel: Kernel


@dataclass(frozen=True)
class Term:
    """One addend of a log-likelihood.

    `kernel(*columns, *jets of the tables, *parameters, order=…)` returns a Jet; parameters are scalars or one per row; order 0 is
    the value alone, 1 adds the first and 2 the second derivatives.
    """

    columns: tuple[str, ...]
    kernel: Kernel
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Filling:
    """What fills a kernel's parameters: the same numbers for all rows, or numbers that follow from some of the columns (`names`)."""

    names: tuple[str, ...]
    function: Callable[..., Sequence[Any]]

    @classmethod
    def same(cls, theta: Sequence[float]) -> Filling:
        """One parameter vector for everybody."""
        return cls((), lambda: theta)


class Block(NamedTuple):
    """A term evaluated for some rows: which, their weights, its jet, and the parameters and covariates that were filled in."""

    rows: slice
    weights: Array
    jet: Jet
    theta: Sequence[Any]
    z: Sequence[Array]


def blocks(term: Term, cells: Cells, filling: Filling, order: int) -> tuple[Iterator[Block], Codes | None]:
    """A term evaluated block by block for the distinct rows it depends on, and the place of every row of `cells` among those.

    The place is None where every row was evaluated by itself.
    """
    if term.columns == cells.COLUMNS:
        columns = tuple(getattr(cells, name) for name in term.columns)
        z = tuple(getattr(cells, name) for name in filling.names)
        weights, place = cells.counts, None
    else:
        found = cells.distinct(term.columns + filling.names)
        columns, z = found.columns[: len(term.columns)], found.columns[len(term.columns) :]
        weights, place = found.weights, found.place
    theta = filling.function(*z)
    filled = [_fill(table, cells, filling, order) for table in term.tables]

    def each() -> Iterator[Block]:
        for rows in (slice(first, first + BLOCK) for first in range(0, weights.size, BLOCK)):
            here = [value if np.ndim(value) == 0 else value[rows] for value in theta]
            jets = (jet.at(where[rows]) for jet, where in filled)
            jet = term.kernel(*(column[rows] for column in columns), *jets, *here, order=order)
            yield Block(rows, weights[rows], jet, here, [column[rows] for column in z])

    return each(), place


def per_row(terms: Sequence[Term], cells: Cells, filling: Filling) -> Array:
    """The sum of the terms for each row of `cells`, its weight left out."""
    result = np.zeros(len(cells))
    for term in terms:
        each, place = blocks(term, cells, filling, 0)
        values = np.concatenate([np.zeros(0), *(block.jet.value for block in each)])
        result += values if place is None else values[place]
    return result


def total(terms: Sequence[Term], cells: Cells, theta: Sequence[float], order: int) -> tuple[float, Array, Array | None]:
    """Weighted sum over all rows: value, gradient and Hessian (None where a kernel has no second derivatives)."""
    size = len(theta)
    value, gradient = 0.0, np.zeros(size)
    hessian: Array | None = np.zeros((size, size)) if order == 2 else None
    for term in terms:
        for _, w, jet, _, _ in blocks(term, cells, Filling.same(theta), order)[0]:
            value += float(w @ jet.value)
            if jet.first is not None:
                gradient += [_dot(w, slope) for slope in jet.first]
            if hessian is None:
                continue
            if jet.second is None:
                hessian = None
                continue
            for (i, j), curve in jet.second.items():
                hessian[i, j] += _dot(w, curve)
    if hessian is not None:
        hessian = hessian + np.triu(hessian, 1).T
    return value, gradient, hessian


def by_logarithms(terms: Sequence[Term], cells: Cells) -> Callable[[Array, int], tuple[float, Array, Array | None]]:
    """The negative log-likelihood of all rows by the logarithms of the parameters: what a fit minimises."""

    def objective(point: Array, order: int) -> tuple[float, Array, Array | None]:
        theta = np.exp(point)
        value, gradient, hessian = total(terms, cells, theta.tolist(), order)
        slope = theta * gradient
        if hessian is not None:
            hessian = -(np.outer(theta, theta) * hessian + np.diag(slope))
        return -value, -slope, hessian

    return objective


def _fill(table: Table, cells: Cells, filling: Filling, order: int) -> tuple[Jet, Codes]:
    """A table computed, with the place of every row in it. Only terms over all columns have tables."""
    found = cells.distinct(table.columns + filling.names)
    assert found.place is not None  # noqa: S101 - told to distinct() by its default
    size = len(table.columns)
    theta = filling.function(*found.columns[size:])
    return table.kernel(*found.columns[:size], *theta, order=order), found.place


def _dot(weights: Array, values: Any) -> float:
    return float(weights.sum() * values) if np.ndim(values) == 0 else float(weights @ values)
