"""What is known of a customer from the start: the channel, the country and the product of the first purchase.

Each is taken from the first purchase day as it stood at the close of `as_of`, and from nothing later: where a customer lives or
buys today is no reason for how they bought before. Of several orders on that day the earliest that says it counts, of equal
moments the one with the smaller number; of several products on that order the one with the most net revenue, of equal ones the
first by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import Table

from lifeworth.data.contract import MONEY
from lifeworth.errors import OptionError, near
from lifeworth.features.history import known_orders

OF_ORDERS = ("channel", "country")
OF_LINES = {"first_category": "category", "first_product": "product_name"}
NAMES = (*OF_ORDERS, *OF_LINES)
"""The covariates there can be, in the order they are asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which covariates a run looks at, and where products stand."""

    names: tuple[str, ...] = ()
    lines: Table | None = None


NO_COVARIATES = Wanted()


def filled(orders: Table, lines: Table | None) -> Table:
    """One row: of each covariate in how many rows of its table it is said."""
    counts = orders.agg(**{name: orders[name].count() for name in OF_ORDERS})
    if lines is None:
        return counts
    return counts.cross_join(lines.agg(**{name: lines[column].count() for name, column in OF_LINES.items()}))


def choose(setting: str, rows: Mapping[str, int], lines: Table | None = None) -> Wanted:
    """The covariates a setting asks for, of those the data have.

    Args:
        setting: "auto" (all there are; of product and category the category), "none", or names with commas between.
        rows: In how many rows each is said: the one row of `filled`.
        lines: The table `order_lines`, where there is one.

    Raises:
        OptionError: if a name is unknown, or the data do not say it.
    """
    there = [name for name in NAMES if rows.get(name, 0) > 0]
    if setting == "none":
        return NO_COVARIATES
    if setting == "auto":
        return Wanted(tuple(n for n in there if n != "first_product" or "first_category" not in there), lines)
    named = tuple(dict.fromkeys(word.strip() for word in setting.split(",")))
    for name in named:
        if name not in NAMES:
            raise OptionError(f'"{name}" is no covariate.', allowed=_allowed(there), hint=near(name, NAMES) or None)
        if name not in there:
            raise OptionError(f"These data do not say the {name.replace('_', ' ')}.", allowed=_allowed(there))
    return Wanted(named, lines)


def _allowed(there: Sequence[str]) -> list[str]:
    return ["auto", "none", *there]


def from_the_start(past: Table, orders: Table, refunds: Table | None, as_of: date, wanted: Wanted) -> Table:
    """The rows of a history, each with what is known of the customer from the start.

    Args:
        past: A history at `as_of` (`customer_id`, `first_day` and more), best as a table that was kept.
        orders: The table `orders` of the house.
        refunds: The table `refunds` of the house, or nothing where no refund has a day of its own.
        as_of: Last observed day, inclusive.
        wanted: Which covariates, and the table `order_lines`.

    Returns:
        `past` with one text column a covariate, null where the first purchase day does not say it.
    """
    if not wanted.names:
        return past
    first = _first_day(past, orders, refunds, as_of)
    columns = [name for name in wanted.names if name in OF_ORDERS]
    found = past
    if columns:
        found = _beside(found, _said(first, columns), columns)
    for name in (name for name in wanted.names if name in OF_LINES):
        if wanted.lines is None:
            raise ValueError(f"{name} needs the table order_lines")
        found = _beside(found, _leading(first, wanted.lines, name), [name])
    return found


def _first_day(past: Table, orders: Table, refunds: Table | None, as_of: date) -> Table:
    """The purchases of every customer's first purchase day."""
    known = known_orders(orders, refunds, as_of, keep=("order_id", "ordered_at", *OF_ORDERS))
    start = past.select(owner="customer_id", start="first_day")
    return known.filter(known["purchase"]).inner_join(
        start, [known["customer_id"] == start["owner"], known["day"] == start["start"]]
    )


def _said(first: Table, names: Collection[str]) -> Table:
    when = ibis.struct({"at": first["ordered_at"], "order": first["order_id"]})
    return first.group_by("owner").agg(
        **{name: first[name].argmin(when, where=first[name].notnull()) for name in names}
    )


def _leading(first: Table, lines: Table, name: str) -> Table:
    """The product or category with the most net revenue on the first order that names one."""
    column = lines[OF_LINES[name]]
    if name == "first_product":
        column = ibis.coalesce(column, lines["product_id"])
    worth = ibis.coalesce(lines["net_revenue"], ibis.literal(0, MONEY))
    named = lines.mutate(_what=column, _worth=worth)
    named = named.filter(named["_what"].notnull()).select(line_of="order_id", what="_what", worth="_worth")
    bought = first.inner_join(named, first["order_id"] == named["line_of"])
    # All lines of a category count together: two small packets of tea may outweigh one of coffee.
    sums = bought.group_by(["owner", "ordered_at", "order_id", "what"]).agg(worth=bought["worth"].sum())
    place = ibis.struct(
        {"at": sums["ordered_at"], "order": sums["order_id"], "worth": -sums["worth"], "what": sums["what"]}
    )
    return sums.group_by("owner").agg(**{name: sums["what"].argmin(place)})


def _beside(rows: Table, found: Table, names: Collection[str]) -> Table:
    joined = rows.left_join(found, rows["customer_id"] == found["owner"])
    return joined.select(*rows.columns, *(joined[name] for name in names))
