"""A small application behind everything a request passes, with people who may come in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from lifeworth.access import passwords
from lifeworth.access.doors import Doors
from lifeworth.access.limits import Limits
from lifeworth.access.trail import Trail
from lifeworth.api.options import ServeOptions
from lifeworth.api.security import door
from lifeworth.api.security.stack import stack
from lifeworth.data.book import book_of

HOME = "http://127.0.0.1:8321"
OWN = {"origin": HOME}
PAGE = {"accept": "text/html,application/xhtml+xml"}
PASSWORD = "correct horse battery"


class Browser:
    """Asks an application as a browser does that follows no redirect and keeps cookies."""

    def __init__(self, app: Any, base_url: str = HOME, cookies: dict[str, str] | None = None) -> None:
        self.app, self._home = app, base_url
        self.cookies = httpx.Cookies(cookies)

    def request(self, method: str, path: str, **told: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, client=("testclient", 50_000))
            async with httpx.AsyncClient(transport=transport, base_url=self._home, cookies=self.cookies) as client:
                answer = await client.request(method, path, **told)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path: str, **told: Any) -> httpx.Response:
        return self.request("GET", path, **told)

    def post(self, path: str, **told: Any) -> httpx.Response:
        return self.request("POST", path, **told)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(2**4, 8, 1))


async def me(request: Request) -> Response:
    who = request.scope["state"]["principal"]
    return JSONResponse(
        {"name": who and who.name, "kind": who and who.kind, "origin": request.scope["state"]["origin"]}
    )


async def size(request: Request) -> Response:
    total = 0
    async for piece in request.stream():
        total += len(piece)
    return PlainTextResponse(str(total))


async def index(request: Request) -> Response:
    return HTMLResponse("<p>page</p>")


async def broken(request: Request) -> Response:
    raise RuntimeError(f"the secret is {request.query_params['token']}")


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Callable[..., Starlette]]:
    """Makes an application with options of its own, all on one workspace."""
    book = book_of(tmp_path)

    def make(limits: Limits | None = None, **told: Any) -> Starlette:
        options = ServeOptions(workspace=tmp_path, **told)
        every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        places = {
            "/api/v1/health": me,
            "/api/v1/me": me,
            "/api/v1/imports": size,
            "/api/v1/size": size,
            "/_dash-update-component": size,
            "/assets/x.css": size,
            "/broken": broken,
            "/{page:path}": index,
        }
        routes = [*door.routes(options, limits), *(Route(path, one, methods=every) for path, one in places.items())]
        app = Starlette(routes=routes, middleware=stack(options))
        app.state.doors, app.state.trail = Doors(book), Trail(book)
        app.state.csp_hashes = ("sha256-abc=", "'sha256-def='")
        return app

    yield make
    book.close()


@pytest.fixture
def app(application: Callable[..., Starlette]) -> Starlette:
    return application()


@pytest.fixture
def doors(app: Starlette) -> Doors:
    found: Doors = app.state.doors
    return found


@pytest.fixture
def client(app: Starlette) -> Browser:
    return Browser(app, base_url=HOME)


@pytest.fixture
def token(doors: Doors) -> str:
    """An API token of an admin called Grace, who has a password."""
    _, who = doors.enter(doors.add_user("Grace", "admin"), PASSWORD)
    return doors.make_token(who, "test", ["read", "run"])


@pytest.fixture
def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def signed_in(client: Browser, token: str) -> Browser:
    """A browser in which Grace has signed in."""
    del token
    answer = client.post("/sign-in", data={"name": "Grace", "password": PASSWORD}, headers=OWN)
    assert answer.status_code == 303
    return client
