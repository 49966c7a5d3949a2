"""The audit in short: one answer a lens, and the picture that holds them all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lifeworth.audit.money import Money
from lifeworth.audit.words import LENSES, NOTE
from lifeworth.report.format import text
from lifeworth.report.spec import Chart, Column, Page, Table, Text


def page(
    answers: Mapping[int, str], picture: Chart, money: Money, sums: tuple[float, float], *, as_of: date, currency: str
) -> Page:
    """The five questions with their answers.

    Args:
        answers: What each lens says, in a sentence or two.
        picture: The base in layers.
        money: What counts as profit.
        sums: Net revenue of all purchases counted, and of the same customers with all that was sent back.
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
    counted, net = (text(amount, "money", currency) for amount in sums)
    back = text(sums[0] - sums[1], "money", currency)
    reconciled = (
        f"All purchases counted bring {counted} of net revenue; net revenue of the same customers is {net}. The difference of {back} are "
        "orders that were wholly sent back and refunds that name no order."
        if round(sums[0] - sums[1], 2)
        else f"All purchases counted bring {counted} of net revenue: all that these customers have brought."
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
            Text(f"{NOTE} {reconciled}"),
        ),
        lead="The same purchases looked at in five ways, from one period to the whole base: who brings the business, and whether it lasts.",
        currency=currency,
        as_of=as_of,
    )
