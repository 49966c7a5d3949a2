"""Value tiers: customers ranked by value and cut at stated shares of the customer base."""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import IntegerColumn, StringColumn, Table

TIERS: tuple[tuple[str, float], ...] = (
    ("Platinum", 0.01),
    ("Gold", 0.05),
    ("Silver", 0.10),
    ("Bronze", 0.25),
    ("Medium", 0.50),
    ("Low", 1.00),
)
"""Name and upper end of its share of customers, from the top: the cut points Amperity made customary."""


def value_tiers(values: Table, by: str) -> Table:
    """One row a customer: `customer_id`, `value_tier`, ranked by the column `by` from the highest down.

    Customers of equal value are told apart by their id, so that a tier always holds the share its name says; with
    fewer customers than a cut point can split, the upper tiers hold at least the first customer of their share.
    """
    ranked = values.select("customer_id", place=place(values, by), customers=values.count().as_scalar())
    return ranked.select("customer_id", value_tier=tier(ranked))


def place(values: Table, by: str) -> IntegerColumn:
    """The rank of each customer by the column `by`, from 1 for the highest; equals are told apart by their id."""
    order = [values[by].fill_null(0.0).desc(), values["customer_id"]]
    return cast("IntegerColumn", ibis.row_number().over(order_by=order) + 1)


def tier(ranked: Table) -> StringColumn:
    """The tier of each row by its `place` among all `customers`."""
    share = ranked["place"] / ranked["customers"]
    branches = [(share <= end + 1e-12, name) for name, end in TIERS[:-1]]
    return cast("StringColumn", ibis.cases(*branches, else_=TIERS[-1][0]))
