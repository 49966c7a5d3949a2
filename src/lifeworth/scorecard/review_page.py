"""Reviews as pages: all of them with what became of what was decided, and one with its frozen figures and its minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.report.format import text
from lifeworth.report.spec import Block, Column, Page, Stat, Stats, Table, Text
from lifeworth.scorecard.card import PERSPECTIVES
from lifeworth.scorecard.fill import Filled
from lifeworth.scorecard.minutes import Minute, Open, Review, titles_of
from lifeworth.scorecard.page import SCORE, Standing

UNEXPLAINED = "no reason was written down"


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
    titles = {name: title for one in reversed(held) for name, title in titles_of(one.frozen).items()}
    return Page("reviews", "Reviews", (score, promised(still, titles)), currency=currency, as_of=as_of)


def review(
    one: Review,
    said: Sequence[Minute],
    before: Sequence[Open] = (),
    now: Standing | None = None,
    unexplained: Sequence[tuple[str, str, str, str]] = (),
    *,
    currency: str,
) -> Page:
    """One review: what was decided before it, the figures it froze beside today's, and everything that was said.

    Args:
        one: The review.
        said: Its entries.
        before: What earlier reviews had decided, and what became of it.
        now: The card today, to compare with; without it the frozen figures stand alone.
        unexplained: Changes of the card since it began that no entry gives a reason for: measure, field, before, after.
        currency: Of the amounts.
    """
    blocks: list[Block] = [head(one, now)]
    if before:
        blocks.append(promised(before, titles_of(one.frozen), "What was decided before, and what became of it"))
    blocks.append(figures(one, now, currency))
    if table := changed(one, said, unexplained):
        blocks.append(table)
    blocks.append(minutes([minute for minute in said if minute.kind != "change"], titles_of(one.frozen)))
    title = f"Review of {text(one.held_on, 'date')}"
    state = f"ended on {text(one.closed_at.date(), 'date')}" if one.closed_at else "still open"
    lead = f"{one.frozen['title']}, figures of {text(one.as_of, 'date')}; held by {one.opened_by or 'nobody named'}, {state}."
    return Page("review", title, tuple(blocks), lead, currency, one.as_of)


def figures(one: Review, now: Standing | None, currency: str) -> Table:
    """The figures a review froze, beside today's where those are given."""
    measures: Mapping[str, Mapping[str, Any]] = one.frozen["measures"]
    columns = [
        Column("measure", "Measure"),
        Column("value", "Value"),
        Column("red", "Red flag"),
        Column("goal", "Goal"),
        Column("target", "Target"),
        Column("score", "Score", "ratio", SCORE),
        Column("progress", "Progress", "percent", "share of the way from the baseline to the target"),
    ]
    if now is not None:
        columns += [Column("now", "Value today"), Column("score_now", "Score today", "ratio", SCORE)]
    columns.append(Column("why", "Why none"))
    rows = []
    for name, frozen in measures.items():
        row = [
            frozen["title"],
            _said(frozen, "value", currency),
            _limit(frozen, "red", currency),
            _limit(frozen, "goal", currency),
            _said(frozen, "target", currency),
            frozen["score"],
            frozen["progress"],
        ]
        if now is not None:
            today = now.filled.get(name)
            row += [_today(today, currency), None if today is None else today.score]
        rows.append((*row, frozen["why"]))
    caption = f"Frozen on {text(one.held_on, 'date')}: what the data say later does not change them."
    return Table("Figures of the day", tuple(columns), tuple(rows), caption)


def promised(
    still: Sequence[Open], titles: Mapping[str, str], title: str = "Decisions and actions, and what became of them"
) -> Table:
    """Decisions and actions with their end, and the score of what they were about."""
    columns = (
        Column("number", "No.", "count"),
        Column("kind", "Kind"),
        Column("text", "What"),
        Column("subject", "Measure or objective"),
        Column("owner", "Owner"),
        Column("due", "Due", "date"),
        Column("status", "Status"),
        Column("before", "Score then", "ratio"),
        Column("after", "Score now", "ratio"),
    )
    rows = tuple(
        (
            one.minute.minute_id,
            one.minute.kind,
            one.minute.text,
            titles.get(one.minute.subject, one.minute.subject),
            one.minute.owner,
            one.minute.due,
            "late" if one.late else one.status,
            one.before,
            one.after,
        )
        for one in still
    )
    caption = "A score that rose after a decision does not prove that the decision raised it."
    return Table(title, columns, rows, caption, empty="Nothing was decided yet.")


def changed(one: Review, said: Sequence[Minute], unexplained: Sequence[tuple[str, str, str, str]] = ()) -> Table | None:
    """Targets, limits and weights that were changed, with the reason; none where nothing was."""
    measures = one.frozen["measures"]

    def title(name: str) -> str:
        return str(measures[name]["title"]) if name in measures else name

    rows = [
        (title(m.subject), m.detail["field"], str(m.detail["before"]), str(m.detail["after"]), m.text, m.written_by)
        for m in said
        if m.kind == "change"
    ]
    rows += [(title(name), field, was, is_, UNEXPLAINED, "") for name, field, was, is_ in unexplained]
    if not rows:
        return None
    columns = (
        Column("measure", "Measure"),
        Column("field", "Field"),
        Column("before", "Before"),
        Column("after", "After"),
        Column("reason", "Reason"),
        Column("by", "Written by"),
    )
    return Table("Changes of the card", columns, tuple(rows))


def minutes(said: Sequence[Minute], titles: Mapping[str, str]) -> Table:
    """What was said, in the order it was written."""
    columns = (
        Column("number", "No.", "count"),
        Column("kind", "Kind"),
        Column("subject", "About"),
        Column("text", "What was said"),
        Column("owner", "Owner"),
        Column("due", "Due", "date"),
        Column("status", "Outcome"),
        Column("by", "Written by"),
    )
    rows = tuple(
        (m.minute_id, m.kind, titles.get(m.subject, m.subject), m.text, m.owner, m.due, _outcome(m), m.written_by)
        for m in said
    )
    return Table("Minutes", columns, rows, empty="Nothing was said yet.")


def _outcome(one: Minute) -> str:
    return f"No. {one.follows}: {one.detail.get('status', '')}" if one.kind == "outcome" else ""


def head(one: Review, now: Standing | None) -> Stats:
    """Scores of the card and its sides on the day, and how far they have moved where today is known."""

    def stat(name: str, frozen: Mapping[str, Any], today: float | None) -> Stat:
        score = frozen["score"]
        note = "" if today is None or score is None else f"today {today:.1f}"
        return Stat(name, score, "ratio", SCORE, as_of=one.as_of, source="frozen", note=note)

    rolled = None if now is None else now.rolled
    whole = stat("Score of the card", one.frozen["whole"], None if rolled is None else rolled.whole.score)
    sides = one.frozen["perspectives"]
    named = {
        "financial": "Financial",
        "customer": "Customer",
        "process": "Internal process",
        "learning": "Learning and growth",
    }
    titles = named if now is None else {name: now.card.perspectives[name].title for name in PERSPECTIVES}
    rest = [
        stat(titles[name], sides[name], None if rolled is None else rolled.perspectives[name].score)
        for name in PERSPECTIVES
        if name in sides
    ]
    return Stats((whole, *rest))


def _today(one: Filled | None, currency: str) -> str:
    return "" if one is None else text(one.value, one.kind, currency)


def _said(measure: Mapping[str, Any], name: str, currency: str) -> str:
    return "" if measure[name] is None else text(measure[name], measure["kind"], currency)


def _limit(measure: Mapping[str, Any], name: str, currency: str) -> str:
    band = measure["band"]
    return text(band[name], measure["kind"], currency) if isinstance(band, dict) else ""
