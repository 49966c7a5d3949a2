"""A served workspace with its dashboard, somebody signed in, and callbacks asked as a browser asks them."""

from __future__ import annotations

import json
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

from lifeworth.access.roles import Role
from lifeworth.api.app import create
from lifeworth.dashboard.server import attach

BASE = "http://127.0.0.1:8321"


@dataclass
class Browser:
    """Asks pages and callbacks of the dashboard; by default as the admin."""

    app: FastAPI
    portal: BlockingPortal
    sessions: dict[str, str] = field(default_factory=dict)
    who: str = "admin"

    def get(self, path: str) -> httpx.Response:
        """Open an address."""
        return self._asked("GET", path, headers={"Accept": "text/html,*/*;q=0.8"})

    def call(
        self, output: str, inputs: dict[str, Any], *, at: str = "/", changed: str = "", **state: Any
    ) -> httpx.Response:
        """Ask a callback by its output, as Dash's script does.

        Args:
            output: The callback's name: "answer.children", or several between two dots.
            inputs: Its inputs, "question.data" to value, in order.
            at: The address the browser shows.
            changed: The input that changed; by default the first.
            state: Further states, "id.property" to value.
        """
        pathname, _, search = at.partition("?")
        told = {**state, "address.pathname": pathname, "address.search": f"?{search}" if search else ""}
        names = output.strip(".").split("...")
        outputs = [_outlet(name) for name in names]
        body = {
            "output": output,
            "outputs": outputs if output.startswith("..") else outputs[0],
            "inputs": [_prop(name, value) for name, value in inputs.items()],
            "state": [_prop(name, value) for name, value in told.items()],
            "changedPropIds": [changed or next(iter(inputs))],
        }
        return self.send(body)

    def send(self, body: dict[str, Any]) -> httpx.Response:
        """Ask a callback in Dash's own words."""
        return self._asked("POST", "/_dash-update-component", json=body, headers={"Origin": BASE})

    def answer(self, at: str) -> Any:
        """What stands in the room of the answer at an address, once it is there."""
        search = at.partition("?")[2]
        for _ in range(200):
            said = self.call(
                "..answer.children...again.disabled..",
                {"question.data": f"?{search}" if search else "", "again.n_intervals": 0},
                at=at,
            )
            assert said.status_code == 200, said.text
            made = said.json()["response"]
            if made["again"]["disabled"]:
                return made["answer"]["children"]
        raise AssertionError("the answer never came")

    def page(self, at: str) -> Any:
        """The page at an address without its answer."""
        pathname, _, search = at.partition("?")
        inputs = {"address.pathname": pathname, "address.search": f"?{search}" if search else ""}
        said = self.call("..page.children...about-run.children..", inputs, at=at, **{"own-search.data": None})
        assert said.status_code == 200, said.text
        return said.json()["response"]["page"]["children"]

    def as_(self, name: str) -> Browser:
        """The same browser with somebody else before it."""
        return Browser(self.app, self.portal, self.sessions, name)

    def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        cookies = {self.app.state.options.cookie: self.sessions[self.who]} if self.who in self.sessions else {}

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=120, cookies=cookies) as client:
                return await client.request(method, path, **more)

        return self.portal.call(asked)


def open_on(root: Path) -> Iterator[Browser]:
    """A browser on a workspace: an admin, an analyst of finance without personal data, a viewer of marketing."""
    app = create(root)
    attach(app)
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        doors = app.state.doors
        sessions = {"admin": doors.enter(doors.first_link())[0]}
        for name, role, function in (("finance", Role.ANALYST, "finance"), ("viewer", Role.VIEWER, "marketing")):
            sessions[name] = doors.enter(doors.add_user(name, role, function), "a long enough password")[0]
        yield Browser(app, portal, sessions)


@pytest.fixture(scope="session")
def browser(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One on the company of all tests."""
    root = tmp_path_factory.mktemp("boards") / "workspace"
    shutil.copytree(made_workspace, root, symlinks=True)
    yield from open_on(root)


@pytest.fixture
def empty_browser(tmp_path: Path) -> Iterator[Browser]:
    """One on a workspace in which nothing was run."""
    yield from open_on(tmp_path / "empty")


@pytest.fixture(scope="session")
def words() -> Callable[[Any], str]:
    """What a component says."""
    return _words


@pytest.fixture(scope="session")
def opened() -> Callable[[Path], Iterator[Browser]]:
    """Opens a browser on a workspace."""
    return open_on


def _words(component: Any) -> str:
    """All words of a component, its tables' too."""
    if component is None or isinstance(component, bool | int | float):
        return ""
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(map(_words, component))
    props = component["props"] if isinstance(component, dict) else component.to_plotly_json()["props"]
    return f"{_words(props.get('children'))} {props.get('data-table', '')}"


def _prop(name: str, value: Any) -> dict[str, Any]:
    at, _, prop = name.rpartition(".")
    return {"id": json.loads(at) if at.startswith("{") else at, "property": prop, "value": value}


def _outlet(name: str) -> dict[str, Any]:
    at, _, prop = name.rpartition(".")
    return {"id": json.loads(at) if at.startswith("{") else at, "property": prop}
