"""Orders as they were read, without the persons who asked to be forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
from ibis.expr.types import Column

from lifeworth.data.contracts import STAGED
from lifeworth.data.erasures import CUSTOMER, REASON, Erased, under_stand_in
from lifeworth.data.sources.source import Source
from lifeworth.engine.base import Engine

_MET, _ORDERS, _KEPT = "_erased_met", "_erased_orders", "_staged_without_erased"
_LEFT = frozenset({"source_file", "source_row", "money", "currency"})
"""What stays of a row that is set aside: where it stood and its money, which the reconciliation adds up."""


def without(engine: Engine, source: Source, erased: Erased) -> Source:
    """Their rows marked to be set aside, or brought under their stand-in; where none is met the source as it is.

    A row that names one of their orders and no customer is theirs as well: another line of the order, or its return.
    """
    rows = source.rows
    met = erased.met(engine, rows, "customer_id", [CUSTOMER], _MET) if erased else None
    if met is None:
        return source
    rows = rows.left_join(met, rows["customer_id"] == met["erased_id"])
    gone = (rows["stand_in"] == "").fill_null(False)
    if "order_id" in source.has:
        theirs = rows.filter(gone & rows["order_id"].notnull()).select(erased_order="order_id").distinct()
        orders = engine.create(_ORDERS, theirs)
        rows = rows.left_join(orders, rows["order_id"] == orders["erased_order"])
        gone = (rows["stand_in"] == "").fill_null(False)
        gone = gone | (rows["erased_order"].notnull() & rows["customer_id"].isnull())
    columns = {name: rows[name] if name in _LEFT else unless(gone, rows[name]) for name in STAGED.columns}
    columns["customer_id"] = unless(gone, ibis.coalesce(rows["stand_in"].nullif(""), rows["customer_id"]))
    columns["fault"] = ibis.ifelse(gone, REASON, rows["fault"])
    kept = engine.create(_KEPT, rows.select(**{name: columns[name].cast(kind) for name, kind in STAGED.schema.items()}))
    under = kept.semi_join(met.filter(met["stand_in"] != ""), kept["customer_id"] == met["stand_in"])
    count = engine.row(under.agg(rows=under.count()))["rows"]
    engine.drop(_MET, _ORDERS)
    return replace(source, rows=kept, notes=(*source.notes, under_stand_in(count)) if count else source.notes)


def unless(hit: Any, value: Column) -> Column:
    """A value, or nothing where something is the case."""
    return ibis.ifelse(hit, ibis.null(value.type()), value)
