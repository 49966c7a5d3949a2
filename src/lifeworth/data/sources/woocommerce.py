"""WooCommerce orders: exports of the common plugins, the orders report of its analytics, and the REST API (v3).

A total contains tax and shipping (shipping is stated without its tax) and is before refunds. Completed, processing and
on-hold orders are sales; pending, failed and draft ones were never paid. A guest (customer 0) is known by e-mail address,
and is the account that uses the same address, where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.contract import MONEY
from lifeworth.data.sources.layout import Layout, first_row, whole_order
from lifeworth.data.sources.synonyms import normal

FIELDS = {
    "order": ("number", "order_number", "Order Number", "Order #", "order_number_formatted", "order_id", "Order ID", "id"),
    "ordered_at": ("date_created", "order_date", "Order Date", "Date", "date", "date_created_gmt", "paid_date"),
    "state": ("status", "Order Status", "order_status", "Status"),
    "account": ("customer_id", "customer_user", "Customer Id", "Customer User ID", "User ID", "customer_user_id"),
    "email": ("billing.email", "billing_email", "Email (Billing)", "Billing Email", "Billing Email Address", "customer_email"),
    "person": ("Customer", "customer_name", "Customer Name"),
    "total": ("total", "order_total", "Order Total Amount", "Order Total", "N. Revenue", "N. Revenue (formatted)", "Net Sales"),
    "tax": ("total_tax", "tax_total", "order_tax_total", "Order Total Tax Amount", "Order Total Tax", "total_tax_amount"),
    "shipping": ("shipping_total", "order_shipping", "Order Shipping Amount", "Shipping Total", "Order Shipping", "shipping_cost"),
    "discount": ("discount_total", "cart_discount", "Cart Discount Amount", "order_discount", "Discount Amount", "Order Discount"),
    "refunded": ("refunds.total", "refunded_total", "Order Refund Amount", "order_refund", "Refunded Amount", "total_refunded"),
    "currency": ("currency", "order_currency", "Order Currency", "Currency"),
    "channel": ("created_via", "Attribution", "Origin", "order_source"),
    "country": ("billing.country", "billing_country", "Country Code (Billing)", "Billing Country", "Country Name (Billing)"),
    "line": ("line_items.id", "item_id"),
    "sku": ("line_items.sku", "item_sku", "SKU", "Item SKU"),
    "product_key": ("line_items.product_id", "item_product_id", "Product Id"),
    "product": ("line_items.name", "item_name", "Item Name", "Product Name", "Product Name (main)"),
    "line_quantity": ("line_items.quantity", "item_quantity", "Quantity", "Quantity (- Refund)"),
    "line_price": ("line_items.price", "item_price", "Item Cost", "Item Price"),
    "payment": ("payment_method", "payment_method_title", "Payment Method Title"),
}  # fmt: skip
KINDS = {
    "ordered_at": "time", "total": "number", "tax": "number", "shipping": "number", "discount": "number",
    "refunded": "number", "line_quantity": "number", "line_price": "number", "order": "id", "account": "id",
    "email": "id", "sku": "id", "line": "id", "product_key": "id",
}  # fmt: skip
STAGED = {
    "order_id": ("order",), "customer_id": ("account", "email", "person"), "ordered_at": ("ordered_at",),
    "line_id": ("line",), "product_id": ("sku", "product_key"), "product_name": ("product",), "quantity": ("line_quantity",),
    "unit_price": ("line_price",), "money": ("total",), "discount": ("discount",), "tax": ("tax",),
    "shipping": ("shipping",), "refunded": ("refunded",), "currency": ("currency",), "status": ("state",),
    "channel": ("channel",), "country": ("country",),
}  # fmt: skip
REASONS = {
    "customer_id": "the account; a guest is known by the e-mail address, and is the account that uses it, if one does",
    "money": "the total of the order, once an order",
    "status": "completed, processing and on-hold orders are sales; pending, failed and draft ones were not paid",
    "tax": "contained in the total",
    "shipping": "contained in the total, stated without its tax",
    "refunded": "the sum that went back later; a refunded order without one went back whole",
}
CANCELLED = ("cancelled", "canceled", "trash", "cancel")
UNPAID = ("pending", "pending-payment", "failed", "checkout-draft", "draft", "auto-draft")


def _is_woocommerce(columns: Sequence[str]) -> bool:
    names = {normal(column) for column in columns}
    rest = {"billingemail", "total", "status"} <= names and bool({"lineitemsname", "datecreated"} & names)
    snake = {"ordertotal", "status", "orderdate"} <= names and bool(
        {"customeruser", "shippingtaxtotal", "orderkey", "cartdiscount", "billingfirstname", "ordercurrency"} & names
    )
    titled = {"orderstatus", "ordertotalamount"} <= names
    report = {"ordernumber", "status"} <= names and bool({"nrevenue", "nrevenueformatted"} & names)
    return rest or snake or titled or report


def _prepare(rows: Table) -> Table:
    """Account and address of the order on each of its rows: some exports write them on the first only."""
    known = {name: whole_order(rows, name, "order") for name in ("account", "email") if name in rows.columns}
    return rows.mutate(**{f"_{name}": column.nullif("0") for name, column in known.items()})


def _finish(rows: Table) -> dict[str, Column]:
    has = set(rows.columns)
    head = first_row(rows, "order")

    def order(name: str) -> Column:
        return whole_order(rows, name, "order")

    def once(name: str) -> Column:
        return ibis.ifelse(head, order(name), ibis.null(MONEY))

    # The analytics report writes a refund as a row of its own, below zero, under the number of the order.
    back = (rows["total"] < 0).fill_null(False)
    word = order("state").lower().strip().re_replace("^wc-", "").re_replace(r"[\s_]+", "-") if "state" in has else None
    staged: dict[str, Column] = {
        "order_id": rows["order"],
        "ordered_at": ibis.ifelse(back, rows["ordered_at"], order("ordered_at")),
        "customer_id": _customer(rows, order, has),
        "money": ibis.ifelse(back, rows["total"], _total_once(rows, head)),
    }
    if word is not None:
        staged["status"] = ibis.cases(
            (back, "return"), (word.isin(CANCELLED), "cancelled"), (word.isin(UNPAID), "unpaid"), else_="sale"
        )
    for name in ("tax", "shipping", "discount"):
        if name in has:
            staged[name] = once(name)
    if "refunded" in has:
        given = once("refunded").abs()
        whole = (word == "refunded") & (given.fill_null(0) == 0) if word is not None else ibis.literal(False)
        staged["refunded"] = ibis.ifelse(whole.fill_null(False), staged["money"], given)
    elif word is not None and not _has_negative_rows(has):
        staged["refunded"] = ibis.ifelse((word == "refunded").fill_null(False), staged["money"], ibis.null(MONEY))
    for ours in ("currency", "channel", "country"):
        if ours in has:
            staged[ours] = order(ours).upper() if ours == "currency" else order(ours)
    product = [rows[name] for name in ("sku", "product_key") if name in has]
    if product:
        staged["product_id"] = ibis.coalesce(*product)
    for ours, name in (
        ("line_id", "line"),
        ("product_name", "product"),
        ("quantity", "line_quantity"),
        ("unit_price", "line_price"),
    ):
        if name in has:
            staged[ours] = rows[name]
    return staged


def _has_negative_rows(has: set[str]) -> bool:
    """The analytics report names people, never accounts or addresses."""
    return "person" in has and not {"email", "account"} & has


def _total_once(rows: Table, head: Column) -> Column:
    positive = ibis.ifelse(rows["total"] >= 0, rows["total"], ibis.null(MONEY))
    whole = positive.max().over(ibis.window(group_by=rows["order"]))
    return ibis.ifelse(head, whole, ibis.null(MONEY))


def _customer(rows: Table, order, has: set[str]) -> Column:  # type: ignore[no-untyped-def]
    account = rows["_account"] if "account" in has else None
    email = rows["_email"] if "email" in has else None
    people: list[Column] = []
    if account is not None:
        people.append(account)
    if account is not None and email is not None:
        of_address = account.max().over(ibis.window(group_by=email))
        people.append(ibis.ifelse(email.notnull(), of_address, None))
    if email is not None:
        people.append(email)
    if "person" in has and not people:
        people.append(order("person").strip().nullif(""))
    return ibis.coalesce(*people) if people else ibis.null("string")


WOOCOMMERCE = Layout(
    name="woocommerce_orders",
    fields=FIELDS,
    kinds=KINDS,
    staged=STAGED,
    reasons=REASONS,
    money="{total}, once an order",
    needs=("order", "ordered_at", "total"),
    people=("account", "email", "person"),
    recognises=_is_woocommerce,
    finish=_finish,
    prepare=_prepare,
)
"""The layout of WooCommerce's orders."""
