"""Review and card in the dashboard: who may write, that nothing is overwritten, and what a form says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Scope
from lifeworth.access.trail import Trail
from lifeworth.dashboard.card import form
from lifeworth.dashboard.pages import card, review
from lifeworth.dashboard.review import drawn, figures
from lifeworth.dashboard.view import View
from lifeworth.errors import AccessError, ChangedError, NotFoundError, OptionError
from lifeworth.jobs.jobs import Jobs
from lifeworth.scorecard.card_page import TITLES
from lifeworth.scorecard.fields import written
from lifeworth.scorecard.files import FILE
from lifeworth.serving.desk import Desk


@pytest.fixture
def view(workspace_copy: Path) -> Iterator[View]:
    desk = Desk(workspace_copy)
    doors = Doors(desk.book)
    _, admin = doors.enter(doors.first_link() or "")
    yield View(desk, doors, Trail(desk.book), Jobs(workspace_copy, desk.book), replace(admin, scopes=frozenset(Scope)))
    desk.close()


def viewer(view: View, *path: str) -> View:
    return replace(view, principal=replace(view.principal, scopes=frozenset({Scope.READ})), path=path)


def test_a_viewer_sees_reviews_and_the_card_and_writes_neither(view: View, words: Callable[[Any], str]) -> None:
    assert "begin" not in words(review.content(viewer(view))).lower().split("an analyst")[0]
    with pytest.raises(AccessError):
        review.begin(viewer(view))
    one = review.begin(view)
    assert "Write an entry" in words(review.content(view))
    shown = words(review.content(viewer(view)))
    assert "Minutes" in shown
    assert "Write an entry" not in shown
    assert "End the review" not in shown
    assert "Excel" not in shown  # who may not export is not offered a file
    for section in TITLES:
        assert TITLES[section] in words(card.content(viewer(view, section)))
    with pytest.raises(AccessError):
        card.content(viewer(view, "measures", "nps"))
    with pytest.raises(AccessError):
        card.save(viewer(view), "measures", "nps", {"weight": "2"}, "", new=False)
    assert drawn.kept(view).get(one.review_id).closed_at is None


def test_a_review_shows_the_frozen_figures_beside_todays_once_they_differ(view: View, words: Callable[[Any], str]) -> None:  # fmt: skip
    one = review.begin(view)
    assert "Today's figures are those that were frozen." in words(drawn.compared(view, one))
    card.save(view, "measures", "nps", {"goal": "60", "red": "50"}, figures.card_of(view).now().version, new=False)
    shown = words(drawn.compared(view, one))
    assert "Value today" in shown
    assert "no reason was written down" in words(drawn.changed(view, one))
    (view.desk.root / FILE).write_text("broken [", encoding="utf-8")
    assert "Today's figures are not known" in words(drawn.compared(view, one))
    assert "Figures of the day" in words(drawn.compared(view, one))
    assert "Mend the text" in words(card.content(view))


def test_a_review_of_no_name_and_a_page_of_no_name_are_told(view: View) -> None:
    for page, path in ((review, ("nobody",)), (review, ("a", "b")), (card, ("nothing",)), (card, ("measures", "nobody")), (card, ("file", "a", "b"))):  # fmt: skip
        with pytest.raises(NotFoundError):
            page.content(replace(view, path=path))


def test_only_what_was_touched_is_written(view: View) -> None:
    entry = figures.card_of(view).now().card.measures["nps"]
    was = written("measures", {name: getattr(entry, name) for name in type(entry).model_fields})
    ids = [{"type": "card-field", "name": name} for name in was if name != "lead"]
    same = [was[one["name"]] or None for one in ids]
    flags = [{"type": "card-flag", "name": "lead"}]
    assert form.values(same, ids, [True], flags, was) == {}
    place = [one["name"] for one in ids].index("target")
    same[place] = " 40 "
    assert form.values(same, ids, [False], flags, was) == {"target": "40", "lead": ""}


def test_a_form_that_was_open_while_the_card_changed_overwrites_nothing(view: View) -> None:
    seen = figures.card_of(view).now().version
    card.save(view, "measures", "nps", {"weight": "2"}, seen, new=False)
    with pytest.raises(ChangedError):
        card.save(view, "measures", "nps", {"weight": "3"}, seen, new=False)
    with pytest.raises(OptionError, match="cause and its effect"):
        card.save(view, "arrows", "", {"cause": "nps"}, "", new=True)
    told = [one.action for one in view.trail.entries(10)]
    assert told.count("scorecard.put") == 1


def test_faults_stand_at_their_fields(view: View) -> None:
    with pytest.raises(OptionError) as told:
        card.save(view, "measures", "nps", {"goal": "+7x", "weight": "-1"}, "", new=False)
    own, others = form.by_field(told.value.faults, "measures", "nps")
    assert set(own) == {"goal", "weight"}
    assert others == []
    assert form.by_field(["objectives.x.title: Field required"], "measures", "nps") == ({}, ["objectives.x.title: Field required"])  # fmt: skip


def test_todays_figures_are_worked_out_once(view: View) -> None:
    assert figures.today(view) is figures.today(view)
    held = figures.today(view)
    card.save(view, "measures", "nps", {"weight": "2"}, held.held.version, new=False)
    assert figures.today(view) is not held
