"""The evidence as blocks of a page: which model and why, the test, its pictures. The parts are in the files beside this one."""

from __future__ import annotations

from lifeworth.evaluation import cohort_specs as cohorts
from lifeworth.evaluation import diagnostics_specs as diagnostics
from lifeworth.evaluation import interval_specs as intervals
from lifeworth.evaluation import score_specs as scores
from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.compare import Choice
from lifeworth.evaluation.evidence import Evidence
from lifeworth.evaluation.high_value_specs import high_value_blocks
from lifeworth.report.spec import Axis, Block, Chart, Group, Series, Stat, Stats, Text, Tone


def blocks(evidence: Evidence) -> tuple[Block, ...]:
    """Everything a reader needs to know how far the predictions can be trusted."""
    choice, test = evidence.choice, evidence.latest
    found: list[Block] = [*_verdict(choice)]
    if test is None:
        return tuple(found)
    found.append(_headline(test))
    found += scores.compared(test)
    chosen = None if choice.model is None else test.trial(choice.model)
    if chosen is not None:
        found += [Group(tuple(_calibration(chosen))), *diagnostics.conditional(chosen)]
        found += [_tracking(test, chosen), diagnostics.by_week(test, chosen)]
        found += [*intervals.held(chosen, test), *cohorts.by_cohort(chosen)]
    found += high_value_blocks(evidence.high_value, choice.level.factor)
    if test.spend is not None and test.spend.chosen is not None:
        found.append(scores.spend(test.spend))
    if len(evidence.backtests) > 1 and choice.model is not None:
        found += scores.by_origin(evidence.backtests, choice.model)
    if len(choice.standings) > 1:
        found.append(scores.standings(choice, test))
    return tuple(found)


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
