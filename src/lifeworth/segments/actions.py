"""What one can ask of the groups of customers."""

from __future__ import annotations

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
            historic=scored.historic_clv.sum(),
            predicted=scored.predicted_clv.sum(),
            orders=scored.orders.mean(),
            churn=scored.churn_probability.mean(),
        )
        groups[column] = ws.engine.arrow(table).to_pylist()
    return page.segments(groups, as_of=ws.as_of, currency=ws.currency, horizon=str(ws.settings.horizon))
