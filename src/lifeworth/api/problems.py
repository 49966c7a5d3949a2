"""Every error as a problem a program can read and a person can act on (RFC 9457): never where in the program it happened."""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lifeworth.errors import InputError, LifeworthError, NotFoundError, TooManyError, UnknownPersonError

MEDIA = "application/problem+json"
TYPES = "https://lifeworth.invalid/problems/"
"""Problems are told apart by these addresses; nothing is found there, which is what `.invalid` says."""

TITLES = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "Not allowed",
    404: "Nothing is there",
    405: "The address knows no such method",
    406: "No such form of answer",
    408: "Too slow",
    409: "Not possible as things stand",
    413: "Too large",
    415: "No such form of request",
    421: "No such host",
    422: "What was asked cannot be used",
    429: "Too many requests",
    500: "A fault of the program",
    503: "Not ready",
    507: "No room left",
}
_CODES = {400: "request", 404: "not_found", 405: "method", 413: "too_large", 415: "media_type", 403: "forbidden", 401: "unauthenticated", 429: "too_many"}  # fmt: skip
_LOG = logging.getLogger(__name__)


class ReplayError(InputError):
    """An idempotency key that was used for another request."""

    code = "idempotency"


class InFlightError(LifeworthError):
    """The same request is being answered right now."""

    code = "in_flight"
    http_status = 409


class RequestError(InputError):
    """The request is not of the form the address takes."""

    code = "request"
    http_status = 400


class MediaError(InputError):
    """The body is of a kind the address does not take."""

    code = "media_type"
    http_status = 415


def problem(error: LifeworthError, instance: str = "") -> Response:
    """The answer to a request that failed on purpose."""
    told: dict[str, Any] = {"detail": error.message, "code": error.code}
    if error.hint:
        told["hint"] = error.hint
    if error.allowed:
        told["allowed"] = error.allowed
    if isinstance(error, InputError) and error.faults:
        told["faults"] = list(error.faults)
    headers = {}
    if isinstance(error, TooManyError):
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, UnknownPersonError):
        headers["WWW-Authenticate"] = 'Bearer realm="lifeworth"'
    return _answer(error.http_status, told, instance, headers)


def fault(error: BaseException, instance: str = "") -> Response:
    """The answer where the program itself failed; the log has the details."""
    _LOG.error("%s: %s", instance, type(error).__name__, exc_info=error)
    detail = "The program made a mistake; nothing was changed halfway."
    return _answer(500, {"detail": detail, "code": "internal", "hint": "Try again; if it stays, report it."}, instance)


def of_http(error: HTTPException, instance: str = "") -> Response:
    """The answer to what the web framework refuses."""
    told = {"detail": str(error.detail), "code": _CODES.get(error.status_code, "request")}
    return _answer(error.status_code, told, instance, dict(error.headers or {}))


def nowhere(request: Request) -> Response:
    """The answer under `/api` where there is no address."""
    error = NotFoundError(
        f"There is no address {request.url.path}.", hint="The API is described at /api/v1/openapi.json"
    )
    return problem(error, request.url.path)


def _answer(status: int, told: dict[str, Any], instance: str, headers: dict[str, str] | None = None) -> Response:
    body = {
        "type": TYPES + str(told["code"]),
        "title": TITLES.get(status, "It did not work"),
        "status": status,
        **told,
        **({"instance": instance} if instance else {}),
    }
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(text, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "What kind of problem, as an address."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and where, for a person."},
        "code": {"type": "string", "description": "The same for programs."},
        "hint": {"type": "string", "description": "The next step."},
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "Values that would be accepted."},
        "faults": {"type": "array", "items": {"type": "string"}, "description": "Every fault that was found."},
        "instance": {"type": "string", "description": "The address that was asked."},
    },
}
