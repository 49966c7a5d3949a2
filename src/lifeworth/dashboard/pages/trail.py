"""The trail: who saw and changed what, and when."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update

from lifeworth.access.roles import Scope
from lifeworth.access.trail import Entry
from lifeworth.dashboard import address, pieces, take
from lifeworth.dashboard.callbacks import ADDRESS, OWN, PreventUpdate, answers, view_now
from lifeworth.dashboard.render import states
from lifeworth.dashboard.view import Special, View
from lifeworth.report.spec import Column, Table

PAGE_ROWS = 100
ACTIONS = {
    "": "Everything",
    "customer.": "Looked at a customer",
    "customers.": "Exported customers",
    "table.": "Exported a table",
    "import.": "Imports",
    "run.": "Runs",
    "jobs.": "Jobs",
    "users.": "People",
    "tokens.": "Tokens",
    "person.": "Person requests",
}
"""What may be looked for: the beginning of an action and its words."""
WORDS = {
    "customer.look": "looked at customer", "customer.history": "looked at the history of", "customers.export": "exported customers", "table.export": "exported a table",
    "import.upload": "uploaded", "import.check": "looked at files", "import.change": "changed what a file holds", "import.remove": "removed a file",
    "run.start": "started a run", "jobs.cancel": "cancelled work", "users.add": "invited", "users.change": "changed", "users.remove": "removed",
    "tokens.make": "made a token", "tokens.revoke": "revoked a token", "person.export": "handed out the data of", "person.erase": "erased",
}  # fmt: skip


def content(view: View) -> list[Any]:
    """The filters and the latest entries."""
    said = view.arguments
    people = sorted({user.name for user in view.doors.users()})
    filters = html.Div(
        [
            html.Div(dmc.Select(id="trail-who", label="Who", data=people, value=said.get("who"), clearable=True, searchable=True, placeholder="anybody", size="xs"), className="filter"),
            html.Div(dmc.Select(id="trail-what", label="What", data=[{"value": key or "-", "label": words} for key, words in ACTIONS.items()], value=said.get("what") or "-", allowDeselect=False, size="xs"), className="filter"),
            html.Div(take.tools(view, "trail", "trail", "The trail"), className="tools"),
        ],
        className="filters",
    )  # fmt: skip
    return [
        html.Div(
            [
                filters,
                html.Div(rows(entries(view, said.get("who"), said.get("what"))), id="trail-rows"),
                html.Div(pieces.button("Earlier", "trail-more"), className="actions"),
                take.room("trail"),
            ],
            className="answer",
        )
    ]


def entries(view: View, who: str | None, what: str | None, before: int | None = None) -> list[Entry]:
    """Some entries, the latest first."""
    view.principal.need(Scope.MANAGE)
    action = what if what in ACTIONS and what else None
    return view.trail.entries(PAGE_ROWS, before, who or None, action)


def rows(found: list[Entry]) -> Any:
    """Entries as a table."""
    if not found:
        return states.state("Nothing of that kind", "Choose another person or another kind.", sign="trail")
    body = [
        html.Tr(
            [
                html.Td(pieces.moment(one.at), className="nowrap"),
                html.Th(one.who, scope="row"),
                html.Td(WORDS.get(one.action, one.action)),
                html.Td(one.subject, className="wordy"),
                html.Td(pieces.badge(one.outcome)),
                html.Td(one.origin),
                html.Td(detail(one), className="wordy quiet"),
            ],
            **{"data-entry": str(one.entry_id)},
        )
        for one in found
    ]
    names = ("When", "Who", "Did", "To what", "Outcome", "From", "More")
    head = html.Tr([html.Th(name, scope="col") for name in names])
    table = html.Div(html.Table([html.Thead(head), html.Tbody(body)], className="plain dense"), className="scroll", tabIndex=0, role="region", **{"aria-label": "The trail"})  # fmt: skip
    return pieces.panel("Entries, the latest first", table, caption="Entries are only ever added.")


def detail(one: Entry) -> str:
    """What else an entry says, in a line."""
    parts = [f"{name}: {_plain(value)}" for name, value in one.detail.items() if value not in (None, "", [], {})]
    return "; ".join(parts)[:300]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}={one}" for name, one in value.items())
    return str(value)


def table(view: View) -> Table:
    """The entries a file takes along, with the filters of the address."""
    columns = (Column("at", "When (UTC)", "date"), Column("who", "Who"), Column("action", "Action"), Column("subject", "To what"), Column("outcome", "Outcome"), Column("origin", "From"), Column("detail", "More"))  # fmt: skip
    found: list[Entry] = []
    before: int | None = None
    while len(found) < 10_000:
        some = entries(view, view.arguments.get("who"), view.arguments.get("what"), before)
        found += some
        if len(some) < PAGE_ROWS:
            break
        before = some[-1].entry_id
    return pieces.table("The trail", columns, [(one.at.replace(tzinfo=None), one.who, one.action, one.subject, one.outcome, one.origin, detail(one)) for one in found])  # fmt: skip


def register(app: Dash) -> None:
    """The filters, and turning to earlier entries."""
    take.register(app, "trail", {"trail": table})

    @answers(
        app,
        Output("trail-rows", "children"),
        Output(ADDRESS, "search", allow_duplicate=True),
        Output(OWN, "data", allow_duplicate=True),
        Input("trail-who", "value"),
        Input("trail-what", "value"),
        prevent_initial_call=True,
    )
    def choose(who: str | None, what: str | None) -> Any:
        kind = "" if what in (None, "-") else what
        view = view_now()
        said = address.search({"who": who, "what": kind})
        if said == address.search({name: view.arguments.get(name) for name in ("who", "what")}):
            raise PreventUpdate
        return rows(entries(view, who, kind)), said, said

    @answers(
        app,
        Output("trail-rows", "children", allow_duplicate=True),
        Output("trail-more", "disabled"),
        Input("trail-more", "n_clicks"),
        State("trail-rows", "children"),
        State("trail-who", "value"),
        State("trail-what", "value"),
        prevent_initial_call=True,
    )
    def earlier(clicks: int | None, shown: Any, who: str | None, what: str | None) -> Any:
        if not clicks:
            raise PreventUpdate
        last = last_of(shown)
        found = entries(view_now(), who, "" if what in (None, "-") else what, last)
        if not found:
            return no_update, True
        return rows(found), len(found) < PAGE_ROWS


def last_of(shown: Any) -> int | None:
    """The number of the last entry that is shown, read from the drawn table; nothing where none is."""
    found: list[int] = []

    def walk(one: Any) -> None:
        if isinstance(one, dict):
            number = one.get("props", {}).get("data-entry")
            if number is not None:
                found.append(int(number))
            walk(one.get("props", {}).get("children"))
        elif isinstance(one, list):
            for inner in one:
                walk(inner)

    walk(shown)
    return min(found) if found else None


PAGE = Special(
    name="trail",
    title="Trail",
    section="Data",
    place=50,
    icon="trail",
    about="Who saw and changed what, and when.",
    content=content,
    register=register,
    scope=Scope.MANAGE,
)
