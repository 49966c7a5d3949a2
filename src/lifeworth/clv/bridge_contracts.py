"""The part of contracts in the equity bridge: running contracts at two dates, and why what they are worth is another.

What a contract is worth is margin × MRR × what a unit of margined MRR is expected to bring within the horizon. The first two are known
of every date; the third says how many bills are still to be expected, and moves with tenure, retention model, discount and horizon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lifeworth.clv.causes import Bridge, table
from lifeworth.clv.shapley import shapley
from lifeworth.features.series import column

Floats = NDArray[np.float64]
PLAYERS = ("margin", "contracts_size", "contracts_stay")
"""Causes that share the change of a contract that runs at both dates."""
LEAST = 1e-6
"""Margin a month, in workspace currency, below which nothing is paid for."""


@dataclass(frozen=True, slots=True)
class Contracts:
    """Running contracts at a date.

    Attributes:
        rows: `customer_id`, `mrr`, `value` (0 where no model could value it), one row a customer with a running contract.
        known: Ids of all customers known at the date, by orders or by contracts.
        margin: Margin as a share of MRR.
    """

    rows: pa.Table
    known: pa.Array
    margin: float

    @classmethod
    def none(cls, known: pa.ChunkedArray, margin: float) -> Self:
        """No contract at all, of customers who are known otherwise."""
        ids = known.combine_chunks()
        empty = pa.table({"customer_id": ids.slice(0, 0), "mrr": pa.array([], pa.float64()), "value": pa.array([], pa.float64())})  # fmt: skip
        return cls(empty, ids, margin)


def contract_parts(was: Contracts, now: Contracts) -> pa.Table:
    """The change of every customer's contracts by its causes, in the form of `Bridge.parts`."""
    both = pc.filter(now.rows["customer_id"], pc.is_in(now.rows["customer_id"], value_set=_ids(was)))
    stayed = [one.rows.filter(pc.is_in(one.rows["customer_id"], value_set=both.combine_chunks())).sort_by("customer_id") for one in (was, now)]  # fmt: skip
    blocks = [_of_stayers(stayed[0], stayed[1], was.margin, now.margin)]
    fresh = now.rows.filter(pc.invert(pc.is_in(now.rows["customer_id"], value_set=_ids(was))))
    ended = was.rows.filter(pc.invert(pc.is_in(was.rows["customer_id"], value_set=_ids(now))))
    blocks += _split(fresh, was.known, "contracts_new", "new", sign=1)
    blocks += _split(ended, now.known, "contracts_ended", "gone", sign=-1)
    return pa.concat_tables(blocks)


def contracts_alone(was: Contracts, now: Contracts) -> Bridge:
    """The bridge of a company that sells nothing but contracts."""
    parts = contract_parts(was, now).sort_by("customer_id")
    return Bridge(math.fsum(parts["before"].to_pylist()), math.fsum(parts["after"].to_pylist()), parts)


def _ids(one: Contracts) -> pa.Array:
    return one.rows["customer_id"].combine_chunks()


def _split(rows: pa.Table, known: pa.Array, cause: str, stranger: str, *, sign: int) -> list[pa.Table]:
    """Contracts of one date only: of customers the other date knows, and of those it does not."""
    there = pc.is_in(rows["customer_id"], value_set=known)
    found = []
    for some, name in ((rows.filter(there), cause), (rows.filter(pc.invert(there)), stranger)):
        worth, nothing = column(some, "value"), np.zeros(some.num_rows)
        before, after = (nothing, worth) if sign > 0 else (worth, nothing)
        found.append(table(some["customer_id"], before, after, {name: sign * worth}))
    return found


def _of_stayers(was: pa.Table, now: pa.Table, margin_was: float, margin_now: float) -> pa.Table:
    margins = (margin_was, margin_now)
    sizes = [column(one, "mrr") for one in (was, now)]
    values = [column(one, "value") for one in (was, now)]
    bases = [size * margin for size, margin in zip(sizes, margins, strict=True)]
    # Where nothing is paid for, a unit of MRR is not defined: whatever has changed, it was not the size of what is paid.
    whole = (bases[0] > LEAST) & (bases[1] > LEAST)
    units = [np.divide(value, base, out=np.zeros_like(value), where=whole) for value, base in zip(values, bases, strict=True)]  # fmt: skip

    def worth(done: frozenset[str]) -> Floats:
        found = margins[int("margin" in done)] * sizes[int("contracts_size" in done)] * units[int("contracts_stay" in done)]  # fmt: skip
        return np.asarray(found, np.float64)

    shares = shapley(worth, PLAYERS)
    change = values[1] - values[0]
    told = {name: np.where(whole, share, 0.0) for name, share in shares.items()}
    told["contracts_stay"] = np.where(whole, told["contracts_stay"], change)
    # What rounding leaves of the products goes where it is least seen, so that every customer adds up.
    told["contracts_stay"] = told["contracts_stay"] + (change - sum(told.values()))
    return table(now["customer_id"], values[0], values[1], told)
