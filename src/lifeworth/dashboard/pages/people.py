"""People and tokens: who may come in, as what, and with which keys."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from lifeworth.access.people import User
from lifeworth.access.roles import FUNCTIONS, Role, Scope
from lifeworth.dashboard import pieces, take, tokens
from lifeworth.dashboard.callbacks import PreventUpdate, answers, toast, view_now
from lifeworth.dashboard.view import Special, View
from lifeworth.report.spec import Column, Table

ROLES = (
    (Role.VIEWER, "Viewer: looks at figures"),
    (Role.ANALYST, "Analyst: also takes files along and runs data"),
    (Role.ADMIN, "Admin: everything, people included"),
)


def content(view: View) -> list[Any]:
    """The list, the invitation, the tokens."""
    view.principal.need(Scope.MANAGE)
    return [
        html.Div(
            [
                pieces.panel("People", html.Div(everybody(view), id="people-list"), tools=take.tools(view, "people", "people", "People")),
                pieces.panel("Invite somebody", _invite(), caption="They get a link that is good for 72 hours, and choose a password of their own."),
                pieces.panel(
                    "Tokens for programs",
                    html.Div(_tokens(view), id="people-tokens"),
                    html.H3("Make a token"),
                    tokens.form(view.principal, "people", _owners(view)),
                    caption="A program comes in with a token instead of a password. Only a hash of it is kept.",
                ),
                take.room("people"),
            ],
            className="answer",
        )
    ]  # fmt: skip


def _owners(view: View) -> list[dict[str, str]]:
    return [{"value": user.user_id, "label": user.name} for user in view.doors.users() if user.active]


def _tokens(view: View) -> Any:
    names = {user.user_id: user.name for user in view.doors.users()}
    return tokens.listed(view.doors.tokens(None), names, "people")


def everybody(view: View) -> Any:
    """All people, each with what they are and what may be changed."""
    users = view.doors.users()
    rows = [_row(user, mine=user.user_id == view.principal.user_id) for user in users]
    names = ("Name", "Role", "Function", "Sees personal data", "Stands", "Last here", "")
    head = html.Tr([html.Th(name or html.Span("Change", className="vh"), scope="col") for name in names])
    return html.Div(html.Table([html.Thead(head), html.Tbody(rows)], className="plain map"), className="scroll", tabIndex=0, role="region", **{"aria-label": "People"})  # fmt: skip


def _row(user: User, *, mine: bool) -> Any:
    def name(field: str) -> dict[str, str]:
        return {"type": "people-change", "user": user.user_id, "field": field}

    stands = (
        "inactive" if not user.active else "active" if user.password else "invited" if user.invited else "no password"
    )
    functions = [{"value": "-", "label": "all"}, *({"value": one, "label": one.capitalize()} for one in FUNCTIONS)]
    more = [
        html.Button(
            "Activate" if not user.active else "Deactivate",
            id={"type": "people-active", "user": user.user_id},
            type="button",
            className="tool",
            disabled=mine,
            **{"aria-label": f"{'Activate' if not user.active else 'Deactivate'} {user.name}"},
        ),
        html.Button(
            "New link",
            id={"type": "people-reset", "user": user.user_id},
            type="button",
            className="tool",
            disabled=not user.active,
            **{"aria-label": f"New link for {user.name}"},
        ),
    ]
    return html.Tr(
        [
            html.Th([user.name, " (you)" if mine else ""], scope="row"),
            html.Td(dmc.Select(id=name("role"), data=[one.value for one, _ in ROLES], value=user.role.value, size="xs", allowDeselect=False, disabled=mine, **{"aria-label": f"Role of {user.name}"}), className="pick-small"),
            html.Td(dmc.Select(id=name("function"), data=functions, value=user.function or "-", size="xs", allowDeselect=False, **{"aria-label": f"Function of {user.name}"}), className="pick-small"),
            html.Td(dmc.Switch(id={"type": "people-personal", "user": user.user_id}, checked=user.personal, size="sm", **{"aria-label": f"Whether {user.name} sees personal data"})),
            html.Td(pieces.badge(stands)),
            html.Td(pieces.moment(user.seen_at) or "never", className="nowrap"),
            html.Td(html.Div(more, className="tools")),
        ]
    )  # fmt: skip


def _invite() -> Any:
    functions = [{"value": "-", "label": "All functions"}, *({"value": one, "label": one.capitalize()} for one in FUNCTIONS)]  # fmt: skip
    personal = [{"value": "-", "label": "As the function does"}, {"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]  # fmt: skip
    return html.Div(
        [
            html.Div(
                [
                    html.Div(dmc.TextInput(id="invite-name", label="Name", placeholder="Grace Hopper", size="sm"), className="field"),
                    html.Div(dmc.Select(id="invite-role", label="Role", data=[{"value": one.value, "label": words} for one, words in ROLES], value="viewer", size="sm", allowDeselect=False), className="field wide"),
                    html.Div(dmc.Select(id="invite-function", label="Function", data=functions, value="-", size="sm", allowDeselect=False), className="field"),
                    html.Div(dmc.Select(id="invite-personal", label="Sees personal data", data=personal, value="-", size="sm", allowDeselect=False), className="field"),
                    html.Div(dmc.Switch(id="invite-service", label="A program, with tokens alone", size="sm"), className="field check"),
                ],
                className="form",
            ),
            html.Div(pieces.button("Invite", "invite-go", sign="plus", main=True), className="actions"),
            html.Div(id="invite-made", **{"aria-live": "polite"}),
        ]
    )  # fmt: skip


def invitation(name: str, key: str) -> Any:
    """The link, this once; the browser puts its own address before it."""
    return html.Div(
        [
            html.P(
                [html.B(f"Give {name} this link: "), "it is good for 72 hours, works once, and is shown this once."]
            ),
            html.Code(f"/enter/{key}", className="secret own-origin", tabIndex=0),
        ],
        className="callout good",
    )


def changes(field: str, value: Any) -> dict[str, Any]:
    """What is changed of somebody, from a field of the list."""
    if field == "function":
        return {"function": "" if value in (None, "-") else str(value)}
    return {field: value}


def table(view: View) -> Table:
    """The list for a file."""
    view.principal.need(Scope.MANAGE)
    columns = (Column("name", "Name"), Column("role", "Role"), Column("function", "Function"), Column("personal", "Sees personal data"), Column("active", "Active"), Column("seen", "Last here (UTC)"))  # fmt: skip
    rows = [(user.name, user.role.value, user.function, user.personal, user.active, pieces.moment(user.seen_at)) for user in view.doors.users()]  # fmt: skip
    return pieces.table("People", columns, rows)


def register(app: Dash) -> None:
    """Everything that changes people and tokens; each asks anew whether they may."""
    take.register(app, "people", {"people": table})

    def managing() -> View:
        view = view_now()
        view.principal.need(Scope.MANAGE)
        return view

    @answers(
        app,
        Output("people-list", "children"),
        Input({"type": "people-change", "user": ALL, "field": ALL}, "value"),
        Input({"type": "people-personal", "user": ALL}, "checked"),
        Input({"type": "people-active", "user": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def change(values: list[Any], personal: list[bool], clicks: list[int | None]) -> Any:
        del values, personal, clicks
        asked = ctx.triggered_id
        value = ctx.triggered[0]["value"] if ctx.triggered else None
        if not isinstance(asked, dict) or value is None:
            raise PreventUpdate
        view = managing()
        user = view.doors.user(asked["user"])
        if asked["type"] == "people-active":
            said: dict[str, Any] = {"active": not user.active}
        elif asked["type"] == "people-personal":
            said = {"personal": bool(value)}
        else:
            said = changes(asked["field"], value)
        if all(getattr(user, name) == new or str(getattr(user, name)) == str(new) for name, new in said.items()):
            raise PreventUpdate
        changed = view.doors.change_user(user.user_id, **said)
        view.trail.note(view.principal.name, "users.change", changed.name, detail=said)
        toast(f"{changed.name} was changed.", tone="good")
        return everybody(view)

    @answers(
        app,
        Output("invite-made", "children"),
        Output("people-list", "children", allow_duplicate=True),
        Output("invite-name", "value"),
        Input("invite-go", "n_clicks"),
        Input({"type": "people-reset", "user": ALL}, "n_clicks"),
        State("invite-name", "value"),
        State("invite-role", "value"),
        State("invite-function", "value"),
        State("invite-personal", "value"),
        State("invite-service", "checked"),
        prevent_initial_call=True,
    )
    def invite(go: int | None, resets: list[int | None], name: str | None, role: str, function: str, personal: str, service: bool | None) -> Any:  # fmt: skip
        view = managing()
        asked = ctx.triggered_id
        if isinstance(asked, dict):
            if not any(resets):
                raise PreventUpdate
            user = view.doors.user(asked["user"])
            key = view.doors.reset(user.user_id)
            view.trail.note(view.principal.name, "users.link", user.name)
            return invitation(user.name, key), everybody(view), no_update
        if not go:
            raise PreventUpdate
        sees = {"yes": True, "no": False}.get(personal)
        work = "" if function in (None, "-") else function
        if service:
            made = view.doors.add_service(name or "", role, work, personal=sees)
            said: Any = html.P(f"{made.name} can be given a token below.", className="quiet")
        else:
            key = view.doors.add_user(name or "", role, work, personal=sees)
            made = view.doors.invited(key)
            said = invitation(made.name, key)
        view.trail.note(view.principal.name, "users.add", made.name, detail={"role": made.role.value, "function": made.function})  # fmt: skip
        return said, everybody(view), ""

    @answers(
        app,
        Output("people-token-made", "children"),
        Output("people-tokens", "children"),
        Input("people-token-make", "n_clicks"),
        Input({"type": "people-token-revoke", "token": ALL}, "n_clicks"),
        State("people-token-name", "value"),
        State("people-token-scopes", "value"),
        State("people-token-days", "value"),
        State("people-token-owner", "value"),
        prevent_initial_call=True,
    )
    def token(make: int | None, revokes: list[int | None], name: str | None, scopes: list[str] | None, days: str, owner: str | None) -> Any:  # fmt: skip
        view = managing()
        return tokens.done(view, make, revokes, name, scopes, days, owner), _tokens(view)


PAGE = Special(
    name="people",
    title="People and tokens",
    section="Data",
    place=40,
    icon="key",
    about="Who may come in, as what, and with which keys.",
    content=content,
    register=register,
    scope=Scope.MANAGE,
)
