"""Yes and no as people and systems write them."""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanColumn, Column

YES = ("true", "1", "yes", "y", "t", "on", "x", "ja", "oui", "si")
NO = ("false", "0", "no", "n", "f", "off", "nein", "non")


def is_flag(text: str) -> bool:
    """Whether a text says yes or no."""
    return text.strip().lower() in {*YES, *NO}


def parse(value: Column) -> BooleanColumn:
    """A column of any type as yes and no; null where it says neither."""
    kind = value.type()
    if kind.is_boolean():
        return value
    if kind.is_numeric():
        return ibis.cases((value == 1, True), (value == 0, False), else_=ibis.null("boolean"))
    text = value.cast("string").strip().lower()
    return ibis.cases((text.isin(YES), True), (text.isin(NO), False), else_=ibis.null("boolean"))
