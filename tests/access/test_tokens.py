"""API tokens: never wider than whoever made or owns them, closed at once when they are revoked, in every process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal, Scope
from lifeworth.errors import AccessError, NotFoundError, OptionError, UnknownPersonError


def test_a_token_may_what_it_was_given_and_no_more(doors: Doors, admin: Principal) -> None:
    who = doors.principal(doors.make_token(admin, "nightly export", ["read", "export"]))
    assert who.scopes == {Scope.READ, Scope.EXPORT}
    assert who.kind == "api"


@pytest.mark.parametrize("scope", ["erase", "manage"])
def test_nobody_gives_away_what_they_may_not(doors: Doors, analyst: Principal, scope: str) -> None:
    with pytest.raises(AccessError, match=scope):
        doors.make_token(analyst, "wide", ["read", scope])


def test_who_sees_no_persons_makes_no_token_that_does(doors: Doors, admin: Principal) -> None:
    session, _ = doors.enter(doors.add_user("Fin", "analyst", "finance"), "correct horse battery")
    with pytest.raises(AccessError, match="personal"):
        doors.make_token(doors.principal(session), "wide", ["personal"])


def test_a_token_makes_no_tokens(doors: Doors, admin: Principal) -> None:
    who = doors.principal(doors.make_token(admin, "all", list(Scope)))
    with pytest.raises(AccessError, match="cannot make tokens"):
        doors.make_token(who, "child", ["read"])


def test_a_token_narrows_with_its_owner_at_once(doors: Doors, admin: Principal, analyst: Principal) -> None:
    token = doors.make_token(analyst, "nightly", ["read", "run", "personal"])
    doors.change_user(analyst.user_id, role="viewer", personal=False)
    assert doors.principal(token).scopes == {Scope.READ}


def test_a_token_does_not_widen_with_its_owner(doors: Doors, admin: Principal, analyst: Principal) -> None:
    token = doors.make_token(analyst, "nightly", ["read"])
    doors.change_user(analyst.user_id, role="admin")
    assert doors.principal(token).scopes == {Scope.READ}


def test_a_program_has_tokens_of_its_own(doors: Doors, admin: Principal) -> None:
    program = doors.add_service("warehouse", "analyst", "product")
    who = doors.principal(doors.make_token(admin, "nightly", ["read", "export"], user_id=program.user_id))
    assert (who.name, who.function) == ("warehouse", "product")
    with pytest.raises(AccessError, match="warehouse may: manage"):
        doors.make_token(admin, "wide", ["manage"], user_id=program.user_id)
    with pytest.raises(UnknownPersonError):
        doors.sign_in("warehouse", "")


def test_an_admin_who_sees_no_persons_makes_no_token_for_a_program_that_does(doors: Doors, admin: Principal) -> None:
    program = doors.add_service("mailer", "viewer", "marketing")
    doors.change_user(admin.user_id, personal=False)
    blind = doors.principal(doors.sign_in("Grace", "correct horse battery"))
    with pytest.raises(AccessError, match="Grace may: personal"):
        doors.make_token(blind, "names", ["read", "personal"], user_id=program.user_id)


def test_a_token_of_a_closed_door_opens_nothing(doors: Doors, admin: Principal) -> None:
    program = doors.add_service("mailer", "viewer", "marketing")
    doors.change_user(program.user_id, active=False)
    token = doors.make_token(admin, "early", ["read"], user_id=program.user_id)
    with pytest.raises(UnknownPersonError):
        doors.principal(token)


def test_only_who_manages_makes_tokens_for_others(doors: Doors, admin: Principal, analyst: Principal) -> None:
    with pytest.raises(AccessError, match="manage"):
        doors.make_token(analyst, "nightly", ["read"], user_id=admin.user_id)


def test_all_that_is_wrong_is_told_at_once(doors: Doors, admin: Principal) -> None:
    with pytest.raises(OptionError) as refused:
        doors.make_token(admin, " ", ["fly"], 10_000)
    assert len(refused.value.faults) == 3
    with pytest.raises(OptionError, match="cannot be made"):
        doors.make_token(admin, "none", [])


def test_a_token_ends_with_its_days(doors: Doors, admin: Principal, clock: Any) -> None:
    token = doors.make_token(admin, "nightly", ["read"], 2)
    clock.go(days=1.99)
    assert doors.principal(token)
    clock.go(days=0.02)
    with pytest.raises(UnknownPersonError):
        doors.principal(token)
    assert doors.tokens() == []


def test_a_token_is_not_idle_as_a_session_is(doors: Doors, admin: Principal, clock: Any) -> None:
    token = doors.make_token(admin, "yearly", ["read"], 365)
    clock.go(days=300)
    assert doors.principal(token)


def test_a_list_of_tokens_holds_no_key(doors: Doors, admin: Principal) -> None:
    key = doors.make_token(admin, "nightly", ["read"], 10)
    (token,) = doors.tokens(admin.user_id)
    assert token == doors.described(key)
    assert (token.name, token.scopes) == ("nightly", {Scope.READ})
    assert key not in repr(token)
    assert [one.kind for one in doors.tokens(kinds=("session",))] == ["session"]


def test_a_revoked_token_is_closed_at_once_in_a_process_that_knew_it(
    doors: Doors, admin: Principal, tmp_path: Path
) -> None:
    token = doors.make_token(admin, "nightly", ["read"])
    other = (
        "import sys; from pathlib import Path; from lifeworth.data.book import book_of; from lifeworth.access.doors import Doors;"
        "from lifeworth.errors import UnknownPersonError\n"
        "folder, token = Path(sys.argv[1]), sys.argv[2]; doors = Doors(book_of(folder))\n"
        "for line in sys.stdin:\n"
        "    try: answer = doors.principal(token).name\n"
        "    except UnknownPersonError: answer = 'nobody'\n"
        "    print(answer, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", other, str(tmp_path), token], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask() -> str:
            process.stdin.write("?\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            return process.stdout.readline().strip()  # type: ignore[union-attr]

        assert [ask(), ask()] == ["Grace", "Grace"]
        doors.revoke(doors.described(token).token_id)
        assert ask() == "nobody"
        process.stdin.close()


def test_one_revokes_ones_own_and_a_manager_anybodys(doors: Doors, admin: Principal, analyst: Principal) -> None:
    mine, theirs = doors.make_token(analyst, "a", ["read"]), doors.make_token(admin, "b", ["read"])
    with pytest.raises(NotFoundError):
        doors.revoke(doors.described(theirs).token_id, by=analyst)
    assert doors.principal(theirs)
    doors.revoke(doors.described(mine).token_id, by=analyst)
    with pytest.raises(UnknownPersonError):
        doors.principal(mine)
    again = doors.make_token(analyst, "a", ["read"])
    doors.revoke(doors.described(again).token_id, by=admin)
    with pytest.raises(UnknownPersonError):
        doors.principal(again)


def test_a_number_that_is_not_there_is_said(doors: Doors) -> None:
    with pytest.raises(NotFoundError):
        doors.revoke("nothing")
    with pytest.raises(NotFoundError):
        doors.described("lw_nothing")
