"""Who moved from where to where between two days, and the money that went with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.features.sums import exact

NEW, GONE = "not yet a customer", "no longer a customer"
"""Where newcomers come from, and where those go whose every order was taken back since."""


@dataclass(frozen=True)
class Move:
    """Customers who were in one group and are in one now.

    Attributes:
        source, target: The groups.
        customers: How many.
        since: Net revenue of these customers between the two days.
        value: Their value today: predicted where there is a prediction, else what they brought so far.
    """

    source: str
    target: str
    customers: int
    since: float
    value: float


def moves(before: Table, after: Table) -> Table:
    """One row a pair of groups that occurs: `source`, `target`, `customers`, `since`, `value`.

    Args:
        before: `customer_id`, `segment`, `revenue` up to the earlier day.
        after: The same up to the later day, and `value`.
    """
    old = before.select(was="customer_id", source="segment", then="revenue")
    new = after.select(now="customer_id", target="segment", sofar="revenue", value="value")
    both = new.outer_join(old, [("now", "was")])
    each = both.mutate(
        left=ibis.coalesce(both["source"], NEW),
        right=ibis.coalesce(both["target"], GONE),
        since=ibis.coalesce(both["sofar"], 0.0) - ibis.coalesce(both["then"], 0.0),
    )
    return each.group_by(source=each["left"], target=each["right"]).agg(
        customers=each.count(),
        since=exact(each["since"]).fill_null(0.0),
        value=exact(each["value"]).fill_null(0.0),
    )


def read(rows: Sequence[dict[str, Any]]) -> list[Move]:
    """Rows of `moves` as values."""
    return [Move(row["source"], row["target"], row["customers"], row["since"], row["value"]) for row in rows]


def matrix(found: Sequence[Move], names: Sequence[str]) -> tuple[list[str], list[str], list[list[int]]]:
    """The groups on the left, those on the right and how many went from each to each.

    Newcomers and those who are gone have their row and column where there are any; every other group has both.
    """
    sources = [*names, NEW] if any(one.source == NEW for one in found) else [*names]
    targets = [*names, GONE] if any(one.target == GONE for one in found) else [*names]
    counts = {(one.source, one.target): one.customers for one in found}
    return sources, targets, [[counts.get((source, target), 0) for target in targets] for source in sources]


@dataclass(frozen=True)
class Balance:
    """One group from the earlier day to the later: before + came + new − went − gone = after."""

    name: str
    before: int
    stayed: int
    came: int
    new: int
    went: int
    gone: int
    after: int


def balances(found: Sequence[Move], names: Sequence[str]) -> list[Balance]:
    """The account of every group; over all groups, who came from another and who went to another are as many."""

    def total(**where: Any) -> int:
        return sum(one.customers for one in found if all(fits(getattr(one, side)) for side, fits in where.items()))

    accounts = []
    for name in names:
        here, elsewhere = name.__eq__, lambda other, name=name: other not in {name, NEW, GONE}
        accounts.append(
            Balance(
                name,
                before=total(source=here),
                stayed=total(source=here, target=here),
                came=total(source=elsewhere, target=here),
                new=total(source=NEW.__eq__, target=here),
                went=total(source=here, target=elsewhere),
                gone=total(source=here, target=GONE.__eq__),
                after=total(target=here),
            )
        )
    return accounts
