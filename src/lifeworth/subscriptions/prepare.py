"""What every question about subscriptions begins with, and the tables a run keeps of them for the other parts."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from lifeworth.errors import DataError
from lifeworth.features.subscriptions import movements, stretches
from lifeworth.subscriptions import both
from lifeworth.subscriptions.contracts import Contracts, contracts, ordered
from lifeworth.subscriptions.customers import by_customer
from lifeworth.subscriptions.learn import Group, again, learn
from lifeworth.subscriptions.value import Terms, Valuation, value
from lifeworth.units import Period, Rate
from lifeworth.workspace import Workspace


def prepare(ws: Workspace) -> dict[str, Any]:
    """Make the tables `mrr_movements`, `subscription_value` and, beside `order_value`, `customer_value`; a run calls it once.

    Returns:
        What the run writes down as `facts["subscriptions"]`: totals, the retention models, and whether renewals stand among the
        orders. Questions asked later find the models there and do not fit them again.
    """
    table = given(ws)
    ws.engine.create("mrr_movements", movements(table, ws.as_of), order_by=["customer_id", "day"])
    c, groups = learned(ws)
    found = valued(ws, c, groups)
    worth = ws.engine.load("subscription_value", by_customer(c, found))
    return {
        "contracts": len(c),
        "running": int(c.running.sum()),
        "value": found.total,
        "models": [group.to_dict() for group in groups],
        "renewals_in_orders": _together(ws, table, worth),
    }


def _together(ws: Workspace, table: Table, worth: Table) -> dict[str, Any] | None:
    """The table `customer_value`, and what was decided about renewals; nothing without valued orders."""
    if not ws.has("order_value") or not ws.has("orders"):
        return None
    orders, paid = ws.table("orders"), stretches(table, ws.as_of)
    counted = ws.engine.row(both.bills_found(orders, paid, ws.as_of))
    there, why = both.decided(ws.settings.renewals, counted["bills"], counted["found"])
    again = both.renewal_orders(orders, paid) if there else None
    query = both.one_value(ws.table("order_value"), worth, again, paid, _margin(ws), ws.as_of)
    ws.engine.create("customer_value", query, order_by=["customer_id"])
    return {"in_orders": there, "why": why}


def given(ws: Workspace) -> Table:
    """The table of subscriptions.

    Raises:
        DataError: if the workspace has none.
    """
    if not ws.has("subscriptions"):
        raise DataError(
            "This workspace has no table of subscriptions.",
            hint="Give one with the orders: lifeworth run ORDERS --table subscriptions=FILE",
        )
    return ws.table("subscriptions")


def learned(ws: Workspace) -> tuple[Contracts, tuple[Group, ...]]:
    """The contracts, and their retention models: those the run wrote down where it did, else fitted now."""
    rows = ws.engine.arrow(ordered(stretches(given(ws), ws.as_of)))
    found = contracts(rows, ws.as_of)
    said = ws.facts.get("subscriptions") or {}
    return found, again(found, said.get("models", ())) or learn(found)


def valued(ws: Workspace, c: Contracts, groups: tuple[Group, ...]) -> Valuation:
    """What the contracts are worth on the terms of the run: its horizon, discount and margin."""
    discount = ws.facts.get("settings", {}).get("discount", ws.settings.discount)
    terms = Terms(horizon_of(ws).after(ws.as_of), Rate(discount), _margin(ws), ws.settings.seed)
    return value(c, groups, terms)


def horizon_of(ws: Workspace) -> Period:
    """How far ahead the run looked."""
    return Period.parse(ws.horizon)


def _margin(ws: Workspace) -> float:
    said = ws.facts.get("value", {}).get("margin", ws.settings.margin)
    return 1.0 if said is None else float(said)
