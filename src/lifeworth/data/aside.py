"""Which staged rows do not count, and why: each is set aside with one reason, none is dropped.

A row has one reason, the first that fits: an older version of an order that a later file brings again; what the source
itself says (a fault, no date, cancelled, unpaid, a test); a day that is not to be known yet; a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import BooleanColumn, StringColumn, Table

from lifeworth.data.contracts import QUARANTINE, STAGED
from lifeworth.data.probe import NO_SALE, Probe, is_after, is_return
from lifeworth.engine.base import Engine

PLACE = ("source_file", "source_row")
"""What tells a row from every other."""

COUNTED_UP_TO = 1_000_000
"""Rows up to which equal ones are counted one by one; for a remark about more than that an estimate does."""

SHARE = 16
"""The part of the hashes an estimate looks at: one of so many."""

_SAID = ("fault", "fault_column", "fault_value")
_ALIKE = tuple(name for name in STAGED.columns if name not in {*PLACE, *_SAID})


@dataclass(frozen=True, slots=True)
class Policy:
    """What cleaning was told about the rows of this source."""

    limit: date
    """The last day that counts."""
    by_order: bool
    """Whether one row is one order; otherwise rows are lines."""
    drop_copies: bool
    drop_worthless: bool
    filled: frozenset[str] = frozenset(STAGED.columns)
    """The columns this source fills; the others are empty in every row, so they need no look."""

    @property
    def alike(self) -> tuple[str, ...]:
        """The columns in which copies are equal."""
        return tuple(name for name in _ALIKE if name in self.filled)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Staged rows sorted into those that count and those that do not."""

    usable: Table
    aside: tuple[Table, ...]
    """Queries for the quarantine, each with the columns of the contract."""
    unique: bool
    """Whether every usable row that is no return is an order of its own."""
    copies: int
    """Rows set aside as copies."""
    alike: int
    """Rows equal to another one that were kept, because nothing names their order."""


def sort_out(engine: Engine, rows: Table, probe: Probe, policy: Policy, files: int) -> Sorted:
    """Tell the rows that count from those that do not; builds only the queries the probe calls for."""
    reason = _reason(rows, probe, policy)
    judged = rows if reason is None else rows.mutate(_reason=reason)
    aside: list[Table] = []
    if files > 1 and probe.named_orders:
        old = _superseded(engine, rows, policy.by_order)
        if old is not None:
            aside.append(quarantined(rows.semi_join(old, PLACE), "superseded"))
            judged = judged.anti_join(old, PLACE)
    if reason is None:
        usable = judged
    else:
        aside.append(quarantined(judged.filter(judged["_reason"].notnull()), judged["_reason"]))
        usable = judged.filter(judged["_reason"].isnull()).drop("_reason")
    unique, copies, alike = _unique(engine, usable, probe, policy), 0, 0
    if probe.named_orders and not unique and policy.drop_copies:
        again = _copies(engine, usable, policy.alike)
        if again is not None:
            copies = engine.row(again.agg(rows=again.count()))["rows"]
            aside.append(quarantined(usable.semi_join(again, PLACE), "duplicate"))
            usable = usable.anti_join(again, PLACE)
            unique = policy.by_order and _unique(engine, usable, probe, policy)
    if not probe.named_orders:
        alike = _alike(engine, usable, policy.alike, probe.rows)
    return Sorted(usable, tuple(aside), unique, copies, alike)


def _reason(rows: Table, probe: Probe, policy: Policy) -> StringColumn | None:
    """The reason a row carries in itself, null where it has none; nothing at all when no row can have one."""
    cases: list[tuple[BooleanColumn, object]] = []
    if probe.faults:
        cases.append((rows["fault"].notnull(), rows["fault"]))
    if probe.dateless:
        cases.append((rows["ordered_at"].isnull(), "date_missing"))
    if probe.no_sale:
        cases.append((rows["status"].isin(NO_SALE).fill_null(False), rows["status"]))
    if probe.later:
        cases.append((is_after(rows["ordered_at"], policy.limit), "after_as_of"))
    if probe.returns:
        without = "stock_correction" if probe.priced else "return_without_amount"
        cases.append((is_return(rows) & (rows["money"].fill_null(0) == 0), without))
    if probe.priced and policy.by_order and probe.priced < probe.rows:
        cases.append((rows["money"].isnull(), "amount_missing"))
    if not cases:
        return None
    chosen: StringColumn = ibis.cases(*cases, else_=ibis.null("string"))
    return chosen


def _superseded(engine: Engine, rows: Table, by_order: bool) -> Table | None:
    """Rows of orders that a later file brings again; sales and returns of one order are versions apart.

    An order whose lines are merely spread over two files, none of them twice, is no new version of itself.
    """
    sound = rows.filter(rows["fault"].isnull(), rows["order_id"].notnull())
    sound = sound.mutate(_back=is_return(sound))
    versions = sound.group_by(["order_id", "_back"]).agg(
        newest=sound["source_file"].max(), oldest=sound["source_file"].min()
    )
    again = engine.create("_again", versions.filter(versions["newest"] > versions["oldest"]))
    if not engine.row(again.agg(rows=again.count()))["rows"]:
        engine.drop("_again")
        return None
    if not by_order:
        lines = sound.semi_join(again, ["order_id", "_back"])
        lines = lines.mutate(_product=ibis.coalesce(lines["product_id"], lines["product_name"], ibis.literal("")))
        met = lines.group_by(["order_id", "_back", "_product"]).agg(files=lines["source_file"].nunique())
        met = met.filter(met["files"] > 1)
        again = again.semi_join(met, ["order_id", "_back"])
    joined = sound.inner_join(again, ["order_id", "_back"])
    old = engine.create("_superseded", joined.filter(joined["source_file"] < joined["newest"]).select(*PLACE))
    engine.drop("_again")
    return old


def _unique(engine: Engine, usable: Table, probe: Probe, policy: Policy) -> bool:
    """Whether every row is an order of its own: no lines, and no order number twice among the sales."""
    if not probe.named_orders:
        return True
    if not policy.by_order:
        return False
    sales = usable.filter(~is_return(usable)) if probe.returns else usable
    found = engine.row(sales.agg(named=sales["order_id"].count(), different=sales["order_id"].nunique()))
    return bool(found["named"] == found["different"])


def _copies(engine: Engine, usable: Table, columns: tuple[str, ...]) -> Table | None:
    """Rows that are alike in every column to an earlier one of the same order.

    A hash finds out whether there can be any; equality itself is then judged on the columns, so it is exact.
    """
    named = usable.filter(usable["order_id"].notnull())
    hashed = named.mutate(_hash=_hash(named, columns))
    found = engine.row(hashed.agg(rows=hashed.count(), different=hashed["_hash"].nunique()))
    if found["rows"] == found["different"]:
        return None
    often = hashed.group_by("_hash").agg(often=hashed.count())
    suspects = hashed.semi_join(often.filter(often["often"] > 1), ["_hash"])
    first = ibis.window(group_by=[*columns], order_by=[*PLACE])
    numbered = suspects.mutate(_nth=ibis.row_number().over(first))
    return engine.create("_copies", numbered.filter(numbered["_nth"] > 0).select(*PLACE))


def _alike(engine: Engine, usable: Table, columns: tuple[str, ...], rows: int) -> int:
    """How many rows are equal to another one; of very many rows, as many as a sixteenth of all possible rows tells.

    Equal rows have equal hashes, so a share of the hashes holds both or neither of a pair.
    """
    hashed = usable.select(_hash=_hash(usable, columns))
    share = 1 if rows <= COUNTED_UP_TO else SHARE
    if share > 1:
        hashed = hashed.filter(hashed["_hash"] % share == 0)
    found = engine.row(hashed.agg(rows=hashed.count(), different=hashed["_hash"].nunique()))
    return int(found["rows"] - found["different"]) * share


def _hash(rows: Table, names: tuple[str, ...]) -> ibis.Value:
    return ibis.struct({name: rows[name] for name in names}).hash()


def quarantined(rows: Table, reason: str | StringColumn) -> Table:
    """Rows as the quarantine keeps them."""
    return rows.select(
        *PLACE,
        reason=ibis.literal(reason) if isinstance(reason, str) else reason,
        column=rows["fault_column"],
        value=rows["fault_value"],
        order_id=rows["order_id"],
        customer_id=rows["customer_id"],
        ordered_at=rows["ordered_at"],
        money=rows["money"],
    ).cast(QUARANTINE.schema)
