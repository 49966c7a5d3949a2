"""Every request has a number, its sender's or ours: whoever asks for help can say which one it was."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAME = "X-Request-Id"
_GOOD = re.compile(rb"[A-Za-z0-9._\-]{1,64}")


class Numbered:
    """Puts the number into `scope["state"]["request_id"]` and on the answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        number = said.decode("ascii") if _GOOD.fullmatch(said) else secrets.token_hex(8)
        scope["state"] = {**scope.get("state", {}), "request_id": number}

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[NAME] = number
            await send(message)

        await self._app(scope, receive, told)
