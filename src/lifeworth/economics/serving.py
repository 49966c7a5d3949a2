"""What it cost to serve each customer: from the table of service costs, and from assumptions for the kinds it does not hold.

An assumption speaks only where the table is silent, so nothing is counted twice: `cost_per_ticket` counts where no row is of
the kind ticket, and so on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import Table

from lifeworth.data.contract import MONEY
from lifeworth.economics.terms import total
from lifeworth.features.history import up_to
from lifeworth.settings import Assumptions

KINDS = {
    "ticket": ("cost_per_ticket",),
    "return": ("cost_per_return",),
    "shipping": ("shipping_per_order",),
    "payment_fee": ("payment_fee_share", "payment_fee_fixed"),
}
"""Kinds of service cost, and the assumptions that stand in for them."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What serving costs are made of: which kinds the table holds, and which assumptions fill in for others."""

    stated: tuple[str, ...]
    assumed: dict[str, float]

    @property
    def known(self) -> bool:
        """Whether anything is known at all."""
        return bool(self.stated or self.assumed)

    @property
    def source(self) -> str:
        """Where the figures come from, in words."""
        parts = []
        if self.stated:
            parts.append(f"table service_costs ({', '.join(self.stated)})")
        if self.assumed:
            parts.append("assumed: " + ", ".join(f"{name} = {value:g}" for name, value in self.assumed.items()))
        return "; ".join(parts) or "not stated, counted as 0"


def basis(kinds: Collection[str], assumptions: Assumptions, *, has_tickets: bool) -> Basis:
    """What to count.

    Args:
        kinds: Kinds of the rows of `service_costs`; empty without the table.
        assumptions: Of the settings.
        has_tickets: Whether there is a table of tickets to count.
    """
    assumed: dict[str, float] = {}
    for kind, names in KINDS.items():
        if kind in kinds or (kind == "ticket" and not has_tickets):
            continue
        assumed |= {name: value for name in names if (value := getattr(assumptions, name)) is not None}
    return Basis(tuple(sorted(kinds)), assumed)


def serving_cost(
    orders: Table, costs: Table | None, tickets: Table | None, as_of: date, since: date | None, counted: Basis
) -> Table:
    """One row a customer with any: `customer_id`, `serving_cost`, and `lately`, the part of it after `since`.

    Args:
        orders: The table `orders`.
        costs: The table `service_costs`, where there is one.
        tickets: The table `tickets`, where there is one.
        as_of: Last day that counts.
        since: Day after which a cost is of late; None: all of it.
        counted: As from `basis`.
    """
    parts = []
    if costs is not None:
        dated = costs.filter(costs["incurred_at"] <= ibis.literal(as_of))
        parts.append(dated.select("customer_id", day=dated["incurred_at"], amount=dated["amount"].cast("float64")))
    if (each := counted.assumed.get("cost_per_ticket")) is not None and tickets is not None:
        opened = tickets.filter(up_to(tickets["opened_at"], as_of))
        parts.append(opened.select("customer_id", day=opened["opened_at"].date(), amount=ibis.literal(each, "float64")))
    if set(counted.assumed) - {"cost_per_ticket"}:
        parts.append(_of_orders(orders, as_of, counted.assumed))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = rows.filter(rows["customer_id"].notnull())
    late = ibis.literal(value=True) if since is None else rows["day"] > ibis.literal(since)
    return rows.group_by("customer_id").agg(
        serving_cost=total(rows["amount"]), lately=total(ibis.ifelse(late, rows["amount"], 0.0))
    )


def _of_orders(orders: Table, as_of: date, assumed: dict[str, float]) -> Table:
    """What the assumptions say each order cost: the fee is taken of what was charged, before anything went back."""
    seen = orders.filter(orders["customer_id"].notnull(), up_to(orders["ordered_at"], as_of))
    back = seen["refunded"].fill_null(ibis.literal(0, MONEY)).cast("float64")
    charged = seen["net_revenue"].fill_null(ibis.literal(0, MONEY)).cast("float64") + back
    amount = ibis.literal(assumed.get("shipping_per_order", 0.0) + assumed.get("payment_fee_fixed", 0.0), "float64")
    amount = amount + ibis.greatest(charged, 0.0) * assumed.get("payment_fee_share", 0.0)
    amount = amount + ibis.ifelse(back > 0, assumed.get("cost_per_return", 0.0), 0.0)
    return seen.select("customer_id", day=seen["ordered_at"].date(), amount=amount)
