"""The frame of a known export: which headers fill which field, and how an order's rows become staged columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.sources.plan import NUMBER, TEXT, Plan
from lifeworth.data.sources.synonyms import normal
from lifeworth.errors import ColumnError


@dataclass(frozen=True, slots=True)
class Layout:
    """A known export.

    Attributes:
        name: How it is called.
        fields: Headers of each field, the first that is there counts.
        kinds: What a field holds, where it is not plain text.
        staged: Fields behind each staged column, for the words shown.
        reasons: Why, for the staged columns that need it.
        money: How money is formed, with field names in braces.
        needs: Fields without which nothing can be read.
        people: Fields of which at least one must be there.
        recognises: Whether the columns of a source are of this layout.
        finish: From typed fields to staged columns.
        prepare: A step before `finish`, where a column must be spread over its order first.
    """

    name: str
    fields: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    staged: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, str]
    money: str
    needs: tuple[str, ...]
    people: tuple[str, ...]
    recognises: Callable[[Sequence[str]], bool]
    finish: Callable[[Table], dict[str, Column]]
    prepare: Callable[[Table], Table] = lambda rows: rows


def plan_layout(layout: Layout, columns: Sequence[str], mapped: Mapping[str, str], where: str) -> Plan:
    """Fit a layout to the columns that are there; what the person mapped goes before it.

    Raises:
        ColumnError: if a field it cannot do without has no column.
    """
    known = {normal(column): column for column in reversed(columns)}
    fields = {
        field: next(known[normal(word)] for word in words if normal(word) in known)
        for field, words in layout.fields.items()
        if any(normal(word) in known for word in words)
    }
    missing = [layout.fields[name][0] for name in layout.needs if name not in fields]
    people = [layout.fields[name][0] for name in layout.people]
    if not any(name in fields for name in layout.people) and "customer_id" not in mapped:
        missing.append(" or ".join(f'"{name}"' for name in people))
    if missing:
        raise ColumnError(
            f"{where} looks like an export of {layout.name.partition('_')[0]} orders, but lacks "
            f"{', '.join(name if name.startswith(chr(34)) else chr(34) + name + chr(34) for name in missing)}.",
            hint="Export the orders again with all columns.",
        )
    kinds = {field: layout.kinds.get(field, TEXT) for field in fields}
    own = {f"mapped_{ours}": column for ours, column in mapped.items() if column}
    from lifeworth.data.sources.generic import KINDS

    fields |= own
    kinds |= {name: KINDS[name.removeprefix("mapped_")] for name in own}
    sources = {
        ours: ", ".join(dict.fromkeys(fields[name] for name in names if name in fields))
        for ours, names in layout.staged.items()
        if any(name in fields for name in names)
    }
    reasons = {ours: layout.reasons.get(ours, f"known from {_shop(layout)} exports") for ours in sources}
    for ours, column in mapped.items():
        if column:
            sources[ours], reasons[ours] = column, "you said so"
        else:
            sources.pop(ours, None)
            reasons.pop(ours, None)

    def finish(rows: Table) -> dict[str, Column]:
        staged = layout.finish(rows)
        for ours, column in mapped.items():
            if column:
                staged[ours] = rows[f"mapped_{ours}"]
            else:
                staged.pop(ours, None)
        return staged

    used = set(fields.values())
    return Plan(
        layout=layout.name,
        grain="line" if "product" in fields or "sku" in fields else "order",
        money=layout.money.format(**{name: fields[name] for name in ("total",)}),
        fields=fields,
        kinds=kinds,
        finish=finish,
        prepare=layout.prepare,
        sources=sources,
        reasons=reasons,
        unused=tuple(column for column in columns if column not in used),
        optional=frozenset(name for name, kind in kinds.items() if kind == NUMBER and name not in layout.needs),
    )


def first_row(rows: Table, key: str) -> Column:
    """Whether a row is the first of its order."""
    return rows["_row"] == rows["_row"].min().over(_window(rows, key))


def whole_order(rows: Table, name: str, key: str) -> Column:
    """What stands on any row of an order, for all of its rows."""
    return rows[name].max().over(_window(rows, key))


def _window(rows: Table, key: str) -> Any:
    """The rows of an order; a row that names none stands alone."""
    return ibis.window(group_by=ibis.coalesce(rows[key], ibis.literal("row ") + rows["_row"].cast("string")))


def _shop(layout: Layout) -> str:
    return {"shopify_orders": "Shopify", "woocommerce_orders": "WooCommerce"}[layout.name]
