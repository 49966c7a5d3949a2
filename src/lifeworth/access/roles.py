"""Who may do what: three roles, six things one may be allowed, and what a function in the company adds.

The role says what somebody may do; the function says which pages are theirs and whether they see persons by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias, get_args

from lifeworth.errors import AccessError
from lifeworth.report.board import Board, Function


class Scope(StrEnum):
    """One thing somebody may be allowed."""

    READ = "read"
    EXPORT = "export"
    RUN = "run"
    ERASE = "erase"
    MANAGE = "manage"
    PERSONAL = "personal"


ABOUT_SCOPES: dict[Scope, str] = {
    Scope.READ: "figures and lists",
    Scope.EXPORT: "files of them",
    Scope.RUN: "imports, runs, jobs, views shared with others",
    Scope.ERASE: "hand out or erase the data of a person",
    Scope.MANAGE: "people, tokens, the trail, settings",
    Scope.PERSONAL: "persons by name instead of pseudonyms",
}
"""What each allows, in words a person who gives it away reads."""


class Role(StrEnum):
    """What somebody is here."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"


ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.VIEWER: frozenset({Scope.READ}),
    Role.ANALYST: frozenset({Scope.READ, Scope.EXPORT, Scope.RUN}),
    Role.ADMIN: frozenset(Scope) - {Scope.PERSONAL},
}
"""Personal data is in no role: it depends on the person."""

FUNCTIONS: tuple[str, ...] = get_args(Function)
SEE_PERSONS = frozenset({"marketing", "sales", "service"})
"""Functions whose work is with single customers; product and finance work with figures."""

Kind: TypeAlias = Literal["session", "api", "link"]
"""What somebody showed at the door: a cookie, an API token, a one-time link."""


def sees_persons(role: Role, function: str) -> bool:
    """Whether somebody sees personal data when nobody has said otherwise.

    Without a function only an admin does: who runs the place must be able to look at what was imported.
    """
    return function in SEE_PERSONS or (not function and role is Role.ADMIN)


@dataclass(frozen=True)
class Principal:
    """Somebody who has come in.

    Attributes:
        user_id: Whose door it is.
        name: What they are called, also in the trail.
        role: What they are.
        function: What they do in the company; empty where nobody said.
        scopes: What they may do just now; a token may allow less than the role.
        token_id: What they came in with.
        kind: Of which kind that was.
    """

    user_id: str
    name: str
    role: Role
    function: str
    scopes: frozenset[Scope]
    token_id: str
    kind: Kind

    def may(self, scope: Scope) -> bool:
        """Whether they are allowed something."""
        return scope in self.scopes

    def need(self, scope: Scope) -> None:
        """Go on only where they are allowed something.

        Raises:
            AccessError: if they are not; it says what is missing and who can help.
        """
        if not self.may(scope):
            raise AccessError(
                f'{self.name} may not do this: it needs "{scope}" ({ABOUT_SCOPES[scope]}).',
                hint="An admin can change what you may do." if self.kind != "api" else "Use a token with this scope.",
            )

    @property
    def personal(self) -> bool:
        """Whether they see persons by name."""
        return Scope.PERSONAL in self.scopes

    def works_in(self, functions: Iterable[str]) -> bool:
        """Whether something made for some functions is theirs; what is made for none is everyone's.

        Admins, and people nobody gave a function, work everywhere.
        """
        wanted = frozenset(functions)
        return not wanted or not self.function or self.role is Role.ADMIN or self.function in wanted

    def sees(self, board: Board) -> bool:
        """Whether a page of the dashboard is shown to them."""
        return self.may(Scope.READ) and self.works_in(board.functions) and (not board.personal or self.personal)
