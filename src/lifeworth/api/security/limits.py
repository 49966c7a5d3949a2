"""How often somebody may ask: freely whoever has come in, sparingly who has not."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from lifeworth.access.limits import PERSON, STRANGER, Limits, Pace, origin, too_many
from lifeworth.api.security.words import refuse


class Paced:
    """Turns away who asks too fast, and says when to come back."""

    def __init__(
        self, app: ASGIApp, *, limits: Limits | None = None, person: Pace = PERSON, stranger: Pace = STRANGER
    ) -> None:
        """Stand before an application, behind whoever says who asks."""
        self._app, self._limits = app, limits or Limits()
        self._person, self._stranger = person, stranger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "http":
            who = scope["state"].get("principal")
            if who is None:
                wait = self._limits.take(self._stranger, origin(scope["state"].get("origin", "")))
            else:
                wait = self._limits.take(self._person, who.token_id)
            if wait > 0:
                await refuse(too_many(wait), scope, receive, send)
                return
        await self._app(scope, receive, send)
