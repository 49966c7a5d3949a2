"""A workspace in hand: an engine, the tables of the current run, the settings and the day the figures know about.

It has no verb of the domain: parts ask it for tables and do the rest themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lifeworth.engine.base import Engine
from lifeworth.errors import DataError, WorkspaceError
from lifeworth.settings import Settings, read

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from lifeworth.data.store import Store

DEFAULT = Path("lifeworth-workspace")
"""Where the command line keeps things when nothing else is said."""


@dataclass
class Workspace:
    """What a part needs to answer: tables by name, settings, the as-of date, the currency.

    `facts` is what the run wrote down about itself: reconciliation, readiness, model, back-test (JSON values).
    """

    engine: Engine
    settings: Settings
    as_of: date
    currency: str
    facts: dict[str, Any] = field(default_factory=dict)
    store: Store | None = None

    @classmethod
    def open(
        cls,
        folder: Path = DEFAULT,
        *,
        settings: Settings | None = None,
        engine: Engine | None = None,
        run_id: str | None = None,
    ) -> Self:
        """The workspace in a folder, as its current run left it.

        Args:
            folder: Where it is.
            settings: Settings to use; by default those of the folder.
            engine: An engine to answer with, which then reads tables from their files by each query; by default one of its own.
            run_id: The run to look at; by default the current one.

        Raises:
            WorkspaceError: if nothing was run there yet, or a newer version wrote it.
        """
        from lifeworth.data.store import Store
        from lifeworth.engine.connect import connect

        if not (folder / "runs").is_dir():
            raise WorkspaceError(
                f"{folder} is no workspace yet.", hint=f"Make it one: lifeworth run ORDERS --workspace {folder}"
            )
        scan, engine = engine is not None, engine or connect()
        store = Store(folder, engine, scan=scan, run_id=run_id)
        manifest = store.current()
        if manifest is None:
            raise WorkspaceError(
                f"No run of {folder} has come to its end yet.",
                hint=f"Run again: lifeworth run ORDERS --workspace {folder}",
            )
        facts = manifest["facts"]
        return cls(
            engine=engine,
            settings=settings or read(folder),
            as_of=date.fromisoformat(facts["as_of"]),
            currency=facts["currency"],
            facts=facts,
            store=store,
        )

    @property
    def horizon(self) -> str:
        """How far ahead the current run looked, in words; the settings may have changed since."""
        return str(self.facts.get("settings", {}).get("horizon", self.settings.horizon))

    def table(self, name: str) -> Table:
        """A table of the house by name.

        Raises:
            WorkspaceError: if the data of this workspace do not have it.
        """
        if name in self.engine.tables():
            return self.engine.table(name)
        if self.store is not None and name in self.store.tables():
            return self.store.table(name)
        raise WorkspaceError(
            f'This workspace has no table "{name}".', hint="lifeworth check ORDERS says what the data allow."
        )

    def has(self, name: str) -> bool:
        """Whether `table` would find this name."""
        return name in self.engine.tables() or (self.store is not None and name in self.store.tables())

    def model(self, name: str) -> Any:
        """A fitted model of the current run: "orders" or "spend".

        Raises:
            DataError: if the run fitted none, with its reason.
        """
        from lifeworth.models.saved import from_json

        folder = None if self.store is None else self.store.current_folder
        file = None if folder is None else folder / "models" / f"{name}.json"
        if file is None or not file.exists():
            raise DataError(
                self.facts.get("choice") or f"This run has no model of {name}.",
                hint="lifeworth check ORDERS says what the data are enough for.",
            )
        return from_json(file.read_text(encoding="utf-8"))

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
