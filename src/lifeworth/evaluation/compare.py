"""Which model to trust, by what it foretold of days it had not seen; and when to trust none.

The rule, in order: models whose squared error by customer is far and clearly above the least are out; of the others the one that
wins most meetings with its rivals over error by customer, total and ranking at all origins (`contest.py`); where none wins, the one
whose parameters the data hold, then the simpler one. Where all forecasts of the past were missed to one side, the level is moved
(`level.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from lifeworth.evaluation.backtest import Backtest
from lifeworth.evaluation.cautions import cautions
from lifeworth.evaluation.contest import Contest, Standing, contest, losses
from lifeworth.evaluation.level import Level, level
from lifeworth.evaluation.metrics import jsonable
from lifeworth.evaluation.scoring import Difference, difference

Verdict = Literal["model", "no better than a baseline", "not enough data"]

LEAST_LATER_ORDERS = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """The model chosen and why, in words a person can repeat.

    Args:
        verdict: "model" where a model earned its place; "no better than a baseline" where one is chosen, but a naive
            forecast did as well; "not enough data" where none can be judged.
        model: Key of the model; none without enough data.
        first_order: Whether the spend model learns from first orders too.
        reason: Why this one.
        warnings: What the reader of any prediction has to know, the gravest first.
        comparisons: Squared errors of the models against the least, and of the one chosen against the best naive forecast.
        standings: How the models came out of their contest, best first.
        level: Whether customers order more or less often than the models' rates say.
        origins: How many hold-outs it rests on.
    """

    verdict: Verdict
    model: str | None
    first_order: bool
    reason: str
    warnings: tuple[str, ...] = ()
    comparisons: tuple[Difference, ...] = ()
    standings: tuple[Standing, ...] = ()
    level: Level = field(default_factory=Level)
    origins: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        plain: dict[str, Any] = jsonable(self)
        return plain


def choose(backtests: Sequence[Backtest], *, min_customers: int = 100, min_repeaters: int = 30) -> Choice:
    """Pick an order model by held-out evidence.

    Args:
        backtests: One hold-out or several, the one a report shows first.
        min_customers: Fewer customers to learn from than this cannot be judged.
        min_repeaters: The same for customers with a second purchase day.
    """
    if not backtests:
        return Choice("not enough data", None, True, "The orders span too few days to hold any of them out.")
    latest = backtests[0]
    lacking = _lacking(latest, min_customers, min_repeaters)
    if lacking:
        return Choice("not enough data", None, True, lacking, origins=len(backtests))
    names = [trial.name for trial in latest.models]
    usable = [
        test
        for test in backtests
        if not _lacking(test, min_customers, min_repeaters) and all(_fitted(test, name) for name in names)
    ]
    if not names:
        failures = "; ".join(f"{trial.words}: {trial.failure}" for trial in latest.trials if trial.failure)
        return Choice("not enough data", None, True, f"No model could be fitted. {failures}", origins=len(usable))
    met = contest(names, usable)
    moved = level(usable, met.winner)
    rival, gap = _against_baselines(met.winner, usable)
    verdict: Verdict = "model"
    warnings = []
    if not (gap.clear and gap.mean < 0):
        verdict = "no better than a baseline"
        word = "clearly worse than" if gap.clear else "no better than"
        warnings.append(
            f"{_words(latest, met.winner)} is {word} the naive forecast “{rival}” ({_words(latest, rival)}): "
            f"RMSE {_rmse(met.winner, usable):.3f} against {_rmse(rival, usable):.3f} orders a customer."
        )
    return Choice(
        verdict,
        met.winner,
        first_order=latest.spend.first_order if latest.spend is not None else True,
        reason=" ".join(filter(None, [_reason(met, usable), moved.reason])),
        warnings=(*warnings, *cautions(latest.trial(met.winner), latest)),
        comparisons=(*met.comparisons, gap),
        standings=met.standings,
        level=moved,
        origins=len(usable),
    )


def _lacking(test: Backtest, min_customers: int, min_repeaters: int) -> str:
    """What is missing for a judgement, with the numbers; empty where nothing is."""
    short = []
    if test.customers < min_customers:
        short.append(f"{test.customers:,} customers by {test.as_of} (at least {min_customers:,} are needed)")
    if test.repeaters < min_repeaters:
        short.append(f"{test.repeaters:,} of them with a second purchase day (at least {min_repeaters:,} are needed)")
    if test.actual_orders < LEAST_LATER_ORDERS:
        short.append(
            f"{test.actual_orders:,.0f} orders in the days held out (at least {LEAST_LATER_ORDERS} are needed)"
        )
    return "" if not short else "There is not enough to judge a model by: " + "; ".join(short) + "."


def _fitted(test: Backtest, name: str) -> bool:
    return any(trial.name == name for trial in test.models)


def _against_baselines(name: str, tests: Sequence[Backtest]) -> tuple[str, Difference]:
    """The baseline with the least squared error, and the model against it."""
    errors = {trial.name: losses(trial.name, tests) for trial in tests[0].baselines}
    rival = min(errors, key=lambda one: float(errors[one].mean()))
    return rival, difference(name, rival, (losses(name, tests), errors[rival]))


def _reason(met: Contest, tests: Sequence[Backtest]) -> str:
    latest, name = tests[0], met.winner
    mine, *others = met.standings
    out = [f"{_words(latest, one)} was put out first: its squared error is far above the least." for one in met.out]
    where = "one hold-out" if len(tests) == 1 else f"{len(tests)} hold-outs"
    if not others:
        only = "is the only model that could be fitted." if not out else "is the only model left."
        return " ".join([f"{_words(latest, name)} {only}", *out])
    figures = f"RMSE {_rmse(name, tests):.3f} orders a customer, total missed by {_missed(name, tests):.1%}"
    alike = [one for one in met.level if one != name]
    if alike:
        rest = " and ".join(_words(latest, one) for one in alike)
        why = (
            "the data hold its parameters"
            if any(test.trial(one).boundary for one in alike for test in tests)
            else "it is the simpler one"
        )
        said = f"{_words(latest, name)} and {rest} cannot be told apart over {where} ({figures}); {_words(latest, name)} is taken because {why}."
    else:
        second = others[0]
        said = (
            f"{_words(latest, name)} foretold best: over {where} it won {mine.won} and lost {mine.lost} comparisons of error by customer, "
            f"total and ranking, {_words(latest, second.name)} {second.won} and {second.lost} ({figures})."
        )
    return " ".join([said, *out])


def _missed(name: str, tests: Sequence[Backtest]) -> float:
    """|Σ predicted ÷ Σ actual − 1| over all origins."""
    orders = [scores for test in tests if (scores := test.trial(name).orders) is not None]
    actual = sum(scores.actual for scores in orders)
    return abs(sum(scores.predicted for scores in orders) / actual - 1) if actual > 0 else float("inf")


def _rmse(name: str, tests: Sequence[Backtest]) -> float:
    """Over all origins."""
    return float(np.sqrt(losses(name, tests).mean()))


def _words(test: Backtest, name: str) -> str:
    return test.trial(name).words
