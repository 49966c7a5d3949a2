"""Views a person saved: a page with its filters under a name, for oneself or for everybody."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from lifeworth.data.book import VIEWS, Book, now
from lifeworth.errors import NotFoundError, OptionError

LONGEST_NAME = 80
ADDRESS = re.compile(r"/(?!/)[\x21-\x7e]{0,1999}")
MOST = 200
"""Views one person may keep."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """One of them; `address` is a path of the dashboard with its filters."""

    view_id: str
    user_id: str
    name: str
    address: str
    shared: bool


class SavedViews:
    """The views of a workspace."""

    def __init__(self, book: Book) -> None:
        """Keep views in a book."""
        self._book = book

    def seen_by(self, user_id: str, page: str = "") -> Sequence[SavedView]:
        """One's own views and those that are shared, by name.

        Args:
            user_id: Who asks.
            page: Only those whose address is on this path.
        """
        mine = sa.or_(VIEWS.c.user_id == user_id, VIEWS.c.shared)
        query = sa.select(VIEWS).where(mine).order_by(VIEWS.c.name, VIEWS.c.view_id)
        with self._book.read() as open_:
            rows = open_.execute(query).mappings().all()
        found = [
            SavedView(row["view_id"], row["user_id"], row["name"], row["address"], bool(row["shared"])) for row in rows
        ]
        return [one for one in found if not page or one.address.partition("?")[0] == page]

    def save(self, user_id: str, name: str, address: str, *, shared: bool = False) -> str:
        """Keep a view; one of the same name and person is replaced. Answers its id.

        Raises:
            OptionError: if it has no name, or its address is none of this dashboard.
        """
        said = " ".join(name.split())
        if not 0 < len(said) <= LONGEST_NAME or not said.isprintable():
            raise OptionError(f"A view has a name of 1 to {LONGEST_NAME} characters.", hint="Say what it shows.")
        # An address of this dashboard and no other: a shared view must not lead away.
        if not ADDRESS.fullmatch(address) or "\\" in address:
            raise OptionError("The address must be one of this dashboard, such as /cohorts?by=channel.")
        view_id = secrets.token_hex(8)
        with self._book.write() as open_:
            mine = VIEWS.c.user_id == user_id
            open_.execute(sa.delete(VIEWS).where(mine, VIEWS.c.name == said))
            kept = open_.execute(sa.select(sa.func.count()).select_from(VIEWS).where(mine)).scalar_one()
            if kept >= MOST:
                raise OptionError(f"You keep {MOST} views already.", hint="Delete one first.")
            row = {"view_id": view_id, "user_id": user_id, "name": said, "address": address, "shared": shared}
            open_.execute(sa.insert(VIEWS).values(**row, created_at=now()))
        return view_id

    def delete(self, user_id: str, view_id: str) -> None:
        """Forget one of one's own views.

        Raises:
            NotFoundError: if this person has no such view.
        """
        with self._book.write() as open_:
            gone = open_.execute(sa.delete(VIEWS).where(VIEWS.c.view_id == view_id, VIEWS.c.user_id == user_id))
            if not gone.rowcount:
                raise NotFoundError("You have no such view.", hint="Only who saved a view may delete it.")
