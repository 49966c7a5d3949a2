"""Reviews: figures stay frozen, entries are only added, a change of the card and its reason are one; and what a crash may leave."""

from __future__ import annotations

import io
import multiprocessing
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lifeworth.data.book import MINUTES, REVIEWS, Book, book_of
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.report.html import render
from lifeworth.report.spec import Document, Table
from lifeworth.scorecard import changes, export, review_page
from lifeworth.scorecard.begin import begin_review
from lifeworth.scorecard.changes import CardFile
from lifeworth.scorecard.files import FILE
from lifeworth.scorecard.minutes import CHANGEABLE, OUTCOMES, Review
from lifeworth.scorecard.reviews import Reviews
from lifeworth.scorecard.standing import standing
from lifeworth.workspace import Workspace


@dataclass
class Held:
    """A workspace with a review that is open."""

    ws: Workspace
    kept: Reviews
    one: Review
    cards: CardFile

    @property
    def name(self) -> str:
        return self.one.review_id


@pytest.fixture
def held(workspace_copy: Path) -> Iterator[Held]:
    with Workspace.open(workspace_copy) as ws:
        kept = Reviews(book_of(workspace_copy))
        yield Held(ws, kept, begin_review(ws, kept, by="Ada"), CardFile(workspace_copy, "shop"))


def rows(book: Book) -> list[Any]:
    with book.read() as open_:
        return [tuple(row) for table in (REVIEWS, MINUTES) for row in open_.execute(sa.select(table))]


def test_only_one_review_is_open(held: Held) -> None:
    with pytest.raises(OptionError, match="is open still"):
        begin_review(held.ws, held.kept, by="Bo")
    of = standing(held.ws, arrows=False)
    with pytest.raises(OptionError, match=held.name):  # also where both looked before either wrote
        held.kept.begin(of.card, of.held.text, of.filled, of.rolled, as_of=held.ws.as_of, run_id="x", by="Bo", on=date(2026, 7, 1))  # fmt: skip
    assert len(held.kept.all()) == 1


def test_nothing_that_was_written_is_ever_changed(held: Held) -> None:
    book = book_of(held.cards.root)
    frozen = held.one.frozen
    number = held.kept.say(held.name, "decision", "More training", by="Ada", subject="training_hours")
    held.kept.say(held.name, "action", "Hire", by="Ada", owner="Bo", due=date(2026, 8, 1))
    before = rows(book)
    held.kept.say(held.name, "outcome", "In March", by="Bo", follows=number, detail={"status": "worked"})
    changes.change(held.kept, held.cards, held.name, "nps", {"target": 40}, "We can", by="Ada")
    after = rows(book)
    assert [row for row in before if row not in after] == []
    assert held.kept.get(held.name).frozen == frozen
    held.kept.close(held.name)
    closed = held.kept.get(held.name)
    held.kept.close(held.name)  # twice is once
    assert held.kept.get(held.name) == closed
    assert closed.frozen == frozen
    for attempt in (
        lambda: held.kept.say(held.name, "comment", "Late", by="Bo"),
        lambda: changes.change(held.kept, held.cards, held.name, "nps", {"target": 50}, "No", by="Ada"),
    ):
        with pytest.raises(OptionError, match="closed"):
            attempt()
    assert held.cards.now().card.measures["nps"].target == 40


def test_a_review_is_not_ended_between_the_look_and_the_entry(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    def closing(*_: Any) -> None:
        held.kept.close(held.name)

    monkeypatch.setattr(held.kept, "_allowed", closing)
    with pytest.raises(OptionError, match="closed"):
        held.kept.say(held.name, "comment", "Too late", by="Bo")
    assert held.kept.minutes() == []


def test_the_next_review_opens_with_what_was_decided(held: Held) -> None:
    worked = held.kept.say(held.name, "decision", "More training", by="Ada", subject="training_hours")
    held.kept.say(held.name, "action", "Hire", by="Ada", owner="Bo", due=date(2020, 1, 1), subject="answer_fast")
    held.kept.close(held.name)
    again = begin_review(held.ws, held.kept, by="Ada")
    held.kept.say(again.review_id, "outcome", "In March", by="Bo", follows=worked, detail={"status": "worked"})
    before = held.kept.promised_before(again)
    assert [(one.minute.text, one.status, one.late) for one in before] == [("Hire", "open", True), ("More training", "worked", False)]  # fmt: skip
    assert [one.before for one in before] == [one.after for one in before] != [None, None]
    assert held.kept.promised_before(held.kept.get(held.name)) == []
    of = standing(held.ws, arrows=False)
    assert len(held.kept.still_open(of.scores, held.ws.as_of)) == 2


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        ("comment", {"text": "  "}, "needs words"),
        ("comment", {"text": "x" * 5000}, "longer than"),
        ("comment", {"text": "x", "subject": "npss"}, "no measure or objective"),
        ("action", {"text": "x"}, "an owner and a day"),
        ("action", {"text": "x", "owner": "Bo"}, "an owner and a day"),
        ("outcome", {"text": "x", "follows": 1}, "what became of it"),
        ("outcome", {"text": "x", "follows": 1, "detail": {"status": "done"}}, "no decision or action 1"),
        ("change", {"text": "x", "detail": {"field": "title", "before": "", "after": "y"}}, "which field"),
    ],
)
def test_an_entry_lacks_nothing(held: Held, kind: Any, said: dict[str, Any], words: str) -> None:
    with pytest.raises((OptionError, NotFoundError), match=words):
        held.kept.say(held.name, kind, by="Ada", **said)
    assert held.kept.minutes() == []


def test_every_outcome_is_one_and_every_changeable_field_changes(held: Held) -> None:
    number = held.kept.say(held.name, "decision", "x", by="Ada")
    for status in OUTCOMES:
        held.kept.say(held.name, "outcome", status, by="Ada", follows=number, detail={"status": status})
    values = {"target": "+3%", "target_on": "2027-01-01", "goal": 40, "red": 20, "baseline": 30, "weight": 2}
    changes.change(held.kept, held.cards, held.name, "nps", values, "All of it", by="Ada")
    told = [one.detail["field"] for one in held.kept.minutes() if one.kind == "change"]
    assert sorted(told) == sorted(set(CHANGEABLE) - {"red_above"})
    with pytest.raises(OptionError, match="a review does not change it"):
        changes.change(held.kept, held.cards, held.name, "nps", {"metric": "x"}, "No", by="Ada")
    with pytest.raises(OptionError, match="nothing would change"):
        changes.change(held.kept, held.cards, held.name, "nps", {"weight": 2}, "Again", by="Ada")
    with pytest.raises(OptionError, match="neither a number"):
        changes.change(held.kept, held.cards, held.name, "nps", {"target": "+x"}, "No", by="Ada")


@pytest.mark.parametrize("step", ["written down", "card changed"])
def test_killed_between_the_steps_of_a_change_nothing_is_lost_and_it_can_be_done_again(held: Held, step: str) -> None:
    def die(at: str) -> None:
        if at == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        changes.change(held.kept, held.cards, held.name, "nps", {"target": 40}, "We can", by="Ada", between=die)
    assert held.kept.minutes() == []
    missing = changes.unexplained(held.one, held.kept.minutes(), held.cards.now())
    # Either nothing has happened, or the change stands there and is shown as one without a reason.
    assert missing == ([] if step == "written down" else [("nps", "target", "", "40")])
    table = review_page.changed(held.one, [], missing)
    assert (table is None) == (step == "written down")
    changes.change(held.kept, held.cards, held.name, "nps", {"target": 40}, "We can", by="Ada")
    assert [one.detail for one in held.kept.minutes()] == [{"field": "target", "before": "", "after": "40"}]
    assert changes.unexplained(held.one, held.kept.minutes(), held.cards.now()) == []
    assert held.cards.now().card.measures["nps"].target == 40


def _die_amid(root: str, name: str) -> None:
    import os

    changes.change(Reviews(book_of(Path(root))), CardFile(Path(root), "shop"), name, "nps", {"target": 40}, "We can", by="Ada", between=lambda at: os._exit(9) if at == "card changed" else None)  # fmt: skip


def test_a_process_killed_after_the_card_changed_leaves_the_book_whole(held: Held) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die_amid, args=(str(held.cards.root), held.name))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert held.kept.minutes() == []
    assert changes.unexplained(held.one, [], held.cards.now()) == [("nps", "target", "", "40")]
    changes.change(held.kept, held.cards, held.name, "nps", {"target": 40}, "We can", by="Ada")
    assert len(held.kept.minutes()) == 1


def test_a_change_by_hand_is_shown_without_a_reason(held: Held) -> None:
    text = held.cards.now().text.replace('goal = "+5%"', 'goal = "+6%"')
    (held.cards.root / FILE).write_text(text, encoding="utf-8")
    assert changes.unexplained(held.one, [], held.cards.now()) == [("nps", "goal", "+5%", "+6%")]
    (held.cards.root / FILE).write_text("broken [", encoding="utf-8")
    assert changes.unexplained(held.one, [], held.cards.now()) == []


def test_a_review_is_taken_along_as_html_excel_and_csv(held: Held) -> None:
    held.kept.say(held.name, "comment", "=HYPERLINK(\"http://x\") <script>alert('x')</script>", by="Ada")
    one = held.kept.get(held.name)
    page = export.file(held.kept, one, "review.html", "EUR").decode()
    assert "&lt;script&gt;alert" in page
    assert "@media print" in page
    assert render(Document("x", (export.page_of(held.kept, one, "EUR"),), "EUR", one.as_of, {})).count("Figures of the day") >= 1  # fmt: skip
    said = export.file(held.kept, one, "minutes.csv", "EUR").decode("utf-8-sig")
    assert "\"'=HYPERLINK" in said
    book = zipfile.ZipFile(io.BytesIO(export.file(held.kept, one, "review.xlsx", "EUR")))
    assert sum(name.startswith("xl/worksheets/sheet") for name in book.namelist()) == 4
    assert "<f>" not in book.read("xl/worksheets/sheet2.xml").decode()
    figures = export.file(held.kept, one, "figures.csv", "EUR").decode("utf-8-sig")
    assert figures.count("\r\n") == len(one.frozen["measures"]) + 1
    with pytest.raises(NotFoundError, match=r"review\.html"):
        export.file(held.kept, one, "review.pdf", "EUR")


def test_figures_of_a_review_stand_beside_todays(held: Held) -> None:
    now = standing(held.ws, arrows=False)
    table = review_page.figures(held.one, now, "EUR")
    assert isinstance(table, Table)
    titles = [column.title for column in table.columns]
    then, today = titles.index("Score"), titles.index("Score today")
    assert all(row[then] == row[today] for row in table.rows)
    assert len(table.rows) == len(now.card.measures)


def test_a_review_of_no_name_is_not_found(held: Held) -> None:
    with pytest.raises(NotFoundError, match="lifeworth reviews"):
        held.kept.get("nobody")
