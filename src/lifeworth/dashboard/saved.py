"""Saved views in the head of a page: opened, saved, shared and deleted; and the link of what is shown now."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard.callbacks import PreventUpdate, answers, toast, view_now, where_now
from lifeworth.dashboard.disclosure import disclosure
from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.view import View
from lifeworth.data.saved_views import SavedView, SavedViews


def room(view: View, pathname: str) -> Any:
    """The button "Views" with all that is behind it."""
    shared = view.principal.may(Scope.RUN)
    form = [
        dmc.TextInput(id="view-name", label="Save what is shown now as", placeholder="Name of the view", size="xs", inputProps={"maxLength": 120}),
        dmc.Switch(id="view-shared", label="Show it to everybody", size="xs", disabled=not shared),
        html.Div(
            [
                html.Button("Save", id="view-save", type="button", className="button main-action"),
                html.Button([icon("share"), "Copy link"], id="copy-link", type="button", className="button"),
            ],
            className="row",
        ),
    ]  # fmt: skip
    return disclosure(
        [icon("star"), "Views"], html.Div([html.Div(listed(view, pathname), id="views-list"), *form], className="views")
    )


def listed(view: View, pathname: str) -> list[Any]:
    """The views of a page, one's own and shared ones."""
    found = SavedViews(view.desk.book).seen_by(view.principal.user_id, pathname)
    if not found:
        return [html.P("No view of this page is saved yet.", className="quiet")]
    return [html.Ul([html.Li(_entry(one, own=one.user_id == view.principal.user_id)) for one in found])]


def _entry(one: SavedView, *, own: bool) -> list[Any]:
    parts: list[Any] = [dcc.Link(one.name, href=one.address)]
    if one.shared:
        parts.append(html.Span("shared", className="quiet"))
    if own:
        parts.append(html.Button(icon("trash"), id={"type": "view-drop", "view": one.view_id}, type="button", className="tool", **{"aria-label": f"Delete the view {one.name}"}))  # fmt: skip
    return parts


def register(app: Dash) -> None:
    """Saving and deleting."""

    @answers(app, Output("views-list", "children"), Output("view-name", "value"), Input("view-save", "n_clicks"), State("view-name", "value"), State("view-shared", "checked"), prevent_initial_call=True)  # fmt: skip
    def save(clicks: int | None, name: str | None, shared: bool | None) -> Any:
        if not clicks:
            raise PreventUpdate
        view, (pathname, search) = view_now(), where_now()
        if shared:
            view.principal.need(Scope.RUN)
        SavedViews(view.desk.book).save(view.principal.user_id, name or "", f"{pathname}{search}", shared=bool(shared))  # fmt: skip
        toast(f"“{name}” is saved.", tone="good")
        return listed(view, pathname), ""

    @answers(app, Output("views-list", "children", allow_duplicate=True), Input({"type": "view-drop", "view": ALL}, "n_clicks"), prevent_initial_call=True)  # fmt: skip
    def drop(clicks: list[int | None]) -> Any:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            raise PreventUpdate
        view, (pathname, _) = view_now(), where_now()
        SavedViews(view.desk.book).delete(str(ctx.triggered_id["view"]), view.principal.user_id)
        return listed(view, pathname)
