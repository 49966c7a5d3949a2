"""Alerts of monitoring: those that are open, taken on or put off. They are raised and closed by `lifeworth watch` alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lifeworth.api.call import Answer, Call, Route, field_of, known_fields
from lifeworth.api.schema import ANY
from lifeworth.api.values import moment
from lifeworth.data.book import now
from lifeworth.errors import OptionError
from lifeworth.monitoring.alerts import LONGEST_SNOOZE, Alert, Alerts


def listed(call: Call) -> Answer:
    """Open alerts, the gravest first."""
    currency = call.house.desk.run().currency
    return Answer({"items": [_alert(one, currency) for one in _kept(call).open()]})


def acknowledge(call: Call) -> Answer:
    """Take an alert on."""
    known_fields(call.body, ())
    one = _kept(call).acknowledge(call.path["alert_id"], by=call.person.name, now=now())
    call.note("alert.acknowledge", one.alert_id, check=one.check, about=one.finding.subject)
    return Answer(_alert(one, call.house.desk.run().currency))


def snooze(call: Call) -> Answer:
    """Put an alert off."""
    known_fields(call.body, ("days",))
    days = field_of(call.body, "days", int)
    if not 1 <= days <= LONGEST_SNOOZE:
        raise OptionError(f"days: an alert is put off for 1 to {LONGEST_SNOOZE} days, not {days}.")
    one = _kept(call).snooze(call.path["alert_id"], until=now() + timedelta(days=days), now=now())
    call.note("alert.snooze", one.alert_id, check=one.check, about=one.finding.subject, days=days)
    return Answer(_alert(one, call.house.desk.run().currency))


def _kept(call: Call) -> Alerts:
    return Alerts(call.house.desk.book)


def _alert(one: Alert, currency: str) -> dict[str, Any]:
    said = one.finding
    money = None if said.amount is None else {"amount": f"{said.amount:.2f}", "currency": currency, "is": said.amount_is}  # fmt: skip
    return {
        "alert_id": one.alert_id,
        "check": one.check,
        "about": said.subject,
        "severity": said.severity,
        "since": said.since.isoformat(),
        "finding": said.finding,
        "cause": said.cause,
        "next_step": said.next_step,
        "money": money,
        "raised_at": moment(one.raised_at),
        "seen_at": moment(one.seen_at),
        "acknowledged_at": moment(one.acknowledged_at),
        "acknowledged_by": one.acknowledged_by or None,
        "snoozed_until": moment(one.snoozed_until),
    }


_NONE = {"type": "object", "additionalProperties": False}
_SNOOZE = {
    "type": "object", "required": ["days"], "additionalProperties": False,
    "properties": {"days": {"type": "integer", "minimum": 1, "maximum": LONGEST_SNOOZE, "description": "How long nobody is reminded."}},
}  # fmt: skip
_TAG = "Steering"
ROUTES = (
    Route("GET", "/alerts/open", "open_alerts", "Alerts that are open, the gravest first. `GET /alerts` is the page of them with every check.", listed, _TAG, ANY),
    Route("POST", "/alerts/{alert_id}/acknowledge", "acknowledge_alert", "Take an alert on: nobody is reminded of it any more. It closes by itself when its state is over.", acknowledge, _TAG, ANY, takes=_NONE),
    Route("POST", "/alerts/{alert_id}/snooze", "snooze_alert", "Put an alert off for some days.", snooze, _TAG, ANY, takes=_SNOOZE),
)  # fmt: skip
