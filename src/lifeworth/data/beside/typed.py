"""From raw rows to rows of a table: every field typed, what cannot be read marked with the reason, in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_

import ibis
from ibis.expr.types import Column, Table

from lifeworth.data.beside import flags
from lifeworth.data.beside.kept import Kept
from lifeworth.data.beside.layout import DATE, FLAG, MEASURE, REASON, REASON_FIELD, REASON_VALUE, WHOLE
from lifeworth.data.beside.layouts import DAY_COLUMN
from lifeworth.data.beside.recognise import Understood
from lifeworth.data.contract import MONEY
from lifeworth.data.sources import dates, ids, numbers
from lifeworth.data.sources.plan import ID, NUMBER, TIME
from lifeworth.data.sources.source import Raw
from lifeworth.data.sources.stage import Readings, as_text, date_fault, number_fault, read_time, sensible
from lifeworth.engine.base import Engine

PLACE = ("source_file", "source_row")
"""What tells a row from every other."""

JUDGED = ("_reason", "_column", "_value")
"""Why a row does not count, the source column at fault and what stands there; all null where it counts."""

BESIDE = ("_currency", "_updated")
"""What is known of a row and stands in no column of its table."""

_JUDGED_KINDS = (TIME, DATE, NUMBER, MEASURE, WHOLE, FLAG)

STEP = "_step_"
"""What the names of views on the way begin with; they go when the rows stand."""

FAULTY = "?"
"""The reason of a row of which it is not said yet what is the matter."""

_Fault = tuple[Column, Column | str, Column | str, Column]
"""Whether it is the matter, the reason, the source column at fault, and what stands there."""


class _Steps:
    """Queries on their way, each kept as a view: text that is built on a name stays short, however often it is used."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine, self.name, self.count = engine, name, 0

    def settle(self, query: Table) -> Table:
        """The query under a name."""
        self.count += 1
        return self.engine.view(f"{STEP}{self.name}_{self.count}", query)


def type_rows(
    engine: Engine,
    raw: Raw,
    understood: Understood,
    readings: Readings,
    position: int,
    *,
    kept: Kept | None = None,
    limit: date | None = None,
    careful: bool,
) -> Table:
    """The rows of one source as a query: the columns of the table, their place, and why a row does not count.

    Args:
        engine: Where the rows are.
        raw: The rows as they stand.
        understood: Which column is which.
        readings: How the values are written.
        position: The place of the source among those of the table.
        kept: Columns nobody asked for that stay in the table.
        limit: The last day that counts; rows of later days are marked.
        careful: Say what is the matter with a row; without it a row is only marked, which costs a fraction, and suits rows
            of which nearly always nothing is the matter.
    """
    layout, kinds = understood.layout, understood.layout.kinds
    values = {
        name: _value(engine, raw.rows[column], name, kinds[name], readings)
        for name, column in understood.fields.items()
    }
    judged = [name for name in understood.fields if kinds[name] in _JUDGED_KINDS]
    texts = {f"_raw_{name}": raw.rows[understood.fields[name]] for name in understood.fields}
    spare = kept.columns(raw.rows) if kept else {}
    steps = _Steps(engine, f"{layout.contract.name}_{position}")
    typed = steps.settle(raw.rows.select("_row", **values, **texts, **spare))
    has = [*understood.fields]
    if layout.prepare is not None:
        further = layout.prepare({name: typed[name] for name in has})
        typed = steps.settle(typed.mutate(**further))
        has += further
    made = layout.finish({name: typed[name] for name in has})
    schema = layout.contract.schema
    own = ibis.literal(f"row-{position}-") + typed["_row"].cast("string")
    for name, kind in schema.items():
        if name in made:
            made[name] = made[name].cast(kind)
        if name in layout.contract.key and name not in layout.contract.required and kind.is_string():
            made[name] = ibis.coalesce(made[name], own) if name in made else own
    typed = steps.settle(typed.mutate(**{f"our_{name}": column for name, column in made.items()}))
    ours = {name: typed[f"our_{name}"] for name in made}
    reason, column, value = _first_fault(_faults(typed, understood, judged, ours, limit), careful=careful)
    fields = understood.fields
    columns = {name: ours[name] if name in ours else ibis.null(kind) for name, kind in schema.items()}
    return typed.select(
        source_file=ibis.literal(position, "int32"),
        source_row=typed["_row"],
        **columns,
        **{name: typed[name] for name in spare},
        _currency=_currency(typed, understood, readings),
        _updated=typed["updated_at"].cast("timestamp") if "updated_at" in fields else ibis.null("timestamp"),
        _reason=reason,
        _column=column,
        _value=value,
    )


def _value(engine: Engine, value: Column, name: str, kind: str, readings: Readings) -> Column:
    if kind == ID:
        return ids.parse(value, readings.ids.get(name, ids.IdForm()))
    if kind in {TIME, DATE}:
        moment = sensible(read_time(engine, value, readings.dates.get(name, dates.DateForm()), careful=True))
        return moment.date() if kind == DATE else moment
    if kind == FLAG:
        return flags.parse(value)
    if kind in {NUMBER, WHOLE, MEASURE}:
        return _number(value, kind, readings.numbers.get(name, numbers.NumberForm()))
    return (value if value.type().is_string() else value.cast("string")).strip().nullif("")


def _number(value: Column, kind: str, form: numbers.NumberForm) -> Column:
    """A number of its kind: money exact to four places, a whole number only where it is whole, else any finite one."""
    as_type = {NUMBER: MONEY, WHOLE: MONEY, MEASURE: "float64"}[kind]
    text = value.type().is_string()
    read = numbers.parse(value, form, ibis.dtype(as_type)) if text else value.try_cast(as_type)
    if kind == MEASURE:
        return ibis.ifelse(read.isnan() | read.isinf(), None, read)
    if kind == WHOLE:
        whole = read.cast("int64")
        return ibis.ifelse(whole == read, whole, None)
    return read


def _currency(typed: Table, understood: Understood, readings: Readings) -> Column:
    """What the row, the sign beside its amount or the name of the column says; null where nothing does."""
    if "currency" in understood.fields:
        return typed["currency"].upper()
    if readings.currency is not None:
        return ibis.literal(readings.currency)
    money = next((name for name in understood.fields if understood.layout.kinds[name] == NUMBER), None)
    if not readings.signs or money is None:
        return ibis.null("string")
    text = typed[f"_raw_{money}"]
    cases = [(text.contains(sign), code) for sign, code in sorted(readings.signs.items(), key=lambda s: -len(s[0]))]
    return ibis.cases(*cases, else_=ibis.null("string"))


def _faults(
    typed: Table, understood: Understood, judged: list[str], ours: Mapping[str, Column], limit: date | None
) -> list[_Fault]:
    """Everything that may be that the matter with a row, the gravest first: a value that cannot be read, what the export says, a gap."""
    layout, fields = understood.layout, understood.fields
    found: list[_Fault] = []
    null = ibis.null("string")
    for name in sorted(judged, key=lambda name: _JUDGED_KINDS.index(layout.kinds[name])):
        raw, text = typed[f"_raw_{name}"], as_text(typed[f"_raw_{name}"])
        bad = raw.notnull() & typed[name].isnull()
        if raw.type().is_string():
            bad = bad & (raw.strip() != "")
        found.append((bad, _fault(layout.kinds[name], raw, text), fields[name], text))
    if REASON in ours:
        column = ours[REASON_FIELD]
        named = ibis.cases(*((column == name, source) for name, source in fields.items()), else_=column)
        found.append((ours[REASON].notnull(), ours[REASON], named, ours[REASON_VALUE]))
    if "deleted_in_source" in fields:
        gone = typed["deleted_in_source"].fill_null(False)
        if "ended_at" in ours:
            gone = gone & ours["ended_at"].isnull()  # one that has ended is history, whoever tidied it away since
        found.append((gone, "deleted", fields["deleted_in_source"], as_text(typed["_raw_deleted_in_source"])))
    for name in layout.contract.required:
        source = fields.get(name, name)
        found.append((ours[name].isnull() if name in ours else ibis.literal(True), "value_missing", source, null))
    day = DAY_COLUMN.get(layout.contract.name, "")
    if limit is not None and day in ours:
        late = (ours[day].cast("date") > ibis.literal(limit)).fill_null(False)
        found.append((late, "after_as_of", fields.get(day, day), ours[day].cast("string")))
    return found


def _first_fault(found: Sequence[_Fault], *, careful: bool) -> tuple[Column, Column, Column]:
    """Reason, column and value of the first fault of a row; or only whether there is one."""
    null = ibis.null("string")
    if not found:
        return null, null, null
    if not careful:
        return ibis.ifelse(reduce(or_, (hit for hit, *_ in found)), FAULTY, null), null, null
    reason, column, value = (ibis.cases(*((one[0], one[place]) for one in found), else_=null) for place in (1, 2, 3))
    return reason, column, value


def _fault(kind: str, raw: Column, text: Column) -> Column | str:
    if kind in {TIME, DATE}:
        return date_fault(raw, text)
    if kind == FLAG:
        return "flag_unreadable"
    return number_fault(text, amount=kind == NUMBER)
