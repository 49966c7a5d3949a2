"""The frame: who comes in, what a browser may run, and what the pages around the answers do."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest

from lifeworth.dashboard.server import ASSETS
from lifeworth.dashboard.theme import style
from lifeworth.report.palette import TOKENS

ANSWER = "..answer.children...again.disabled.."
QUESTION = {"question.data": "", "again.n_intervals": 0}


@pytest.mark.parametrize("path", ["/_dash-layout", "/_dash-dependencies", "/assets/lifeworth.js"])
def test_nothing_is_told_to_strangers(path: str, browser: Any) -> None:
    said = browser.as_("nobody").get(path)
    assert said.status_code in {303, 401}
    assert len(said.content) < 500


def test_a_stranger_who_opens_a_page_is_led_to_the_door(browser: Any) -> None:
    said = browser.as_("nobody").get("/cohorts?by=month")
    assert said.status_code == 303
    assert said.headers["location"].startswith("/sign-in")


def test_a_callback_answers_nobody_unknown(browser: Any) -> None:
    assert browser.as_("nobody").call(ANSWER, QUESTION, at="/clv").status_code == 401


def test_a_callback_of_our_own_refuses_even_where_the_door_stands_open(browser: Any) -> None:
    """The callbacks do not lean on what stands before them: without a principal they answer nobody."""
    from fastapi import FastAPI

    from lifeworth.dashboard.server import attach

    bare = FastAPI()
    bare.state.desk = browser.app.state.desk
    bare.state.doors = bare.state.trail = bare.state.jobs = None
    attach(bare)
    bare.state.options = browser.app.state.options
    open_ = replace(browser, app=bare, sessions={})
    assert open_.call(ANSWER, QUESTION, at="/clv").status_code == 401
    layout = open_.get("/_dash-layout").text
    assert "You are not signed in" in layout
    assert "cohorts" not in layout.lower()


def test_a_page_of_another_function_is_not_shown(browser: Any, words: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lifeworth.access.roles import Principal

    monkeypatch.setattr(Principal, "sees", lambda self, board: board.name != "cohorts")
    page, answer = browser.page("/cohorts"), browser.call(ANSWER, QUESTION, at="/cohorts")
    assert "not shown to you" in words(page)
    assert answer.status_code == 200
    assert "answer" not in answer.json()["response"]


def test_who_may_only_read_takes_no_table_along(browser: Any) -> None:
    said = _export(browser.as_("viewer"), "/clv", "2.0", "csv")
    assert said.status_code == 403


def test_a_table_is_taken_along_with_its_values_and_noted(browser: Any) -> None:
    said = _export(browser, "/economics", "2", "csv")
    assert said.status_code == 200, said.text
    made = said.json()["response"]["download"]["data"]
    text = base64.b64decode(made["content"]).decode("utf-8-sig")
    assert made["filename"].endswith(".csv")
    assert text.splitlines()[0].startswith("Term,")
    assert any(one.action == "table.export" for one in browser.app.state.trail.entries(limit=20))


def test_a_table_is_taken_along_for_a_spreadsheet(browser: Any) -> None:
    import io

    import openpyxl

    made = _export(browser, "/economics", "2", "xlsx").json()["response"]["download"]["data"]
    book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(made["content"])))
    assert book.active.cell(1, 1).value == "Term"
    assert isinstance(book.active.cell(2, 2).value, int | float)


def test_the_numbers_of_a_picture_come_when_they_are_opened(browser: Any) -> None:
    place = re.search(
        r"'place': '([\d.]+)', 'type': 'numbers'|'type': 'numbers', 'place': '([\d.]+)'", str(browser.answer("/clv"))
    )
    assert place is not None
    at = {"place": place[1] or place[2]}
    said = browser.send(
        {
            "output": '{"place":["MATCH"],"type":"numbers-room"}.children',
            "outputs": {"id": {**at, "type": "numbers-room"}, "property": "children"},
            "inputs": [{"id": {**at, "type": "numbers"}, "property": "n_clicks", "value": 1}],
            "state": [{"id": {**at, "type": "numbers-room"}, "property": "children", "value": []}, *_where("/clv")],
            "changedPropIds": [f'{{"place":"{at["place"]}","type":"numbers"}}.n_clicks'],
        }
    )
    assert "data-table" in said.text


def test_the_search_finds_pages_and_customers(browser: Any) -> None:
    pages = browser.call("search.data", {"search.searchValue": "cohort"}).json()["response"]["search"]["data"]
    assert any(one["value"] == "/cohorts" for group in pages for one in group["items"])
    run = browser.app.state.desk.run()
    row = run.shelf.rows("customers", limit=1)[0]
    known = browser.call("search.data", {"search.searchValue": row["customer_id"]}).json()["response"]["search"]["data"]
    assert any(one["value"] == f"/customers/{row['customer_id']}" for group in known for one in group["items"])


def test_the_search_names_nobody_to_who_may_not_see_persons(browser: Any) -> None:
    row = browser.app.state.desk.run().shelf.rows("customers", limit=1)[0]
    finance = browser.as_("finance")
    assert row["customer_id"] not in finance.call("search.data", {"search.searchValue": row["customer_id"]}).text
    assert row["alias"] in finance.call("search.data", {"search.searchValue": row["alias"]}).text


def test_a_view_is_saved_listed_and_deleted(browser: Any, words: Any) -> None:
    output = "..views-list.children...view-name.value.."
    state = {"view-name.value": "By channel", "view-shared.checked": True}
    said = browser.call(output, {"view-save.n_clicks": 1}, at="/cohorts?by=channel", **state)
    assert "By channel" in words(said.json()["response"]["views-list"]["children"])
    other = words(browser.as_("viewer").page("/cohorts"))
    assert "By channel" in other
    assert "By channel" not in words(browser.page("/clv"))


def test_a_viewer_shares_no_view(browser: Any) -> None:
    state = {"view-name.value": "Mine", "view-shared.checked": True}
    said = browser.as_("viewer").call(
        "..views-list.children...view-name.value..", {"view-save.n_clicks": 1}, at="/clv", **state
    )
    assert said.status_code == 403


def test_a_fault_in_a_callback_is_told_without_a_trace(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lifeworth.dashboard import shell

    def broken(*told: Any) -> Any:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(shell, "content", broken)
    said = browser.call(
        "..page.children...about-run.children..",
        {"address.pathname": "/clv", "address.search": ""},
        **{"own-search.data": None},
    )
    assert said.status_code == 200
    assert "secret of the house" not in said.text
    assert "fault of Lifeworth" in said.text


@pytest.mark.parametrize("path", ["/", "/cohorts", "/customers/C1"])
def test_a_page_runs_our_files_and_nothing_inline_that_is_not_named(path: str, browser: Any) -> None:
    said = browser.get(path)
    policy = said.headers["content-security-policy"]
    inline = [
        code
        for tag, code in re.findall(r"<script([^>]*)>(.*?)</script>", said.text, re.DOTALL)
        if "src=" not in tag and "application/json" not in tag
    ]
    assert "unsafe-inline" not in policy.split("style-src")[0]
    for code in inline:
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "lifeworth.js" in said.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', said.text)


def test_the_ways_dash_opens_and_nobody_uses_are_closed(browser: Any) -> None:
    paths = {getattr(one, "path", "") for one in browser.app.router.routes}
    assert not {"/_dash-ws-callback", "/_reload-hash"} & paths
    assert "websocket" not in browser.get("/").text


def test_the_body_of_a_callback_is_looked_at_only_when_it_is_known_who_sent_it(browser: Any) -> None:
    names = [one.cls.__name__ for one in browser.app.user_middleware]
    assert names.index("Identity") < names.index("DashMiddleware")
    assert names.index("Bodies") < names.index("DashMiddleware")


def test_our_own_files_are_light() -> None:
    assert sum(file.stat().st_size for file in ASSETS.rglob("*") if file.is_file()) < 300_000


def test_every_colour_of_the_palette_is_in_the_style_sheet() -> None:
    sheet = style()
    for light, dark in TOKENS.values():
        assert light in sheet
        assert dark in sheet


def _export(browser: Any, at: str, place: str, form: str) -> Any:
    name = f'{{"form":"{form}","place":"{place}","type":"export"}}'
    body = {
        "output": "download.data",
        "outputs": {"id": "download", "property": "data"},
        "inputs": [[{"id": {"form": form, "place": place, "type": "export"}, "property": "n_clicks", "value": 1}]],
        "state": [
            {"id": "address", "property": "pathname", "value": at},
            {"id": "address", "property": "search", "value": ""},
        ],
        "changedPropIds": [f"{name}.n_clicks"],
    }
    return browser.send(body)


def _where(at: str) -> list[dict[str, Any]]:
    return [{"id": "address", "property": name, "value": value} for name, value in (("pathname", at), ("search", ""))]
