"""Ids as text: blanks trimmed, "17850.0" back to "17850", e-mail addresses in small letters, "guest" nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import ibis
from ibis.expr.types import Column, StringColumn, Table

from lifeworth.engine.base import Engine

_NOBODY = ("guest", "n/a", "#n/a", "null", "none", "nan", "nil", "undefined", "unknown", "anonymous", "(blank)", "(none)",
           "not set", "(not set)", "-", "--", "?", "<na>", "nat")  # fmt: skip
NOBODY = tuple(dict.fromkeys(form for word in _NOBODY for form in (word, word.upper(), word.capitalize())))
"""What systems write where nobody is known; "0" is judged apart, since it may be somebody."""

_FLOAT = re.compile(r"\d+\.0+")


@dataclass(frozen=True, slots=True)
class IdForm:
    """How the ids of a column are written.

    `trim` says that some have blanks around them or are blank; `nobody` are the placeholders that stand among them.
    """

    floats: bool = False
    emails: bool = False
    quoted: bool = False
    letters: bool = True
    trim: bool = True
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
        whole = (value % 1 == 0) & (value.abs() < 1e15)
        return ibis.ifelse(whole, value.try_cast("int64").cast("string"), value.cast("string"))
    text: StringColumn = value if kind.is_string() else value.cast("string")
    if form.trim and kind.is_string():
        text = text.strip()
    if form.quoted:
        text = text.re_replace("^'", "")
    if form.floats:
        text = text.re_replace(r"^(\d+)\.0+$", r"\1")
    if form.emails:
        text = ibis.ifelse(text.contains("@"), text.lower(), text)
    if form.trim and kind.is_string():
        text = text.nullif("")
    if form.nobody:
        text = ibis.ifelse(text.isin(form.nobody), None, text)
    return text


def look(engine: Engine, rows: Table, column: str, form: IdForm, *, people: bool) -> IdForm:
    """The form with what only all rows can tell: blanks around ids, and the placeholders that stand among them.

    "0" is nobody only if it is no number in a row of numbers: it stands on at least one row in a hundred, and there is
    no customer 1.

    Args:
        engine: Where the rows are.
        rows: The raw table.
        column: The column of ids.
        form: What a sample told.
        people: Whether these are people, so that placeholders matter.
    """
    value = rows[column]
    if value.type().is_string():
        ends = value.right(1).isin((" ", "\t", "\u00a0"))
        found = engine.row(rows.agg(least=value.min(), most=value.max(), ends=ends.any()))
        # Blanks and nothing sort before everything else: the least id tells whether any begins with them.
        least, most = found["least"] or "", found["most"] or ""
        form = replace(form, trim=bool(found["ends"]) or least <= " ~")
        if not form.trim and least > "0" and most < ":":
            return form  # all begin with a digit, and none is "0": no placeholder is among them
    if not people:
        return form
    text = parse(value, form)
    counted = engine.row(
        rows.agg(
            rows=rows.count(),
            nobody=text.isin(NOBODY).any(),
            zero=(text == "0").sum(),
            one=(text == "1").any(),
        )
    )
    words = NOBODY if counted["nobody"] else ()
    zero = counted["zero"] or 0
    if zero and not counted["one"] and zero >= 0.01 * counted["rows"]:
        words = (*words, "0")
    return replace(form, nobody=words)
