"""Where a customer stands among all: the share that has less, and what is usual."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from lifeworth.engine.shelf import Condition
from lifeworth.serving.desk import Run

KEPT = 256
"""Counts that are kept in memory; they hold for as long as the run does."""

_COUNTS: OrderedDict[tuple[str, str, str], int] = OrderedDict()
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Standing:
    """A place among all customers of whom a figure is known.

    Attributes:
        below: Share of them that has less.
        known: How many they are.
    """

    below: float
    known: int

    @property
    def top(self) -> float:
        """Share of them that has as much or more: .02 is "among the best 2 %"."""
        return 1 - self.below


def standing(run: Run, column: str, value: Any) -> Standing | None:
    """Where a value of a column stands; nothing where the column, the value or every other value is missing."""
    if value is None or column not in run.shelf.tables.get("customers", {}):
        return None
    known = _counted(run, column)
    if not known:
        return None
    return Standing(run.shelf.count("customers", [Condition(column, "lt", value)]) / known, known)


def _counted(run: Run, column: str) -> int:
    key = (str(run.folder), run.run_id, column)
    with _LOCK:
        if key in _COUNTS:
            return _COUNTS[key]
    found = run.shelf.count("customers", [Condition(column, "filled")])
    with _LOCK:
        _COUNTS[key] = found
        while len(_COUNTS) > KEPT:
            _COUNTS.popitem(last=False)
    return found
