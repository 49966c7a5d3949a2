"""Value of referred customers, credited to who brought them: what one gains the other gives, so it adds up to nothing.

A stated share of what a referred customer is worth net of their own costs moves to the customer who brought them, where it is
above zero. Only a customer's own worth moves, never what they were credited themselves: a chain of referrals counts once.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from lifeworth.economics.terms import total


def pairs(referrals: Table, known: Table) -> Table:
    """Referrals between two known customers who are not the same: `referrer_id`, `referred_id`."""
    kept = referrals.filter(referrals["referrer_id"] != referrals["referred_id"])
    kept = kept.semi_join(known.select(referrer_id="customer_id"), "referrer_id")
    kept = kept.semi_join(known.select(referred_id="customer_id"), "referred_id")
    # A customer is brought by one: the earliest who is named, of equal moments the smaller id.
    first = kept.mutate(
        place=ibis.row_number().over(group_by=kept["referred_id"], order_by=[kept["referred_at"], kept["referrer_id"]])
    )
    return first.filter(first["place"] == 0).select("referrer_id", "referred_id")


def referral_value(found: Table, worth: Table, share: float) -> Table:
    """One row a customer with any: `customer_id`, `referral_value` (received less given; all of them sum to 0).

    Args:
        found: As from `pairs`.
        worth: `customer_id`, `own` (float): what each is worth net of their own costs.
        share: Part of it that moves.
    """
    moved = found.join(worth, found["referred_id"] == worth["customer_id"])
    moved = moved.select("referrer_id", "referred_id", amount=ibis.greatest(moved["own"], 0.0) * share)
    received = moved.select(customer_id=moved["referrer_id"], amount=moved["amount"])
    given = moved.select(customer_id=moved["referred_id"], amount=-moved["amount"])
    rows = received.union(given)
    return rows.group_by("customer_id").agg(
        referral_value=total(rows["amount"]),
    )
