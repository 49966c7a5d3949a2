"""Which model to trust, by what it foretold of days it had not seen; and when to trust none.

The rule, in order: the model with the least mean squared error of orders by customer (least at the true expectation,
which is what a value is built from); among models that are not clearly worse, the one that misses the total by least;
where even that does not part them, the one that gave what happened the higher probability, then the simpler one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.metrics import jsonable
from lifeworth.evaluation.scoring import Difference, chance_of_ranking, difference

Verdict = Literal["model", "no better than a baseline", "not enough data"]

HARDLY = 0.1
"""A rank correlation below this is of little use even when it is not chance."""
BIAS_ALIKE = 0.01
"""Totals missed by amounts that differ by less than this are missed alike."""
LEAST_LATER_ORDERS = 30
MISSED = 0.1
"""A total missed by more than this is said aloud."""


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
        comparisons: The squared errors the reason rests on.
        origins: How many hold-outs it rests on.
    """

    verdict: Verdict
    model: str | None
    first_order: bool
    reason: str
    warnings: tuple[str, ...] = ()
    comparisons: tuple[Difference, ...] = ()
    origins: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        plain: dict[str, Any] = jsonable(self)
        return plain


def choose(backtests: Sequence[Backtest], *, min_customers: int = 100, min_repeaters: int = 30) -> Choice:
    """Pick an order model by held-out evidence.

    Args:
        backtests: One hold-out or several, the latest first.
        min_customers: Fewer customers to learn from than this cannot be judged.
        min_repeaters: The same for customers with a second purchase day.
    """
    if not backtests:
        return Choice("not enough data", None, True, "The orders span too few days to hold any of them out.")
    latest = backtests[0]
    lacking = _lacking(latest, min_customers, min_repeaters)
    if lacking:
        return Choice("not enough data", None, True, lacking, origins=len(backtests))
    usable = [test for test in backtests if not _lacking(test, min_customers, min_repeaters)]
    names = [trial.name for trial in latest.models if all(_fitted(test, trial.name) for test in usable)]
    if not names:
        failures = "; ".join(f"{trial.words}: {trial.failure}" for trial in latest.trials if trial.failure)
        return Choice("not enough data", None, True, f"No model could be fitted. {failures}", origins=len(usable))
    name, reason, comparisons = _best(names, usable)
    rival, gap = _against_baselines(name, usable)
    verdict: Verdict = "model"
    warnings = []
    if not (gap.clear and gap.mean < 0):
        verdict = "no better than a baseline"
        word = "clearly worse than" if gap.clear else "no better than"
        warnings.append(
            f"{_words(latest, name)} is {word} the naive forecast “{rival}” ({_assumption(latest, rival)}): "
            f"RMSE {_rmse(name, usable):.3f} against {_rmse(rival, usable):.3f} orders a customer."
        )
    warnings += _cautions(latest.trial(name), latest)
    first_order = latest.spend.first_order if latest.spend is not None else True
    return Choice(verdict, name, first_order, reason, tuple(warnings), (*comparisons, gap), len(usable))


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


def _losses(name: str, tests: Sequence[Backtest]) -> Any:
    found = [test.trial(name).losses for test in tests]
    return np.concatenate([losses for losses in found if losses is not None])


def _best(names: Sequence[str], tests: Sequence[Backtest]) -> tuple[str, str, tuple[Difference, ...]]:
    latest = tests[0]
    if len(names) == 1:
        return names[0], f"{_words(latest, names[0])} is the only model that could be fitted.", ()
    losses = {name: _losses(name, tests) for name in names}
    first = min(names, key=lambda name: float(losses[name].mean()))
    gaps = tuple(difference(first, name, (losses[first], losses[name])) for name in names if name != first)
    alike = [first, *(gap.second for gap in gaps if not gap.clear)]
    if len(alike) == 1:
        nearest = min(gaps, key=lambda gap: abs(gap.z))
        return (
            first,
            (
                f"{_words(latest, first)} foretells held-out orders best: RMSE {_rmse(first, tests):.3f} orders a customer, clearly "
                f"less than {_words(latest, nearest.second)} with {_rmse(nearest.second, tests):.3f} (z = {abs(nearest.z):.1f})."
            ),
            gaps,
        )
    misses = {name: _missed(name, tests) for name in alike}
    name = min(alike, key=lambda one: misses[one])
    near = [one for one in names if one in alike and misses[one] - misses[name] < BIAS_ALIKE]
    if len(near) == 1:
        rest = ", ".join(f"{_words(latest, one)} by {misses[one]:.1%}" for one in alike if one != name)
        return (
            name,
            (
                f"{_words(latest, name)} misses the total of held-out orders by {misses[name]:.1%}, {rest}; by customer "
                f"they do alike within the noise (RMSE {_rmse(name, tests):.3f})."
            ),
            gaps,
        )
    likely = max(near, key=lambda one: (_log_score(latest, one), -list(names).index(one)))
    others = ", ".join(_words(latest, one) for one in alike if one != likely)
    return (
        likely,
        (
            f"{_words(latest, likely)} and {others or 'the others'} cannot be told apart by held-out orders (RMSE "
            f"{_rmse(likely, tests):.3f}, total missed by {misses[likely]:.1%}); {_words(latest, likely)} gave what happened "
            "the higher probability or is the simpler one."
        ),
        gaps,
    )


def _against_baselines(name: str, tests: Sequence[Backtest]) -> tuple[str, Difference]:
    """The baseline with the least squared error, and the model against it."""
    losses = {trial.name: _losses(trial.name, tests) for trial in tests[0].baselines}
    rival = min(losses, key=lambda one: float(losses[one].mean()))
    return rival, difference(name, rival, (_losses(name, tests), losses[rival]))


def _cautions(trial: Trial, test: Backtest) -> list[str]:
    said = []
    orders = trial.orders
    assert orders is not None  # noqa: S101 - only fitted trials are chosen
    rank = orders.spearman.value
    if rank is None:
        said.append(f"It does not rank customers: {orders.spearman.reason}.")
    elif chance_of_ranking(rank, orders.customers) > 0.025:
        said.append(
            f"Its ranking of customers is no better than chance (rank correlation {rank:.3f} over {orders.customers:,} customers): "
            "do not pick single customers by it."
        )
    elif rank < HARDLY:
        said.append(f"It ranks customers hardly better than chance (rank correlation {rank:.3f}).")
    missed = orders.relative_bias.value
    if missed is not None and abs(missed) > MISSED:
        what = "more" if missed > 0 else "fewer"
        why = (
            "growth, season or a change of habits that the past does not show"
            if missed < 0
            else "customers who faded faster than the past shows"
        )
        said.append(
            f"It foretold {abs(missed):.0%} {what} orders than came from {test.as_of} to {test.until} "
            f"({orders.predicted:,.0f} against {orders.actual:,.0f}): {why} would do that."
        )
    said += _money_missed(trial) + _intervals_missed(trial, test)
    return said + list(trial.notes) + list(test.notes)


def _money_missed(trial: Trial) -> list[str]:
    money = trial.value
    missed = None if money is None else money.relative_bias.value
    if money is None or missed is None or abs(missed) <= MISSED:
        return []
    what = "more" if missed > 0 else "less"
    return [
        f"It foretold {abs(missed):.0%} {what} money than came ({money.predicted:,.0f} against {money.actual:,.0f})."
    ]


def _intervals_missed(trial: Trial, test: Backtest) -> list[str]:
    held = trial.intervals
    if held is None:
        return []
    whose = "customers" if held.customers == test.customers else f"{held.customers:,} customers"
    return [
        f"The 5–95 % interval of all {what} of {whose} ({total.low:,.0f} to {total.high:,.0f}) does not contain what came "
        f"({total.actual:,.0f}); it ends {abs(total.missed_by):.1%} too {'low' if total.missed_by < 0 else 'high'}."
        for total, what in ((held.orders_total, "orders"), (held.value_total, "money"))
        if total is not None and not total.held
    ]


def _missed(name: str, tests: Sequence[Backtest]) -> float:
    """|Σ predicted ÷ Σ actual − 1| over all origins."""
    orders = [scores for test in tests if (scores := test.trial(name).orders) is not None]
    actual = sum(scores.actual for scores in orders)
    return abs(sum(scores.predicted for scores in orders) / actual - 1) if actual > 0 else float("inf")


def _log_score(test: Backtest, name: str) -> float:
    held = test.trial(name).intervals
    score = None if held is None else held.log_score.value
    # Rounded, so that models equal up to the last bits stay equal and the simpler one is taken.
    return float("-inf") if score is None else round(score, 4)


def _rmse(name: str, tests: Sequence[Backtest]) -> float:
    """Over all origins."""
    return float(np.sqrt(_losses(name, tests).mean()))


def _words(test: Backtest, name: str) -> str:
    return test.trial(name).words


_assumption = _words
