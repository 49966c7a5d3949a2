"""How one kind of export fills one table: which headers stand for which field, and how fields become columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import ibis.expr.datatypes as dt
from ibis.expr.types import Column

from lifeworth.data.contract import Contract
from lifeworth.data.sources.plan import ID, NUMBER, TEXT, TIME

DATE, MEASURE, WHOLE, FLAG = "date", "measure", "whole", "flag"
"""A day, a number that is no money, a whole number, yes or no; besides "id", "text", "time" and "number" (money)."""

READ_AS = {DATE: TIME, MEASURE: NUMBER, WHOLE: NUMBER, FLAG: TEXT}
"""What a kind is when it is decided how its values are written."""

ALWAYS = {"currency": TEXT, "deleted_in_source": FLAG, "updated_at": TIME}
"""Fields any table may have beside its columns: the money's currency, a mark of removal, when the row was last changed."""

REASON, REASON_FIELD, REASON_VALUE = "reason", "reason_field", "reason_value"
"""What `finish` may give beside columns: why a row does not count, and the field and value that say so."""

Finish = Callable[[Mapping[str, Column]], dict[str, Column]]
"""From the fields that are there, typed, to columns of the table."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of export.

    Attributes:
        contract: The table it fills.
        name: How it is called.
        words: Headers of each field without case, blanks and signs, the likeliest first.
        kinds: What a field holds.
        needs: Fields without which nothing can be read, in groups of which one member is enough.
        recognises: Whether headers (normalised) are of this kind.
        finish: From fields to columns.
        said: How columns that no header states are formed, in words.
    """

    contract: Contract
    name: str
    words: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    needs: tuple[tuple[str, ...], ...]
    recognises: Callable[[Collection[str]], bool]
    finish: Finish
    said: Callable[[Collection[str]], Mapping[str, str]] = field(default=lambda _: {})
    prepare: Finish | None = None
    """Fields formed of others that `finish` uses more than once."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """Fields that are no column: what is to be said of the rows that have something there."""
    keeps_rest: bool = False
    """Whether columns nobody asked for stay in the table."""


def kinds_of(contract: Contract) -> dict[str, str]:
    """What each column of a table holds, told from its type and its name."""
    return {name: _kind(name, kind) for name, kind in contract.schema.items()} | ALWAYS


def plain(
    contract: Contract, words: Mapping[str, tuple[str, ...]], finish: Finish | None = None, **further: str
) -> Layout:
    """The layout of a table whose columns are its fields; `further` are fields beside them, with their kinds."""
    return Layout(
        contract=contract,
        name=contract.name,
        words=words,
        kinds=kinds_of(contract) | further,
        needs=tuple((name,) for name in contract.required),
        recognises=lambda _: True,
        finish=finish or as_they_are,
    )


def as_they_are(has: Mapping[str, Column]) -> dict[str, Column]:
    """Fields that are columns already."""
    return {name: column for name, column in has.items() if name not in ALWAYS}


def _kind(name: str, kind: dt.DataType) -> str:
    if kind.is_string():
        return ID if name.endswith("_id") or name == "follows" else TEXT
    if kind.is_date():
        return DATE
    if kind.is_timestamp():
        return TIME
    if kind.is_decimal():
        return NUMBER
    if kind.is_boolean():
        return FLAG
    return WHOLE if kind.is_integer() else MEASURE
