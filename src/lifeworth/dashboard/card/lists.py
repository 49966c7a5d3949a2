"""The entries of a scorecard as lists, a section each, with the way to every form; and the file as text."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import address, pieces
from lifeworth.dashboard.view import View
from lifeworth.errors import LifeworthError
from lifeworth.kpis.registry import catalogue
from lifeworth.scorecard import files
from lifeworth.scorecard.card import Scorecard
from lifeworth.scorecard.card_page import TITLES
from lifeworth.scorecard.edit import entries
from lifeworth.scorecard.fields import arrow_ends, written
from lifeworth.scorecard.files import FILE, Held
from lifeworth.settings import read as read_settings

SHOWN = {
    "measures": ("objective", "from", "red", "goal", "target", "target_on", "weight", "owner"),
    "objectives": ("perspective", "why", "owner", "weight"),
    "arrows": ("lag", "sign", "why"),
    "initiatives": ("measure", "owner", "budget", "due", "status"),
    "perspectives": ("question", "weight"),
}
"""Sections in the order of the tabs, and the fields a list shows."""
ONE = {"measures": "measure", "objectives": "objective", "arrows": "arrow", "initiatives": "initiative", "perspectives": "perspective"}  # fmt: skip
ABOUT = {
    "measures": "What objectives are measured by. Red flag, goal and target may be numbers, or steps from the baseline: +10%, -2pt.",
    "objectives": "What is to be reached, in four perspectives.",
    "arrows": "What is believed to move what, so much later. The strategy map holds every arrow to the company's own months.",
    "initiatives": "What is done so that a measure moves.",
    "perspectives": "The four sides of the card.",
}


def tabs(shown: str) -> Any:
    """The sections of the card, and its file."""
    named = [(TITLES[section], href(section)) for section in SHOWN] + [("File", address.path("card", "file"))]
    return pieces.tabs(named, "Sections of the scorecard", href(shown) if shown in SHOWN else address.path("card", "file"))  # fmt: skip


def href(section: str, name: str = "") -> str:
    """The address of a section, or of one entry; the measures are the page's own."""
    if not name:
        return address.path("card") if section == "measures" else address.path("card", section)
    return address.path("card", section, name)


def listed(view: View, held: Held, section: str) -> Any:
    """The entries of a section."""
    may, card = view.principal.may(Scope.RUN), held.card
    rows = {name: written(section, entry) for name, entry in entries(card, section).items()}
    heads = ["Name", *(_title(name) for name in SHOWN[section])]
    body = [
        html.Tr(
            [
                html.Th(_linked(called(view, card, section, name), href(section, name) if may else ""), scope="row"),
                *(html.Td(_cell(card, field, row), className="wordy" if field in {"why", "question"} else "") for field in SHOWN[section]),
            ]
        )
        for name, row in rows.items()
    ]  # fmt: skip
    table = html.Table([html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])), html.Tbody(body)], className="plain")  # fmt: skip
    inside: Any = html.Div(table, className="scroll", tabIndex=0, role="region", **{"aria-label": TITLES[section]})
    if not rows:
        inside = html.P("None yet.", className="empty")
    add = [pieces.to(f"Add {_an(ONE[section])}", href(section, "new"), sign="plus")] if may and section != "perspectives" else []  # fmt: skip
    return pieces.panel(TITLES[section], inside, tools=add, caption=ABOUT[section], name="card-list")


def called(view: View, card: Scorecard, section: str, name: str) -> str:
    """What an entry is called by people: its title, that of its figure, or both ends of an arrow."""
    if section == "arrows":
        return " → ".join(called(view, card, "measures", one) for one in arrow_ends(name))
    one = getattr(card, section)[name]
    if one.title:
        return str(one.title)
    figures = catalogue(read_settings(view.desk.root)).metrics
    return figures[one.metric].title if one.metric in figures else name.replace("_", " ").capitalize()


def where(held: Held) -> Any:
    """Where the card is kept, in a line."""
    if held.own:
        return html.P([f"Kept in {FILE} of the workspace: by hand or here, it is the same file."], className="quiet")
    return html.P(
        f"The workspace has no {FILE} yet. This is {held.source}; the first change makes it yours.", className="quiet"
    )


def text(view: View, held: Held) -> list[Any]:
    """The file as text, and what it said before."""
    may = view.principal.may(Scope.RUN)
    named = view.arguments.get("earlier", "")
    shown = files.earlier_text(view.desk.root, named) if named else held.text
    title = f"{FILE} as it was until {_moment(named)}" if named else FILE
    area = dmc.Textarea(id="card-text", value=shown, autosize=True, minRows=18, maxRows=34, readOnly=not may, size="sm", className="code", **{"aria-label": title})  # fmt: skip
    go = [html.Div(pieces.button("Bring this text back" if named else "Save the text", "card-text-go", sign="check", main=True), className="actions")] if may else []  # fmt: skip
    past = [
        html.Li(dcc.Link(_moment(one), href=f"{address.path('card', 'file')}{address.search({'earlier': one})}"))
        for one in files.earlier(view.desk.root)[:50]
    ]
    history = pieces.panel("What it said before", html.Ul(past, className="notes")) if past else None
    panel = pieces.panel(title, html.Div(id="card-said", **{"aria-live": "polite"}), area, *go, caption="Comments and order stay as they are written.")  # fmt: skip
    return [one for one in (panel, history) if one is not None]


def fault(error: LifeworthError) -> Any:
    """What is wrong with a card, every fault at once."""
    faults = list(getattr(error, "faults", ()))
    said: list[Any] = [html.P(error.message)]
    if faults:
        said.append(html.Ul([html.Li(one) for one in faults], className="notes"))
    elif error.hint:
        said.append(html.P(error.hint))
    return html.Div(html.Div(said), className="callout bad", role="alert")


def _linked(words: str, at: str) -> Any:
    return dcc.Link(words, href=at) if at else words


def _cell(card: Scorecard, field: str, row: dict[str, str]) -> str:
    value = row.get(field, "")
    if field == "objective":
        return card.objectives[value].title
    if field == "from":
        return row["metric"] or f"observations: {row['observation']}"
    if field == "perspective":
        return card.perspectives[value].title
    if field == "sign":
        return "more → more" if value == "+" else "more → less"
    return value


def _title(name: str) -> str:
    return {"from": "Comes from", "target_on": "Target by", "red": "Red flag", "lag": "Later by", "sign": "Believed", "measure": "Is to move"}.get(name, name.replace("_", " ").capitalize())  # fmt: skip


def _an(word: str) -> str:
    return f"an {word}" if word[0] in "aoi" else f"a {word}"


def _moment(name: str) -> str:
    """When a text was replaced, from its name."""
    return f"{name[:4]}-{name[4:6]}-{name[6:8]}, {name[9:11]}:{name[11:13]}:{name[13:15]} UTC" if len(name) > 15 else name  # fmt: skip
