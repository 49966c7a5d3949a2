"""Who a person is in a workspace: the id, the visits and accounts that are only theirs, and what nobody else has.

It is found in the tables of all runs before anything is changed, and written down until the erasure has come to its end: afterwards
nobody could tell any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ibis.expr.types import Table

from lifeworth.data.personal import CALLED, REACHED
from lifeworth.engine.base import Engine
from lifeworth.persons.needles import Needles

ERASE, PSEUDONYMISE = "erase", "pseudonymise"


@dataclass(frozen=True)
class Person:
    """A person, and what is to become of what is kept of them.

    Attributes:
        customer_id: The id, as the tables have it.
        erasure_id: What the erasure is called.
        mode: `erase` or `pseudonymise`.
        stand_in: What takes the place of the id.
        by: Who asked.
        former: Stand-ins that were given before.
        visitors: Visits before anybody knew who it was, that lead to nobody else.
        accounts: Accounts that pay for nobody else.
        values: Values only this person has.
        shared: How many values others have too, which are therefore not looked for.
        crowded: Values that are part of somebody else's.
    """

    customer_id: str
    erasure_id: str
    mode: str
    stand_in: str
    by: str = ""
    former: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    shared: int = 0
    crowded: tuple[str, ...] = ()

    @property
    def erase(self) -> bool:
        """Whether rows go; otherwise they stay under the stand-in."""
        return self.mode == ERASE

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id the person goes by."""
        # A stand-in that stays is no trace of the person.
        return tuple(dict.fromkeys(one for one in (self.customer_id, *self.former) if one != self.stand_in))

    @cached_property
    def linked(self) -> dict[str, str]:
        """Stand-ins of visits and accounts, each its own, so that whoever counts them counts as many."""
        visits = {one: f"{self.stand_in}-v{place}" for place, one in enumerate(self.visitors, 1)}
        return visits | {one: f"{self.stand_in}-a{place}" for place, one in enumerate(self.accounts, 1)}

    @cached_property
    def needles(self) -> Needles:
        """What to look for."""
        return Needles(self.ids, (*self.values, *self.linked), self.stand_in, frozenset(self.crowded))

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(said: dict[str, Any]) -> Person:
        """The inverse of `to_json`."""
        fields: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in said.items()}
        return Person(**fields)


def known(engine: Engine, root: Path, person: Person) -> tuple[Person, bool]:
    """The person with everything the tables of all runs know of them, and whether a table of customers names them."""
    visitors: set[str] = set()
    accounts: set[str] = set()
    values: dict[str, str] = {}
    met = False
    for file in sorted(root.glob("tables/touchpoints/*.parquet")):
        visitors |= _only_theirs(engine, engine.scan_parquet("_look", file), "visitor_id", person.ids)
    for file in sorted(root.glob("tables/subscriptions/*.parquet")):
        accounts |= _only_theirs(engine, engine.scan_parquet("_look", file), "account_id", person.ids)
    for file in sorted(root.glob("tables/customers/*.parquet")):
        rows = engine.scan_parquet("_look", file)
        told, there = _values(engine, rows.filter(_any(rows, ["customer_id"], person.ids)))
        values |= told
        met = met or there
    shared, crowded = _others(engine, root, person.ids, values)
    mine = tuple(sorted(value for value in values.values() if value not in shared))
    linked = accounts - set(person.ids)
    found = replace(person, visitors=tuple(sorted(visitors)), accounts=tuple(sorted(linked)), values=mine)
    return replace(found, shared=len(shared), crowded=tuple(sorted(crowded))), met


def _any(rows: Table, columns: Sequence[str], ids: Iterable[str]) -> Any:
    import ibis

    wanted = list(ids)
    hit: Any = ibis.literal(False)
    for column in columns:
        hit = hit | rows[column].isin(wanted).fill_null(False)
    return hit


def _only_theirs(engine: Engine, rows: Table, column: str, ids: Sequence[str]) -> set[str]:
    """Values of a column in the person's rows that occur with nobody else."""
    if column not in rows.columns:
        return set()
    named = rows.filter(rows[column].notnull(), rows["customer_id"].notnull())
    own = named["customer_id"].isin(list(ids))
    grouped = named.group_by(column).agg(mine=own.sum(), others=(~own).sum())
    found = engine.arrow(grouped.filter(grouped["mine"] > 0, grouped["others"] == 0).select(column))
    return set(found[column].to_pylist())


def _values(engine: Engine, own: Table) -> tuple[dict[str, str], bool]:
    """What a customer table says of the person that could tell who it is, by its small letters; and whether it names them."""
    columns = [one for one in (*REACHED, *CALLED, "first_name", "last_name") if one in own.columns]
    found: dict[str, str] = {}
    rows = engine.arrow(own.select("customer_id", *columns)).to_pylist()
    for row in rows:
        said = [row[one] for one in (*REACHED, *CALLED) if one in row]
        said.append(" ".join(str(row[one]) for one in ("first_name", "last_name") if row.get(one)))
        for value in (str(one).strip() for one in said if one is not None):
            if value:
                found[value.lower()] = value
    return found, bool(rows)


def _others(engine: Engine, root: Path, ids: Sequence[str], values: dict[str, str]) -> tuple[set[str], set[str]]:
    """Of the person's values those that somebody else has too, and those (and ids) that are part of somebody else's."""
    shared: set[str] = set()
    crowded: set[str] = set()
    for file in sorted(root.glob("tables/customers/*.parquet")):
        rows = engine.scan_parquet("_look", file)
        others = rows.filter(~_any(rows, ["customer_id"], ids))
        asked: dict[str, Any] = {}
        for place, one in enumerate(ids):
            asked[f"i{place}"] = others["customer_id"].contains(one).sum()
        reached = [name for name in (*REACHED, *CALLED) if name in rows.columns]
        for place, value in enumerate(values):
            for name in reached:
                text = others[name].cast("string").strip().lower()
                asked[f"s{place}_{name}"] = (text == value).sum()
                asked[f"c{place}_{name}"] = (text.contains(value) & (text != value)).sum()
            if {"first_name", "last_name"} <= set(rows.columns):
                whole = others["first_name"].cast("string") + " " + others["last_name"].cast("string")
                asked[f"s{place}_whole"] = (whole.strip().lower() == value).sum()
        found = engine.row(others.agg(**asked))
        crowded |= {one for place, one in enumerate(ids) if found[f"i{place}"]}
        for place, (small, value) in enumerate(values.items()):
            del small
            if any(number for name, number in found.items() if name.startswith(f"s{place}_")):
                shared.add(value)
            if any(number for name, number in found.items() if name.startswith(f"c{place}_")):
                crowded.add(value)
    return shared, crowded
