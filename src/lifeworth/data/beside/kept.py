"""Columns of a customer table that nobody asked for: kept under plain names, typed where all their values agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ibis.expr.types import Column, Table

from lifeworth.data.beside import flags
from lifeworth.data.sources.source import Raw
from lifeworth.engine.base import Engine

_TAKEN = frozenset({"source_file", "source_row"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Source columns by the name they are kept under, and the type of each."""

    names: Mapping[str, str]
    types: Mapping[str, str]

    def columns(self, rows: Table) -> dict[str, Column]:
        """The columns of a source, typed."""
        return {name: _as(rows[column], self.types[name]) for name, column in self.names.items()}


def keep(engine: Engine, raws: Sequence[Raw], unused: Collection[str], taken: Collection[str]) -> Kept:
    """Look at columns nobody asked for: numbers, days, yes and no where every value is one, else text.

    Args:
        engine: Where the rows are.
        raws: The sources, read together.
        unused: The columns.
        taken: Names that are used already.
    """
    names: dict[str, str] = {}
    for column in unused:
        name = plain_name(column)
        if name and name not in {*taken, *names, *_TAKEN} and all(column in raw.columns for raw in raws):
            names[name] = column
    types = [_types(engine, raw.rows, names) for raw in raws]
    return Kept(names, {name: _common([one[name] for one in types]) for name in names})


def plain_name(column: str) -> str:
    """A header as a name: "E-Mail opt-in" is `e_mail_opt_in`."""
    text = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", text).strip("_")
    return f"column_{name}" if name[:1].isdigit() else name


def _types(engine: Engine, rows: Table, names: Mapping[str, str]) -> dict[str, str]:
    typed = {name: _own_type(rows[column]) for name, column in names.items()}
    texts = {name: rows[column] for name, column in names.items() if not typed[name]}
    if texts:
        asked: dict[str, Column] = {}
        for place, value in enumerate(texts.values()):
            text = value.strip()
            known = text.notnull() & (text != "")
            asked[f"n{place}"] = known.sum()
            asked[f"whole{place}"] = (known & text.re_search(r"^-?(0|[1-9]\d{0,17})$")).sum()
            asked[f"number{place}"] = (known & text.re_search(r"^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$")).sum()
            asked[f"day{place}"] = (
                known & text.re_search(r"^\d{4}-\d{2}-\d{2}$") & text.try_cast("date").notnull()
            ).sum()
            asked[f"flag{place}"] = (known & text.lower().isin(("true", "false", "yes", "no"))).sum()
        found = engine.row(rows.agg(**asked))
        for place, name in enumerate(texts):
            count = found[f"n{place}"] or 0
            kinds = (("whole", "int64"), ("number", "float64"), ("day", "date"), ("flag", "boolean"))
            fits = (kind for word, kind in kinds if count and found[f"{word}{place}"] == count)
            typed[name] = next(fits, "string")
    return typed


def _own_type(value: Column) -> str:
    """The type a source gives a column; empty for text, which has to be looked at."""
    kind = value.type()
    if kind.is_string():
        return ""
    if kind.is_boolean():
        return "boolean"
    if kind.is_integer():
        return "int64"
    if kind.is_numeric():
        return "float64"
    if kind.is_date():
        return "date"
    return "timestamp" if kind.is_timestamp() else "string"


def _common(types: Sequence[str]) -> str:
    """The type that holds the values of all sources."""
    distinct = set(types)
    if len(distinct) == 1:
        return types[0]
    return "float64" if distinct <= {"int64", "float64"} else "string"


def _as(value: Column, kind: str) -> Column:
    if kind == "boolean":
        return flags.parse(value)
    if value.type().is_string():
        text = value.strip().nullif("")
        return text if kind == "string" else text.try_cast(kind)
    return value.cast(kind) if kind != "string" else value.cast("string")
