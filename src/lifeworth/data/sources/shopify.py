"""Shopify orders: the export of the admin pages, and the orders of the Admin API laid out like it.

Rows share the order's `Name`; what belongs to the order stands on its first row. `Total` contains tax and shipping and is
before refunds. There is no customer number: a customer is an e-mail address, else a phone number, else a name with zip.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.contract import MONEY
from lifeworth.data.sources.layout import Layout, first_row, whole_order

FIELDS = {
    "order": ("Name", "name", "legacyResourceId", "id"),
    "ordered_at": ("Created at", "created_at", "createdAt", "processed_at", "processedAt", "Paid at"),
    "email": ("Email", "email", "contact_email", "customer.email"),
    "customer": ("Customer ID", "customer.id"),
    "phone": ("Phone", "phone", "customer.phone", "Billing Phone", "billing_address.phone"),
    "person": ("Billing Name", "billing_address.name", "billingAddress.name"),
    "zip": ("Billing Zip", "billing_address.zip", "billingAddress.zip"),
    "financial": ("Financial Status", "financial_status", "displayFinancialStatus"),
    "cancelled_at": ("Cancelled at", "cancelled_at", "cancelledAt"),
    "total": ("Total", "total_price", "totalPriceSet.shopMoney.amount"),
    "subtotal": ("Subtotal", "subtotal_price", "subtotalPriceSet.shopMoney.amount"),
    "tax": ("Taxes", "total_tax", "totalTaxSet.shopMoney.amount"),
    "shipping": ("Shipping", "total_shipping_price_set.shop_money.amount", "totalShippingPriceSet.shopMoney.amount", "shipping_lines.price"),
    "discount": ("Discount Amount", "total_discounts", "totalDiscountsSet.shopMoney.amount"),
    "refunded": ("Refunded Amount", "refunds.amount", "totalRefundedSet.shopMoney.amount"),
    "currency": ("Currency", "currency", "currencyCode", "totalPriceSet.shopMoney.currencyCode"),
    "channel": ("Source", "source_name", "sourceName"),
    "country": ("Billing Country", "billing_address.country_code", "billingAddress.countryCodeV2", "Shipping Country", "shipping_address.country_code"),
    "payment": ("Payment Method", "gateway", "paymentGatewayNames"),
    "test": ("Test", "test"),
    "line": ("line_items.id",),
    "sku": ("Lineitem sku", "line_items.sku"),
    "product": ("Lineitem name", "line_items.name", "line_items.title"),
    "line_quantity": ("Lineitem quantity", "line_items.quantity"),
    "line_price": ("Lineitem price", "line_items.price", "line_items.originalUnitPriceSet.shopMoney.amount"),
}  # fmt: skip
KINDS = {
    "ordered_at": "time", "total": "number", "subtotal": "number", "tax": "number", "shipping": "number",
    "discount": "number", "refunded": "number", "line_quantity": "number", "line_price": "number", "order": "id",
    "email": "id", "customer": "id", "phone": "id", "zip": "id", "sku": "id", "line": "id",
}  # fmt: skip
STAGED = {
    "order_id": ("order",), "customer_id": ("email", "customer", "phone", "person", "zip"), "ordered_at": ("ordered_at",),
    "line_id": ("line",), "product_id": ("sku",), "product_name": ("product",), "quantity": ("line_quantity",), "unit_price": ("line_price",),
    "money": ("total",), "discount": ("discount",), "tax": ("tax",), "shipping": ("shipping",),
    "refunded": ("refunded",), "currency": ("currency",), "status": ("financial", "cancelled_at", "payment", "test"),
    "channel": ("channel",), "country": ("country",),
}  # fmt: skip
REASONS = {
    "customer_id": "the e-mail address, else what else tells people apart",
    "money": "the total of the order, on its first row; it contains tax and shipping",
    "status": "cancelled or voided orders are no revenue, expired ones were never paid; pending ones count, as in Shopify's reports",
    "tax": "contained in the total, whether prices include it or not",
    "shipping": "contained in the total; without its share of the tax where prices include tax",
    "refunded": "the sum that went back later; the export gives no day",
}


def _is_shopify(columns: Sequence[str]) -> bool:
    names = set(columns)
    export = "Name" in names and "Total" in names and bool({"Financial Status", "Lineitem name"} & names)
    rest = "total_price" in names and bool({"financial_status", "line_items.name"} & names)
    return export or rest or "totalPriceSet.shopMoney.amount" in names


def _finish(rows: Table) -> dict[str, Column]:
    has = set(rows.columns)
    head = first_row(rows, "order")

    def order(name: str) -> Column:
        return whole_order(rows, name, "order")

    def once(name: str) -> Column:
        return ibis.ifelse(head, order(name), ibis.null(MONEY))

    staged: dict[str, Column] = {
        "order_id": rows["order"],
        "ordered_at": order("ordered_at"),
        "customer_id": ibis.coalesce(*_people(order, has)),
        "money": once("total"),
        "status": _status(order, has),
    }
    for name in ("discount", "refunded", "tax"):
        if name in has:
            staged[name] = once(name)
    if "shipping" in has:
        staged["shipping"] = _shipping(rows, staged, once, has)
    for ours, name in (("currency", "currency"), ("channel", "channel"), ("country", "country")):
        if name in has:
            staged[ours] = order(name).upper() if ours == "currency" else order(name)
    for ours, name in (
        ("line_id", "line"),
        ("product_id", "sku"),
        ("product_name", "product"),
        ("quantity", "line_quantity"),
        ("unit_price", "line_price"),
    ):
        if name in has:
            staged[ours] = rows[name]
    return staged


def _people(order, has: set[str]) -> list[Column]:  # type: ignore[no-untyped-def]
    people = [order(name) for name in ("email", "customer", "phone") if name in has]
    if "person" in has:
        person = order("person").strip().nullif("").lower()
        people.append(person + ", " + order("zip") if "zip" in has else person)
        if "zip" in has:
            people.append(person)
    return people or [ibis.null("string")]


def _status(order, has: set[str]) -> Column:  # type: ignore[no-untyped-def]
    cases = []
    if "test" in has:
        cases.append((order("test").lower() == "true", "test"))
    if "payment" in has:
        cases.append((order("payment").lower().contains("bogus"), "test"))
    if "cancelled_at" in has:
        cases.append((order("cancelled_at").strip().nullif("").notnull(), "cancelled"))
    if "financial" in has:
        word = order("financial").lower()
        cases += [(word == "voided", "cancelled"), (word == "expired", "unpaid")]
    return ibis.cases(*cases, else_="sale") if cases else ibis.literal("sale")


def _shipping(rows: Table, staged: dict[str, Column], once, has: set[str]) -> Column:  # type: ignore[no-untyped-def]
    """Shipping without its tax: where prices include tax (total = subtotal + shipping), its share is taken off."""
    shipping, total = once("shipping"), staged["money"]
    if not {"tax", "subtotal"} <= has:
        return shipping
    tax, subtotal = once("tax").cast("float64"), once("subtotal").cast("float64")
    gross, amount = total.cast("float64"), shipping.cast("float64")
    included = (gross - subtotal - amount).abs() < (gross - subtotal - amount - tax).abs()
    bare = (amount * (1 - tax / gross.nullif(0))).round(4).cast(MONEY)
    return ibis.ifelse((included & (tax > 0)).fill_null(False), bare, shipping)


SHOPIFY = Layout(
    name="shopify_orders",
    fields=FIELDS,
    kinds=KINDS,
    staged=STAGED,
    reasons=REASONS,
    money="{total}, on the first row of each order",
    needs=("order", "ordered_at", "total"),
    people=("email", "customer", "phone", "person"),
    recognises=_is_shopify,
    finish=_finish,
)
"""The layout of Shopify's orders."""
