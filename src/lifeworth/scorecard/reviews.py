"""Reviews of the scorecard: the figures of a day, frozen, and what was said, decided and promised over them.

Nothing is overwritten. What became of an action is a further entry that follows it; a changed target or weight is an entry with its
reason, beside the change of the card itself. The next review opens with the decisions of the last, and whether what they were to move
has moved.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from lifeworth.data.book import MINUTES, REVIEWS, Book, now
from lifeworth.errors import NotFoundError, OptionError, near
from lifeworth.scorecard.card import Scorecard
from lifeworth.scorecard.fill import Filled
from lifeworth.scorecard.minutes import (
    CHANGEABLE,
    LONGEST,
    NAMES,
    OUTCOMES,
    Minute,
    Open,
    Review,
    Said,
    frozen_score,
    promises,
)
from lifeworth.scorecard.roll_up import RolledUp


class Reviews:
    """The reviews of a workspace."""

    def __init__(self, book: Book) -> None:
        """Keep reviews in the book of the workspace."""
        self._book = book

    def begin(
        self,
        card: Scorecard,
        text: str,
        filled: Mapping[str, Filled],
        rolled: RolledUp,
        *,
        as_of: date,
        run_id: str,
        by: str,
        on: date,
    ) -> str:
        """Open a review: freeze the card and its figures.

        Returns:
            The review's name.

        Raises:
            OptionError: if another one is open.
        """
        frozen = {
            "title": card.title,
            "card": text,
            "measures": {name: asdict(one) for name, one in filled.items()},
            "objectives": {
                name: {"title": card.objectives[name].title, **asdict(one)} for name, one in rolled.objectives.items()
            },
            "perspectives": {name: asdict(one) for name, one in rolled.perspectives.items()},
            "whole": asdict(rolled.whole),
        }
        review_id = secrets.token_hex(8)
        values = {
            "review_id": review_id,
            "held_on": on,
            "as_of": as_of,
            "run_id": run_id,
            "frozen": json.dumps(frozen, ensure_ascii=False, default=str),
            "opened_by": by[:NAMES],
            "created_at": now(),
        }
        with self._book.write() as open_:
            # One statement: of two who begin at the same time one is told that a review is open.
            none_open = ~sa.exists().where(REVIEWS.c.closed_at.is_(None))
            row = sa.select(*(sa.literal(value, REVIEWS.c[name].type) for name, value in values.items()))
            made = open_.execute(REVIEWS.insert().from_select(list(values), row.where(none_open)))
        if not made.rowcount:
            is_open = self.open_one()
            name = "Another review" if is_open is None else f"The review {is_open.review_id}"
            raise OptionError(f"{name} is open still.", hint="End it first: lifeworth review --close")
        return review_id

    def say(
        self,
        review_id: str,
        kind: Said,
        text: str,
        *,
        by: str,
        subject: str = "",
        owner: str = "",
        due: date | None = None,
        follows: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Write an entry into an open review.

        Raises:
            NotFoundError: if there is no such review, or nothing to follow.
            OptionError: if the review is closed, the text is empty, an action has no owner or day, an outcome follows nothing.
        """
        review = self.get(review_id)
        said = dict(detail or {})
        self._allowed(review, kind, text, owner, subject, due, follows, said)
        with self._book.write() as open_:
            self._still_open(open_, review_id)
            return _added(open_, review_id, kind, text, subject, owner, due, follows, said, by)

    def changed(
        self,
        review_id: str,
        subject: str,
        fields: Sequence[tuple[str, str, str]],
        reason: str,
        *,
        by: str,
        then: Callable[[], None],
    ) -> list[int]:
        """Write down why limits, a target or a weight of a measure change, and change them: both, or neither.

        Args:
            review_id: The open review.
            subject: The measure.
            fields: Field, what it was and what it is now, as texts.
            reason: Why.
            by: Who says so.
            then: Changes the card; what it raises leaves nothing written down either. Killed right after it, the card has changed and
                nothing is written: the review shows such a change as one without a reason until it is given one.

        Raises:
            OptionError: if the review is closed, there is no reason, or a field is not one that a review changes.
        """
        review = self.get(review_id)
        with self._book.write() as open_:
            self._still_open(open_, review_id)
            keys = []
            for field, before, after in fields:
                detail = {"field": field, "before": before, "after": after}
                self._allowed(review, "change", reason, "", subject, None, None, detail)
                keys.append(_added(open_, review_id, "change", reason, subject, "", None, None, detail, by))
            then()
        return keys

    def close(self, review_id: str) -> None:
        """End a review; from then on nothing is added to it.

        Raises:
            NotFoundError: if there is no such review.
        """
        self.get(review_id)
        with self._book.write() as open_:
            open_.execute(
                REVIEWS.update()
                .where(REVIEWS.c.review_id == review_id, REVIEWS.c.closed_at.is_(None))
                .values(closed_at=now())
            )

    def open_one(self) -> Review | None:
        """The review that is open, if one is."""
        return next((one for one in self.all() if one.closed_at is None), None)

    def all(self) -> list[Review]:
        """All reviews, the latest first."""
        with self._book.read() as open_:
            rows = open_.execute(sa.select(REVIEWS).order_by(REVIEWS.c.created_at.desc(), REVIEWS.c.review_id))
            return [_review(row) for row in rows.mappings()]

    def get(self, review_id: str) -> Review:
        """One review.

        Raises:
            NotFoundError: if there is none of this name.
        """
        found = next((one for one in self.all() if one.review_id == review_id), None)
        if found is None:
            raise NotFoundError(f'There is no review "{review_id}".', hint="lifeworth reviews lists them.")
        return found

    def minutes(self, review_id: str | None = None) -> list[Minute]:
        """The entries of a review, or of all, in the order they were written."""
        query = sa.select(MINUTES).order_by(MINUTES.c.minute_id)
        if review_id is not None:
            query = query.where(MINUTES.c.review_id == review_id)
        with self._book.read() as open_:
            return [_minute(row) for row in open_.execute(query).mappings()]

    def still_open(self, scores: Mapping[str, float | None], today: date) -> list[Open]:
        """Decisions and actions of all reviews with what became of them, those without an end first.

        Args:
            scores: Scores now, of measures and objectives by name.
            today: The day by which something is late.
        """
        return promises(self.all(), self.minutes(), scores, today)

    def promised_before(self, review: Review) -> list[Open]:
        """What earlier reviews had decided when this one was held, what became of it, and its scores at both."""
        held = self.all()
        place = next(at for at, one in enumerate(held) if one.review_id == review.review_id)
        scores = {name: frozen_score(review.frozen, name) for kind in ("measures", "objectives") for name in review.frozen[kind]}  # fmt: skip
        return promises(held[place + 1 :], self.minutes(), scores, review.held_on)

    def _allowed(
        self,
        review: Review,
        kind: Said,
        text: str,
        owner: str,
        subject: str,
        due: date | None,
        follows: int | None,
        detail: Mapping[str, Any],
    ) -> None:
        if review.closed_at is not None:
            raise _closed()
        if not text.strip():
            raise OptionError("An entry needs words.")
        for what, words, most in (("text", text, LONGEST), ("owner", owner, NAMES), ("about", subject, NAMES)):
            if len(words) > most or "\x00" in words:
                raise OptionError(f"{what}: longer than {most:,} characters, or not plain text.")
        known = [*review.frozen["objectives"], *review.frozen["measures"]]
        if subject and subject not in known and kind != "change":
            raise OptionError(
                f'about: the card has no measure or objective "{subject}".',
                allowed=known,
                hint=near(subject, known) or None,
            )
        if kind == "action" and (not owner or due is None):
            raise OptionError("An action needs an owner and a day.", hint="--owner NAME --due 2027-03-31")
        if kind != "outcome" and follows is not None:
            raise OptionError("follows: only an outcome follows a decision or an action.")
        if kind == "outcome":
            if detail.get("status") not in OUTCOMES:
                raise OptionError("An outcome says what became of it.", allowed=OUTCOMES)
            if not any(one.minute_id == follows and one.kind in {"decision", "action"} for one in self.minutes()):
                raise NotFoundError(f"There is no decision or action {follows} to follow.")
        if kind == "change" and (detail.get("field") not in CHANGEABLE or not {"before", "after"} <= set(detail)):
            raise OptionError("A change says which field, what it was and what it is now.", allowed=CHANGEABLE)

    def _still_open(self, open_: sa.Connection, review_id: str) -> None:
        """Hold the review for the rest of the transaction, so that nobody ends it while something is added."""
        same = REVIEWS.update().where(REVIEWS.c.review_id == review_id, REVIEWS.c.closed_at.is_(None))
        if not open_.execute(same.values(run_id=REVIEWS.c.run_id)).rowcount:
            raise _closed()


def _closed() -> OptionError:
    return OptionError("This review is closed.", hint="Open a new one: lifeworth review --begin")


def _added(
    open_: sa.Connection,
    review_id: str,
    kind: Said,
    text: str,
    subject: str,
    owner: str,
    due: date | None,
    follows: int | None,
    detail: Mapping[str, Any],
    by: str,
) -> int:
    values = {
        "review_id": review_id,
        "kind": kind,
        "subject": subject,
        "text": text.strip(),
        "owner": owner,
        "due": due,
        "follows": follows,
        "detail": json.dumps(dict(detail), ensure_ascii=False, default=str),
        "written_by": by[:NAMES],
        "created_at": now(),
    }
    key = open_.execute(MINUTES.insert().values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def _review(row: Any) -> Review:
    return Review(
        row["review_id"],
        row["held_on"],
        row["as_of"],
        row["run_id"],
        json.loads(row["frozen"]),
        row["opened_by"],
        row["closed_at"],
    )


def _minute(row: Any) -> Minute:
    return Minute(
        row["minute_id"],
        row["review_id"],
        row["kind"],
        row["subject"],
        row["text"],
        row["owner"],
        row["due"],
        row["follows"],
        json.loads(row["detail"]),
        row["written_by"],
        row["created_at"],
    )
