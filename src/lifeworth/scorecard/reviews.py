"""Reviews of the scorecard: the figures of a day, frozen, and what was said, decided and promised over them.

Nothing is overwritten. What became of an action is a further entry that follows it; a changed target or weight is an entry with its
reason, beside the change of the card itself. The next review opens with the decisions of the last, and whether what they were to move
has moved.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from lifeworth.data.book import MINUTES, REVIEWS, Book, now
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.scorecard.card import Scorecard
from lifeworth.scorecard.fill import Filled
from lifeworth.scorecard.roll_up import RolledUp

Said: TypeAlias = Literal["comment", "decision", "action", "change", "outcome"]
OUTCOMES = ("done", "running", "dropped", "worked", "did not work")
"""What can become of a decision or an action."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One entry: who said what about what, for whom and until when.

    Attributes:
        follows: The entry it follows: an outcome follows a decision or an action.
        detail: Of a change: field, before, after. Of an outcome: `status`, one of `OUTCOMES`.
    """

    minute_id: int
    review_id: str
    kind: Said
    subject: str
    text: str
    owner: str
    due: date | None
    follows: int | None
    detail: Mapping[str, Any]
    written_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """A review with the figures of its day.

    Attributes:
        frozen: `measures` by name (value, score, goal, red, target …), `objectives`, `perspectives`, `whole`, and the card's text.
    """

    review_id: str
    held_on: date
    as_of: date
    run_id: str
    frozen: Mapping[str, Any]
    opened_by: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Open:
    """A decision or an action of an earlier review, what became of it, and how its subject has moved since.

    Attributes:
        status: The latest outcome, "open" without one.
        late: Whether its day has passed while it is open.
        before: Score of its subject at that review.
        after: Score of its subject now.
    """

    minute: Minute
    status: str
    late: bool
    before: float | None
    after: float | None


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
        """
        frozen = {
            "title": card.title,
            "card": text,
            "measures": {name: asdict(one) for name, one in filled.items()},
            "objectives": {name: asdict(one) for name, one in rolled.objectives.items()},
            "perspectives": {name: asdict(one) for name, one in rolled.perspectives.items()},
            "whole": asdict(rolled.whole),
        }
        review_id = secrets.token_hex(8)
        with self._book.write() as open_:
            open_.execute(
                REVIEWS.insert().values(
                    review_id=review_id,
                    held_on=on,
                    as_of=as_of,
                    run_id=run_id,
                    frozen=json.dumps(frozen, ensure_ascii=False, default=str),
                    opened_by=by,
                    created_at=now(),
                )
            )
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
        self._allowed(review, kind, text, owner, due, follows, detail or {})
        with self._book.write() as open_:
            found = open_.execute(
                MINUTES.insert().values(
                    review_id=review_id,
                    kind=kind,
                    subject=subject,
                    text=text.strip(),
                    owner=owner,
                    due=due,
                    follows=follows,
                    detail=json.dumps(dict(detail or {}), ensure_ascii=False, default=str),
                    written_by=by,
                    created_at=now(),
                )
            )
        key = found.inserted_primary_key
        return int(key[0]) if key else 0

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
            raise NotFoundError(f'There is no review "{review_id}".', hint="lifeworth scorecard --reviews lists them.")
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
        said = self.minutes()
        held = {one.review_id: one for one in self.all()}
        latest = {one.follows: one for one in said if one.kind == "outcome"}
        found = []
        for one in said:
            if one.kind not in {"decision", "action"}:
                continue
            end = latest.get(one.minute_id)
            status = str(end.detail.get("status", "open")) if end else "open"
            before = _frozen_score(held[one.review_id].frozen, one.subject)
            late = status in {"open", "running"} and one.due is not None and one.due < today
            found.append(Open(one, status, late, before, scores.get(one.subject)))
        return sorted(found, key=lambda one: (one.status not in {"open", "running"}, -one.minute.minute_id))

    def _allowed(
        self,
        review: Review,
        kind: Said,
        text: str,
        owner: str,
        due: date | None,
        follows: int | None,
        detail: Mapping[str, Any],
    ) -> None:
        if review.closed_at is not None:
            raise OptionError("This review is closed.", hint="Open a new one: lifeworth scorecard --review")
        if not text.strip():
            raise OptionError("An entry needs words.")
        if kind == "action" and (not owner or due is None):
            raise OptionError("An action needs an owner and a day.", hint="--owner NAME --due 2027-03-31")
        if kind == "outcome":
            if detail.get("status") not in OUTCOMES:
                raise OptionError("An outcome says what became of it.", allowed=OUTCOMES)
            if not any(one.minute_id == follows and one.kind in {"decision", "action"} for one in self.minutes()):
                raise NotFoundError(f"There is no decision or action {follows} to follow.")
        if kind == "change" and not {"field", "before", "after"} <= set(detail):
            raise OptionError("A change says which field, what it was and what it is now.")


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


def _frozen_score(frozen: Mapping[str, Any], subject: str) -> float | None:
    for kind in ("measures", "objectives"):
        one = frozen[kind].get(subject)
        if one is not None:
            score = one["score"]
            return None if score is None else float(score)
    return None


def changes(before: Scorecard, after: Scorecard) -> Sequence[tuple[str, str, Any, Any]]:
    """Targets, limits and weights that differ between two cards: measure, field, before, after."""
    found = []
    for name, one in after.measures.items():
        was = before.measures.get(name)
        for field in ("red", "goal", "red_above", "target", "target_on", "baseline", "weight"):
            old, new = (None if card is None else getattr(card, field) for card in (was, one))
            if old != new:
                found.append((name, field, old, new))
    return found
