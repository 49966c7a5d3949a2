"""API tokens: the form to make one, shown once, and the list of those that open a door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ctx, html, no_update

from lifeworth.access.roles import ABOUT_SCOPES, Principal, Scope
from lifeworth.access.tokens import Token
from lifeworth.dashboard import pieces
from lifeworth.dashboard.callbacks import PreventUpdate
from lifeworth.dashboard.view import View
from lifeworth.report.format import text

DAYS = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("730", "two years"))


def form(principal: Principal, page: str, owners: Sequence[Mapping[str, str]] = ()) -> Any:
    """What is asked to make a token.

    Args:
        principal: Who makes it; it may do no more than they.
        page: Name of the page, in the ids of the fields.
        owners: Whose it may be besides one's own.
    """
    may = [one for one in Scope if principal.may(one)]
    boxes = [dmc.Checkbox(label=f"{one.value}: {ABOUT_SCOPES[one]}", value=one.value, size="sm") for one in may]
    whose = [
        html.Div(
            dmc.Select(
                id=f"{page}-token-owner",
                label="Whose",
                data=list(owners),
                value=principal.user_id,
                size="sm",
                allowDeselect=False,
            ),
            className="field",
        )
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.Div(dmc.TextInput(id=f"{page}-token-name", label="What it is for", placeholder="nightly export", size="sm"), className="field"),
                    *(whose if owners else []),
                    html.Div(dmc.Select(id=f"{page}-token-days", label="Good for", data=[{"value": value, "label": words} for value, words in DAYS], value="90", size="sm", allowDeselect=False), className="field narrow"),
                ],
                className="form",
            ),
            html.Div(dmc.CheckboxGroup(id=f"{page}-token-scopes", label="What it may do", value=["read"], children=html.Div(boxes, className="boxes")), className="form"),
            html.Div(pieces.button("Make the token", f"{page}-token-make", sign="plus", main=True), className="actions"),
            html.Div(id=f"{page}-token-made", **{"aria-live": "polite"}),
        ]
    )  # fmt: skip


def done(
    view: View, make: int | None, revokes: Sequence[int | None], name: str | None, scopes: Sequence[str] | None, days: str, owner: str | None = None
) -> Any:  # fmt: skip
    """Do what was pressed, make a token or end one, and note it; what then stands below the form.

    Raises:
        PreventUpdate: if nothing was pressed.
        LifeworthError: if it may not be done.
    """
    asked = ctx.triggered_id
    if isinstance(asked, dict):
        if not any(revokes):
            raise PreventUpdate
        gone = view.doors.revoke(asked["token"], by=view.principal)
        view.trail.note(view.principal.name, "tokens.revoke", gone.name)
        return no_update
    if not make:
        raise PreventUpdate
    secret = view.doors.make_token(view.principal, name or "", scopes or [], int(days), user_id=owner)
    view.trail.note(view.principal.name, "tokens.make", name or "", detail={"scopes": sorted(scopes or []), "days": days})  # fmt: skip
    return made(secret)


def made(secret: str) -> Any:
    """The token, this once."""
    return html.Div(
        [
            html.P([html.B("Copy it now: "), "it is shown this once, and kept nowhere."]),
            html.Code(secret, className="secret", tabIndex=0),
            html.P(["Use it as a header: ", html.Code("Authorization: Bearer …")], className="quiet"),
        ],
        className="callout good",
    )


def listed(found: Sequence[Token], owners: Mapping[str, str], page: str) -> Any:
    """Tokens that open a door now, each with a way to close it."""
    if not found:
        return html.P("No token opens a door here.", className="empty")
    rows = [
        html.Tr(
            [
                html.Th(one.name or "unnamed", scope="row"),
                html.Td(owners.get(one.user_id, "")),
                html.Td(" ".join(sorted(one.scopes)), className="wordy"),
                html.Td(text(one.expires_at.date(), "date") if one.expires_at else "never", className="nowrap"),
                html.Td(pieces.moment(one.used_at) or "never", className="nowrap"),
                html.Td(html.Button("Revoke", id={"type": f"{page}-token-revoke", "token": one.token_id}, type="button", className="tool", **{"aria-label": f"Revoke {one.name or 'the token'}"})),
            ]
        )
        for one in found
    ]  # fmt: skip
    names = ("Token", "Whose", "May", "Ends", "Last used", "")
    head = html.Tr([html.Th(name or html.Span("Revoke", className="vh"), scope="col") for name in names])
    return html.Div(html.Table([html.Thead(head), html.Tbody(rows)], className="plain"), className="scroll", tabIndex=0, role="region", **{"aria-label": "Tokens"})  # fmt: skip
