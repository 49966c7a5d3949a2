"""What the tests in a browser stand on: a server of their own, and a tab that is watched for faults."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.api.options import ServeOptions
from lifeworth.data.book import book_of

ARTEFACTS = os.environ.get("LIFEWORTH_ARTEFACTS")
"""Folder that keeps the screenshots, where one is named."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


@dataclass
class Served:
    """A server of the tests' own: where it answers, and what opens its door."""

    base: str
    port: int
    workspace: Path
    session: str


@dataclass
class Watched:
    """A tab, and what went wrong in it."""

    tab: Any
    faults: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Go to an address and wait until nothing is on its way any more."""
        self.tab.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is on its way and no answer is being worked out any more."""
        self.tab.wait_for_load_state("networkidle")
        self.tab.wait_for_function("() => !document.querySelector('.working, .skeleton')", timeout=60_000)
        self.tab.wait_for_load_state("networkidle")

    def keep(self, name: str) -> None:
        """A screenshot as an artefact of the test run."""
        if ARTEFACTS:
            folder = Path(ARTEFACTS)
            folder.mkdir(parents=True, exist_ok=True)
            self.tab.screenshot(path=folder / f"{name}.png", full_page=True)


@contextmanager
def served_at(workspace: Path, log: Path) -> Iterator[Served]:
    """`lifeworth serve` on a free port of loopback, with a session of the first admin, until the block ends."""
    key = Doors(book_of(workspace)).first_link()
    assert key is not None
    session, _ = Doors(book_of(workspace)).enter(key)
    process, base, port = serve(workspace, log)
    try:
        yield Served(base, port, workspace, session)
    finally:
        process.terminate()
        process.wait(30)


def serve(workspace: Path, log: Path) -> tuple[subprocess.Popen[bytes], str, int]:
    """Start `lifeworth serve` on a free port of loopback and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "lifeworth.cli.main", "serve", "--workspace", str(workspace), "--port", str(port), "--no-browser"]  # fmt: skip
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
    base = f"http://127.0.0.1:{port}"
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{base}/api/v1/health", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
        else:
            return process, base, port
    process.kill()
    pytest.fail(f"the server did not come up:\n{log.read_text(encoding='utf-8')[-3000:]}")


def watched(browser: Any, served: Served | None = None, **said: Any) -> Watched:
    """A tab of its own, signed in where a server is given; what its console and its answers complain of is kept."""
    context = browser.new_context(viewport={"width": 1360, "height": 900}, accept_downloads=True, **said)
    context.set_default_timeout(60_000)
    if served is not None:
        context.add_cookies(
            [{"name": ServeOptions(port=served.port).cookie, "value": served.session, "url": served.base}]
        )
    found = Watched(context.new_page())

    def said_loud(message: Any) -> None:
        if message.type == "error":
            found.faults.append(f"console: {message.text[:300]}")

    def broke(error: Any) -> None:
        found.faults.append(f"page: {str(error)[:300]}")

    def answered(response: Any) -> None:
        if response.status >= 400:
            found.faults.append(f"{response.status}: {response.url}")

    found.tab.on("console", said_loud)
    found.tab.on("pageerror", broke)
    found.tab.on("response", answered)
    return found
