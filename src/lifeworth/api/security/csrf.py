"""From which page a request comes: a browser sends the cookie along whoever made it ask, so the asking page is looked at.

It concerns cookies alone. A token in a header is sent by nobody who does not have it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lifeworth.api.options import ServeOptions
from lifeworth.api.security.words import refuse
from lifeworth.errors import AccessError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MARK = "x-lifeworth"
"""A header a foreign page cannot send without asking first; its value does not matter. JSON needs the same asking."""
FORMS = ("/sign-in", "/sign-out", "/enter/")
"""Pages of the door send plain forms; what they change is guarded by where they come from."""


class Csrf:
    """Turns away what a foreign page asks for in somebody's name."""

    def __init__(self, app: ASGIApp, *, options: ServeOptions) -> None:
        """Stand before an application, behind whoever says who asks."""
        self._app, self._public = app, options.behind_proxy
        self._scheme = "https" if options.secure else "http"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "http" and (fault := self._fault(scope)):
            error = AccessError(fault, hint="Use the pages of this server, or an API token.")
            await refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _fault(self, scope: Scope) -> str:
        who, path = scope["state"].get("principal"), str(scope["path"])
        if who is not None and who.kind == "api":
            return ""
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site")
        if scope["method"] in SAFE:
            # A link from elsewhere may lead here; a foreign page may not load what is here as a part of itself.
            opened = (
                headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
            )
            foreign = site in {"cross-site", "same-site"} and not opened
            return "A page from elsewhere asked for this." if foreign and who is not None else ""
        if who is None and not path.startswith(FORMS):
            return ""
        if not self._own(headers, site):
            return "This was not sent from a page of this server."
        if path.startswith(FORMS) or MARK in headers:
            return ""
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return "" if kind == "application/json" else f"A request with a cookie needs the header {MARK}."

    def _own(self, headers: Headers, site: str | None) -> bool:
        """Whether the asking page is ours: both witnesses that speak must say so, and one must speak."""
        origin = headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        if origin is not None:
            return origin in self._origins(headers)
        return site is not None

    def _origins(self, headers: Headers) -> set[str]:
        # The host was looked at before; with a proxy in front people use its address.
        own = f"{self._scheme}://{headers.get('host', '')}"
        return {_plain(one) for one in (own, self._public) if one}


def _plain(origin: str) -> str:
    """An origin as browsers write it: lower case, without the port everybody expects."""
    parts = urlsplit(origin.lower())
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual) if usual else parts.netloc}"
