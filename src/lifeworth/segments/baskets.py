"""Who has bought what, and on which of their purchases."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import IntegerColumn, Table

from lifeworth.features.series import column
from lifeworth.segments.marked import Counts

EXACT = 10
"""Up to so many different things, customers are compared with those who have exactly as many; from there on, in bands."""


def bought(days: Table, orders: Table, lines: Table, products: Table | None, what: str) -> Table:
    """One row a customer and thing ever bought: `customer_id`, `item`, `first` and `next` (on the first, on the second purchase).

    Args:
        days: Purchase days: `customer_id`, `day`.
        orders: The table `orders` of the house.
        lines: The table `order_lines`.
        products: The table `products`, if there is one: it fills in names and categories.
        what: "category" or "product".
    """
    turns = days.select(
        "customer_id",
        "day",
        turn=ibis.row_number().over(group_by="customer_id", order_by="day"),
    )
    named = _named(lines, products, what)
    of_order = orders.filter(orders["customer_id"].notnull()).select(
        "order_id", buyer="customer_id", placed=orders["ordered_at"].date()
    )
    owned = named.join(of_order, "order_id")
    placed = owned.join(turns, [owned["buyer"] == turns["customer_id"], owned["placed"] == turns["day"]])
    return placed.group_by("customer_id", "item").agg(
        first=(placed["turn"] == 0).any(), next=(placed["turn"] == 1).any()
    )


def counts(owned: Table, members: Table) -> Table:
    """Rows for `Counts`: `item`, `band`, `buyers`, `members`, `band_all`, `band_members`.

    Args:
        owned: `customer_id`, `item`, one row a customer and thing.
        members: `customer_id`, `inside`: every customer, and whether they are in the group.
    """
    held = owned.select(owner="customer_id", item="item")
    each = held.join(members, [("owner", "customer_id")])
    each = each.select("owner", "item", inside=each["inside"].cast("int64"))
    breadth = each.group_by(who="owner").agg(things=each["item"].count(), within=each["inside"].max())
    banded = breadth.select("who", "within", band=_band(breadth["things"]))
    sizes = banded.group_by(of="band").agg(band_all=banded["who"].count(), band_members=banded["within"].sum())
    placed = each.join(banded, [("owner", "who")])
    cells = placed.group_by("item", "band").agg(buyers=placed["owner"].count(), members=placed["inside"].sum())
    return cells.join(sizes, [("band", "of")]).drop("of").order_by("item", "band")


def read(rows: pa.Table) -> Counts:
    """Rows of `counts` as arrays."""
    names = np.array(rows["item"].to_pylist(), dtype=np.str_)
    return Counts(names, *(column(rows, name) for name in ("band", "buyers", "members", "band_all", "band_members")))


def _named(lines: Table, products: Table | None, what: str) -> Table:
    rows = lines.select("order_id", "product_id", "product_name", "category")
    if products is not None:
        more = products.select(known="product_id", known_name="name", known_category="category")
        rows = rows.left_join(more, [("product_id", "known")])
        rows = rows.mutate(
            product_name=ibis.coalesce(rows["product_name"], rows["known_name"]),
            category=ibis.coalesce(rows["category"], rows["known_category"]),
        )
    item = rows["category"] if what == "category" else ibis.coalesce(rows["product_name"], rows["product_id"])
    named = rows.select("order_id", item=item)
    return named.filter(named["item"].notnull())


def _band(things: IntegerColumn) -> IntegerColumn:
    """Each number by itself up to `EXACT`, then bands whose upper end is half as much again as their lower."""
    wide = ((things.cast("float64") / EXACT).ln() / float(np.log(1.5))).floor().cast("int64") + EXACT
    return ibis.ifelse(things <= EXACT, things.cast("int64"), wide + 1)
