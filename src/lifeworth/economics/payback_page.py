"""CAC payback as a page: the share of the acquisition cost earned back, month by month, observed and predicted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lifeworth.economics.payback import Curve
from lifeworth.report.spec import Axis, Block, Chart, Column, Page, Series, Stat, Stats, Table

DRAWN = 5
"""Curves drawn at most: the largest channels, or the latest cohorts that have lived a while."""
RULES = {
    "channel": "customers won in the last 24 months",
    "cohort": "customers by month of their first purchase",
    "quarter": "customers by quarter of their first purchase",
}


def payback(
    curves: Sequence[Curve], together: Curve, *, by: str, channel: str | None, as_of: date, currency: str, what: str
) -> Page:
    """The page.

    Args:
        curves: One a channel or cohort.
        together: All of them taken together.
        by: What the curves are of.
        channel: The only channel looked at, if one.
        as_of: Last observed day.
        currency: Of all amounts.
        what: What value is made of: "margin", or "revenue" where no margin is known.
    """
    of = RULES[by] + (f", acquired through {channel}" if channel else "")
    month = together.payback
    blocks: list[Block] = [
        Stats(
            (
                Stat(
                    "Acquisition cost of a customer",
                    together.cac,
                    "money",
                    f"CAC of {of}.",
                    as_of=as_of,
                    source="net_value",
                ),
                Stat(
                    "Payback",
                    None if month is None else f"{_months(month)} ({together.how})",
                    "text",
                    f"Months until the {what} of a customer has earned the acquisition cost back; the month of the first purchase counts as the first.",
                    as_of=as_of,
                    source="purchase_days, cohort_forecast, net_value",
                    note="" if month is not None else f"not within the {len(together.margin)} months known",
                ),
                Stat(
                    "LTV:CAC",
                    together.ratio,
                    "ratio",
                    f"{what.capitalize()} of a customer over the {len(together.margin)} months known ÷ acquisition cost.",
                    as_of=as_of,
                    source="purchase_days, cohort_forecast, net_value",
                    note="" if together.ratio is not None else "no acquisition cost is known",
                ),
            )
        )
    ]
    drawn = _drawn(curves, by)
    if drawn:
        blocks.append(_chart(drawn, what))
    blocks.append(_table(curves, what))
    lead = f"When a customer has earned what it cost to win them: {of}. Solid lines were observed, dashed ones are predicted."
    return Page("payback", "CAC payback", tuple(blocks), lead=lead, currency=currency, as_of=as_of)


def _drawn(curves: Sequence[Curve], by: str) -> list[Curve]:
    with_cost = [curve for curve in curves if curve.cac and curve.margin]
    return with_cost[:DRAWN] if by == "channel" else with_cost[-DRAWN:]


def _chart(curves: Sequence[Curve], what: str) -> Chart:
    series = []
    for curve in curves:
        shares = tuple(so_far / curve.cac for so_far in curve.margin) if curve.cac else ()
        ages = tuple(range(1, len(shares) + 1))
        seen = curve.observed
        series.append(Series(curve.name, ages[:seen], shares[:seen]))
        if len(shares) > seen:
            # The dashed line starts where the solid one ends, so that the two read as one life.
            begin = max(seen - 1, 0)
            series.append(Series(f"{curve.name}, predicted", ages[begin:], shares[begin:], style="dashed"))
    longest = max(len(curve.margin) for curve in curves)
    series.append(Series("paid back", (1, longest), (1.0, 1.0)))
    return Chart(
        "line",
        "Share of the acquisition cost earned back",
        Axis("Months since the first purchase", "count"),
        Axis(f"Cumulated {what} ÷ CAC", "percent"),
        tuple(series),
        caption="A curve pays back where it crosses 100 %. What is under the line at the end has not earned its cost in the months known.",
    )


def _table(curves: Sequence[Curve], what: str) -> Table:
    columns = (
        Column("name", "Group"),
        Column("customers", "Customers", "count"),
        Column("cac", "CAC", "money", "acquisition spend ÷ customers won"),
        Column(
            "first", f"{what.capitalize()}, first month", "money", "of a customer, in the month of the first purchase"
        ),
        Column("observed", f"{what.capitalize()} observed", "money", "of a customer, up to the last month observed"),
        Column("months", "Months observed", "count"),
        Column("known", f"{what.capitalize()} with forecast", "money", "of a customer, up to the last month predicted"),
        Column("payback", "Payback"),
        Column("how", "Told by"),
        Column("ratio", "LTV:CAC", "ratio", "with the forecast"),
    )
    rows = tuple(
        (
            curve.name,
            curve.customers,
            curve.cac,
            curve.margin[0] if curve.margin else None,
            curve.margin[curve.observed - 1] if curve.observed else None,
            curve.observed,
            curve.margin[-1] if curve.margin else None,
            "–" if curve.payback is None else _months(curve.payback),
            curve.how,
            curve.ratio,
        )
        for curve in curves
    )
    return Table("Payback by group", columns, rows)


def _months(age: int) -> str:
    return "1 month" if age == 0 else f"{age + 1} months"
