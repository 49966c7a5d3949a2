"""Subscriptions as Stripe's API gives them, laid flat: one row a subscription item, amounts in units, days in ISO form.

Amounts come in minor units, moments in Unix seconds. A discount stands on the subscription (`discount`, `discounts`) or on
the item, and its coupon may stand inside it or be named only. A coupon that holds for one bill lowers nothing that recurs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from lifeworth.data.sources.minor_units import in_units

Record = dict[str, Any]
Row = dict[str, str | None]


@dataclass(slots=True)
class _Item:
    """An item with what a bill of it comes to, before and after discounts, in minor units."""

    record: Record
    price: Record
    full: Decimal | None
    left: Decimal
    lasting: bool = True
    discounted: bool = False


def is_stripe_subscription(record: Record) -> bool:
    """Whether a record is a subscription of Stripe's API."""
    items = record.get("items")
    return (
        isinstance(items, dict)
        and isinstance(items.get("data"), list)
        and "customer" in record
        and (record.get("object") == "subscription" or "start_date" in record)
    )


def subscription_rows(record: Record) -> list[Row]:
    """One row an item; the id of the subscription where it has one item, else with that of the item behind it."""
    items = [_item(one) for one in record["items"]["data"] if isinstance(one, dict)]
    whole = [*_coupons(record.get("discounts")), *_coupons([record.get("discount")])]
    for item in items:
        _take_off([item], _coupons(item.record.get("discounts")))
    _take_off(items, whole)
    unknown = any(coupon is None for coupon in whole)
    unknown = unknown or any(c is None for item in items for c in _coupons(item.record.get("discounts")))
    once = any(_duration(coupon) == "once" for coupon in whole if coupon)
    head = _head(record) | {"discount not told": "yes" if unknown else None, "discount once": "yes" if once else None}
    return [head | _cells(record, item, alone=len(items) == 1) for item in items]


def _head(record: Record) -> Row:
    ended, canceled, status = record.get("ended_at"), record.get("canceled_at"), str(record.get("status") or "")
    if not ended and status == "canceled":
        ended = canceled
    paused = isinstance(record.get("pause_collection"), dict) and status in {"active", "past_due"}
    details = record.get("cancellation_details") or {}
    customer = record.get("customer")
    return {
        "stripe subscription": _text(record.get("id")),
        "stripe customer": _text(customer.get("id") if isinstance(customer, dict) else customer),
        "status": "paused" if paused else status or None,
        "started": _day(record.get("start_date") or record.get("start") or record.get("created")),
        "trial end": _day(record.get("trial_end")),
        "ended": _day(ended),
        "canceled": _day(canceled),
        "ended by": _text(details.get("reason")),
        "cancel reason": _text(details.get("feedback") or details.get("comment")),
        "currency": _text(record.get("currency")),
    }


def _cells(record: Record, item: _Item, *, alone: bool) -> Row:
    price, code = item.price, str(item.price.get("currency") or record.get("currency") or "usd")
    if record.get("currency"):
        code = str(record["currency"])
    recurring = price.get("recurring") or price
    metered = recurring.get("usage_type") == "metered" or bool(recurring.get("meter"))
    full, off = item.full, None if item.full is None else item.full - item.left
    return {
        "stripe item": _text(record.get("id")) if alone else f"{record.get('id')}/{item.record.get('id')}",
        "plan": _text(
            price.get("nickname") or price.get("lookup_key") or _named(price.get("product")) or price.get("id")
        ),
        "interval": _text(recurring.get("interval")),
        "interval count": _text(recurring.get("interval_count")),
        "quantity": _text(item.record.get("quantity")),
        "amount": "0" if metered else None if full is None else _money(item.left, code),
        "discount": None if metered or not item.discounted or off is None else _money(off, code),
        "discount lasts": _yes(item.lasting) if item.discounted else None,
        "metered": _yes(metered),
    }


def _item(record: Record) -> _Item:
    price = record.get("price") or record.get("plan") or {}
    unit = _number(next((price[k] for k in ("unit_amount_decimal", "unit_amount", "amount_decimal", "amount") if price.get(k) is not None), None))  # fmt: skip
    count = _number(record.get("quantity"))
    full = None if unit is None else unit * _packs(Decimal(1) if count is None else count, price)
    return _Item(record, price, full, full or Decimal(0))


def _packs(count: Decimal, price: Record) -> Decimal:
    """How many times the unit price is paid: seats, or packs of them."""
    packs: Record = price.get("transform_quantity") or price.get("transform_usage") or {}
    by = _number(packs.get("divide_by"))
    if not by:
        return count
    rounding = ROUND_CEILING if packs.get("round") == "up" else ROUND_FLOOR
    return (count / by).to_integral_value(rounding)


def _coupons(discounts: Any) -> list[Record | None]:
    """The coupons of discounts in the old and the new shape; None for one that is only named."""
    found: list[Record | None] = []
    for one in discounts if isinstance(discounts, list) else []:
        if one is None:
            continue
        coupon = None
        if isinstance(one, dict):
            source = one.get("source")
            coupon = one.get("coupon") or (source.get("coupon") if isinstance(source, dict) else None)
        found.append(coupon if isinstance(coupon, dict) else None)
    return found


def _take_off(items: Sequence[_Item], coupons: Sequence[Record | None]) -> None:
    """Take coupons off one after the other; a fixed amount is shared over the items by what each comes to."""
    for coupon in coupons:
        if coupon is None or _duration(coupon) == "once":
            continue
        share, fixed = _number(coupon.get("percent_off")), _number(coupon.get("amount_off"))
        total = sum((item.left for item in items), Decimal(0))
        for item, part in zip(items, _parts(items, min(fixed or Decimal(0), total), total), strict=True):
            item.left -= item.left * share / 100 if share is not None else part
            item.lasting = item.lasting and _duration(coupon) == "forever"
            item.discounted = True


def _parts(items: Sequence[_Item], amount: Decimal, total: Decimal) -> Iterator[Decimal]:
    """Shares of an amount that add up to it: the last one takes what rounding leaves."""
    rest = amount
    for place, item in enumerate(items):
        last = place == len(items) - 1
        part = rest if last else (amount * item.left / total).quantize(Decimal("0.01")) if total else Decimal(0)
        rest -= part
        yield part


def _duration(coupon: Record) -> str:
    return str(coupon.get("duration") or "forever")


def _named(product: Any) -> str | None:
    return product.get("name") or product.get("id") if isinstance(product, dict) else product


def _day(seconds: Any) -> str | None:
    number = _number(seconds)
    if number is None:
        return None
    try:
        return datetime.fromtimestamp(int(number), UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _number(value: Any) -> Decimal | None:
    try:
        number = None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _money(amount: Decimal, code: str) -> str:
    """An amount of minor units in units, always to four places, so that its point is never taken for thousands."""
    return f"{in_units(amount, code):.4f}"


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _yes(value: bool) -> str:
    return "true" if value else "false"
