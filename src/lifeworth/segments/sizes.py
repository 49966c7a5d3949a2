"""How large the groups of a scheme are, and what they are worth: sizes and values add up to the whole."""

from __future__ import annotations

from ibis.expr.types import Table

from lifeworth.features.sums import exact

FIGURES = ("historic_clv", "predicted_clv", "orders", "churn_probability")


def sizes(assigned: Table, scored: Table) -> Table:
    """One row a group: `group`, `customers`, `historic`, `predicted` (sums), `orders`, `churn` (means).

    Args:
        assigned: `customer_id`, `segment`; a customer without a score (a prospect) counts as one without value.
        scored: The table `customers_scored`.
    """
    worth = scored.select("customer_id", *FIGURES).rename(owner="customer_id")
    joined = assigned.left_join(worth, [("customer_id", "owner")])
    return of_column(joined, "segment")


def of_column(scored: Table, column: str) -> Table:
    """As `sizes`, for groups that stand in a column beside the scores."""
    return scored.group_by(group=scored[column]).agg(
        customers=scored.count(),
        historic=exact(scored["historic_clv"]),
        predicted=exact(scored["predicted_clv"]),
        orders=scored["orders"].mean(),
        churn=exact(scored["churn_probability"]) / scored["churn_probability"].count(),
    )
