"""All pages there are: the boards of the parts and the special ones of this folder, and who is shown which.

Nothing has to be listed anywhere: a part says `BOARDS` in its `page.py`, a special page lies in `dashboard/pages/`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import get_args

from lifeworth.access.roles import Principal, Scope
from lifeworth.dashboard import pages
from lifeworth.dashboard.view import Special
from lifeworth.parts import Hung, boards
from lifeworth.report.board import Board, Section

SECTIONS: tuple[str, ...] = get_args(Section)
FIRST = "overview"
"""The page behind the bare address."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: what the navigation and the search know of it, and what draws it."""

    drawn_by: Hung | Special

    @property
    def sheet(self) -> Board | Special:
        """Its name, its section, its place and what it answers."""
        return self.drawn_by.board if isinstance(self.drawn_by, Hung) else self.drawn_by

    @property
    def name(self) -> str:
        """Its address."""
        return self.sheet.name

    @property
    def listed(self) -> bool:
        """Whether the navigation shows it."""
        return not isinstance(self.drawn_by, Special) or self.drawn_by.listed

    def open_to(self, principal: Principal) -> bool:
        """Whether somebody may see it."""
        if isinstance(self.drawn_by, Hung):
            return principal.may(Scope.READ) and principal.sees(self.drawn_by.board)
        one = self.drawn_by
        if not principal.may(one.scope) or (one.personal and not principal.personal):
            return False
        return not one.functions or principal.may(Scope.MANAGE) or principal.function in one.functions


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every page, in the order of the navigation."""

    entries: tuple[Entry, ...]

    @property
    def specials(self) -> tuple[Special, ...]:
        """The pages that answer callbacks of their own."""
        return tuple(one.drawn_by for one in self.entries if isinstance(one.drawn_by, Special))

    def find(self, name: str) -> Entry | None:
        """A page by its address; the bare one is the overview's, or the first there is."""
        if not name:
            return self.find(FIRST) or next(iter(self.entries), None)
        return next((one for one in self.entries if one.name == name), None)

    def shown_to(self, principal: Principal) -> list[tuple[str, list[Entry]]]:
        """The navigation of somebody: groups with their pages, those without any left out."""
        seen = [one for one in self.entries if one.listed and one.open_to(principal)]
        grouped = [(section, [one for one in seen if one.sheet.section == section]) for section in SECTIONS]
        return [(section, some) for section, some in grouped if some]


def catalogue() -> Catalogue:
    """Look for all pages; where a board and a special page have the same address, the special one is shown."""
    own = [Entry(one) for one in _specials()]
    taken = {one.name for one in own}
    hung = [Entry(one) for one in boards() if one.board.name not in taken]
    return Catalogue(tuple(_sorted([*hung, *own])))


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (SECTIONS.index(one.sheet.section), one.sheet.place, one.sheet.title))


def _specials() -> list[Special]:
    found = []
    for one in pkgutil.iter_modules(pages.__path__):
        page = getattr(import_module(f"{pages.__name__}.{one.name}"), "PAGE", None)
        if isinstance(page, Special):
            found.append(page)
    return found
