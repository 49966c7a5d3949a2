"""From words to numbers: which levels of a covariate get an indicator column, and what every customer has in it.

A level stands by itself where enough customers have it to learn from; the rare ones are gathered; the largest of all is what the
others are compared with and has no column. Customers of whom nothing is said are a level like any other. The choice is made from
the customers a model learns from, and then holds for everybody it is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_CUSTOMERS = 50
MIN_REPEATERS = 20
"""Fewer customers, or fewer with a second purchase day, say too little about a level: it is rare."""
MOST = 8
"""Levels by themselves; those less frequent are gathered with the rare ones."""
OTHERS, UNKNOWN = "(all others)", "(not known)"
"""Names of the level of the rare ones and of those of whom nothing is said; no source writes them so."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one covariate, the largest first.

    Args:
        name: The covariate, a column of the rows.
        levels: The reference and then every level with a column. Whatever is not among them belongs to `OTHERS` where that is one of
            them, and else is counted with the reference.
        customers: How many of the customers learnt from have each.
    """

    name: str
    levels: tuple[str, ...]
    customers: tuple[int, ...]

    @property
    def reference(self) -> str:
        """The level the others are compared with."""
        return self.levels[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the indicator columns, as a model knows them."""
        return tuple(f"{self.name}={level}" for level in self.levels[1:])

    def indicators(self, rows: pa.Table) -> dict[str, Floats]:
        """The columns for these rows: 1 where a customer has the level, else 0."""
        place = self.places(rows)
        return {column: (place == number).astype(np.float64) for number, column in enumerate(self.columns, 1)}

    def places(self, rows: pa.Table) -> NDArray[np.int64]:
        """The position of each row's level in `levels`."""
        words = _words(rows, self.name)
        rest = self.levels.index(OTHERS) if OTHERS in self.levels else 0
        found = pc.fill_null(pc.index_in(words, value_set=pa.array(self.levels, pa.string())), rest)
        return _ints(found)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {"name": self.name, "levels": list(self.levels), "customers": list(self.customers)}

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> Levels:
        """Back from `to_dict`."""
        return cls(said["name"], tuple(said["levels"]), tuple(said["customers"]))


def choose_levels(rows: pa.Table, name: str) -> Levels | None:
    """The levels of a covariate among the customers learnt from; nothing where all are alike or all but one are too rare.

    Args:
        rows: A history with the covariate as a column of text.
        name: The covariate.
    """
    words = _words(rows, name)
    counted = pa.table({"level": words, "again": pc.greater(rows["x"], 0).cast(pa.int64())})
    groups = counted.group_by("level", use_threads=False).aggregate([("again", "sum"), ("level", "count")])
    found = zip(*(groups[column].to_pylist() for column in ("level", "level_count", "again_sum")), strict=True)
    ranked = sorted(found, key=lambda one: (-one[1], one[0]))
    own = [one for one in ranked if _enough(one[1], one[2])][:MOST]
    rest = [one for one in ranked if one not in own]
    gathered = (OTHERS, sum(one[1] for one in rest), sum(one[2] for one in rest))
    if _enough(gathered[1], gathered[2]):
        own.append(gathered)
    if len(own) < 2:
        return None
    own.sort(key=lambda one: (-one[1], one[0]))
    return Levels(name, tuple(one[0] for one in own), tuple(one[1] for one in own))


def usable(rows: pa.Table, names: Sequence[str]) -> tuple[Levels, ...]:
    """The covariates that have at least two levels to compare."""
    found = (choose_levels(rows, name) for name in names)
    return tuple(levels for levels in found if levels is not None)


def _enough(customers: int, repeaters: int) -> bool:
    return customers >= MIN_CUSTOMERS and repeaters >= MIN_REPEATERS


def _words(rows: pa.Table, name: str) -> pa.ChunkedArray:
    return pc.fill_null(rows[name].cast(pa.string()), UNKNOWN)


def _ints(values: pa.ChunkedArray) -> NDArray[np.int64]:
    """Not by Arrow's `to_numpy`, which imports pandas wherever it is installed."""
    whole = values.cast(pa.int64()).combine_chunks()
    return np.asarray(np.from_dlpack(whole), np.int64) if len(whole) else np.zeros(0, np.int64)
