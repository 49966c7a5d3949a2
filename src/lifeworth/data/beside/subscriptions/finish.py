"""From the fields of a subscription export to the columns of `subscriptions`: what all billing systems have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import ibis
from ibis.expr.types import Column

from lifeworth.data.beside.layout import REASON, REASON_FIELD, REASON_VALUE
from lifeworth.data.beside.subscriptions.monthly import RULE, interval_of, monthly
from lifeworth.data.beside.subscriptions.words import NEVER_PAID, PAYMENT, ended_by_of, is_failed_payment, status_of
from lifeworth.data.contract import MONEY

KINDS = {"is_trial": "flag", "arr": "number", "billed": "number", "price": "number"}
"""Fields beside the columns: whether it is a trial, a year's revenue, what a bill comes to, what a seat costs."""

MONEY_FIELDS = ("mrr", "arr", "billed", "price")
"""Fields of which one is needed, the surest first."""

_AS_THEY_ARE = (
    "subscription_id", "customer_id", "account_id", "plan", "started_at", "trial_ends_at", "quantity", "discount",
    "discount_lasts", "canceled_at", "follows", "ended_at", "metered",
)  # fmt: skip


def finish(has: Mapping[str, Column]) -> dict[str, Column]:
    """Columns of the table from typed fields; see `said` for how money is formed."""
    ours: dict[str, Column] = {name: has[name] for name in _AS_THEY_ARE if name in has}
    unit, count = has["_unit"], has["_times"]
    ours |= {"interval": unit, "interval_count": count}
    ours["mrr"] = _mrr(has, unit, count)
    if "metered" in has:
        # What is billed by use has a price a unit, and no revenue that recurs.
        ours["mrr"] = ibis.ifelse(has["metered"].fill_null(False), ibis.literal(0, MONEY), ours["mrr"])
    ours |= _ending(has, ours)
    return ours | _reasons(has, ours)


def said(fields: Collection[str]) -> Mapping[str, str]:
    """How the columns that no header states are formed, with field names in braces."""
    found: dict[str, str] = {}
    money = next((name for name in MONEY_FIELDS if name in fields), "")
    every = " a {interval}" if "interval" in fields else " a month"
    if money == "arr":
        found["mrr"] = "{arr} ÷ 12"
    elif money == "billed":
        found["mrr"] = f"{{billed}}{every} ({RULE})"
    elif money == "price":
        found["mrr"] = ("{price} × {quantity}" if "quantity" in fields else "{price}") + f"{every} ({RULE})"
    return found


def prepare(has: Mapping[str, Column]) -> dict[str, Column]:
    """How often it is billed, as unit and times; a month where no column says so."""
    times = has["interval_count"].fill_null(1) if "interval_count" in has else ibis.literal(1, "int64")
    if "interval" not in has:
        return {"_unit": ibis.literal("month"), "_times": times}
    unit, count = interval_of(has["interval"])
    return {"_unit": unit, "_times": count * times}


def _mrr(has: Mapping[str, Column], unit: Column, count: Column) -> Column:
    if "mrr" in has:
        return has["mrr"]
    unit, count = unit.fill_null("month"), count.fill_null(1)
    if "arr" in has:
        return monthly(has["arr"], ibis.literal("year"), ibis.literal(1))
    if "billed" in has:
        return monthly(has["billed"], unit, count)
    seats = has["quantity"].fill_null(1) if "quantity" in has else ibis.literal(1)
    whole = (has["price"].cast("decimal(38, 4)") * seats.cast("decimal(18, 0)")).cast("decimal(38, 4)")
    return monthly(whole, unit, count)


def _ending(has: Mapping[str, Column], ours: Mapping[str, Column]) -> dict[str, Column]:
    """How it stands, who ended it, and what was said of it."""
    found: dict[str, Column] = {}
    ended = ours["ended_at"].notnull() if "ended_at" in ours else ibis.literal(False)
    status = status_of(has["status"]) if "status" in has else ibis.null("string")
    if "is_trial" in has:
        status = ibis.ifelse(has["is_trial"].fill_null(False) & ~ended, "trialing", status)
    if "status" in has or "is_trial" in has:
        found["status"] = status
    reason = has.get("cancel_reason")
    failed = is_failed_payment(reason) if reason is not None else ibis.literal(False)
    if "ended_by" in has:
        by = ended_by_of(has["ended_by"])
        failed = failed | (by == "payment").fill_null(False)
        found["ended_by"] = ibis.ifelse(ended, by, ibis.null("string"))
    elif reason is not None or "trial_ends_at" in ours:
        found["ended_by"] = _told_by(ours, ended, reason, failed)
    if reason is not None:
        found["cancel_reason"] = ibis.ifelse(failed, PAYMENT, reason)
    return found


def _told_by(ours: Mapping[str, Column], ended: Column, reason: Column | None, failed: Column) -> Column:
    """Who ended it, told from the reason given and from the trial."""
    cases: list[tuple[Any, Any]] = []
    if "trial_ends_at" in ours:
        cases.append((ended & (ours["ended_at"] <= ours["trial_ends_at"]).fill_null(False), "trial"))
    if reason is not None:
        cases += [(ended & failed, "payment"), (ended & reason.notnull(), "customer")]
    return ibis.cases(*cases, else_=ibis.null("string"))


def _reasons(has: Mapping[str, Column], ours: Mapping[str, Column]) -> dict[str, Column]:
    """What keeps a row from being a subscription: it was never paid, nobody knows its interval, it ends before it begins."""
    cases: list[tuple[Any, str, str, Any]] = []
    if "status" in has:
        cases.append((has["status"].lower().strip().isin(NEVER_PAID), "never_paid", "status", has["status"]))
    if "interval" in has and "mrr" not in has and "arr" not in has:
        unknown = has["interval"].notnull() & ours["interval"].isnull()
        cases.append((unknown, "interval_unknown", "interval", has["interval"]))
    if "ended_at" in ours:
        turned = (ours["ended_at"] < ours["started_at"]).fill_null(False)
        cases.append((turned, "ends_before_it_begins", "ended_at", ours["ended_at"].cast("string")))
    if not cases:
        return {}
    null = ibis.null("string")
    return {
        name: ibis.cases(*((case[0], case[place]) for case in cases), else_=null)
        for place, name in ((1, REASON), (2, REASON_FIELD), (3, REASON_VALUE))
    }
