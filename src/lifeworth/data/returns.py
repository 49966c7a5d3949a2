"""Returns that stand in rows of their own: brought back to the order they belong to, as far as that can be told.

A return that names the order of a sale belongs to it. Any other belongs to the latest earlier purchase of the same
product by the same customer; where rows name no product, of the same amount. It takes off at most what that line was
worth, and of one order all returns together at most what the order was worth. What is left over, and what finds no
purchase, stays a refund of the customer (or of the company) that names no order.
"""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import Column, Table

from lifeworth.data.aside import PLACE
from lifeworth.data.contracts import REFUNDS
from lifeworth.data.money import NO_MONEY, ZERO, as_money, conform
from lifeworth.data.orders import goods, order_key, row_margin
from lifeworth.data.probe import Probe
from lifeworth.engine.base import Engine


def taken_back(rows: Table, probe: Probe) -> Table:
    """Return rows with what they took back, all positive: `amount` is without `tax` and `shipping`.

    `said` is the money as the source states it, mostly negative; a source that writes returns as positive amounts
    means the same.
    """
    gross = rows["money"].abs()
    tax = ibis.least(rows["tax"].fill_null(ZERO).abs(), gross) if probe.taxed else ZERO
    shipping = ibis.least(rows["shipping"].fill_null(ZERO).abs(), gross - tax) if probe.shipped else ZERO
    amount = as_money(gross - tax - shipping)
    margin: Column = rows["margin"].abs() if probe.margins else NO_MONEY
    if probe.costs:
        margin = ibis.coalesce(margin, amount - rows["cost"].abs())
    return rows.select(
        *PLACE,
        named=rows["order_id"],
        customer_id=rows["customer_id"],
        key=_same(rows),
        at=rows["ordered_at"],
        said=rows["money"],
        amount=amount,
        tax=as_money(tax),
        shipping=as_money(shipping),
        margin=as_money(margin),
    )


def match(engine: Engine, back: Table, sales: Table, heads: Table, probe: Probe) -> Table:
    """Find the order each return belongs to.

    Args:
        engine: Where the tables are.
        back: What `taken_back` says.
        sales: The staged rows that are sales.
        heads: Orders, with `order_id`, `customer_id`, `goods`, `goods_back` and `margin`.
        probe: What is known of the rows.

    Returns:
        The table "_matched": `back` plus `order_id`, `attached` (of the amount, what the order bears), `base` and
        `base_margin` (worth and margin of what was bought, for the share of margin that goes back).
    """
    worth = as_money(heads["goods"] - heads["goods_back"])
    known = heads.select("order_id", owner="customer_id", worth=worth, goods="goods", goods_margin="margin")
    own = back.inner_join(known, back["named"] == known["order_id"])
    own = own.select(
        *back.columns, "order_id", "owner", "worth", base="goods", base_margin="goods_margin", attached="amount"
    )
    rest = back.filter(back["customer_id"].notnull()).anti_join(own, PLACE)
    found = engine.create("_found", _latest_purchase(rest, sales, probe))
    shared = _at_most(found, ["_line_file", "_line_row"], found["base"])
    other = shared.inner_join(known, "order_id")
    other = other.select(*own.columns)
    both = own.union(other)
    # All returns of an order together take off no more than it was worth.
    capped = engine.create("_capped", _at_most(both, ["order_id"], both["worth"]))
    joined = back.left_join(capped.select(*PLACE, "order_id", "owner", "attached", "base", "base_margin"), PLACE)
    matched = joined.mutate(
        attached=as_money(joined["attached"].fill_null(ZERO)),
        customer_id=ibis.coalesce(joined["customer_id"], joined["owner"]),
    )
    result = engine.create("_matched", matched.select(*back.columns, "order_id", "attached", "base", "base_margin"))
    engine.drop("_found", "_capped")
    return result


def refund_rows(matched: Table, rate: float | None) -> Table:
    """The table `refunds` of the house: of each return the part its order bears, and the part no order bears.

    Args:
        matched: What `match` found.
        rate: Margin ÷ goods of all sales, for returns of which nothing better is known; none without margins.
    """
    document = ibis.coalesce(matched["named"], ibis.literal("row"))
    name = document + "-" + matched["source_file"].cast("string") + "-" + matched["source_row"].cast("string")
    rows = matched.mutate(refund_id=name, left=as_money(matched["amount"] - matched["attached"]))

    def part(of: str, order: Column, suffix: str) -> Table:
        some = rows.filter(rows[of] > 0)
        share = some[of].cast("float64") / some["amount"].cast("float64")
        own = some["margin"].cast("float64") * share
        base = some["base"].nullif(0).cast("float64")
        bought = some["base_margin"].cast("float64") / base * some[of].cast("float64")
        usual = ibis.null(dt.float64) if rate is None else some[of].cast("float64") * rate
        refund = some.select(
            refund_id=some["refund_id"] + suffix,
            order_id=order,
            customer_id=some["customer_id"],
            refunded_at=some["at"],
            amount=some[of],
            margin=as_money(ibis.coalesce(own, bought, usual).round(4)),
        )
        return conform(refund, REFUNDS)

    return part("attached", rows["order_id"], "").union(part("left", ibis.null("string"), "-rest"))


def _latest_purchase(back: Table, sales: Table, probe: Probe) -> Table:
    """The line each return goes back to: the n-th purchase, where n purchases of its like came before it.

    Purchases and returns are laid in one line by time and the purchases counted as they pass; a return bears the number
    of the latest one. That is a window and an equality join, which every engine does well.
    """
    lines = sales.filter(sales["customer_id"].notnull()).select(
        *PLACE,
        order_id=order_key(sales, probe),
        customer_id="customer_id",
        key=_same(sales),
        at="ordered_at",
        base=goods(sales, probe),
        base_margin=row_margin(sales, probe),
    )
    lines = lines.filter(lines["base"] > 0).semi_join(back, ["customer_id", "key"])
    events = lines.select(*PLACE, "customer_id", "key", "at", kind=ibis.literal(0, "int8")).union(
        back.select(*PLACE, "customer_id", "key", "at", kind=ibis.literal(1, "int8"))
    )
    # A return of the same minute comes after the purchase.
    passing = ibis.window(group_by=["customer_id", "key"], order_by=["at", "kind", *PLACE], rows=(None, 0))
    counted = events.mutate(nth=(1 - events["kind"]).sum().over(passing))
    bought = counted.filter(counted["kind"] == 0).select(*PLACE, "nth").inner_join(lines, PLACE)
    bought = bought.select(
        "customer_id", "key", "nth", "order_id", "base", "base_margin", _line_file="source_file", _line_row="source_row"
    )
    returned = counted.filter(counted["kind"] == 1, counted["nth"] > 0).select(*PLACE, "nth").inner_join(back, PLACE)
    met = returned.inner_join(bought, ["customer_id", "key", "nth"])
    return met.mutate(attached=met["amount"])


def _at_most(rows: Table, group: list[str], limit: Column) -> Table:
    """Cut `attached` so that within each group, taken in the order of time, its sum stays within the limit."""
    passing = ibis.window(group_by=group, order_by=["at", *PLACE], rows=(None, 0))
    summed = rows.mutate(_sum=rows["attached"].sum().over(passing), _limit=ibis.greatest(limit, ZERO))
    room = summed["_limit"] - (summed["_sum"] - summed["attached"])
    cut = ibis.greatest(ibis.least(summed["attached"], room), ZERO)
    return summed.mutate(attached=as_money(cut)).drop("_sum", "_limit")


def _same(rows: Table) -> Column:
    """What makes a return and a purchase alike: the product, or the amount where no product is named."""
    return ibis.coalesce(
        rows["product_id"], rows["product_name"], ibis.literal("= ") + rows["money"].abs().cast("string")
    )
