"""A log-likelihood as a sum of terms, each evaluated once for every distinct value of what it depends on.

Of the terms of BG/NBD one knows only x, one knows x and T, one knows all three: a million customers are a few hundred,
a few thousand and at most half a million evaluations. A kernel returns a `Jet`: its value with its exact derivatives.
What is costly in a term but depends on fewer columns than the term does is a table of it, computed for the distinct values of those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def per_row(terms: Sequence[Term], cells: Cells, theta: Sequence[Any]) -> Array:
    """The sum of the terms for each row of `cells`, its weight left out."""
    result = np.zeros(len(cells))
    for term in terms:
        if term.columns == cells.COLUMNS:
            columns = tuple(getattr(cells, name) for name in term.columns)
            filled = _fill(term.tables, cells, theta, 0)
            for rows in _blocks(len(cells)):
                result[rows] += _jet(term, columns, filled, rows, theta, 0).value
        else:
            found = cells.distinct(term.columns)
            result += term.kernel(*found.columns, *theta, order=0).value[found.place]
    return result


def total(terms: Sequence[Term], cells: Cells, theta: Sequence[float], order: int) -> tuple[float, Array, Array | None]:
    """Weighted sum over all rows: value, gradient and Hessian (None where a kernel has no second derivatives)."""
    size = len(theta)
    value, gradient = 0.0, np.zeros(size)
    hessian: Array | None = np.zeros((size, size)) if order == 2 else None
    for term in terms:
        whole = term.columns == cells.COLUMNS
        found = None if whole else cells.distinct(term.columns)
        columns = tuple(getattr(cells, name) for name in term.columns) if found is None else found.columns
        weights = cells.counts if found is None else found.weights
        filled = _fill(term.tables, cells, theta, order)
        for rows in _blocks(weights.size):
            w = weights[rows]
            jet = _jet(term, columns, filled, rows, theta, order)
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


def _fill(tables: Sequence[Table], cells: Cells, theta: Sequence[Any], order: int) -> list[tuple[Jet, Codes]]:
    """Each table computed, with the place of every row in it. Only terms over all columns have tables."""
    filled = []
    for table in tables:
        found = cells.distinct(table.columns)
        assert found.place is not None  # noqa: S101 - told to distinct() by its default
        filled.append((table.kernel(*found.columns, *theta, order=order), found.place))
    return filled


def _jet(
    term: Term,
    columns: Sequence[Array],
    filled: Sequence[tuple[Jet, Codes]],
    rows: slice,
    theta: Sequence[Any],
    order: int,
) -> Jet:
    jets = (jet.at(place[rows]) for jet, place in filled)
    return term.kernel(*(column[rows] for column in columns), *jets, *theta, order=order)


def _dot(weights: Array, values: Any) -> float:
    return float(weights.sum() * values) if np.ndim(values) == 0 else float(weights @ values)


def _blocks(size: int) -> list[slice]:
    return [slice(first, first + BLOCK) for first in range(0, size, BLOCK)]
