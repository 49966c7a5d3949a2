"""Net value as a page: from margin to net in one picture, every term with its source, and who is at either end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.economics.lines import Line, lines_of
from lifeworth.report.board import Board, Tab
from lifeworth.report.spec import Axis, Block, Chart, Column, Page, Series, Stat, Stats, Table, Text

NAME, TITLE = "net", "Net value: what is left of the margin"
BY_CHANNEL = ("historic_margin", "predicted_margin", "acquisition_cost", "net_clv")
FORMULA = "margin − acquisition − serving − retention + referral value, so far and expected"


def unknown(*, as_of: date, currency: str) -> Page:
    """The page where nothing makes value net."""
    text = (
        "Nothing is known of what customers cost. Add tables: --table marketing_spend=FILE (spent_on, channel, purpose, amount), "
        "--table service_costs=FILE (customer_id, incurred_at, kind, amount), --table referrals=FILE (referrer_id, referred_id); "
        "or state assumptions such as cost_per_acquisition under [assumptions] in lifeworth.toml."
    )
    return Page(NAME, TITLE, (Text(text, tone="warning"),), currency=currency, as_of=as_of)


def net(
    facts: Mapping[str, Any],
    best: Sequence[Mapping[str, Any]],
    worst: Sequence[Mapping[str, Any]],
    channels: Sequence[Mapping[str, Any]],
    *,
    as_of: date,
    currency: str,
    horizon: str,
) -> Page:
    """The page of a run.

    Args:
        facts: What `Net.to_dict` gave.
        best: Rows of `net_value` of highest net CLV.
        worst: Those of lowest.
        channels: Sums by acquisition channel.
        as_of: Last day the figures know about.
        currency: Of all amounts.
        horizon: How far ahead the expected terms look, in words.
    """
    lines, customers = lines_of(facts), facts["customers"]
    blocks: list[Block] = [
        Stats(
            (
                Stat(
                    "Net CLV, all customers",
                    facts["value"],
                    "money",
                    f"{FORMULA}; expected terms within {horizon}.",
                    as_of=as_of,
                    source="net_value",
                ),
                Stat(
                    "Net CLV of a customer",
                    facts["value"] / customers if customers else None,
                    "money",
                    "Mean over all customers.",
                    as_of=as_of,
                    source="net_value",
                ),
                Stat(
                    "Customers worth less than nothing",
                    facts["below_zero"],
                    "count",
                    "Customers whose costs so far and expected are more than their margin.",
                    as_of=as_of,
                    source="net_value",
                ),
            )
        ),
        *(Text(note, tone="warning") for note in facts["notes"]),
        _bridge(lines, facts["value"], customers),
        _terms(lines, facts["value"]),
    ]
    if len(channels) > 1:
        blocks.append(_channels(channels))
    blocks += [_customers("Customers of highest net CLV", best), _customers("Customers of lowest net CLV", worst)]
    missing = [line.title.lower() for line in lines if not line.known]
    lead = "What customers bring, less what it takes to win, serve and keep them."
    if missing:
        lead += f" Not stated and counted as 0: {', '.join(missing)}."
    return Page(NAME, TITLE, tuple(blocks), lead=lead, currency=currency, as_of=as_of)


def _bridge(lines: Sequence[Line], value: float, customers: int) -> Chart:
    shown = [line for line in lines if line.known and line.name != "referral_value"]
    names = (*(line.title for line in shown), "Net CLV")
    amounts = (*(line.sign * line.shared for line in shown), value)
    each = tuple(amount / customers if customers else None for amount in amounts)
    return Chart(
        "bar",
        "From margin to net value, a customer",
        Axis("", "text"),
        Axis("Mean of all customers", "money"),
        (Series("A customer", names, each),),
        caption="Bars to the left are costs. Referral value moves between customers and adds up to nothing.",
    )


def _terms(lines: Sequence[Line], value: float) -> Table:
    columns = (
        Column("term", "Term"),
        Column("customers", "Of customers", "money", "sum over all customers"),
        Column("company", "Not shared out", "money", "what no customer can be named for; it stays with the company"),
        Column("total", "Company", "money", "both together: the total of the source"),
        Column("source", "Where it comes from"),
    )
    rows = [
        (
            f"{'+' if line.sign > 0 else '−'} {line.title}",
            line.shared,
            line.unshared,
            None if line.unshared is None else line.total,
            line.source,
        )
        for line in lines
    ]
    rows.append(("= Net CLV", value, None, None, FORMULA))
    return Table(
        "Every term and its source",
        columns,
        tuple(rows),
        caption="An expectation has no company total: it is made customer by customer.",
        emphasis=(len(rows) - 1,),
    )


def _channels(channels: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column("channel", "Acquisition channel"),
        Column("customers", "Customers", "count"),
        Column("margin", "Margin, so far and expected", "money"),
        Column("cost", "Acquisition cost", "money"),
        Column("net", "Net CLV", "money"),
        Column("each", "Net CLV of a customer", "money"),
    )
    rows = [
        (
            row["channel"] or "not known",
            row["customers"],
            row["historic_margin"] + row["predicted_margin"],
            row["acquisition_cost"],
            row["net_clv"],
            row["net_clv"] / row["customers"],
        )
        for row in sorted(channels, key=lambda row: -row["net_clv"])
    ]
    return Table("By acquisition channel", columns, tuple(rows))


def _customers(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column("customer_id", "Customer"),
        Column("historic_margin", "Margin so far", "money"),
        Column("predicted_margin", "Margin expected", "money"),
        Column("acquisition_cost", "Acquisition", "money"),
        Column("serving", "Serving", "money", "so far and expected"),
        Column("retention", "Retention", "money", "so far and expected"),
        Column("referral_value", "Referral value", "money", "received less given"),
        Column("net_clv", "Net CLV", "money", FORMULA),
    )
    shown = tuple(
        (
            row["customer_id"],
            row["historic_margin"],
            row["predicted_margin"],
            row["acquisition_cost"],
            row["serving_cost"] + row["expected_serving_cost"],
            row["retention_cost"] + row["expected_retention_cost"],
            row["referral_value"],
            row["net_clv"],
        )
        for row in rows
    )
    return Table(title, columns, shown)


BOARDS = (
    Board(
        "economics",
        "Unit economics",
        "Value",
        30,
        "economics",
        "What is left of the margin after winning, serving and keeping customers, and when they have paid for themselves.",
        (Tab("net", "Net value"), Tab("payback", "Payback")),
    ),
)
"""Pages of the dashboard."""
