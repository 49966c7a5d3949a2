"""Ids as text: blanks trimmed, "17850.0" back to "17850", e-mail addresses in small letters, "guest" nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import ibis
from ibis.expr.types import Column, StringColumn

from lifeworth.engine.base import Engine

_NOBODY = ("guest", "n/a", "#n/a", "null", "none", "nan", "nil", "undefined", "unknown", "anonymous", "(blank)", "(none)",
           "not set", "(not set)", "-", "--", "?", "<na>", "nat")  # fmt: skip
NOBODY = tuple(dict.fromkeys(form for word in _NOBODY for form in (word, word.upper(), word.capitalize())))
"""What systems write where nobody is known; "0" is judged apart, since it may be somebody."""

_FLOAT = re.compile(r"\d+\.0+")


@dataclass(frozen=True, slots=True)
class IdForm:
    """How the ids of a column are written."""

    floats: bool = False
    emails: bool = False
    quoted: bool = False
    letters: bool = True
    nobody: tuple[str, ...] = ()


def weigh(values: Iterable[str]) -> IdForm:
    """Judge ids by a sample of them."""
    texts = [text.strip() for text in values]
    floats = any(_FLOAT.fullmatch(text) for text in texts)
    return IdForm(
        floats=floats and all(text.isdecimal() or _FLOAT.fullmatch(text) for text in texts if text),
        emails=any("@" in text for text in texts),
        quoted=any(text.startswith("'") for text in texts),
        letters=any(char.isalpha() for text in texts for char in text),
    )


def parse(value: Column, form: IdForm) -> Column:
    """A column of any type as ids; null where there is none."""
    kind = value.type()
    if kind.is_floating():
        whole = (value == value.floor()) & (value.abs() < 1e15)
        return ibis.ifelse(whole, value.try_cast("int64").cast("string"), value.cast("string"))
    text: StringColumn = value if kind.is_string() else value.cast("string")
    text = text.strip()
    if form.quoted:
        text = text.re_replace("^'", "")
    if form.floats:
        text = text.re_replace(r"^(\d+)\.0+$", r"\1")
    if form.emails:
        text = ibis.ifelse(text.contains("@"), text.lower(), text)
    text = text.nullif("")
    if form.nobody:
        text = ibis.ifelse(text.isin(form.nobody), None, text)
    return text


def with_nobody(engine: Engine, value: Column, form: IdForm, *, zero: bool) -> IdForm:
    """The form with the placeholders that really stand in the column.

    "0" is nobody only if it is no number in a row of numbers: it stands on at least one row in a hundred, and there is
    no customer 1 (`zero` allows it at all).
    """
    text = parse(value, form)
    table = value.as_table() if not isinstance(value, Column) else value.name("id").as_table()
    text = parse(table["id"], form)
    counted = engine.row(
        table.agg(
            rows=table.count(),
            nobody=text.isin(NOBODY).sum(),
            zero=(text == "0").sum(),
            one=(text == "1").sum(),
        )
    )
    words = NOBODY if counted["nobody"] else ()
    if zero and counted["zero"] and not counted["one"] and counted["zero"] >= 0.01 * counted["rows"]:
        words = (*words, "0")
    return replace(form, nobody=words)
