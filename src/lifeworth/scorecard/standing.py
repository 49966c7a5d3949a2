"""A card with everything known of it on a day: values, scores, and what the months say of its arrows."""

from __future__ import annotations

from lifeworth.scorecard.arrows import Found, Pair, judge
from lifeworth.scorecard.card import Scorecard
from lifeworth.scorecard.files import card_of
from lifeworth.scorecard.fill import fill, paths
from lifeworth.scorecard.page import Standing
from lifeworth.scorecard.roll_up import roll_up
from lifeworth.workspace import Workspace


def standing(ws: Workspace, *, arrows: bool = True) -> Standing:
    """The card of a workspace with everything known of it on the as-of day.

    Args:
        ws: The workspace.
        arrows: Whether to hold the arrows to the data too.
    """
    card, held = card_of(ws)
    filled = fill(ws, card)
    rolled = roll_up(card, {name: one.score for name, one in filled.items()}, ws.as_of)
    found = _judged(ws, card) if arrows else [Found("not enough data") for _ in card.arrows]
    return Standing(card, held, filled, rolled, found, ws.as_of, ws.currency)


def _judged(ws: Workspace, card: Scorecard) -> list[Found]:
    ends = {name for arrow in card.arrows for name in (arrow.cause, arrow.effect)}
    found = paths(ws, card, sorted(ends))
    pairs = []
    for arrow in card.arrows:
        cause, effect = found[arrow.cause], found[arrow.effect]
        why = cause.why or effect.why
        if not why and arrow.lag.unit != "months":
            why = "its lag is not in months"
        pairs.append(Pair(cause.values, effect.values, arrow.lag.count, arrow.sign, why))
    return judge(pairs)
