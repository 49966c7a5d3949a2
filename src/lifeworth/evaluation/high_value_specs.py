"""The test of "likely to become high-value" as blocks of a page: what was promised, what came, and what to make of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lifeworth.evaluation.high_value import NINETY, HighValue
from lifeworth.report.format import interval, text
from lifeworth.report.spec import Axis, Block, Chart, Column, Series, Stat, Stats, Table, Text

TITLE = "Did those become high-value who were said to?"


def high_value_blocks(tests: Sequence[HighValue], level: float = 1.0) -> tuple[Block, ...]:
    """The verdict, the scores, the picture and the table of the first test; a second one is spoken of in the verdict.

    Args:
        tests: The one to show first; nothing to show where there is none.
        level: What the forecast multiplies order rates by, which the test knew nothing of.
    """
    if not tests:
        return ()
    test = tests[0]
    return (
        Text(verdict(tests, level), "warning" if test.findings or _useless(test) else "good", TITLE),
        _scores(test),
        _picture(test),
        _table(test),
    )


def verdict(tests: Sequence[HighValue], level: float = 1.0) -> str:
    """In words: what was promised and what came, whether chance explains the difference, and whether it was so before."""
    test = tests[0]
    promised = (
        f"By what was known on {_day(test.as_of)}, {test.expected:,.0f} of {test.customers:,} customers were expected to reach "
        f"{_threshold(test)} by {_day(test.until)}; {test.happened:,} did."
    )
    said = [promised]
    if not test.findings:
        said.append("That is as close as right probabilities come by chance, or closer than it matters.")
    if "total" in test.findings:
        many = test.expected > test.happened
        off = abs(test.happened / test.expected - 1)
        said.append(f"That is {off:.0%} {'fewer' if many else 'more'} than promised, and more than chance explains.")
    if "slope" in test.findings and test.slope is not None:
        if test.slope < 1:
            said.append(
                f"The probabilities lie too far apart (slope {test.slope:.2f}): high ones are too high, low ones too low."
            )
        else:
            said.append(
                f"The probabilities lie too close together (slope {test.slope:.2f}): high ones are too low, low ones too high."
            )
    if "distance" in test.findings:
        said.append(f"Foretold and actual shares lie {text(test.distance, 'percent')} apart on average.")
    if test.findings and len(tests) > 1:
        again = [finding for finding in test.findings if finding in tests[1].findings and _same_side(*tests[:2])]
        said.append(
            f"Another test, from {_day(tests[1].as_of)} to {_day(tests[1].until)}, shows the same: expect it of the present probabilities too."
            if again
            else f"Another test, from {_day(tests[1].as_of)} to {_day(tests[1].until)}, does not show this, so it may be those days and not the model."
        )
    if test.findings:
        said.append("The probabilities handed out are the model's own; they are not bent to this test.")
    if level != 1:
        said.append(f"The forecast takes order rates times {level:.2f} since, which this test knew nothing of.")
    if _useless(test):
        said.append(
            "They did no better than one and the same probability for everybody: do not choose customers by them."
        )
    return " ".join(said)


def _day(day: date) -> str:
    return text(day, "date")


def _same_side(one: HighValue, other: HighValue) -> bool:
    return (one.happened > one.expected) == (other.happened > other.expected)


def _useless(test: HighValue) -> bool:
    return test.brier >= test.brier_base


def _threshold(test: HighValue) -> str:
    if test.in_money:
        return f"{text(test.threshold, 'money')} of net revenue" if test.threshold >= 0.01 else "any revenue"
    return "one order" if test.threshold == 1 else f"{test.threshold:,.0f} orders"


def _scores(test: HighValue) -> Stats:
    chance = f"right probabilities stay under {text(test.distance_by_chance, 'percent')}"
    slope_note = "" if test.slope_error is None else f"± {NINETY * test.slope_error:.2f}"
    return Stats(
        (
            Stat("Expected", round(test.expected), "count", "Sum of the probabilities to reach the threshold."),
            Stat("Came", test.happened, "count", "Customers who did reach it in the days held out."),
            Stat(
                "Brier score",
                test.brier,
                "number",
                "Mean squared distance of probability and outcome; lower is better.",
                note=f"{test.brier_base:.4f} for one probability for all, the one that came true",
            ),
            Stat(
                "Calibration slope",
                test.slope,
                "ratio",
                "1 when right; below 1 the probabilities lie too far apart, above 1 too close together.",
                note=slope_note or "not defined: the probabilities do not differ, or part the outcomes completely",
            ),
            Stat(
                "Calibration error",
                test.distance,
                "percent",
                "Mean distance of foretold and actual share over ranges of probability.",
                note=chance,
            ),
        )
    )


def _picture(test: HighValue) -> Chart:
    return Chart(
        "scatter",
        "Probability to become high-value against the share that did",
        Axis("Foretold probability", "percent"),
        Axis("Share that did", "percent"),
        (
            Series(
                "Customers of like probability",
                tuple(one.predicted for one in test.ranges),
                tuple(one.actual for one in test.ranges),
                low=tuple(one.actual_low for one in test.ranges),
                high=tuple(one.actual_high for one in test.ranges),
            ),
        ),
        caption="On the line, as many did as were said to. Whiskers: 90 % interval of the share.",
        diagonal=True,
    )


def _table(test: HighValue) -> Table:
    rows = tuple(
        (
            f"{text(one.low, 'percent', places=0)} to {text(one.high, 'percent', places=0)}",
            one.customers,
            one.predicted,
            one.actual,
            interval(one.actual_low, one.actual_high, "percent"),
            one.predicted * one.customers,
            round(one.actual * one.customers),
        )
        for one in test.ranges
    )
    columns = (
        Column("range", "Probability"),
        Column("customers", "Customers", "count"),
        Column("predicted", "Foretold", "percent", "mean probability of these customers"),
        Column("actual", "Did", "percent", "share of them that reached the threshold"),
        Column("chance", "90 % interval", definition="of that share"),
        Column("expected", "Expected", "ratio", "customers expected to reach it"),
        Column("came", "Came", "count", "customers who did"),
    )
    return Table("Probabilities and outcomes, range by range", columns, rows)
