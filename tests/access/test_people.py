"""The people: names that are one person's, changes that close what was open, and an admin who always remains."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal, Role, Scope
from lifeworth.data.book import Book, book_of
from lifeworth.errors import AccessError, NotFoundError, OptionError, UnknownPersonError

PASSWORD = "correct horse battery"


def test_all_that_is_wrong_with_somebody_is_told_at_once(doors: Doors) -> None:
    with pytest.raises(OptionError) as refused:
        doors.add_user("\x00", "analist", "marketting")
    told = " ".join(refused.value.faults)
    assert len(refused.value.faults) == 3
    assert 'Did you mean "analyst"?' in told
    assert 'Did you mean "marketing"?' in told
    assert doors.users() == []


@pytest.mark.parametrize("name", ["Ada", "ADA", " ada ", "\uff21da"])
def test_a_name_belongs_to_one_person_however_it_is_written(doors: Doors, name: str) -> None:
    doors.add_user("Ada", "viewer", "finance")
    with pytest.raises(OptionError, match="already"):
        doors.add_user(name, "admin")


def test_two_who_take_a_name_at_the_same_time_are_told(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    from lifeworth.access import people

    doors.add_user("Ada", "viewer", "finance")
    monkeypatch.setattr(people, "_name_is_free", lambda book, name: None)
    with pytest.raises(OptionError, match="already"):
        doors.add_user("Ada", "admin")


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "lw_abc", "a\nb\x07"])
def test_a_name_must_be_one(doors: Doors, name: str) -> None:
    with pytest.raises(OptionError):
        doors.add_user(name, "viewer")


def test_a_name_goes_into_the_book_as_a_value(doors: Doors) -> None:
    doors.add_user("Robert'); DROP TABLE users;--", "viewer", "sales")
    assert [user.name for user in doors.users()] == ["Robert'); DROP TABLE users;--"]


def test_a_function_decides_about_persons_unless_somebody_says_otherwise(doors: Doors, admin: Principal) -> None:
    for function, told, sees in (("sales", None, True), ("finance", None, False), ("finance", True, True)):
        doors.add_user(f"{function} {told}", "viewer", function, personal=told)
        user = doors.user_named(f"{function} {told}")
        assert user is not None
        assert user.personal is sees
    finance = doors.user_named("finance True")
    assert finance is not None
    assert doors.change_user(finance.user_id, role="analyst").personal
    assert not doors.change_user(finance.user_id, function="product").personal
    assert doors.change_user(finance.user_id, function="marketing").personal


def test_a_change_holds_with_the_next_request(doors: Doors, admin: Principal, analyst: Principal) -> None:
    session = doors.sign_in("Ada", PASSWORD)
    doors.change_user(analyst.user_id, personal=False, name="Ada L.", function="finance")
    who = doors.principal(session)
    assert (who.name, who.function, who.personal) == ("Ada L.", "finance", False)


def test_another_role_ends_sessions_and_keeps_tokens(doors: Doors, admin: Principal, analyst: Principal) -> None:
    session, token = doors.sign_in("Ada", PASSWORD), doors.make_token(analyst, "nightly", ["read"])
    doors.change_user(analyst.user_id, role="viewer")
    with pytest.raises(UnknownPersonError):
        doors.principal(session)
    assert doors.principal(token).role is Role.VIEWER


def test_a_closed_door_opens_to_nothing_and_stays_shut_for_old_keys(
    doors: Doors, admin: Principal, analyst: Principal
) -> None:
    keys = [doors.sign_in("Ada", PASSWORD), doors.make_token(analyst, "nightly", ["read"])]
    invitation = doors.reset(analyst.user_id)
    doors.change_user(analyst.user_id, active=False)
    for closed in (
        lambda: doors.principal(keys[0]),
        lambda: doors.principal(keys[1]),
        lambda: doors.enter(invitation, PASSWORD),
        lambda: doors.sign_in("Ada", PASSWORD),
        lambda: doors.reset(analyst.user_id),
    ):
        with pytest.raises(AccessError):
            closed()
    doors.change_user(analyst.user_id, active=True)
    assert doors.sign_in("Ada", PASSWORD)
    for key in keys:
        with pytest.raises(UnknownPersonError):
            doors.principal(key)


def test_who_is_gone_is_gone_with_all_keys(doors: Doors, admin: Principal, analyst: Principal) -> None:
    keys = [doors.sign_in("Ada", PASSWORD), doors.make_token(analyst, "nightly", ["read"])]
    doors.remove_user(analyst.user_id)
    assert doors.user_named("Ada") is None
    for key in keys:
        with pytest.raises(UnknownPersonError):
            doors.principal(key)
    doors.add_user("Ada", "viewer", "finance")


def test_views_for_oneself_go_with_a_person_and_shared_ones_stay(
    doors: Doors, admin: Principal, analyst: Principal, book: Book
) -> None:
    import sqlalchemy as sa

    from lifeworth.data.book import VIEWS, now

    with book.write() as open_:
        for name, shared in (("mine", False), ("ours", True)):
            values = {"view_id": name, "name": name, "address": "/", "shared": shared, "created_at": now()}
            open_.execute(VIEWS.insert().values(user_id=analyst.user_id, **values))
    doors.remove_user(analyst.user_id)
    with book.read() as open_:
        assert open_.execute(sa.select(VIEWS.c.name)).scalars().all() == ["ours"]


# -- the last admin --------------------------------------------------------------------------------------------------
ENDS: dict[str, Any] = {
    "removed": lambda doors, user_id: doors.remove_user(user_id),
    "demoted": lambda doors, user_id: doors.change_user(user_id, role="analyst"),
    "closed": lambda doors, user_id: doors.change_user(user_id, active=False),
    "all at once": lambda doors, user_id: doors.change_user(user_id, role="viewer", active=False, name="x"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_the_last_admin_stays(doors: Doors, admin: Principal, analyst: Principal, end: Any) -> None:
    with pytest.raises(AccessError, match="last admin"):
        end(doors, admin.user_id)
    user = doors.user(admin.user_id)
    assert (user.name, user.role, user.active) == ("Grace", Role.ADMIN, True)
    assert doors.sign_in("Grace", PASSWORD)


@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_an_admin_who_could_not_come_in_does_not_count(doors: Doors, admin: Principal, end: Any) -> None:
    invited = doors.add_user("Invited", "admin")
    doors.enter(doors.add_user("Closed", "admin"), PASSWORD)
    closed = doors.user_named("Closed")
    assert closed is not None
    doors.change_user(closed.user_id, active=False)
    with pytest.raises(AccessError, match="last admin"):
        end(doors, admin.user_id)
    doors.enter(invited, PASSWORD)
    end(doors, admin.user_id)


def test_the_last_admin_may_change_what_does_not_make_them_less(doors: Doors, admin: Principal) -> None:
    user = doors.change_user(admin.user_id, name="Grace H.", function="finance", personal=False)
    assert (user.name, user.role, user.personal) == ("Grace H.", Role.ADMIN, False)
    assert Scope.MANAGE in doors.principal(doors.sign_in("Grace H.", PASSWORD)).scopes


def test_two_admins_cannot_take_each_others_door_away_at_the_same_moment(
    doors: Doors, admin: Principal, tmp_path: Any
) -> None:
    _, other = doors.enter(doors.add_user("Joan", "admin"), PASSWORD)
    for _ in range(5):
        start, ended = threading.Barrier(2), []

        def demote(user_id: str, start: threading.Barrier = start, ended: list[str] = ended) -> None:
            own = Doors(book_of(tmp_path))
            start.wait()
            try:
                own.change_user(user_id, role="viewer")
            except AccessError:
                ended.append(user_id)

        both = [threading.Thread(target=demote, args=(who,)) for who in (admin.user_id, other.user_id)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        admins = [user for user in doors.users() if user.role is Role.ADMIN]
        assert len(admins) == 1
        assert ended == [admins[0].user_id]
        for who in (admin, other):
            doors.change_user(who.user_id, role="admin")


@pytest.mark.parametrize("act", ["user", "remove_user", "reset", "change_user"])
def test_somebody_who_is_not_there_is_said(doors: Doors, act: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(doors, act)("nobody")


def test_what_is_known_of_people_is_told(doors: Doors, admin: Principal) -> None:
    doors.add_user("Ada", "viewer", "finance")
    ada, grace = doors.users()
    assert (ada.name, ada.password, ada.invited, ada.seen_at) == ("Ada", False, True, None)
    assert (grace.password, grace.invited, grace.active) == (True, False, True)
    assert grace.seen_at is not None
    assert grace.seen_at.utcoffset() is not None
