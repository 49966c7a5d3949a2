"""Who asks: a session by its cookie, a program by its token. Whoever is neither gets no further than the door."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal
from lifeworth.api.options import ServeOptions
from lifeworth.api.security.words import is_page, refuse
from lifeworth.errors import LifeworthError, UnknownPersonError

OPEN = frozenset({"/sign-in", "/sign-out", "/api/v1/health"})
OPEN_BELOW = ("/enter/", "/door/")
"""Addresses for everybody. What is not here needs a sign-in, also what nobody has thought of yet."""

_LOOKS = ThreadPoolExecutor(4, thread_name_prefix="who")
"""Asking the book takes a tenth of a millisecond, but seconds where somebody has locked it: never on the loop of the server."""


class Identity:
    """Puts a `Principal` (or nobody) into `scope["state"]["principal"]`."""

    def __init__(self, app: ASGIApp, *, options: ServeOptions) -> None:
        """Stand before an application whose state has `doors`."""
        self._app, self._cookie = app, options.cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            who = await self._who(scope)
        except LifeworthError as error:
            await refuse(error, scope, receive, send)
            return
        client = scope.get("client")
        scope["state"] = {**scope.get("state", {}), "principal": who, "origin": client[0] if client else ""}
        await self._app(scope, receive, send)

    async def _who(self, scope: Scope) -> Principal | None:
        headers = Headers(scope=scope)
        doors: Doors = scope["app"].state.doors
        scheme, _, key = headers.get("authorization", "").partition(" ")
        # A proxy may ask for a sign-in of its own (Basic) and hand that on: it is not meant for here.
        if scheme.lower() == "bearer":
            # Who shows a token is nobody else, even with a cookie beside it: that one was perhaps sent along by a browser.
            who = await _look(doors, key.strip())
            return who if who is not None and who.kind == "api" else None
        key = session_of(headers, self._cookie)
        who = await _look(doors, key) if key else None
        return who if who is not None and who.kind == "session" else None


class Gate:
    """Lets through whoever has come in, and everybody to what is open; a page leads to the door, and from there back."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application, behind whoever says who asks."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http" or scope["state"]["principal"] is not None or is_open(str(scope["path"])):
            await self._app(scope, receive, send)
            return
        if not is_page(scope):
            shown = "authorization" in Headers(scope=scope)
            error = UnknownPersonError(
                "This token is not known here, or it has ended." if shown else "Nobody is signed in.",
                hint="Sign in, or send the header: Authorization: Bearer TOKEN",
            )
            await refuse(error, scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        wanted = quote(scope["path"]) + (f"?{query}" if query else "")
        where = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
        await RedirectResponse(where, 303, {"Cache-Control": "no-store"})(scope, receive, send)


def is_open(path: str) -> bool:
    """Whether an address is for everybody."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def session_of(headers: Headers, cookie: str) -> str:
    """The key of the session a browser sent; empty where it sent none, or two that differ."""
    found = {value for line in headers.getlist("cookie") if (value := cookie_parser(line).get(cookie))}
    return found.pop() if len(found) == 1 else ""


async def _look(doors: Doors, key: str) -> Principal | None:
    loop = asyncio.get_running_loop()
    try:
        look: Any = await loop.run_in_executor(_LOOKS, doors.look, key)
    except UnknownPersonError:
        return None
    if look.due:
        # Nobody waits for the note that a key was used.
        _LOOKS.submit(doors.touch, look.principal.token_id)
    principal: Principal = look.principal
    return principal
