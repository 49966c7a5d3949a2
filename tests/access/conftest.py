"""Doors on a book of their own, a clock that can be set, and passwords that cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lifeworth.access import passwords, people, tokens
from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal
from lifeworth.data import book as the_book
from lifeworth.data.book import Book, book_of

PASSWORD = "correct horse battery"


class Clock:
    """What time it is, as far as the doors know."""

    def __init__(self) -> None:
        self.at = datetime(2026, 7, 1, 12)

    def now(self) -> datetime:
        return self.at

    def go(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(2**4, 8, 1))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for room in (the_book, tokens, people):
        monkeypatch.setattr(room, "now", made.now)
    return made


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = book_of(tmp_path)
    yield made
    made.close()


@pytest.fixture
def doors(book: Book) -> Doors:
    return Doors(book)


@pytest.fixture
def admin(doors: Doors) -> Principal:
    """An admin with a password, in a session."""
    _, who = doors.enter(doors.add_user("Grace", "admin"), PASSWORD)
    return who


@pytest.fixture
def analyst(doors: Doors, admin: Principal) -> Principal:
    """An analyst in marketing, in a session."""
    del admin
    _, who = doors.enter(doors.add_user("Ada", "analyst", "marketing"), PASSWORD)
    return who
