"""Who may do what: the table itself, since whoever changes it changes what strangers may see."""

from __future__ import annotations

import pytest

from lifeworth.access.roles import (
    ABOUT_SCOPES,
    FUNCTIONS,
    ROLE_SCOPES,
    SEE_PERSONS,
    Principal,
    Role,
    Scope,
    sees_persons,
)
from lifeworth.errors import AccessError
from lifeworth.report.board import Board, Tab

TABLE = {
    "viewer": {"read"},
    "analyst": {"read", "export", "run"},
    "admin": {"read", "export", "run", "erase", "manage"},
}


def test_roles_may_what_the_table_says() -> None:
    assert {role.value: {scope.value for scope in scopes} for role, scopes in ROLE_SCOPES.items()} == TABLE


def test_personal_data_come_with_no_role() -> None:
    assert not any(Scope.PERSONAL in scopes for scopes in ROLE_SCOPES.values())


def test_a_higher_role_may_all_that_a_lower_one_may() -> None:
    assert ROLE_SCOPES[Role.VIEWER] < ROLE_SCOPES[Role.ANALYST] < ROLE_SCOPES[Role.ADMIN]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_decides_who_sees_persons(function: str) -> None:
    for role in Role:
        assert sees_persons(role, function) == (function in {"marketing", "sales", "service"})
    assert set(FUNCTIONS) > SEE_PERSONS


def test_without_a_function_only_an_admin_sees_persons() -> None:
    assert [role for role in Role if sees_persons(role, "")] == [Role.ADMIN]


def test_every_scope_is_put_into_words() -> None:
    assert ABOUT_SCOPES.keys() == set(Scope)


def test_what_is_lacking_is_named() -> None:
    who = _somebody(scopes={Scope.READ})
    who.need(Scope.READ)
    with pytest.raises(AccessError, match='needs "export"') as refused:
        who.need(Scope.EXPORT)
    assert refused.value.http_status == 403


@pytest.mark.parametrize(
    ("function", "role", "wanted", "seen"),
    [
        ("marketing", Role.VIEWER, {"marketing"}, True),
        ("finance", Role.VIEWER, {"marketing"}, False),
        ("finance", Role.ANALYST, {"marketing", "finance"}, True),
        ("finance", Role.ADMIN, {"marketing"}, True),
        ("", Role.VIEWER, {"marketing"}, True),
        ("product", Role.VIEWER, set(), True),
    ],
)
def test_a_function_chooses_the_boards(function: str, role: Role, wanted: set[str], seen: bool) -> None:
    assert _somebody(function=function, role=role).sees(_board(functions=wanted)) is seen


def test_a_board_that_names_customers_is_shown_to_who_sees_persons() -> None:
    board = _board(personal=True)
    assert not _somebody(role=Role.ADMIN).sees(board)
    assert _somebody(scopes={Scope.READ, Scope.PERSONAL}).sees(board)


def test_nobody_sees_a_board_without_reading() -> None:
    assert not _somebody(scopes={Scope.EXPORT}).sees(_board())


def _somebody(function: str = "", role: Role = Role.VIEWER, scopes: set[Scope] | None = None) -> Principal:
    held = frozenset({Scope.READ} if scopes is None else scopes)
    return Principal("u", "Ada", role, function, held, "t", "session")


def _board(functions: set[str] | None = None, *, personal: bool = False) -> Board:
    return Board("b", "B", "Value", 1, "i", "a", (Tab("value"),), frozenset(functions or ()), personal)  # type: ignore[arg-type]
