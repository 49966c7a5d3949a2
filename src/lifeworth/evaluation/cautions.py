"""What a reader of a prediction has to know, in plain words, from the hold-out that tested it."""

from __future__ import annotations

from lifeworth.evaluation import promises
from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.scoring import chance_of_ranking

HARDLY = 0.1
"""A rank correlation below this is of little use even when it is not chance."""
MISSED = 0.1
"""A total missed by more than this is said aloud."""


def cautions(trial: Trial, test: Backtest) -> list[str]:
    """What a reader of the predictions of one model has to know, the gravest first."""
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
    if trial.intervals is not None:
        said += promises.of_intervals(trial.intervals)
    said += promises.of_cohorts(trial.cohorts)
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
