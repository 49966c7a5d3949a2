"""The desk: where every question about a workspace is answered while it is open to many.

It always looks at one whole run. When a new one has become current, it is prepared beside the old one, and only when all of it is
at hand does the desk turn to it: nobody waits, and nobody sees half of each.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from lifeworth.data import disk
from lifeworth.data.book import Book, book_of
from lifeworth.data.store import Store
from lifeworth.engine.connect import connect
from lifeworth.engine.shelf import Shelf
from lifeworth.errors import LifeworthError, NotFoundError, StorageError, WorkspaceError
from lifeworth.parts import ACTIONS, Action
from lifeworth.report.read import spec_of
from lifeworth.report.spec import Document, Page, Table
from lifeworth.serving import copy
from lifeworth.serving.answers import Answers, Pending


@dataclass(frozen=True)
class Run:
    """One run in hand.

    Attributes:
        run_id: Its name.
        folder: Where its outputs lie.
        manifest: What it says of itself.
        shelf: Its serving copy.
        edition: What changes when the run is changed afterwards (`copy.edition`).
    """

    run_id: str
    folder: Path
    manifest: Mapping[str, Any] = field(repr=False)
    shelf: Shelf = field(repr=False)
    edition: str = ""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the run found, in figures."""
        found: Mapping[str, Any] = self.manifest["facts"]
        return found

    @property
    def as_of(self) -> date:
        """Last day its figures know about."""
        return date.fromisoformat(self.facts["as_of"])

    @property
    def currency(self) -> str:
        """Currency of all its money."""
        return str(self.facts["currency"])

    @property
    def tables(self) -> frozenset[str]:
        """Names of its tables."""
        return frozenset(self.manifest["tables"])

    @cached_property
    def document(self) -> Document | None:
        """Its report as plain data; none where an older Lifeworth made the run."""
        try:
            found: Document = spec_of(json.loads((self.folder / "document.json").read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None
        return found

    def page(self, name: str) -> Page | None:
        """A page of its report by name."""
        pages = () if self.document is None else self.document.pages
        return next((page for page in pages if page.name == name), None)


class Desk:
    """A workspace that is open to readers in several threads and processes."""

    def __init__(self, root: Path, *, state: str | None = None) -> None:
        """Open a workspace; it may be empty still.

        Args:
            root: Its folder.
            state: URL of the database of its state; by default `state.db` in the folder.
        """
        self.root = root
        self.book: Book = book_of(root, state)
        self.answers = Answers(root, root / copy.FOLDER)
        self._run: Run | None = None
        self._lock = threading.Lock()
        self._preparing: threading.Thread | None = None

    # -- the run in hand ----------------------------------------------------------------------------------------------
    def run(self) -> Run:
        """The run that is looked at now.

        Raises:
            NotFoundError: if no run has come to its end yet.
        """
        newest = self._newest()
        held = self._run
        if held is not None and (newest is None or newest == held.run_id):
            return held if self._same(held) else self._again(held)
        if newest is None:
            raise NotFoundError(
                "Nothing has been run here yet.", hint="Upload orders on the page Data, or: lifeworth run ORDERS"
            )
        if held is None:
            with self._lock:
                if self._run is None:
                    self._run = self._open(newest)
                return self._run
        self._prepare_beside(newest)
        return held

    def pages_of(self, action: Action, arguments: Mapping[str, Any]) -> Page | None:
        """What the run's own report already says to this question."""
        return None if arguments else self.run().page(action.name)

    def ask(
        self, action: Action | str, arguments: Mapping[str, Any] | None = None, *, wait: float | None = None
    ) -> Page | Table | Pending:
        """The answer of an action about the run in hand.

        Args:
            action: An action or its name.
            arguments: Its arguments, read (`asked.given`).
            wait: Seconds to wait before answering `Pending`; without it, until the answer is there.

        Raises:
            NotFoundError: if there is no such action, or no run.
            LifeworthError: as the action raises it.
        """
        one = action if isinstance(action, Action) else _named(action)
        told = dict(arguments or {})
        if (drawn := self.pages_of(one, told)) is not None:
            return drawn
        return self.answers.ask(self.run().run_id, one, told, wait)

    def alias(self, customer_id: str) -> str:
        """The pseudonym of a customer in this workspace."""
        return copy.alias(customer_id, self.secret)

    @cached_property
    def secret(self) -> str:
        """The key of the pseudonyms of this workspace."""
        return self.book.secret("pseudonyms", lambda: secrets.token_hex(32))

    def close(self) -> None:
        """Let go of everything."""
        self.answers.close()
        if self._run is not None:
            self._run.shelf.close()

    # -- inside -------------------------------------------------------------------------------------------------------
    def _newest(self) -> str | None:
        """The name of the current run, read from the link alone: it is asked with every question."""
        link = self.root / "runs" / "current"
        try:
            return link.readlink().name
        except OSError:
            return None

    def _same(self, held: Run) -> bool:
        now = copy.edition(self.root, held.run_id)
        return not now or now == held.edition

    def _again(self, held: Run) -> Run:
        """The run in hand was changed: a person was erased from it. Nobody is shown what it was, so everybody waits."""
        with self._lock:
            if self._run is held:
                self._run = self._open(held.run_id)
                self.answers.forget()
            return self._run or held

    def _open(self, run_id: str) -> Run:
        edition = copy.edition(self.root, run_id)
        with connect() as engine:
            store = Store(self.root, engine, run_id=run_id)
            manifest, folder = store.current(), store.current_folder
        if manifest is None or folder is None:
            raise WorkspaceError(f"The run {run_id} is gone.", hint="Run again: lifeworth run ORDERS")

        def file(name: str) -> Path | None:
            path = self.root / "tables" / name / f"{run_id}.parquet"
            return path if path.exists() else None

        place = copy.ensure(self.root, run_id, file, self.secret)
        try:
            shelf = Shelf(place)
        except StorageError:
            # Cut off or damaged: it holds nothing the run does not, so it is made once more.
            disk.remove(place)
            shelf = Shelf(copy.ensure(self.root, run_id, file, self.secret))
        return Run(run_id, folder, manifest, shelf, edition)

    def _prepare_beside(self, run_id: str) -> None:
        with self._lock:
            if self._preparing is not None and self._preparing.is_alive():
                return
            self._preparing = threading.Thread(target=self._turn_to, args=(run_id,), daemon=True, name="prepare-run")
            self._preparing.start()

    def _turn_to(self, run_id: str) -> None:
        # A run that cannot be opened is tried again with the next question; until then the one in hand stands.
        with suppress(LifeworthError):
            fresh = self._open(run_id)
            # The old shelf is not closed: somebody may be reading from it. It goes when nobody does.
            self._run = fresh
            kept = {one.name for one in (self.root / "runs").iterdir() if one.is_dir()}
            copy.sweep(self.root, kept | {"spill"})


def _named(name: str) -> Action:
    found = next((one for one in ACTIONS if one.name == name), None)
    if found is None:
        raise NotFoundError(f'There is no action "{name}".', hint="lifeworth --help lists them.")
    return found
