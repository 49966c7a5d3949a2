"""Boards: every tab of every part answers, a new part needs its `page.py` and nothing else, nobody sees what is not theirs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import lifeworth
from lifeworth.dashboard import board
from lifeworth.dashboard.catalogue import catalogue
from lifeworth.dashboard.icons import PATHS
from lifeworth.parts import Hung, boards

SHOWN = [one.drawn_by for one in catalogue().entries if isinstance(one.drawn_by, Hung)]
TABS = [(hung, tab) for hung in SHOWN for tab in hung.board.tabs]

PART = '''
from __future__ import annotations

from lifeworth.report.spec import Page, Stat, Stats
from lifeworth.workspace import Workspace


def pulse(ws: Workspace, *, loud: bool = False) -> Page:
    """How it beats."""
    return Page("pulse", "The pulse", (Stats((Stat("Beats", 42 if loud else 7, "count", "Beats a minute."),)),))
'''
BOARD = """
from lifeworth.report.board import Board, Tab

BOARDS = (
    Board("heart", "Heart", "Steering", 10, "kpis", "Whether it beats.", (Tab("pulse"), Tab("pulse", "Far", needs=("tickets_of_mars",)))),
)
"""


@pytest.mark.parametrize(("hung", "tab"), TABS, ids=[f"{hung.board.name}-{board.slug(tab)}" for hung, tab in TABS])
def test_every_tab_answers(hung: Hung, tab: Any, browser: Any, words: Any) -> None:
    answer = browser.answer(board.href(hung, tab))
    assert "did not work" not in words(answer)
    assert isinstance(answer, list), words(answer)
    assert len(answer) >= 1


@pytest.mark.parametrize("hung", boards(), ids=lambda hung: hung.board.name)
def test_a_board_says_what_it_answers_and_has_a_picture(hung: Hung) -> None:
    assert hung.board.about.endswith(".")
    assert hung.board.icon in PATHS
    assert len({board.slug(tab) for tab in hung.board.tabs}) == len(hung.board.tabs)


def test_addresses_of_pages_are_told_apart() -> None:
    names = [one.name for one in catalogue().entries]
    assert len(names) == len(set(names))


def test_filters_are_those_of_the_action_and_stand_as_the_address_says(browser: Any) -> None:
    page = str(browser.page("/cohorts?metric=revenue&cumulative=true"))
    for name in ("metric", "by", "age"):
        assert f"'type': 'filter', 'name': '{name}'" in page or f"'name': '{name}', 'type': 'filter'" in page
    assert "'value': 'revenue'" in page
    assert "'checked': True" in page


@pytest.mark.parametrize(
    "search", ["metric=nonsense", "unheard=of", "by=%00", "per_customer=perhaps", "by=" + "x" * 500]
)
def test_a_filter_that_cannot_be_read_is_told_of(search: str, browser: Any, words: Any) -> None:
    assert "cannot be answered as it is asked" in words(browser.answer(f"/cohorts?{search}"))


def test_a_choice_that_is_none_names_those_there_are(browser: Any, words: Any) -> None:
    assert "retention, customers, orders, revenue" in words(browser.answer("/cohorts?metric=moon"))


def test_a_figure_that_must_be_chosen_has_a_first_one(browser: Any, words: Any) -> None:
    assert "Net revenue" in words(browser.answer("/kpis/one-figure"))


def test_an_answer_that_breaks_is_told_of_once_and_asked_no_more(
    browser: Any, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*told: Any, **more: Any) -> Any:
        raise KeyError("secret of the house")

    monkeypatch.setattr("lifeworth.dashboard.board.ask", broken)
    said = words(browser.answer("/clv"))
    assert "could not be worked out" in said
    assert "secret" not in said


@pytest.mark.parametrize("at", ["/nowhere", "/clv/nothing", "/clv/drivers/deeper"])
def test_a_page_that_is_not_there_is_told_of(at: str, browser: Any, words: Any) -> None:
    said = words(browser.page(at))
    assert "no such page" in said or "has no page" in said


def test_an_empty_workspace_says_what_to_do_first(empty_browser: Any, words: Any) -> None:
    said = words(empty_browser.page("/overview"))
    assert "Nothing has been run here yet" in said
    assert "lifeworth run ORDERS" in said


def test_who_may_not_see_personal_data_sees_customers_under_a_pseudonym(browser: Any, words: Any) -> None:
    open_, hidden = (words(one.answer("/clv")) for one in (browser, browser.as_("finance")))
    customer = browser.app.state.desk.run().shelf.rows("customers", limit=1)[0]
    assert '"C10' in open_
    assert '"C10' not in hidden
    assert "c-" in hidden
    assert customer["alias"].startswith("c-")


def test_a_part_brings_its_page_with_a_file_and_nothing_else(
    workspace_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Any, words: Any
) -> None:
    made = tmp_path / "parts" / "heart"
    made.mkdir(parents=True)
    (made / "__init__.py").write_text('"""A part."""\n')
    (made / "actions.py").write_text(PART)
    (made / "page.py").write_text(BOARD)
    monkeypatch.setattr(lifeworth, "__path__", [*lifeworth.__path__, str(made.parent)])
    try:
        for one in opened(workspace_copy):
            layout = one.get("/_dash-layout").text
            assert "Heart" in layout
            assert "u002fheart" in layout or "/heart" in layout
            assert "The pulse" in words(one.answer("/heart"))
            assert "42" in words(one.answer("/heart?loud=true"))
            missing = words(one.answer("/heart/far"))
            assert "This needs tickets of mars" in missing
            assert "--table tickets_of_mars=" in missing
    finally:
        for name in [name for name in sys.modules if name.startswith("lifeworth.heart")]:
            del sys.modules[name]
