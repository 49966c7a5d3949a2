"""From lines to orders: one row an order, with the money in it told apart."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import Column, DecimalColumn, Table

from lifeworth.data.contracts import ORDERS
from lifeworth.data.money import NO_MONEY, ZERO, as_money, conform
from lifeworth.data.probe import Probe
from lifeworth.engine.base import Engine


def order_key(rows: Table, probe: Probe) -> Column:
    """The order a row belongs to: its number, or its own file and row where the source gives none."""
    own = ibis.literal("row-") + rows["source_file"].cast("string") + "-" + rows["source_row"].cast("string")
    if not probe.named_orders:
        return own
    return ibis.coalesce(rows["order_id"], own) if probe.named_orders < probe.rows else rows["order_id"]


def goods(rows: Table, probe: Probe) -> DecimalColumn:
    """Money of a row without tax and shipping."""
    worth = rows["money"].fill_null(ZERO) if probe.priced < probe.rows else rows["money"]
    if not probe.taxed and not probe.shipped:
        return worth
    for part, present in (("tax", probe.taxed), ("shipping", probe.shipped)):
        if present:
            worth = worth - rows[part].fill_null(ZERO)
    return as_money(worth)


def row_margin(rows: Table, probe: Probe) -> DecimalColumn:
    """Margin of a row: the source's own, else goods less cost; null without either."""
    if not probe.costs:
        return rows["margin"]
    left = as_money(goods(rows, probe) - rows["cost"])
    return ibis.coalesce(rows["margin"], left) if probe.margins else left


def one_by_one(sales: Table, probe: Probe) -> Table:
    """Heads of orders where every row is one: a projection, nothing is computed twice."""
    return sales.select(
        order_id=order_key(sales, probe),
        customer_id=sales["customer_id"],
        customer_high=sales["customer_id"],
        ordered_at=sales["ordered_at"],
        last_at=sales["ordered_at"],
        rows=ibis.literal(1, dt.int64),
        money=sales["money"].fill_null(ZERO) if 0 < probe.priced < probe.rows else sales["money"],
        tax=sales["tax"].fill_null(ZERO) if probe.taxed else ZERO,
        shipping=sales["shipping"].fill_null(ZERO) if probe.shipped else ZERO,
        goods=goods(sales, probe),
        discount=sales["discount"],
        refunded=sales["refunded"].fill_null(ZERO) if probe.refunded else ZERO,
        margin=row_margin(sales, probe),
        channel=sales["channel"],
        country=sales["country"],
    )


def grouped(sales: Table, probe: Probe) -> Table:
    """Heads of orders whose rows are lines: sums of money, the earliest moment.

    A margin is known only where every line with money states one; a sum over the others would understate it.
    """
    rows = sales.mutate(_order=order_key(sales, probe), _goods=goods(sales, probe), _margin=row_margin(sales, probe))
    unknown = (rows["_margin"].isnull() & (rows["_goods"] != 0)).fill_null(False)
    has_margin = bool(probe.margins or probe.costs)
    heads = rows.group_by(order_id=rows["_order"]).agg(
        customer_id=rows["customer_id"].min(),
        customer_high=rows["customer_id"].max(),
        ordered_at=rows["ordered_at"].min(),
        last_at=rows["ordered_at"].max(),
        rows=rows.count(),
        money=rows["money"].sum(),
        tax=rows["tax"].sum().fill_null(ZERO) if probe.taxed else ZERO,
        shipping=rows["shipping"].sum().fill_null(ZERO) if probe.shipped else ZERO,
        goods=rows["_goods"].sum(),
        discount=rows["discount"].sum(),
        refunded=rows["refunded"].sum().fill_null(ZERO) if probe.refunded else ZERO,
        margin=rows["_margin"].sum() if has_margin else NO_MONEY,
        unknown=unknown.any() if has_margin else ibis.literal(False),
        channel=rows["channel"].min(),
        country=rows["country"].min(),
    )
    heads = heads.mutate(margin=ibis.ifelse(heads["unknown"], NO_MONEY, heads["margin"])).drop("unknown")
    if probe.priced:
        heads = heads.mutate(money=heads["money"].fill_null(ZERO))
    decimals = {
        name: as_money(heads[name]) for name in ("money", "tax", "shipping", "goods", "discount", "refunded", "margin")
    }
    return heads.mutate(**decimals)


def settle_customers(engine: Engine, heads: Table, sales: Table, probe: Probe) -> tuple[Table, int]:
    """Give an order with lines of several customers to the one with most lines, and say how many there were.

    Equal counts go to the id that sorts first, so that the answer does not depend on the order of the rows.
    """
    disputed = heads.filter(heads["customer_id"] != heads["customer_high"])
    count = engine.row(disputed.agg(orders=disputed.count()))["orders"]
    if not count:
        return heads, 0
    named = sales.filter(sales["customer_id"].notnull()).mutate(_order=order_key(sales, probe))
    named = named.semi_join(disputed, named["_order"] == disputed["order_id"])
    votes = named.group_by(["_order", "customer_id"]).agg(lines=named.count())
    ranked = votes.mutate(
        _nth=ibis.row_number().over(
            ibis.window(group_by="_order", order_by=[votes["lines"].desc(), votes["customer_id"]])
        )
    )
    chosen = engine.create("_chosen", ranked.filter(ranked["_nth"] == 0).select("_order", chosen="customer_id"))
    joined = heads.left_join(chosen, heads["order_id"] == chosen["_order"])
    settled = joined.mutate(customer_id=ibis.coalesce(joined["chosen"], joined["customer_id"])).drop("chosen", "_order")
    return settled, count


def refund_parts(heads: Table, probe: Probe) -> Table:
    """Share a refund that names no split over goods, tax and shipping in proportion to each.

    Adds `goods_back`, `tax_back` and `shipping_back`, which add up to `refunded`. An order that was paid back in full
    has exactly its goods, its tax and its shipping back, so its net revenue is exactly 0.
    """
    if not probe.refunded:
        return heads.mutate(goods_back=ZERO, tax_back=ZERO, shipping_back=ZERO)
    back = heads["refunded"]
    if not probe.taxed and not probe.shipped:
        return heads.mutate(goods_back=back, tax_back=ZERO, shipping_back=ZERO)
    none, all_of_it = heads["money"] == 0, back == heads["money"]

    def part(of: str) -> Column:
        share = (back.cast("float64") * heads[of].cast("float64") / heads["money"].nullif(0).cast("float64")).round(4)
        return as_money(ibis.ifelse(all_of_it, heads[of], ibis.ifelse(none, ZERO, as_money(share))))

    shared = heads.mutate(tax_back=part("tax"), shipping_back=part("shipping"))
    rest = shared["refunded"] - shared["tax_back"] - shared["shipping_back"]
    return shared.mutate(goods_back=as_money(rest))


def finish(heads: Table, probe: Probe, currency: str, attached: bool) -> Table:
    """The table `orders` of the house from heads.

    Args:
        heads: Orders whose refunds are known: `goods_back`, and `attached`, `attached_margin` where returns were
            brought back to them.
        probe: What is known of the rows.
        currency: Of the workspace.
        attached: Whether returns were brought back.
    """
    left, back, margin = heads["goods"], ZERO, heads["margin"]
    if probe.refunded:
        left, back = left - heads["goods_back"], heads["goods_back"]
        share = (left.cast("float64") / heads["goods"].nullif(ZERO).cast("float64")).fill_null(1.0)
        kept = as_money((margin.cast("float64") * share).round(4))
        margin = ibis.ifelse(heads["goods_back"] == 0, margin, kept)
    if attached:
        left, back, margin = left - heads["attached"], back + heads["attached"], margin - heads["attached_margin"]
    exact = probe.refunded or attached
    rows = heads.select(
        "order_id",
        "customer_id",
        "ordered_at",
        net_revenue=NO_MONEY if not probe.priced else as_money(left) if exact else left,
        discount=heads["discount"],
        refunded=as_money(back) if exact else back,
        margin=as_money(margin) if exact else margin,
        currency=ibis.literal(currency) if currency else ibis.null("string"),
        channel=heads["channel"],
        country=heads["country"],
    )
    return conform(rows, ORDERS)
