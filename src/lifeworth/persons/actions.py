"""What can be done with the data of one person: hand out all of it, or remove it everywhere and prove it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lifeworth.data.book import ERASURES, Book, book_of
from lifeworth.data.erasures import CUSTOMER, hashed
from lifeworth.data.store import Store
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.errors import LifeworthError, NotFoundError, OptionError, WorkspaceError
from lifeworth.persons import state
from lifeworth.persons.erase import carry_out, key_of
from lifeworth.persons.export import write_export
from lifeworth.persons.journal import SPILL, pending
from lifeworth.persons.person import ERASE, PSEUDONYMISE, Person, known
from lifeworth.persons.proof import Proof
from lifeworth.persons.search import JOURNAL, files_of, hits
from lifeworth.report.progress import SILENT, Progress

MODES = (ERASE, PSEUDONYMISE)
PATIENCE = 900.0
"""Seconds to wait for a run that is being written."""
MEMORY = "1GB"


def export_person(
    root: Path,
    customer_id: str,
    to: Path | None = None,
    *,
    by: str = "",
    state_url: str | None = None,
    progress: Progress = SILENT,
) -> Path:
    """Write everything the workspace holds of a person into one zip file: every table of every run, set-aside rows, uploads, notes.

    Args:
        root: The workspace.
        customer_id: Who, as in `customers.csv`.
        to: The file; by default `person-<id>.zip` where the command runs. It should not lie in the workspace.
        by: Who asks.
        state_url: URL of the database of its state.
        progress: Told how far it is.

    Raises:
        NotFoundError: if nothing is kept of such a person.
        StorageError: if there is no room.
    """
    book = _book(root, state_url)
    with connect(memory_limit=MEMORY) as engine:
        person, met = known(engine, root, _blank(customer_id))
        target = to or Path.cwd() / f"person-{_plain(customer_id)}.zip"
        if target.resolve().is_relative_to(root.resolve()):
            raise OptionError(f"{target} lies in the workspace itself.", hint="Name a file elsewhere: --to FILE")
        if not met and not _kept(root, book, person):
            raise _nobody(customer_id)
        write_export(root, book, engine, person, target, progress)
    # A workspace that may only be read still answers whoever asks what is kept of them.
    with suppress(LifeworthError):
        state.note(book, by, "person.export", customer_id, {})
    return target


def erase_person(
    root: Path,
    customer_id: str,
    *,
    mode: str = ERASE,
    by: str = "",
    state_url: str | None = None,
    between: Callable[[str], None] = lambda _: None,
    patience: float = PATIENCE,
    progress: Progress = SILENT,
) -> Proof:
    """Remove a person from everything in the workspace, or leave them under a stand-in only; and search everything afterwards.

    Erasures that were killed on their way are brought to their end first, whoever began them.

    Args:
        root: The workspace.
        customer_id: Who, as in `customers.csv`; or the stand-in of an erasure that was begun.
        mode: `erase`: rows go, totals change. `pseudonymise`: rows stay under a random stand-in, without what tells who it is.
        by: Who asks.
        state_url: URL of the database of its state.
        between: Called with a name after each step that changes the disk; tests stop the process there.
        patience: Seconds to wait for a run that is being written.
        progress: Told how far it is.

    Raises:
        OptionError: if there is no such mode.
        NotFoundError: if nothing is kept of such a person, and nobody of this id was ever erased.
        ErasureError: if something still tells of the person afterwards.
        WorkspaceError: if somebody writes here for longer than `patience`.
    """
    if mode not in MODES:
        raise OptionError(f'"{mode}" is no way to erase.', allowed=MODES)
    if not customer_id.strip():
        raise OptionError("No customer was named.", hint="lifeworth customers lists them.")
    book = _book(root, state_url)
    spill = root / JOURNAL / SPILL
    with connect(memory_limit=MEMORY, spill=spill) as engine, Store(root, engine, state=book.url).alone(patience):
        ended: dict[str, Proof] = {}
        for person in pending(root):
            proof = carry_out(root, book, engine, person, between=between, progress=progress)
            ended |= dict.fromkeys((*person.ids, person.stand_in, person.erasure_id), proof)
        if customer_id in ended and ended[customer_id].mode == mode:
            return ended[customer_id]
        person, said = _planned(root, book, engine, customer_id, mode, by)
        if said is not None:
            return said
        return carry_out(root, book, engine, person, between=between, progress=progress)


def erasures(root: Path, *, state_url: str | None = None) -> list[Proof]:
    """Every erasure that has come to its end, the latest first; without the persons they were of."""
    with _book(root, state_url).read() as open_:
        rows = open_.execute(sa.select(ERASURES.c.proof).order_by(ERASURES.c.at.desc())).scalars().all()
    said = [json.loads(row) for row in rows]
    return [Proof.from_json(one) for one in said if "erasure_id" in one]


# -- inside -----------------------------------------------------------------------------------------------------------
def _book(root: Path, url: str | None) -> Book:
    if not (root / "runs").is_dir() and not (root / "state.db").exists():
        raise WorkspaceError(f"{root} is no workspace.", hint="Name it: --workspace DIR")
    return book_of(root, url)


def _blank(customer_id: str, **more: Any) -> Person:
    fresh = {"erasure_id": secrets.token_hex(8), "mode": ERASE, "stand_in": f"p-{secrets.token_hex(8)}"}
    return Person(customer_id=customer_id, **{**fresh, **more})


def _planned(
    root: Path, book: Book, engine: Engine, customer_id: str, mode: str, by: str
) -> tuple[Person, Proof | None]:
    """The person as the workspace knows them, in the light of earlier wishes; or the proof that it is done."""
    before = _earlier(book, customer_id)
    person = _blank(customer_id, mode=mode, by=by)
    if before is not None:
        if before["stand_in"] == customer_id and before["mode"] == mode:
            proof = json.loads(before["proof"])
            if "erasure_id" in proof:
                return person, Proof.from_json(proof)
        # The stand-in of before is the person too: it stays theirs, or goes with them.
        kept = {"stand_in": before["stand_in"]} if mode == PSEUDONYMISE == before["mode"] else {}
        person = replace(person, former=(before["stand_in"],), **kept)
    person, met = known(engine, root, person)
    if not met and before is None and not _kept(root, book, person):
        raise _nobody(customer_id)
    return person, None


def _earlier(book: Book, customer_id: str) -> dict[str, Any] | None:
    key = key_of(book)
    asked = sa.select(ERASURES).where(
        sa.or_(ERASURES.c.person_hash == hashed(key, CUSTOMER, customer_id), ERASURES.c.stand_in == customer_id)
    )
    with book.read() as open_:
        row = open_.execute(asked.order_by(ERASURES.c.at.desc())).mappings().first()
    return None if row is None else dict(row)


def _kept(root: Path, book: Book, person: Person) -> bool:
    """Whether any file or note names somebody whom no table does."""
    return any(hits(person, file, root) for file in files_of(root)) or bool(state.found(book, person.needles))


def _plain(customer_id: str) -> str:
    return "".join(one if one.isalnum() or one in "-_" else "_" for one in customer_id)[:60]


def _nobody(customer_id: str) -> NotFoundError:
    return NotFoundError(
        f'Nothing is kept of a customer "{customer_id}".', hint="lifeworth customers lists them; the id must be exact."
    )
