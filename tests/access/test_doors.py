"""Coming in: by the first link, by an invitation, by name and password; once, for a time, and never for a stranger."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from lifeworth.access import passwords
from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal, Role, Scope
from lifeworth.data.book import META, TOKENS, USERS, Book
from lifeworth.errors import AccessError, OptionError, UnknownPersonError

PASSWORD = "correct horse battery"


# -- the first link --------------------------------------------------------------------------------------------------
def test_the_first_link_lets_an_admin_in(doors: Doors) -> None:
    link = doors.first_link()
    assert link is not None
    assert not doors.needs_password(link)
    session, who = doors.enter(link)
    assert who.role is Role.ADMIN
    assert set(Scope) == who.scopes
    assert doors.principal(session) == who


def test_a_link_opens_once(doors: Doors) -> None:
    link = doors.first_link() or ""
    doors.enter(link)
    with pytest.raises(UnknownPersonError, match="used or has expired"):
        doors.enter(link)


def test_a_new_first_link_makes_the_old_one_worthless(doors: Doors) -> None:
    old, new = doors.first_link() or "", doors.first_link() or ""
    with pytest.raises(UnknownPersonError):
        doors.enter(old)
    doors.enter(new)
    assert len(doors.users()) == 1


def test_there_is_a_first_link_until_an_admin_has_a_password(doors: Doors) -> None:
    _, who = doors.enter(doors.first_link() or "")
    assert doors.first_link() is not None
    doors.set_password(who.user_id, PASSWORD)
    assert doors.first_link() is None


def test_a_first_link_does_not_end_an_invitation_that_waits(doors: Doors) -> None:
    invitation = doors.add_user("Grace", "admin")
    assert doors.first_link() is not None
    assert doors.invited(invitation).name == "Grace"


def test_a_viewer_with_a_password_is_no_admin(doors: Doors) -> None:
    doors.enter(doors.add_user("Ada", "viewer", "finance"), PASSWORD)
    assert doors.first_link() is not None


def test_a_first_link_expires_after_a_day(doors: Doors, clock: Any) -> None:
    link = doors.first_link() or ""
    clock.go(hours=24)
    with pytest.raises(UnknownPersonError):
        doors.enter(link)


# -- invitations -----------------------------------------------------------------------------------------------------
def test_an_invitation_sets_a_password_and_lets_in(doors: Doors) -> None:
    key = doors.add_user("Ada", "analyst", "marketing")
    assert doors.needs_password(key)
    assert doors.invited(key).name == "Ada"
    _, who = doors.enter(key, PASSWORD)
    assert (who.name, who.role, who.function, who.personal) == ("Ada", Role.ANALYST, "marketing", True)
    assert doors.principal(doors.sign_in("Ada", PASSWORD)).user_id == who.user_id


@pytest.mark.parametrize("password", [None, "", "short", "aaaaaaaaaaaaaaaa"])
def test_an_easy_password_leaves_the_invitation_good(doors: Doors, password: str | None) -> None:
    key = doors.add_user("Ada", "analyst", "marketing")
    with pytest.raises(OptionError):
        doors.enter(key, password)
    doors.enter(key, PASSWORD)


def test_an_invitation_opens_once_even_when_two_come_at_the_same_time(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = doors.add_user("Ada", "analyst", "marketing")
    keep, came = passwords.keep, []

    def meanwhile(password: str) -> str:
        # The first is still working on the password when the second comes with the same key.
        if not came:
            came.append(doors)
            came.append(doors.enter(key, "somebody else was faster"))
        return keep(password)

    monkeypatch.setattr(passwords, "keep", meanwhile)
    with pytest.raises(UnknownPersonError):
        doors.enter(key, PASSWORD)
    monkeypatch.undo()
    with pytest.raises(UnknownPersonError):
        doors.sign_in("Ada", PASSWORD)


def test_an_invitation_lasts_three_days(doors: Doors, clock: Any) -> None:
    key = doors.add_user("Ada", "analyst", "marketing")
    clock.go(hours=71.9)
    assert doors.invited(key)
    clock.go(hours=0.2)
    with pytest.raises(UnknownPersonError):
        doors.enter(key, PASSWORD)


def test_a_new_link_ends_the_older_one(doors: Doors) -> None:
    old = doors.add_user("Ada", "analyst", "marketing")
    new = doors.reset(doors.users()[0].user_id)
    with pytest.raises(UnknownPersonError):
        doors.enter(old, PASSWORD)
    doors.enter(new, PASSWORD)


def test_a_reset_leaves_the_old_password_good_until_it_is_used(doors: Doors, analyst: Principal) -> None:
    key = doors.reset(analyst.user_id)
    session = doors.sign_in("Ada", PASSWORD)
    doors.enter(key, "another good password")
    for gone in (lambda: doors.principal(session), lambda: doors.sign_in("Ada", PASSWORD)):
        with pytest.raises(UnknownPersonError):
            gone()


def test_a_session_is_no_invitation_and_an_invitation_no_session(doors: Doors, analyst: Principal) -> None:
    session, key = doors.sign_in("Ada", PASSWORD), doors.reset(analyst.user_id)
    with pytest.raises(UnknownPersonError):
        doors.enter(session, PASSWORD)
    with pytest.raises(UnknownPersonError):
        doors.principal(key)


# -- name and password -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["Ada", "ada", " ADA ", "\uff21da"])
def test_a_name_is_known_however_it_is_written(doors: Doors, analyst: Principal, name: str) -> None:
    assert doors.principal(doors.sign_in(name, PASSWORD)).user_id == analyst.user_id


def test_unknown_names_are_refused_in_the_same_words_after_the_same_work(
    doors: Doors, analyst: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited = doors.add_user("Invited", "viewer", "finance")
    doors.enter(doors.add_user("Closed", "viewer", "finance"), PASSWORD)
    closed = doors.user_named("Closed")
    assert closed is not None
    doors.change_user(closed.user_id, active=False)
    del invited, analyst
    work, said = [], set()
    scrypt = hashlib.scrypt

    def counted(*arguments: Any, **named: Any) -> bytes:
        work.append((named["n"], named["r"], named["p"]))
        return scrypt(*arguments, **named)

    monkeypatch.setattr(passwords.hashlib, "scrypt", counted)
    for name in ("Ada", "Nobody", "Invited", "Closed", "x" * 5_000, ""):
        work.clear()
        with pytest.raises(UnknownPersonError) as refused:
            doors.sign_in(name, "a wrong password")
        said.add(str(refused.value))
        assert work == [(passwords.COST.n, passwords.COST.r, passwords.COST.p)]
    assert len(said) == 1


def test_somebody_without_a_password_cannot_sign_in(doors: Doors) -> None:
    doors.enter(doors.first_link() or "")
    for password in ("", "nobody is known", "None"):
        with pytest.raises(UnknownPersonError):
            doors.sign_in("admin", password)


def test_a_password_at_an_older_cost_is_kept_anew(
    doors: Doors, analyst: Principal, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(2**5, 8, 1))
    doors.sign_in("Ada", PASSWORD)
    with book.read() as open_:
        kept = open_.execute(sa.select(USERS.c.password).where(USERS.c.user_id == analyst.user_id)).scalar_one()
    assert kept.startswith("scrypt$32$")
    assert doors.sign_in("Ada", PASSWORD)


def test_a_password_changed_meanwhile_keeps_the_old_one_out(
    doors: Doors, analyst: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = passwords.fits

    def meanwhile(password: str, kept: str | None) -> bool:
        monkeypatch.undo()
        found = fits(password, kept)
        doors.set_password(analyst.user_id, "another good password")
        return found

    monkeypatch.setattr(passwords, "fits", meanwhile)
    with pytest.raises(UnknownPersonError):
        doors.sign_in("Ada", PASSWORD)


def test_a_changed_password_ends_all_sessions_but_the_one_it_was_changed_in(doors: Doors, analyst: Principal) -> None:
    here, there = doors.sign_in("Ada", PASSWORD), doors.sign_in("Ada", PASSWORD)
    assert doors.knows_password(analyst.user_id, PASSWORD)
    doors.set_password(analyst.user_id, "another good password", keep=doors.principal(here).token_id)
    assert doors.principal(here)
    with pytest.raises(UnknownPersonError):
        doors.principal(there)
    assert not doors.knows_password(analyst.user_id, PASSWORD)


# -- how long a session lasts ----------------------------------------------------------------------------------------
def test_a_session_ends_after_hours_without_a_request(doors: Doors, analyst: Principal, clock: Any) -> None:
    clock.go(days=1)
    session = doors.sign_in("Ada", PASSWORD)
    for _ in range(5):
        clock.go(hours=7.9)
        doors.principal(session)
    clock.go(hours=8.1)
    with pytest.raises(UnknownPersonError):
        doors.principal(session)


def test_a_session_ends_at_last_however_busy(book: Book, doors: Doors, analyst: Principal, clock: Any) -> None:
    busy = Doors(book, idle_hours=8, session_hours=24)
    session = busy.sign_in("Ada", PASSWORD)
    for _ in range(23):
        clock.go(hours=1)
        busy.principal(session)
    clock.go(hours=1)
    with pytest.raises(UnknownPersonError):
        busy.principal(session)


def test_a_clock_set_back_brings_no_session_to_life(doors: Doors, analyst: Principal, clock: Any) -> None:
    ended, idle = doors.sign_in("Ada", PASSWORD), doors.sign_in("Ada", PASSWORD)
    doors.sign_out(ended)
    clock.go(days=1)
    with pytest.raises(UnknownPersonError):
        doors.principal(idle)
    clock.go(days=-2)
    for session in (ended, idle):
        with pytest.raises(UnknownPersonError):
            doors.principal(session)


def test_a_clock_that_was_wrong_for_a_while_costs_no_token_its_life(doors: Doors, admin: Principal, clock: Any) -> None:
    token = doors.make_token(admin, "nightly", ["read"], 30)
    clock.go(days=400)
    with pytest.raises(UnknownPersonError):
        doors.principal(token)
    clock.go(days=-400)
    assert doors.principal(token)


def test_signing_out_ends_this_session_alone(doors: Doors, analyst: Principal) -> None:
    one, other = doors.sign_in("Ada", PASSWORD), doors.sign_in("Ada", PASSWORD)
    doors.sign_out(one)
    doors.sign_out("no such session")
    assert doors.principal(other)
    with pytest.raises(UnknownPersonError):
        doors.principal(one)


def test_signing_out_ends_no_token(doors: Doors, admin: Principal) -> None:
    token = doors.make_token(admin, "nightly", ["read"])
    doors.sign_out(token)
    assert doors.principal(token)


def test_sessions_that_ended_long_ago_are_forgotten(doors: Doors, clock: Any, analyst: Principal, book: Book) -> None:
    doors.sign_in("Ada", PASSWORD)
    clock.go(days=60)
    doors.sign_in("Ada", PASSWORD)
    with book.read() as open_:
        kinds = open_.execute(sa.select(TOKENS.c.kind).where(TOKENS.c.user_id == analyst.user_id)).scalars().all()
    assert kinds == ["session"]


# -- what is kept ----------------------------------------------------------------------------------------------------
def test_no_key_and_no_password_stands_in_the_book(doors: Doors, admin: Principal, book: Book) -> None:
    invitation = doors.add_user("Ada", "analyst", "marketing")
    session, _ = doors.enter(invitation, PASSWORD)
    secrets = [invitation, session, doors.make_token(admin, "nightly", ["read"]), PASSWORD]
    with book.read() as open_:
        kept = "".join(str(open_.execute(sa.select(table)).all()) for table in META.sorted_tables)
    assert not [one for one in secrets if one in kept]


def test_using_a_key_is_written_once_a_minute(doors: Doors, admin: Principal, book: Book, clock: Any) -> None:
    token = doors.make_token(admin, "nightly", ["read"])
    written = []

    @sa.event.listens_for(book._engine, "before_cursor_execute")
    def count(*arguments: Any) -> None:
        if not str(arguments[2]).lstrip().upper().startswith(("SELECT", "PRAGMA")):
            written.append(arguments[2])

    for _ in range(120):
        doors.principal(token)
        clock.go(seconds=1)
    assert len(written) == 2
    sa.event.remove(book._engine, "before_cursor_execute", count)


def test_a_book_that_cannot_be_written_keeps_nobody_out(
    doors: Doors, admin: Principal, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lifeworth.errors import StorageError

    token = doors.make_token(admin, "nightly", ["read"])

    def full() -> Any:
        raise StorageError("full")

    monkeypatch.setattr(book, "write", full)
    assert doors.principal(token).name == "Grace"


def test_asking_who_it_is_takes_one_question_to_the_book(doors: Doors, admin: Principal, book: Book) -> None:
    token = doors.make_token(admin, "nightly", ["read"])
    doors.principal(token)
    asked = []

    @sa.event.listens_for(book._engine, "before_cursor_execute")
    def count(*arguments: Any) -> None:
        asked.append(arguments[2])

    doors.principal(token)
    sa.event.remove(book._engine, "before_cursor_execute", count)
    assert len(asked) == 1


@pytest.mark.parametrize("key", ["", "lw_", "x" * 43, "é", "x" * 10_000, "' OR 1=1 --"])
def test_what_is_no_key_opens_nothing(doors: Doors, admin: Principal, key: str) -> None:
    for door in (doors.principal, doors.enter, doors.invited):
        with pytest.raises(UnknownPersonError):
            door(key)
    with pytest.raises(AccessError):
        doors.principal(key)
