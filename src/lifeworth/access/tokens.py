"""Keys that open a door, as they stand in the book: made, looked at, ended. The key itself is nowhere, only its hash."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from lifeworth.access import keys, people
from lifeworth.access.people import utc
from lifeworth.access.roles import ROLE_SCOPES, Kind, Principal, Role, Scope
from lifeworth.data.book import TOKENS, USERS, Book, now
from lifeworth.errors import NotFoundError, OptionError, UnknownPersonError

MOST_DAYS = 730
"""An API token never lives longer."""
SWEPT = timedelta(days=30)
"""How long sessions and links are kept after their end."""
ONCE = ("link", "invitation")
"""Kinds that open a door one time."""


@dataclass(frozen=True, slots=True)
class Token:
    """A key somebody can come in with; the key itself is nowhere.

    Attributes:
        token_id: Its number, which opens nothing.
        kind: `api` or `session`.
        user_id: Whose it is.
        name: What it is for.
        scopes: What it may do, as far as its owner still may.
        created_at: Since when, UTC.
        expires_at: Until when, UTC.
        used_at: When it was last used, to the minute, UTC.
    """

    token_id: str
    kind: str
    user_id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


_WHO = (
    sa.select(
        TOKENS.c.token_id, TOKENS.c.kind, TOKENS.c.scopes, TOKENS.c.created_at, TOKENS.c.expires_at, TOKENS.c.used_at,
        TOKENS.c.revoked_at, USERS.c.user_id, USERS.c.name, USERS.c.role, USERS.c.function, USERS.c.personal, USERS.c.active,
    )
    .join(USERS, USERS.c.user_id == TOKENS.c.user_id)
    .where(TOKENS.c.hash == sa.bindparam("hashed"), TOKENS.c.kind.in_(("session", "api")))
)  # fmt: skip


def find(book: Book, key: str) -> sa.RowMapping | None:
    """The row of a session or an API token, with its owner's; asked with every request."""
    hashed = keys.kept(key)
    if hashed is None:
        return None
    with book.read() as open_:
        return open_.execute(_WHO, {"hashed": hashed}).mappings().one_or_none()


def one_time(book: Book, key: str) -> sa.RowMapping:
    """The row of a one-time key that still opens its door.

    Raises:
        UnknownPersonError: if it is used up, expired or unknown.
    """
    asked = sa.select(TOKENS).join(USERS, USERS.c.user_id == TOKENS.c.user_id).where(USERS.c.active.is_(sa.true()))
    asked = asked.where(TOKENS.c.hash == (keys.kept(key) or ""), TOKENS.c.kind.in_(ONCE), TOKENS.c.revoked_at.is_(None))
    with book.read() as open_:
        row = open_.execute(asked.where(TOKENS.c.expires_at > now())).mappings().one_or_none()
    if row is None:
        raise used_up()
    return row


def listed(book: Book, user_id: str | None, kinds: Collection[str]) -> list[Token]:
    """Keys that open a door now, newest first: of somebody, or all."""
    asked = (
        sa.select(TOKENS)
        .where(TOKENS.c.kind.in_(list(kinds)), TOKENS.c.revoked_at.is_(None))
        .where(sa.or_(TOKENS.c.expires_at.is_(None), TOKENS.c.expires_at > now()))
        .order_by(TOKENS.c.created_at.desc(), TOKENS.c.token_id)
    )
    if user_id is not None:
        asked = asked.where(TOKENS.c.user_id == user_id)
    with book.read() as open_:
        return [_token(row) for row in open_.execute(asked).mappings()]


def described(book: Book, condition: sa.ColumnElement[bool]) -> Token:
    """What is kept of one key.

    Raises:
        NotFoundError: if there is none.
    """
    with book.read() as open_:
        row = open_.execute(sa.select(TOKENS).where(condition)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such token.")
    return _token(row)


def end(open_: sa.Connection, *mine: sa.ColumnElement[bool]) -> int:
    """Close what some keys open, for good; how many it were. What is closed already keeps its time."""
    return open_.execute(TOKENS.update().where(*mine, TOKENS.c.revoked_at.is_(None)).values(revoked_at=now())).rowcount


def sweep(open_: sa.Connection) -> None:
    """Forget sessions and links that ended long ago."""
    past = TOKENS.c.expires_at < now() - SWEPT
    open_.execute(TOKENS.delete().where(TOKENS.c.kind.in_(("session", *ONCE)), past))


def insert(open_: sa.Connection, kind: str, user_id: str, lasts: timedelta, **more: str) -> str:
    """Write a new key into the book; returns the key."""
    key, moment = keys.fresh(api=kind == "api"), now()
    values = {"token_id": keys.new_id(), "kind": kind, "hash": keys.kept(key), "user_id": user_id, "created_at": moment}
    open_.execute(TOKENS.insert().values(**values, expires_at=moment + lasts, **more))
    return key


def allowed(role: Role, personal: bool) -> frozenset[Scope]:
    """What somebody may do."""
    return ROLE_SCOPES[role] | ({Scope.PERSONAL} if personal else frozenset())


def principal(row: sa.RowMapping) -> Principal:
    """Somebody from a row of `find`."""
    kind: Kind = "api" if row["kind"] == "api" else "session"
    role = Role(row["role"])
    scopes = allowed(role, row["personal"])
    if kind == "api":
        scopes &= frozenset(Scope(one) for one in row["scopes"].split())
    return Principal(row["user_id"], row["name"], role, row["function"], scopes, row["token_id"], kind)


def _token(row: sa.RowMapping) -> Token:
    scopes = frozenset(Scope(one) for one in row["scopes"].split())
    created = utc(row["created_at"])
    assert created is not None  # noqa: S101 - the column is never empty
    return Token(
        row["token_id"], row["kind"], row["user_id"], row["name"], scopes, created, utc(row["expires_at"]), utc(row["used_at"])
    )  # fmt: skip


def scopes_of(scopes: Iterable[Scope | str], name: str, days: int) -> frozenset[Scope]:
    """The scopes of a token that is to be made.

    Raises:
        OptionError: naming all that is wrong with scopes, name and days.
    """
    known, told = [one.value for one in Scope], list(scopes)
    faults = [f'"{one}" is no scope.' for one in told if one not in known]
    if not told:
        faults.append("A token needs at least one scope.")
    if not 0 < len(" ".join(name.split())) <= people.LONGEST_NAME or not name.isprintable():
        faults.append(f"A name of 1 to {people.LONGEST_NAME} characters says what it is for.")
    if not 1 <= days <= MOST_DAYS:
        faults.append(f"It is good for 1 to {MOST_DAYS} days.")
    if faults:
        raise OptionError("This token cannot be made:", faults=faults, allowed=known)
    return frozenset(Scope(one) for one in told)


def used_up() -> UnknownPersonError:
    """The error for a one-time key that opens nothing any more."""
    return UnknownPersonError(
        "This link has been used or has expired.",
        hint="Ask an admin for a new one. On the machine itself: lifeworth users --reset NAME",
    )
