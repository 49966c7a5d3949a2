"""One look: every check asked, and none of them able to keep the others from answering."""

from __future__ import annotations

import traceback
from collections.abc import Collection
from datetime import date

from lifeworth.clv import ledger as accounts
from lifeworth.clv import snapshots
from lifeworth.clv.ledger import Entry
from lifeworth.engine.connect import connect
from lifeworth.errors import DataError, LifeworthError, OptionError, near
from lifeworth.monitoring.finding import Outcome, Told
from lifeworth.monitoring.registry import CHECKS, names
from lifeworth.monitoring.scene import Import, Scene, import_of
from lifeworth.workspace import Workspace

IMPORTS = 12
"""Earlier imports the last one is held to."""
LOOKED_BACK = 8
"""Earlier runs whose promises are held to what came."""


def examine(scene: Scene, only: Collection[str] = ()) -> tuple[Outcome, ...]:
    """What every check says; one that breaks says so and hinders no other.

    Args:
        scene: What is seen.
        only: Names of checks; all where nothing is named.

    Raises:
        OptionError: if a setting names a check there is not.
    """
    if wrong := [name for name in scene.limits.off if name not in names()]:
        raise OptionError(
            f'monitoring.off: there is no check "{wrong[0]}". {near(wrong[0], names())}'.rstrip(), allowed=names()
        )
    found = []
    for check in CHECKS:
        if only and check.name not in only:
            continue
        if check.name in scene.limits.off:
            found.append(Outcome(check.name, "off", Told(why="Switched off in [monitoring].")))
            continue
        try:
            told = check.run(scene)
        except LifeworthError as error:
            told = Told(why=" ".join(str(error).split()))
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            why = f"It broke: {type(error).__name__}: {error} ({where.name}, line {where.lineno})."
            found.append(Outcome(check.name, "failed", Told(why=why)))
            continue
        state = "not enough data" if told.why else "found" if told.findings else "fine"
        found.append(Outcome(check.name, state, told))  # type: ignore[arg-type]
    return tuple(found)


def scene_of(ws: Workspace, today: date) -> Scene:
    """What is to be seen of a workspace, with its earlier runs; `close` the scene's `before` afterwards.

    Args:
        ws: The workspace as its current run left it.
        today: The calendar day.
    """
    runs = snapshots.kept(ws)
    current = None if ws.store is None or ws.store.current_folder is None else ws.store.current_folder.name
    earlier = [run for run in runs if run.run_id != current and run.as_of <= ws.as_of]
    imports: list[Import] = []
    for run in earlier[-IMPORTS:]:
        with snapshots.opened(ws, run) as one:
            imports.append(import_of(run.run_id, one.facts))
    imports.append(import_of(current or "", ws.facts))
    older = [run for run in earlier if run.as_of < ws.as_of]
    before = None
    if older and ws.store is not None:
        before = Workspace.open(ws.store.root, engine=connect(), run_id=older[-1].run_id)
    return Scene(ws, today, ws.settings.monitoring, imports, before, lambda: promises(ws, older[-LOOKED_BACK:]))


def promises(ws: Workspace, runs: list[snapshots.Kept]) -> tuple[Entry, ...]:
    """What earlier runs promised, held to what came, the earliest first; runs without a model promised nothing."""
    entries = []
    for run in runs:
        with snapshots.opened(ws, run) as earlier:
            try:
                told = snapshots.snapshot(earlier)
            except DataError:
                continue
        end = accounts.until(told, ws.as_of)
        came = accounts.align(told.rows, snapshots.came_since(ws, run.as_of, end))
        entries.append(accounts.entry(run.run_id, told, came, end, accounts.quarters(told.rows)))
    return tuple(entries)
