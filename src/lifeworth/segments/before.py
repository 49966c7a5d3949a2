"""The groups every run works out, as they were on an earlier day: the table `segments_before`."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from lifeworth.engine.base import Engine
from lifeworth.segments.groups import groups
from lifeworth.segments.known import Known
from lifeworth.segments.lifecycle import usual_gap


def segments_before(engine: Engine, known: Known) -> Table:
    """One row a customer of that day: `customer_id`, `as_of`, `value_tier`, `rfm_segment`, `lifecycle_status`.

    Tiers are cut by net revenue up to the day, as no prediction of that day is at hand.

    Args:
        engine: Where the tables are; it is asked for one number, the base's usual gap.
        known: Customers as they were known on the day.
    """
    past = known.history
    found = groups(past, "revenue", engine.row(usual_gap(past))["gap"])
    return found.mutate(as_of=ibis.literal(known.as_of)).select(
        "customer_id", "as_of", "value_tier", "rfm_segment", "lifecycle_status"
    )
