"""The audit in short: one answer a lens, and the picture that holds them all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lifeworth.audit.money import Money
from lifeworth.audit.words import LENSES, NOTE
from lifeworth.report.spec import Chart, Column, Page, Table, Text


def page(answers: Mapping[int, str], picture: Chart, money: Money, *, as_of: date, currency: str) -> Page:
    """The five questions with their answers.

    Args:
        answers: What each lens says, in a sentence or two.
        picture: The base in layers.
        money: What counts as profit.
        as_of: Last day the figures know about.
        currency: Of the money.
    """
    rows = tuple((str(lens), *LENSES[lens], answer) for lens, answer in answers.items())
    columns = (
        Column("lens", "Lens"),
        Column("name", "Looks at"),
        Column("question", "Asks"),
        Column("answer", "Answer"),
    )
    profit = (
        f"Profit is net revenue × margin. Margin: {money.source}."
        if money.known
        else "No margin is known, so value stops at net revenue: state one with --margin 0.4, or add costs."
    )
    return Page(
        "audit",
        "The customer base, audited",
        (
            Table(
                "Five lenses", columns, rows, caption="lifeworth audit 1 to 5 shows each with its pictures and numbers."
            ),
            picture,
            Text(profit),
            Text(NOTE),
        ),
        lead="The same purchases looked at in five ways, from one period to the whole base: who brings the business, and whether it lasts.",
        currency=currency,
        as_of=as_of,
    )
