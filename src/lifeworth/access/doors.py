"""The doors of a workspace: how one comes in, what one may do then, and how a door is closed.

A session, an API token and a one-time link are all random keys of 256 bits of which only the hash is kept. Each request asks the
book anew, so what is revoked is closed at once, in every process. Who opens or changes something here writes it into the trail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from lifeworth.access import passwords, people, tokens
from lifeworth.access.keys import kept
from lifeworth.access.people import User
from lifeworth.access.roles import Principal, Role, Scope
from lifeworth.access.tokens import ONCE, Token
from lifeworth.data import book as the_book
from lifeworth.data.book import TOKENS, USERS, Book
from lifeworth.errors import AccessError, LifeworthError, NotFoundError, UnknownPersonError

IDLE_HOURS, SESSION_HOURS = 8.0, 7 * 24.0
"""A session ends after so long without a request, and at last after so long in any case."""
LINK_HOURS, INVITATION_HOURS = 24, 72
TOKEN_DAYS = 90
"""Days an API token is good unless told otherwise."""
NOTED = timedelta(minutes=1)
"""How exactly it is kept when a key was last used: a write for each request would cost more than the answer."""
FIRST = "admin"
"""What the first admin is called until they change it."""

_UNKNOWN = "This sign-in is not known here, or it has ended."


@dataclass(frozen=True, slots=True)
class Look:
    """What looking at a key has shown: who it is, and whether it is time to note that it was used."""

    principal: Principal
    due: bool


class Doors:
    """The doors of a workspace."""

    def __init__(self, book: Book, *, idle_hours: float = IDLE_HOURS, session_hours: float = SESSION_HOURS) -> None:
        """Stand before the doors of the workspace with this book."""
        self._book = book
        self._idle = timedelta(hours=idle_hours)
        self._longest = timedelta(hours=session_hours)

    # -- coming in ------------------------------------------------------------------------------------------------------
    def first_link(self) -> str | None:
        """A one-time key for an admin, as long as no admin has set a password; a new one makes older ones worthless."""
        admins = [user for user in self.users() if user.role is Role.ADMIN and user.active]
        if any(user.password for user in admins):
            return None
        user_id = admins[0].user_id if admins else people.add(self._book, self._free_name(), Role.ADMIN, "", None)
        return self._once("link", user_id, LINK_HOURS)

    def invited(self, key: str) -> User:
        """Whose a one-time key is; it stays good.

        Raises:
            UnknownPersonError: if it is used up, expired or unknown.
        """
        return people.one(self._book, tokens.one_time(self._book, key)["user_id"])

    def needs_password(self, key: str) -> bool:
        """Whether a one-time key is an invitation, with which a password must be set.

        Raises:
            UnknownPersonError: if it is used up, expired or unknown.
        """
        return bool(tokens.one_time(self._book, key)["kind"] == "invitation")

    def enter(self, key: str, password: str | None = None) -> tuple[str, Principal]:
        """Use a one-time key: the key of a new session, and who that is.

        Args:
            key: A one-time link, or an invitation.
            password: With an invitation, the password that is set; all other sessions of the person end.

        Raises:
            UnknownPersonError: if the key is used up, expired or unknown.
            OptionError: if the password is missing or too easy; the key stays good.
        """
        found = tokens.one_time(self._book, key)
        user = people.one(self._book, found["user_id"])
        stored = None
        if found["kind"] == "invitation":
            passwords.check(password or "", user.name)
            stored = passwords.keep(password or "")
        with self._book.write() as open_:
            # Whoever comes second finds it used, however close behind.
            if tokens.end(open_, TOKENS.c.token_id == found["token_id"]) != 1:
                raise tokens.used_up()
            if stored is not None:
                tokens.end(open_, TOKENS.c.user_id == user.user_id, TOKENS.c.kind.in_(("session", *ONCE)))
                open_.execute(USERS.update().where(USERS.c.user_id == user.user_id).values(password=stored))
            session = self._new_session(open_, user.user_id)
        return session, self.principal(session)

    def sign_in(self, name: str, password: str) -> str:
        """The key of a new session for a name and its password.

        An unknown name takes as long to refuse as a wrong password, and is refused in the same words.

        Raises:
            UnknownPersonError: if the two do not belong together.
        """
        user = people.named(self._book, name) if len(name) <= 4 * people.LONGEST_NAME else None
        stored = None if user is None or not user.active else self._password(user.user_id)
        if not passwords.fits(password, stored) or user is None or stored is None:
            raise _no_pair()
        anew = passwords.keep(password) if passwords.outdated(stored) else stored
        with self._book.write() as open_:
            # Only where it is the password still: who changed it meanwhile meant to keep others out.
            same = (USERS.c.user_id == user.user_id, USERS.c.password == stored)
            if open_.execute(USERS.update().where(*same).values(password=anew)).rowcount == 1:
                tokens.sweep(open_)
                return self._new_session(open_, user.user_id)
        raise _no_pair()

    def sign_out(self, key: str) -> None:
        """End a session."""
        with self._book.write() as open_:
            tokens.end(open_, TOKENS.c.hash == (kept(key) or ""), TOKENS.c.kind == "session")

    # -- who is it ------------------------------------------------------------------------------------------------------
    def principal(self, key: str) -> Principal:
        """Who shows this session or API token.

        Raises:
            UnknownPersonError: if it is unknown, ended, revoked, or its owner's door is closed.
        """
        look = self.look(key)
        if look.due:
            self.touch(look.principal.token_id)
        return look.principal

    def look(self, key: str) -> Look:
        """Who shows this key, without noting that it was used: `touch` does that, and may wait for somebody who writes.

        Raises:
            UnknownPersonError: as `principal`.
        """
        row = tokens.find(self._book, key)
        if row is None or row["revoked_at"] is not None or not row["active"]:
            raise UnknownPersonError(_UNKNOWN, hint="Sign in again.")
        moment = the_book.now()
        session = row["kind"] == "session"
        idle = session and moment - (row["used_at"] or row["created_at"]) > self._idle
        if idle or (row["expires_at"] is not None and row["expires_at"] <= moment):
            if session:
                # Ended for good: a clock that is set back must not bring it to life again.
                with suppress(LifeworthError):
                    self._ended(row["token_id"])
            raise UnknownPersonError(_UNKNOWN, hint="Sign in again." if session else "Make a new token.")
        due = row["used_at"] is None or abs(moment - row["used_at"]) >= NOTED
        return Look(tokens.principal(row), due)

    def touch(self, token_id: str) -> None:
        """Note that a key was used. A book that cannot be written just now is no reason to keep anybody out."""
        with suppress(LifeworthError), self._book.write() as open_:
            mine = (TOKENS.c.token_id == token_id, TOKENS.c.revoked_at.is_(None))
            open_.execute(TOKENS.update().where(*mine).values(used_at=the_book.now()))

    # -- people ---------------------------------------------------------------------------------------------------------
    def users(self) -> list[User]:
        """All people by name."""
        return people.everybody(self._book)

    def user(self, user_id: str) -> User:
        """Somebody by their number.

        Raises:
            NotFoundError: if there is nobody of it.
        """
        return people.one(self._book, user_id)

    def user_named(self, name: str) -> User | None:
        """Somebody by their name."""
        return people.named(self._book, name)

    def add_user(self, name: str, role: Role | str, function: str = "", *, personal: bool | None = None) -> str:
        """Add somebody; the key of their invitation, good for 72 hours and shown once (`/enter/KEY`).

        Args:
            name: What they are called.
            role: viewer, analyst or admin.
            function: marketing, sales, service, product or finance; without one, somebody sees the pages of all.
            personal: Whether they see persons by name; by default as their function does.

        Raises:
            OptionError: naming all that is wrong.
        """
        return self._once("invitation", people.add(self._book, name, role, function, personal), INVITATION_HOURS)

    def add_service(self, name: str, role: Role | str, function: str = "", *, personal: bool | None = None) -> User:
        """Add a program: it has no password and comes in with API tokens alone, which outlive the admin who made them.

        Raises:
            OptionError: naming all that is wrong.
        """
        return people.one(self._book, people.add(self._book, name, role, function, personal))

    def change_user(self, user_id: str, **changes: Any) -> User:
        """Change `name`, `role`, `function`, `personal` or `active` of somebody (see `people.change`).

        Their sessions end when the role changes; when they are made inactive, their tokens end too.

        Raises:
            NotFoundError: if there is nobody of this number.
            OptionError: if a value is not allowed.
            AccessError: if no admin would be left who can come in.
        """
        return people.change(self._book, user_id, **changes)

    def remove_user(self, user_id: str) -> None:
        """Take somebody's door away for good.

        Raises:
            NotFoundError: if there is nobody of this number.
            AccessError: if no admin would be left who can come in.
        """
        people.remove(self._book, user_id)

    def reset(self, user_id: str) -> str:
        """A new invitation for somebody who cannot come in: they set a new password. Until then the old one stays good.

        Raises:
            NotFoundError: if there is nobody of this number.
            AccessError: if they are inactive.
        """
        user = people.one(self._book, user_id)
        if not user.active:
            raise AccessError(f"{user.name} is inactive.", hint="Make them active first.")
        return self._once("invitation", user_id, INVITATION_HOURS)

    def set_password(self, user_id: str, password: str, *, keep: str = "") -> None:
        """Set somebody's password and end their sessions.

        Args:
            user_id: Whose.
            password: The new one.
            keep: Number of the session that stays: the one it was changed in.

        Raises:
            NotFoundError: if there is nobody of this number.
            OptionError: if it is too easy.
        """
        passwords.check(password, people.one(self._book, user_id).name)
        stored = passwords.keep(password)
        with self._book.write() as open_:
            open_.execute(USERS.update().where(USERS.c.user_id == user_id).values(password=stored))
            others = (TOKENS.c.kind.in_(("session", *ONCE)), TOKENS.c.token_id != keep)
            tokens.end(open_, TOKENS.c.user_id == user_id, *others)

    def knows_password(self, user_id: str, password: str) -> bool:
        """Whether this is somebody's password: asked before it is changed."""
        return passwords.fits(password, self._password(user_id))

    # -- tokens ---------------------------------------------------------------------------------------------------------
    def tokens(self, user_id: str | None = None, kinds: Collection[str] = ("api",)) -> list[Token]:
        """Keys that open a door now, newest first: of somebody, or all."""
        return tokens.listed(self._book, user_id, kinds)

    def make_token(
        self,
        principal: Principal,
        name: str,
        scopes: Iterable[Scope | str],
        days: int = TOKEN_DAYS,
        *,
        user_id: str | None = None,
    ) -> str:
        """A new API token, shown this once.

        It never may more than who makes it, nor more than its owner may at the time it is used. A token makes no tokens: a lost one
        could not be closed by revoking it.

        Args:
            principal: Who makes it.
            name: What it is for.
            scopes: What it may do.
            days: How long it is good.
            user_id: Whose it is; by default the maker's. For another's, such as a service, one must manage people.

        Raises:
            AccessError: if the maker may not give this away.
            OptionError: naming all that is wrong.
        """
        if principal.kind == "api":
            raise AccessError("A token cannot make tokens.", hint="Sign in, and make it there.")
        owner = principal.user_id if user_id is None else user_id
        if owner != principal.user_id:
            principal.need(Scope.MANAGE)
        wanted = tokens.scopes_of(scopes, name, days)
        user = people.one(self._book, owner)
        for whose, allowed in (
            (principal.name, principal.scopes),
            (user.name, tokens.allowed(user.role, user.personal)),
        ):
            if lacking := sorted(wanted - allowed):
                raise AccessError(f"A token cannot do more than {whose} may: {', '.join(lacking)}.")
        more = {"name": " ".join(name.split()), "scopes": " ".join(sorted(wanted))}
        with self._book.write() as open_:
            return tokens.insert(open_, "api", owner, timedelta(days=days), **more)

    def described(self, key: str) -> Token:
        """What is kept of a key that was just made.

        Raises:
            NotFoundError: if it is not known.
        """
        return tokens.described(self._book, TOKENS.c.hash == (kept(key) or ""))

    def revoke(self, token_id: str, *, by: Principal | None = None) -> Token:
        """Close what a key opens, at once and for good; what it was.

        Args:
            token_id: Its number.
            by: Who asks; one's own may always be revoked, another's by who manages people.

        Raises:
            NotFoundError: if there is none of this number, or it is not theirs to revoke.
        """
        found = tokens.described(self._book, TOKENS.c.token_id == token_id)
        if by is not None and found.user_id != by.user_id and not by.may(Scope.MANAGE):
            raise NotFoundError("There is no such token.")
        self._ended(token_id)
        return found

    # -- inside ---------------------------------------------------------------------------------------------------------
    def _once(self, kind: str, user_id: str, hours: float) -> str:
        with self._book.write() as open_:
            # A new link ends older ones; an invitation that waits for somebody is not ended by the link of a start.
            ended = ONCE if kind == "invitation" else (kind,)
            tokens.end(open_, TOKENS.c.user_id == user_id, TOKENS.c.kind.in_(ended))
            return tokens.insert(open_, kind, user_id, timedelta(hours=hours))

    def _new_session(self, open_: sa.Connection, user_id: str) -> str:
        return tokens.insert(open_, "session", user_id, self._longest)

    def _ended(self, token_id: str) -> None:
        with self._book.write() as open_:
            tokens.end(open_, TOKENS.c.token_id == token_id)

    def _password(self, user_id: str) -> str | None:
        asked = sa.select(USERS.c.password).where(USERS.c.user_id == user_id)
        with self._book.read() as open_:
            found: str | None = open_.execute(asked).scalar_one_or_none()
        return found

    def _free_name(self) -> str:
        taken = {user.name.casefold() for user in self.users()}
        return next(name for name in (FIRST, *(f"{FIRST} {n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _no_pair() -> UnknownPersonError:
    return UnknownPersonError(
        "Name and password do not belong together.", hint="Forgotten? An admin can send a new link."
    )
