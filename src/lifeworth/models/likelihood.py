"""A log-likelihood as a sum of terms, each evaluated once for every distinct value of what it depends on.

Of the terms of BG/NBD one knows only x, one knows x and T, one knows all three: a million customers are a few hundred,
a few thousand and at most half a million evaluations. A kernel returns a `Jet`: its value with its exact derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lifeworth.models.distinct import Array

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


@dataclass(frozen=True)
class Term:
    """One addend of a log-likelihood.

    `kernel(*columns, *parameters, order=…)` returns a Jet; parameters are scalars or one per row; order 0 is the value alone,
    1 adds the first and 2 the second derivatives.
    """

    columns: tuple[str, ...]
    kernel: Callable[..., Jet]


def per_row(terms: Sequence[Term], cells: Cells, theta: Sequence[Any]) -> Array:
    """The log-likelihood of each row of `cells`, its weight left out."""
    result = np.zeros(len(cells))
    for term in terms:
        if term.columns == cells.COLUMNS:
            for rows in _blocks(len(cells)):
                result[rows] += term.kernel(
                    *(getattr(cells, name)[rows] for name in term.columns), *theta, order=0
                ).value
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
        if term.columns == cells.COLUMNS:
            columns, weights = tuple(getattr(cells, name) for name in term.columns), cells.counts
        else:
            found = cells.distinct(term.columns)
            columns, weights = found.columns, found.weights
        for rows in _blocks(weights.size):
            w = weights[rows]
            jet = term.kernel(*(column[rows] for column in columns), *theta, order=order)
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


def _dot(weights: Array, values: Any) -> float:
    return float(weights.sum() * values) if np.ndim(values) == 0 else float(weights @ values)


def _blocks(size: int) -> list[slice]:
    return [slice(first, first + BLOCK) for first in range(0, size, BLOCK)]
