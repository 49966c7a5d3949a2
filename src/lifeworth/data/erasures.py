"""Persons who asked to be forgotten, as an import meets them: known by a keyed hash of their id, never by the id itself.

The same export is read again next week, and they are in it. Their rows are set aside before anything else looks at them, with
nothing but their place and their money, so that rows and money still add up; of who was pseudonymised, the stand-in takes the place
of the id and what tells who they are is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.data.notes import counted
from lifeworth.engine.base import Engine

REASON = "erased"
"""The reason under which their rows are set aside."""

SECRET = "erasures"  # noqa: S105 - a name
"""Name of the key of the hashes in the book."""

CUSTOMER, VISITOR, ACCOUNT = "customer", "visitor", "account"
"""What an id is of: the same text may be a customer's and a visitor's."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Who asked to be forgotten.

    Attributes:
        key: The key of the hashes.
        stand_ins: By hash: the id that takes the place, or nothing where the rows are to stay out.
    """

    key: str = ""
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.stand_ins)

    def met(self, engine: Engine, rows: Table, column: str, kinds: Sequence[str], name: str) -> Table | None:
        """Those of them who occur in a column, as a table `erased_id`, `stand_in`; nothing where none does.

        Args:
            engine: Where the rows are.
            rows: The rows.
            column: The column with ids.
            kinds: What its ids may be of.
            name: The table they are kept in.
        """
        ids = rows.filter(rows[column].notnull()).select(erased_id=column).distinct()
        known = engine.load(
            f"{name}_hashes", pa.table({"hash": [*self.stand_ins], "stand_in": [*self.stand_ins.values()]})
        )
        found: dict[str, str] = {}
        for kind in kinds:
            hidden = ids.mutate(hash=(ibis.literal(_told(self.key, kind, "")) + ids["erased_id"]).hexdigest("sha256"))
            met = hidden.inner_join(known, "hash").select("erased_id", "stand_in")
            found |= {row["erased_id"]: row["stand_in"] for row in engine.arrow(met).to_pylist()}
        engine.drop(f"{name}_hashes")
        if not found:
            return None
        return engine.load(name, pa.table({"erased_id": [*found], "stand_in": [*found.values()]}))


NOBODY = Erased()
"""Nobody asked."""


def hashed(key: str, kind: str, value: str) -> str:
    """The hash an id is known by."""
    return sha256(_told(key, kind, value).encode()).hexdigest()


def known(folder: Path | None) -> Erased:
    """Who asked to be forgotten in the workspace in a folder; costs a glance where there is none."""
    if folder is None or not (folder / "state.db").exists():
        return NOBODY
    import sqlalchemy as sa

    from lifeworth.data.book import ERASURES, SECRETS, book_of

    # Where somebody wished twice, the later wish holds.
    wanted = sa.select(ERASURES.c.person_hash, ERASURES.c.mode, ERASURES.c.stand_in).order_by(ERASURES.c.at)
    with book_of(folder).read() as open_:
        rows = open_.execute(wanted).all()
        if not rows:
            return NOBODY
        key = open_.execute(sa.select(SECRETS.c.value).where(SECRETS.c.name == SECRET)).scalar_one()
    return Erased(key, {hash_: stand_in if mode == "pseudonymise" else "" for hash_, mode, stand_in in rows})


def under_stand_in(rows: int) -> str:
    """What is said of rows that came in under a stand-in."""
    return f"{counted(rows, 'row', ('is', 'are'))} of persons who asked not to be known: they count under a stand-in."


def _told(key: str, kind: str, value: str) -> str:
    return f"{key}:{kind}:{value}"
