"""What an erasure did and what was searched afterwards, without the person in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lifeworth.errors import LifeworthError
from lifeworth.report.spec import Column, Page, Stat, Stats, Table, Text


class ErasureError(LifeworthError):
    """Something still tells of the person: the erasure has not come to its end, and says where to look."""

    code = "erasure"
    exit_status = 1
    http_status = 409


@dataclass(frozen=True)
class Proof:
    """The record of an erasure.

    Attributes:
        erasure_id: What it is called.
        mode: `erase` or `pseudonymise`.
        stand_in: What took the place of the id.
        by: Who asked.
        at: When it came to its end, UTC.
        changed: What was done where: `where`, `what`, `rows`.
        searched: Files that were searched afterwards, as bytes and as values.
        hits: What was found; empty, or the erasure has failed.
        lost: By run: rows of orders and revenue that are gone; figures of these runs stand as they were worked out before.
        yours: Files that were read from outside the workspace: to be cleaned by whoever owns them.
        notes: What a person should know.
    """

    erasure_id: str
    mode: str
    stand_in: str
    by: str
    at: str
    changed: tuple[Mapping[str, Any], ...] = ()
    searched: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    lost: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    yours: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    @staticmethod
    def from_json(said: Mapping[str, Any]) -> Proof:
        """The inverse of `to_json`."""
        fields: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in said.items()}
        return Proof(**fields)

    def page(self) -> Page:
        """The proof for a person to read."""
        erased = self.mode == "erase"
        lead = (
            "The person was removed from every table, past run, file and note of this workspace."
            if erased
            else "The person is known by a stand-in only, in every table, past run, file and note of this workspace."
        )
        stats = Stats(
            (
                Stat(
                    "Files searched",
                    len(self.searched),
                    "count",
                    "Every file of the workspace, as bytes and as values.",
                ),
                Stat(
                    "Found",
                    len(self.hits),
                    "count",
                    "Places that still tell of the person; 0, or the erasure has failed.",
                ),
                Stat("Places changed", len(self.changed), "count", "Files and notes that told of the person."),
            )
        )
        changed = Table(
            "What was changed",
            (Column("where", "Where"), Column("what", "What"), Column("rows", "Rows", "count")),
            tuple((one["where"], one["what"], one["rows"]) for one in self.changed),
            empty="Nothing had to be changed.",
        )
        blocks: list[Any] = [stats, changed]
        if self.lost:
            columns = (
                Column("run", "Run"),
                Column("orders", "Orders", "count"),
                Column("revenue", "Net revenue", "number"),
            )
            rows = tuple((run, -int(one["orders"]), -one["revenue"]) for run, one in self.lost.items())
            blocks.append(Table("What the totals lose", columns, rows, caption=_ADVICE))
        if self.yours:
            blocks.append(Table("Yours to clean", (Column("file", "File"),), tuple((one,) for one in self.yours)))
        blocks += [Text(note) for note in self.notes]
        return Page("erasure", f"Erasure {self.erasure_id}", tuple(blocks), lead=lead)


_ADVICE = "The figures of these runs stand as they were worked out; a new run works them out without the person."
