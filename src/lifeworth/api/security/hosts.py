"""Whose host a request names: a foreign name that was made to lead here (DNS rebinding) is turned away."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from lifeworth.api.options import ServeOptions
from lifeworth.api.security.words import HostError, refuse

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9._\-]{1,253})(?::[0-9]{1,5})?", re.IGNORECASE)


class Hosts:
    """Lets through what names this server."""

    def __init__(self, app: ASGIApp, *, options: ServeOptions) -> None:
        """Stand before an application."""
        self._app, self._known, self._any = app, options.hosts, options.any_host
        self._origin = options.origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "websocket":
            # Nothing here speaks over one; before it is accepted, closing it is a refusal.
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http":
            name = host_of(scope)
            if name is None or (not self._any and name not in self._known):
                error = HostError("This server does not answer to that name.", hint=f"Open {self._origin}")
                await refuse(error, scope, receive, send)
                return
        await self._app(scope, receive, send)


def host_of(scope: Scope) -> str | None:
    """The name a request gives this server, in lower case and without port and brackets; none where it gives no single one."""
    said = [value for name, value in scope["headers"] if name == b"host"]
    if len(said) != 1:
        return None
    found = _HOST.fullmatch(said[0].decode("latin-1"))
    return None if found is None else found["name"].strip("[]").lower().rstrip(".")
