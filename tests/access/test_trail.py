"""The trail: in order, in pages, one line an entry, and never a secret."""

from __future__ import annotations

import json

import sqlalchemy as sa

from lifeworth.access import keys
from lifeworth.access.trail import LONGEST_DETAIL, MOST, Trail
from lifeworth.data.book import TRAIL, Book


def test_the_latest_stands_first_and_pages_follow_each_other(book: Book) -> None:
    trail = Trail(book)
    for number in range(7):
        trail.note("Ada", f"look.{number}")
    first = trail.entries(3)
    second = trail.entries(3, before=first[-1].entry_id)
    assert [one.action for one in (*first, *second)] == [f"look.{n}" for n in (6, 5, 4, 3, 2, 1)]


def test_entries_can_be_asked_by_person_and_by_action(book: Book) -> None:
    trail = Trail(book)
    for who in ("Ada", "Grace"):
        for action in ("users.add", "users.remove", "users_x", "export"):
            trail.note(who, action)
    assert {one.who for one in trail.entries(who="Ada")} == {"Ada"}
    assert len(trail.entries(action="users.add")) == 2
    assert {one.action for one in trail.entries(action="users.")} == {"users.add", "users.remove"}
    assert trail.entries(action="%.") == []


def test_nobody_gets_the_whole_trail_at_once(book: Book) -> None:
    trail = Trail(book)
    for _ in range(3):
        trail.note("Ada", "look")
    assert len(trail.entries(-5)) == 1
    assert len(trail.entries(MOST * 10)) == 3


def test_no_secret_gets_into_it(book: Book) -> None:
    key, link = keys.fresh(api=True), keys.fresh()
    Trail(book).note(
        f"Ada {key}",
        "look",
        f"/enter/{link}",
        detail={
            "password": "hunter2hunter2",
            "new_password": "hunter2hunter2",
            "nested": [{"secret": "hunter2hunter2", "text": f"Bearer {key}"}],
            "token_id": "abc",
            "rows": 3,
        },
    )
    with book.read() as open_:
        kept = str(open_.execute(sa.select(TRAIL)).mappings().all())
    assert not [one for one in (key, link, "hunter2") if one in kept]
    assert Trail(book).entries()[0].detail["token_id"] == "abc"
    assert Trail(book).entries()[0].detail["rows"] == 3


def test_an_entry_cannot_draw_another_one(book: Book) -> None:
    Trail(book).note("Ada\n2026-07-01 Grace", "look\r\n", "a\x1b[2Jb", origin="x\x00y")
    entry = Trail(book).entries()[0]
    assert all(text.isprintable() for text in (entry.who, entry.action, entry.subject, entry.origin))


def test_a_long_detail_is_cut_and_stays_readable(book: Book) -> None:
    Trail(book).note("Ada", "look", detail={"names": ["x" * 100] * 1_000})
    assert len(json.dumps(Trail(book).entries()[0].detail)) < LONGEST_DETAIL + 100


def test_times_carry_their_zone(book: Book) -> None:
    Trail(book).note("Ada", "look")
    assert Trail(book).entries()[0].at.utcoffset() is not None


def test_an_entry_without_a_name_says_nobody(book: Book) -> None:
    Trail(book).note("", "look")
    assert Trail(book).entries()[0].who == "nobody"
