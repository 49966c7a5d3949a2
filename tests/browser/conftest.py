"""What every test in a browser shares: the browser itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.driven import FLAGS, Served, Watched, served_at, watched


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def served(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(made_workspace, folder, symlinks=True)
    with served_at(folder, folder.parent / "log") as found:
        yield found


@pytest.fixture(scope="module")
def seen(browser: Any, served: Served) -> Iterator[Watched]:
    """One tab for all pages: what a person has who walks through them."""
    found = watched(browser, served)
    yield found
    found.tab.context.close()
