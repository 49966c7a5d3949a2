"""How a request is refused: a page for a person who opened an address, a problem for a program."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from lifeworth.access.keys import hide
from lifeworth.api import problems
from lifeworth.errors import LifeworthError
from lifeworth.report import door

DOOR_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page of the door may load: its own style sheet and picture, and no script at all."""


class HostError(LifeworthError):
    """The request names a host this server does not answer to."""

    code = "host"
    http_status = 421


class BodyError(LifeworthError):
    """The body is larger than the address takes."""

    code = "too_large"
    http_status = 413


class SlowError(LifeworthError):
    """The body comes in too slowly."""

    code = "timeout"
    http_status = 408


def is_page(scope: Scope) -> bool:
    """Whether a person opened an address, and so should be answered with a page."""
    path = str(scope["path"])
    if scope["method"] not in {"GET", "HEAD"} or path == "/api" or path.startswith(("/api/", "/_dash")):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def page(html: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A page of the door."""
    kept = {"Content-Security-Policy": DOOR_POLICY, "Cache-Control": "no-store", **(headers or {})}
    return HTMLResponse(html, status, kept)


async def refuse(error: LifeworthError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what went wrong."""
    answer = problems.problem(error, hide(str(scope["path"])))
    if is_page(scope):
        told = door.word(error.message, error.hint or "")
        answer = page(told, error.http_status, {k: v for k, v in answer.headers.items() if k == "retry-after"})
    await answer(scope, receive, send)
