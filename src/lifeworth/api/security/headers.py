"""What a browser is told with every answer: what a page may load, who may frame it, what is never kept."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lifeworth.access.keys import hide
from lifeworth.api import problems
from lifeworth.api.options import ServeOptions

DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page: nothing in it is ever to be run or shown as one."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers would then send forms of our own pages as if they came from nowhere.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
TRANSPORT = "max-age=31536000"
"""A year over TLS alone. Not for names below this one: they may belong to somebody else."""

FILES = ("/assets/", "/_dash-component-suites/", "/door/", "/_lifeworth/", "/_favicon")
"""Files of the program; everything else may be about persons and is kept by nobody, unless it says otherwise."""


def page_policy(hashes: Iterable[str]) -> str:
    """What the pages of the dashboard may load.

    Scripts are files of this server, and the few inline ones named by their hash: no `unsafe-inline`, no `unsafe-eval`. Styles
    are inline too, because Mantine and Dash set them on elements as they draw; a style cannot run anything.
    """
    scripts = " ".join(["'self'", *sorted({one if one.startswith("'") else f"'{one}'" for one in hashes})])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        ]
    )


class SafeHeaders:
    """Adds them to every answer, also to a refusal; what an answer says itself stands."""

    def __init__(self, app: ASGIApp, *, options: ServeOptions) -> None:
        """Stand before an application; its `state.csp_hashes` names the inline scripts of its pages."""
        self._app = app
        self._always = ALWAYS | ({"Strict-Transport-Security": TRANSPORT} if options.secure else {})
        self._policies: dict[tuple[str, ...], str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begun = False

        async def told(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._add(MutableHeaders(scope=message), scope, message["status"])
            await send(message)

        try:
            await self._app(scope, receive, told)
        except ClientDisconnect:
            return  # nobody is there to be told anything
        except Exception as error:
            answer = problems.fault(error, hide(str(scope["path"])))
            if begun:
                raise
            await answer(scope, receive, told)

    def _add(self, headers: MutableHeaders, scope: Scope, status: int) -> None:
        for name, value in self._always.items():
            headers.setdefault(name, value)
        is_page = headers.get("content-type", "").startswith("text/html")
        headers.setdefault("Content-Security-Policy", self._policy(scope) if is_page else DATA_POLICY)
        if status >= 400 or not str(scope["path"]).startswith(FILES):
            headers.setdefault("Cache-Control", "no-store")
        for name in ("server", "x-powered-by"):
            if name in headers:
                del headers[name]

    def _policy(self, scope: Scope) -> str:
        hashes = tuple(getattr(scope["app"].state, "csp_hashes", ()))
        if hashes not in self._policies:
            self._policies[hashes] = page_policy(hashes)
        return self._policies[hashes]
