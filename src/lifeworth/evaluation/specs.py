"""The evidence as blocks of a page: which model and why, scores, calibration, tracking, intervals."""

from __future__ import annotations

from collections.abc import Sequence

from lifeworth.evaluation import diagnostics_specs as diagnostics
from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.compare import Choice
from lifeworth.evaluation.evidence import Evidence
from lifeworth.evaluation.intervals import Intervals, TotalInterval
from lifeworth.evaluation.metrics import Score
from lifeworth.evaluation.scoring import Scores
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Kind, Series, Stat, Stats, Table, Text, Tone, Value

_MEASURES: tuple[tuple[str, str, Kind, str], ...] = (
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


def blocks(evidence: Evidence) -> tuple[Block, ...]:
    """Everything a reader needs to know how far the predictions can be trusted."""
    choice, test = evidence.choice, evidence.latest
    found: list[Block] = [*_verdict(choice)]
    if test is None:
        return tuple(found)
    found.append(_headline(test))
    found.append(_scores(test, "orders"))
    if any(trial.value is not None for trial in test.models):
        found.append(_scores(test, "value"))
    chosen = None if choice.model is None else test.trial(choice.model)
    if chosen is not None:
        found += [Group(tuple(_calibration(chosen))), *diagnostics.conditional(chosen)]
        found += [_tracking(test, chosen), diagnostics.by_week(test, chosen)]
        if chosen.intervals is not None:
            found.append(_held(chosen, chosen.intervals, test))
    if test.spend is not None and test.spend.chosen is not None:
        found.append(_spend(test))
    if len(evidence.backtests) > 1 and choice.model is not None:
        found.append(_origins(evidence.backtests, choice.model))
    if len(choice.standings) > 1:
        found.append(_standings(choice, test))
    return tuple(found)


def _standings(choice: Choice, test: Backtest) -> Table:
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


def _verdict(choice: Choice) -> list[Block]:
    tones: dict[str, Tone] = {"model": "good", "no better than a baseline": "warning", "not enough data": "warning"}
    said: list[Block] = [Text(choice.reason, tones[choice.verdict], "Which model, and why")]
    return said + [Text(warning, "warning") for warning in choice.warnings]


def _headline(test: Backtest) -> Stats:
    return Stats(
        (
            Stat("Learnt up to", test.as_of, "date", "Last day the models knew about in this test."),
            Stat("Tested on", test.days, "days", f"The days after it, to {test.until}; nothing of them was known."),
            Stat(
                "Customers",
                test.customers,
                "count",
                "With a purchase by then.",
                note=f"{test.repeaters:,} had bought twice",
            ),
            Stat(
                "Orders that came",
                int(test.actual_orders),
                "count",
                "Their purchase days in the days held out.",
                note=f"by {test.buyers:,} customers",
            ),
            Stat("Money that came", test.actual_value, "money", "Net revenue of those purchase days."),
        ),
        "The test",
    )


def _scores(test: Backtest, what: str) -> Table:
    rows: list[tuple[Value, ...]] = []
    for trial in (*(one for one in test.trials if one.kind == "model"), *test.baselines):
        scores: Scores | None = trial.orders if what == "orders" else trial.value
        name = trial.words if trial.kind == "model" else f"naive: {trial.name}"
        if scores is None:
            rows.append((name, None, *(None for _ in _MEASURES)))
            continue
        measured = (scores.relative_bias, scores.mae, scores.rmse, scores.spearman, scores.gini, scores.top_share)
        rows.append((name, scores.predicted, *(score.value for score in measured)))
    kind: Kind = "number" if what == "orders" else "money"
    columns = (
        Column("name", "Forecast"),
        Column("predicted", "Predicted total", kind, "Foretold for all customers together."),
        *(
            Column(key, title, "money" if kind == "money" and key in {"mae", "rmse"} else reads, words)
            for key, title, reads, words in _MEASURES
        ),
    )
    failed = [f"{trial.words} could not be fitted: {trial.failure}" for trial in test.trials if trial.failure]
    actual = test.actual_orders if what == "orders" else test.actual_value or 0.0
    caption = (
        f"Actual total {actual:,.0f}. An empty cell: not defined (a forecast that is the same for all ranks nobody)."
    )
    title = "Orders foretold against orders that came" if what == "orders" else "Money foretold against money that came"
    return Table(title, columns, tuple(rows), " ".join([caption, *failed]))


def _calibration(trial: Trial) -> list[Chart]:
    charts = []
    for what, found in (("orders", trial.order_bands), ("money", trial.value_bands)):
        if not found:
            continue
        tenths = tuple(str(band.band) for band in found)
        charts.append(
            Chart(
                "bar",
                f"Calibration: {what} a customer by tenth of the prediction",
                Axis("Tenth of customers, lowest prediction first", "text"),
                Axis(f"{what.capitalize()} a customer", "number" if what == "orders" else "money"),
                (
                    Series("predicted", tenths, tuple(band.predicted for band in found), "dashed"),
                    Series("actual", tenths, tuple(band.actual for band in found)),
                ),
                f"{trial.words}: the closer the two bars of a tenth, the better the forecast of that group.",
            )
        )
    return charts


def _tracking(test: Backtest, chosen: Trial) -> Chart:
    line = test.tracking
    series = [Series("actual", line.ends, line.actual)]
    for track in line.tracks:
        words = test.trial(track.name).words
        if track.name == chosen.name:
            series.append(Series(f"{words}, from arrivals alone", line.ends, track.expected, "dashed"))
        series.append(Series(f"{words}, forecast", line.ends, track.forecast, "dashed"))
    return Chart(
        "line",
        "Repeat orders, cumulated, against what was expected",
        Axis("Week ending", "date"),
        Axis("Repeat orders", "count"),
        tuple(series),
        f"Right of the mark nothing was known; the forecast starts from the orders up to {line.as_of}.",
        mark=line.as_of,
        mark_label="forecast begins",
    )


def _held(trial: Trial, held: Intervals, test: Backtest) -> Stats:
    some = held.customers < test.customers
    of = f"{held.customers:,} customers" + (", evenly spaced by id" if some else "")
    whose = f" of {held.customers:,} customers" if some else ""
    items = [
        Stat(
            "Customers inside",
            held.orders.inside,
            "percent",
            "Share of customers whose orders fell into their own 5–95 % interval. Counts are whole, so a little over 90 % is expected.",
            note=f"of {of}; {_percent(held.orders.below)} bought fewer, {_percent(held.orders.above)} more",
        ),
        _total(f"All orders{whose}", "number", held.orders_total),
    ]
    if held.value is not None:
        items.append(
            Stat(
                "Customers inside, money",
                held.value.inside,
                "percent",
                "Share of customers whose money fell into their own 5–95 % interval.",
                note=f"{_percent(held.value.below)} brought less, {_percent(held.value.above)} more",
            )
        )
    if held.value_total is not None:
        items.append(_total(f"All money{whose}", "money", held.value_total))
    items.append(
        Stat(
            "Distance from evenness",
            held.distance.value,
            "ratio",
            "Largest gap between the predictive distributions and what happened (Kolmogorov–Smirnov of the randomised PIT).",
            note=held.distance.reason or f"right distributions stay under {held.distance_by_chance:.3f}",
        )
    )
    return Stats(tuple(items), f"Did the intervals of {trial.words} hold?")


def _total(name: str, kind: Kind, total: TotalInterval) -> Stat:
    note = "inside the interval"
    if not total.held:
        note = f"outside: the interval ends {abs(total.missed_by):.1%} too {'low' if total.missed_by < 0 else 'high'}"
    return Stat(
        name,
        total.actual,
        kind,
        "What came, with the interval foretold.",
        total.low,
        total.high,
        "5–95 % interval",
        note=note,
    )


def _spend(test: Backtest) -> Table:
    spend = test.spend
    assert spend is not None  # noqa: S101 - asked only where there is one
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
        for one in spend.trials
    )
    free = spend.independence
    link = (
        ""
        if free.pearson.value is None
        else f" (correlation {free.pearson.value:.2f} among {free.customers:,} customers)"
    )
    caption = f"Chosen: {spend.reason}. That order value has nothing to do with frequency {free.verdict}{link}."
    return Table("What an order is worth: with or without first orders", columns, rows, caption)


def _origins(tests: Sequence[Backtest], model: str) -> Table:
    columns = (
        Column("as_of", "Learnt up to", "date"),
        Column("until", "Tested to", "date"),
        Column("customers", "Customers", "count"),
        Column("actual", "Orders that came", "count"),
        Column("bias", "Total missed by", "percent"),
        Column("rmse", "RMSE", "number"),
        Column("spearman", "Rank correlation", "ratio"),
    )
    rows: list[tuple[Value, ...]] = []
    for test in tests:
        scores = next((trial.orders for trial in test.models if trial.name == model), None)
        measured: tuple[Score | None, ...] = (None, None, None)
        if scores is not None:
            measured = (scores.relative_bias, scores.rmse, scores.spearman)
        values = (None if score is None else score.value for score in measured)
        rows.append((test.as_of, test.until, test.customers, int(test.actual_orders), *values))
    return Table(
        "The same test from earlier days", columns, tuple(rows), "Each row forgets everything after its first date."
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
