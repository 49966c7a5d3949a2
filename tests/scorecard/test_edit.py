"""Changes of a card: comments stay, what it said before is kept, nothing is written that cannot be read or was changed since."""

from __future__ import annotations

import difflib
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lifeworth.data import disk
from lifeworth.errors import ChangedError, FileError, NotFoundError, OptionError
from lifeworth.scorecard import edit, files
from lifeworth.scorecard.changes import CardFile
from lifeworth.scorecard.fields import MODELS, fields, read, written
from lifeworth.scorecard.files import FILE, default, read_text

TEXT = default("shop")


def differences(before: str, after: str) -> list[str]:
    rows = difflib.ndiff(before.splitlines(), after.splitlines())
    return [row for row in rows if row[:2] in {"+ ", "- "}]


def test_a_changed_field_changes_its_line_and_no_other() -> None:
    after = edit.put(TEXT, "measures", "repeat_rate", {"goal": "+3pt", "target": "0.6", "target_on": "2027-06-30", "weight": 2})  # fmt: skip
    assert sorted(differences(TEXT, after)) == sorted(['- goal = "+2pt"', '+ goal = "+3pt"', "+ target = 0.6", "+ target_on = 2027-06-30", "+ weight = 2"])  # fmt: skip
    one = read_text(after, FILE).measures["repeat_rate"]
    assert (one.goal, one.target, one.target_on, one.weight) == ("+3pt", 0.6, date(2027, 6, 30), 2)
    back = edit.put(after, "measures", "repeat_rate", {"goal": "+2pt", "target": "", "target_on": None, "weight": ""})
    assert read_text(back, FILE) == read_text(TEXT, FILE)


def test_entries_are_added_and_dropped() -> None:
    text = edit.put(TEXT, "measures", "basket", {"objective": "keep_customers", "metric": "average_purchase_value", "weight": "2026-01-01: 2, 2027-01-01: 1"})  # fmt: skip
    text = edit.put(text, "objectives", "care", {"perspective": "customer", "title": "Care"})
    text = edit.put(text, "initiatives", "desk", {"title": "Hire", "measure": "nps", "budget": "9000", "due": "2027-01-31"})  # fmt: skip
    text = edit.put(text, "arrows", "nps:basket", {"lag": "6m"})
    card = read_text(text, FILE)
    assert text.startswith(TEXT.rstrip())
    assert card.measures["basket"].weight_on(date(2027, 5, 1)) == 1
    assert [(one.cause, one.effect) for one in card.arrows][-1] == ("nps", "basket")
    with pytest.raises(OptionError, match=r"arrows\[9\].effect"):
        edit.drop(text, "measures", "basket")  # an arrow still names it
    for section, name in (("arrows", "nps:basket"), ("measures", "basket"), ("objectives", "care"), ("initiatives", "desk")):  # fmt: skip
        text = edit.drop(text, section, name)
    assert read_text(text, FILE) == read_text(TEXT, FILE)


def test_what_is_dropped_takes_its_lines_and_leaves_the_others_as_they_were() -> None:
    gone = differences(TEXT, edit.drop(TEXT, "measures", "simple_clv"))
    assert all(row.startswith("- ") for row in gone)
    assert len(gone) == 5  # its head, three fields and an empty line
    ends = edit.drop(TEXT, "arrows", "training_hours:first_response_hours")
    assert ends.count("[[arrows]]") == TEXT.count("[[arrows]]") - 1
    assert not any(one and nxt.startswith("[") and one[0] not in "#[" for one, nxt in pairwise(ends.splitlines()))


@pytest.mark.parametrize(
    ("section", "name", "said", "words"),
    [
        ("measures", "Repeat Rate", {}, "is no name of an entry"),
        ("measure", "x", {}, 'Did you mean "measures"'),
        ("arrows", "nps", {}, "is no arrow"),
        ("measures", "nps", {"goal": []}, "measures.nps.goal"),
        ("measures", "nps", {"weight": "2026: 1"}, "measures.nps.weight"),
        ("measures", "nps", {"lead": "maybe"}, "measures.nps.lead"),
        ("measures", "nps", {"least": "low"}, 'measures.nps.least: "low" is no number'),
        ("measures", "nps", {"title": "x" * 3000}, "measures.nps.title"),
        ("measures", "nps", {"direction": "left"}, "measures.nps.direction"),
        ("measures", "fresh", {"metric": "nps"}, "measures.fresh.objective"),
    ],
)
def test_what_cannot_be_is_refused_and_the_field_named(
    section: str, name: str, said: dict[str, Any], words: str
) -> None:
    with pytest.raises(OptionError) as told:
        edit.put(TEXT, section, name, said)
    assert words in str(told.value)


def test_an_entry_is_not_added_twice_nor_dropped_where_it_is_not() -> None:
    with pytest.raises(OptionError, match="already"):
        edit.put(TEXT, "measures", "nps", {}, new=True)
    with pytest.raises(NotFoundError, match="nps"):
        edit.drop(TEXT, "measures", "npss")
    with pytest.raises(NotFoundError):
        edit.drop(TEXT, "arrows", "nps:nps")
    with pytest.raises(FileError):
        edit.put("[measures", "measures", "nps", {"weight": 1})


@pytest.mark.parametrize("section", MODELS)
def test_what_a_form_shows_is_read_back_as_the_same(section: str) -> None:
    card = read_text(TEXT, FILE)
    for name, entry in edit.entries(card, section).items():
        shown = written(section, entry)
        assert set(shown) == {one.name for one in fields(section)}
        again = {key: value for key, value in read(section, shown).items() if value is not None}
        assert MODELS[section].model_validate(again).model_dump() == MODELS[section].model_validate({k: v for k, v in entry.items() if v is not None}).model_dump(), name  # fmt: skip


# -- the file ---------------------------------------------------------------------------------------------------------
def test_the_first_change_makes_ours_the_workspaces_own(tmp_path: Path) -> None:
    cards = CardFile(tmp_path, "shop")
    assert not cards.now().own
    held = cards.put("measures", "nps", {"weight": 3})
    assert held.own
    assert (tmp_path / FILE).read_text(encoding="utf-8") == held.text
    assert files.earlier(tmp_path) == []
    cards.drop("arrows", "nps:retention_rate")
    assert [files.earlier_text(tmp_path, one) for one in files.earlier(tmp_path)] == [held.text]
    with pytest.raises(NotFoundError):
        files.earlier_text(tmp_path, "../scorecard")


def test_a_card_that_was_changed_since_is_not_overwritten(tmp_path: Path) -> None:
    cards = CardFile(tmp_path, "shop")
    seen = cards.now().version
    (tmp_path / FILE).write_text(TEXT.replace("of a shop", "of ours"), encoding="utf-8")
    for change in (
        lambda: cards.put("measures", "nps", {"weight": 3}, seen=seen),
        lambda: cards.write(TEXT, seen),
        lambda: cards.drop("arrows", "nps:retention_rate", seen=seen),
    ):
        with pytest.raises(ChangedError):
            change()
    assert "of ours" in (tmp_path / FILE).read_text(encoding="utf-8")
    assert cards.put("measures", "nps", {"weight": 3}, seen=cards.now().version).card.measures["nps"].weight == 3


@pytest.mark.parametrize("step", ["earlier kept", "written beside", "moved"])
def test_a_crash_at_any_step_leaves_a_whole_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    cards = CardFile(tmp_path, "shop")
    first = cards.put("measures", "nps", {"weight": 3}).text
    steps = iter(["earlier kept", "written beside"])
    write, move = disk.write_bytes, disk.move

    def dying_write(path: Path, content: bytes) -> None:
        write(path, content)
        if next(steps) == step:
            raise KeyboardInterrupt

    def dying_move(source: Path, target: Path) -> None:
        move(source, target)
        if step == "moved":
            raise KeyboardInterrupt

    monkeypatch.setattr(disk, "write_bytes", dying_write)
    monkeypatch.setattr(disk, "move", dying_move)
    with pytest.raises(KeyboardInterrupt):
        cards.put("measures", "nps", {"weight": 5})
    monkeypatch.undo()
    assert cards.now().card.measures["nps"].weight == (5 if step == "moved" else 3)
    assert first in [files.earlier_text(tmp_path, one) for one in files.earlier(tmp_path)]
    assert cards.put("measures", "nps", {"weight": 7}).card.measures["nps"].weight == 7


def test_a_card_that_names_no_figure_there_is_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no figure is called"):
        CardFile(tmp_path, "shop").put("measures", "nps", {"metric": "npss"})
    assert not (tmp_path / FILE).exists()
