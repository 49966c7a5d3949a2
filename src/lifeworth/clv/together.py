"""The value of orders and that of contracts as one: what a customer is worth, and what the whole of it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import fsum

import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.clv.value import Parts, Valuation

ID = "customer_id"
PREDICTED = ("predicted_clv", "predicted_clv_low", "predicted_clv_high", "total_clv")
OF_BOTH = ("historic_clv", *PREDICTED)
"""Figures that orders and contracts make together."""


def together(
    valuation: Valuation, both: pa.Table, subscribers: int, contracts: Mapping[str, float] | None
) -> Valuation:
    """The valuation of a company with both.

    Args:
        valuation: That of orders alone, in the order of the history.
        both: The one value and its parts (`subscriptions.both.one_value`), one row a customer who has ordered or had a contract.
        subscribers: Customers with a contract that runs.
        contracts: What all contracts are worth within the horizon: `value`, `low`, `high`; none where none could be valued.

    Returns:
        The same customers in the same order with the value of both, and below them those who only subscribe, with 0 orders and null
        in what orders alone tell; customer equity of both, and its parts. Where orders could not be predicted nothing is: half a
        value is none.
    """
    scores = valuation.scores
    at = pc.index_in(scores[ID], value_set=both[ID].combine_chunks())
    only = both.filter(pc.invert(pc.is_in(both[ID], value_set=scores[ID].combine_chunks()))).sort_by(ID)
    order = pa.chunked_array([*both[ID].take(at).chunks, *only[ID].chunks])
    rows = both.take(pc.index_in(order, value_set=both[ID].combine_chunks()))
    known = {name: rows[name] for name in (ID, *OF_BOTH)}
    if valuation.equity is None:
        known |= dict.fromkeys(PREDICTED, pa.nulls(rows.num_rows, pa.float64()))
    valued = {name: known.get(name, _longer(scores, name, only.num_rows)) for name in scores.column_names}
    parts = Parts(
        orders=None if valuation.equity is None else _sum(both["order_clv"]),
        contracts=_sum(both["subscription_clv"]),
        historic_orders=_sum(both["historic_orders"]),
        historic_contracts=_sum(both["historic_subscriptions"]),
        buyers=scores.num_rows,
        subscribers=subscribers,
        only_subscribe=only.num_rows,
        unvalued=both["subscription_clv"].null_count,
    )
    return replace(
        valuation,
        scores=pa.table(valued).cast(scores.schema),
        equity=_equity(rows["predicted_clv"], parts, valuation.equity, contracts),
        parts=parts,
        renewing=rows["subscription_clv"],
    )


def _longer(scores: pa.Table, name: str, more: int) -> pa.ChunkedArray:
    """A column of orders alone, and below it what it is for who never ordered."""
    column = scores[name]
    if name == "orders":
        rest = pa.repeat(pa.scalar(0, column.type), more)
    else:
        rest = pa.repeat(column[0], more) if name == "as_of" else pa.nulls(more, column.type)
    return pa.chunked_array([*column.chunks, rest])


def _equity(
    predicted: pa.ChunkedArray, parts: Parts, orders: Mapping[str, float] | None, contracts: Mapping[str, float] | None
) -> dict[str, float] | None:
    """Customer equity of both; its ends as if both went well or badly together, so too wide rather than too narrow."""
    if orders is None or parts.orders is None:
        return None
    # Where renewals stand among the orders, only the share of the other orders is left of what the order model expects.
    share = parts.orders / orders["value"] if orders["value"] > 0 else 1.0
    ends = {name: orders[name] * share + (contracts or {}).get(name, parts.contracts) for name in ("low", "high")}
    return {"value": _sum(predicted), **ends}


def _sum(figures: pa.ChunkedArray) -> float:
    return fsum(figures.drop_null().to_numpy())
