"""Lens 1 as a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lifeworth.audit.decompose import factors
from lifeworth.audit.money import Money
from lifeworth.audit.one_period import MOST, OnePeriod
from lifeworth.audit.spans import Span
from lifeworth.audit.words import LENSES, NOTE
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Page, Series, Stat, Stats, Table, Text, Value


def page(found: OnePeriod, span: Span, money: Money, *, as_of: date, currency: str) -> Page:
    """How different customers are: the sum as a product, the spread, the tenths."""
    blocks: list[Block] = [_product(found, span, money, as_of)]
    if found.totals["customers"]:
        blocks += [
            Group((_transactions(found), _values(found, span))),
            _deciles(found, money),
            Group((_lorenz(found, money), _tenths(found, money))),
        ]
    blocks.append(Text(NOTE))
    answer = lead(found, span, money)
    return Page("audit-1", LENSES[1][0], tuple(blocks), lead=f"{LENSES[1][1]} {answer}", currency=currency, as_of=as_of)


def lead(found: OnePeriod, span: Span, money: Money) -> str:
    """The answer in a sentence or two."""
    customers = int(found.totals["customers"])
    if not customers:
        return f"Nobody bought from {span}."
    best, once = found.top(2), next((row["customers"] for row in found.counts if row["transactions"] == 1), 0)
    who = (
        f"the best fifth of them brought {text(best, 'percent')} of the {money.word}"
        if best is not None
        else f"they brought no {money.word}"
    )
    loss = f" {found.losses:,} of them were served at a loss." if found.losses else ""
    return (
        f"{customers:,} customers bought from {span}: {who}, and {text(once / customers, 'percent')} bought once.{loss}"
    )


def _product(found: OnePeriod, span: Span, money: Money, as_of: date) -> Stats:
    whole = found.totals
    made = factors(whole["customers"], whole["transactions"], whole["value"], whole["profit"])
    each = (None, None, None, None) if made is None else made
    note = "" if made is not None else "not defined: nobody bought, or for nothing"
    items = [
        Stat(
            "Customers who bought",
            whole["customers"],
            "count",
            "Customers with a purchase day in the period.",
            as_of=as_of,
        ),
        Stat(
            "× transactions each",
            each[1],
            "ratio",
            "Purchase days in the period ÷ customers who bought.",
            as_of=as_of,
            note=note,
        ),
        Stat("× value of one", each[2], "money", "Net revenue ÷ purchase days.", as_of=as_of, note=note),
    ]
    if money.known:
        items.append(
            Stat(
                "× margin", each[3], "percent", f"Profit ÷ net revenue. Margin: {money.source}.", as_of=as_of, note=note
            )
        )
    items.append(
        Stat(
            f"= {money.word}",
            whole["profit"],
            "money",
            f"{money.word.capitalize()} of customers in the period.",
            as_of=as_of,
            note="" if money.known else "Without a margin the sum stops at net revenue: state one with --margin 0.4.",
        )
    )
    return Stats(tuple(items), str(span))


def _transactions(found: OnePeriod) -> Chart:
    names = tuple(f"{MOST}+" if row["transactions"] == MOST else str(row["transactions"]) for row in found.counts)
    series = Series("Customers", names, tuple(float(row["customers"]) for row in found.counts))
    return Chart(
        "bar",
        "How often they bought",
        Axis("Purchases in the period", "text"),
        Axis("Customers", "count"),
        (series,),
        caption="Few customers are near the average: most buy less often, some far more.",
    )


def _values(found: OnePeriod, span: Span) -> Chart:
    series = Series("Customers", tuple(found.edges), tuple(float(height) for height in found.heights))
    mean = found.totals["value"] / found.totals["customers"]
    return Chart(
        "histogram",
        "What they spent",
        Axis("Net revenue of a customer", "money"),
        Axis("Customers", "count"),
        (series,),
        caption="The last bar holds everybody beyond; the line is the mean, which hardly any customer is near.",
        mark=min(mean, found.edges[-1]) if found.edges else None,
        mark_label="mean",
    )


def _deciles(found: OnePeriod, money: Money) -> Table:
    words = {1: "1, the best", 10: "10, the least"}
    rows = [_decile(words.get(int(row["tenth"]), str(int(row["tenth"]))), row, found) for row in found.deciles]
    rows.append(_decile("All", found.totals, found))
    columns = [
        Column("tenth", "Tenth of customers"),
        Column("customers", "Customers", "count"),
        Column("transactions", "Transactions each", "ratio"),
        Column("value", "Value of one", "money"),
        Column("margin", "Margin", "percent"),
        Column("each", f"{money.word.capitalize()} each", "money"),
        Column("profit", money.word.capitalize(), "money"),
        Column("share", "Share", "percent", bar=True),
    ]
    shown = [place for place, column in enumerate(columns) if money.known or column.key != "margin"]
    return Table(
        f"Customers by tenths, ranked by {money.word}",
        tuple(columns[place] for place in shown),
        tuple(tuple(row[place] for place in shown) for row in rows),
        caption="Read down a column to see what makes the best different: do they come more often, spend more, or buy what earns more?",
        emphasis=(len(rows) - 1,),
    )


def _decile(name: str, row: Mapping[str, float], found: OnePeriod) -> tuple[Value, ...]:
    customers, value, whole = row["customers"], row["value"], found.totals["profit"]
    return (
        name,
        customers,
        row["transactions"] / customers if customers else None,
        value / row["transactions"] if row["transactions"] else None,
        row["profit"] / value if value else None,
        row["profit"] / customers if customers else None,
        row["profit"],
        row["profit"] / whole if whole > 0 else None,
    )


def _lorenz(found: OnePeriod, money: Money) -> Chart:
    shares = [found.top(count) for count in range(11)]
    series = Series(f"Share of {money.word}", tuple(count / 10 for count in range(11)), tuple(shares))
    return Chart(
        "line",
        f"How much of the {money.word} the best customers bring",
        Axis("Share of customers, the best first", "percent"),
        Axis(f"Share of {money.word}", "percent"),
        (series,),
        caption="A straight line would mean that all customers bring the same; above 100 % others are served at a loss.",
    )


def _tenths(found: OnePeriod, money: Money) -> Table:
    customers = found.totals["customers"]
    rows = tuple((f"{tenth}", count, count / customers) for tenth, count in enumerate(found.tenths, 1))
    columns = (
        Column("tenth", f"Tenth of the {money.word}"),
        Column("customers", "Customers", "count"),
        Column("share", "Share of customers", "percent", bar=True),
    )
    return Table(
        f"How many customers each tenth of the {money.word} comes from",
        columns,
        rows if found.totals["profit"] > 0 else (),
        caption="The first tenth comes from very few. The last holds all who brought next to nothing, or a loss.",
        empty=f"There was no {money.word} to share out.",
    )
