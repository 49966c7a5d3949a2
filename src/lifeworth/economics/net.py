"""Net value of every customer: margin − acquisition − serving − retention + referral value, each term with its source.

So far and expected within the horizon stand in columns of their own. Expected costs go on as they were in the last twelve months:
serving by the order, retention by the customer and year for as long as the customer is alive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.data.contract import MONEY
from lifeworth.economics import acquisition, bearing
from lifeworth.economics.lines import Line, Net
from lifeworth.economics.terms import Terms, total
from lifeworth.engine.base import Engine
from lifeworth.settings import Assumptions

COLUMNS = {
    "historic_margin": "margin brought so far",
    "predicted_margin": "margin expected within the horizon, discounted",
    "acquisition_cost": "cost to win the customer",
    "serving_cost": "cost of serving so far",
    "expected_serving_cost": "cost of serving expected within the horizon",
    "retention_cost": "retention spend so far",
    "expected_retention_cost": "retention spend expected within the horizon",
    "referral_value": "credited for customers brought, less what is owed for having been brought",
}
"""Terms of net value: columns of the table `net_value`, before `net_clv`."""

SIGNS = {name: -1 if name.endswith("cost") else 1 for name in COLUMNS}
CENT = 0.01
NEEDED = ("marketing_spend", "service_costs", "tickets", "referrals", "assignments")
"""Tables that make a value net."""


def has_basis(names: Collection[str], assumptions: Assumptions) -> bool:
    """Whether anything makes value net: one of the tables `NEEDED`, or an assumption about a cost."""
    assumed = any(value is not None for name, value in assumptions if name != "referral_share")
    return assumed or any(name in names for name in NEEDED)


def net(engine: Engine, tables: Mapping[str, Table], terms: Terms) -> Net:
    """Make the table `net_value` and sum it up.

    Args:
        engine: Where the tables are.
        tables: `customers_scored`, `history`, `purchase_days`, `orders`, `customers`, and those of `NEEDED` that there are; where
            there are subscriptions too, `customer_value` and `mrr_movements`.
        terms: Day, horizon, margin, discount, assumptions.
    """
    notes: list[str] = []
    firsts = acquisition.first_days(tables["history"], tables.get("mrr_movements"))
    won = engine.create("_won", acquisition.won(firsts, tables["customers"]))
    people = _worth(tables, terms)
    people, bought = bearing.with_acquisition(engine, people, tables, won, terms, notes)
    people, served = bearing.with_serving(engine, people, tables, terms)
    people, kept = bearing.with_retention(engine, people, tables, terms)
    own = sum(SIGNS[name] * people[name] for name in COLUMNS if name in people.columns)
    people = engine.create("_net", people.mutate(own=own))
    people, referred = bearing.with_referrals(engine, people, tables, terms)
    everything = sum(SIGNS[name] * people[name] for name in COLUMNS)
    table = engine.create(
        "net_value",
        people.select(
            "customer_id",
            **{name: people[name].cast("float64") for name in COLUMNS},
            net_clv=everything.cast("float64"),
        ),
        order_by=["customer_id"],
    )
    sums = engine.row(
        table.aggregate(
            customers=table.count(),
            below=(table["net_clv"] < 0).sum().fill_null(0).cast("int64"),
            **{name: total(table[name]) for name in COLUMNS},
        )
    )
    of = "orders and subscriptions" if "customer_value" in tables else "orders"
    said = {
        **bought, **served, **kept, **referred,
        "historic_margin": (
            sums["historic_margin"] + _margin_of_nobody(engine, tables, terms),
            f"{of}; margin: {terms.margin_source}",
            True,
        ),
        "predicted_margin": (None, f"the fitted models of {of}", True),
    }  # fmt: skip
    lines = tuple(_line(name, sums[name], *said[name]) for name in COLUMNS)
    engine.drop("_won", "_net", "_serving", "_retention", "_referred")
    return Net(lines, sums["customers"], sums["below"], tuple(notes))


def _line(name: str, shared: float, company: float | None, source: str, known: bool) -> Line:
    """A term with what stays with the company: the difference to its total, which rounding alone does not make."""
    left = None if company is None else company - shared
    if left is not None and abs(left) < CENT / 2:
        left = 0.0
    title = COLUMNS[name]
    return Line(name, title[0].upper() + title[1:], SIGNS[name], shared, left, source, known=known)


def _worth(tables: Mapping[str, Table], terms: Terms) -> Table:
    """Margin of every customer, so far and expected, of orders and subscriptions; P(alive) and orders ahead of those who order."""
    scored = tables["customers_scored"]
    of_orders = scored.mutate(bring=scored["predicted_clv"])
    if "customer_value" in tables:
        # What contracts bring is no order to serve; a renewal that is an order is one.
        parts = tables["customer_value"].select(owner="customer_id", bring="order_model_clv")
        of_orders = scored.left_join(parts, [("customer_id", "owner")])
    known = of_orders.select(
        "customer_id",
        historic_margin="historic_clv",
        predicted_margin="predicted_clv",
        alive="probability_alive",
        ahead=_orders_ahead(of_orders, terms),
    )
    amounts = ("historic_margin", "predicted_margin", "alive", "ahead")
    return known.select("customer_id", **{name: known[name].fill_null(0.0) for name in amounts})


def _orders_ahead(scored: Table, terms: Terms) -> Any:
    """Discounted orders within the horizon, told from what they `bring`; without value, the orders themselves."""
    each = scored["expected_order_value"] * terms.margin
    told = ibis.ifelse(each > 0, scored["bring"] / each, ibis.null("float64"))
    return ibis.coalesce(told, scored["expected_orders"], ibis.literal(0.0))


def _margin_of_nobody(engine: Engine, tables: Mapping[str, Table], terms: Terms) -> float:
    """Margin of orders that name no customer, or one of whom nothing is left."""
    orders, refunds = tables["orders"], tables.get("refunds")
    nobody = orders.anti_join(tables["history"].select("customer_id"), "customer_id")
    revenue = nobody["net_revenue"].fill_null(ibis.literal(0, MONEY)).cast("float64") * terms.margin
    own = nobody["margin"].cast("float64")
    bought = ibis.coalesce(own, revenue) if terms.margin_of_orders else revenue
    amount = float(engine.row(nobody.aggregate(n=total(bought)))["n"])
    if refunds is None:
        return amount
    loose = refunds.filter(refunds["order_id"].isnull())
    loose = loose.anti_join(tables["history"].select("customer_id"), "customer_id")
    revenue = loose["amount"].cast("float64") * terms.margin
    own = loose["margin"].cast("float64")
    back = ibis.coalesce(own, revenue) if terms.margin_of_orders else revenue
    return amount - float(engine.row(loose.aggregate(n=total(back)))["n"])
