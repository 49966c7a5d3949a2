"""What was recognised: which source column fills which field, and how fields become staged columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ibis.expr.types import Column, Table

ID, TEXT, TIME, NUMBER = "id", "text", "time", "number"

AMOUNTS = frozenset({"money", "total", "quantity", "unit_price", "line_quantity", "line_price"})
"""Number fields that the money of a row is made of."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A reading of the columns of a source.

    Attributes:
        layout: "generic", "shopify_orders" or "woocommerce_orders".
        grain: Whether a row is an "order" or a "line".
        money: How the money of a row is formed, in words; empty where the source has none.
        fields: The source column of each field.
        kinds: What a field holds: "id", "text", "time" or "number".
        prepare: A step on the typed table before `finish`.
        finish: From a table with one typed column a field (and `_row`) to the staged columns.
        sources: Staged column to source column, in words.
        reasons: Staged column to why it was taken.
        unused: Source columns that no field reads.
        notes: What was understood beyond that.
        currency: The currency that a column name says.
    """

    layout: str
    grain: str
    money: str
    fields: Mapping[str, str]
    kinds: Mapping[str, str]
    finish: Callable[[Table], dict[str, Column]]
    prepare: Callable[[Table], Table]
    sources: Mapping[str, str]
    reasons: Mapping[str, str]
    unused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    currency: str | None = None
    optional: frozenset[str] = field(default=frozenset())
