"""The description of the API (OpenAPI 3.1), made from the routes: nothing is said here that they do not say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from lifeworth.api import problems
from lifeworth.api.call import Route
from lifeworth.api.permits import OPEN, PERMITS
from lifeworth.api.schema import PENDING, SCHEMAS
from lifeworth.asked import LONGEST, Asked

ROOT = "/api/v1"
_ABOUT = """What each customer is worth, why, and what to do about it.

Sign in with a token: `Authorization: Bearer TOKEN`. Every answer says the run and the day it is of (`run_id`, `as_of`). Money is
`{"amount": "12.34", "currency": "EUR"}`, dates are ISO 8601. A fault is a problem (RFC 9457) with `code`, `detail` and `hint`.
A read carries an `ETag`: send it back as `If-None-Match`, and 304 says that nothing has changed. A write takes an
`Idempotency-Key`: sent twice it is done once. What takes long answers 202 and says at `Location` where to ask again."""

_FAULTS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in.",
    403: "Not allowed: the detail says which scope is missing.",
    404: "Nothing is there, or nothing has been run yet.",
    405: "The address knows no such method.",
    409: "Not possible as things stand.",
    413: "Too large.",
    415: "The body is of another type.",
    422: "What was asked cannot be used; `faults` names everything.",
    429: "Too many requests; `Retry-After` says when to come back.",
    507: "No room left.",
}
_FORMATS: dict[str, dict[str, Any]] = {
    "flag": {"type": "boolean"},
    "count": {"type": "integer"},
    "number": {"type": "number"},
    "share": {"type": "number"},
    "period": {"type": "string", "pattern": r"^[1-9][0-9]{0,3}(d|w|m|y)$"},
    "day": {"type": "string", "format": "date"},
    "pairs": {"type": "string", "pattern": r"^[A-Za-z_]+=[^,=]+$"},
    "text": {"type": "string", "maxLength": LONGEST},
}
_SHOWN = {"period": "12m", "day": "2026-06-30", "pairs": "margin=+10%"}


def description(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, Any] = {}
    tags: dict[str, None] = {}
    for route in routes:
        paths.setdefault(ROOT + route.path, {})[route.method.lower()] = _operation(route)
        tags[route.tag] = None
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lifeworth", "version": version("lifeworth"), "description": _ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in tags],
        "paths": paths,
        "components": {
            "schemas": {**SCHEMAS, "Problem": problems.SCHEMA},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token: POST /api/v1/tokens, or the page People."},
                "session": {"type": "apiKey", "in": "cookie", "name": "lifeworth-session", "description": "The cookie of somebody who is signed in to the dashboard."},
            },
        },
    }  # fmt: skip


def _operation(route: Route) -> dict[str, Any]:
    scope = PERMITS[route.key]
    first, _, _ = route.about.partition("\n")
    needs = "" if scope is OPEN else f"\n\nIt needs the scope `{scope.value}`."
    told: dict[str, Any] = {
        "operationId": route.name,
        "summary": re.split(r"(?<=\.)\s", first, maxsplit=1)[0].rstrip("."),
        "description": route.about + needs,
        "tags": [route.tag],
        "security": [] if scope is OPEN else [{"token": []}, {"session": []}],
        "parameters": [*_path(route), *(_parameter(one) for one in route.asks), *_headers(route)],
        "responses": _responses(route),
    }
    if route.streams:
        told["requestBody"] = {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            },
        }  # fmt: skip
    elif route.takes is not None:
        needed = bool(route.takes.get("required"))
        told["requestBody"] = {"required": needed, "content": {"application/json": {"schema": route.takes}}}
    return told


def _path(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _parameter(one: Asked) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "enum": list(one.choices)} if one.choices else dict(_FORMATS[one.kind])
    if one.name == "cursor":
        del schema["maxLength"]
    if one.default is not None:
        schema["default"] = one.default if isinstance(one.default, bool | int | float) else str(one.default)
    told = {"name": one.name, "in": "query", "required": one.required, "schema": schema, "description": one.help}
    if one.kind in _SHOWN:
        told["example"] = _SHOWN[one.kind]
    return told


def _headers(route: Route) -> list[dict[str, Any]]:
    if route.writes:
        return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,128}$"}, "description": "Sent twice, the request is done once."}]  # fmt: skip
    if route.tied == "none":
        return []
    return [{"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}, "description": "The `ETag` of an earlier answer."}]  # fmt: skip


def _responses(route: Route) -> dict[str, Any]:
    said: dict[str, Any] = {}
    media = route.media or ("application/json",)
    if route.status == 204:
        said["204"] = {"description": "Done."}
    else:
        content = {kind: {"schema": route.gives} for kind in media}
        if route.example is not None:
            for one in content.values():
                one["example"] = route.example
        said[str(route.status)] = {"description": "The answer.", "content": content}
    for status, about in route.also.items():
        schema = PENDING if not route.writes and status == 202 else route.gives
        said[str(status)] = {"description": about, "content": {"application/json": {"schema": schema}}}
    if not route.writes and route.tied != "none":
        said["304"] = {"description": "Nothing has changed."}
    for status, about in _FAULTS.items():
        said[str(status)] = {"description": about, "content": {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}  # fmt: skip
    return said
