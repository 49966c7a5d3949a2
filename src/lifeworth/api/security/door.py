"""The door: signing in and out, and coming in by a one-time link. Pages without a script, so that none can run there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lifeworth.access import passwords
from lifeworth.access.doors import Doors
from lifeworth.access.limits import TRY_HERE, TRY_NAME, TRY_NAME_HERE, Limits, Pace, origin, too_many
from lifeworth.access.people import User
from lifeworth.access.roles import Principal
from lifeworth.access.trail import Trail
from lifeworth.api.options import ServeOptions
from lifeworth.api.security.identity import session_of
from lifeworth.api.security.words import page
from lifeworth.errors import InputError, LifeworthError, TooManyError, UnknownPersonError
from lifeworth.report import door

T = TypeVar("T")
FORM = 8_192
"""Bytes of a form of the door."""
WAITING = 20
"""Passwords that may wait to be looked at; each takes some tenths of a second of a core."""
LONGEST_NEXT = 2_000

_WORK = ThreadPoolExecutor(2, thread_name_prefix="password")


def routes(options: ServeOptions, limits: Limits | None = None) -> list[Route]:
    """The addresses of the door, for an application whose state has `doors` and `trail`."""
    one = _Door(options, limits or Limits())
    return [
        Route("/sign-in", one.sign_in, methods=["GET", "POST"]),
        Route("/sign-out", one.sign_out, methods=["GET", "POST"]),
        Route("/enter/{key}", one.enter, methods=["GET", "POST"]),
        Route("/door/style.css", _file(door.style, "text/css"), methods=["GET"]),
        Route("/door/icon.svg", _file(door.icon, "image/svg+xml"), methods=["GET"]),
    ]


def local_page(text: str) -> str:
    r"""The page to go on to, if it is one of this server; else the start.

    A browser reads `//host`, `/\host` and a tab between the two as another server: what is not plainly a path here is left.
    """
    plain = text.startswith("/") and not text.startswith("//") and len(text) <= LONGEST_NEXT and text.isascii()
    if not plain or "\\" in text or not text.isprintable() or " " in text:
        return "/"
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or parts.path.startswith(("//", "/sign-", "/enter/", "/api/", "/door/", "/_")):
        return "/"
    return text


class _Door:
    def __init__(self, options: ServeOptions, limits: Limits) -> None:
        self._options, self._limits = options, limits
        self._waiting = 0

    # -- signing in -----------------------------------------------------------------------------------------------------
    async def sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            wanted = local_page(request.query_params.get("next", ""))
            if _principal(request) is not None:
                return RedirectResponse(wanted, 303)
            return page(door.sign_in(next_page=wanted))
        try:
            form = await _form(request)
        except InputError as error:
            return page(door.sign_in(fault=error.message), error.http_status)
        name, wanted = form.get("name", "")[:200].strip(), local_page(form.get("next", ""))
        where = origin(_origin(request))
        tries = ((TRY_NAME_HERE, f"{where} {name.casefold()}"), (TRY_NAME, name.casefold()), (TRY_HERE, where))
        try:
            self._take(tries)
            session = await self._work(_doors(request).sign_in, name, form.get("password", ""))
        except UnknownPersonError as error:
            await self._work(_note_failure, request, name)
            return page(door.sign_in(next_page=wanted, name=name, fault=error.message, hint=error.hint or ""), 401)
        except LifeworthError as error:
            headers = {"Retry-After": str(round(error.retry_after))} if isinstance(error, TooManyError) else {}
            told = door.sign_in(next_page=wanted, name=name, fault=error.message, hint=error.hint or "")
            return page(told, error.http_status, headers)
        for pace, key in tries:
            self._limits.give_back(pace, key)
        return await self._come_in(request, session, wanted, "password")

    def _take(self, tries: tuple[tuple[Pace, str], ...]) -> None:
        """One try of each, or none of any."""
        if wait := max(self._limits.wait(pace, key) for pace, key in tries):
            raise too_many(wait)
        for pace, key in tries:
            self._limits.take(pace, key)

    # -- coming in by a link ----------------------------------------------------------------------------------------------
    async def enter(self, request: Request) -> Response:
        key, doors = request.path_params["key"], _doors(request)
        if request.method == "HEAD" or "prefetch" in request.headers.get(
            "sec-purpose", request.headers.get("purpose", "")
        ):
            # A link is used by a person who opens it, not by a program that looks where it leads.
            return Response(None, 204, {"Cache-Control": "no-store"})
        where = origin(_origin(request))
        try:
            if wait := self._limits.wait(TRY_HERE, where):
                raise too_many(wait)
            user, needs = await self._work(_invited, doors, key)
            if request.method == "GET" and not needs:
                session, _ = await self._work(doors.enter, key)
                return await self._come_in(request, session, "/", "link")
            if request.method == "GET":
                return page(door.invitation(name=user.name, shortest=passwords.SHORTEST))
            form = await _form(request)
            if form.get("password") != form.get("again"):
                told = ("The two are not the same.",)
                return page(door.invitation(name=user.name, shortest=passwords.SHORTEST, faults=told), 422)
            session, _ = await self._work(doors.enter, key, form.get("password", ""))
        except InputError as error:
            said = (error.message, *error.faults)
            return page(door.invitation(name=user.name, shortest=passwords.SHORTEST, faults=said), error.http_status)
        except LifeworthError as error:
            if isinstance(error, UnknownPersonError):
                self._limits.take(TRY_HERE, where)
            return page(door.word(error.message, error.hint or ""), error.http_status)
        return await self._come_in(request, session, "/", "invitation")

    async def _come_in(self, request: Request, session: str, wanted: str, by: str) -> Response:
        """Into the product with a new session; the one before is over."""
        before = session_of(request.headers, self._options.cookie)
        await self._work(_came_in, request, session, before, by)
        answer = RedirectResponse(wanted, 303, {"Cache-Control": "no-store"})
        answer.set_cookie(
            self._options.cookie,
            session,
            max_age=round(self._options.session_hours * 3600),
            path="/",
            secure=self._options.secure,
            httponly=True,
            samesite="lax",
        )
        return answer

    # -- leaving --------------------------------------------------------------------------------------------------------
    async def sign_out(self, request: Request) -> Response:
        who = _principal(request)
        if request.method != "POST":
            return RedirectResponse("/sign-in", 303) if who is None else page(door.sign_out(name=who.name))
        if key := session_of(request.headers, self._options.cookie):
            await self._work(_left, request, key)
        answer = RedirectResponse("/sign-in", 303, {"Cache-Control": "no-store"})
        answer.delete_cookie(self._options.cookie, path="/", secure=self._options.secure, httponly=True, samesite="lax")
        return answer

    async def _work(self, function: Callable[..., T], *arguments: object) -> T:
        """Off the loop, a few at a time; who comes when too many wait is sent away."""
        if self._waiting >= WAITING:
            raise too_many(2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(_WORK, function, *arguments)
        finally:
            self._waiting -= 1


def _invited(doors: Doors, key: str) -> tuple[User, bool]:
    return doors.invited(key), doors.needs_password(key)


def _came_in(request: Request, session: str, before: str, by: str) -> None:
    doors = _doors(request)
    if before:
        doors.sign_out(before)
    _trail(request).note(doors.principal(session).name, "sign-in", origin=_origin(request), detail={"by": by})


def _left(request: Request, key: str) -> None:
    who = _principal(request)
    _doors(request).sign_out(key)
    if who is not None:
        _trail(request).note(who.name, "sign-out", origin=_origin(request))


def _note_failure(request: Request, name: str) -> None:
    # Many have typed a password where the name belongs: what is no name of anybody here is not written down.
    known = _doors(request).user_named(name)
    who = known.name if known is not None else "somebody unknown"
    _trail(request).note(who, "sign-in", outcome="refused", origin=_origin(request))


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = b""
    async for piece in request.stream():
        raw += piece
        if len(raw) > FORM:
            raise InputError("The form is larger than this page sends.")
    if kind != "application/x-www-form-urlencoded":
        raise InputError("This page takes its own form only.")
    try:
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10))
    except ValueError as error:
        raise InputError("The form has more fields than this page sends.") from error


def _file(make: Callable[[], str], media: str) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        del request
        return Response(make(), media_type=media, headers={"Cache-Control": "public, max-age=3600"})

    return answer


def _doors(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


def _trail(request: Request) -> Trail:
    trail: Trail = request.app.state.trail
    return trail


def _principal(request: Request) -> Principal | None:
    who: Principal | None = request.scope["state"].get("principal")
    return who


def _origin(request: Request) -> str:
    return str(request.scope["state"].get("origin", ""))
