"""The frame of all pages: who is signed in, what is looked at, the search, the navigation; and the way from an address to a page."""

from __future__ import annotations

import logging
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, set_props

from lifeworth.access.roles import Principal, Scope
from lifeworth.dashboard import address, board, export, saved, search, theme
from lifeworth.dashboard.callbacks import ADDRESS, OWN, TOASTS, PreventUpdate, answers, view_now, where_now
from lifeworth.dashboard.catalogue import Catalogue, Entry
from lifeworth.dashboard.disclosure import disclosure
from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.render import states
from lifeworth.dashboard.view import View
from lifeworth.errors import LifeworthError, NotFoundError, UnknownPersonError
from lifeworth.parts import Hung
from lifeworth.report.format import text
from lifeworth.report.spec import Page

PAGE = "page"
"""Id of the room where a page is drawn."""
PRODUCT = "Lifeworth"

LOG = logging.getLogger(__name__)


def layout(pages: Catalogue) -> Any:
    """The frame, for who asks; for somebody unknown a word and a way in."""
    try:
        view = view_now("/", "")
    except UnknownPersonError:
        return _wrapped([html.Main(states.state("You are not signed in", steps=[("Sign in", "/sign-in")], sign="key"), id="main", className="main alone")])  # fmt: skip
    return _wrapped(
        [
            html.A("Skip to the content", href="#main", className="skip"),
            html.Div(
                [
                    _header(view),
                    html.Div(navigation(pages, view.principal), id="side", className="side", **{"data-open": "false"}),
                    html.Main(html.Div(states.skeleton(), id=PAGE), id="main", className="main", tabIndex=-1),
                ],
                className="shell",
            ),
        ]
    )


def _wrapped(inside: list[Any]) -> Any:
    stores = [
        dcc.Location(id=ADDRESS, refresh="callback-nav"),
        dcc.Store(id=OWN),
        dcc.Store(id="scheme", data="light"),
        dcc.Store(id="went"),
        dmc.NotificationContainer(id=TOASTS, position="bottom-right", sendNotifications=[]),
    ]
    return dmc.MantineProvider([*stores, *inside], id="theme", theme=theme.MANTINE, defaultColorScheme="auto")


def _header(view: View) -> Any:
    who = view.principal
    menu = disclosure(
        [icon("person"), html.Span(who.name, className="who")],
        [
            html.P(f"{who.role} · {who.function or 'all functions'}", className="quiet"),
            html.Ul(
                [
                    html.Li(dcc.Link("Your account", href="/account")),
                    html.Li(html.A("API description", href="/api/v1/openapi.json", target="_blank")),
                    html.Li(html.A("Sign out", href="/sign-out")),
                ]
            ),
        ],
        label=f"Signed in as {who.name}",
        plain=True,
    )
    return html.Header(
        [
            html.Button(icon("menu"), id="burger", className="button plain burger", type="button", **{"aria-label": "Navigation", "aria-controls": "side"}),
            dcc.Link([html.Span(className="logo", **{"aria-hidden": "true"}), html.Span(PRODUCT, className="brand-name")], href="/", className="brand", title="To the overview"),
            html.Span(id="about-run", className="about-run"),
            html.Div(
                dmc.Select(id="search", data=[], searchable=True, placeholder="Find a customer or a page", leftSection=icon("search"), size="sm", clearable=False, nothingFoundMessage="Nothing found", **{"aria-label": "Find a customer or a page"}),
                className="search", role="search",
            ),
            html.Button([icon("sun"), icon("moon")], id="switch", className="button plain scheme", type="button", **{"aria-label": "Light or dark"}),
            menu,
        ],
        className="top",
    )  # fmt: skip


def navigation(pages: Catalogue, principal: Principal) -> Any:
    """The pages somebody may see, in their groups."""
    groups = [
        html.Li([html.H2(section, className="nav-head"), html.Ul([html.Li(_link(one)) for one in entries])])
        for section, entries in pages.shown_to(principal)
    ]
    return html.Nav(html.Ul(groups), **{"aria-label": "Pages"})


def _link(one: Entry) -> Any:
    return dcc.Link([icon(one.sheet.icon), html.Span(one.sheet.title)], href=address.path(one.name), className="nav-link", title=one.sheet.about)  # fmt: skip


def content(pages: Catalogue, pathname: str | None, view: View) -> list[Any]:
    """The page of an address, with its head; a word where there is none, or none for who asks."""
    name, _ = address.place(pathname)
    entry = pages.find(name)
    if entry is None:
        return [html.H1("Page not found"), states.state("There is no such page", f"Nothing stands at {pathname}.", sign="search", steps=[("To the overview", "/")])]  # fmt: skip
    head = html.Header(
        [html.Div([html.H1(entry.sheet.title), html.P(entry.sheet.about, className="about-page")]), html.Div(saved.room(view, pathname or "/"), className="page-tools")],
        className="page-head",
    )  # fmt: skip
    if not entry.open_to(view.principal):
        return [head, states.state("This page is not shown to you", "It belongs to the work of somebody else here, or names customers.", sign="key", steps=["Ask an administrator if you need it."])]  # fmt: skip
    try:
        if isinstance(entry.drawn_by, Hung):
            view.desk.run()
            return [head, *board.frame(view, entry.drawn_by)]
        drawn = entry.drawn_by.content(view)
    except NotFoundError as error:
        return [head, _nothing_yet(view, error)]
    except LifeworthError as error:
        return [head, states.failed(error)]
    parts = drawn if isinstance(drawn, list) else [drawn]
    # A page below a page, such as one customer, says its own name.
    own = bool(parts) and "page-head" in str(getattr(parts[0], "className", ""))
    return parts if own else [head, *parts]


def _nothing_yet(view: View, error: LifeworthError) -> Any:
    try:
        view.desk.run()
    except NotFoundError:
        steps: list[states.Step] = [("Upload an export of orders", address.IMPORT), "Or on the command line: lifeworth run ORDERS"]  # fmt: skip
        return states.state("Nothing has been run here yet", "Hand in an export of orders, and minutes later this page has figures.", sign="upload", steps=steps)  # fmt: skip
    return states.failed(error)


def register(app: Dash, pages: Catalogue) -> None:
    """Give the app the callbacks of the frame and of all boards."""

    @answers(app, Output(PAGE, "children"), Output("about-run", "children"), Input(ADDRESS, "pathname"), Input(ADDRESS, "search"), State(OWN, "data"))  # fmt: skip
    def open_page(pathname: str | None, search: str | None, own: str | None) -> Any:
        moved = {one["prop_id"] for one in ctx.triggered}
        if moved == {f"{ADDRESS}.search"} and (search or "") == (own or ""):
            raise PreventUpdate
        # What the fields show now is what the address says, whoever wrote it: also on the way back.
        set_props(OWN, {"data": search or ""})
        view = view_now()
        return content(pages, pathname, view), _about_run(view)

    @answers(app, Output("answer", "children"), Output("again", "disabled"), Input("question", "data"), Input("again", "n_intervals"))  # fmt: skip
    def answer(question: str | None, looked: int | None) -> Any:
        del looked
        view, hung = view_now(), _hung(pages)
        found, pending = board.answer(view, hung, address.filters(question), view.principal.may(Scope.EXPORT))
        if pending and ctx.triggered_id == "again":
            raise PreventUpdate
        return found, not pending

    @answers(app, Output("answer", "children", allow_duplicate=True), Output("again", "disabled", allow_duplicate=True), Input({"type": "stop", "key": ALL}, "n_clicks"), prevent_initial_call=True)  # fmt: skip
    def stop(clicks: list[int | None]) -> Any:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            raise PreventUpdate
        view_now().desk.answers.stop(ctx.triggered_id["key"])
        return states.state("Stopped", "Nothing half done was kept.", sign="stop", steps=["Change a filter or open the page again to ask anew."]), True  # fmt: skip

    @answers(app, Output({"type": "numbers-room", "place": MATCH}, "children"), Input({"type": "numbers", "place": MATCH}, "n_clicks"), State({"type": "numbers-room", "place": MATCH}, "children"), prevent_initial_call=True)  # fmt: skip
    def show_numbers(clicks: int | None, there: Any) -> Any:
        if not clicks or there or not isinstance(ctx.triggered_id, dict):
            raise PreventUpdate
        return board.numbers_at(view_now(), _hung(pages), str(ctx.triggered_id["place"]))

    def page_now() -> Page:
        view = view_now()
        return board.page_now(view, _hung(pages), view.arguments)

    saved.register(app)
    search.register(app, pages)
    export.register(app, page_now)
    _in_the_browser(app)
    for one in pages.specials:
        one.register(app)


def _hung(pages: Catalogue) -> Hung:
    """The board of the running callback, if who asks may see it."""
    entry = pages.find(address.place(where_now()[0])[0])
    view = view_now()
    if entry is None or not isinstance(entry.drawn_by, Hung):
        raise PreventUpdate
    view.principal.need(Scope.READ)
    if not entry.open_to(view.principal):
        raise NotFoundError("This page is not shown to you.")
    return entry.drawn_by


def _about_run(view: View) -> str:
    name = view.desk.root.resolve().name
    try:
        return f"{name} · as of {text(view.desk.run().as_of, 'date')}"
    except LifeworthError:
        return name


def _in_the_browser(app: Dash) -> None:
    """What needs no server; the functions lie in `assets/lifeworth.js`."""
    app.clientside_callback(
        ClientsideFunction("lifeworth", "filters"),
        Output(ADDRESS, "search"), Output(OWN, "data"), Output("question", "data"), Output("reset", "hidden"),
        Input({"type": "filter", "name": ALL}, "value"), Input({"type": "flag", "name": ALL}, "checked"), Input("reset", "n_clicks"),
        State({"type": "filter", "name": ALL}, "id"), State({"type": "flag", "name": ALL}, "id"), State("defaults", "data"),
        State(ADDRESS, "search"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("lifeworth", "went"), Output("went", "data"), Input(ADDRESS, "pathname"), Input(PAGE, "children")
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("lifeworth", "elapsed"), Output({"type": "elapsed", "key": ALL}, "children"), Input("again", "n_intervals"),
        State({"type": "elapsed", "key": ALL}, "children"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("lifeworth", "figure"), Output({"type": "graph", "place": MATCH}, "figure"),
        Input({"type": "figure", "place": MATCH}, "data"), Input("scheme", "data"),
    )  # fmt: skip
