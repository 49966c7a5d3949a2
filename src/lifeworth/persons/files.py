"""Everything in a workspace that is no run: what people uploaded, what lies beside, logs."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from lifeworth.data import disk
from lifeworth.data.book import UPLOADS, Book
from lifeworth.engine.base import Engine
from lifeworth.persons import documents, lines, tables
from lifeworth.persons.changes import Ledger
from lifeworth.persons.person import Person
from lifeworth.persons.search import files_of, hits, is_json, is_text

FOLDER = "uploads"
CHECK = ".check.json"
"""What a look at an upload found, beside it."""

_NOT_HERE = ("runs", "tables", "quarantine", ".serve")
_STATE = ("state.db", "state.db-wal", "state.db-shm")


def rewrite(engine: Engine, ledger: Ledger, person: Person, book: Book) -> None:
    """Clear every such file; an upload that cannot be cleared goes as a whole, since its run keeps what it made of it.

    A file of another kind that lies in the workspace is left: the search names it, and whoever put it there removes it.
    """
    for file in files_of(ledger.root):
        place = file.relative_to(ledger.root)
        if place.parts[0] in _NOT_HERE or place.name in _STATE:
            continue
        uploaded = place.parts[0] == FOLDER and len(place.parts) > 2
        if not hits(person, file, ledger.root):
            continue
        try:
            done = not person.needles.holds(place.as_posix()) and _rewrite(engine, ledger, person, file)
        except (tables.CannotChangeError, UnicodeError, ValueError):
            done = False
        if uploaded and (not done or hits(person, file, ledger.root)):
            _remove(ledger, book, file)
        elif uploaded and file.name != CHECK:
            _note(book, file)
            if (made := file.with_name(CHECK)).exists():
                _rewrite(engine, ledger, person, made)


def _rewrite(engine: Engine, ledger: Ledger, person: Person, file: Path) -> bool:
    if file.name == CHECK:
        # Values of the upload, for whoever maps its columns: the next look makes it anew.
        ledger.before(file)
        disk.remove(file)
        ledger.note(file, "removed")
        return True
    if file.suffix.lower() in {".parquet", ".pq"}:
        tables.rewrite(engine, ledger, person, file, "")
        return True
    if is_json(file):
        return documents.rewrite_json(ledger, person, file) > 0
    if is_text(file):
        return lines.rewrite(ledger, person, file) > 0
    if file.suffix.lower() in {".toml", ".log", ".md", ".txt", ".html", ".yaml", ".yml", ""}:
        return documents.rewrite_text(ledger, person, file) > 0
    return False


def _remove(ledger: Ledger, book: Book, file: Path) -> None:
    """Remove an upload, its note in the book first: bytes without a note are swept away, a note without bytes misleads."""
    folder = ledger.root / FOLDER / file.relative_to(ledger.root).parts[1]
    with book.write() as open_:
        open_.execute(UPLOADS.delete().where(UPLOADS.c.upload_id == folder.name))
    disk.remove(folder)
    ledger.note(folder, "upload removed", 1)


def _note(book: Book, file: Path) -> None:
    """An upload is another file now."""
    change = {"size": file.stat().st_size, "sha256": disk.sha256(file)}
    with book.write() as open_:
        open_.execute(sa.update(UPLOADS).where(UPLOADS.c.upload_id == file.parent.name).values(**change))
