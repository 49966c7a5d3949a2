"""An alert in words: for the subject of an e-mail, for its text, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifeworth.report.format import text

EVENTS = {"raised": "New", "worse": "Worse", "reminder": "Still", "over": "Over"}


def in_short(said: Mapping[str, Any]) -> str:
    """An alert in a line; a line break in a name would be one in the header of an e-mail."""
    line = f"{EVENTS.get(said['event'], said['event'])}: {said['severity']}: {said['check']}: {said['subject']}"
    return " ".join(line.split())


def in_full(said: Mapping[str, Any]) -> str:
    """An alert with everything known of it."""
    money = said["money"]
    lines = [
        in_short(said),
        said["finding"],
        f"Since {said['since']}.",
        f"Cause: {said['cause']}",
        "" if money is None else f"Money: {text(money['amount'], 'money', money['currency'])} ({money['is']})",
        f"Next: {said['next_step']}",
        f"Alert {said['alert_id']}: lifeworth alert {said['alert_id']} --acknowledge",
    ]
    return "\n".join(line for line in lines if line)
