"""Contracts of a customer, and the terms of net value, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.dashboard import pieces
from lifeworth.dashboard.render.page import Takes, block
from lifeworth.report.spec import Column, Table

TERMS: dict[str, tuple[str, int, str]] = {
    "historic_margin": ("Margin brought so far", 1, "orders and contracts"),
    "predicted_margin": ("Margin expected", 1, "within the horizon, discounted"),
    "acquisition_cost": ("Cost to win the customer", -1, "acquisition spend of the month and channel, a head"),
    "serving_cost": ("Cost of serving so far", -1, "requests, returns, shipping, fees"),
    "expected_serving_cost": ("Cost of serving expected", -1, "as in the last twelve months, an order"),
    "retention_cost": ("Retention spend so far", -1, "campaigns to present customers"),
    "expected_retention_cost": ("Retention spend expected", -1, "as in the last twelve months, a year"),
    "referral_value": ("Credit for referrals", 1, "of customers brought, less what is owed for having been brought"),
}
"""Title, sign and meaning of each term, in the order of the sum."""


def tables(
    contracts: Sequence[Mapping[str, Any]], terms: Mapping[str, Mapping[str, Any]], as_of: date
) -> dict[str, Table]:
    """What there is, by the name it is taken along under."""
    found = {}
    if contracts:
        found["contracts"] = _contracts(contracts, terms.get("subscription_value"), as_of)
    if "net_value" in terms:
        found["net"] = _net(terms["net_value"])
    return found


def blocks(found: Mapping[str, Table], currency: str, exports: Takes) -> list[Any]:
    """These tables, drawn."""
    return [block(one, currency, name, exports=exports) for name, one in found.items()]


def _contracts(contracts: Sequence[Mapping[str, Any]], value: Mapping[str, Any] | None, as_of: date) -> Table:
    columns = (
        Column("plan", "Plan"), Column("interval", "Billed"), Column("mrr", "MRR", "money"), Column("from", "From", "date"),
        Column("to", "To", "date"), Column("why", "How it stands"),
    )  # fmt: skip
    rows = []
    for one in contracts:
        end = one.get("ended_at")
        stands = (
            "running" if end is None else f"ended, {_reason(one)}" if end <= as_of else f"ends soon, {_reason(one)}"
        )
        rows.append((one.get("plan"), one.get("interval"), one.get("mrr"), one["started_at"], end, stands.rstrip(", ")))
    caption = ""
    if value is not None and value.get("probability_active_at_horizon") is not None:
        caption = f"Running contracts are expected to last to the end of the horizon with {value['probability_active_at_horizon']:.0%}."
    return pieces.table("Contracts", columns, rows, caption=caption)


def _reason(one: Mapping[str, Any]) -> str:
    return ", ".join(str(one[name]) for name in ("ended_by", "cancel_reason") if one.get(name)).replace("_", " ")


def _net(net: Mapping[str, Any]) -> Table:
    columns = (Column("term", "Term"), Column("amount", "Amount", "money"), Column("what", "What it is"))
    rows: list[tuple[Any, ...]] = [
        (title, sign * float(net[name]), about) for name, (title, sign, about) in TERMS.items() if net.get(name)
    ]
    rows.append(("Net CLV", float(net["net_clv"]), "the sum"))
    return pieces.table(
        "From margin to net value",
        columns,
        rows,
        caption="Terms that are nothing are left out; the rest add up.",
        emphasis=(len(rows) - 1,),
    )
