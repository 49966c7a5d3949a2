"""A workspace that is served, people of every role and function, and a client for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio.from_thread
import httpx
import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI

from lifeworth.access.roles import ROLE_SCOPES, SEE_PERSONS, Principal, Role, Scope
from lifeworth.api.app import create

BASE = "http://127.0.0.1:8321"
API = "/api/v1"


@dataclass
class Served:
    """An application with people in it."""

    app: FastAPI
    root: Path
    portal: BlockingPortal
    admin: Principal
    keys: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def key(self, name: str, role: Role, function: str = "", *, scopes: frozenset[Scope] | None = None) -> str:
        """A token of somebody of this role and function, made at the first need."""
        if name not in self.keys:
            doors = self.app.state.doors
            personal = function in SEE_PERSONS
            user = doors.add_service(name, role, function, personal=personal)
            allowed = scopes or (ROLE_SCOPES[role] | ({Scope.PERSONAL} if personal else set()))
            self.keys[name] = doors.make_token(self.admin, name, sorted(allowed), user_id=user.user_id)
        return self.keys[name]

    def ask(self, method: str, path: str, key: str | None = None, **more: Any) -> httpx.Response:
        """Ask an address below /api/v1."""
        headers = dict(more.pop("headers", None) or {})
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return self.request(method, API + path, headers=headers, **more)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask any address."""

        async def asked() -> httpx.Response:
            # Each from an address of its own: how often a stranger may ask is looked at elsewhere.
            self.asked += 1
            transport = httpx.ASGITransport(self.app, client=(f"192.0.2.{self.asked % 250}", 50_000))
            async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=120) as client:
                answer = await client.request(method, path, **more)
                await answer.request.aread()  # whoever looks at the answer may ask what was sent
                return answer

        return self.portal.call(asked)


def serve(root: Path) -> Iterator[Served]:
    """A served workspace; the link of the first start has been used."""
    app = create(root)
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        doors = app.state.doors
        _, admin = doors.enter(doors.first_link())
        yield Served(app, root, portal, admin)
        # What a test began ends with it.
        for job in app.state.jobs.list(200):
            if job.open:
                app.state.jobs.cancel(job.job_id)
        for process in list(app.state.jobs._ours.values()):
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def served(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all tests that change nothing others look at."""
    root = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(made_workspace, root, symlinks=True)
    yield from serve(root)


@pytest.fixture
def fresh(workspace_copy: Path) -> Iterator[Served]:
    """One of a test's own."""
    yield from serve(workspace_copy)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """A workspace in which nothing was run yet."""
    yield from serve(tmp_path / "empty")


@pytest.fixture(scope="session")
def boss(served: Served) -> str:
    """A token that may everything."""
    return served.key("boss", Role.ADMIN, "marketing")


@pytest.fixture(scope="session")
def masked(served: Served) -> str:
    """A token of an analyst who may not see personal data."""
    return served.key("masked", Role.ANALYST, "finance")


@pytest.fixture(scope="session")
def get(served: Served, boss: str) -> Callable[..., httpx.Response]:
    """Read an address as the boss."""
    return lambda path, **more: served.ask("GET", path, boss, **more)
