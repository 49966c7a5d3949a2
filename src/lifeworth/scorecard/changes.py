"""Changes of a scorecard as they are made by hand, in the dashboard or in a review: read, checked against the registry, written in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lifeworth.errors import LifeworthError, NotFoundError, OptionError, near
from lifeworth.kpis.registry import catalogue
from lifeworth.scorecard import edit
from lifeworth.scorecard.card import Scorecard
from lifeworth.scorecard.fields import read as read_fields
from lifeworth.scorecard.fields import written
from lifeworth.scorecard.files import FILE, Business, Held, another, held, keep, read_text
from lifeworth.scorecard.fill import refuse_unknown
from lifeworth.scorecard.minutes import CHANGEABLE, Minute, Review
from lifeworth.scorecard.reviews import Reviews
from lifeworth.settings import read as read_settings


@dataclass(frozen=True, slots=True)
class CardFile:
    """Where the card of a workspace is changed.

    Attributes:
        root: The workspace.
        business: Whose card is ours to begin with, where it has none of its own.
    """

    root: Path
    business: Business

    def now(self) -> Held:
        """The card as it lies there."""
        return held(self.root, self.business)

    def write(self, text: str, seen: str | None = None) -> Held:
        """Write a whole text.

        Raises:
            OptionError: naming every fault; nothing is written then.
            ChangedError: if the file is another than the one that was read.
        """
        self.check(text)
        keep(self.root, text, seen=seen)
        return self.now()

    def put(self, section: str, name: str, said: Mapping[str, Any], *, seen: str | None = None, new: bool = False) -> Held:  # fmt: skip
        """Put an entry in, or change fields of it (`edit.put`)."""
        there = self.now()
        return self._changed(there, edit.put(there.text, section, name, said, new=new), seen)

    def drop(self, section: str, name: str, *, seen: str | None = None) -> Held:
        """Take an entry away (`edit.drop`)."""
        there = self.now()
        return self._changed(there, edit.drop(there.text, section, name), seen)

    def check(self, text: str) -> None:
        """Refuse a text that is no card, or names figures there are not.

        Raises:
            OptionError: naming every fault.
        """
        refuse_unknown(read_text(text, FILE), catalogue(read_settings(self.root)))

    def _changed(self, there: Held, text: str, seen: str | None) -> Held:
        # Made from what lay there a moment ago: that, and what the person has seen, must still be so.
        if seen is not None and seen != there.version:
            raise another()
        return self.write(text, there.version)


def change(
    kept: Reviews,
    cards: CardFile,
    review_id: str,
    measure: str,
    said: Mapping[str, Any],
    reason: str,
    *,
    by: str,
    between: Callable[[str], None] = lambda _: None,
) -> list[int]:
    """Change targets, limits or the weight of a measure in a review, with the reason.

    Args:
        kept: The reviews.
        cards: The card.
        review_id: The open review.
        measure: Name of the measure.
        said: Fields and their new values.
        reason: Why.
        by: Who says so.
        between: Called with a name between the steps; tests stop the process there.

    Returns:
        Numbers of the entries.

    Raises:
        OptionError: if a field is not one that a review changes, nothing would change, or the card would not be one.
        NotFoundError: if the card has no such measure.
    """
    wrong = [f"{name}: a review does not change it. {near(name, CHANGEABLE)}".rstrip() for name in said if name not in CHANGEABLE]  # fmt: skip
    if wrong or not said:
        raise OptionError("This is not changed in a review:", faults=wrong or ["no field was named"], allowed=CHANGEABLE)  # fmt: skip
    there = cards.now()
    measures = edit.entries(there.card, "measures")
    if measure not in measures:
        raise NotFoundError(f'The card has no measure "{measure}".', hint=near(measure, measures) or None)
    text = edit.put(there.text, "measures", measure, said)
    cards.check(text)
    was, now = (
        written("measures", edit.entries(read_text(one, FILE), "measures")[measure]) for one in (there.text, text)
    )
    review = kept.get(review_id)
    was = {**was, **_without_reason(review, kept.minutes(review_id), there, measure)}
    fields = [(name, was[name], now[name]) for name in read_fields("measures", said) if was[name] != now[name]]
    if not fields:
        raise OptionError(f"{measure} says so already: nothing would change.")

    def write() -> None:
        between("written down")
        if text != there.text or not there.own:
            keep(cards.root, text, seen=there.version)
        between("card changed")

    return kept.changed(review_id, measure, fields, reason, by=by, then=write)


def unexplained(review: Review, said: list[Minute], there: Held) -> list[tuple[str, str, str, str]]:
    """Changes of the card since a review began that no entry gives a reason for: measure, field, before, after."""
    try:
        then, now = read_text(review.frozen["card"], FILE), there.card
    except LifeworthError:
        return []  # an older Lifeworth froze no text; or the file cannot be read now, which whoever opens it is told
    told = {(one.subject, one.detail["field"]) for one in said if one.kind == "change"}
    found = []
    for measure, field in differ(then, now):
        if (measure, field) not in told:
            was, is_ = (written("measures", edit.entries(card, "measures")[measure])[field] for card in (then, now))
            found.append((measure, field, was, is_))
    return found


def _without_reason(review: Review, said: list[Minute], there: Held, measure: str) -> dict[str, str]:
    """What fields were at the review's begin that have changed since without a reason: it can still be given."""
    return {field: was for name, field, was, _ in unexplained(review, said, there) if name == measure}


def differ(before: Scorecard, after: Scorecard) -> list[tuple[str, str]]:
    """Measures both cards have, and which of their targets, limits and weights are others."""
    return [
        (name, field)
        for name, one in after.measures.items()
        if name in before.measures
        for field in CHANGEABLE
        if getattr(before.measures[name], field) != getattr(one, field)
    ]
