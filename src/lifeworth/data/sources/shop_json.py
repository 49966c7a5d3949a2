"""Orders of shop APIs, laid flat: Shopify Admin (REST and GraphQL) and WooCommerce REST v3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

Record = dict[str, Any]


def is_shop_order(record: Record) -> bool:
    """Whether a record is an order with its lines, as the shops' APIs give it."""
    shopify = "lineItems" in record or ("line_items" in record and "total_price" in record)
    return shopify or ("line_items" in record and "billing" in record and "total" in record)


def shop_rows(order: Record) -> list[dict[str, str | None]]:
    """One row a line item (one, if there is none); cells of the order stand on the first row, its key on all."""
    head = dict(_flat({key: value for key, value in order.items() if key not in {"line_items", "lineItems"}}))
    head |= _sums(order)
    lines = _nodes(order.get("line_items", order.get("lineItems")))
    key = {name: head[name] for name in ("id", "name", "number") if name in head}
    rows: list[dict[str, str | None]] = []
    for line in lines or [{}]:
        cells = {f"line_items.{name}": value for name, value in _flat(line)}
        rows.append((head if not rows else key) | cells)
    return rows


def _sums(order: Record) -> dict[str, str | None]:
    """What has to be added up inside an order: what went back, and shipping where only its lines say it."""
    sums: dict[str, str | None] = {}
    refunds = _nodes(order.get("refunds"))
    if "billing" in order and "refunds" in order:
        sums["refunds.total"] = str(sum((abs(_number(refund.get("total"))) for refund in refunds), Decimal(0)))
    elif refunds:
        sums["refunds.amount"] = str(sum((_shopify_refund(refund) for refund in refunds), Decimal(0)))
    if "total_price" in order and "total_shipping_price_set" not in order:
        lines = _nodes(order.get("shipping_lines"))
        sums["shipping_lines.price"] = str(sum((_number(line.get("price")) for line in lines), Decimal(0)))
    return sums


def _shopify_refund(refund: Record) -> Decimal:
    """What was paid back; without transactions, what the returned lines and adjustments come to."""
    paid = [
        _number(transaction.get("amount"))
        for transaction in _nodes(refund.get("transactions"))
        if transaction.get("kind") == "refund" and transaction.get("status", "success") == "success"
    ]
    if paid:
        return sum(paid, Decimal(0))
    lines = sum(
        (
            _number(line.get("subtotal")) + _number(line.get("total_tax"))
            for line in _nodes(refund.get("refund_line_items"))
        ),
        Decimal(0),
    )
    adjusted = sum(
        (
            _number(adjustment.get("amount")) + _number(adjustment.get("tax_amount"))
            for adjustment in _nodes(refund.get("order_adjustments"))
        ),
        Decimal(0),
    )
    return lines - adjusted


def _nodes(value: Any) -> list[Record]:
    """A list of records, also in the wrappings of GraphQL."""
    if isinstance(value, dict):
        value = value.get("edges", value.get("nodes", []))
    items = [item.get("node", item) for item in value or [] if isinstance(item, dict)]
    return [item for item in items if isinstance(item, dict)]


def _flat(record: Record, prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for key, value in record.items():
        if isinstance(value, dict):
            if key not in {"presentment_money", "presentmentMoney", "_links"}:
                yield from _flat(value, f"{prefix}{key}.")
        elif value is None or isinstance(value, str):
            yield f"{prefix}{key}", value or None
        elif isinstance(value, bool):
            yield f"{prefix}{key}", "true" if value else "false"
        else:
            yield f"{prefix}{key}", json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
