"""Words that say how a subscription stands and why it ended, each system's own brought to those of the house."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import BooleanColumn, Column

PAYMENT = "payment failed"
"""The reason of an end that nobody asked for."""

STATUS: dict[str, tuple[str, ...]] = {
    "active": ("active", "live", "running", "current", "in_progress", "enabled", "renewing", "future"),
    "past_due": ("past_due", "past due", "pastdue", "overdue", "dunning", "in dunning", "delinquent"),
    "trialing": ("trialing", "trial", "in_trial", "in trial", "on trial", "trialling"),
    "unpaid": ("unpaid",),
    "paused": ("paused", "on hold", "on-hold", "on_hold", "suspended", "frozen", "skipped", "pending pause"),
    "ended": (
        "ended", "canceled", "cancelled", "expired", "inactive", "terminated", "churned", "closed", "deleted", "lapsed",
        "non_renewing_ended",
    ),
}  # fmt: skip

NEVER_PAID = ("incomplete", "incomplete_expired", "pending", "draft")
"""Statuses of what never became a subscription, because its first payment was not made."""

ENDED_BY: dict[str, tuple[str, ...]] = {
    "customer": (
        "customer", "voluntary", "user", "client", "subscriber", "cancellation_requested", "cancelled by customer",
        "canceled by customer", "customer request", "requested",
    ),
    "payment": (
        "payment", "involuntary", "payment_failed", "payment failed", "failed payment", "payment_disputed", "dunning",
        "card declined", "nonpayment", "non-payment", "delinquent", "chargeback", "billing",
    ),
    "trial": ("trial", "trial ended", "trial_ended", "trial expired"),
    "upgrade": ("upgrade", "upgraded"),
    "downgrade": ("downgrade", "downgraded"),
    "pause": ("pause", "paused"),
    "other": ("other", "merchant", "admin", "system", "business"),
}  # fmt: skip

_FAILED = r"payment|charge attempt|card|declin|delinquen|dunning|insufficient|chargeback|dispute"


def status_of(word: Column) -> Column:
    """How a subscription stands; a word nobody knows stays as it is, in small letters."""
    return _canonical(word, STATUS)


def ended_by_of(word: Column) -> Column:
    """Who or what ended a subscription; a word nobody knows is `other`."""
    text = word.lower().strip()
    return ibis.ifelse(text.isnull(), ibis.null("string"), _canonical(word, ENDED_BY, otherwise="other"))


def is_failed_payment(reason: Column) -> BooleanColumn:
    """Whether a reason speaks of money that could not be had."""
    return reason.lower().re_search(_FAILED).fill_null(False)


def _canonical(word: Column, words: dict[str, tuple[str, ...]], otherwise: Any = None) -> Column:
    text = word.lower().strip()
    cases = [(text.isin(known), name) for name, known in words.items()]
    return ibis.cases(*cases, else_=text if otherwise is None else otherwise)
