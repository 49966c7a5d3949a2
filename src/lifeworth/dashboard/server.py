"""The dashboard on the server: put onto the app of the API, so that one process answers both."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dash import Dash
from dash.backends._fastapi import reset_current_request, set_current_request
from fastapi import FastAPI, Request, Response

from lifeworth.dashboard import shell, theme
from lifeworth.dashboard.catalogue import catalogue

ASSETS = Path(__file__).with_name("assets")
OPTIONS = "LIFEWORTH_SERVE"
"""Name of the variable in which the command line hands its options to the workers, as JSON."""

INDEX = f"""<!DOCTYPE html>
<html lang="en">
  <head>
    {{%metas%}}
    <title>{{%title%}}</title>
    <link rel="icon" type="image/svg+xml" href="/door/icon.svg">
    <script src="/assets/first/scheme.js"></script>
    <link rel="stylesheet" href="{theme.ADDRESS}">
    {{%css%}}
  </head>
  <body>
    {{%app_entry%}}
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>
"""


def application() -> FastAPI:
    """The whole server: API and dashboard, with the options of the environment."""
    from lifeworth.api.app import create
    from lifeworth.api.options import ServeOptions

    options = ServeOptions.model_validate_json(os.environ.get(OPTIONS, "{}"))
    app = create(Path(options.workspace), options=options)
    attach(app)
    return app


def attach(app: FastAPI) -> Dash:
    """Put the dashboard on an app whose state has desk, doors, trail and jobs, and whose middleware knows who asks."""
    before = list(app.user_middleware)
    pages = catalogue()
    dash = Dash(
        "lifeworth",
        server=app,
        backend="fastapi",
        title=shell.PRODUCT,
        update_title=None,
        assets_folder=str(ASSETS),
        assets_ignore="scheme.js",
        index_string=INDEX,
        suppress_callback_exceptions=True,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "robots", "content": "noindex"},
        ],
    )
    # Dash reads the body of a request; who asks and how much they send is looked at before that.
    dashed = [one for one in app.user_middleware if one not in before]
    app.user_middleware[:] = [*before, *dashed]
    _no_sockets(app, dash)
    dash.layout = lambda: shell.layout(pages)
    shell.register(dash, pages)
    _routes(app, dash)
    # Dash would look for its files at the first request it takes for its own; a link to a page is none of them.
    dash._setup_server()
    app.state.csp_hashes = tuple(dash.csp_hashes())
    return dash


def _no_sockets(app: FastAPI, dash: Dash) -> None:
    """Close the ways Dash opens that nobody uses here: callbacks over a socket pass by the question who asks."""
    dash.backend.websocket_capability = False
    unused = {"/_dash-ws-callback", "/_reload-hash"}
    app.router.routes[:] = [one for one in app.router.routes if getattr(one, "path", "") not in unused]


def _routes(app: FastAPI, dash: Dash) -> None:
    sheet = theme.style()

    async def style() -> Response:
        return Response(sheet, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})

    async def index(request: Request) -> Any:
        token = set_current_request(request)
        try:
            # Dash looks for its files at the first of its own addresses; a page below the root may be asked for before that.
            dash._setup_server()
            return Response(dash.index(), media_type="text/html")
        finally:
            reset_current_request(token)

    app.add_api_route(theme.ADDRESS, style, methods=["GET"], include_in_schema=False)
    for entry in ("/{page}", "/{page}/{below:path}"):
        app.add_api_route(entry, index, methods=["GET"], include_in_schema=False)
