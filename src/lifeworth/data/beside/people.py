"""Customers as orders show them, with what a customer table says of them: it goes before, and its other columns stay."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from lifeworth.data.contracts import CUSTOMERS
from lifeworth.engine.base import Engine

TOLD = "customers_told"
"""The customer table as it was handed in, also of those who have not ordered."""


def join_told(engine: Engine, customers: Table) -> Table:
    """The table `customers`: who has ordered, each with what was told of them.

    Since when, through which channel and from where a customer came is what the customer table says, and where it says
    nothing what the orders do. Nobody is added: who has not ordered is no customer yet.

    Args:
        engine: Where `customers_told` is; without it the customers stay as they are.
        customers: Who has ordered.
    """
    if TOLD not in engine.tables():
        return customers
    told = engine.table(TOLD)
    further = [name for name in told.columns if name not in CUSTOMERS.columns]
    mine = told.select(
        told_id="customer_id", **{f"told_{name}": told[name] for name in told.columns if name != "customer_id"}
    )
    met = customers.left_join(mine, customers["customer_id"] == mine["told_id"])
    own = [name for name in CUSTOMERS.columns if name != "customer_id"]
    joined = met.select(
        "customer_id",
        **{name: ibis.coalesce(met[f"told_{name}"], met[name]) for name in own},
        **{name: met[f"told_{name}"] for name in further},
    )
    # The view of the orders' customers makes way only when its rows stand elsewhere.
    engine.create("_customers_joined", joined)
    made = engine.create(CUSTOMERS.name, engine.table("_customers_joined"))
    engine.drop("_customers_joined")
    return made


def alone(engine: Engine, subscriptions: Table) -> Table:
    """The table `customers` of a company without orders: who has ever subscribed, from the first day of it.

    Args:
        engine: Where `customers_told` may be, and where `customers` comes to be.
        subscriptions: The table of the house.
    """
    known = subscriptions.group_by("customer_id").agg(acquired_at=subscriptions["started_at"].min().cast("timestamp"))
    made = known.mutate(acquisition_channel=ibis.null("string"), country=ibis.null("string"))
    engine.create(CUSTOMERS.name, made.select(*CUSTOMERS.columns))
    return join_told(engine, engine.table(CUSTOMERS.name))
