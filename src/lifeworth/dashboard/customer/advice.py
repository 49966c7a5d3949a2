"""What to do about a customer: a few honest rules over what is known, each with its reason.

A rule looks at status, churn, value, tickets, contracts and consent, and says what it saw. Where nothing is pressing, that is said.
Nothing here is learnt, and nothing promises an effect: whether it helps is a question for an experiment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lifeworth.report.format import text
from lifeworth.serving.standing import Standing

VALUABLE = 0.8
"""Of this share of customers and above less value than theirs: worth a person's time."""
LEAVING = 0.5
"""Churn probability from which a customer more likely than not does not come back."""
SOON = 45
"""Days ahead in which a renewal is soon."""
UNHAPPY = 0.4
"""Share of the scale up to which feedback is unhappy: 2 of 5, 4 of 10."""
RECENT = 90
"""Days back in which feedback or a cancellation still matters."""
CONSENT = "consent_"


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to do: what, why, and how pressing (1 most)."""

    do: str
    why: str
    rank: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules look at.

    Args:
        row: The customer, as in the list.
        life: What happened, by table, the latest first.
        standing: Where the customer stands: by value already brought, or by value expected, whichever is higher.
        as_of: Last day the figures know about.
        currency: Of the money.
    """

    row: Mapping[str, Any]
    life: Mapping[str, Sequence[Mapping[str, Any]]]
    standing: Standing | None
    as_of: date
    currency: str

    @property
    def valuable(self) -> bool:
        """Whether a person's time is well spent here."""
        return self.standing is not None and self.standing.below >= VALUABLE


def advise(known: Known) -> tuple[Advice, ...]:
    """What to do, the most pressing first; never empty."""
    found = sorted((one for rule in RULES if (one := rule(known)) is not None), key=lambda one: one.rank)
    return tuple(found) or (Advice("Nothing is pressing.", _calm(known), 9),)


def channels(row: Mapping[str, Any]) -> tuple[list[str], bool]:
    """The ways a customer may be reached, and whether the data says anything about consent."""
    said = {name.removeprefix(CONSENT): value for name, value in row.items() if name.startswith(CONSENT)}
    stated = any(value is not None for value in said.values())
    return [name.replace("_", " ") for name, value in said.items() if value is True], stated


def _open_ticket(known: Known) -> Advice | None:
    unsettled = [one for one in known.life.get("tickets", ()) if one.get("resolved_at") is None]
    if not unsettled:
        return None
    oldest = unsettled[-1]
    since = _day(oldest["opened_at"])
    topic = f" about {oldest['topic']}" if oldest.get("topic") else ""
    several = f"{len(unsettled)} requests are" if len(unsettled) > 1 else "A request is"
    return Advice(
        "Settle the open request first.",
        f"{several} open, the oldest{topic} since {text(since, 'date')}. Anything else before that reads as not listening.",
        1,
    )


def _ending_contract(known: Known) -> Advice | None:
    ends = [
        (one["ended_at"], one)
        for one in known.life.get("subscriptions", ())
        if one.get("ended_at") is not None and known.as_of < one["ended_at"] <= known.as_of + timedelta(days=SOON)
    ]
    if not ends:
        return None
    day, one = min(ends, key=lambda pair: pair[0])
    reason = f" They said: {one['cancel_reason']}." if one.get("cancel_reason") else ""
    return Advice(
        "Ask what would make them stay, before the contract ends.",
        f"{one.get('plan') or 'The contract'} ends on {text(day, 'date')}.{reason}",
        2,
    )


def _renewal(known: Known) -> Advice | None:
    day = known.row.get("next_renewal_at")
    monthly = known.life.get("subscriptions") and all(
        one.get("interval") in {"monthly", "month", "weekly", "week"}
        for one in known.life["subscriptions"]
        if one.get("ended_at") is None
    )
    if day is None or monthly or not known.as_of < day <= known.as_of + timedelta(days=SOON):
        return None
    return Advice(
        "Get in touch before the renewal.",
        f"The contract renews on {text(day, 'date')}, in {(day - known.as_of).days} days; after that a whole period is decided.",
        3,
    )


def _silent_and_valuable(known: Known) -> Advice | None:
    churn = known.row.get("churn_probability")
    if not known.valuable or churn is None or churn < LEAVING:
        return None
    ways, stated = channels(known.row)
    place = (
        ""
        if known.standing is None
        else f"{text(known.standing.below, 'percent', places=0)} of customers are worth less"
    )
    why = f"{place}, and with {text(churn, 'percent')} no further order comes within the horizon."
    if ways:
        return Advice(f"Reach out, by {_listed(ways)}.", f"{why} They agreed to {_listed(ways)}.", 2)
    if stated:
        return Advice(
            "Do not write: there is no consent. Greet them personally when they come.",
            f"{why} But they agreed to no channel.",
            4,
        )
    return Advice(
        "Reach out, where they agreed to it.", f"{why} The data says nothing about consent: look it up first.", 3
    )


def _unhappy(known: Known) -> Advice | None:
    for one in known.life.get("feedback", ()):
        score, scale, day = one.get("score"), one.get("scale_max"), _day(one.get("given_at"))
        if day is None or (known.as_of - day).days > RECENT:
            continue
        if score is not None and scale and score <= UNHAPPY * scale:
            kind = (
                str(one.get("kind") or "feedback").upper() if one.get("kind") in {"nps", "csat", "ces"} else "feedback"
            )
            return Advice(
                "Ask what went wrong.",
                f"{kind}: {score} of {scale} on {text(day, 'date')}, and nothing better since.",
                2,
            )
        if score is not None:
            return None  # the latest word was a better one
    return None


def _cooling(known: Known) -> Advice | None:
    status, churn = known.row.get("lifecycle_status"), known.row.get("churn_probability")
    if status not in {"Cooling", "At risk"} or (known.valuable and churn is not None and churn >= LEAVING):
        return None
    ways, _ = channels(known.row)
    by = f", by {_listed(ways)}" if ways else ""
    why = f'Status "{status}": longer silent than their own rhythm explains.'
    if known.valuable:
        return Advice(f"Say hello before they drift off{by}.", f"{why} They are among the most valuable.", 4)
    return Advice(f"Include them in the next reminder{by}.", f"{why} Their value does not ask for more than that.", 6)


def _second_order(known: Known) -> Advice | None:
    if known.row.get("lifecycle_status") != "New" or known.row.get("orders") != 1:
        return None
    return Advice(
        "Help the second order along.",
        "They have ordered once, not long ago; the second order is what makes a customer.",
        5,
    )


def _rising(known: Known) -> Advice | None:
    chance, churn = known.row.get("high_value_probability"), known.row.get("churn_probability")
    if chance is None or churn is None or chance < LEAVING or churn >= LEAVING:
        return None
    return Advice(
        "Keep them close: no discount is needed.",
        f"With {text(chance, 'percent')} they bring what the best tenth of customers does, and most likely they order again by themselves.",
        7,
    )


RULES: tuple[Callable[[Known], Advice | None], ...] = (
    _open_ticket,
    _ending_contract,
    _unhappy,
    _silent_and_valuable,
    _renewal,
    _second_order,
    _cooling,
    _rising,
)


def _calm(known: Known) -> str:
    status = known.row.get("lifecycle_status")
    if status == "Lost":
        return "Long past their own rhythm, and not among the most valuable: money is better spent on others."
    return "No open request, no contract about to end, no silence beyond their own rhythm."


def _listed(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _day(moment: Any) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment
