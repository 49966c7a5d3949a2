"""Monthly recurring revenue from stretches of subscriptions: which days are paid for, and every change of a customer's MRR.

A movement is one row a customer and day whose MRR changed, so that stocks and flows are sums over one table: MRR on a day
is the sum of all changes up to it, and nothing is left over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.contract import MONEY

KINDS: dict[str, str] = {
    "new": "the first MRR a customer ever has",
    "expansion": "more MRR of a customer who had some before: an upgrade, seats, a second subscription, a discount that ends",
    "contraction": "less MRR, but some is left: a downgrade, fewer seats, one of several subscriptions cancelled",
    "churn": "the MRR of a customer of whom nothing is left",
    "reactivation": "MRR of a customer who once had some, and none just before",
}
"""Kinds of movement and what each is; every movement is of exactly one."""

CAUSES = ("voluntary", "involuntary", "other")
"""Why a customer is lost: asked for by them, a payment that failed, or neither (a pause, or nothing is said)."""
NOT_STATED = "not stated"
"""The plan of a subscription that names none."""
STOPPED = ("unpaid", "paused", "ended")
"""Statuses in which no money comes, though the row has no end yet."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How subscriptions are read, where tools and companies differ.

    Attributes:
        grain: Whose MRR it is: a customer's, or that of the account that pays for several.
        pauses: A pause is a gap (MRR 0: churn, later a reactivation), or "kept": where the subscription came back it ran on.
        discounts: MRR after all discounts, or "lasting": after those alone that have no end.
        churn: A subscription counts up to its end, or, with "request", to the day on which its end was asked for.
    """

    grain: Literal["customer", "account"] = "customer"
    pauses: Literal["gap", "kept"] = "gap"
    discounts: Literal["all", "lasting"] = "all"
    churn: Literal["end", "request"] = "end"


PLAIN = Reading()
"""A customer's MRR after all discounts, up to the day a subscription ends; a pause is a gap."""


def stretches(subscriptions: Table, as_of: date, reading: Reading = PLAIN) -> Table:
    """The days of each stretch that were paid for, as known at `as_of`: from the end of its trial to its own end.

    Metered subscriptions, those without MRR and those that ended before a day was paid for are no part of it. A stretch
    without an end of which it is known that it brings nothing (unpaid, paused, ended) ends where its end was asked for,
    else at `as_of`.

    Args:
        subscriptions: The table `subscriptions` of the house.
        as_of: Last day known, inclusive; nothing that happened later is told.
        reading: How subscriptions are read.

    Returns:
        `customer_id` (the account's id at that grain), `subscription_id`, `follows`, `plan`, `interval`, `interval_count`,
        `quantity`, `mrr` (money), `paid_from` (first paid day), `paid_to` (first day no longer paid; null while it runs),
        `leaving` (its end was asked for by `as_of` but is still to come), `leaves_on` (the day of that end, where it is known),
        `ended_by` (as stated; null while it runs), `cause` (of `CAUSES`; null while it runs).
    """
    told, today = _resumed(subscriptions, reading), ibis.literal(as_of)
    begins = ibis.greatest(told["started_at"], told["trial_ends_at"].fill_null(told["started_at"]))
    trying = (told["status"].fill_null("") == "trialing") & told["trial_ends_at"].isnull()
    ends = _ends(told, as_of, reading)
    read = told.mutate(
        who=told["account_id"].fill_null(told["customer_id"]) if reading.grain == "account" else told["customer_id"],
        begins=begins,
        ends=ends,
        money=_money(told, reading),
        runs=(ends > today).fill_null(True),
        reason=_cause(told),
    ).filter(~trying, ~told["metered"].fill_null(False))
    paid = read.filter(
        read["who"].notnull(),
        read["money"] > 0,
        read["begins"] <= today,
        read["ends"].isnull() | (read["ends"] > read["begins"]),
    )
    # An end that lies ahead is known only once it was asked for; of a day in the past the rows know more than anybody did.
    asked = paid["runs"] & (paid["canceled_at"] <= today).fill_null(False)
    no_day, no_word = ibis.null("date"), ibis.null("string")
    return paid.select(
        "subscription_id",
        "follows",
        customer_id=paid["who"],
        plan=paid["plan"].fill_null(NOT_STATED),
        interval=paid["interval"].fill_null("month"),
        interval_count=ibis.greatest(paid["interval_count"].fill_null(1), 1),
        quantity=paid["quantity"].fill_null(1),
        mrr=paid["money"].cast(MONEY),
        paid_from=paid["begins"],
        paid_to=ibis.ifelse(paid["runs"], no_day, paid["ends"]),
        leaving=asked,
        leaves_on=ibis.ifelse(asked, paid["ends"], no_day),
        ended_by=ibis.ifelse(paid["runs"], no_word, paid["ended_by"]),
        cause=ibis.ifelse(paid["runs"], no_word, paid["reason"]),
    )


def movements(subscriptions: Table, as_of: date, reading: Reading = PLAIN) -> Table:
    """Every change of a customer's MRR up to `as_of`: the table `mrr_movements`.

    MRR on a day is the sum of `change` up to it, for each customer and so for all; subscribers on a day are those new and
    reactivated less those churned up to it. What changes on one day is one row; a day whose changes cancel out is none.

    Args:
        subscriptions: The table `subscriptions` of the house.
        as_of: Last day known, inclusive.
        reading: How subscriptions are read.

    Returns:
        `customer_id`, `day`, `kind` (of `KINDS`), `change` (money, signed), `mrr_before`, `mrr_after` (money, of the whole
        customer), `plan` and `interval` (of the largest stretch that began that day where MRR rose, that ended where it
        fell), `cause` (of `CAUSES`, for churn; else null).
    """
    days = _days(stretches(subscriptions, as_of, reading))
    moved = days.filter(days["change"] != 0)
    life = ibis.window(group_by="customer_id", order_by="day")
    after = moved.mutate(
        mrr_after=moved["change"].sum().over(group_by="customer_id", order_by="day", rows=(None, 0)).cast(MONEY),
        place=ibis.row_number().over(life),
    )
    known = after.mutate(mrr_before=(after["mrr_after"] - after["change"]).cast(MONEY))
    up = known["change"] > 0
    kind = ibis.cases(
        (known["mrr_after"] == 0, "churn"),
        (known["place"] == 0, "new"),
        (known["mrr_before"] == 0, "reactivation"),
        (up, "expansion"),
        else_="contraction",
    )
    named = known.mutate(kind=kind)
    return named.select(
        "customer_id",
        "day",
        "kind",
        "change",
        "mrr_before",
        "mrr_after",
        plan=ibis.ifelse(up, named["plan_begun"], named["plan_ended"]),
        interval=ibis.ifelse(up, named["interval_begun"], named["interval_ended"]),
        cause=ibis.ifelse(named["kind"] == "churn", named["cause_ended"], ibis.null("string")),
    )


def plan_changes(subscriptions: Table, as_of: date, reading: Reading = PLAIN) -> Table:
    """Customers who left one plan for another on the same day: `customer_id`, `day`, `from_plan`, `to_plan`, `change` (money).

    Of several stretches that end or begin on the day the largest counts; `change` is that of the whole customer.
    """
    days = _days(stretches(subscriptions, as_of, reading))
    both = days.filter(days["plan_ended"] != days["plan_begun"])
    return both.select("customer_id", "day", "change", from_plan=both["plan_ended"], to_plan=both["plan_begun"])


def _days(paid: Table) -> Table:
    """Customer × day on which a stretch began or ended: the net change, and the largest stretch on either side."""
    begun = paid.select(
        "customer_id", "subscription_id", "plan", "interval", "mrr", "cause", day=paid["paid_from"], begins=True
    )
    over = paid.filter(paid["paid_to"].notnull())
    ended = over.select(
        "customer_id", "subscription_id", "plan", "interval", "mrr", "cause", day=over["paid_to"], begins=False
    )
    events = begun.union(ended)
    largest = ibis.window(
        group_by=["customer_id", "day", "begins"],
        order_by=[events["mrr"].desc(), "subscription_id", "plan", "interval", "cause"],
    )
    ranked = events.mutate(place=ibis.row_number().over(largest))
    first = ranked["place"] == 0
    rises, falls = first & ranked["begins"], first & ~ranked["begins"]
    return ranked.group_by(["customer_id", "day"]).agg(
        change=ibis.ifelse(ranked["begins"], ranked["mrr"], -ranked["mrr"]).sum().cast(MONEY),
        plan_begun=ranked["plan"].max(where=rises),
        plan_ended=ranked["plan"].max(where=falls),
        interval_begun=ranked["interval"].max(where=rises),
        interval_ended=ranked["interval"].max(where=falls),
        cause_ended=ranked["cause"].max(where=falls),
    )


def _resumed(subscriptions: Table, reading: Reading) -> Table:
    """The rows with `resumed`: the day on which the stretch that follows a pause begins, where pauses are kept."""
    if reading.pauses == "gap":
        return subscriptions.mutate(resumed=ibis.null("date"))
    after = subscriptions.filter(subscriptions["follows"].notnull())
    after = after.group_by(before=after["follows"]).agg(resumed=after["started_at"].min())
    return subscriptions.left_join(after, subscriptions["subscription_id"] == after["before"]).drop("before")


def _ends(told: Table, as_of: date, reading: Reading) -> Column:
    """First day no longer paid, also where it is still to come; null where none is known."""
    ends = told["ended_at"]
    stopped = STOPPED if reading.pauses == "gap" else tuple(one for one in STOPPED if one != "paused")
    still = ends.isnull() & told["status"].isin(stopped)
    ends = ibis.ifelse(still, told["canceled_at"].fill_null(ibis.literal(as_of)), ends)
    if reading.churn == "request":
        ends = ibis.ifelse(
            told["canceled_at"].notnull(), ibis.least(told["canceled_at"], ends.fill_null(told["canceled_at"])), ends
        )
    paused = told["ended_by"].fill_null("") == "pause"
    return ibis.ifelse(paused & (told["resumed"] <= ibis.literal(as_of)), told["resumed"], ends)


def _money(told: Table, reading: Reading) -> Column:
    if reading.discounts == "all":
        return told["mrr"]
    passing = ~told["discount_lasts"].fill_null(True)
    return told["mrr"] + ibis.ifelse(
        passing, told["discount"].fill_null(ibis.literal(0, MONEY)), ibis.literal(0, MONEY)
    )


def _cause(told: Table) -> Column:
    """Why a stretch ended: as stated, else by what was said at its end, else by its last status."""
    by, said = told["ended_by"], told["cancel_reason"]
    failed = (by == "payment") | (
        by.isnull() & ((said.lower() == "payment failed") | (said.isnull() & (told["status"] == "unpaid")))
    )
    asked = (by == "customer") | (by.isnull() & (said.notnull() | told["canceled_at"].notnull()))
    voluntary, involuntary, other = CAUSES
    return ibis.cases((failed.fill_null(False), involuntary), (asked.fill_null(False), voluntary), else_=other)
