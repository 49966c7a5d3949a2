"""The dashboard in a real browser: every page loads without a fault, fits a telephone, and keeps the rules of accessibility."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.browser.driven import Served, Watched, watched

from lifeworth.dashboard.catalogue import catalogue

pytestmark = pytest.mark.browser

PAGES = [one.name for one in catalogue().entries if getattr(one.sheet, "listed", True)]
GRAVE = {"serious", "critical"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_without_a_fault_and_keeps_the_rules_of_accessibility(
    seen: Watched, served: Served, name: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen.faults.clear()
    seen.open(f"{served.base}/{name}")
    assert seen.tab.locator("h1").count() == 1
    assert not seen.faults, seen.faults
    seen.keep(name)
    for scheme in ("light", "dark"):
        if scheme == "dark":
            seen.tab.locator("#switch").click()
            seen.tab.wait_for_timeout(400)
            seen.keep(f"{name}-dark")
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
        small.keep(f"{name}-390")
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
