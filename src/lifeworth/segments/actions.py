"""What one can ask of the groups of customers."""

from __future__ import annotations

from ibis.expr.types import Column

from lifeworth.report.spec import Page
from lifeworth.segments import page
from lifeworth.workspace import Workspace


def segments(ws: Workspace) -> Page:
    """Value tiers, RFM groups and lifecycle status: how many customers, what they brought, what they are predicted to bring."""
    scored = ws.table("customers_scored")
    groups = {}
    for column in ("value_tier", "rfm_segment", "lifecycle_status"):
        table = scored.group_by(group=scored[column]).agg(
            customers=scored.count(),
            historic=_sum(scored.historic_clv),
            predicted=_sum(scored.predicted_clv),
            orders=scored.orders.mean(),
            churn=_sum(scored.churn_probability) / scored.churn_probability.count(),
        )
        groups[column] = ws.engine.arrow(table).to_pylist()
    return page.segments(groups, as_of=ws.as_of, currency=ws.currency, horizon=ws.horizon)


def _sum(figures: Column) -> Column:
    """A sum that does not depend on the order in which threads add: exact to nine places, then a float again."""
    return figures.cast("decimal(38, 9)").sum().cast("float64")
