"""Filters: what an action asks of a person, as fields of a form; what is set stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from lifeworth.asked import Asked
from lifeworth.dashboard.icons import icon
from lifeworth.errors import OptionError
from lifeworth.units import Period

PERIODS = ("1 month", "3 months", "6 months", "12 months", "24 months")
"""What is offered where a period is asked for; any other may be typed."""

Option = Mapping[str, str]
"""A value and its label."""


def bar(fields: Sequence[Asked], said: Mapping[str, str], known: Mapping[str, Sequence[Option]]) -> Any:
    """The fields of a form in a row.

    Args:
        fields: What may be asked.
        said: What the address says.
        known: Values to choose from, by name of the field, where they are known.
    """
    if not fields:
        return None
    defaults = {one.name: written(one.default) for one in fields}
    controls = [_field(one, said.get(one.name, ""), known.get(one.name, ())) for one in fields]
    touched = sum(1 for one in fields if said.get(one.name))
    summary = html.Summary([icon("filter"), html.Span("Filters")])
    row = html.Div([*controls, _reset(touched)], className="filters", role="group", **{"aria-label": "Filters"})
    return html.Div([dcc.Store(id="defaults", data=defaults), html.Details([summary, row], open=True, className="filter-fold")])  # fmt: skip


def written(value: Any) -> str:
    """A value as it stands in an address; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def label(name: str) -> str:
    """What a parameter is called on a form."""
    words = name.replace("_", " ")
    return LABELS.get(name, words[:1].upper() + words[1:])


LABELS = {
    "by": "Tell apart by", "on": "On the day", "top": "How many", "name": "Figure", "scheme": "Groups", "tool": "Tool",
    "covariates": "What may move it", "within": "Within", "grain": "Whose MRR", "pauses": "A pause is",
}  # fmt: skip


def _reset(touched: int) -> Any:
    words = [icon("close"), "Reset"]
    return html.Button(words, id="reset", type="button", className="tool reset", hidden=not touched)


def _field(one: Asked, said: str, known: Sequence[Option]) -> Any:
    text = said or written(one.default)
    about = {"label": label(one.name), "id": {"type": "filter", "name": one.name}, "size": "xs"}
    hint: dict[str, Any] = {"title": one.help} if one.help else {}
    return html.Div(_control(one, text, known, about), className=f"filter k-{one.kind}", **hint)


def _control(one: Asked, text: str, known: Sequence[Option], about: dict[str, Any]) -> Any:
    match one.kind:
        case "flag":
            return dmc.Switch(checked=text == "true", **(about | {"id": {"type": "flag", "name": one.name}, "size": "sm"}))  # fmt: skip
        case "choice":
            options = [{"value": choice, "label": _worded(choice)} for choice in one.choices]
            return _select(options, text, about, clearable=one.default is None and not one.required)
        case "period":
            return dmc.Autocomplete(data=list(dict.fromkeys([*PERIODS, _period(text)])), value=_period(text), debounce=600, **about)  # fmt: skip
        case "day":
            return dmc.DatePickerInput(value=text or None, clearable=True, valueFormat="D MMM YYYY", placeholder="any day", **about)  # fmt: skip
        case "count":
            return dmc.NumberInput(value=int(text) if text.isdigit() else "", min=1, debounce=600, placeholder="all", **about)  # fmt: skip
    if known:
        options = [dict(option) for option in known]
        if text and all(option["value"] != text for option in options):
            options.append({"value": text, "label": text})
        return _select(options, text, about, clearable=not one.required and one.default is None)
    return dmc.TextInput(value=text, debounce=600, placeholder="any", **about)


def _select(options: Sequence[Option], text: str, about: dict[str, Any], *, clearable: bool) -> Any:
    data = [dict(option) for option in options]
    return dmc.Select(data=data, value=text or None, clearable=clearable, placeholder="any" if clearable else "choose", searchable=len(data) > 8, allowDeselect=clearable, nothingFoundMessage="Nothing of that name", **about)  # fmt: skip


def _worded(choice: str) -> str:
    words = choice.replace("_", " ")
    return words.upper() if words == "rfm" else words[:1].upper() + words[1:]


def _period(text: str) -> str:
    """A period as it is offered; what is no period stays as it was typed, and is told of where the answer would be."""
    try:
        return str(Period.parse(text)) if text else ""
    except OptionError:
        return text
