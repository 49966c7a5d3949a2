"""An export of no known layout: each column stands for itself, and money is an amount or quantity × price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.contract import MONEY
from lifeworth.data.sources.columns import Chosen, choose
from lifeworth.data.sources.plan import ID, NUMBER, TEXT, TIME, Plan
from lifeworth.data.sources.sample import Sample, as_text
from lifeworth.data.sources.synonyms import ORDER_LEVEL, normal, unit_of

KINDS = {
    "order_id": ID, "line_id": ID, "customer_id": ID, "product_id": ID, "ordered_at": TIME, "money": NUMBER, "quantity": NUMBER,
    "unit_price": NUMBER, "discount": NUMBER, "tax": NUMBER, "shipping": NUMBER, "refunded": NUMBER, "cost": NUMBER,
    "unit_cost": NUMBER, "margin": NUMBER, "product_name": TEXT, "category": TEXT, "currency": TEXT, "status": TEXT,
    "channel": TEXT, "country": TEXT,
}  # fmt: skip

CANCELLED = ("cancelled", "canceled", "void", "voided", "storno", "cancellation", "deleted", "trash")
UNPAID = ("unpaid", "failed", "declined", "expired", "pending payment", "payment pending", "payment failed", "draft",
          "abandoned", "checkout-draft", "awaiting payment", "rejected", "denied")  # fmt: skip
TEST = ("test", "test order", "demo")
WENT_BACK = ("refunded", "returned", "fully refunded", "fully returned")
BOOKED_BACK = ("refund", "return", "credit note", "credit", "chargeback", "reversal")


def plan_generic(columns: Sequence[str], sample: Sample, mapped: Mapping[str, str], where: str) -> Plan:
    """Read the columns of an export by their names.

    Raises:
        ColumnError: if no date or no customer column can be told.
    """
    chosen = choose(columns, sample, mapped, where)
    money, once = _money(chosen, sample, mapped)
    fields = dict(chosen.sources)
    used = set(fields.values())
    line = any(name in fields for name in ("product_id", "product_name"))
    line = line or ("order_id" in fields and "unit_price" in fields and "quantity" in fields)
    currency = next((unit_of(fields[name])[1] for name in ("money", "unit_price") if name in fields), None)
    return Plan(
        layout="generic",
        grain="line" if line else "order",
        money=money,
        fields=fields,
        kinds={name: KINDS[name] for name in fields},
        finish=lambda rows: _finish(rows, fields, once=once),
        prepare=lambda rows: rows,
        sources=_staged_names(fields, money),
        reasons=_reasons(chosen, money),
        unused=tuple(column for column in columns if column not in used),
        notes=tuple(chosen.notes),
        currency=currency,
    )


def _staged_names(fields: Mapping[str, str], money: str) -> dict[str, str]:
    names = {name: column for name, column in fields.items() if name != "unit_cost"}
    if "money" not in names and money:
        names["money"] = money
    if "cost" not in names and "unit_cost" in fields:
        names["cost"] = f"{fields['quantity']} × {fields['unit_cost']}" if "quantity" in fields else fields["unit_cost"]
    return names


def _reasons(chosen: Chosen, money: str) -> dict[str, str]:
    reasons = {name: reason for name, reason in chosen.reasons.items() if name != "unit_cost"}
    if "money" not in reasons and money:
        reasons["money"] = "no column holds the amount of a row"
    if "cost" not in reasons and "unit_cost" in chosen.reasons:
        reasons["cost"] = chosen.reasons["unit_cost"]
    return reasons


def _money(chosen: Chosen, sample: Sample, mapped: Mapping[str, str]) -> tuple[str, bool]:
    """How the money of a row is formed, and whether an amount of the order is repeated on its lines."""
    fields = chosen.sources
    by_price = "quantity" in fields and "unit_price" in fields
    words = f"{fields['quantity']} × {fields['unit_price']}" if by_price else ""
    if "money" not in fields:
        if not words:
            chosen.notes.append(
                "No column holds an amount: orders are counted, their value is not known (--map money=…)"
            )
        return words, False
    column = fields["money"]
    if "money" not in mapped and normal(unit_of(column)[0]) in ORDER_LEVEL and _is_repeated(fields, sample):
        if by_price:
            chosen.drop("money", f'"{column}" is the amount of the whole order, repeated on its lines: {words} is used')
            return words, False
        chosen.notes.append(f'"{column}" is the amount of the whole order, repeated on its lines: it is counted once')
        return f"{column}, once an order", True
    return column, False


def _is_repeated(fields: Mapping[str, str], sample: Sample) -> bool:
    if "order_id" not in fields or not ({"product_id", "product_name"} & set(fields)):
        return False
    amounts: dict[str, set[str | None]] = {}
    lines: dict[str, int] = {}
    for order, amount in zip(sample.values[fields["order_id"]], sample.values[fields["money"]], strict=True):
        key = as_text(order) or ""
        amounts.setdefault(key, set()).add(as_text(amount))
        lines[key] = lines.get(key, 0) + 1
    several = [key for key, count in lines.items() if count > 1]
    return bool(several) and all(len(amounts[key]) == 1 for key in several)


def _finish(rows: Table, fields: Mapping[str, str], *, once: bool) -> dict[str, Column]:
    has = {name: rows[name] for name in fields}
    staged = {name: column for name, column in has.items() if name not in {"unit_cost", "status", "currency"}}
    if once:
        first = rows["_row"] == rows["_row"].min().over(ibis.window(group_by=rows["order_id"]))
        staged["money"] = ibis.ifelse(first | rows["order_id"].isnull(), has["money"], ibis.null(MONEY))
    elif "money" not in has and "quantity" in has and "unit_price" in has:
        staged["money"] = times(has["quantity"], has["unit_price"])
    if "cost" not in has and "unit_cost" in has:
        staged["cost"] = times(has["quantity"], has["unit_cost"]) if "quantity" in has else has["unit_cost"]
    if "currency" in has:
        staged["currency"] = has["currency"].upper()
    if "status" in has:
        word = has["status"].lower()
        positive = (staged["money"] >= 0).fill_null(True) if "money" in staged else ibis.literal(True)
        back = word.isin(WENT_BACK) & positive
        staged["status"] = status_of(word, negative=~positive)
        if "refunded" not in staged and "money" in staged:
            staged["refunded"] = ibis.ifelse(back, staged["money"], ibis.null(MONEY))
    return staged


def status_of(word: Column, *, negative: Column) -> Column:
    """Our status for a shop's word; everything that is not said to be otherwise is a sale."""
    back = (*WENT_BACK, *BOOKED_BACK)
    return ibis.cases(
        (word.isin(CANCELLED), "cancelled"),
        (word.isin(UNPAID), "unpaid"),
        (word.isin(TEST), "test"),
        (word.isin(BOOKED_BACK) | (word.isin(back) & negative), "return"),
        else_="sale",
    )


def times(quantity: Column, price: Column) -> Column:
    """Quantity × price, exact to four places; null where it is too large to keep."""
    return (quantity * price).cast("decimal(38, 8)").try_cast(MONEY)
