"""One thing the data may be enough for, or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ready", "limited", "missing"]


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing the data may be enough for, or not.

    Attributes:
        name: Short and stable, for machines.
        title: For people.
        state: `ready`, `limited` or `missing`.
        why: One sentence with the numbers behind the state.
        add: What would improve it: a column, a table or more rows; empty when there is nothing to add.
    """

    name: str
    title: str
    state: State
    why: str
    add: str = ""
