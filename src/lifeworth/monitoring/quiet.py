"""Hours in which nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo


def is_quiet(now: datetime, hours: str, zone: str = "") -> bool:
    """Whether a moment lies in the quiet hours.

    Args:
        now: The moment, UTC without a zone, as the book keeps it.
        hours: Such as 22:00-07:00; an empty text is no quiet hour at all.
        zone: Whose clock they are told by; by default this machine's.
    """
    if not hours:
        return False
    begin, end = (time.fromisoformat(one) for one in hours.split("-"))
    moment = now.replace(tzinfo=UTC)
    clock = (moment.astimezone(ZoneInfo(zone)) if zone else moment.astimezone()).time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end
