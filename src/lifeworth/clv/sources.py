"""What customers' value comes from where there are orders and contracts: both parts and the whole, so far and to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifeworth.report.spec import Column, Table

OF_ORDERS = (
    "High-value customers and what moves customer equity are told from the order model. What contracts bring is not in these "
    "figures, renewals only where they stand among the orders."
)


def table(parts: Mapping[str, Any], equity: Mapping[str, float] | None, *, horizon: str, what: str) -> Table:
    """Orders, contracts and both: customers, what they have brought, what they are expected to bring.

    Args:
        parts: `clv.value.Parts` as plain values.
        equity: Customer equity; None where orders could not be predicted.
        horizon: In words.
        what: What a value is made of: "margin" or "revenue".
    """
    whole = None if equity is None else equity["value"]
    orders, contracts = parts["orders"], parts["contracts"]

    def share(amount: float | None) -> float | None:
        return None if not whole or amount is None else amount / whole

    rows = (
        ("Orders", parts["buyers"], parts["historic_orders"], orders, share(orders)),
        ("Contracts", parts["subscribers"], parts["historic_contracts"], contracts, share(contracts)),
        (
            "Both together",
            parts["buyers"] + parts["only_subscribe"],
            parts["historic_orders"] + parts["historic_contracts"],
            whole,
            share(whole),
        ),
    )
    columns = (
        Column("source", "Where it comes from"),
        Column(
            "customers", "Customers", "count", "who have ordered; with a contract that runs; and all who did either"
        ),
        Column("historic", "Historic CLV", "money", f"{what} brought so far"),
        Column("predicted", f"Predicted CLV, {horizon}", "money", f"{what} expected, discounted"),
        Column("share", "Share of predicted", "percent", bar=True),
    )
    caption = (
        f"{parts['only_subscribe']:,} customers have, or had, a contract and have never ordered. A renewal that also stands among the orders "
        "counts once; customer_value.csv has both parts of every customer."
    )
    if whole is None:
        caption += " Orders could not be predicted, so the value of both together is not known."
    return Table("One value from orders and contracts", columns, rows, caption, emphasis=(2,))
