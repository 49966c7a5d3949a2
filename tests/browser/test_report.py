"""The report in a real browser: quiet, offline, no wider than a telephone, readable in the dark, comfortable with a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.conftest import missing
from tests.report import samples

from lifeworth.report.html import render
from lifeworth.report.palette import contrast

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

GROUNDS = """() => {
  const hex = c => '#' + c.match(/\\d+/g).slice(0, 3).map(n => (+n).toString(16).padStart(2, '0')).join('');
  const ground = node => {
    for (; node; node = node.parentElement) {
      const c = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$/.test(c)) return hex(c);
    }
    return '#ffffff';
  };
  const found = [];
  for (const node of document.querySelectorAll('h1, h2, h3, p, dt, dd, td, th, summary, a, li, button')) {
    if (!node.textContent.trim() || !node.getClientRects().length) continue;
    found.push([getComputedStyle(node).color, ground(node), node.textContent.trim().slice(0, 40)]);
  }
  return found.map(([c, g, t]) => [hex(c), g, t]);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing("Chromium")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render(samples.document()), encoding="utf-8")
    return file.as_uri()


def opened(browser: Browser, address: str, *, width: int = 1280, theme: str = "light", script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=script, accept_downloads=False
    )  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    return page


def test_the_console_stays_quiet_and_nothing_is_fetched(browser, address):
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.mouse.wheel(0, 20000)
    page.wait_for_timeout(100)
    assert said == []
    assert asked == [address]


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_the_page_is_no_wider_than_the_screen(browser, address, width):
    page = opened(browser, address, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(browser, address, theme):
    page = opened(browser, address, theme=theme)
    found = page.evaluate(GROUNDS)
    assert len(found) > 100
    assert [one for one in found if contrast(one[0], one[1]) < 4.5] == []


def test_the_dark_theme_is_dark(browser, address):
    colour = opened(browser, address, theme="dark").evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in colour.strip("rgb()").split(",")) < 60


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_each_chart_shows_one_picture(browser, address, width):
    page = opened(browser, address, width=width)
    counts = page.evaluate(
        "[...document.querySelectorAll('.pictures')].map(one => "
        "[...one.children].filter(child => child.getClientRects().length).length)"
    )
    assert counts
    assert set(counts) == {1}


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_letters_of_a_chart_are_never_small(browser, address, width):
    page = opened(browser, address, width=width)
    scales = page.evaluate(
        "[...document.querySelectorAll('.picture svg')].filter(one => one.getClientRects().length)"
        ".map(one => one.getBoundingClientRect().width / one.viewBox.baseVal.width)"
    )
    assert min(scales) * 12 >= 9.5


def test_a_definition_opens_with_the_keyboard(browser, address):
    page = opened(browser, address)
    page.locator(".about summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".about .meaning").first.is_visible()


def test_without_a_script_nothing_is_missing(browser, address):
    page = opened(browser, address, script=False)
    assert page.locator("nav a").count() == 5
    assert page.locator("button").count() == 0
    page.locator("summary", has_text="Numbers").first.click()
    assert page.locator("details[open] table").first.is_visible()


def test_a_table_sorts_by_what_its_cells_are_worth(browser, address):
    page = opened(browser, address)
    page.locator("#overview th button", has_text="Last order").click()
    days = page.locator("#overview table[data-sortable]").last.locator("tbody tr td:nth-child(2)")
    values = days.evaluate_all("cells => cells.map(cell => cell.dataset.v)")
    assert values == sorted(values)


def test_a_table_is_copied_as_csv(browser, address):
    page = opened(browser, address)
    page.evaluate(
        "window.kept = ''; navigator.clipboard.writeText = words => { window.kept = words; return Promise.resolve(); }"
    )
    page.locator("#overview .table-panel button", has_text="Copy CSV").click()
    lines = page.evaluate("window.kept").split("\r\n")
    assert lines[0].startswith("Customer,Last order,Probability alive,")
    assert len(lines) == 42


def test_the_theme_can_be_chosen(browser, address):
    page = opened(browser, address)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(2):
        page.locator("[data-comfort] button").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_paper_is_white_and_shows_whole_tables(browser, address):
    page = opened(browser, address, theme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every(one => getComputedStyle(one).maxHeight === 'none')"
    )
