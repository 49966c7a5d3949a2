"""Lens 1, one period: how different are our customers from each other?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.features.sums import counted, exact
from lifeworth.report.charts.scale import step

MOST = 10
"""From so many transactions on, customers are counted together."""

BINS = 20


@dataclass(frozen=True)
class OnePeriod:
    """What a period was made of.

    Attributes:
        totals: `customers`, `transactions`, `value`, `profit` of the period.
        deciles: The same of each tenth of the customers, those who brought most first, with `tenth` from 1 to 10.
        counts: Customers and profit by number of transactions; the last row stands for `MOST` and more.
        edges, heights: Customers by the value they brought: left edges of the bins and one more, and how many in each.
        tenths: How many customers, from the best down, each tenth of the profit comes from.
        losses: Customers who brought a loss.
    """

    totals: Mapping[str, float]
    deciles: Sequence[Mapping[str, float]]
    counts: Sequence[Mapping[str, float]]
    edges: Sequence[float]
    heights: Sequence[int]
    tenths: Sequence[int]
    losses: int

    def top(self, tenths: int) -> float | None:
        """Share of the profit that the best so many tenths of the customers brought."""
        whole = self.totals["profit"]
        return sum(row["profit"] for row in self.deciles[:tenths]) / whole if whole > 0 else None


def totals(buyers: Table) -> Table:
    """One row: `customers`, `transactions`, `value`, `profit`, `losses`, `high` (95 % point of value)."""
    return buyers.aggregate(
        customers=buyers.count(),
        transactions=counted(buyers["transactions"]).fill_null(0),
        value=exact(buyers["value"]).fill_null(0.0),
        profit=exact(buyers["profit"]).fill_null(0.0),
        losses=counted((buyers["profit"] < 0).cast("int64")).fill_null(0),
        high=buyers["value"].quantile(0.95),
    )


def deciles(buyers: Table, parts: int = 10) -> Table:
    """One row a part of the customers, ranked by profit: `tenth`, `customers`, `transactions`, `value`, `profit`."""
    ranked = buyers.mutate(tenth=_part(buyers["profit"], buyers, parts))
    return (
        ranked.group_by("tenth")
        .agg(
            customers=ranked.count(),
            transactions=counted(ranked["transactions"]),
            value=exact(ranked["value"]),
            profit=exact(ranked["profit"]),
        )
        .order_by("tenth")
    )


def by_transactions(buyers: Table) -> Table:
    """One row a number of transactions: `transactions` (the last for `MOST` and more), `customers`, `profit`."""
    capped = buyers.mutate(number=ibis.least(buyers["transactions"], MOST))
    return (
        capped.group_by(transactions=capped["number"])
        .agg(customers=capped.count(), profit=exact(capped["profit"]))
        .order_by("transactions")
    )


def by_value(buyers: Table, width: float) -> Table:
    """One row a bin of the value a customer brought: `bin`, `customers`; the last holds all beyond, the first all below."""
    place = (buyers["value"] / width).floor().cast("int64")
    binned = buyers.mutate(bin=ibis.greatest(ibis.least(place, BINS), 0))
    return binned.group_by("bin").agg(customers=binned.count()).order_by("bin")


def by_tenth_of_profit(buyers: Table) -> Table:
    """One row a tenth of the profit: `tenth`, `customers`; who is needed to complete a tenth belongs to it."""
    order = [buyers["profit"].desc(), buyers["customer_id"]]
    profit = buyers["profit"].cast("decimal(38, 9)")
    so_far = profit.sum().over(order_by=order, rows=(None, 0)).cast("float64")
    summed = buyers.select(before=so_far - buyers["profit"], profit="profit")
    # Where all of it is nothing there are no tenths, and everybody stands in the first.
    whole = exact(summed["profit"]).as_scalar().nullif(0.0)
    place = (summed["before"] / whole * 10 + 1e-9).floor().fill_null(0.0)
    share = summed.mutate(tenth=ibis.greatest(ibis.least(place + 1, 10), 1))
    return share.group_by(tenth=share["tenth"].cast("int64")).agg(customers=share.count()).order_by("tenth")


def bin_width(high: float | None) -> float:
    """The width of bins that reach to the 95 % point in at most `BINS` of them."""
    return step(high, BINS) if high is not None and high > 0 else 1.0


def gather(rows: Mapping[str, Sequence[Mapping[str, Any]]], width: float) -> OnePeriod:
    """The results of the queries, by name: `totals`, `deciles`, `counts`, `bins`, `tenths`."""
    whole = dict(rows["totals"][0])
    bins = {row["bin"]: row["customers"] for row in rows["bins"]}
    last = max(bins, default=0)
    tenths = {row["tenth"]: row["customers"] for row in rows["tenths"]}
    return OnePeriod(
        whole,
        rows["deciles"],
        rows["counts"],
        [width * place for place in range(last + 2)],
        [bins.get(place, 0) for place in range(last + 1)],
        [tenths.get(tenth, 0) for tenth in range(1, 11)],
        int(whole["losses"]),
    )


def _part(figure: ibis.expr.types.Column, buyers: Table, parts: int) -> ibis.expr.types.IntegerColumn:
    """1 to `parts` by rank from the highest down; customers of equal profit are told apart by their id, so parts are of one size."""
    return ibis.ntile(parts).over(order_by=[figure.desc(), buyers["customer_id"]]) + 1
