"""What every test in a browser shares: the browser itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser.driven import FLAGS


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()
