"""Views a person saved: a page with its filters under a name, for oneself or for everybody."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lifeworth.data.book import VIEWS, Book, now
from lifeworth.errors import NotFoundError, OptionError

LONGEST_NAME = 120
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
    created_at: datetime


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
        found = [_view(dict(row)) for row in rows]
        return [one for one in found if not page or one.address.partition("?")[0] == page]

    def save(self, user_id: str, name: str, address: str, *, shared: bool = False) -> SavedView:
        """Keep a view; one of the same name and person is replaced.

        Raises:
            OptionError: if it has no name that can be printed, or its address is none of this dashboard.
        """
        said = " ".join(name.split())
        if not 0 < len(said) <= LONGEST_NAME or not said.isprintable():
            raise OptionError(
                f"A view needs a name of 1 to {LONGEST_NAME} characters that can be printed.", hint="Say what it shows."
            )
        # An address of this dashboard and no other: a shared view must not lead away.
        if not ADDRESS.fullmatch(address) or "\\" in address:
            raise OptionError("The address must be one of this dashboard, such as /cohorts?by=channel.")
        row = {
            "view_id": secrets.token_hex(8),
            "user_id": user_id,
            "name": said,
            "address": address,
            "shared": shared,
            "created_at": now(),
        }
        mine = VIEWS.c.user_id == user_id
        with self._book.write() as open_:
            open_.execute(sa.delete(VIEWS).where(mine, VIEWS.c.name == said))
            if open_.execute(sa.select(sa.func.count()).select_from(VIEWS).where(mine)).scalar_one() >= MOST:
                raise OptionError(f"You have {MOST} views; remove one first.")
            open_.execute(sa.insert(VIEWS).values(**row))
        return _view(row)

    def delete(self, view_id: str, user_id: str | None) -> None:
        """Forget a view.

        Args:
            view_id: Which.
            user_id: Whose it must be; without it anybody's.

        Raises:
            NotFoundError: if there is no such view of this person.
        """
        mine = () if user_id is None else (VIEWS.c.user_id == user_id,)
        with self._book.write() as open_:
            gone = open_.execute(sa.delete(VIEWS).where(VIEWS.c.view_id == view_id, *mine))
            if not gone.rowcount:
                raise NotFoundError("There is no such view of yours.", hint="The list of views has them all.")


def _view(row: dict[str, Any]) -> SavedView:
    return SavedView(
        row["view_id"], row["user_id"], row["name"], row["address"], bool(row["shared"]), row["created_at"]
    )
