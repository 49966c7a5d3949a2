"""What a group has more or less of than others, and whether that is more than chance.

The question is put to customers, not to orders or lines: one customer who fills a warehouse is one customer. Who buys more has
more of everything, so customers are only compared with others who have as many different things; within such a band the
members of the group are as good as drawn at random if the group does not matter.

The number of members among the buyers of one thing is then a sum of hypergeometric counts, and as such a sum of independent
trials (its generating polynomial has real roots only). Of all such sums with one mean and number of trials the binomial has the
heaviest tails (Hoeffding 1956, theorem 5), so its tail is a safe p-value however few the buyers are. Of all the things tested the
share of false findings is held by Benjamini & Hochberg (1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.05
"""Share of false findings among those named, on average."""

BUYERS = 20
"""What fewer customers have is not tested: no finding about so few is worth acting on."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Customers who have a thing, by band, one row a thing and band.

    Args:
        name: The thing.
        band: Number of the band.
        buyers, members: Customers of the band who have it, and those of the group among them.
        band_all, band_members: All customers of the band, and those of the group among them.
    """

    name: NDArray[np.str_]
    band: Floats
    buyers: Floats
    members: Floats
    band_all: Floats
    band_members: Floats

    @property
    def sizes(self) -> tuple[int, int]:
        """Customers of the group who have anything, and other customers who do."""
        _, first = np.unique(self.band, return_index=True)
        inside = int(self.band_members[first].sum())
        return inside, int(self.band_all[first].sum()) - inside


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing, in the group and outside.

    Attributes:
        name: The thing.
        buyers, members: Customers who have it, and those of the group among them.
        expected: Members to be expected if the group did not matter.
        p: Probability of a count as far from it, at most.
        q: The same after all tests that were made; None where too few have the thing to test.
    """

    name: str
    buyers: int
    members: int
    expected: float
    p: float
    q: float | None = None

    @property
    def times(self) -> float | None:
        """How many times as many as expected."""
        return self.members / self.expected if self.expected > 0 else None

    @property
    def found(self) -> bool:
        """Whether it is told apart from chance."""
        return self.q is not None and self.q <= LEVEL


def marks(counts: Counts) -> list[Mark]:
    """Every thing with its expected number of members, in the order of names; not yet adjusted for the number of tests."""
    if not len(counts.name):
        return []
    names, place = np.unique(counts.name, return_inverse=True)
    size = len(names)
    mean = counts.buyers * counts.band_members / np.maximum(counts.band_all, 1.0)
    buyers, members, expected = (
        np.bincount(place, amounts, size).astype(np.float64) for amounts in (counts.buyers, counts.members, mean)
    )
    chance = p_values(members, buyers, expected)
    rows = zip(names, buyers, members, expected, chance, strict=True)
    return [Mark(str(name), int(k), int(a), float(mu), float(p)) for name, k, a, mu, p in rows]


def p_values(members: Floats, buyers: Floats, expected: Floats) -> Floats:
    """Two-sided p-values of counts that are sums of independent trials, never too small.

    Args:
        members: The counts.
        buyers: Trials at most, of each.
        expected: The mean of each.
    """
    from scipy.special import betainc, betaincc

    share = np.divide(expected, buyers, out=np.zeros(len(buyers)), where=buyers > 0)
    # Tails of the binomial, as incomplete beta functions; the bound holds from one count beyond the mean on.
    upper = betainc(np.maximum(members, 1.0), np.maximum(buyers - members, 0.0) + 1.0, share)
    lower = betaincc(members + 1.0, np.maximum(buyers - members, 1.0), share)
    above = np.where(members >= expected + 1, upper, 1.0)
    below = np.where(members <= expected - 1, lower, 1.0)
    found: Floats = np.minimum(1.0, 2.0 * np.minimum(above, below))
    return found


def adjusted(p: Floats) -> Floats:
    """The smallest share of false findings at which each would be named (Benjamini & Hochberg 1995)."""
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    lowest = np.minimum.accumulate(ranked[::-1])[::-1]
    found = np.empty_like(p)
    found[order] = np.minimum(lowest, 1.0)
    return found


def judged(groups: Sequence[Sequence[Mark]]) -> list[list[Mark]]:
    """Several lists of marks, adjusted for all tests of all lists together."""
    flat = [one for group in groups for one in group if one.buyers >= BUYERS]
    q = dict(zip(map(id, flat), adjusted(np.array([one.p for one in flat])), strict=True)) if flat else {}
    return [[replace(one, q=float(q[id(one)])) if id(one) in q else one for one in group] for group in groups]
