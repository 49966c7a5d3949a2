"""Filters of the list of customers, from the texts of an address: `value_tier=Gold,Platinum`, `predicted_clv.gt=100`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args

from lifeworth.asked import FLAGS, LONGEST, parted
from lifeworth.engine.shelf import Condition, Op, Order
from lifeworth.errors import OptionError, near
from lifeworth.report.spec import Column
from lifeworth.serving.customers import KEY, columns
from lifeworth.serving.desk import Run

OPS: tuple[str, ...] = get_args(Op)
MOST = 40
"""Conditions of one question."""
BARE: dict[str, Op] = {"empty": "filled", "filled": "empty"}
"""Comparisons without a value, each with its opposite."""
SEARCH = "q"


def conditions(run: Run, texts: Mapping[str, str], ours: frozenset[str], *, personal: bool) -> list[Condition]:
    """Conditions on customers.

    Args:
        run: The run in hand.
        texts: Everything behind the question mark.
        ours: Names among them that are no filters.
        personal: Whether who asks may see personal data; for others columns that tell who somebody is do not exist.

    Raises:
        OptionError: naming every fault at once.
    """
    known, kinds = columns(run, personal=personal), run.shelf.tables["customers"]
    found, faults = [], []
    for name, text in texts.items():
        if name in ours or not text:
            continue
        try:
            found.append(_condition(name, text, known, kinds))
        except OptionError as error:
            faults.append(error.message)
    if search := texts.get(SEARCH, "").strip():
        found.append(Condition(KEY, "contains", search[:LONGEST]))
    if len(found) > MOST:
        faults.append(f"{len(found)} filters are more than {MOST}.")
    if faults:
        raise OptionError(
            "Some filters cannot be used:", faults=faults, allowed=[*sorted(ours), *known],
            hint="A filter is column=value or column.gt=value, with eq, ne, lt, le, gt, ge, in, contains, starts, empty or filled.",
        )  # fmt: skip
    return found


def order_of(run: Run, text: str, *, personal: bool) -> list[Order]:
    """An order from `-predicted_clv,customer_id`: columns, a minus for the largest first.

    Raises:
        OptionError: if a column is unknown or named twice.
    """
    known = columns(run, personal=personal)
    found: list[Order] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        name = part.removeprefix("-")
        if name not in known:
            raise OptionError(f'order: "{name}" is no column. {near(name, known)}'.rstrip(), allowed=known)
        if any(one.column == name for one in found):
            raise OptionError(f'order: "{name}" is named twice.')
        found.append(Order(name, part.startswith("-")))
    if len(found) > 5:
        raise OptionError("order: more than five columns.")
    return found


def _condition(name: str, text: str, known: Mapping[str, Column], kinds: Mapping[str, str]) -> Condition:
    column, op = (name, "in") if name in known else (name.rpartition(".")[0], name.rpartition(".")[2])
    if column not in known:
        bare = column or name
        raise OptionError(f'"{bare}" is no column. {near(bare, known)}'.rstrip())
    if op not in OPS:
        raise OptionError(f'{name}: "{op}" is no comparison. {near(op, OPS)}'.rstrip())
    kind = kinds[column]
    if op in BARE:
        if text.lower() not in FLAGS:
            raise OptionError(f'{name}: "{text[:60]}" is neither true nor false.')
        return Condition(column, op if FLAGS[text.lower()] else BARE[op])  # type: ignore[arg-type]
    if op in {"contains", "starts"} and kind != "VARCHAR":
        raise OptionError(f"{name}: {column} is no text.")
    if op == "in":
        values = [_value(name, one.strip(), kind) for one in parted(text) if one.strip()]
        return Condition(column, "eq", values[0]) if len(values) == 1 else Condition(column, "in", values)
    return Condition(column, op, _value(name, text, kind))  # type: ignore[arg-type]


def _value(name: str, text: str, kind: str) -> Any:
    if len(text) > LONGEST:
        raise OptionError(f"{name} is longer than {LONGEST} characters.")
    if kind == "VARCHAR":
        return text
    try:
        if kind == "BOOLEAN":
            return FLAGS[text.lower()]
        if kind == "DATE":
            return date.fromisoformat(text)
        if kind.startswith("TIMESTAMP"):
            return datetime.fromisoformat(text).replace(tzinfo=None)
        number = float(text)
    except (ValueError, KeyError) as error:
        form = "true or false" if kind == "BOOLEAN" else "a date such as 2026-06-30" if kind == "DATE" or kind.startswith("TIME") else "a number"  # fmt: skip
        raise OptionError(f'{name}: "{text[:60]}" is not {form}.') from error
    if not math.isfinite(number):
        raise OptionError(f'{name}: "{text[:60]}" is no number that can be compared.')
    return number
