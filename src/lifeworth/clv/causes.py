"""Why customer equity moved: the causes, and the change of every customer split among them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CAUSES: dict[str, tuple[str, str]] = {
    "new": ("New customers", "Value of customers whose first order, or first contract, came since."),
    "lost": ("Lost customers", "What time and silence took from customers who have become lost since."),
    "time": (
        "Passing of time",
        "What a silent customer's value loses, or a young one's gains, by time alone; of those who stayed.",
    ),
    "frequency": (
        "Orders",
        "What the orders that came since say of how often customers will order and whether they stay.",
    ),
    "basket": ("Basket", "What customers spent on an order since."),
    "margin": ("Margin", "Another contribution margin."),
    "discount": ("Discount and horizon", "Another discount rate, horizon, or length of its months."),
    "order_model": ("Model of orders", "The order model fitted anew, or another one, on the same histories."),
    "spend_model": ("Model of spend", "The spend model fitted anew on the same histories."),
    "renewals": (
        "Renewals among orders",
        "A larger or smaller part of what customers order is renewals, which are counted with their contracts.",
    ),
    "contracts_new": ("New contracts", "Value of contracts of customers known before, who had none running."),
    "contracts_size": (
        "Size of contracts",
        "Plans, seats and prices: another MRR of customers who subscribe at both dates.",
    ),
    "contracts_stay": (
        "Staying of subscribers",
        "What a unit of MRR is expected to bring: renewals lived through, bills that have fallen due, the retention model, discount and horizon.",
    ),
    "contracts_ended": ("Ended contracts", "Value of contracts that no longer run, of customers who are known still."),
    "gone": (
        "No longer known",
        "Value of customers the later data do not hold any more: merged, erased, or all orders sent back.",
    ),
}
"""Causes with their names and meanings, in the order they are read."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """The change of customer equity between two dates.

    Attributes:
        before: Customer equity at the earlier date.
        after: Customer equity at the later date.
        parts: One row a customer: `customer_id`, `before`, `after`, and a column for each of `CAUSES`, which add up to
            `after` − `before`.
    """

    before: float
    after: float
    parts: pa.Table

    @property
    def causes(self) -> dict[str, float]:
        """What each cause did, over all customers."""
        return {cause: math.fsum(self.parts[cause].to_pylist()) for cause in CAUSES}

    @property
    def residual(self) -> float:
        """What is left when every cause is taken off the change: nothing but rounding of the last digits."""
        return math.fsum([self.after, -self.before, *(-value for value in self.causes.values())])

    def by(self, groups: pa.Table) -> dict[str | None, dict[str, float]]:
        """The causes told apart by a group of each customer; the groups add up to the whole.

        Args:
            groups: `customer_id` and `group`; whoever is not in it belongs to the group `None`.
        """
        at = pc.index_in(self.parts["customer_id"], value_set=groups["customer_id"].combine_chunks())
        whole = self.parts.append_column("group", groups["group"].take(at))
        figures = ("before", "after", *CAUSES)
        summed = whole.group_by("group", use_threads=False).aggregate([(name, "sum") for name in figures])
        return {
            row["group"]: {name: float(row[f"{name}_sum"] or 0.0) for name in figures} for row in summed.to_pylist()
        }


def table(ids: pa.ChunkedArray, before: Floats, after: Floats, causes: Mapping[str, Floats]) -> pa.Table:
    """Customers with their value at both dates and what each cause did, in the form of `Bridge.parts`."""
    nothing = np.zeros(len(before))
    columns = {cause: pa.array(causes.get(cause, nothing), pa.float64()) for cause in CAUSES}
    return pa.table({"customer_id": ids, "before": pa.array(before), "after": pa.array(after), **columns})
