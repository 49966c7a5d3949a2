"""Retention spend shared out among the customers it was meant for.

What a campaign cost for a customer is taken from the table of assignments where that states it. All other retention spend of a
month is borne in equal parts by the customers who had bought within the twelve months before it: those one could still keep.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from lifeworth.economics.acquisition import key
from lifeworth.economics.terms import total
from lifeworth.features.history import up_to
from lifeworth.features.months import month_number, number_of

PURPOSE = "retention"
KEPT_IN_MIND = 12
"""Months after a purchase in which a customer counts as one to be kept."""


def campaigns_by_customer(assignments: Table, as_of: date) -> Table:
    """What campaigns cost for each customer they reached: `customer_id`, `day`, `amount`."""
    reached = assignments.filter(up_to(assignments["assigned_at"], as_of), assignments["cost"] > 0)
    return reached.select("customer_id", day=reached["assigned_at"].date(), amount=reached["cost"].cast("float64"))


def general_spend(spend: Table, assignments: Table | None, as_of: date) -> Table:
    """Retention spend no customer is named for: `number` of the month, `amount`.

    A campaign whose cost stands with its assignments is left out: it is counted there.
    """
    kept = spend.filter(
        spend["purpose"].lower() == PURPOSE, spend["spent_on"] <= ibis.literal(as_of), spend["amount"].notnull()
    )
    if assignments is not None:
        named = assignments.filter(assignments["cost"] > 0)
        named = named.select(named=key(named["campaign_id"])).distinct()
        keyed = kept.mutate(campaign_key=key(kept["campaign"]))
        kept = keyed.anti_join(named, keyed["campaign_key"] == named["named"])
    return kept.group_by(number=month_number(kept["spent_on"])).agg(amount=kept["amount"].sum().cast("float64"))


def spans(days: Table, as_of: date) -> Table:
    """Months in which customers are to be kept, without overlap: `customer_id`, `low`, `high` (month numbers, both included).

    Args:
        days: The table `purchase_days`.
        as_of: No month after its month is named.
    """
    bought = days.select("customer_id", number=month_number(days["day"])).distinct()
    after = bought["number"].lead().over(group_by=bought["customer_id"], order_by=bought["number"])
    until = ibis.least(bought["number"] + KEPT_IN_MIND, after.fill_null(2**31), number_of(as_of))
    found = bought.select("customer_id", low=bought["number"] + 1, high=until)
    return found.filter(found["low"] <= found["high"])


def retention_cost(general: Table | None, times: Table, named: Table | None, since: date) -> Table:
    """One row a customer with any: `customer_id`, `retention_cost`, and `lately`, the part of it in the months after `since`.

    Args:
        general: As from `general_spend`.
        times: As from `spans`.
        named: As from `campaigns_by_customer`, where there are any.
        since: Month after which a cost is of late, by any day in it.
    """
    parts = [] if general is None else [_shared_out(general, times, since)]
    if named is not None:
        late = ibis.ifelse(month_number(named["day"]) > number_of(since), named["amount"], 0.0)
        parts.append(named.select("customer_id", "amount", late=late))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return rows.group_by("customer_id").agg(retention_cost=total(rows["amount"]), lately=total(rows["late"]))


def _shared_out(general: Table, times: Table, since: date) -> Table:
    """`customer_id`, `amount`, `late`: each span with the spend of its months, a customer's equal part of each."""
    alike = times.group_by("low", "high").agg(heads=times.count())
    met = alike.join(general, [alike["low"] <= general["number"], alike["high"] >= general["number"]])
    kept = met.group_by("number").agg(heads=met["heads"].sum(), amount=met["amount"].max())
    rates = kept.select("number", rate=kept["amount"] / kept["heads"])
    borne = alike.join(rates, [alike["low"] <= rates["number"], alike["high"] >= rates["number"]])
    late = ibis.ifelse(borne["number"] > number_of(since), borne["rate"], 0.0)
    each = borne.group_by("low", "high").agg(amount=borne["rate"].sum(), late=late.sum())
    return times.join(each, ["low", "high"]).select("customer_id", "amount", "late")
