"""One's own account: what one may do, the password, one's tokens, and signing out everywhere."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, html

from lifeworth.access.limits import TRY_NAME_HERE, Limits, too_many
from lifeworth.access.roles import ABOUT_SCOPES, Scope
from lifeworth.dashboard import pieces, tokens
from lifeworth.dashboard.callbacks import PreventUpdate, answers, toast, view_now
from lifeworth.dashboard.view import Special, View
from lifeworth.errors import OptionError

_GUESSES = Limits()
"""Tries of the present password: somebody at an open screen must not find it out."""


def content(view: View) -> list[Any]:
    """The page."""
    who = view.principal
    may = html.Ul([html.Li(f"{one.value}: {ABOUT_SCOPES[one]}") for one in Scope if who.may(one)], className="notes")
    return [
        html.Div(
            [
                pieces.panel(
                    "You",
                    pieces.facts([("Name", who.name), ("Role", who.role.value), ("Function", who.function or "all"), ("Personal data", "visible" if who.personal else "hidden behind pseudonyms")]),
                    html.H3("What you may do", className="above"),
                    may,
                ),
                pieces.panel("Password", _password(), caption="At least twelve characters; three or four words that do not belong together are good. All your other sessions end."),
                pieces.panel(
                    "Your tokens",
                    html.Div(_tokens(view), id="account-tokens"),
                    html.H3("Make a token", className="above"),
                    tokens.form(who, "account"),
                    caption="For programs of your own. A token never may more than you.",
                ),
                pieces.panel(
                    "Where you are signed in",
                    html.Div(_sessions(view), id="account-sessions"),
                    html.Div(pieces.button("Sign out everywhere else", "account-out", sign="close", danger=True), className="actions"),
                ),
            ],
            className="answer",
        )
    ]  # fmt: skip


def _password() -> Any:
    return html.Form(
        [
            html.Div(dmc.PasswordInput(id="account-old", label="Present password", size="sm", autoComplete="current-password"), className="field"),
            html.Div(dmc.PasswordInput(id="account-new", label="New password", size="sm", autoComplete="new-password"), className="field"),
            html.Div(dmc.PasswordInput(id="account-again", label="The new one again", size="sm", autoComplete="new-password"), className="field"),
            html.Div(pieces.button("Change", "account-change", main=True), className="field check"),
        ],
        className="form",
    )  # fmt: skip


def _tokens(view: View) -> Any:
    mine = view.doors.tokens(view.principal.user_id)
    return tokens.listed(mine, {view.principal.user_id: view.principal.name}, "account")


def _sessions(view: View) -> Any:
    found = view.doors.tokens(view.principal.user_id, ("session",))
    rows = [
        html.Li(f"Since {pieces.moment(one.created_at)}, last used {pieces.moment(one.used_at) or 'just now'}{' (this one)' if one.token_id == view.principal.token_id else ''}")
        for one in found
    ]  # fmt: skip
    return html.Ul(rows, className="notes") if rows else html.P("Nowhere else.", className="quiet")


def change_password(view: View, old: str, new: str, again: str) -> None:
    """Change one's own password; the present one is asked, so that an open screen is not enough.

    Raises:
        OptionError: if the present one is wrong, the two new ones differ, or the new one is too easy.
        TooManyError: after several wrong ones.
    """
    if new != again:
        raise OptionError("The two new passwords differ.", hint="Type the new one twice.")
    known = view.doors.user(view.principal.user_id).password
    if known:
        if wait := _GUESSES.take(TRY_NAME_HERE, view.principal.user_id):
            raise too_many(wait)
        if not view.doors.knows_password(view.principal.user_id, old):
            raise OptionError("The present password is not right.")
        _GUESSES.give_back(TRY_NAME_HERE, view.principal.user_id)
    view.doors.set_password(view.principal.user_id, new, keep=view.principal.token_id)
    view.trail.note(view.principal.name, "users.password", view.principal.name)


def register(app: Dash) -> None:
    """The callbacks of the page; all concern the one who asks."""

    @answers(
        app,
        Output("account-old", "value"),
        Output("account-new", "value"),
        Output("account-again", "value"),
        Input("account-change", "n_clicks"),
        State("account-old", "value"),
        State("account-new", "value"),
        State("account-again", "value"),
        prevent_initial_call=True,
    )
    def password(clicks: int | None, old: str | None, new: str | None, again: str | None) -> Any:
        if not clicks:
            raise PreventUpdate
        change_password(view_now(), old or "", new or "", again or "")
        toast("Your password is changed; your other sessions have ended.", tone="good")
        return "", "", ""

    @answers(
        app,
        Output("account-token-made", "children"),
        Output("account-tokens", "children"),
        Input("account-token-make", "n_clicks"),
        Input({"type": "account-token-revoke", "token": ALL}, "n_clicks"),
        State("account-token-name", "value"),
        State("account-token-scopes", "value"),
        State("account-token-days", "value"),
        prevent_initial_call=True,
    )
    def token(make: int | None, revokes: list[int | None], name: str | None, scopes: list[str] | None, days: str) -> Any:  # fmt: skip
        view = view_now()
        return tokens.done(view, make, revokes, name, scopes, days), _tokens(view)

    @answers(app, Output("account-sessions", "children"), Input("account-out", "n_clicks"), prevent_initial_call=True)
    def out(clicks: int | None) -> Any:
        if not clicks:
            raise PreventUpdate
        view = view_now()
        ended = sign_out_elsewhere(view)
        toast(f"{ended} other session{'s' if ended != 1 else ''} ended.", tone="good")
        return _sessions(view)


def sign_out_elsewhere(view: View) -> int:
    """End all sessions of who asks but this one; how many there were."""
    others = [one for one in view.doors.tokens(view.principal.user_id, ("session",)) if one.token_id != view.principal.token_id]  # fmt: skip
    for one in others:
        view.doors.revoke(one.token_id, by=view.principal)
    if others:
        view.trail.note(view.principal.name, "users.sign-out", view.principal.name, detail={"sessions": len(others)})
    return len(others)


PAGE = Special(
    name="account",
    title="Your account",
    section="Data",
    place=90,
    icon="person",
    about="What you may do, your password, your tokens, where you are signed in.",
    content=content,
    register=register,
    listed=False,
)
