"""What counts as profit in an audit: margin where it is known, else there is none and value stops at revenue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import ibis
from ibis.expr.types import DecimalColumn, Table

from lifeworth.data.contract import MONEY


@dataclass(frozen=True, slots=True)
class Money:
    """How profit is made of net revenue.

    Args:
        rate: Margin as a share of net revenue, where an order states no cost; 1 where no margin is known.
        of_orders: Whether the orders' own margins count, where they state one.
        known: Whether a margin is known at all.
        source: Where it comes from, in words.
    """

    rate: float
    of_orders: bool
    known: bool
    source: str

    @property
    def word(self) -> str:
        """What the last step of every sum is called."""
        return "profit" if self.known else "net revenue"

    def profit(self, rows: Table) -> DecimalColumn:
        """Profit of each row with `value` and `margin`, to four places as all money is; decimals add up exactly and fast."""
        stated = rows["value"] if self.rate == 1 else (rows["value"].cast("float64") * self.rate).cast(MONEY)
        own = ibis.coalesce(rows["margin"], stated) if self.of_orders else stated
        return cast("DecimalColumn", ibis.coalesce(own, ibis.literal(0, MONEY)))


def money_of(facts: Mapping[str, Any]) -> Money:
    """From what a run wrote down about itself: margins stated in the settings go before those of the orders."""
    value = facts["value"]
    known = value["value_of"] == "margin"
    stated = facts.get("settings", {}).get("margin") is not None
    return Money(float(value["margin"]), known and not stated, known, value["margin_source"])
