"""Steering in a real browser: a scorecard from nothing to reviewed, on the made company and on UCI Online Retail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.driven import Served, Watched, served_at, watched

from lifeworth.data.book import book_of
from lifeworth.scorecard.files import FILE, read_text
from lifeworth.scorecard.reviews import Reviews

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}


def opened(source: Path, folder: Path) -> Iterator[Served]:
    shutil.copytree(source, folder, symlinks=True)
    with served_at(folder, folder.parent / "log") as found:
        yield found


@pytest.fixture
def shop(made_workspace: Path, tmp_path: Path) -> Iterator[Served]:
    yield from opened(made_workspace, tmp_path / "shop")


@pytest.fixture
def uci(real_shop: Callable[[str], Path], tmp_path: Path) -> Iterator[Served]:
    yield from opened(real_shop("uci"), tmp_path / "uci")


def sound(seen: Watched, name: str) -> None:
    """Without a fault, without a grave breach of accessibility in either scheme, and not wider than a telephone."""
    from axe_playwright_python.sync_playwright import Axe

    assert not seen.faults, seen.faults
    for scheme in ("", "-dark"):
        if scheme:
            seen.tab.locator("#switch").click()
            seen.tab.wait_for_timeout(400)
        seen.keep(f"steering-{name}{scheme}")
        found = Axe().run(seen.tab).response["violations"]
        grave = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in GRAVE]
        assert not grave, f"{name}{scheme}: {grave}"
    seen.tab.locator("#switch").click()
    seen.tab.set_viewport_size({"width": 390, "height": 844})
    seen.tab.reload()
    seen.settle()
    seen.tab.wait_for_timeout(500)
    seen.keep(f"steering-{name}-390")
    wide = seen.tab.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390, f"{name}: {wide} px wide"
    seen.tab.set_viewport_size({"width": 1360, "height": 900})


def choose(tab: Any, name: str, words: str) -> None:
    """Choose an option of a select by its words."""
    tab.locator(f"#{name}").click()
    tab.get_by_role("option", name=words, exact=True).first.click()


def begin(seen: Watched, served: Served) -> None:
    seen.open(f"{served.base}/review")
    seen.tab.locator("#review-begin").click()
    seen.tab.wait_for_selector("#entry-go")
    seen.settle()


def write(seen: Watched, kind: str, words: str, **more: str) -> None:
    choose(seen.tab, "entry-kind", kind)
    if "about" in more:
        choose(seen.tab, "entry-about", more["about"])
    if kind == "Action":
        seen.tab.locator("#entry-owner").fill(more["owner"])
        seen.tab.locator("#entry-due").click()
        seen.tab.locator(".mantine-DatePickerInput-day:not([data-outside])").last.click()
    seen.tab.locator("#entry-text").fill(words)
    seen.tab.locator("#entry-go").click()
    seen.tab.wait_for_function("words => document.querySelector('#review-minutes').innerText.includes(words)", arg=words)  # fmt: skip


def test_a_scorecard_from_nothing_to_reviewed_on_the_made_company(browser: Any, shop: Served) -> None:
    seen = watched(browser, shop)
    tab = seen.tab
    # The strategy map is a graph: under the pointer an objective says what it is measured by, and the arrows are a table.
    seen.open(f"{shop.base}/scorecard/strategy-map")
    tab.wait_for_selector(".js-plotly-plot .main-svg")
    graph = tab.locator(".js-plotly-plot").first
    graph.scroll_into_view_if_needed()
    at = tab.evaluate("""() => {
        const plot = document.querySelector('.js-plotly-plot'), layout = plot._fullLayout, trace = plot.data[0], box = plot.getBoundingClientRect();
        return [box.left + layout.xaxis._offset + layout.xaxis.d2p(trace.x[0]), box.top + layout.yaxis._offset + layout.yaxis.d2p(trace.y[0])];
    }""")
    tab.mouse.move(at[0] - 3, at[1] - 3)
    tab.mouse.move(*at)
    tab.wait_for_selector(".hoverlayer .hovertext")
    assert "Customer equity" in tab.locator(".hoverlayer").text_content()
    tab.get_by_text("The arrows", exact=True).click()
    assert "Customers stay and buy again" in tab.locator("details.more table").first.inner_text()
    sound(seen, "map")

    # Begin: the figures are frozen.
    tab.get_by_role("link", name="Hold a review").click()
    tab.wait_for_selector("#review-begin")
    begin(seen, shop)
    assert "Figures of the day" in tab.locator("#review-figures").inner_text()
    write(seen, "Comment", "Answers have become faster.")
    write(seen, "Decision", "Training goes on in spring.", about="Training hours")
    write(seen, "Action", "Hire one more for the desk.", about="First response, hours", owner="Bo")
    choose(tab, "change-measure", "Repeat purchase rate")
    tab.locator("#change-value").fill("0.62")
    tab.locator("#change-go").click()
    tab.get_by_text("An entry needs words.").wait_for()  # no reason was given: nothing is changed
    assert not (shop.workspace / FILE).exists()
    tab.locator("#change-reason").fill("The welcome offer carries us there.")
    tab.locator("#change-go").click()
    tab.wait_for_selector("#review-changes table")
    assert read_text((shop.workspace / FILE).read_text(encoding="utf-8"), FILE).measures["repeat_rate"].target == 0.62
    seen.open(f"{shop.base}/review")
    assert tab.locator("#review-minutes .minute").count() == 4
    sound(seen, "review")
    tab.locator("#review-close").click()
    tab.wait_for_selector("#review-begin")

    # The next one opens with what was decided, and hears what became of it.
    begin(seen, shop)
    assert "Training goes on in spring." in tab.locator("#review-before").inner_text()
    tab.get_by_role("textbox", name="What became of number 3").click()
    tab.get_by_role("option", name="worked", exact=True).first.click()
    tab.get_by_role("button", name="Write what became of number 3").click()
    tab.wait_for_function("() => document.querySelector('#review-before').innerText.includes('worked')")
    sound(seen, "review-again")
    held = Reviews(book_of(shop.workspace))
    assert [one.kind for one in held.minutes()] == ["comment", "decision", "action", "change", "outcome"]
    with tab.expect_download() as got:
        tab.get_by_role("link", name="Download the review: Excel").click()
    assert got.value.suggested_filename.endswith("review.xlsx")
    tab.get_by_role("link", name=re.compile(r"\d+ \w+ \d{4}")).last.click()
    tab.wait_for_selector(".crumbs")
    seen.settle()
    assert tab.locator("#entry-go").count() == 0  # it is ended: nothing is added to it
    assert not seen.faults, seen.faults
    tab.context.close()


def test_a_target_is_edited_a_fault_named_at_its_field_and_a_changed_file_not_overwritten(
    browser: Any, shop: Served
) -> None:
    seen = watched(browser, shop)
    tab = seen.tab
    seen.open(f"{shop.base}/card")
    sound(seen, "card")
    tab.get_by_role("link", name="Repeat purchase rate", exact=True).click()
    tab.wait_for_selector("#card-save")
    tab.wait_for_selector("#card-today .facts")
    seen.settle()
    target = tab.get_by_label("Target", exact=True)
    target.fill("+7x")
    tab.locator("#card-save").click()
    tab.wait_for_selector(".mantine-InputWrapper-error")
    assert "+7x" in tab.locator(".mantine-InputWrapper-error").inner_text()
    assert not (shop.workspace / FILE).exists()
    sound(seen, "card-form")
    target.fill("+5%")
    tab.locator("#card-save").click()
    tab.wait_for_selector(".tabs")
    seen.settle()
    file = shop.workspace / FILE
    text = file.read_text(encoding="utf-8")
    assert read_text(text, FILE).measures["repeat_rate"].target == "+5%"
    assert "# -- customer --" in text

    tab.get_by_role("link", name="Repeat purchase rate", exact=True).click()
    tab.wait_for_selector("#card-save")
    file.write_text(text.replace("of a shop", "of ours"), encoding="utf-8")
    tab.get_by_label("Target", exact=True).fill("+9%")
    tab.locator("#card-save").click()
    tab.wait_for_selector("#card-said .callout")
    assert "was changed since you read it" in tab.locator("#card-said").inner_text()
    assert "+9%" not in file.read_text(encoding="utf-8")

    seen.open(f"{shop.base}/card/measures/new")
    tab.get_by_label("Name", exact=True).fill("average_basket")
    for label, words in (("Objective", "Customers stay and buy again"), ("Figure", "Average purchase value (average_purchase_value)")):  # fmt: skip
        tab.get_by_role("textbox", name=label, exact=True).click()
        tab.get_by_role("option", name=words, exact=True).click()
    tab.locator("#card-save").click()
    tab.wait_for_selector(".tabs")
    assert read_text(file.read_text(encoding="utf-8"), FILE).measures["average_basket"].objective == "keep_customers"
    seen.open(f"{shop.base}/card/file")
    sound(seen, "card-file")
    seen.open(f"{shop.base}/scorecard")
    assert "Average purchase value" in tab.locator("#answer").inner_text()
    sound(seen, "scorecard")
    tab.context.close()


@pytest.mark.data
def test_a_scorecard_from_nothing_to_reviewed_on_uci_online_retail(browser: Any, uci: Served) -> None:
    seen = watched(browser, uci)
    tab = seen.tab
    seen.open(f"{uci.base}/scorecard")
    assert "there is no table" in tab.locator("#answer").inner_text()  # what cannot be filled says why
    begin(seen, uci)
    write(seen, "Decision", "Fewer returns: photographs of every gift.", about="Refund rate")
    sound(seen, "uci-review")
    tab.locator("#review-close").click()
    tab.wait_for_selector("#review-begin")
    begin(seen, uci)
    assert "photographs" in tab.locator("#review-before").inner_text()
    assert not seen.faults, seen.faults
    tab.context.close()
