"""A customer's life as one list of events, each in its lane: what the picture and the list below it are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from lifeworth.report.format import text

LANES: dict[str, str] = {
    "orders": "Orders",
    "refunds": "Orders",
    "subscriptions": "Contracts",
    "mrr_movements": "Contracts",
    "tickets": "Service",
    "feedback": "Feedback",
    "touchpoints": "Touchpoints",
    "milestones": "Touchpoints",
    "assignments": "Campaigns",
}
"""The lane of each table; what is in none of these is shown by its sums, not in time."""

MOVES = {"new": "Contract begins", "expansion": "MRR rises", "contraction": "MRR falls", "churn": "Contract ends"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, in which lane, what, and how much money moved."""

    at: datetime
    lane: str
    title: str
    detail: str = ""
    amount: float | None = None
    bad: bool = False


def events(life: Mapping[str, Sequence[Mapping[str, Any]]], currency: str) -> tuple[Event, ...]:
    """All events of a life, the latest first.

    Args:
        life: What happened by table (`serving.customers.life`).
        currency: Of the money.
    """
    lines: dict[str, list[str]] = {}
    for line in life.get("order_lines", ()):
        name = line.get("product_name") or line.get("category") or line.get("product_id")
        if name:
            lines.setdefault(str(line.get("order_id")), []).append(str(name))
    found = [_order(row, lines, currency) for row in life.get("orders", ())]
    for row in life.get("refunds", ()):
        amount = row.get("amount")
        found.append(Event(_moment(row["refunded_at"]), "Orders", "Refund", _of(row), _float(amount), bad=True))
    if life.get("mrr_movements"):
        found += [_move(row, currency) for row in life["mrr_movements"]]
    else:
        found += [one for row in life.get("subscriptions", ()) for one in _contract(row, currency)]
    found += [one for row in life.get("tickets", ()) for one in _ticket(row)]
    found += [_feedback(row) for row in life.get("feedback", ())]
    for row in life.get("touchpoints", ()):
        where = " ".join(str(row[name]) for name in ("channel", "campaign") if row.get(name))
        found.append(Event(_moment(row["occurred_at"]), "Touchpoints", _words(row.get("kind") or "touchpoint"), where))
    for row in life.get("milestones", ()):
        found.append(Event(_moment(row["reached_at"]), "Touchpoints", "Milestone", _words(row.get("milestone"))))
    for row in life.get("assignments", ()):
        detail = f"{row.get('campaign_id') or ''}, {row.get('arm') or ''}".strip(", ")
        found.append(Event(_moment(row["assigned_at"]), "Campaigns", "Assigned", detail))
    return tuple(sorted(found, key=lambda one: (one.at, one.lane, one.title), reverse=True))


def lanes(found: Sequence[Event]) -> tuple[str, ...]:
    """The lanes in which anything happened, in reading order."""
    there = {one.lane for one in found}
    return tuple(dict.fromkeys(lane for lane in LANES.values() if lane in there))


def _order(row: Mapping[str, Any], lines: Mapping[str, Sequence[str]], currency: str) -> Event:
    bought = list(dict.fromkeys(lines.get(str(row.get("order_id")), ())))
    shown = ", ".join(bought[:3]) + (f" and {len(bought) - 3} more" if len(bought) > 3 else "")
    said = [shown, str(row["channel"]) if row.get("channel") else ""]
    refunded = _float(row.get("refunded")) or 0.0
    if refunded:
        said.append(f"{text(refunded, 'money', currency)} refunded")
    detail = "; ".join(part for part in said if part)
    return Event(_moment(row["ordered_at"]), "Orders", f"Order {row.get('order_id') or ''}".strip(), detail, _float(row.get("net_revenue")))  # fmt: skip


def _move(row: Mapping[str, Any], currency: str) -> Event:
    kind = str(row.get("kind") or "change")
    title = MOVES.get(kind, _capital(kind.replace("_", " ")))
    after = row.get("mrr_after")
    detail = ", ".join(str(row[name]) for name in ("plan", "interval", "cause") if row.get(name))
    if after is not None:
        detail = f"{detail}; MRR then {text(float(after), 'money', currency)}".removeprefix("; ")
    return Event(_moment(row["day"]), "Contracts", title, detail, _float(row.get("change")), bad=kind in {"churn", "contraction"})  # fmt: skip


def _contract(row: Mapping[str, Any], currency: str) -> list[Event]:
    plan = ", ".join(str(row[name]) for name in ("plan", "interval") if row.get(name))
    mrr = row.get("mrr")
    worth = f"; MRR {text(float(mrr), 'money', currency)}" if mrr is not None else ""
    found = [Event(_moment(row["started_at"]), "Contracts", "Contract begins", plan + worth)]
    if row.get("ended_at") is not None:
        why = f"; {row['cancel_reason']}" if row.get("cancel_reason") else ""
        found.append(Event(_moment(row["ended_at"]), "Contracts", "Contract ends", plan + why, bad=True))
    return found


def _ticket(row: Mapping[str, Any]) -> list[Event]:
    topic = ", ".join(str(row[name]) for name in ("topic", "channel") if row.get(name))
    quoted = f" “{row['text']}”" if row.get("text") else ""
    open_ = row.get("resolved_at") is None
    title = "Request, still open" if open_ else "Request"
    rated = f"; rated {row['csat']} of 5" if row.get("csat") is not None else ""
    settled = "" if open_ else f"; settled {text(_moment(row['resolved_at']), 'date')}"
    again = "; opened again" if row.get("reopened") else ""
    return [Event(_moment(row["opened_at"]), "Service", title, f"{topic}{settled}{again}{rated}{quoted}", bad=open_)]


def _feedback(row: Mapping[str, Any]) -> Event:
    kind = str(row.get("kind") or "feedback")
    name = kind.upper() if kind in {"nps", "csat", "ces"} else _capital(kind)
    score, scale = row.get("score"), row.get("scale_max")
    figure = f" {score}" if score is not None else ""
    of = f" of {scale}" if score is not None and scale else ""
    unhappy = bool(score is not None and scale and score <= 0.4 * scale)
    return Event(_moment(row["given_at"]), "Feedback", f"{name}{figure}{of}", str(row.get("text") or ""), bad=unhappy)


def _of(row: Mapping[str, Any]) -> str:
    return f"of order {row['order_id']}" if row.get("order_id") else ""


def _words(value: Any) -> str:
    return _capital(str(value or "").replace("_", " ").replace("-", " "))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    assert isinstance(value, date)  # noqa: S101  a time of the house is a date or a moment
    return datetime.combine(value, time())


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
