"""A person in the book of the workspace: in the trail, in jobs, in saved views, in answers to requests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from lifeworth.data.book import ERASURES, SECRETS, TOKENS, TRAIL, USERS, Book
from lifeworth.data.book_tables import META
from lifeworth.persons.changes import Change
from lifeworth.persons.needles import Needles

_LEFT = frozenset({SECRETS.name, TOKENS.name, ERASURES.name, USERS.name})
"""Tables that hold nothing of customers: keys, hashes, who may come in."""

_WHO = frozenset({"who", "started_by", "uploaded_by", "user_id", "acknowledged_by"})
"""Columns that name a user of Lifeworth, who may be a customer as well and stays a user."""


def without_users(book: Book, needles: Needles) -> tuple[Needles, tuple[str, ...]]:
    """What to look for in the book, and what is not looked for since a user is called so."""
    with book.read() as open_:
        users = {str(one).lower() for one in open_.execute(sa.select(USERS.c.name)).scalars()}
    kept = tuple(one for one in needles.telling if one.lower() in users)
    ids = tuple(one for one in needles.ids if one not in kept)
    values = tuple(one for one in needles.values if one not in kept)
    return Needles(ids, values, needles.to, needles.crowded), kept


def rewrite(book: Book, needles: Needles) -> list[Change]:
    """Clear every text of the book, in one transaction.

    Raises:
        StorageError: if it cannot be written.
    """
    changes = []
    with book.write() as open_:
        for table, column in _columns(open_):
            count = 0
            for key, text in _near(open_, table, column, needles):
                fresh = cleared(column.name, text, needles)
                if fresh != text:
                    open_.execute(table.update().where(_at(table, key)).values({column.name: fresh}))
                    count += 1
            if count:
                changes.append(Change(f"state.db {table.name}.{column.name}", "the id is the stand-in", count))
    return changes


def found(book: Book, needles: Needles) -> list[tuple[str, dict[str, Any]]]:
    """Rows of the book that tell of the person, each with the name of its table."""
    rows: dict[tuple[str, Any], dict[str, Any]] = {}
    with book.read() as open_:
        for table, column in _columns(open_):
            for key, text in _near(open_, table, column, needles):
                if cleared(column.name, text, needles) != text:
                    row = open_.execute(sa.select(table).where(_at(table, key))).mappings().one()
                    rows.setdefault((table.name, key), dict(row))
    return [(name, row) for (name, _), row in rows.items()]


def cleared(name: str, text: str, needles: Needles) -> str:
    """A text of the book without the person; JSON stays JSON."""
    if name == "subject" and needles.is_id(text):
        return needles.to
    if text[:1] in "{[":
        try:
            said = json.loads(text)
        except ValueError:
            pass
        else:
            fresh = needles.walked(said)
            return text if fresh == said else json.dumps(fresh, ensure_ascii=False)
    return needles.addressed(needles.cleared(text))


def _columns(open_: sa.Connection) -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    there = set(sa.inspect(open_).get_table_names())
    for table in META.sorted_tables:
        if table.name in _LEFT or table.name not in there:
            continue
        for column in table.columns:
            if isinstance(column.type, sa.String) and column.name not in _WHO and not column.primary_key:
                yield table, column


def _near(
    open_: sa.Connection, table: sa.Table, column: sa.Column[Any], needles: Needles
) -> list[tuple[Sequence[Any], str]]:
    """Rows in which something may be found, by their keys."""
    hits = [column.icontains(one, autoescape=True) for one in (*needles.written, *needles.plain_ids)]
    if not hits:
        return []
    keys = list(table.primary_key.columns)
    rows = open_.execute(sa.select(*keys, column).where(sa.or_(*hits))).all()
    return [(tuple(row[:-1]), str(row[-1])) for row in rows]


def _at(table: sa.Table, key: Sequence[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))


def note(book: Book, who: str, action: str, subject: str, detail: dict[str, Any]) -> None:
    """Write down in the trail what was done.

    Raises:
        StorageError: if it cannot be written.
    """
    from lifeworth.data.book import now

    with book.write() as open_:
        open_.execute(
            TRAIL.insert().values(
                at=now(), who=who or "nobody", action=action, subject=subject, outcome="ok", detail=json.dumps(detail)
            )
        )
