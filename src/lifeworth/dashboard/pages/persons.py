"""Requests of persons: hand out what is kept of somebody, or erase it, with a proof."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import address, pieces, working
from lifeworth.dashboard.callbacks import ADDRESS, OWN, PreventUpdate, answers, view_now
from lifeworth.dashboard.render import states
from lifeworth.dashboard.view import Special, View
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.jobs.record import Job
from lifeworth.persons.proof import Proof
from lifeworth.report.format import text
from lifeworth.serving import customers

MODES = {
    "pseudonymise": "Pseudonymise: the orders stay, under a name that leads nowhere; what tells who it is goes",
    "erase": "Erase: everything about the person goes, their orders too; totals change",
}
"""What can be done, and what it means."""


def content(view: View) -> list[Any]:
    """The search, what can be done, and what was done."""
    view.principal.need(Scope.ERASE)
    who = view.arguments.get("who", "")
    return [
        html.Div(
            [
                pieces.panel(
                    "Whose data?",
                    html.Div(
                        [
                            html.Div(
                                dmc.TextInput(id="person-id", label="Customer id, as on the orders", value=who, size="sm", n_submit=0),
                                className="field",
                            ),
                            html.Div(pieces.button("Find", "person-find", sign="search", main=True), className="field check"),
                        ],
                        className="form",
                    ),
                    caption="A person may ask what is kept of them, and that it is erased. Both are noted in the trail.",
                ),
                html.Div(found(view, who) if who else [], id="person-found", className="answer-inside"),
                html.Div(done(view), id="person-done"),
            ],
            className="answer",
        )
    ]  # fmt: skip


def found(view: View, who: str) -> list[Any]:
    """What is known of a person, and what can be done."""
    try:
        row = customers.one(view.desk.run(), who, personal=view.principal.personal)
    except NotFoundError:
        known = states.state(
            "Nobody in the present run has this id",
            "Rows that were set aside, and earlier runs, may still name the person; both requests look there too.",
            sign="search",
        )
    else:
        since, last = row.get("first_order_at"), row.get("last_order_at")
        known = pieces.panel(
            f"Customer {row['customer_id']}",
            pieces.facts([("First order", text(since, "date") if since else ""), ("Last order", text(last, "date") if last else ""), ("Orders", text(row.get("orders"), "count")), ("Country", row.get("country"))]),
        )  # fmt: skip
    hand_out = pieces.panel(
        "Hand out",
        html.P("Everything that is kept of the person, from every table, what was set aside and every run, as one file.", className="caption"),
        html.Div(pieces.download("Download the data", f"/api/v1/persons/{quote(who, safe='')}/export", about=f"Download what is kept of {who}"), className="actions"),
    )  # fmt: skip
    options = [dmc.Radio(label=words, value=mode) for mode, words in MODES.items()]
    erase = pieces.panel(
        "Erase",
        dmc.RadioGroup(id="person-mode", label="How", value="pseudonymise", children=html.Div(options, className="radios")),
        html.Div(
            [
                html.Div(dmc.TextInput(id="person-again", label=f"Type {who} to confirm", size="sm", autoComplete="off"), className="field"),
                html.Div(pieces.button("Erase for good", "person-erase", sign="trash", danger=True), className="field check"),
            ],
            className="form",
        ),
        html.P("This cannot be undone. A later import that brings the person again is cleaned of them as well.", className="quiet"),
    )  # fmt: skip
    return [known, html.Div([hand_out, erase], className="group")]


def done(view: View) -> Any:
    """Erasures so far, with their proof."""
    jobs = view.jobs.list(50, kind="erase")
    if not jobs:
        return pieces.panel("What was erased", html.P("Nobody has been erased yet.", className="empty"))
    rows = [
        html.Tr(
            [
                html.Th(working.link(job), scope="row"),
                html.Td(pieces.badge(working.WORDS.get(job.status, job.status), pieces.TONES.get(job.status, ""))),
                html.Td(str(job.arguments.get("mode") or "")),
                html.Td(job.started_by),
                html.Td(proof(job), className="wordy"),
            ]
        )
        for job in jobs
    ]
    head = html.Tr([html.Th(name, scope="col") for name in ("When", "Status", "How", "By", "Proof")])
    table = html.Div(html.Table([html.Thead(head), html.Tbody(rows)], className="plain"), className="scroll", tabIndex=0, role="region", **{"aria-label": "What was erased"})  # fmt: skip
    return pieces.panel("What was erased", table)


def proof(job: Job) -> str:
    """What an erasure proves, in a line."""
    if job.status == "failed":
        return str(job.problem.get("message") or "")
    told = _proof(job)
    if told is None:
        return ""
    hits = len(told.hits)
    left = "nothing tells of the person any more" if not hits else f"{hits:,} places still do"
    return f"{len(told.searched):,} files searched, {left}"


def _proof(job: Job) -> Proof | None:
    try:
        return Proof.from_json(job.result["proof"])
    except (KeyError, TypeError, ValueError):
        return None


def erase(view: View, who: str, again: str, mode: str) -> str:
    """Begin to erase a person; the job.

    Raises:
        AccessError: if who asks may not.
        OptionError: if the id was not typed a second time, or the way is unknown.
    """
    view.principal.need(Scope.ERASE)
    if not who or again.strip() != who:
        raise OptionError("The two ids differ.", hint=f"Type {who} to confirm." if who else "Say whose data first.")
    if mode not in MODES:
        raise OptionError("Choose how.", allowed=MODES)
    whose = who if view.principal.personal else _true_id(view, who)
    job_id = view.jobs.start("erase", {"customer_id": whose, "mode": mode}, view.principal.name)
    # The trail keeps the job, not the id: an erased person must not live on in it.
    view.trail.note(view.principal.name, "person.erase", job_id, detail={"mode": mode})
    return job_id


def _true_id(view: View, who: str) -> str:
    return customers.true_id(view.desk.run(), who, personal=False)


def register(app: Dash) -> None:
    """Finding, and erasing."""

    @answers(
        app,
        Output("person-found", "children"),
        Output(ADDRESS, "search", allow_duplicate=True),
        Output(OWN, "data", allow_duplicate=True),
        Input("person-find", "n_clicks"),
        Input("person-id", "n_submit"),
        State("person-id", "value"),
        prevent_initial_call=True,
    )
    def find(clicks: int | None, submits: int | None, who: str | None) -> Any:
        if not clicks and not submits:
            raise PreventUpdate
        view = view_now()
        view.principal.need(Scope.ERASE)
        name = (who or "").strip()
        if not name:
            raise OptionError("Whose data? Type the id of a customer.")
        said = address.search({"who": name})
        return found(view, name), said, said

    @answers(
        app,
        Output(ADDRESS, "pathname", allow_duplicate=True),
        Output(ADDRESS, "search", allow_duplicate=True),
        Input("person-erase", "n_clicks"),
        State("person-again", "value"),
        State("person-mode", "value"),
        prevent_initial_call=True,
    )
    def go(clicks: int | None, again: str | None, mode: str | None) -> Any:
        if not clicks:
            raise PreventUpdate
        view = view_now()
        return f"/jobs/{erase(view, view.arguments.get('who', ''), again or '', mode or '')}", ""


PAGE = Special(
    name="persons",
    title="Person requests",
    section="Data",
    place=60,
    icon="person",
    about="Hand out what is kept of a person, or erase it, with a proof.",
    content=content,
    register=register,
    scope=Scope.ERASE,
)
