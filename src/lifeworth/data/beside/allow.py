"""What the tables beside orders allow, with the numbers behind each answer and what would bring more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifeworth.data.beside.account import TableAccount
from lifeworth.data.beside.read import NOTHING, Beside
from lifeworth.data.capability import Capability, State
from lifeworth.data.notes import counted
from lifeworth.settings import Settings

ASKED: dict[str, tuple[str, str, str]] = {
    "subscriptions": ("Subscriptions", "subscriptions", "subscriptions: customer_id, plan, started_at, ended_at, mrr, interval"),
    "attribution": ("Attribution", "touchpoints", "touchpoints: customer_id, occurred_at, channel, kind, campaign"),
    "journey": ("Journey map", "touchpoints", "touchpoints: customer_id, occurred_at, channel, kind, campaign"),
    "onboarding": ("Onboarding", "milestones", "milestones: customer_id, milestone, reached_at"),
    "feedback": ("Feedback", "feedback", "feedback: customer_id, given_at, kind, score, scale_max, text"),
    "support": ("Support", "tickets", "tickets: ticket_id, customer_id, opened_at, first_reply_at, resolved_at, channel, topic, agent"),
    "referrals": ("Referral value", "referrals", "referrals: referrer_id, referred_id, referred_at"),
    "experiments": ("Experiments", "assignments", "assignments: campaign_id, customer_id, arm, assigned_at, cost"),
}  # fmt: skip
"""Capabilities that stand on one table: title, table, and what it should hold."""

_KEPT = "This version keeps the table with every run and has no page for it yet."
_LATER = {"attribution": _KEPT, "journey": _KEPT, "onboarding": _KEPT, "experiments": _KEPT,
          "feedback": "NPS, CSAT and CES come of it; topics of the text do not yet.",
          "support": "Reply and resolution times and cost to serve come of it; agents and topics have no page yet."}  # fmt: skip
_COLUMNS = {
    "subscriptions": ("ended_at", "Nothing has ever ended, so nothing can be said of who leaves.", "a column with the day a subscription ended"),
    "tickets": ("resolved_at", "No ticket says when it was settled.", "a column with the time of the resolution"),
}  # fmt: skip
"""Columns a table can do without, and what is lost then."""

NET_CLV = "net_clv"
_SPEND = "marketing_spend: spent_on, channel, purpose, amount"
_SERVICE = "service_costs: customer_id, incurred_at, kind, amount"


def capabilities(settings: Settings, beside: Beside = NOTHING) -> Iterator[Capability]:
    """What the tables that came in are enough for; those that did not are named with what they should hold."""
    for name, (title, table, add) in ASKED.items():
        if name == "attribution":
            yield _net_clv(settings, beside)
        yield _of_table(name, title, beside.by_name.get(table), add)


def _of_table(name: str, title: str, account: TableAccount | None, add: str) -> Capability:
    if account is None:
        return Capability(name, title, "missing", f"It needs the table {add.partition(':')[0]}.", add)
    if not account.rows_used:
        why = f"None of {counted(account.rows_in, 'row')} of {account.name} can be used."
        return Capability(name, title, "missing", why, "what the quarantine says of its rows")
    words = [_numbers(account)]
    short, more = "", ""
    if account.name in _COLUMNS and _COLUMNS[account.name][0] not in account.filled:
        _, short, more = _COLUMNS[account.name]
    elif account.people is not None and account.people.known < 0.5 * account.people.named and account.people.known >= 0:
        short = f"Only {account.people.known:,} of its customers are known from the orders."
        more = f"ids as on the orders: --map {account.name}.customer_id=COLUMN"
    later = _LATER.get(name, "")
    state: State = "limited" if short or later == _KEPT else "ready"
    return Capability(name, title, state, " ".join([*words, *filter(None, (short, later))]), more)


def _numbers(account: TableAccount) -> str:
    people = "" if account.people is None else f" of {counted(account.people.named, 'customer')}"
    days = "" if account.first_day is None else f", {account.first_day} to {account.last_day}"
    return f"{counted(account.rows_used, 'row')}{people}{days}."


def _net_clv(settings: Settings, beside: Beside) -> Capability:
    """Net of what it cost to win, to serve and to keep: from tables, or from assumptions that are named."""
    said = settings.assumptions
    sides = (
        ("Acquisition", "marketing_spend", said.cost_per_acquisition is not None, _SPEND),
        ("Serving", "service_costs", _serving_is_assumed(settings), _SERVICE),
    )
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    for side, table, assumed, add in sides:
        if table in beside:
            found[side] = f"{side}: {counted(beside[table].rows_used, 'row')} of {table}."
        elif assumed:
            found[side] = f"{side}: an assumption of the settings."
            missing[side] = add
        else:
            missing[side] = add
    return _judged(found, missing)


def _serving_is_assumed(settings: Settings) -> bool:
    said = settings.assumptions
    costs = (
        said.cost_per_ticket,
        said.cost_per_return,
        said.shipping_per_order,
        said.payment_fee_share,
        said.payment_fee_fixed,
    )
    return any(cost is not None for cost in costs)


def _judged(found: Mapping[str, str], missing: Mapping[str, str]) -> Capability:
    add = "; ".join(missing.values())
    if not found:
        why = "Nothing says what it costs to win and to serve a customer."
        return Capability(NET_CLV, "Net CLV", "missing", why, f"{add}; or the [assumptions] of lifeworth.toml")
    unknown = [side for side in missing if side not in found]
    words = [*found.values(), *(f"{side}: not known, so left out." for side in unknown)]
    return Capability(NET_CLV, "Net CLV", "limited" if missing else "ready", " ".join(words), add)


NAMES = frozenset({*ASKED, NET_CLV})
"""Names of the capabilities no order file can bring."""
