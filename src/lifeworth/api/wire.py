"""Between the wire and a route: who asks and whether they may, the request read, the answer written.

The way is short on purpose: a look-up of one customer passes here hundreds of times a second.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from anyio import CancelScope, CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from lifeworth.access.roles import Principal
from lifeworth.api.call import Answer, Call, House, Route
from lifeworth.api.permits import OPEN, PERMITS
from lifeworth.api.problems import MediaError, RequestError, fault, problem
from lifeworth.api.replies import Replies
from lifeworth.asked import Asked
from lifeworth.errors import AccessError, LifeworthError, OptionError, UnknownPersonError, near

BODY = 1 << 20
"""Bytes of a JSON body."""
CURSOR = 4_000
"""Characters of a cursor, which is longer than a person's words; one that is cut is no cursor any more."""
PATIENT = 16
"""Questions that may wait for their answer at the same time; look-ups have threads of their own."""

Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(route: Route, house: House, replies: Replies) -> Endpoint:
    """The route as the web framework calls it."""
    scope = PERMITS[route.key]
    known = {one.name: one for one in route.asks}
    limiter: list[CapacityLimiter] = []

    async def answer(request: Request) -> Response:
        who = (request.scope.get("state") or {}).get("principal")
        try:
            if scope is not OPEN:
                _known_person(who).need(scope)
            call = _call(request, route, house, who, known)
            tag = _tag_of_run(route, call)
            if tag and request.headers.get("if-none-match") == tag:
                return Response(None, 304, _headers(tag))
            if route.writes:
                return await _write(request, route, call, replies)
            if route.quick:
                said = route.handler(call)
            else:
                if not limiter:
                    limiter.append(CapacityLimiter(PATIENT))
                said = await to_thread.run_sync(route.handler, call, limiter=limiter[0])
            return _response(said, request, route, tag)
        except LifeworthError as error:
            if isinstance(error, AccessError) and who is not None:
                # An attempt that was turned away is worth knowing, whoever made it.
                with suppress(LifeworthError):
                    await to_thread.run_sync(_note_refusal, house, who, route, request)
            return problem(error, request.url.path)
        except ClientDisconnect:
            return Response(None, 400)
        except Exception as error:  # what nobody foresaw is told as a problem too
            return fault(error, request.url.path)

    answer.__name__ = route.name
    answer.__doc__ = route.about
    return answer


def _known_person(who: Principal | None) -> Principal:
    if who is None:
        raise UnknownPersonError(
            "Nobody is signed in.", hint="Sign in, or send the header: Authorization: Bearer TOKEN"
        )
    return who


def _note_refusal(house: House, who: Principal, route: Route, request: Request) -> None:
    origin = str(request.scope["state"].get("origin", ""))
    house.trail.note(who.name, route.name, request.url.path, outcome="refused", origin=origin)


def _call(request: Request, route: Route, house: House, who: Any, known: Mapping[str, Asked]) -> Call:
    texts: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        texts[name] = f"{texts[name]},{value}" if name in texts else value
    if any("\x00" in one for one in (*texts, *texts.values(), *map(str, request.path_params.values()))):
        raise OptionError("A zero byte stands in the address.")
    client = request.client
    return Call(
        house=house,
        who=who,
        path=request.path_params,
        said=_read(known, texts, open_ended=route.open_ended),
        texts=texts,
        body={},
        headers=request.headers,
        address=f"{request.url.path}?{request.url.query}",
        origin=str(request.scope.get("state", {}).get("origin") or (client.host if client else "")),
    )


def _read(known: Mapping[str, Asked], texts: Mapping[str, str], *, open_ended: bool) -> dict[str, Any]:
    """Values of the parameters, every fault named at once."""
    faults = []
    said: dict[str, Any] = {}
    for name, text in texts.items():
        one = known.get(name)
        if one is None:
            if not open_ended:
                faults.append(f'"{name}" is not a parameter. {near(name, known)}'.rstrip())
        elif text:
            try:
                said[name] = text[:CURSOR] if name == "cursor" else one.read(text)
            except OptionError as error:
                faults.append(error.message)
    faults += [f"{one.name} is missing: {one.help}".rstrip(": ") for one in known.values() if one.required and one.name not in said]  # fmt: skip
    if faults:
        raise OptionError("Some parameters cannot be used:", faults=faults, allowed=list(known))
    return said


async def _write(request: Request, route: Route, call: Call, replies: Replies) -> Response:
    key = request.headers.get("idempotency-key")
    who = call.who.user_id if call.who is not None else ""
    digest = hashlib.sha256(f"{request.method} {call.address}\n".encode())
    if route.streams:
        call.stream = request.stream()
        digest.update((request.headers.get("content-length") or "").encode())
    else:
        raw = await _body(request)
        digest.update(raw)
        call.body = _json(request, raw, route)
    if key is not None and (kept := await to_thread.run_sync(replies.before, key, who, digest.hexdigest())):
        return _response(kept, request, route, "")
    try:
        said: Answer = await (route.handler(call) if route.streams else to_thread.run_sync(route.handler, call))
    except BaseException:
        if key is not None:
            # Whoever asked may be gone: the key is freed all the same.
            with CancelScope(shield=True):
                await to_thread.run_sync(replies.after, key, who, None)
        raise
    if key is not None:
        await to_thread.run_sync(replies.after, key, who, said)
    return _response(said, request, route, "")


async def _body(request: Request) -> bytes:
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY:
            raise RequestError(f"The body is larger than {BODY:,} bytes.", hint="Files go to POST /api/v1/imports.")
        pieces.append(piece)
    return b"".join(pieces)


def _json(request: Request, raw: bytes, route: Route) -> Mapping[str, Any]:
    if not raw:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # Also what keeps a form of a foreign page from writing here: a browser asks before it sends JSON elsewhere.
        raise MediaError(f'A body of the type "{kind[:60]}" is not read here.', allowed=["application/json"])
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RequestError("The body is no JSON.", hint="Send an object: {…}") from error
    if not isinstance(found, dict):
        raise RequestError("The body must be a JSON object.", hint="Send an object: {…}")
    if route.takes is None and found:
        raise RequestError("This address takes no body.")
    return found


def _tag_of_run(route: Route, call: Call) -> str:
    """What a read tied to the run in hand changes with: run, files it is served from, settings, question, and what may be seen."""
    if route.writes or route.tied != "run":
        return ""
    run = call.house.desk.run()
    said = [
        run.run_id,
        _moment(run.shelf.path),
        _moment(call.house.desk.root / "lifeworth.toml"),
        call.address,
        call.personal,
    ]
    return f'"{hashlib.sha256(repr(said).encode()).hexdigest()[:24]}"'


def _moment(file: Any) -> int:
    try:
        return int(file.stat().st_mtime_ns)
    except OSError:
        return 0


def _response(said: Answer, request: Request, route: Route, tag: str) -> Response:
    if said.stream is not None:
        headers = {"Cache-Control": "private, no-store", **said.headers}
        return StreamingResponse(said.stream, said.status, headers, said.media_type)
    if said.status == 204:
        return Response(None, 204, {"Cache-Control": "no-store", **said.headers})
    if said.media_type != "application/json":
        return Response(said.body, said.status, {**_headers(tag), **said.headers}, said.media_type)
    raw = json.dumps(said.body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if route.writes or said.status != 200 or route.tied == "none":
        return Response(raw, said.status, {"Cache-Control": "no-store", **said.headers}, "application/json")
    if not tag:
        tag = f'"{hashlib.sha256(raw).hexdigest()[:24]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(None, 304, _headers(tag))
    return Response(raw, said.status, {**_headers(tag), **said.headers}, "application/json")


def _headers(tag: str) -> dict[str, str]:
    # Private: what one person may see, no cache may hand to another. It is asked again each time, and mostly answered with 304.
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
