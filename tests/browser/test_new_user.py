"""The path of somebody new, in a real browser: from an empty folder and the link of the first start to a segment in a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browser.driven import Watched, serve, watched

pytestmark = pytest.mark.browser


def shop(file: Path, customers: int = 400) -> dict[str, float]:
    """An export whose headers no list of synonyms knows: who bought, when, and for how much; the money of each customer."""
    draw = np.random.default_rng(7)
    rows = []
    for number in range(customers):
        day = draw.uniform(0, 365)
        end = min(day + draw.exponential(400), 730)
        pause, size = 1 / draw.gamma(1.2, 1 / 40), draw.gamma(6, 8)
        while day < end:
            bought = date(2024, 1, 1) + timedelta(days=int(day))
            rows.append((bought, f"K{number:04d}", round(float(draw.gamma(5, size / 5)), 2)))
            day += draw.exponential(pause)
    brought: dict[str, float] = {}
    with file.open("w", newline="", encoding="utf-8") as out:
        written = csv.writer(out)
        written.writerow(["receipt", "client_ref", "bought", "paid"])
        for number, (bought, who, paid) in enumerate(sorted(rows)):
            written.writerow([number, who, bought, paid])
            brought[who] = brought.get(who, 0.0) + paid
    return brought


@pytest.fixture
def newcomer(browser: Any, tmp_path: Path) -> Iterator[tuple[Watched, str]]:
    """A tab without a session, and the link that the first start prints."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    process, _, _ = serve(folder, tmp_path / "log")
    try:
        said = re.search(r"http\S+/enter/\S+", (tmp_path / "log").read_text(encoding="utf-8"))
        assert said is not None, "no link was printed"
        tab = watched(browser)
        yield tab, said[0]
        tab.tab.context.close()
    finally:
        process.terminate()
        process.wait(30)


def test_from_an_empty_folder_to_a_segment_in_a_file(newcomer: tuple[Watched, str], tmp_path: Path) -> None:
    seen, link = newcomer
    tab = seen.tab
    brought = shop(tmp_path / "till.csv")

    seen.open(link)
    tab.get_by_role("link", name="Upload an export of orders").click()

    # Upload: the file is taken and waits, nothing is run yet.
    tab.wait_for_selector("#upload-pick input[type=file]")
    tab.locator("#upload-pick input[type=file]").set_input_files(str(tmp_path / "till.csv"))
    tab.locator("#upload-go").click()

    # The columns: what is not understood is asked, what is picked is understood.
    tab.get_by_text("Some columns need a word from you").wait_for()
    seen.keep("new-user-columns")
    for column, meaning in (("client_ref", "Customer *"), ("bought", "Order date *")):
        tab.get_by_label(f"What “{column}” is").first.click()
        tab.get_by_role("option", name=meaning, exact=True).click()
    tab.locator("#check-again").click()
    tab.get_by_text("These data are enough").wait_for()
    assert f"{sum(brought.values()):,.2f}" in tab.locator("main").inner_text()
    seen.keep("new-user-understood")

    # The run, watched until it is done.
    tab.locator("#run-go").click()
    tab.get_by_role("link", name="See your customers").click()

    # The top customer and why.
    tab.wait_for_selector(".ag-row")
    seen.settle()
    seen.keep("new-user-customers")
    first = tab.locator('.ag-row[row-index="0"] a').first
    top = first.inner_text()
    first.click()
    # The address changes before the page does.
    tab.wait_for_function("top => document.querySelector('h1')?.innerText === top", arg=top)
    seen.settle()
    page = tab.locator("main").inner_text()
    assert top in page
    assert "number 1 of 400" in page
    assert "Why this value" in page
    assert f"{brought[top]:,.2f}" in page
    seen.keep("new-user-top")

    # A segment in a file: filtered in the grid, and the file holds exactly what the grid says.
    tab.get_by_role("link", name="Customers", exact=True).first.click()
    tab.wait_for_selector(".ag-row")
    tab.get_by_label("Tier", exact=True).first.click()
    tab.get_by_role("option", name="Gold").click()
    tab.wait_for_function("() => document.querySelector('#customers-count')?.textContent?.includes(' of 400 ')")
    seen.settle()
    counted = int(tab.locator("#customers-count").inner_text().split()[0])
    with tab.expect_download() as taken:
        tab.get_by_label("Download what is filtered as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text(encoding="utf-8-sig"))))
    assert len(rows) == counted > 0
    assert {row["value_tier"] for row in rows} == {"Gold"}
    assert seen.faults == []
