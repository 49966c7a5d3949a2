"""The people of a workspace: who they are, what they are here, and the rule that one admin always remains."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lifeworth.access import keys
from lifeworth.access.roles import FUNCTIONS, Role, sees_persons
from lifeworth.data.book import TOKENS, USERS, VIEWS, Book, now
from lifeworth.errors import AccessError, NotFoundError, OptionError, WorkspaceError, near

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a door of their own.

    Attributes:
        user_id: Their number.
        name: What they are called.
        role: What they may do.
        function: What they do in the company; empty where nobody said.
        personal: Whether they see persons by name.
        active: Whether the door opens.
        password: Whether they have set one; a service never has.
        invited: Whether a link is waiting for them.
        seen_at: When they, or a token of theirs, last came in; to the minute, UTC.
        created_at: Since when they are here, UTC.
    """

    user_id: str
    name: str
    role: Role
    function: str
    personal: bool
    active: bool
    password: bool
    invited: bool
    seen_at: datetime | None
    created_at: datetime


def everybody(book: Book) -> list[User]:
    """All people by name."""
    return _read(book, ())


def one(book: Book, user_id: str) -> User:
    """Somebody by their number.

    Raises:
        NotFoundError: if there is nobody of it.
    """
    found = _read(book, (USERS.c.user_id == user_id,))
    if not found:
        raise _nobody(user_id)
    return found[0]


def named(book: Book, name: str) -> User | None:
    """Somebody by their name, however its letters are written."""
    wanted = _folded(name)
    return next((user for user in everybody(book) if _folded(user.name) == wanted), None)


def add(book: Book, name: str, role: Role | str, function: str, personal: bool | None) -> str:
    """Add somebody; returns their number.

    Raises:
        OptionError: naming all that is wrong: the name, the role, the function.
    """
    told, kind = _checked(name, role, function)
    sees = sees_persons(kind, function) if personal is None else personal
    _name_is_free(book, told)
    user_id = keys.new_id()
    values = {"user_id": user_id, "name": told, "role": kind.value, "function": function, "personal": sees}
    try:
        with book.write() as open_:
            open_.execute(USERS.insert().values(**values, active=True, created_at=now()))
    except WorkspaceError as error:
        if isinstance(error.__cause__, IntegrityError):
            raise _taken(told) from error
        raise
    return user_id


def change(
    book: Book,
    user_id: str,
    *,
    name: str | None = None,
    role: Role | str | None = None,
    function: str | None = None,
    personal: bool | None = None,
    active: bool | None = None,
) -> User:
    """Change what is stated of somebody, all of it or nothing, and close the doors that stood open under the old.

    Raises:
        NotFoundError: if there is nobody of this number.
        OptionError: if a value is not allowed.
        AccessError: if no admin would be left who can come in.
    """
    before = one(book, user_id)
    told, kind = _checked(
        before.name if name is None else name, role or before.role, before.function if function is None else function
    )
    if _folded(told) != _folded(before.name):
        _name_is_free(book, told)
    after: dict[str, Any] = {"name": told, "role": kind.value, "active": before.active if active is None else active}
    after["function"] = before.function if function is None else function
    if personal is not None:
        after["personal"] = personal
    elif function is not None and function != before.function:
        after["personal"] = sees_persons(kind, function)
    stays = kind is Role.ADMIN and bool(after["active"])
    with book.write() as open_:
        _hold_admins(open_)
        condition = USERS.c.user_id == user_id
        done = open_.execute(USERS.update().where(condition, *(() if stays else (_spared(user_id),))).values(**after))
        if done.rowcount == 0:
            raise _last_admin(before.name)
        if not after["active"] or kind is not before.role:
            ended = (TOKENS.c.kind == "session",) if after["active"] else ()
            held = (TOKENS.c.user_id == user_id, TOKENS.c.revoked_at.is_(None), *ended)
            open_.execute(TOKENS.update().where(*held).values(revoked_at=now()))
    return one(book, user_id)


def remove(book: Book, user_id: str) -> None:
    """Take somebody's door away, with their tokens and the views they kept for themselves.

    Raises:
        NotFoundError: if there is nobody of this number.
        AccessError: if no admin would be left who can come in.
    """
    before = one(book, user_id)
    with book.write() as open_:
        _hold_admins(open_)
        done = open_.execute(USERS.delete().where(USERS.c.user_id == user_id, _spared(user_id)))
        if done.rowcount == 0:
            raise _last_admin(before.name)
        open_.execute(TOKENS.delete().where(TOKENS.c.user_id == user_id))
        open_.execute(VIEWS.delete().where(VIEWS.c.user_id == user_id, VIEWS.c.shared.is_(sa.false())))


def _read(book: Book, conditions: Iterable[sa.ColumnElement[bool]]) -> list[User]:
    moment = now()
    seen = sa.select(sa.func.max(TOKENS.c.used_at)).where(TOKENS.c.user_id == USERS.c.user_id).scalar_subquery()
    waiting = (
        sa.select(TOKENS.c.token_id)
        .where(TOKENS.c.user_id == USERS.c.user_id, TOKENS.c.kind.in_(("invitation", "link")))
        .where(TOKENS.c.revoked_at.is_(None), TOKENS.c.expires_at > moment)
        .exists()
    )
    asked = sa.select(USERS, seen.label("seen_at"), waiting.label("invited")).where(*conditions).order_by(USERS.c.name)
    with book.read() as open_:
        rows = open_.execute(asked).mappings().all()
    return [
        User(
            user_id=row["user_id"],
            name=row["name"],
            role=Role(row["role"]),
            function=row["function"],
            personal=row["personal"],
            active=row["active"],
            password=row["password"] is not None,
            invited=bool(row["invited"]),
            seen_at=utc(row["seen_at"]),
            created_at=row["created_at"].replace(tzinfo=UTC),
        )
        for row in rows
    ]


def utc(moment: datetime | None) -> datetime | None:
    """A time of the book with its zone."""
    return None if moment is None else moment.replace(tzinfo=UTC)


def _spared(user_id: str) -> sa.ColumnElement[bool]:
    """True for whoever is no admin who can come in, and where another such admin remains.

    It stands in the statement that changes the row, so that two admins cannot take each other's door away at the same moment.
    """
    other = USERS.alias("other")
    remains = (
        sa.select(other.c.user_id)
        .where(other.c.role == Role.ADMIN.value, other.c.active.is_(sa.true()), other.c.password.is_not(None))
        .where(other.c.user_id != user_id)
        .exists()
    )
    return sa.or_(USERS.c.role != Role.ADMIN.value, USERS.c.active.is_(sa.false()), remains)


def _hold_admins(open_: sa.Connection) -> None:
    """Let nobody else change admins meanwhile; SQLite has one writer at a time anyhow."""
    if open_.dialect.name != "sqlite":
        open_.execute(sa.select(USERS.c.user_id).where(USERS.c.role == Role.ADMIN.value).with_for_update())


def _checked(name: str, role: Role | str, function: str) -> tuple[str, Role]:
    told = " ".join(unicodedata.normalize("NFKC", name).split())
    faults = []
    if not 0 < len(told) <= LONGEST_NAME or not told.isprintable():
        faults.append(f"A name has 1 to {LONGEST_NAME} characters that can be printed.")
    if told.startswith(keys.PREFIX):
        faults.append(f'A name does not begin with "{keys.PREFIX}", as a token does.')
    roles = [one.value for one in Role]
    if role not in roles:
        faults.append(f'"{role}" is no role: {", ".join(roles)}. {near(str(role), roles)}'.rstrip())
    if function and function not in FUNCTIONS:
        faults.append(f'"{function}" is no function: {", ".join(FUNCTIONS)}. {near(function, FUNCTIONS)}'.rstrip())
    if faults:
        raise OptionError("This person cannot be kept:", faults=faults)
    return told, Role(role)


def _name_is_free(book: Book, name: str) -> None:
    if named(book, name) is not None:
        raise _taken(name)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _taken(name: str) -> OptionError:
    return OptionError(f'There is somebody called "{name}" already.', hint="Add a surname, or what they do.")


def _nobody(user_id: str) -> NotFoundError:
    return NotFoundError(f"There is nobody with the number {user_id[:40]}.", hint="lifeworth users lists all.")


def _last_admin(name: str) -> AccessError:
    return AccessError(
        f"{name} is the last admin who can come in, and must stay one.",
        hint="Make somebody else an admin and let them set their password first.",
    )
