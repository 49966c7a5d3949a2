"""The dashboard in a real browser: every page loads without a fault, fits a telephone, and keeps the rules of accessibility."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.api.options import ServeOptions
from lifeworth.dashboard.catalogue import catalogue
from lifeworth.data.book import book_of

pytestmark = pytest.mark.browser

ARTEFACTS = os.environ.get("LIFEWORTH_ARTEFACTS")
"""Folder that keeps the screenshots, where one is named."""
PAGES = [one.name for one in catalogue().entries if getattr(one.sheet, "listed", True)]
GRAVE = {"serious", "critical"}


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


@pytest.fixture(scope="module")
def served(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(made_workspace, folder, symlinks=True)
    key = Doors(book_of(folder)).first_link()
    assert key is not None
    session, _ = Doors(book_of(folder)).enter(key)
    process, base, port = serve(folder, folder.parent / "log")
    try:
        yield Served(base, port, folder, session)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
        found = play.chromium.launch(executable_path=chromium, args=flags)
        yield found
        found.close()


def watched(browser: Any, served: Served, **said: Any) -> Watched:
    context = browser.new_context(viewport={"width": 1360, "height": 900}, accept_downloads=True, **said)
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": ServeOptions(port=served.port).cookie, "value": served.session, "url": served.base}])
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


def kept(tab: Any, name: str) -> None:
    """A screenshot as an artefact of the test run."""
    if ARTEFACTS:
        folder = Path(ARTEFACTS)
        folder.mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def seen(browser: Any, served: Served) -> Iterator[Watched]:
    """One tab for all pages: what a person has who walks through them."""
    found = watched(browser, served)
    yield found
    found.tab.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_without_a_fault_and_keeps_the_rules_of_accessibility(
    seen: Watched, served: Served, name: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen.faults.clear()
    seen.open(f"{served.base}/{name}")
    assert seen.tab.locator("h1").count() == 1
    assert not seen.faults, seen.faults
    kept(seen.tab, name)
    for scheme in ("light", "dark"):
        if scheme == "dark":
            seen.tab.locator("#switch").click()
            seen.tab.wait_for_timeout(400)
            kept(seen.tab, f"{name}-dark")
        found = Axe().run(seen.tab).response["violations"]
        grave = [
            f"{one['id']}: {one['help']} {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in GRAVE
        ]
        assert not grave, f"{scheme}: {grave}"
    seen.tab.locator("#switch").click()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_telephone(browser: Any, served: Served, name: str) -> None:
    small = watched(browser, served)
    try:
        small.tab.set_viewport_size({"width": 390, "height": 844})
        small.open(f"{served.base}/{name}")
        kept(small.tab, f"{name}-390")
        wide = small.tab.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= 390, f"{wide} px wide"
        assert not small.faults, small.faults
    finally:
        small.tab.context.close()


def test_every_page_is_reached_by_the_keyboard_from_the_skip_link(seen: Watched, served: Served) -> None:
    seen.open(served.base)
    seen.tab.keyboard.press("Tab")
    assert "Skip" in seen.tab.evaluate("() => document.activeElement.textContent")
    reached = set()
    for _ in range(60):
        seen.tab.keyboard.press("Tab")
        href = seen.tab.evaluate("() => document.activeElement.getAttribute('href')")
        if href and re.fullmatch(r"/[\w-]*", href):
            reached.add(href.strip("/"))
    assert set(PAGES) - {"overview"} <= reached


def test_a_filter_stands_in_the_address_and_the_address_brings_it_back(seen: Watched, served: Served) -> None:
    seen.open(f"{served.base}/cohorts?metric=revenue&by=quarter&cumulative=true")
    assert "Net revenue" in seen.tab.locator("#answer").inner_text()
    assert re.search(r"\d{4} Q\d", seen.tab.locator("#answer").inner_text())
    seen.open(f"{served.base}/cohorts?metric=nonsense")
    assert "nonsense" in seen.tab.locator("main").inner_text()


def test_nobody_comes_in_without_a_key(browser: Any, served: Served) -> None:
    context = browser.new_context()
    try:
        tab = context.new_page()
        tab.goto(f"{served.base}/customers")
        assert "/sign-in" in tab.url
        assert "customers" in tab.url
    finally:
        context.close()
