"""Who may become high-value, as blocks of a page: what that means here, how many, and the likeliest who are not so today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lifeworth.report.format import text
from lifeworth.report.spec import Block, Column, Kind, Stat, Stats, Table, Text


def blocks(
    high: Mapping[str, Any], risers: Sequence[Mapping[str, Any]], *, horizon: str, what: str, currency: str
) -> tuple[Block, ...]:
    """The stats and the table.

    Args:
        high: `HighValue.to_dict()`.
        risers: Rows of the likeliest who do not belong to the best by what they brought so far.
        horizon: In words.
        what: What a value is made of: "margin" or "revenue".
        currency: Of the amounts.
    """
    share = text(high["share"], "percent", places=0)
    money = high["in_money"]
    least = _least(high)
    kind: Kind = "money" if money else "count"
    brought = "brought" if money else "ordered"
    return (
        Text(_said(high, share, brought, horizon, what, currency), title="Who becomes high-value"),
        Stats(
            (
                Stat(
                    "High-value from",
                    high["threshold"],
                    kind,
                    f"What {share} of today's customers are expected to {'bring' if money else 'order'} within {horizon}"
                    + (f", {what}, discounted." if money else "."),
                    note=""
                    if least is None
                    else f"no more than {share} are expected to order at all: {least} is enough",
                ),
                Stat(
                    "Expected to reach it",
                    round(high["expected"]),
                    "count",
                    "Sum of the probabilities of all customers: by the choice of the threshold, that share of them.",
                ),
                Stat(
                    "Of them not among the best today",
                    round(high["expected_risers"]),
                    "count",
                    f"Expected from outside the {share} of customers who have {brought} most so far.",
                    note=f"the best today have {brought} {text(high['cut'], kind, currency)} or more",
                ),
            )
        ),
        _table(risers, share, brought, horizon, money=money),
    )


def _said(high: Mapping[str, Any], share: str, brought: str, horizon: str, what: str, currency: str) -> str:
    expected, risers = round(high["expected"]), round(high["expected_risers"])
    if least := _least(high):
        reach = f"No more than {share} of your customers are expected to order at all within {horizon}, so {least} makes one high-value here."
    elif high["in_money"]:
        amount = text(high["threshold"], "money", currency)
        reach = f"High-value means here: {amount} of {what} or more within {horizon}. That is what {share} of your customers are expected to reach."
    else:
        reach = f"High-value means here: {high['threshold']:,.0f} orders or more within {horizon}. No more than {share} of your customers are expected to reach that."
    return (
        f"{reach} Of the {expected:,} to be expected, {risers:,} do not belong to the {share} who have {brought} most so far: they are the "
        "ones to win, and below are the likeliest of them."
    )


def _least(high: Mapping[str, Any]) -> str | None:
    """Where any order reaches the threshold, that; else nothing."""
    if high["in_money"]:
        return "any order" if high["threshold"] < 0.005 else None
    return "one order" if high["threshold"] <= 1 else None


def _table(risers: Sequence[Mapping[str, Any]], share: str, brought: str, horizon: str, *, money: bool) -> Table:
    columns = [
        Column("customer_id", "Customer"),
        Column("first_order_at", "First order", "date"),
        Column("last_order_at", "Last order", "date"),
        Column("orders", "Orders", "count"),
    ]
    if money:
        columns.append(Column("historic_clv", "Historic CLV", "money"))
    columns += [
        Column(
            "high_value_probability",
            "High-value",
            "percent",
            f"probability to reach the threshold within {horizon}",
            bar=True,
        ),
        Column("expected_orders", "Orders expected", "ratio"),
    ]
    if money:
        columns.append(Column("predicted_clv", "Predicted CLV", "money"))
    columns.append(Column("lifecycle_status", "Status"))
    rows = tuple(tuple(row.get(column.key) for column in columns) for row in risers)
    return Table(
        "Likeliest to rise",
        tuple(columns),
        rows,
        caption=f"Customers outside the {share} who have {brought} most so far, the likeliest to become high-value first. How far such "
        "probabilities held is on the page “How far the prediction can be trusted”.",
        empty="Nobody is outside the best today.",
    )
