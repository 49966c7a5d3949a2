"""The scorecard as it stands today, worked out once for a run and a card, and kept while both are the same."""

from __future__ import annotations

import threading
from typing import Any

from lifeworth.dashboard.view import View
from lifeworth.engine.connect import connect
from lifeworth.errors import NotFoundError
from lifeworth.scorecard.changes import CardFile
from lifeworth.scorecard.files import business_among
from lifeworth.scorecard.page import Standing
from lifeworth.scorecard.standing import standing
from lifeworth.workspace import Workspace

MEMORY = "768MB"
"""What it may use before it spills to disk."""

_LAST: dict[str, tuple[Any, Standing]] = {}
_LOCK = threading.Lock()


def card_of(view: View) -> CardFile:
    """Where the card of the workspace is changed; before the first run it is taken for that of a shop."""
    try:
        tables = view.desk.run().tables
    except NotFoundError:
        tables = frozenset()
    return CardFile(view.desk.root, business_among(tables))


def today(view: View) -> Standing:
    """The card with its values and scores of the run in hand.

    Raises:
        LifeworthError: if there is no run, or the card cannot be read.
    """
    run, root = view.desk.run(), view.desk.root
    settings = root / "lifeworth.toml"
    moment = settings.stat().st_mtime_ns if settings.exists() else 0
    key = (run.run_id, run.edition, card_of(view).now().version, moment)
    with _LOCK:
        known = _LAST.get(str(root))
        if known is not None and known[0] == key:
            return known[1]
        with connect(memory_limit=MEMORY) as engine, Workspace.open(root, engine=engine, run_id=run.run_id) as ws:
            found = standing(ws, arrows=False)
        _LAST[str(root)] = key, found
        return found
