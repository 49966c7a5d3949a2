"""The ledger as a page: what was promised on each day, what came, and whether the models of those days can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lifeworth.clv.ledger import MISSED, SHORTEST, Entry
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Page, Series, Table, Text, Tone

SHOWN = 24
"""Runs shown, the latest."""


def page(
    entries: Sequence[Entry],
    ways: Sequence[tuple[str, Entry]],
    contest: tuple[date, date, float, float] | None,
    *,
    as_of: date,
    currency: str,
) -> Page:
    """What earlier runs expected, and what came.

    Args:
        entries: One a run, the earliest first.
        ways: The run held longest once more, by each way to tell customers apart: title, entry with its lines.
        contest: As-of days of an old and of a newer run, and how far the model of each was off on the same customers since the newer.
        as_of: Last day known.
        currency: Of the amounts.
    """
    judged = [one for one in entries if one.held is not None]
    if not judged:
        young = Text(
            f"No earlier run has been followed by {SHORTEST} days of orders yet, so there is nothing to hold it to. "
            "Run again when newer orders have come.",
            tone="warning",
            title="Not enough time has passed",
        )
        return Page("ledger", "Promised and kept", (young,), currency=currency, as_of=as_of)
    blocks: list[Block] = [_verdict(judged), *_contest(contest), _picture(judged), _table(entries)]
    blocks += [_lines(title, one) for title, one in ways if len(one.lines) > 1]
    return Page(
        "ledger",
        "Promised and kept",
        tuple(blocks),
        "Every earlier run said what its customers would do. Here it is held to what they did.",
        currency,
        as_of,
    )


def _verdict(judged: Sequence[Entry]) -> Text:
    latest = judged[-1]
    ratio = latest.ratio
    words = (
        f"The run of {text(latest.as_of, 'date')} expected {text(latest.expected, 'count')} orders in the {latest.days} days since "
        f"({text(latest.low, 'count')} to {text(latest.high, 'count')}); {text(latest.came, 'count')} came."
    )
    if latest.held:
        return Text(words, tone="good", title="The latest promise was kept")
    more = "more" if ratio is not None and ratio > 1 else "fewer"
    step = (
        f" {more.capitalize()} came than can be explained by chance: look whether it is the season, or something changed in the shop (prices, campaigns, a channel, "
        "missing orders), and run again so that the model learns it."
    )
    tone: Tone = "bad"
    return Text(words + step, tone=tone, title="The model has lost its calibration")


def _contest(contest: tuple[date, date, float, float] | None) -> list[Block]:
    if contest is None:
        return []
    old, new, champion, challenger = contest
    better = challenger < champion
    words = (
        f"Asked on {text(new, 'date')} for the days since, the model fitted on {text(old, 'date')} was off by {champion:.4f} orders a customer, "
        f"the one fitted anew by {challenger:.4f}: {'the refit was worth it' if better else 'the older model would have done as well'}."
    )
    return [Text(words, title="Champion against challenger")]


def _picture(judged: Sequence[Entry]) -> Chart:
    days = tuple(text(one.as_of, "date") for one in judged)
    return Chart(
        "line",
        "Orders that came, as a share of what was expected",
        Axis("Run of", "text"),
        Axis("Came ÷ expected", "percent"),
        (
            Series("Came ÷ expected", days, tuple(one.ratio for one in judged)),
            Series(
                "Promised",
                days,
                tuple(1.0 for _ in judged),
                "dashed",
                tuple(one.low / one.expected if one.expected > 0 else None for one in judged),
                tuple(one.high / one.expected if one.expected > 0 else None for one in judged),
            ),
        ),
        caption="Inside the band a run kept its promise; the band is the 90 % interval it gave for its total.",
    )


def _table(entries: Sequence[Entry]) -> Table:
    columns = (
        Column("as_of", "Run of", "date"),
        Column("model", "Model"),
        Column("days", "Days since", "count", "days of the horizon that have passed"),
        Column("customers", "Customers", "count"),
        Column("expected", "Expected orders", "count"),
        Column("low", "5 % point", "count"),
        Column("high", "95 % point", "count"),
        Column("came", "Came", "count"),
        Column("ratio", "Came ÷ expected", "percent"),
        Column("money_expected", "Expected revenue", "money"),
        Column("money_came", "Revenue that came", "money"),
        Column("inside", "Customers inside their 90 %", "percent"),
        Column("error", "Error a customer", "ratio", "mean absolute error of the number of orders"),
        Column("held", "Kept"),
    )
    words = {True: "yes", False: "no", None: "too early to tell"}
    rows = tuple(
        (
            one.as_of, one.model, one.days, one.customers, one.expected, one.low, one.high, one.came, one.ratio,
            one.money_expected, one.money_came, one.inside, one.error, words[one.held],
        )
        for one in entries[-SHOWN:]
    )  # fmt: skip
    caption = (
        f"Kept: the total lies in its interval, or was missed by less than {text(MISSED, 'percent', places=0)}. "
        "Orders come in whole numbers, so more than 90 % of customers may lie inside."
    )
    return Table("Runs held to what came", columns, rows, caption)


def _lines(title: str, one: Entry) -> Table:
    columns = (
        Column("group", title),
        Column("customers", "Customers", "count"),
        Column("expected", "Expected orders", "count"),
        Column("came", "Came", "count"),
        Column("ratio", "Came ÷ expected", "percent"),
    )
    rows = [(line.group, line.customers, line.expected, line.came, line.came / line.expected if line.expected > 0 else None) for line in one.lines]  # fmt: skip
    whole = ("All customers", one.customers, one.expected, one.came, one.ratio)
    caption = f"The run of {text(one.as_of, 'date')}, {one.days} days later."
    return Table(f"By {title.lower()}", columns, (*rows, whole), caption, emphasis=(len(rows),))
