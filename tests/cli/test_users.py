"""`lifeworth users`: who may come in, for whoever sits at the machine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access import passwords
from lifeworth.access.doors import Doors
from lifeworth.access.roles import Role
from lifeworth.access.trail import Trail
from lifeworth.data.book import book_of

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(2**4, 8, 1))


def _key(text: str) -> str:
    return re.findall(r"/enter/([\w-]{43})", text)[0]


def test_somebody_is_added_and_their_link_opens(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("users", "-w", tmp_path, "--add", "Ada", "--role", "analyst", "--function", "marketing")
    assert ended.status == 0
    assert "http://127.0.0.1:8321/enter/" in ended.out
    _, who = Doors(book_of(tmp_path)).enter(_key(ended.out), PASSWORD)
    assert (who.name, who.role, who.function) == ("Ada", Role.ANALYST, "marketing")


def test_links_begin_with_the_address_people_open(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("users", "-w", tmp_path, "--add", "Ada", "--address", "https://clv.example.com/", "--json")
    assert json.loads(ended.out)["link"].startswith("https://clv.example.com/enter/")
    assert json.loads(ended.out)["name"] == "Ada"


def test_the_list_says_how_everybody_stands_and_holds_no_key(lifeworth: Any, tmp_path: Path) -> None:
    doors = Doors(book_of(tmp_path))
    doors.enter(doors.add_user("Grace", "admin"), PASSWORD)
    keys = [doors.add_user("Ada", "viewer", "finance"), doors.add_user("Joan", "viewer")]
    joan = doors.user_named("Joan")
    assert joan is not None
    doors.change_user(joan.user_id, active=False)
    doors.add_service("warehouse", "analyst")
    rows = {row[0]: row for row in json.loads(lifeworth("users", "-w", tmp_path, "--json").out)["rows"]}
    states = {name: row[4] for name, row in rows.items()}
    assert states == {"Grace": "can sign in", "Ada": "has a link", "Joan": "closed", "warehouse": "no password"}
    assert rows["Ada"][3] == "by pseudonym"
    text = lifeworth("users", "-w", tmp_path).out
    assert "Grace" in text
    assert not [key for key in keys if key in text]


def test_a_locked_out_admin_gets_a_new_link(lifeworth: Any, tmp_path: Path) -> None:
    doors = Doors(book_of(tmp_path))
    doors.enter(doors.add_user("Grace", "admin"), PASSWORD)
    ended = lifeworth("users", "-w", tmp_path, "--reset", "grace")
    assert ended.status == 0
    doors.enter(_key(ended.out), "another good password")
    assert doors.sign_in("Grace", "another good password")


def test_somebody_is_changed_closed_and_removed(lifeworth: Any, tmp_path: Path) -> None:
    doors = Doors(book_of(tmp_path))
    doors.add_user("Ada", "viewer", "finance")
    assert lifeworth("users", "-w", tmp_path, "--change", "Ada", "--role", "analyst", "--personal").status == 0
    ada = doors.user_named("Ada")
    assert ada is not None
    assert (ada.role, ada.personal) == (Role.ANALYST, True)
    assert "closed" in lifeworth("users", "-w", tmp_path, "--change", "Ada", "--inactive").out
    assert not doors.user(ada.user_id).active
    assert lifeworth("users", "-w", tmp_path, "--remove", "Ada").status == 0
    assert doors.users() == []


def test_a_program_has_no_link(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("users", "-w", tmp_path, "--add", "warehouse", "--service")
    assert ended.status == 0
    assert "/enter/" not in ended.out


def test_what_was_done_is_in_the_trail_without_the_key(lifeworth: Any, tmp_path: Path) -> None:
    key = _key(lifeworth("users", "-w", tmp_path, "--add", "Ada", "--role", "admin").out)
    lifeworth("users", "-w", tmp_path, "--reset", "Ada")
    lifeworth("users", "-w", tmp_path)
    entries = Trail(book_of(tmp_path)).entries()
    assert [(one.who, one.action, one.subject) for one in entries] == [
        ("the command line", "users.reset", "Ada"),
        ("the command line", "users.add", "Ada"),
    ]
    assert entries[1].detail == {"role": "admin"}
    assert key not in repr(entries)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--add", "x", "--remove", "y"], 2, "One thing at a time"),
        (["--role", "admin"], 2, "--role says nothing with a list"),
        (["--reset", "Grace", "--role", "viewer"], 2, "--role says nothing with --reset"),
        (["--add", "x", "--inactive"], 2, "--active says nothing with --add"),
        (["--change", "Grase", "--role", "viewer"], 2, 'Did you mean "Grace"'),
        (["--add", "x", "--role", "boss"], 2, "no role"),
        (["--add", "Grace"], 2, "already"),
        (["--remove", "Grace"], 2, "last admin"),
        (["--change", "Grace", "--role", "viewer"], 2, "last admin"),
    ],
)
def test_what_cannot_be_done_is_said(lifeworth: Any, tmp_path: Path, words: list[str], status: int, said: str) -> None:
    doors = Doors(book_of(tmp_path))
    doors.enter(doors.add_user("Grace", "admin"), PASSWORD)
    ended = lifeworth("users", "-w", tmp_path, *words)
    assert ended.status == status
    assert said in ended.err
    assert [user.name for user in doors.users()] == ["Grace"]


def test_no_folder_is_made_by_looking(lifeworth: Any, tmp_path: Path) -> None:
    ended = lifeworth("users", "-w", tmp_path / "none")
    assert ended.status == 1
    assert "no workspace yet" in ended.err
    assert not (tmp_path / "none").exists()
