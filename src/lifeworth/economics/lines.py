"""The terms of net value for the whole company: what customers bear of each, what stays with the company, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One term of net value, summed up.

    Args:
        name: Column of `net_value`.
        title: For people.
        sign: 1 where it adds to the value, −1 where it is taken off.
        shared: Sum over all customers.
        unshared: What stays with the company, as no customer can be named for it; none where the term is an expectation.
        source: Table or assumption it comes from.
        known: Whether there is such a source; without one it counts as 0.
    """

    name: str
    title: str
    sign: int
    shared: float
    unshared: float | None
    source: str
    known: bool = True

    @property
    def total(self) -> float:
        """Of the company."""
        return self.shared + (self.unshared or 0.0)


@dataclass(frozen=True, slots=True)
class Net:
    """Net value of all customers, term by term.

    Args:
        lines: The terms in the order of the formula.
        customers: How many customers there are.
        below_zero: How many of them are worth less than nothing.
        notes: What a reader has to know.
    """

    lines: tuple[Line, ...]
    customers: int
    below_zero: int
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """Sum of the net values of all customers."""
        return sum(line.sign * line.shared for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {**asdict(self), "value": self.value}


def lines_of(facts: Mapping[str, Any]) -> tuple[Line, ...]:
    """The terms from what `Net.to_dict` gave."""
    return tuple(Line(**line) for line in facts["lines"])
