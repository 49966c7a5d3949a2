"""The application: one workspace, its API under `/api/v1`, everything before it that keeps strangers out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as Address

from lifeworth.access.doors import Doors
from lifeworth.access.trail import Trail
from lifeworth.api import bind, problems
from lifeworth.api.call import House, Route
from lifeworth.api.describe import ROOT, description
from lifeworth.api.looks import Looks
from lifeworth.api.numbered import Numbered
from lifeworth.api.options import ServeOptions
from lifeworth.api.permits import PERMITS
from lifeworth.api.replies import Replies
from lifeworth.api.resources import (
    alerts,
    calculator,
    card,
    customers,
    exports,
    health,
    imports,
    jobs,
    pages,
    people,
    persons,
    reviews,
    runs,
    trail,
    views,
)
from lifeworth.api.security import door
from lifeworth.api.security.stack import stack
from lifeworth.api.wire import endpoint
from lifeworth.errors import LifeworthError
from lifeworth.jobs.jobs import Jobs
from lifeworth.jobs.uploads import Uploads
from lifeworth.serving.desk import Desk

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def routes() -> list[Route]:
    """Every address of the API."""
    subjects = (
        alerts,
        customers,
        exports,
        pages,
        runs,
        imports,
        jobs,
        calculator,
        views,
        card,
        reviews,
        people,
        persons,
        trail,
        health,
    )
    return [*(route for subject in subjects for route in subject.ROUTES), *bind.routes()]


def create(root: Path, *, state: str | None = None, options: ServeOptions | None = None) -> FastAPI:
    """The application on a workspace.

    Args:
        root: The workspace; it may be empty still.
        state: URL of the database of its state; by default `state.db` in the folder.
        options: How it is served; by default for this machine alone.
    """
    told = options or ServeOptions(workspace=root)
    root.mkdir(parents=True, exist_ok=True)
    desk = Desk(root, state=state)
    doors = Doors(desk.book, idle_hours=told.idle_hours, session_hours=told.session_hours)
    trail_, uploads = Trail(desk.book), Uploads(root, desk.book, largest=told.max_upload)
    house = House(desk, doors, trail_, Jobs(root, desk.book), uploads, Looks(trail_))
    app = FastAPI(
        title="Lifeworth",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_life(house),
        redirect_slashes=False,
        middleware=[Middleware(Numbered), *stack(told)],
    )
    app.state.options = told
    app.state.house = house
    app.state.desk, app.state.doors, app.state.trail, app.state.jobs = desk, doors, trail_, house.jobs
    app.router.routes.extend(door.routes(told))
    _serve(app, house)
    return app


def _serve(app: FastAPI, house: House) -> None:
    known, replies = routes(), Replies(house.desk.book)
    said = description(known)
    app.openapi = lambda: said  # type: ignore[method-assign]
    table = [
        Address(ROOT + one.path, endpoint(one, house, replies), methods=[one.method], name=one.name) for one in known
    ]
    by_path: dict[str, list[str]] = {}
    for one in known:
        by_path.setdefault(one.path, []).append(one.method)
    # A look-up of one customer is asked most: its address is the first that is tried, behind the ones it would swallow.
    app.router.routes.extend(table)
    app.router.routes.append(Address(f"{ROOT}/openapi.json", _told(said), methods=["GET"]))
    app.router.routes.extend(
        Address(ROOT + path, _refuse(methods), methods=METHODS) for path, methods in by_path.items()
    )
    for lost in ("/api", "/api/{rest:path}"):
        # The dashboard answers every address that nobody else does; a program must be told that there is none.
        app.router.routes.append(Address(lost, _nowhere, methods=METHODS))
    app.add_exception_handler(LifeworthError, _problem)
    app.add_exception_handler(HTTPException, _http)
    missing = {one.key for one in known} ^ set(PERMITS)
    if missing:
        raise RuntimeError(f"addresses without a permit, or permits without an address: {sorted(missing)}")


def _life(house: House) -> Any:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        del app
        await to_thread.run_sync(_begin, house)
        yield
        await to_thread.run_sync(_end, house)

    return life


def _begin(house: House) -> None:
    with suppress(LifeworthError):
        house.uploads.sweep()
    house.jobs.resume_all()


def _end(house: House) -> None:
    house.jobs.close()
    house.looks.close()
    house.desk.close()


def _told(said: Any) -> Any:
    async def openapi(request: Request) -> Response:
        del request
        return JSONResponse(said, headers={"Cache-Control": "no-cache"})

    return openapi


def _refuse(methods: list[str]) -> Any:
    allowed = ", ".join(sorted(methods))

    async def refused(request: Request) -> Response:
        error = HTTPException(405, f"{request.method} is not known here; {allowed} is.", {"Allow": allowed})
        return problems.of_http(error, request.url.path)

    return refused


async def _nowhere(request: Request) -> Response:
    return problems.nowhere(request)


async def _problem(request: Request, error: Exception) -> Response:
    if isinstance(error, LifeworthError):
        return problems.problem(error, request.url.path)
    return problems.fault(error, request.url.path)


async def _http(request: Request, error: Exception) -> Response:
    return (
        problems.of_http(error, request.url.path)
        if isinstance(error, HTTPException)
        else await _problem(request, error)
    )
