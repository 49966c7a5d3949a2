"""What is to be sent, and what became of it: a message waits in the book until its channel has taken it.

A message is written with its alert in one transaction, so none is lost. It is marked before and after it is sent; one that was under
way when the program was killed is sent again under the same number, by which the receiver (and, for a file, we) can tell that it is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import sqlalchemy as sa

from lifeworth.data.book import Book
from lifeworth.data.book_alerts import ALERTS, DELIVERIES

LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Message:
    """One message about an alert: its number, and what it says as plain values."""

    delivery_id: str
    said: Mapping[str, Any]


Sender: TypeAlias = Callable[[Sequence[Message]], Sequence[str]]
"""Sends messages; returns the numbers of those that were taken. What it raises is why the others were not."""


class NotTakenError(Exception):
    """A channel did not take a message; `taken` were before it did not."""

    def __init__(self, why: str, taken: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.taken = tuple(taken)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one go at a channel came to."""

    channel: str
    sent: int
    waiting: int
    error: str = ""


def send(
    book: Book,
    senders: Mapping[str, Sender],
    *,
    now: datetime,
    currency: str,
    quiet: bool = False,
    apart: timedelta = timedelta(0),
    where: str = "",
) -> tuple[Sent, ...]:
    """Send what waits.

    Args:
        book: The book of the workspace.
        senders: The channels there are.
        now: The moment, UTC.
        currency: The currency of amounts.
        quiet: Whether it is a quiet hour; then everything waits.
        apart: Least time between two goes at one channel.
        where: The workspace, for the reader.
    """
    done = []
    for channel, sender in senders.items():
        messages = _waiting(book, channel, currency, where)
        if not messages:
            continue
        if quiet or _too_soon(book, channel, now, apart):
            done.append(Sent(channel, 0, len(messages)))
            continue
        numbers = [one.delivery_id for one in messages]
        _mark(book, numbers, status="sending")
        error = ""
        try:
            taken = list(sender(messages))
        except NotTakenError as fault:
            taken, error = list(fault.taken), str(fault)
        except Exception as fault:
            taken, error = [], f"{type(fault).__name__}: {fault}"
        _mark(book, taken, status="sent", sent_at=now, error="")
        left = [one for one in numbers if one not in taken]
        _mark(book, left, status="waiting", error=error[:LONGEST_ERROR])
        done.append(Sent(channel, len(taken), len(left), error))
    return tuple(done)


def _waiting(book: Book, channel: str, currency: str, where: str) -> list[Message]:
    wanted = (
        sa.select(DELIVERIES, ALERTS)
        .join(ALERTS, ALERTS.c.alert_id == DELIVERIES.c.alert_id)
        .where(DELIVERIES.c.channel == channel, DELIVERIES.c.status != "sent")
        .order_by(DELIVERIES.c.created_at, DELIVERIES.c.delivery_id)
    )
    with book.read() as open_:
        rows = open_.execute(wanted).mappings().all()
    return [Message(row["delivery_id"], _said(dict(row), currency, where)) for row in rows]


def _said(row: Mapping[str, Any], currency: str, where: str) -> dict[str, Any]:
    told = json.loads(row["told"])
    return {
        "delivery_id": row["delivery_id"],
        "event": row["event"],
        "alert_id": row["alert_id"],
        "check": row["check"],
        "subject": told["subject"],
        "severity": told["severity"],
        "since": told["since"],
        "raised_at": f"{row['raised_at']:%Y-%m-%dT%H:%M:%SZ}",
        "closed_at": None if row["closed_at"] is None else f"{row['closed_at']:%Y-%m-%dT%H:%M:%SZ}",
        "finding": told["finding"],
        "cause": told["cause"],
        "next_step": told["next_step"],
        "money": None
        if told["amount"] is None
        else {"amount": round(told["amount"], 2), "currency": currency, "is": told["amount_is"]},
        "workspace": where,
    }


def _too_soon(book: Book, channel: str, now: datetime, apart: timedelta) -> bool:
    with book.read() as open_:
        last = open_.execute(
            sa.select(sa.func.max(DELIVERIES.c.sent_at)).where(DELIVERIES.c.channel == channel)
        ).scalar_one()
    return last is not None and now - last < apart


def _mark(book: Book, numbers: Sequence[str], **values: Any) -> None:
    if not numbers:
        return
    if values.get("status") == "sending":
        values["attempts"] = DELIVERIES.c.attempts + 1
    with book.write() as open_:
        open_.execute(DELIVERIES.update().where(DELIVERIES.c.delivery_id.in_(list(numbers))).values(**values))


def waiting(book: Book) -> list[Mapping[str, Any]]:
    """Messages that are not sent yet, with why."""
    wanted = sa.select(DELIVERIES).where(DELIVERIES.c.status != "sent").order_by(DELIVERIES.c.created_at)
    with book.read() as open_:
        return [dict(row) for row in open_.execute(wanted).mappings()]
