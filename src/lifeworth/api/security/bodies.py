"""How much a request may bring, and how slowly. What arrives is counted: what was announced may be a lie, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lifeworth.api.options import ServeOptions
from lifeworth.api.security.words import BodyError, SlowError, refuse
from lifeworth.errors import LifeworthError

UPLOADS = "/api/v1/imports"
CALLBACKS = "/_dash-update-component"
SLOWEST = 2_000
"""Bytes a second a body must come in with, after a first while."""


class Bodies:
    """Gives up on a body that is too large or too slow."""

    def __init__(self, app: ASGIApp, *, options: ServeOptions, clock: Callable[[], float] = monotonic) -> None:
        """Stand before an application."""
        self._app, self._options, self._clock = app, options, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope)
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced) > most:
            await refuse(_too_large(most), scope, receive, _closing(send))
            return
        watch = _Watch(receive, send, most, self._options.body_seconds, self._clock)
        try:
            await self._app(scope, watch.receive, watch.send)
        except ClientDisconnect:
            if watch.fault is None:
                raise
        if watch.fault is not None and not watch.answered:
            await refuse(watch.fault, scope, receive, _closing(send))

    def _most(self, scope: Scope) -> int:
        path, options = str(scope["path"]), self._options
        if path == UPLOADS and scope["method"] == "POST":
            return options.max_upload
        return options.max_callback if path == CALLBACKS else options.max_body


class _Watch:
    """One body as it comes in. After a fault the application sees a sender who is gone, and whatever it says is not sent."""

    def __init__(self, receive: Receive, send: Send, most: int, patience: float, clock: Callable[[], float]) -> None:
        self._receive, self._send, self._most, self._patience, self._clock = receive, send, most, patience, clock
        self._begun: float | None = None
        self._size = 0
        self._whole = False
        self.answered = False
        self.fault: LifeworthError | None = None

    async def receive(self) -> Message:
        if self.fault is not None:
            return {"type": "http.disconnect"}
        if self._whole or self.answered:
            return await self._receive()
        if self._begun is None:
            self._begun = self._clock()
        try:
            message = await asyncio.wait_for(self._receive(), self._patience)
        except TimeoutError:
            return self._give_up(_too_slow())
        if message["type"] != "http.request":
            return message
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._size > self._most:
            return self._give_up(_too_large(self._most))
        if not self._whole and self._clock() - self._begun > self._patience + self._size / SLOWEST:
            return self._give_up(_too_slow())
        return message

    async def send(self, message: Message) -> None:
        if self.fault is not None and not self.answered:
            return
        self.answered = self.answered or message["type"] == "http.response.start"
        await self._send(message)

    def _give_up(self, fault: LifeworthError) -> Message:
        self.fault = fault
        return {"type": "http.disconnect"}


def _closing(send: Send) -> Send:
    """After a refusal the rest of the body is not read, so nothing more can be asked on this connection."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return told


def _too_large(most: int) -> BodyError:
    return BodyError(f"The body is larger than the {most:,} bytes this address takes.", hint="Files go to POST /api/v1/imports.")  # fmt: skip


def _too_slow() -> SlowError:
    return SlowError("The body came in too slowly.", hint="Try again on a better line.")
