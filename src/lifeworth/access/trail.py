"""The trail: who saw and changed what, and when. Entries are only ever added, and never hold a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from lifeworth.access.keys import HIDDEN, hide
from lifeworth.data.book import TRAIL, Book, now

MOST = 500
"""Entries told at once."""

LONGEST_SUBJECT, LONGEST_DETAIL = 500, 4_000
_SECRET_NAME = re.compile(r"(?i)(?:.*[_\-])?(?:passwords?|tokens?|secrets?|authorization|cookies?|api_?keys?)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    Attributes:
        entry_id: Its number; later ones are higher.
        at: When, UTC.
        who: Name of the person or token.
        action: What, as a word: `customers.export`.
        subject: To what or whom.
        outcome: `ok`, `refused`, `failed`.
        origin: The address it came from.
        detail: What else is worth knowing.
    """

    entry_id: int
    at: datetime
    who: str
    action: str
    subject: str
    outcome: str
    origin: str
    detail: Mapping[str, Any]


class Trail:
    """The trail of a workspace."""

    def __init__(self, book: Book) -> None:
        """Write into the book of a workspace."""
        self._book = book

    def note(
        self,
        who: str,
        action: str,
        subject: str = "",
        outcome: str = "ok",
        origin: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an entry; what looks like a secret is taken out of it.

        Raises:
            StorageError: if it cannot be written.
        """
        entry = _entry(now(), who, action, subject, outcome, origin, detail or {})
        with self._book.write() as open_:
            open_.execute(TRAIL.insert().values(**entry))

    def note_all(self, looks: Sequence[tuple[datetime, str, str, str, str]]) -> None:
        """Add many entries in one step: of each the moment, who, action, subject and origin.

        Raises:
            StorageError: if they cannot be written; then none is.
        """
        if looks:
            with self._book.write() as open_:
                rows = [
                    _entry(at, who, action, subject, "ok", origin, {}) for at, who, action, subject, origin in looks
                ]
                open_.execute(TRAIL.insert(), rows)

    def entries(
        self, limit: int = 100, before: int | None = None, who: str | None = None, action: str | None = None
    ) -> list[Entry]:
        """The latest entries first.

        Args:
            limit: How many, at most `MOST`.
            before: Only those with a lower number: the last one of the page before.
            who: Only of this person.
            action: Only this action, or with a dot at the end all that begin so: `users.`
        """
        asked = sa.select(TRAIL).order_by(TRAIL.c.entry_id.desc()).limit(max(1, min(limit, MOST)))
        if before is not None:
            asked = asked.where(TRAIL.c.entry_id < before)
        if who:
            asked = asked.where(TRAIL.c.who == who)
        if action:
            same = (
                TRAIL.c.action.startswith(action, autoescape=True) if action.endswith(".") else TRAIL.c.action == action
            )
            asked = asked.where(same)
        with self._book.read() as open_:
            rows = open_.execute(asked).mappings().all()
        return [
            Entry(**{**row, "at": row["at"].replace(tzinfo=UTC), "detail": json.loads(row["detail"])}) for row in rows
        ]


def _entry(
    at: datetime, who: str, action: str, subject: str, outcome: str, origin: str, detail: Mapping[str, Any]
) -> dict[str, Any]:
    text = json.dumps(_clean(dict(detail)), ensure_ascii=False, default=str)
    if len(text) > LONGEST_DETAIL:
        text = json.dumps({"cut": hide(text)[:LONGEST_DETAIL]}, ensure_ascii=False)
    return {
        "at": at, "who": _line(who, 120) or "nobody", "action": _line(action, 64), "subject": _line(subject, LONGEST_SUBJECT),
        "outcome": _line(outcome, 16), "origin": _line(origin, 64), "detail": text,
    }  # fmt: skip


def _clean(value: Any, name: str = "") -> Any:
    if _SECRET_NAME.fullmatch(name) and not isinstance(value, bool | int | float | None):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(inner): _clean(one, str(inner)) for inner, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in value]
    return hide(value) if isinstance(value, str) else value


def _line(text: str, longest: int) -> str:
    """One line, without characters that would draw over another entry."""
    return "".join(mark if mark.isprintable() else " " for mark in hide(str(text))).strip()[:longest]
