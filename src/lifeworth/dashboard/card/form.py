"""The form of one entry of a scorecard: its fields as the card's own models have them, each with its meaning and its fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from lifeworth.dashboard import pieces
from lifeworth.dashboard.card import lists
from lifeworth.dashboard.view import View
from lifeworth.errors import NotFoundError
from lifeworth.kpis.registry import catalogue
from lifeworth.report.format import text as shown
from lifeworth.scorecard.card import Scorecard
from lifeworth.scorecard.card_page import TITLES
from lifeworth.scorecard.edit import entries
from lifeworth.scorecard.fields import Field, fields, written
from lifeworth.scorecard.files import Held
from lifeworth.scorecard.fill import Filled
from lifeworth.settings import read as read_settings

GROUPS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "measures": (
        ("What is measured", ("objective", "metric", "observation", "title", "meaning", "period", "lead")),
        ("Goal and promise", ("goal", "red", "target", "target_on", "direction", "red_above", "baseline", "least", "most")),
        ("Weight and owner", ("weight", "owner", "update")),
    ),
}  # fmt: skip
"""Fields that belong together; what stands in none comes last."""
LONG = {"meaning", "why", "question"}
LABELS = {"metric": "Figure", "target_on": "Target by", "red": "Red flag", "red_above": "Red flag above", "lead": "Runs ahead of others", "lag": "Later by", "update": "Looked at every"}  # fmt: skip
SAMPLES = {
    "limit": "0.62, +10% or -2pt",
    "period": "12m",
    "weights": "1, or 2026-01-01: 2, 2027-01-01: 1",
    "number": "",
}


def form(view: View, held: Held, section: str, name: str) -> list[Any]:
    """The form of an entry, or of a new one.

    Raises:
        NotFoundError: if the card has no such entry.
    """
    new = name == "new"
    known = entries(held.card, section)
    if not new and name not in known:
        raise NotFoundError(f"The scorecard has no {lists.ONE[section]} “{name}”.", hint="Open the list.")
    said = written(section, {} if new else known[name])
    called = f"New {lists.ONE[section]}" if new else lists.called(view, held.card, section, name)
    asked = {one.name: one for one in fields(section)}
    groups = [(title, [asked[field] for field in some]) for title, some in GROUPS.get(section, ())]
    rest = [one for one in asked.values() if all(one.name not in some for _, some in GROUPS.get(section, ()))]
    if rest:
        groups.append((lists.ONE[section].capitalize() if not groups else "More", rest))
    choices = _choices(view, held.card)
    parts: list[Any] = [
        html.Header(html.Div([pieces.back(TITLES[section], lists.href(section)), html.H1(called), *([] if new else [html.P(["Called ", html.Code(name), " in the file."], className="about-page")])]), className="page-head"),
        dcc.Store(id="card-version", data=held.version),
        dcc.Store(id="card-where", data={"section": section, "name": "" if new else name, "was": said}),
    ]  # fmt: skip
    inside: list[Any] = [html.Div(id="card-said", **{"aria-live": "polite"})]
    if new and section != "arrows":
        inside.append(_named())
    if section == "measures" and not new:
        inside.append(html.Div(id="card-today", **{"aria-live": "polite"}))
    locked = {"cause", "effect"} if section == "arrows" and not new else set()
    inside += [
        pieces.panel(title, html.Div([_field(one, said[one.name], choices, locked=one.name in locked) for one in some], className="entry-form"))
        for title, some in groups
    ]  # fmt: skip
    buttons = [pieces.button("Save", "card-save", sign="check", main=True), dcc.Link("Cancel", href=lists.href(section), className="button")]  # fmt: skip
    drop = pieces.button(f"Remove this {lists.ONE[section]}", "card-drop", sign="trash", danger=True, hidden=new or section == "perspectives")  # fmt: skip
    inside.append(html.Div([*buttons, drop], className="actions stay"))
    return [*parts, html.Div(inside, className="answer")]


def values(
    texts: Sequence[Any],
    ids: Sequence[Mapping[str, str]],
    flags: Sequence[Any],
    flag_ids: Sequence[Mapping[str, str]],
    was: Mapping[str, str],
) -> dict[str, Any]:
    """What a form says otherwise than it did when it was opened, by field; one that says nothing any more is taken away.

    What nobody touched is not written: a file that leaves a field to its default goes on doing so.
    """
    said = {one["name"]: str(value or "").strip() for value, one in zip(texts, ids, strict=True)}
    said |= {one["name"]: "true" if value else "" for value, one in zip(flags, flag_ids, strict=True)}
    return {name: value for name, value in said.items() if value != ("" if was[name] == "false" else was[name])}


def by_field(faults: Sequence[str], section: str, name: str) -> tuple[dict[str, str], list[str]]:
    """Faults by the field of this entry they are about, and those about something else."""
    own: dict[str, str] = {}
    others = []
    for fault in faults:
        place, _, words = fault.partition(": ")
        parts = place.split(".")
        here = len(parts) > 2 and parts[:2] == [section, name]
        # A list of weights names its place in it: weight.tuple[…].0.since.
        if here and words:
            own[parts[2]] = words
        elif section == "arrows" and parts[0].startswith("arrows") and len(parts) > 1 and words:
            own[parts[-1]] = words
        else:
            others.append(fault)
    return own, others


def today(one: Filled, currency: str) -> Any:
    """Where a measure stands, so that a goal is set with open eyes."""
    band = one.band
    return pieces.panel(
        f"{one.title} today",
        pieces.facts(
            [
                ("Now", shown(one.value, one.kind, currency)),
                ("Period before", "" if one.before is None else shown(one.before, one.kind, currency)),
                ("Red flag", "" if band is None else shown(band.red, one.kind, currency)),
                ("Goal", "" if band is None else shown(band.goal, one.kind, currency)),
                ("Target", "" if one.target is None else shown(one.target, one.kind, currency)),
                ("Score", "" if one.score is None else f"{one.score:.1f}"),
            ]
        ),
        html.P(one.why, className="quiet") if one.why else None,
        caption=one.definition,
    )


def _named() -> Any:
    field = dmc.TextInput(id={"type": "card-new", "part": "name"}, label="Name", placeholder="repeat_rate", description="Small letters, digits and underscores.", size="sm")  # fmt: skip
    return pieces.panel("Name", html.Div(html.Div(field, className="field"), className="form"))


def _field(one: Field, said: str, choices: Mapping[str, list[dict[str, str]]], *, locked: bool) -> Any:
    label = LABELS.get(one.name, one.name.replace("_", " ").capitalize())
    key = {"type": "card-field", "name": one.name}
    about: dict[str, Any] = {"id": key, "label": label, "description": one.help, "size": "sm", "disabled": locked}
    width = "field"
    if one.kind == "flag":
        control: Any = dmc.Switch(id={"type": "card-flag", "name": one.name}, label=label, description=one.help, checked=said == "true", size="sm")  # fmt: skip
    elif one.name in choices or one.kind == "choice":
        data = list(choices.get(one.name) or [{"value": choice, "label": choice} for choice in one.choices])
        if said and all(row["value"] != said for row in data):
            data.append({"value": said, "label": said})
        control = dmc.Select(data=data, value=said or None, searchable=len(data) > 8, clearable=not one.required, placeholder=one.default or "choose", **about)  # fmt: skip
    elif one.kind == "day":
        control = dmc.DatePickerInput(value=said or None, clearable=True, valueFormat="D MMM YYYY", placeholder="a day", **about)  # fmt: skip
    elif one.name in LONG:
        width, control = "field long", dmc.Textarea(value=said, autosize=True, minRows=1, **about)
    else:
        control = dmc.TextInput(value=said, placeholder=SAMPLES.get(one.kind, "") or one.default, **about)
    return html.Div(control, className=width)


def _choices(view: View, card: Scorecard) -> dict[str, list[dict[str, str]]]:
    """What may be chosen, by field: figures of the registry, objectives and measures of the card."""
    figures = catalogue(read_settings(view.desk.root)).metrics
    measures = [{"value": name, "label": lists.called(view, card, "measures", name)} for name in card.measures]
    return {
        "metric": [{"value": name, "label": f"{one.title} ({name})"} for name, one in figures.items()],
        "objective": [{"value": name, "label": one.title} for name, one in card.objectives.items()],
        "measure": measures,
        "cause": measures,
        "effect": measures,
    }
