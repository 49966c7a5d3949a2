"""Whether a run met persons who had asked to be forgotten: then the files it read still hold them."""

from __future__ import annotations

import json
from pathlib import Path

from lifeworth.data.erasures import REASON, under_stand_in


def met_again(root: Path, run_id: str) -> bool:
    """Whether rows of such persons were set aside in a run, or came in under a stand-in."""
    try:
        facts = json.loads((root / "runs" / run_id / "manifest.json").read_text(encoding="utf-8"))["facts"]
    except (OSError, ValueError, KeyError):
        return False
    orders, tables = facts.get("reconciliation") or {}, (facts.get("tables") or {}).values()
    notes = [*(facts.get("source") or {}).get("notes", ()), *(note for one in tables for note in one["notes"])]
    words = under_stand_in(2).partition("of persons")[2]
    aside = [orders.get("rows_set_aside") or {}, *(one["rows_set_aside"] for one in tables)]
    return any(REASON in one for one in aside) or any(note.endswith(words) for note in notes)
