"""From scores of measures to scores of objectives, perspectives and the whole card, and how much of each is known.

A score above is the weighted mean of the scores below that are known. What is missing is neither a zero nor passed over in silence:
the share of the weight that is known stands beside every score, and what is missing is named.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lifeworth.scorecard.card import PERSPECTIVES, Scorecard


@dataclass(frozen=True, slots=True)
class Rolled:
    """A score made of others.

    Attributes:
        score: 0 to 10; none where nothing below is known.
        known: Share of the weight below that is known, 0 to 1.
        missing: Names of the measures below that have no score.
    """

    score: float | None
    known: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolledUp:
    """All scores of a card on a day."""

    objectives: Mapping[str, Rolled]
    perspectives: Mapping[str, Rolled]
    whole: Rolled


def roll_up(card: Scorecard, scores: Mapping[str, float | None], day: date) -> RolledUp:
    """Scores of objectives, perspectives and the card.

    Args:
        card: The card.
        scores: Scores of the measures by name; none where there is no value.
        day: The day whose weights hold.
    """
    objectives = {}
    for name in card.objectives:
        below = card.measures_of(name)
        rows = [
            (one.weight_on(day), Rolled(scores.get(key), float(scores.get(key) is not None), () if scores.get(key) is not None else (key,)))
            for key, one in below.items()
        ]  # fmt: skip
        objectives[name] = _mean(rows)
    perspectives = {
        name: _mean([(one.weight, objectives[key]) for key, one in card.objectives_of(name).items()])
        for name in PERSPECTIVES
    }
    whole = _mean([(card.perspectives[name].weight, perspectives[name]) for name in PERSPECTIVES])
    return RolledUp(objectives, perspectives, whole)


def _mean(rows: list[tuple[float, Rolled]]) -> Rolled:
    """The weighted mean of what is known; a part that is known by half counts with its whole weight, and says so above."""
    total = math.fsum(weight for weight, _ in rows)
    held = [(weight, one) for weight, one in rows if one.score is not None and weight > 0]
    weights = math.fsum(weight for weight, _ in held)
    mean = math.fsum(weight * one.score for weight, one in held if one.score is not None) / weights if weights else None
    known = math.fsum(weight * one.known for weight, one in rows) / total if total else 0.0
    missing = tuple(dict.fromkeys(name for weight, one in rows if weight > 0 for name in one.missing))
    return Rolled(mean, known, missing)
