"""Lens 2, two periods: what changed, and who brought the change?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
from ibis.expr.types import Table

from lifeworth.audit.buyers import within
from lifeworth.audit.decompose import factors, parts
from lifeworth.audit.money import Money
from lifeworth.audit.spans import Span
from lifeworth.features.sums import counted, exact

Who = Literal["both", "lost", "new", "returned"]

WHO: dict[Who, str] = {
    "both": "bought in both periods",
    "lost": "bought in the first period, not in the second",
    "new": "bought for the first time ever in the second period",
    "returned": "had bought before, not in the first period, again in the second",
}
"""Who a customer is between two periods; every customer of either period is exactly one of these."""

FIFTHS = 5
NOT = 0
"""Where a customer stands in a period in which they did not buy."""


@dataclass(frozen=True)
class TwoPeriods:
    """What changed between two periods of equal length.

    Attributes:
        before, after: `customers`, `transactions`, `value`, `profit` of each period.
        groups: The same for each kind of customer, with `_1` and `_2` for the periods.
        company: What each of customers, transactions, value and margin brought to the change; None where it is no product.
        bridge: From the profit of the first period to that of the second, step by step; the steps add up.
        flows: Customers by fifth in the first and fifth in the second period, 0 where they did not buy.
        rose, fell: Customers of both periods who brought more in the second, and less.
    """

    before: Mapping[str, float]
    after: Mapping[str, float]
    groups: Mapping[Who, Mapping[str, float]]
    company: tuple[float, ...] | None
    bridge: Sequence[tuple[str, float]]
    flows: Mapping[tuple[int, int], int]
    rose: int
    fell: int


def customers(days: Table, earlier: Span, later: Span, money: Money) -> Table:
    """One row a customer of either period: `customer_id`, `who`, and `transactions`, `value`, `profit` with `_1` and `_2`.

    Args:
        days: Purchase days: `customer_id`, `day`, `value`, `margin`.
        earlier: The first period.
        later: The second, which begins where the first ends.
        money: What counts as profit.
    """
    known = days.filter(days["day"] <= ibis.literal(later.to))
    known = known.mutate(profit=money.profit(known))
    sums: dict[str, Any] = {"first_day": known["day"].min()}
    for turn, span in ((1, earlier), (2, later)):
        here = within(known["day"], span)
        sums[f"transactions_{turn}"] = counted(here.cast("int64"))
        for figure in ("value", "profit"):
            amount = ibis.ifelse(here, known[figure], ibis.null(known[figure].type()))
            sums[f"{figure}_{turn}"] = exact(amount).fill_null(0.0)
    each = known.group_by("customer_id").agg(**sums)
    each = each.filter((each["transactions_1"] > 0) | (each["transactions_2"] > 0))
    who = ibis.cases(
        ((each["transactions_1"] > 0) & (each["transactions_2"] > 0), "both"),
        (each["transactions_1"] > 0, "lost"),
        (each["first_day"] > ibis.literal(earlier.to), "new"),
        else_="returned",
    )
    return each.mutate(who=who)


def groups(each: Table) -> Table:
    """One row a kind of customer: `who`, `customers`, `rose`, `fell`, and the sums of both periods."""
    figures = [f"{figure}_{turn}" for turn in (1, 2) for figure in ("transactions", "value", "profit")]
    return (
        each.group_by("who")
        .agg(
            customers=each.count(),
            rose=counted((each["profit_2"] > each["profit_1"]).cast("int64")),
            fell=counted((each["profit_2"] < each["profit_1"]).cast("int64")),
            **{name: counted(each[name]) if name.startswith("transactions") else exact(each[name]) for name in figures},
        )
        .order_by("who")
    )


def flows(each: Table) -> Table:
    """One row a pair of fifths: `fifth_1`, `fifth_2` (1 the best, 0 did not buy), `customers`."""
    placed = each.select(
        fifth_1=_fifth(each, 1),
        fifth_2=_fifth(each, 2),
    )
    return placed.group_by("fifth_1", "fifth_2").agg(customers=placed.count()).order_by("fifth_1", "fifth_2")


def gather(grouped: Sequence[Mapping[str, Any]], moved: Sequence[Mapping[str, Any]], word: str) -> TwoPeriods:
    """The results of the queries.

    Args:
        grouped: Rows of `groups`.
        moved: Rows of `flows`.
        word: What profit is called.
    """
    by_who: dict[Who, Mapping[str, float]] = {row["who"]: row for row in grouped}
    empty = {"customers": 0} | dict.fromkeys(
        (f"{figure}_{turn}" for turn in (1, 2) for figure in ("transactions", "value", "profit")), 0.0
    )
    found = {who: {**empty, **by_who.get(who, {})} for who in WHO}
    first, second = (_sum(found, turn) for turn in (1, 2))
    one, other = (factors(**side) for side in (first, second))
    company = parts(one, other) if one and other else None
    flowing = {(int(row["fifth_1"]), int(row["fifth_2"])): int(row["customers"]) for row in moved}
    both = found["both"]
    return TwoPeriods(
        first, second, found, company, _bridge(found, first, second, word), flowing,
        int(both.get("rose", 0)), int(both.get("fell", 0)),
    )  # fmt: skip


def _bridge(
    found: Mapping[Who, Mapping[str, float]], first: Mapping[str, float], second: Mapping[str, float], word: str
) -> list[tuple[str, float]]:
    steps = [
        ("Customers who were lost", -found["lost"]["profit_1"]),
        ("Customers who came new", found["new"]["profit_2"]),
        ("Customers who came back", found["returned"]["profit_2"]),
    ]
    both = found["both"]
    sides = [
        factors(both["customers"], *(both[f"{f}_{turn}"] for f in ("transactions", "value", "profit")))
        for turn in (1, 2)
    ]
    if sides[0] and sides[1]:
        _, often, much, margin = parts(sides[0], sides[1])
        steps += [("Who stayed bought more or less often", often), ("Who stayed spent more or less each time", much)]
        if word == "profit":
            steps.append(("Margin on who stayed", margin))
    elif both["customers"]:
        steps.append(("Who stayed brought more or less", both["profit_2"] - both["profit_1"]))
    return [
        (f"{word.capitalize()} of the first period", first["profit"]),
        *steps,
        (f"{word.capitalize()} of the second period", second["profit"]),
    ]


def _sum(found: Mapping[Who, Mapping[str, float]], turn: int) -> dict[str, float]:
    there: tuple[Who, ...] = ("both", "lost") if turn == 1 else ("both", "new", "returned")
    total = {f: sum(found[who][f"{f}_{turn}"] for who in found) for f in ("transactions", "value", "profit")}
    return {"customers": sum(found[who]["customers"] for who in there), **total}


def _fifth(each: Table, turn: int) -> ibis.expr.types.IntegerColumn:
    """The fifth of those who bought in the period, the best first; who did not buy stands apart."""
    bought = each[f"transactions_{turn}"] > 0
    rank = ibis.ntile(FIFTHS).over(group_by=bought, order_by=[each[f"profit_{turn}"].desc(), each["customer_id"]])
    return ibis.ifelse(bought, rank.cast("int64") + 1, NOT)
