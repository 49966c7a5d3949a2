"""Scores as tables of a page: every forecast against what came, both ways to learn order values, the same test from earlier days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.calibration import Coverage, calibration_error
from lifeworth.evaluation.compare import Choice
from lifeworth.evaluation.metrics import Score
from lifeworth.evaluation.scoring import Scores
from lifeworth.evaluation.spend import SpendTest
from lifeworth.report.spec import Column, Kind, Table, Value

MEASURES: tuple[tuple[str, str, Kind, str], ...] = (
    ("bias", "Total missed by", "percent", "Predicted ÷ actual total − 1. Above 0 too much was promised."),
    ("mae", "MAE", "number", "Mean absolute error a customer. It favours low forecasts."),
    (
        "rmse",
        "RMSE",
        "number",
        "Root mean squared error a customer; least at the true expectation.",
    ),
    (
        "spearman",
        "Rank correlation",
        "ratio",
        "Spearman's, ties at their mean rank: 1 is the right order of customers, 0 chance.",
    ),
    (
        "gini",
        "Normalised Gini",
        "ratio",
        "How much of the inequality among customers the ranking finds: 1 all of it, 0 chance.",
    ),
    (
        "top",
        "Top tenth brought",
        "percent",
        "Part of the actual total from the tenth of customers predicted highest; chance brings 10 %.",
    ),
)


SHORT = MappingProxyType({"bias": "Missed by", "spearman": "Ranking", "gini": "Gini", "top": "Top tenth"})
"""Titles for a table that has more columns beside these."""


def compared(test: Backtest) -> list[Table]:
    """Every model and every naive forecast against what came: orders, and money where there is any."""
    tables = [_scores(test, "orders")]
    if any(trial.value is not None for trial in test.models):
        tables.append(_scores(test, "value"))
    return tables


def _scores(test: Backtest, what: str) -> Table:
    rows: list[tuple[Value, ...]] = []
    for trial in (*(one for one in test.trials if one.kind == "model"), *test.baselines):
        scores: Scores | None = trial.orders if what == "orders" else trial.value
        name = trial.words if trial.kind == "model" else f"naive: {trial.name}"
        if scores is None:
            rows.append((name, None, *(None for _ in MEASURES)))
            continue
        rows.append((name, scores.predicted, *_measured(scores)))
    kind: Kind = "number" if what == "orders" else "money"
    columns = (
        Column("name", "Forecast"),
        Column("predicted", "Predicted total", kind, "Foretold for all customers together."),
        *_measures(kind),
    )
    failed = [f"{trial.words} could not be fitted: {trial.failure}" for trial in test.trials if trial.failure]
    actual = test.actual_orders if what == "orders" else test.actual_value or 0.0
    caption = (
        f"Actual total {actual:,.0f}. An empty cell: not defined (a forecast that is the same for all ranks nobody)."
    )
    title = "Orders foretold against orders that came" if what == "orders" else "Money foretold against money that came"
    return Table(title, columns, tuple(rows), " ".join([caption, *failed]))


def spend(test: SpendTest) -> Table:
    """Both ways to learn order values, side by side."""
    columns = (
        Column("name", "Spend model learns with"),
        Column("customers", "Customers", "count", "With a mean to learn from."),
        Column(
            "bias", "Money of buyers missed by", "percent", "At the actual number of orders: the spend model alone."
        ),
        Column("mae", "MAE", "money", "Of the mean order value of those who bought."),
        Column("rmse", "RMSE", "money", "Of the same."),
        Column("correlation", "Correlation", "ratio", "Of foretold and actual mean order value."),
    )
    rows = tuple(
        (one.name, one.customers, one.relative_bias.value, one.mae.value, one.rmse.value, one.correlation.value)
        for one in test.trials
    )
    free = test.independence
    link = (
        ""
        if free.pearson.value is None
        else f" (correlation {free.pearson.value:.2f} among {free.customers:,} customers)"
    )
    caption = f"Chosen: {test.reason}. That order value has nothing to do with frequency {free.verdict}{link}."
    return Table("What an order is worth: with or without first orders", columns, rows, caption)


def by_origin(tests: Sequence[Backtest], model: str) -> list[Table]:
    """The chosen model in every hold-out, with the same measures for each: orders, and money where there is any."""
    tables = [_origins(tests, model, "orders")]
    if any(trial.name == model and trial.value is not None for test in tests for trial in test.models):
        tables.append(_origins(tests, model, "value"))
    return tables


def standings(choice: Choice, test: Backtest) -> Table:
    """How often each model was the better, the worse or as good as another."""
    columns = (
        Column("name", "Model"),
        Column("won", "Won", "count", "Comparisons with another model in which it was the better one."),
        Column("lost", "Lost", "count", "Comparisons in which the other one was."),
        Column("drawn", "Drawn", "count", "Too near to tell, or not defined."),
    )
    rows = tuple((test.trial(one.name).words, one.won, one.lost, one.drawn) for one in choice.standings)
    hold_outs = "one hold-out" if choice.origins == 1 else f"each of {choice.origins} hold-outs"
    caption = f"Every two models are compared on {hold_outs} by error by customer, total missed and ranking. The best balance is chosen."
    return Table("How the models met", columns, rows, caption)


def _origins(tests: Sequence[Backtest], model: str, what: str) -> Table:
    kind: Kind = "count" if what == "orders" else "money"
    columns = (
        Column("as_of", "Learnt up to", "date"),
        Column("until", "Tested to", "date"),
        Column("customers", "Customers", "count"),
        Column("actual", "Orders that came" if what == "orders" else "Money that came", kind),
        *_measures(kind, SHORT),
        Column(
            "calibration",
            "Tenths off by",
            "percent",
            "Σ |predicted − actual| of the ten groups by prediction ÷ actual total.",
        ),
        Column("inside", "Inside", "percent", "Share whose randomised PIT lies in 5–95 %: 90 % when right."),
    )
    rows: list[tuple[Value, ...]] = []
    for test in tests:
        trial = next((trial for trial in test.models if trial.name == model), None)
        actual = int(test.actual_orders) if what == "orders" else test.actual_value
        rows.append((test.as_of, test.until, test.customers, actual, *_of(trial, what)))
    title = "The same test from earlier days" + ("" if what == "orders" else ": money")
    return Table(title, columns, tuple(rows), "Each row forgets everything after its first date.")


def _of(trial: Trial | None, what: str) -> tuple[Value, ...]:
    scores = None if trial is None else trial.orders if what == "orders" else trial.value
    if trial is None or scores is None:
        return (None,) * (len(MEASURES) + 2)
    held = trial.intervals
    found: Coverage | None = None
    if held is not None:
        found = held.pit_coverage if what == "orders" else held.value_pit_coverage
    bands = trial.order_bands if what == "orders" else trial.value_bands
    return (*_measured(scores), calibration_error(bands).value, None if found is None else found.inside)


def _measured(scores: Scores) -> tuple[float | None, ...]:
    found: tuple[Score, ...] = (
        scores.relative_bias, scores.mae, scores.rmse, scores.spearman, scores.gini, scores.top_share,
    )  # fmt: skip
    return tuple(score.value for score in found)


def _measures(kind: Kind, titles: Mapping[str, str] = MappingProxyType({})) -> tuple[Column, ...]:
    return tuple(
        Column(key, titles.get(key, title), "money" if kind == "money" and key in {"mae", "rmse"} else reads, words)
        for key, title, reads, words in MEASURES
    )
