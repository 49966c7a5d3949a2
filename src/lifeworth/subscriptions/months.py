"""Movements month by month, and who subscribes at the end of each: queries over `mrr_movements` and the paid stretches."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.contract import MONEY
from lifeworth.features.calendar import months
from lifeworth.features.months import month_of
from lifeworth.features.subscriptions import CAUSES, KINDS
from lifeworth.features.sums import counted


def monthly(movements: Table, first: date, as_of: date) -> Table:
    """Every month from that of `first` to that of `as_of` with its movements; a month without any is a row too.

    MRR at the end of a month is that at its start plus its five movements, to the last digit.

    Returns:
        `month` (its first day), `mrr_start`, the five kinds as signed sums (`new` … `reactivation`), `mrr_end`,
        `subscribers_start`, `subscribers_new`, `subscribers_back`, `subscribers_lost`, `subscribers_end`, and of the churn
        `churn_voluntary`, `churn_involuntary`, `churn_other` with `lost_voluntary` … (customers).
    """
    moved = movements.mutate(month=month_of(movements["day"]))
    zero = ibis.literal(0, MONEY)

    def money(which: Column) -> Column:
        return moved["change"].sum(where=which).fill_null(zero).cast(MONEY)

    def count(which: Column) -> Column:
        return moved.count(where=which)

    churned = moved["kind"] == "churn"
    sums = moved.group_by("month").agg(
        **{kind: money(moved["kind"] == kind) for kind in KINDS},
        **{f"churn_{cause}": money(churned & (moved["cause"] == cause)) for cause in CAUSES},
        **{f"lost_{cause}": count(churned & (moved["cause"] == cause)) for cause in CAUSES},
        subscribers_new=count(moved["kind"] == "new"),
        subscribers_back=count(moved["kind"] == "reactivation"),
        subscribers_lost=count(churned),
    )
    calendar = ibis.array([ibis.literal(start) for start in months(first, as_of)]).unnest().name("month").as_table()
    filled = calendar.left_join(sums, "month").drop("month_right")
    filled = filled.mutate(**{name: filled[name].fill_null(0) for name in sums.columns if name != "month"})
    change = sum((filled[kind] for kind in list(KINDS)[1:]), filled["new"])
    net = filled["subscribers_new"] + filled["subscribers_back"] - filled["subscribers_lost"]
    told = filled.mutate(change=change, net=net)
    so_far = {"order_by": "month", "rows": (None, 0)}
    told = told.mutate(
        mrr_end=told["change"].sum().over(**so_far).cast(MONEY),
        subscribers_end=counted(told["net"], **so_far),
    )
    return (
        told.mutate(
            mrr_start=(told["mrr_end"] - told["change"]).cast(MONEY),
            subscribers_start=told["subscribers_end"] - told["net"],
        )
        .drop("change", "net")
        .order_by("month")
    )


def by_plan(paid: Table) -> Table:
    """Stretches that run at the as-of day by `plan`, `interval` and `interval_count`: `customers`, `subscriptions`, `seats`, `mrr`."""
    now = paid.filter(paid["paid_to"].isnull())
    return now.group_by(["plan", "interval", "interval_count"]).agg(
        customers=now["customer_id"].nunique(),
        subscriptions=now.count(),
        seats=counted(now["quantity"]),
        mrr=now["mrr"].sum().cast(MONEY),
    )


def over_a_period(movements: Table, start: date, end: date) -> Table:
    """One row: what became of the customers who subscribed at the end of `start`, by the end of `end`.

    Returns:
        `mrr_start`, `mrr_end` (of all); `mrr_kept` (at the end, of those who subscribed at the start), `mrr_kept_at_most`
        (the same, of each no more than they had at the start); `subscribers_start`, `subscribers_kept`.
    """
    then, now = ibis.literal(start), ibis.literal(end)
    known = movements.filter(movements["day"] <= now)
    zero = ibis.literal(0, MONEY)
    each = known.group_by("customer_id").agg(
        before=known["change"].sum(where=known["day"] <= then).fill_null(zero).cast(MONEY),
        after=known["change"].sum().cast(MONEY),
    )
    there = each["before"] > 0
    return each.aggregate(
        mrr_start=each["before"].sum().cast(MONEY),
        mrr_end=each["after"].sum().cast(MONEY),
        mrr_kept=each["after"].sum(where=there).cast(MONEY),
        mrr_kept_at_most=ibis.least(each["before"], each["after"]).sum(where=there).cast(MONEY),
        subscribers_start=each.count(where=there),
        subscribers_kept=each.count(where=there & (each["after"] > 0)),
    )


def trials(subscriptions: Table, as_of: date) -> Table:
    """One row of trials begun up to `as_of`: `begun`, `over` (ended or gone on by then), `converted` (went on to be paid).

    A trial went on where its own stretch outlived it, or another follows it.
    """
    today = ibis.literal(as_of)
    named = subscriptions.filter(subscriptions["follows"].notnull())
    after = named.select(before=named["follows"]).distinct()
    tried = subscriptions.filter(subscriptions["trial_ends_at"].notnull(), subscriptions["started_at"] <= today)
    told = tried.left_join(after, tried["subscription_id"] == after["before"])
    stopped = told["ended_at"].notnull() & (told["ended_at"] <= told["trial_ends_at"])
    over = (told["trial_ends_at"] <= today) | (stopped & (told["ended_at"] <= today))
    paid = over & ((~stopped & (told["mrr"] > 0)) | told["before"].notnull())
    return told.aggregate(
        begun=told.count(),
        over=told.count(where=over),
        converted=told.count(where=paid),
    )


def flows(changes: Table, start: date, as_of: date) -> Table:
    """Customers who changed plan after `start`, by plan left and plan taken: `from_plan`, `to_plan`, `customers`, `change`."""
    lately = changes.filter(changes["day"] > ibis.literal(start), changes["day"] <= ibis.literal(as_of))
    return lately.group_by(["from_plan", "to_plan"]).agg(
        changes=lately.count(), customers=lately["customer_id"].nunique(), change=lately["change"].sum().cast(MONEY)
    )
