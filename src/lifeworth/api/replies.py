"""Idempotency keys: a write that is sent twice is done once and answered twice.

Whoever repeats a request because the line broke sends the same `Idempotency-Key`. The first answer is kept for a day; a fault is not,
so that the request may be tried again with the same key.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from lifeworth.api.call import Answer
from lifeworth.api.problems import InFlightError, ReplayError
from lifeworth.data.book import REPLIES, Book, now
from lifeworth.errors import OptionError

KEPT = timedelta(days=1)
ABANDONED = timedelta(minutes=10)
"""After this an unanswered request is taken for one whose server was killed."""
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(slots=True)
class Replies:
    """The answers that writes were given, by key and person."""

    book: Book

    def before(self, key: str, who: str, request_sha256: str) -> Answer | None:
        """Take a key for a request, or find what it was answered.

        Raises:
            OptionError: if it is no key.
            ReplayError: if the key was used for another request.
            InFlightError: if the request is under way.
        """
        if not _KEY.fullmatch(key):
            raise OptionError("An Idempotency-Key has 1 to 128 printable characters without blanks.")
        mine = sa.and_(REPLIES.c.key == key, REPLIES.c.who == who)
        with self.book.write() as open_:
            # Old ones go when new ones come: the table stays as large as a day is long.
            open_.execute(REPLIES.delete().where(REPLIES.c.created_at < now() - KEPT))
            abandoned = sa.and_(mine, REPLIES.c.status.is_(None), REPLIES.c.created_at < now() - ABANDONED)
            open_.execute(REPLIES.delete().where(abandoned))
            row = open_.execute(sa.select(REPLIES).where(mine)).mappings().first()
            if row is None:
                values = {"key": key, "who": who, "request_sha256": request_sha256, "created_at": now()}
                taken = open_.execute(sa.insert(REPLIES).prefix_with("OR IGNORE", dialect="sqlite").values(values))
                if taken.rowcount:
                    return None
                row = open_.execute(sa.select(REPLIES).where(mine)).mappings().one()
        if row["request_sha256"] != request_sha256:
            raise ReplayError(
                "This Idempotency-Key was used for another request.", hint="Take a fresh key for each thing to be done."
            )
        if row["status"] is None:
            raise InFlightError("The same request is being answered.", hint="Try again in a moment, with the same key.")
        kept = json.loads(row["body"])
        return Answer(kept["body"], row["status"], {**kept["headers"], "Idempotency-Replayed": "true"})

    def after(self, key: str, who: str, answer: Answer | None) -> None:
        """Keep an answer; without one, the key is free again."""
        mine = sa.and_(REPLIES.c.key == key, REPLIES.c.who == who)
        with self.book.write() as open_:
            if answer is None:
                open_.execute(REPLIES.delete().where(mine))
                return
            body: Any = answer.body
            if answer.secret and isinstance(body, dict):
                # What is shown once is kept nowhere.
                body = {**body, **dict.fromkeys(answer.secret)}
            text = json.dumps({"body": body, "headers": answer.headers}, ensure_ascii=False, default=str)
            open_.execute(REPLIES.update().where(mine).values(status=answer.status, body=text))
