"""From raw rows to staged ones: every field typed once, what cannot be read marked, in one pass over the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.contract import MONEY
from lifeworth.data.contracts import STAGED
from lifeworth.data.sources import dates, ids, numbers
from lifeworth.data.sources.plan import AMOUNTS, ID, NUMBER, TIME, Plan
from lifeworth.data.sources.source import Raw
from lifeworth.engine.base import Engine

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_NOT_NUMBERS = ("nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "∞")


@dataclass(frozen=True, slots=True)
class Readings:
    """How the columns of one input are written, by field."""

    dates: Mapping[str, dates.DateForm] = field(default_factory=dict)
    numbers: Mapping[str, numbers.NumberForm] = field(default_factory=dict)
    ids: Mapping[str, ids.IdForm] = field(default_factory=dict)
    currency: str | None = None
    signs: Mapping[str, str] = field(default_factory=dict)


def fill(engine: Engine, raw: Raw, plan: Plan, readings: Readings, *, careful: bool) -> tuple[Table, dict[str, Column]]:
    """The typed rows of one input and the staged columns it fills, as a query on them.

    Without `careful` nothing is marked as a fault: that is for rows known (or soon to be checked) to hold none, which is
    nearly every export, and costs a third of the time.
    """
    values = {
        name: _typed(engine, raw.rows[column], name, plan, readings, careful=careful)
        for name, column in plan.fields.items()
    }
    judged = [name for name in plan.fields if plan.kinds[name] in {TIME, NUMBER}]
    kept = judged if careful or readings.signs else []
    typed = raw.rows.select("_row", **values, **{f"_raw_{name}": raw.rows[plan.fields[name]] for name in kept})
    typed = plan.prepare(typed)
    ours = plan.finish(typed)
    ours |= _currency(typed, plan, readings, ours)
    if careful:
        ours |= _faults(typed, plan, judged)
    ours["source_row"] = typed["_row"]
    return typed, {name: column.cast(STAGED.schema[name]) for name, column in ours.items()}


def needs_care(engine: Engine, raws: Sequence[Raw], plan: Plan, rows: Table) -> bool:
    """Whether rows that were staged without looking for faults may hold some: values lost, or days out of range."""
    fields = {name: column for name, column in plan.fields.items() if plan.kinds[name] in {TIME, NUMBER}}
    if not set(fields) <= set(STAGED.columns):
        return True
    facts: dict[str, Any] = {name: rows[name].count() for name in fields}
    found = engine.row(rows.agg(**facts, known=known_times(rows)))
    if not found["known"]:
        return True
    known = dict.fromkeys(fields, 0)
    for raw in raws:
        counted = engine.row(raw.rows.agg(**{name: raw.rows[column].count() for name, column in fields.items()}))
        known = {name: known[name] + counted[name] for name in fields}
    return any(found[name] != known[name] for name in fields)


def known_times(rows: Table) -> Column:
    """Whether all orders lie in the life of a shop. The engine compares: Python does not know every moment it does."""
    first, last = rows["ordered_at"].min(), rows["ordered_at"].max()
    return (first >= _timestamp(_FIRST_YEAR)) & (last < _timestamp(_LAST_YEAR))


def _typed(engine: Engine, value: Column, name: str, plan: Plan, readings: Readings, *, careful: bool) -> Column:
    kind = plan.kinds[name]
    if kind == ID:
        return ids.parse(value, readings.ids.get(name, ids.IdForm()))
    if kind == TIME:
        time = read_time(engine, value, readings.dates.get(name, dates.DateForm()), careful=careful)
        return sensible(time) if careful else time
    if kind == NUMBER:
        return _number(value, readings.numbers.get(name, numbers.NumberForm()))
    return (value if value.type().is_string() else value.cast("string")).strip().nullif("")


def read_time(engine: Engine, value: Column, form: dates.DateForm, *, careful: bool) -> Column:
    """A column as moments, by the form its dates are written in; what does not fit is null."""
    if value.type().is_temporal():
        return value.cast("timestamp")
    text = as_text(value)
    return dates.parse(engine, text.strip() if careful else text, form)


def sensible(time: Column) -> Column:
    """A moment in the life of a shop, else null."""
    known = (time >= _timestamp(_FIRST_YEAR)) & (time < _timestamp(_LAST_YEAR))
    return ibis.ifelse(known, time, None)


def _timestamp(year: int) -> Any:
    return ibis.timestamp(f"{year}-01-01")


def _number(value: Column, form: numbers.NumberForm) -> Column:
    if value.type().is_string():
        return numbers.parse(value, form)
    return value.try_cast(MONEY)


def as_text(value: Column) -> Column:
    """A column as text; whole floats without their ".0"."""
    kind = value.type()
    if kind.is_string():
        return value
    if kind.is_floating():
        whole = (value % 1 == 0) & (value.abs() < 1e15)
        return ibis.ifelse(whole, value.try_cast("int64").cast("string"), value.cast("string"))
    return value.cast("string")


def _currency(typed: Table, plan: Plan, readings: Readings, ours: Mapping[str, Column]) -> dict[str, Column]:
    if "currency" in ours:
        return {}
    if readings.currency is not None:
        return {"currency": ibis.literal(readings.currency)}
    money = next((name for name in ("money", "total", "unit_price") if name in plan.fields), None)
    if not readings.signs or money is None:
        return {}
    text = typed[f"_raw_{money}"]
    cases = [(text.contains(sign), code) for sign, code in sorted(readings.signs.items(), key=lambda s: -len(s[0]))]
    return {"currency": ibis.cases(*cases, else_=ibis.null("string"))}


def _faults(typed: Table, plan: Plan, judged: list[str]) -> dict[str, Column]:
    """Fault, column and value of the first field of a row that cannot be read."""
    what: list[tuple[Column, Column]] = []
    where: list[tuple[Column, str]] = []
    value: list[tuple[Column, Column]] = []
    for name in sorted(judged, key=lambda name: (plan.kinds[name] != TIME, name not in AMOUNTS)):
        raw, text = typed[f"_raw_{name}"], as_text(typed[f"_raw_{name}"])
        bad = raw.notnull() & typed[name].isnull()
        if raw.type().is_string():
            bad = bad & (raw.strip() != "")
        code = date_fault(raw, text) if plan.kinds[name] == TIME else number_fault(text, amount=name in AMOUNTS)
        what.append((bad, code))
        where.append((bad, plan.fields[name]))
        value.append((bad, text))
    if not what:
        return {}
    null = ibis.null("string")
    return {
        "fault": ibis.cases(*what, else_=null),
        "fault_column": ibis.cases(*where, else_=null),
        "fault_value": ibis.cases(*value, else_=null),
    }


def date_fault(raw: Column, text: Column) -> Column:
    """Why a value is no date: far outside any shop's life, or not readable at all."""
    if raw.type().is_temporal():
        return ibis.literal("date_impossible")
    far = text.try_cast("timestamp").notnull() & text.re_search(r"^\s*\d{4}-")
    return ibis.ifelse(far, "date_impossible", "date_unreadable")


def number_fault(text: Column, *, amount: bool) -> Column:
    """Why a text is no number: infinite, too large to keep, or not one at all."""
    unreadable = "amount_unreadable" if amount else "number_unreadable"
    large = text.try_cast("float64").abs() >= 1e14
    return ibis.cases(
        (text.strip().lower().isin(_NOT_NUMBERS), "amount_infinite"),
        (large.fill_null(False), "amount_too_large"),
        else_=unreadable,
    )
