"""What reviews are made of: the figures of a day, entries over them, and what became of what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

Said: TypeAlias = Literal["comment", "decision", "action", "change", "outcome"]
OUTCOMES = ("done", "running", "dropped", "worked", "did not work")
"""What can become of a decision or an action."""
CHANGEABLE = ("target", "target_on", "goal", "red", "red_above", "baseline", "weight")
"""Fields of a measure that a review may change, with a reason."""
LONGEST = 4_000
"""Characters of an entry."""
NAMES = 120
"""Characters of a name."""


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
        frozen: `measures` by name (value, score, goal, red, target …), `objectives`, `perspectives`, `whole`, and `card`, the card's text.
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


def titles_of(frozen: Mapping[str, Any]) -> dict[str, str]:
    """Names of the measures and objectives of a review with what people call them, measures first."""
    named = {
        **frozen["measures"],
        **{name: one for name, one in frozen["objectives"].items() if name not in frozen["measures"]},
    }
    return {name: str(one.get("title") or name.replace("_", " ").capitalize()) for name, one in named.items()}


def frozen_score(frozen: Mapping[str, Any], subject: str) -> float | None:
    """The score a measure or an objective had in the figures of a review."""
    for kind in ("measures", "objectives"):
        one = frozen[kind].get(subject)
        if one is not None:
            score = one["score"]
            return None if score is None else float(score)
    return None


def promises(
    held: Sequence[Review], said: Sequence[Minute], scores: Mapping[str, float | None], today: date
) -> list[Open]:
    """Decisions and actions of some reviews with what became of them, those without an end first.

    Args:
        held: The reviews.
        said: The entries of all reviews: what became of a decision is mostly written in a later one.
        scores: Scores to compare with, of measures and objectives by name.
        today: The day by which something is late.
    """
    by_name = {one.review_id: one for one in held}
    latest = {one.follows: one for one in said if one.kind == "outcome"}
    found = []
    for one in said:
        if one.kind not in {"decision", "action"} or one.review_id not in by_name:
            continue
        end = latest.get(one.minute_id)
        status = str(end.detail.get("status", "open")) if end else "open"
        before = frozen_score(by_name[one.review_id].frozen, one.subject)
        late = status in {"open", "running"} and one.due is not None and one.due < today
        found.append(Open(one, status, late, before, scores.get(one.subject)))
    return sorted(found, key=lambda one: (one.status not in {"open", "running"}, -one.minute.minute_id))
