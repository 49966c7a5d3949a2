"""`lifeworth serve`: where it listens, what it prints, how it ends; and what it says when it cannot."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lifeworth.cli import serve

TINY = """
import asyncio, json, os
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from lifeworth.api.app import create
from lifeworth.api.options import ServeOptions

async def slow(request):
    await asyncio.sleep(1.5)
    return PlainTextResponse("slow but whole")

async def broken(request):
    raise RuntimeError(f"Authorization: {request.headers.get('authorization')}")

async def who(request):
    return PlainTextResponse(f"{request.client.host} {os.getpid()}")

def application():
    options = ServeOptions.model_validate_json(os.environ["LIFEWORTH_SERVE"])
    app = create(options.workspace, options=options, state=options.state)
    for path, answer in (("/door/slow", slow), ("/door/broken", broken), ("/door/who", who)):
        app.router.routes.insert(0, Route(path, answer))
    return app
"""
"""A server as the dashboard makes it, and three addresses to try it with that need no sign-in."""

START = (
    "import lifeworth.cli.serve as s; s.APPLICATION = 'tiny:application'; from lifeworth.cli.main import main; main()"
)


class Served:
    """A server in a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        (folder / "tiny.py").write_text(TINY, encoding="utf-8")
        path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.log = (folder / f"log-{time.monotonic_ns()}").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "serve", "-w", str(folder / "shop"), "--port", "0", *words],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ctrl-C"):
                break
        found = re.search(r"(https?://\S+:\d+)", self.said)
        self.home = found[1] if found else ""

    @property
    def link(self) -> str:
        return re.findall(r"\S+/enter/\S+", self.said)[0]

    def get(self, path: str, **told: Any) -> httpx.Response:
        return httpx.get(path if path.startswith("http") else self.home + path, timeout=60, **told)

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(how)
        status = self.process.wait(60)
        self.log.seek(0)
        return status, self.log.read()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts servers on one workspace, and ends those that are left."""
    all_of_them: list[Served] = []

    def start(*words: str) -> Served:
        all_of_them.append(Served(tmp_path, *words))
        return all_of_them[-1]

    yield start
    for one in all_of_them:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        assert one.process.stdout is not None
        one.process.stdout.close()
        one.log.close()


def test_the_first_start_prints_a_link_that_leads_in_once(served: Callable[..., Served]) -> None:
    one = served()
    assert one.home.startswith("http://127.0.0.1:")
    assert one.link.startswith(f"{one.home}/enter/")
    answer = one.get(one.link)
    assert answer.status_code == 303
    who = one.get("/api/v1/me", cookies=dict(answer.cookies)).json()
    assert (who["role"], who["kind"]) == ("admin", "session")
    assert one.get(one.link).status_code == 401
    assert "server" not in answer.headers


def test_ctrl_c_ends_it_when_what_is_in_hand_is_done(served: Callable[..., Served]) -> None:
    one, answers = served(), []
    assert one.get("/door/who").status_code == 200
    asking = threading.Thread(target=lambda: answers.append(one.get("/door/slow").text))
    asking.start()
    time.sleep(0.5)
    status, log = one.end()
    asking.join()
    assert answers == ["slow but whole"]
    assert status == 0
    assert "Traceback" not in log


def test_no_key_is_in_what_it_logs(served: Callable[..., Served]) -> None:
    one = served()
    one.get(one.link)
    one.get("/enter/some-guess-of-a-key-that-is-long-enough")
    assert (
        one.get("/door/broken", headers={"authorization": "Bearer lw_hunter2hunter2hunter2hunter2"}).status_code == 500
    )
    _, log = one.end()
    assert "RuntimeError" in log
    assert not [
        key
        for key in (one.link.rpartition("/")[2], "some-guess", "hunter2")
        if key in log + one.said.replace(one.link, "")
    ]


@pytest.mark.slow
def test_two_servers_and_several_workers_answer_on_one_workspace(served: Callable[..., Served]) -> None:
    one, other = served("--workers", "2"), served()
    session = dict(other.get(other.link).cookies)
    assert other.get("/api/v1/me", cookies=session).status_code == 200
    told = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}
    assert other.get("/door/who", headers=told).text.startswith("127.0.0.1 ")
    (key,) = session.values()
    # Cookies are named after the port; the session itself is the workspace's.
    named = {f"lifeworth-session-{one.home.rpartition(':')[2]}": key}
    assert one.get("/api/v1/me", cookies=named).status_code == 200
    processes = {one.get("/door/who").text for _ in range(30)}
    assert len(processes) >= 1
    assert one.end()[0] == 0
    assert other.get("/api/v1/health").status_code == 200


@pytest.fixture
def forgiving() -> Iterator[None]:
    """uvicorn leaves the socket it could not bind to the end of the program, which in a test is not near."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.mark.usefixtures("forgiving")
def test_a_port_that_is_taken_is_said_with_another(lifeworth: Any, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = lifeworth("serve", "-w", tmp_path, "--port", port)
    assert ended.status == 1
    assert f"port {port} already" in ended.err
    assert f"--port {port + 1}" in ended.err
    assert "enter" not in ended.out


@pytest.mark.usefixtures("forgiving")
def test_an_address_of_another_machine_is_said(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("serve", "-w", tmp_path, "--host", "192.0.2.1", "--behind-proxy", "https://clv.example.com")
    assert ended.status == 1
    assert "Nothing can listen on 192.0.2.1" in ended.err


def test_wider_than_this_machine_without_tls_is_refused_before_anything_is_made(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("serve", "-w", tmp_path / "shop", "--host", "0.0.0.0")
    assert ended.status == 2
    assert "--behind-proxy" in ended.err
    assert not (tmp_path / "shop").exists()


def test_a_folder_that_cannot_be_written_is_said(lifeworth: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    ended = lifeworth("serve", "-w", tmp_path / "file" / "shop")
    assert ended.status == 1
    assert "cannot be written" in ended.err
    assert "Traceback" not in ended.err


def test_a_missing_extra_is_said_with_how_to_get_it(
    lifeworth: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == "dash" else object())
    ended = lifeworth("serve", "-w", tmp_path)
    assert ended.status == 1
    assert "not installed: dash." in ended.err
    assert 'pip install "lifeworth[serve]"' in ended.err


def test_every_wrong_option_is_told_at_once(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("serve", "-w", tmp_path, "--port", "99999", "--workers", "0", "--behind-proxy", "http://x")
    assert ended.status == 2
    assert [word for word in ("--port", "--workers", "--behind-proxy") if word not in ended.err] == []


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be served, without serving it."""
    found: list[Any] = []

    def keep(server: Any, listening: Any) -> None:
        found.append((server.config, json.loads(os.environ[serve.VARIABLE])))

    monkeypatch.setenv(serve.VARIABLE, "")
    monkeypatch.setattr(serve, "_answer", keep)
    return found


def test_workers_are_told_everything_by_the_environment(lifeworth: Any, tmp_path: Path, handed_over: list[Any]) -> None:
    ended = lifeworth(
        "serve", "-w", tmp_path, "--port", "0", "--workers", "3", "--idle-hours", "2", "--max-upload", "5000"
    )
    assert ended.status == 0
    config, told = handed_over[0]
    assert (told["workspace"], told["workers"], told["idle_hours"], told["max_upload"]) == (str(tmp_path), 3, 2, 5_000)
    assert told["port"] > 0
    assert f"127.0.0.1:{told['port']}" in ended.out
    assert config.workers == 3


def test_uvicorn_writes_no_access_log_and_believes_no_stranger(
    lifeworth: Any, tmp_path: Path, handed_over: list[Any]
) -> None:
    lifeworth("serve", "-w", tmp_path, "--port", "0")
    ended = lifeworth(
        "serve", "-w", tmp_path, "--port", "0", "--behind-proxy", "https://c.example", "--trusted-proxy", "192.0.2.5"
    )
    assert "https://c.example\nThe proxy reaches it at http://127.0.0.1:" in ended.out
    alone, proxied = (config for config, _ in handed_over)
    assert not alone.proxy_headers
    assert not alone.access_log
    assert not alone.server_header
    assert proxied.proxy_headers
    assert proxied.forwarded_allow_ips == ["192.0.2.5"]


def test_once_an_admin_has_a_password_no_link_is_printed(
    lifeworth: Any, tmp_path: Path, handed_over: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lifeworth.access import passwords
    from lifeworth.access.doors import Doors
    from lifeworth.data.book import book_of

    monkeypatch.setattr(passwords, "COST", passwords.Cost(2**4, 8, 1))
    doors = Doors(book_of(tmp_path))
    doors.enter(doors.add_user("Grace", "admin"), "correct horse battery")
    assert "/enter/" not in lifeworth("serve", "-w", tmp_path, "--port", "0").out


def test_a_browser_is_led_in_without_the_key_on_a_command_line(
    lifeworth: Any, tmp_path: Path, handed_over: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    opened: list[tuple[str, str, int]] = []

    def look(address: str) -> bool:
        page = Path(address.removeprefix("file://"))
        opened.append((address, page.read_text(encoding="utf-8"), stat.S_IMODE(page.stat().st_mode)))
        return True

    monkeypatch.setattr(webbrowser, "open", look)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ended = lifeworth("serve", "-w", tmp_path, "--port", "0")
    key = re.findall(r"/enter/(\S+)", ended.out)[0]
    ((address, page, mode),) = opened
    assert key not in address
    assert key in page
    assert mode == 0o600
    assert not Path(address.removeprefix("file://")).exists()
    lifeworth("serve", "-w", tmp_path, "--port", "0", "--no-browser")
    assert len(opened) == 1
