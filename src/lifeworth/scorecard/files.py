"""Where a scorecard is kept: `scorecard.toml` in the workspace, or one of ours where there is none.

A person and the dashboard write the same file. What the dashboard changes is put into the text a person wrote, comments kept.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

from lifeworth.data import disk
from lifeworth.errors import FileError, WorkspaceError
from lifeworth.scorecard.card import Scorecard, read_card
from lifeworth.workspace import Workspace

FILE = "scorecard.toml"
Business: TypeAlias = Literal["shop", "subscription"]


def card_of(ws: Workspace) -> tuple[Scorecard, str]:
    """The scorecard of a workspace, and where it is from: the file's path, or the name of ours.

    Raises:
        FileError: if the file is no TOML.
        OptionError: if it names what there is not.
    """
    path = None if ws.store is None else ws.store.root / FILE
    if path is not None and path.exists():
        return read_text(path.read_text(encoding="utf-8"), str(path)), str(path)
    business = business_of(ws)
    return read_text(default(business), f"our scorecard of a {business}"), business


def business_of(ws: Workspace) -> Business:
    """Which of ours fits: that of a subscription business where nothing is sold but contracts."""
    return "shop" if ws.has("orders") else "subscription"


def default(business: Business) -> str:
    """Our scorecard as text, to be copied and changed."""
    return (files("lifeworth.scorecard") / "defaults" / f"{business}.toml").read_text(encoding="utf-8")


def read_text(text: str, name: str) -> Scorecard:
    """A scorecard from the text of its file.

    Raises:
        FileError: if the text is no TOML; the message names the line.
        OptionError: naming every fault.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"{name} is not valid TOML: {error}.", hint="Mend the line it names.") from error
    return read_card(said)


def keep(root: Path, text: str) -> Path:
    """Write the scorecard of a workspace, in one step, after it was read.

    Raises:
        OptionError: if the text is no scorecard; nothing is written then.
        StorageError: if it cannot be written.
    """
    read_text(text, FILE)
    part = root / f".{FILE}.part"
    disk.write_bytes(part, text.encode("utf-8"))
    disk.move(part, root / FILE)
    return root / FILE


def start(ws: Workspace, business: Business | None = None) -> Path:
    """Copy our scorecard into the workspace.

    Raises:
        WorkspaceError: if there is one already, or the workspace has no folder.
    """
    if ws.store is None:
        raise WorkspaceError("This workspace has no folder to keep a scorecard in.", hint="--workspace DIR")
    if (ws.store.root / FILE).exists():
        raise WorkspaceError(f"{ws.store.root / FILE} is there already.", hint="Change it, or move it away first.")
    return keep(ws.store.root, default(business or business_of(ws)))
