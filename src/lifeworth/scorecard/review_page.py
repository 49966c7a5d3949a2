"""Reviews as pages: all of them with what became of what was decided, and one with its frozen figures and its minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lifeworth.report.format import text
from lifeworth.report.spec import Column, Page, Stat, Stats, Table, Text
from lifeworth.scorecard.page import SCORE
from lifeworth.scorecard.reviews import Minute, Open, Review


def reviews(
    held: Sequence[Review], said: Sequence[Minute], still: Sequence[Open], *, as_of: date, currency: str
) -> Page:
    """All reviews, what was decided, and whether it worked."""
    if not held:
        none = Text(
            "No review has been held yet. Open one with: lifeworth review --begin   It freezes the figures of the day; comments, decisions and "
            "actions are written beside them, and the next review opens with them.",
            title="Nothing to look back on",
        )
        return Page("reviews", "Reviews", (none,), currency=currency, as_of=as_of)
    score = Table(
        "Reviews",
        (
            Column("review", "Review"),
            Column("held", "Held on", "date"),
            Column("as_of", "Figures of", "date"),
            Column("score", "Score of the card", "ratio"),
            Column("said", "Entries", "count"),
            Column("closed", "Closed"),
        ),
        tuple(
            (
                one.review_id,
                one.held_on,
                one.as_of,
                one.frozen["whole"]["score"],
                sum(minute.review_id == one.review_id for minute in said),
                one.closed_at is not None,
            )
            for one in held
        ),
    )
    promised = Table(
        "Decisions and actions, and what became of them",
        (
            Column("number", "No.", "count"),
            Column("kind", "Kind"),
            Column("text", "What"),
            Column("subject", "Measure or objective"),
            Column("owner", "Owner"),
            Column("due", "Due", "date"),
            Column("status", "Status"),
            Column("before", "Score then", "ratio"),
            Column("after", "Score now", "ratio"),
        ),
        tuple(
            (
                one.minute.minute_id,
                one.minute.kind,
                one.minute.text,
                one.minute.subject,
                one.minute.owner,
                one.minute.due,
                "late" if one.late else one.status,
                one.before,
                one.after,
            )
            for one in still
        ),
        "A score that rose after a decision does not prove that the decision raised it.",
        empty="Nothing was decided yet.",
    )
    return Page("reviews", "Reviews", (score, promised), currency=currency, as_of=as_of)


def review(one: Review, said: Sequence[Minute], *, currency: str) -> Page:
    """One review: the figures it froze and everything that was said."""
    measures = one.frozen["measures"]
    frozen = Table(
        "Figures of the day",
        (
            Column("measure", "Measure"),
            Column("value", "Value"),
            Column("goal", "Goal"),
            Column("red", "Red flag"),
            Column("score", "Score", "ratio"),
            Column("why", "Why none"),
        ),
        tuple(
            (
                measure["title"],
                text(measure["value"], measure["kind"], currency),
                _limit(measure, "goal", currency),
                _limit(measure, "red", currency),
                measure["score"],
                measure["why"],
            )
            for measure in measures.values()
        ),
    )
    minutes = Table(
        "Minutes",
        (
            Column("number", "No.", "count"),
            Column("kind", "Kind"),
            Column("subject", "About"),
            Column("text", "What was said"),
            Column("owner", "Owner"),
            Column("due", "Due", "date"),
            Column("by", "Written by"),
        ),
        tuple((m.minute_id, m.kind, m.subject, m.text, m.owner, m.due, m.written_by) for m in said),
        empty="Nothing was said yet.",
    )
    head = Stats((Stat("Score of the card", one.frozen["whole"]["score"], "ratio", SCORE, as_of=one.as_of),))
    title = f"Review of {text(one.held_on, 'date')}"
    state = "closed" if one.closed_at else "open"
    return Page("review", title, (head, frozen, minutes), f"{one.frozen['title']}: {state}.", currency, one.as_of)


def _limit(measure: Mapping[str, object], name: str, currency: str) -> str:
    band = measure["band"]
    return text(band[name], measure["kind"], currency) if isinstance(band, dict) else ""  # type: ignore[arg-type]
