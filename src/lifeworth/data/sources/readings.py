"""How the values of every input are written: decided on samples, on all rows where a sample does not decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from lifeworth.data.sources import date_order, dates, ids, numbers
from lifeworth.data.sources.plan import ID, NUMBER, TIME
from lifeworth.data.sources.sample import Sample
from lifeworth.data.sources.source import Raw
from lifeworth.data.sources.stage import Readings, as_text
from lifeworth.engine.base import Engine
from lifeworth.settings import Settings

_MORE = 5_000
PEOPLE = frozenset(
    {"customer_id", "email", "mapped_customer_id", "account_id", "referrer_id", "referred_id", "visitor_id"}
)
"""Fields of ids that name a person, so that a placeholder among them is nobody."""


class Recognised(Protocol):
    """What deciding needs to know of the columns of an input."""

    @property
    def fields(self) -> Mapping[str, str]:
        """The source column of each field."""

    @property
    def kinds(self) -> Mapping[str, str]:
        """What a field holds: "id", "text", "time" or "number"."""

    @property
    def currency(self) -> str | None:
        """The currency that a column name says."""


def read_forms(
    engine: Engine, raws: Sequence[Raw], samples: Sequence[Sample], plan: Recognised, settings: Settings
) -> tuple[list[Readings], list[str]]:
    """The forms of every input, and notes about what had to be decided.

    What one input leaves open another may settle: files read together come from one system.

    Raises:
        AmbiguityError: if a column has two readings and nothing decides.
    """
    notes: list[str] = []
    time_forms = _all_dates(engine, raws, samples, plan, settings, notes)
    found = []
    for raw, sample, time_form in zip(raws, samples, time_forms, strict=True):
        number_forms, said = _numbers(engine, raw, sample, plan, settings)
        notes += said
        signs, currency, words = _currencies(raw, number_forms, plan, settings)
        notes += words
        id_forms = {name: _ids(engine, raw, sample, plan, name) for name, kind in plan.kinds.items() if kind == ID}
        found.append(Readings(time_form, number_forms, id_forms, currency, signs))
    return found, notes


def _all_dates(
    engine: Engine,
    raws: Sequence[Raw],
    samples: Sequence[Sample],
    plan: Recognised,
    settings: Settings,
    notes: list[str],
) -> list[dict[str, dates.DateForm]]:
    forms: list[dict[str, dates.DateForm]] = [{} for _ in raws]
    looked: dict[str, list[tuple[int, dates.Evidence, date_order.Decision | None]]] = {}
    for name in (name for name, kind in plan.kinds.items() if kind == TIME):
        column = plan.fields[name]
        found = looked.setdefault(name, [])
        for position, (raw, sample) in enumerate(zip(raws, samples, strict=True)):
            if raw.rows[column].type().is_temporal():
                continue
            evidence = dates.weigh(sample.texts(column))
            decision = date_order.decide(
                evidence,
                where=raw.where,
                column=column,
                setting=settings.dates,
                as_of=settings.as_of,
                more=_more_dates(engine, raw, column, settings.as_of),
            )
            found.append((position, evidence, decision))
    every = [one for found in looked.values() for one in found]
    anywhere, certain = _decided(every), {said.order for _, _, said in every if said and said.order and said.sure}
    for name, found in looked.items():
        column, orders, like = plan.fields[name], _decided(found), "as in the other files"
        if not orders:
            orders, like = anywhere, "as in the other columns"
        for position, evidence, said in found:
            decision = said
            if said and said.order and not said.sure and len(certain) == 1 and said.order not in certain:
                # What rows in order of time suggest gives way to values of another column that fit one order only.
                decision, orders, like = None, {*certain}, "as in the other columns"
            if decision is None and len(orders) != 1:
                raise date_order.refuse(evidence, where=raws[position].where, column=column)
            order = decision.order if decision else next(iter(orders))
            if decision is None:
                notes.append(f'{raws[position].where}, "{column}": dates read {order}, {like}')
            elif decision.note:
                notes.append(decision.note)
            forms[position][name] = dates.form_of(evidence, order)
    return forms


def _decided(found: Iterable[tuple[int, dates.Evidence, date_order.Decision | None]]) -> set[str]:
    """The orders of day and month that some column of some input decided."""
    return {decision.order for _, _, decision in found if decision and decision.order}


def _more_dates(engine: Engine, raw: Raw, column: str, as_of: date | None) -> Callable[[], dates.Evidence]:
    def more() -> dates.Evidence:
        """Rows whose first or second number is above 12, or all, where there are few."""
        text = as_text(raw.rows[column])
        large = text.re_search(r"^\s*(1[3-9]|[2-9]\d)[/.\-]") | text.re_search(r"^\s*\d+[/.\-](1[3-9]|[2-9]\d)[/.\-]")
        rows = raw.rows.filter(large).select("_row", text=text).order_by("_row").limit(_MORE)
        return dates.weigh((row["_row"], row["text"]) for row in engine.arrow(rows).to_pylist())

    del as_of
    return more


def _numbers(
    engine: Engine, raw: Raw, sample: Sample, plan: Recognised, settings: Settings
) -> tuple[dict[str, numbers.NumberForm], list[str]]:
    names = [n for n, kind in plan.kinds.items() if kind == NUMBER and raw.rows[plan.fields[n]].type().is_string()]
    evidence = {plan.fields[name]: numbers.weigh(sample.texts(plan.fields[name])) for name in names}

    def more(column: str) -> numbers.Evidence:
        """Rows with one, two or more than three digits behind the last sign, which only one reading fits."""
        text = raw.rows[column]
        telling = text.re_search(r"[.,](\d{1,2}|\d{4,})\D*$") | text.re_search(r"\d[.,]\d+[.,]\d")
        rows = raw.rows.filter(telling).select("_row", text=text).order_by("_row").limit(_MORE)
        return numbers.weigh((row["_row"], row["text"]) for row in engine.arrow(rows).to_pylist())

    forms, notes = numbers.decide(evidence, settings.decimal, raw.where, more)
    return {name: forms[plan.fields[name]] for name in names}, notes


def _currencies(
    raw: Raw, forms: dict[str, numbers.NumberForm], plan: Recognised, settings: Settings
) -> tuple[dict[str, str], str | None, list[str]]:
    """Currencies that stand beside the numbers or in the name of a column, where no column names them."""
    if "currency" in plan.fields:
        return {}, None, []
    signs: dict[str, str] = {}
    notes: list[str] = []
    for form in forms.values():
        for mark in form.marks:
            code = mark.upper() if mark.upper() in numbers.CODES else numbers.SIGNS.get(mark)
            if mark in {"$", "¥"} and settings.currency:
                code = settings.currency.upper()
            elif mark == "$":
                notes.append(f'{raw.where}: "$" is read as US dollars (another: --currency)')
            if code:
                signs[mark] = code
    if not signs and plan.currency:
        code = numbers.SIGNS.get(plan.currency, plan.currency.upper())
        return {}, code if code in numbers.CODES else None, notes
    if len(set(signs.values())) == 1:
        return {}, next(iter(signs.values())), list(dict.fromkeys(notes))
    return signs, None, list(dict.fromkeys(notes))


def _ids(engine: Engine, raw: Raw, sample: Sample, plan: Recognised, name: str) -> ids.IdForm:
    column = plan.fields[name]
    form = ids.weigh(text for _, text in sample.texts(column) if text)
    return ids.look(engine, raw.rows, column, form, people=name in PEOPLE)


def retry(plan: Recognised, sample: Sample, faults: Sequence[dict[str, Any]]) -> Sample | None:
    """The sample with the values that could not be read, so that a second look knows them; None without any."""
    columns = {plan.fields[name] for name, kind in plan.kinds.items() if kind in {TIME, NUMBER}}
    extra = [fault for fault in faults if fault["fault_column"] in columns]
    if not extra:
        return None
    rows = sample.rows + [fault["source_row"] for fault in extra]
    values = {
        column: known + [fault["fault_value"] if fault["fault_column"] == column else None for fault in extra]
        for column, known in sample.values.items()
    }
    return Sample(rows, values)
