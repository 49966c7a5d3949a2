"""The trail: who saw and changed what."""

from __future__ import annotations

from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.schema import LISTED
from lifeworth.api.values import moment
from lifeworth.asked import Asked

ASKS = (
    Asked("limit", "count", 100, required=False, choices=(), help="Entries at most, up to 500."),
    Asked("before", "count", None, required=False, choices=(), help="Only entries with a lower number."),
    Asked("who", "text", None, required=False, choices=(), help="Only of this person."),
    Asked("action", "text", None, required=False, choices=(), help="Only this action; with a dot at its end all that begin so."),
)  # fmt: skip
HIGHEST = 2**63 - 1


def listed(call: Call) -> Answer:
    """The latest entries first."""
    said = dict(call.said)
    if "before" in said:
        said["before"] = max(0, min(said["before"], HIGHEST))
    items = [
        {
            "entry_id": one.entry_id,
            "at": moment(one.at),
            "who": one.who,
            "action": one.action,
            "subject": one.subject,
            "outcome": one.outcome,
            "origin": one.origin,
            "detail": dict(one.detail),
        }
        for one in call.house.trail.entries(**said)
    ]
    return Answer({"items": items, "next": items[-1]["entry_id"] if items else None})


ROUTES = (
    Route("GET", "/trail", "trail", "Who saw and changed what, the latest first.", listed, "People", LISTED, asks=ASKS),
)
