"""Ways to tell customers apart: where they came from, when, by which campaign, and the groups they are in.

Every one is a table `owner` -> `member`: each customer once, so that the parts of a company add up to the whole. What is
nobody's, or of somebody of whom it is not known, is a part of its own.
"""

from __future__ import annotations

from typing import Literal

import ibis
from ibis.expr.types import Table

from lifeworth.errors import DataError, OptionError, near
from lifeworth.features.months import month_of
from lifeworth.kpis.sources import Tables

Dimension = Literal["company", "period", "cohort", "segment", "channel", "campaign"]
GROUPED = ("cohort", "segment", "channel", "campaign")
"""The dimensions that tell customers apart."""

WORDS: dict[str, str] = {
    "cohort": "month of the first purchase",
    "segment": "group of the customer on the as-of day",
    "channel": "channel the customer was acquired through",
    "campaign": "campaign of the last contact before the first purchase",
}
UNKNOWN = "(not known)"
"""The part of those of whom it is not known, and of what is nobody's."""


def members(tables: Tables, by: str, segment: str = "value_tier") -> Table:
    """Each customer with the part of the company they belong to: `owner`, `member`.

    Args:
        tables: Where the customers are.
        by: A dimension of `GROUPED`.
        segment: Which groups, for "segment": a text column of customers.csv.

    Raises:
        OptionError: if there are no such groups.
        DataError: if the data do not tell customers apart this way.
    """
    if by == "channel":
        people = tables.table("customers")
        return people.select(owner="customer_id", member="acquisition_channel")
    if by == "cohort":
        past = tables.table("history")
        return past.select(owner=past["customer_id"], member=month_of(past["first_day"]))
    if by == "campaign":
        return _campaigns(tables)
    scored = tables.table("customers_scored")
    groups = [name for name in scored.columns if scored[name].type().is_string() and name != "customer_id"]
    if segment not in groups:
        raise OptionError(f'Customers have no groups "{segment}".', allowed=groups, hint=near(segment, groups) or None)
    return scored.select(owner="customer_id", member=segment)


def _campaigns(tables: Tables) -> Table:
    """The campaign of the last contact up to the first purchase, found by customer, or by the visitor they turned out to be."""
    if not tables.has("touchpoints"):
        raise DataError(
            "Nothing says which campaign brought whom.",
            hint="Add the table touchpoints: lifeworth run ORDERS --table touchpoints=FILE",
        )
    touches, past = tables.table("touchpoints"), tables.table("history")
    both = touches.filter(touches["visitor_id"].notnull(), touches["customer_id"].notnull())
    # A browser that several customers used is the one's who was seen with it first.
    known = both.group_by(visitor=both["visitor_id"]).agg(found=both["customer_id"].argmin(both["occurred_at"]))
    named = touches.filter(touches["campaign"].notnull())
    named = named.left_join(known, named["visitor_id"] == known["visitor"])
    named = named.select(
        who=ibis.coalesce(named["customer_id"], named["found"]), campaign="campaign", at=named["occurred_at"]
    )
    came = past.select(owner="customer_id", came="first_day")
    led = came.inner_join(named, (came["owner"] == named["who"]) & (named["at"].date() <= came["came"]))
    # Of two at the same moment the first by name, so that the answer does not depend on the order of rows.
    newest = led.group_by("owner").agg(newest=led["at"].max()).select(newest_of="owner", newest="newest")
    last = led.inner_join(newest, (led["owner"] == newest["newest_of"]) & (led["at"] == newest["newest"]))
    found = last.group_by("owner").agg(member=last["campaign"].min())
    everyone = came.select(customer="owner").left_join(found, ibis._["customer"] == found["owner"])
    return everyone.select(owner="customer", member="member")


def label(member: object, by: str) -> str:
    """A part of the company as a reader is told it."""
    if member is None:
        return UNKNOWN
    return f"{member:%Y-%m}" if by == "cohort" else str(member)
