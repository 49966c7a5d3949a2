"""What each page of the dashboard is for, done in a real browser: one main interaction a page, and what it must bring."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.browser.driven import Served, Watched

from lifeworth.dashboard.catalogue import catalogue
from lifeworth.data.book import book_of, now
from lifeworth.monitoring.alerts import Alerts
from lifeworth.monitoring.finding import Finding, Outcome, Told

pytestmark = pytest.mark.browser


def answer(tab: Any) -> str:
    return str(tab.locator("#main").inner_text())


def pick(seen: Watched, label: str, option: str) -> None:
    """Choose from a list above the page, and wait for what it brings."""
    seen.tab.get_by_role("textbox", name=label, exact=True).first.click()
    seen.tab.get_by_role("option", name=option, exact=True).first.click()
    seen.settle()


def told(seen: Watched, words: str, where: str = "#answer") -> None:
    """Wait until it says so there: what stood there before stays until the new answer comes."""
    seen.tab.wait_for_function(
        "([where, words]) => document.querySelector(where)?.innerText?.toLowerCase()?.includes(words)", arg=[where, words.lower()]
    )  # fmt: skip


def to_tab(seen: Watched, name: str) -> None:
    """Go to another tab of the page, and wait until its answer has taken the place of the one before."""
    before = seen.tab.locator("#answer").inner_text()
    seen.tab.get_by_role("link", name=name, exact=True).click()
    seen.tab.wait_for_function(
        "told => ![told, '', undefined].includes(document.querySelector('#answer')?.innerText)", arg=before
    )
    seen.settle()


def drawn(seen: Watched) -> None:
    """Wait until a picture stands in the answer."""
    seen.tab.locator("#answer .js-plotly-plot, #answer svg").first.wait_for()


def taken(seen: Watched, button: re.Pattern[str] | str) -> list[list[str]]:
    """The rows of a table that is taken along as CSV."""
    with seen.tab.expect_download() as file:
        seen.tab.locator("#main").get_by_role("button", name=button).first.click()
    text = Path(file.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def overview(seen: Watched) -> None:
    """A figure says what it means when somebody points at it."""
    told = seen.tab.locator("#main [role=tooltip]").first
    seen.tab.locator("#main .stat-name").first.hover()
    told.wait_for(state="visible")
    assert "As of" in told.inner_text() or "as of" in told.inner_text()


def clv(seen: Watched) -> None:
    """The numbers behind a picture are a click away."""
    seen.tab.get_by_text("The numbers", exact=True).first.click()
    seen.tab.locator("#answer table:visible, #answer .ag-root:visible").first.wait_for()
    to_tab(seen, "Drivers")
    told(seen, "one percent")


def economics(seen: Watched) -> None:
    to_tab(seen, "Payback")
    assert "/economics/payback" in seen.tab.url
    told(seen, "earned back")


def calculator(seen: Watched) -> None:
    """A what-if is answered at once."""
    before = seen.tab.locator("#calc-result").inner_text()
    field = seen.tab.get_by_role("textbox", name="What-if").first
    field.fill("3.21")
    field.press("Tab")
    seen.tab.wait_for_function(
        "told => ![told, undefined].includes(document.querySelector('#calc-result')?.innerText)", arg=before
    )


def customers(seen: Watched) -> None:
    """Sorted by a click on a head, found by part of an id, and an address that brings it back."""
    seen.tab.wait_for_selector(".ag-row")
    one = seen.tab.locator('.ag-row[row-index="0"] a').first.inner_text()
    seen.tab.locator("#customers-find").fill(one)
    seen.tab.wait_for_function("() => /^1 of /.test(document.querySelector('#customers-count')?.textContent)")
    seen.tab.wait_for_url(f"**{one}**")
    seen.tab.reload()
    seen.tab.wait_for_function("() => /^1 of /.test(document.querySelector('#customers-count')?.textContent)")
    assert seen.tab.locator('.ag-row[row-index="0"] a').first.inner_text() == one
    seen.tab.locator('.ag-row[row-index="0"] a').first.click()
    seen.tab.wait_for_url("**/customers/*")
    seen.settle()
    assert any(row[1] == "Orders" for row in taken(seen, "Download “All events, the latest first” as CSV"))


def segments(seen: Watched) -> None:
    to_tab(seen, "One group")
    assert "/segments/one-group" in seen.tab.url
    assert re.search(r"\d", seen.tab.locator("#answer").inner_text())


def cohorts(seen: Watched) -> None:
    """Another figure in the same table, and the address says which."""
    pick(seen, "Metric", "Revenue")
    seen.tab.wait_for_url("**metric=revenue**")
    told(seen, "Net revenue")


def kpis(seen: Watched) -> None:
    """A figure over time, and its table as a file."""
    to_tab(seen, "One figure")
    pick(seen, "Figure", "Active customers")
    told(seen, "Active customers")
    assert len(taken(seen, re.compile("CSV"))) > 1


def subscriptions(seen: Watched) -> None:
    to_tab(seen, "Renewals")
    told(seen, "renew")


def audit(seen: Watched) -> None:
    to_tab(seen, "The whole base")
    assert "/audit/the-whole-base" in seen.tab.url
    drawn(seen)


def scorecard(seen: Watched) -> None:
    to_tab(seen, "Strategy map")
    drawn(seen)
    # Worked out anew each time, so the file has to wait for it.
    assert len(taken(seen, "Download “Arrows held to the data” as CSV")) > 5


def card(seen: Watched) -> None:
    """A measure of the scorecard is open to be changed, as it stands on the card."""
    seen.tab.locator("#main").get_by_role("link", name="Repeat purchase rate").first.click()
    told(seen, "Repeat purchase rate", "h1")
    seen.tab.wait_for_selector("#card-save")
    seen.tab.locator("#main input:visible").nth(3).wait_for()
    assert "/card/measures/" in seen.tab.url


def review(seen: Watched) -> None:
    """Whoever has held no review is led to the first."""
    seen.tab.locator("#main").get_by_role("button", name=re.compile("Begin", re.IGNORECASE)).first.wait_for()


def monitoring(seen: Watched) -> None:
    """Every check says how it stands, and what it looked at stands beside what was expected."""
    for name in ("Late file", "Silent channel", "Consent"):
        told(seen, name)
    to_tab(seen, "Checks")
    told(seen, "Orders a week")
    told(seen, "PSI")
    seen.tab.locator("#answer .js-plotly-plot, #answer svg").nth(2).wait_for()


def data(seen: Watched) -> None:
    """A definition found by a word."""
    seen.tab.get_by_role("link", name="Definitions", exact=True).click()
    seen.tab.locator("#definitions-find").fill("churn")
    seen.tab.wait_for_function(
        "() => document.querySelector('#definitions-found')?.innerText?.includes('Gross margin') === false"
    )
    assert "churn" in seen.tab.locator("#definitions-found").inner_text().lower()
    assert len(taken(seen, "Download “Definitions of all figures” as CSV")) > 50
    seen.tab.get_by_role("link", name="Reconciliation", exact=True).click()
    seen.settle()
    rows = taken(seen, re.compile("Download “Rows.* as CSV"))
    assert any("Rows in the source" in row[0] for row in rows)


def jobs(seen: Watched) -> None:
    """Whoever has started nothing is told how."""
    assert "Nothing" in answer(seen.tab) or "No " in answer(seen.tab)


def people(seen: Watched) -> None:
    """Somebody is invited, by a link that is shown once."""
    seen.tab.locator("#invite-name").fill("Grace Hopper")
    seen.tab.get_by_role("button", name=re.compile("Invite", re.IGNORECASE)).click()
    seen.tab.wait_for_function("() => document.querySelector('#invite-made')?.innerText?.includes('/enter/')")
    seen.tab.wait_for_function("() => document.querySelector('#people-list')?.innerText?.includes('Grace Hopper')")


def trail(seen: Watched) -> None:
    """What was done stands there, by whom, and can be narrowed down."""
    trail_at = seen.tab.url
    seen.open(f"{trail_at.removesuffix('/trail')}/customers")
    first = seen.tab.locator('.ag-row[row-index="0"] a').first
    one = first.inner_text()
    first.click()
    told(seen, one, "h1")
    seen.settle()
    seen.open(trail_at)
    told(seen, one, "#trail-rows")
    seen.tab.locator("#trail-who").click()
    seen.tab.get_by_role("option", name="admin", exact=True).click()
    seen.tab.wait_for_url("**who=admin**")
    told(seen, one, "#trail-rows")


def persons(seen: Watched) -> None:
    """What is kept of a person is found by the id; an id that nobody has is told so."""
    persons_at = seen.tab.url
    seen.open(f"{persons_at.removesuffix('/persons')}/customers")
    one = seen.tab.locator('.ag-row[row-index="0"] a').first.inner_text()
    seen.open(persons_at)
    seen.tab.locator("#person-id").fill(one)
    seen.tab.keyboard.press("Enter")
    told(seen, one, "#person-found")
    # The address takes up who was found, and with it the page is drawn anew: what is typed meanwhile is lost.
    seen.open(persons_at)
    seen.tab.locator("#person-id").fill("nobody at all")
    seen.tab.keyboard.press("Enter")
    told(seen, "nobody", "#person-found")


DONE: dict[str, Callable[[Watched], None]] = {
    one.__name__: one
    for one in (
        overview, clv, economics, calculator, customers, segments, cohorts, kpis, subscriptions, audit, scorecard, card, review, monitoring, data,
        jobs, people, trail, persons,
    )
}  # fmt: skip


def test_every_page_has_something_done_on_it() -> None:
    assert set(DONE) == {one.name for one in catalogue().entries if one.listed}


@pytest.mark.parametrize("name", sorted(DONE))
def test_what_a_page_is_for_works(seen: Watched, served: Served, name: str) -> None:
    seen.faults.clear()
    seen.open(f"{served.base}/{name}")
    DONE[name](seen)
    seen.keep(f"done-{name}")
    assert not seen.faults, seen.faults


def test_an_alert_is_taken_on_and_put_off(seen: Watched, served: Served) -> None:
    drop = Finding("sales", "critical", date(2026, 6, 24), "Orders fell.", "Nobody knows.", "Look.", -1234.5, "revenue missing")  # fmt: skip
    Alerts(book_of(served.workspace)).record(
        [Outcome("volume", "found", Told("said", (drop,)))], as_of=date(2026, 6, 30), run_id="r", now=now()
    )
    seen.faults.clear()
    seen.open(f"{served.base}/monitoring")
    seen.tab.get_by_role("link", name="Take on or put off").click()
    told(seen, "Orders fell.", "#alerts-open")
    seen.tab.get_by_role("button", name="Take it on").first.click()
    told(seen, "Taken on by admin", "#alerts-open")
    seen.tab.get_by_role("button", name="Put it off").first.click()
    told(seen, "Put off until", "#alerts-open")
    seen.keep("alerts")
    assert not seen.faults, seen.faults
    (one,) = Alerts(book_of(served.workspace)).open()
    assert one.acknowledged_by == "admin"


@pytest.mark.parametrize("page", ["account", "people"])
def test_a_token_is_made_shown_once_and_ended(seen: Watched, served: Served, page: str) -> None:
    seen.faults.clear()
    seen.open(f"{served.base}/{page}")
    seen.tab.locator(f"#{page}-token-name").fill(f"nightly of {page}")
    seen.tab.get_by_role("button", name="Make the token").click()
    secret = seen.tab.locator(f"#{page}-token-made .secret")
    secret.wait_for()
    assert secret.inner_text().startswith("lw_")
    listed = seen.tab.locator(f"#{page}-tokens")
    assert f"nightly of {page}" in listed.inner_text()
    assert secret.inner_text() not in listed.inner_text()
    row = listed.get_by_role("row").filter(has_text=f"nightly of {page}")
    row.get_by_role("button").first.click()
    seen.tab.wait_for_function(
        "([page, name]) => document.querySelector(`#${page}-tokens`)?.innerText?.includes(name) === false",
        arg=[page, f"nightly of {page}"],
    )
    assert not seen.faults, seen.faults


def test_a_view_is_saved_and_brings_back_what_was_shown(seen: Watched, served: Served) -> None:
    seen.open(f"{served.base}/cohorts?metric=orders&by=quarter")
    seen.tab.get_by_text("Views", exact=True).click()
    seen.tab.locator("#view-name").fill("Orders by quarter")
    seen.tab.locator("#view-save").click()
    seen.tab.wait_for_function("() => document.querySelector('#views-list')?.innerText?.includes('Orders by quarter')")
    seen.open(f"{served.base}/cohorts")
    seen.tab.get_by_text("Views", exact=True).click()
    seen.tab.get_by_role("link", name="Orders by quarter").click()
    seen.tab.wait_for_url(re.compile("metric=orders"))
    assert "by=quarter" in seen.tab.url
