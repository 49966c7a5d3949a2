"""Which model foretold best: every two of them meet at every origin, over what a user sees of a forecast.

That is how far off a customer is (MAE), whether the sum is right (the total missed), and who comes first (Spearman's rank
correlation). A meeting is won, lost or drawn; the model with the best balance is taken. Wins are counted instead of losses added
up, because one origin with little to learn from can make any model look absurd, and would then decide alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.metrics import Array
from lifeworth.evaluation.scoring import Difference, difference

FAR_WORSE = 0.05
"""Squared errors larger than the least by this share, beyond the noise, put a model out of the contest."""
DRAWN: Mapping[str, float] = {"mae": 0.002, "total": 0.005, "spearman": 0.002}
"""Differences up to these are drawn: of MAE as a share of it, of the total missed and of the rank correlation as they are."""
WORDS = {"mae": "error by customer", "total": "total", "spearman": "ranking"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one model came out of the contest.

    Args:
        name: Key of the model.
        won: Meetings won, over all rivals, origins and measures.
        lost: Meetings lost.
        drawn: Meetings drawn, and those that could not be judged.
    """

    name: str
    won: int = 0
    lost: int = 0
    drawn: int = 0

    @property
    def balance(self) -> int:
        """Meetings won less meetings lost."""
        return self.won - self.lost


@dataclass(frozen=True, slots=True)
class Contest:
    """The standings, best first, the models put out beforehand, and the squared errors this rests on."""

    standings: tuple[Standing, ...]
    out: tuple[str, ...]
    comparisons: tuple[Difference, ...]

    @property
    def winner(self) -> str:
        """Key of the model taken."""
        return self.standings[0].name

    @property
    def level(self) -> tuple[str, ...]:
        """Models whose balance is that of the winner."""
        best = self.standings[0].balance
        return tuple(one.name for one in self.standings if one.balance == best)


def contest(names: Sequence[str], tests: Sequence[Backtest]) -> Contest:
    """Let models compete at all origins.

    Among models with the same balance the one whose parameters the data hold is taken, then the one named first.

    Args:
        names: Keys of the models, the simplest first; each was fitted in every test.
        tests: The hold-outs.
    """
    errors = {name: losses(name, tests) for name in names}
    least = min(names, key=lambda name: float(errors[name].mean()) if errors[name].size else 0.0)
    gaps = tuple(difference(name, least, (errors[name], errors[least])) for name in names if name != least)
    out = tuple(gap.first for gap in gaps if gap.z >= 2.0 and gap.share > FAR_WORSE)
    kept = [name for name in names if name not in out]
    found = {name: Standing(name, *_meetings(name, kept, tests)) for name in kept}

    def order(name: str) -> tuple[int, int, int]:
        unheld = sum(bool(test.trial(name).boundary) for test in tests)
        return -found[name].balance, unheld, kept.index(name)

    return Contest(tuple(found[name] for name in sorted(kept, key=order)), out, gaps)


def losses(name: str, tests: Sequence[Backtest]) -> Array:
    """Squared errors by customer of one forecast, all origins after one another."""
    found = [test.trial(name).losses for test in tests]
    return np.concatenate([np.zeros(0), *(each for each in found if each is not None)])


def _meetings(name: str, kept: Sequence[str], tests: Sequence[Backtest]) -> tuple[int, int, int]:
    """Meetings of one model with all others: won, lost, drawn."""
    results = [
        result
        for test in tests
        for rival in kept
        if rival != name
        for result in _meet(test.trial(name), test.trial(rival))
    ]
    return results.count(1), results.count(-1), results.count(0)


def _meet(one: Trial, other: Trial) -> tuple[int, ...]:
    """+1, −1 or 0 for each measure."""
    return tuple(_result(_faults(one)[measure], _faults(other)[measure], room) for measure, room in DRAWN.items())


def _faults(trial: Trial) -> dict[str, float | None]:
    """What is wrong with a forecast, by measure: less is better. MAE by its logarithm, so that a gap in it is a share."""
    scores = trial.orders
    if scores is None:
        return dict.fromkeys(DRAWN)
    mae, missed, rank = scores.mae.value, scores.relative_bias.value, scores.spearman.value
    return {
        "mae": float(np.log(mae)) if mae else None,
        "total": None if missed is None else abs(missed),
        "spearman": None if rank is None else -rank,
    }


def _result(mine: float | None, theirs: float | None, room: float) -> int:
    if mine is None or theirs is None or abs(mine - theirs) <= room:
        return 0
    return 1 if mine < theirs else -1
