"""The figures of recurring revenue, each with its formula; one that has no value says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from lifeworth.report.spec import Kind, Stat

Row = Mapping[str, Any]


def ratio(above: Any, below: Any, why: str) -> tuple[float | None, str]:
    """`above` ÷ `below`, or nothing with the reason."""
    if above is None or not below:
        return None, why
    return float(above) / float(below), ""


def headlines(months: Sequence[Row], year: Row, tried: Row, seats: int, *, as_of: date, span: str) -> tuple[Stat, ...]:
    """The strip on top of the page.

    Args:
        months: Rows of `months.monthly`, the last 12 at most; the last one is that of the as-of day.
        year: The row of `months.over_a_period` over `span`.
        tried: The row of `months.trials`.
        seats: Seats of running subscriptions.
        as_of: Last day known.
        span: The period of `year` in words.
    """
    now = months[-1]
    gained = sum((row["new"] + row["expansion"] + row["reactivation"] for row in months), Decimal(0))
    shed = -sum((row["contraction"] + row["churn"] for row in months), Decimal(0))
    won_back = sum((row["expansion"] + row["reactivation"] for row in months), Decimal(0))
    started = sum((row["mrr_start"] for row in months), Decimal(0))
    lost = sum(row["subscribers_lost"] for row in months)
    failed = sum(row["lost_involuntary"] for row in months)
    nobody = f"nobody subscribed {span} before"
    over = f"{len(months)} months"

    def stat(name: str, value: tuple[Any, str], kind: Kind, definition: str) -> Stat:
        return Stat(name, value[0], kind, definition, as_of=as_of, source="subscriptions", note=value[1])

    return (
        stat("MRR", (now["mrr_end"], ""), "money", "Monthly recurring revenue of subscriptions that are paid for: no trials, no use-based billing, a yearly plan a twelfth."),
        stat("Subscribers", (now["subscribers_end"], ""), "count", "Customers with MRR above 0."),
        stat("Seats", (seats, ""), "count", "Seats of running subscriptions; one each where none are stated."),
        stat("ARPA", ratio(now["mrr_end"], now["subscribers_end"], "nobody subscribes"), "money", "Average revenue per account: MRR ÷ subscribers."),
        stat("Quick ratio", ratio(gained, shed, f"nothing was lost in {over}"), "ratio", f"(new + expansion + reactivation) ÷ (contraction + churn) over {over}."),
        stat("Gross MRR churn", ratio(shed, started, "no month began with MRR"), "percent", f"(contraction + churn) ÷ MRR at the start of the month, mean of {over}, weighted by MRR."),
        stat("Net MRR churn", ratio(shed - won_back, started, "no month began with MRR"), "percent", "As gross, with expansion and reactivation taken off; below 0 the base grows by itself."),
        stat("Net revenue retention", ratio(year["mrr_kept"], year["mrr_start"], nobody), "percent", f"MRR today of those who subscribed {span} ago ÷ their MRR then."),
        stat("Gross revenue retention", ratio(year["mrr_kept_at_most"], year["mrr_start"], nobody), "percent", "The same, counting of each no more than they had then."),
        stat("Customer retention", ratio(year["subscribers_kept"], year["subscribers_start"], nobody), "percent", f"Subscribers of {span} ago who subscribe today."),
        stat("Trial conversion", ratio(tried["converted"], tried["over"], "no trial has come to its end"), "percent", "Trials that went on to be paid ÷ trials that are over, of all times."),
        stat("Involuntary share of churn", ratio(failed, lost, f"nobody was lost in {over}"), "percent", f"Customers lost to a payment that failed ÷ customers lost, {over}. These can be won back by asking for the payment again."),
    )  # fmt: skip
