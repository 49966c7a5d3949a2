"""Every table beside orders with the kinds of export it may come as."""

from __future__ import annotations

from dataclasses import replace

from lifeworth.data.beside import finishing
from lifeworth.data.beside.layout import MEASURE, WHOLE, Layout, plain
from lifeworth.data.beside.subscriptions.exports import EXPORTS
from lifeworth.data.beside.synonyms import words_of
from lifeworth.data.contract import Contract
from lifeworth.data.contracts import CUSTOMERS
from lifeworth.data.further import FURTHER
from lifeworth.data.sources.plan import TEXT

GIVEN: dict[str, Contract] = {CUSTOMERS.name: CUSTOMERS, **FURTHER}
"""Every table a person may hand in beside orders."""

MONEY_COLUMN = {"subscriptions": "mrr", "marketing_spend": "amount", "service_costs": "amount", "assignments": "cost"}
"""The column whose sum is held against the source."""

DAY_COLUMN = {
    "subscriptions": "started_at", "marketing_spend": "spent_on", "service_costs": "incurred_at", "touchpoints": "occurred_at",
    "milestones": "reached_at", "tickets": "opened_at", "feedback": "given_at", "referrals": "referred_at",
    "assignments": "assigned_at", "observations": "observed_on",
}  # fmt: skip
"""The day a row belongs to; products and customers have none."""

CLOSED: dict[str, dict[str, tuple[str, ...]]] = {
    "marketing_spend": {"purpose": ("acquisition", "retention")},
    "assignments": {"arm": ("treated", "control")},
    "feedback": {"kind": ("nps", "csat", "ces", "review")},
    "subscriptions": {
        "status": ("active", "past_due", "trialing", "unpaid", "paused", "ended"),
        "interval": ("day", "week", "month", "year"),
    },
}
"""Columns that know a few words only; others are told."""


def layouts_of(table: str) -> tuple[Layout, ...]:
    """The kinds of export a table may come as, the plain one last."""
    if table == "subscriptions":
        return EXPORTS
    contract, words = GIVEN[table], words_of(table)
    if table == "tickets":
        spare = {"status": TEXT, "reopens": WHOLE, "csat": TEXT}
        durations = dict.fromkeys(
            ("first_reply_minutes", "first_reply_hours", "resolution_minutes", "resolution_hours"), MEASURE
        )
        return (plain(contract, words, finishing.tickets, **spare, **durations),)
    if table == "feedback":
        layout = plain(contract, words, finishing.feedback, nps=WHOLE, csat=WHOLE, ces=WHOLE, stars=WHOLE)
        needs = (("given_at",), ("kind", "nps", "csat", "ces", "stars"), ("score", "nps", "csat", "ces", "stars"))
        return (replace(layout, needs=needs),)
    if table == "customers":
        return (replace(plain(contract, words), keeps_rest=True),)
    finish = {"marketing_spend": finishing.marketing_spend, "assignments": finishing.assignments}.get(table)
    return (plain(contract, words, finish),)
