"""Where a scorecard is kept: `scorecard.toml` in the workspace, or one of ours where there is none.

A person and the dashboard write the same file. What the dashboard changes is put into the text a person wrote, comments kept
(`edit.py`). Whoever writes says which text they have read: a file that was changed since is not overwritten, and what a new text
replaces is kept beside it under `scorecards/`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

from filelock import FileLock, Timeout

from lifeworth.data import disk
from lifeworth.errors import ChangedError, FileError, NotFoundError, WorkspaceError
from lifeworth.scorecard.card import Scorecard, read_card
from lifeworth.workspace import Workspace

FILE = "scorecard.toml"
EARLIER = "scorecards"
"""Folder of the texts that were replaced, each under the moment it was."""
PATIENCE = 5.0
"""Seconds to wait for somebody else who is writing the card."""
Business: TypeAlias = Literal["shop", "subscription"]


@dataclass(frozen=True, slots=True)
class Held:
    """The text of a card as it lies there.

    Attributes:
        text: What the file says, or our card where there is none.
        version: What changes with the text.
        own: Whether it is the workspace's own file.
        source: The file's path, or what our card is called.
    """

    text: str
    version: str
    own: bool
    source: str

    @property
    def card(self) -> Scorecard:
        """The card it says.

        Raises:
            FileError: if it is no TOML.
            OptionError: naming every fault.
        """
        return read_text(self.text, self.source)


def card_of(ws: Workspace) -> tuple[Scorecard, Held]:
    """The scorecard of a workspace, and the text it is from.

    Raises:
        FileError: if the file is no TOML.
        OptionError: if it names what there is not.
    """
    business = business_of(ws)
    found = _ours(business) if ws.store is None else held(ws.store.root, business)
    return found.card, found


def held(root: Path, business: Business) -> Held:
    """The text of the card of a workspace, read or not: also one with a fault in it can be shown and mended.

    Raises:
        FileError: if the file cannot be read.
    """
    path = root / FILE
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return _ours(business)
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path} cannot be read: {error}.", hint="It is a text file in UTF-8.") from error
    return Held(text, version_of(text), own=True, source=str(path))


def version_of(text: str) -> str:
    """What changes with a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _ours(business: Business) -> Held:
    text = default(business)
    return Held(text, version_of(text), own=False, source=f"our scorecard of a {business}")


def business_of(ws: Workspace) -> Business:
    """Which of ours fits: that of a subscription business where nothing is sold but contracts."""
    return business_among(["orders"] if ws.has("orders") else ["subscriptions"])


def business_among(tables: Collection[str]) -> Business:
    """The same by the names of a run's tables; that of a shop where nothing is known."""
    return "subscription" if "subscriptions" in tables and "orders" not in tables else "shop"


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


def keep(root: Path, text: str, *, seen: str | None = None) -> Path:
    """Write the scorecard of a workspace in one step, after it was read; what it replaces is kept.

    Args:
        root: The workspace.
        text: The new text.
        seen: The version of the text whoever writes has read; what was changed since is not overwritten.

    Raises:
        OptionError: if the text is no scorecard; nothing is written then.
        ChangedError: if the file is another than the one that was read.
        StorageError: if it cannot be written.
    """
    read_text(text, FILE)
    with alone(root):
        path = root / FILE
        there = path.read_bytes() if path.exists() else None
        if there is not None:
            now = version_of(there.decode("utf-8", "replace"))
            if seen is not None and now != seen:
                raise another()
            if there == text.encode("utf-8"):
                return path
            moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            earlier = root / EARLIER
            with disk.writing(earlier):
                earlier.mkdir(exist_ok=True)
            disk.write_bytes(earlier / f"{moment}.toml", there)
        part = root / f".{FILE}.part"
        disk.write_bytes(part, text.encode("utf-8"))
        disk.move(part, path)
        return path


def another() -> ChangedError:
    """What is said where the file is another than the one that was read."""
    return ChangedError(
        f"{FILE} was changed since you read it; nothing was written.",
        hint="Look at what it says now, then make the change again.",
    )


def earlier(root: Path) -> list[str]:
    """Names of the texts that were replaced, the latest first: the moment in UTC."""
    return sorted((one.stem for one in (root / EARLIER).glob("*.toml")), reverse=True)


def earlier_text(root: Path, name: str) -> str:
    """A text that was replaced.

    Raises:
        NotFoundError: if there is none of this name.
    """
    if name not in earlier(root):
        raise NotFoundError(f'No earlier scorecard is called "{name[:40]}".')
    return (root / EARLIER / f"{name}.toml").read_text(encoding="utf-8")


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Nobody else writes the card while the block runs.

    Raises:
        WorkspaceError: if somebody writes without a pause.
    """
    lock = FileLock(root / f".{FILE}.lock")
    with disk.writing(root):
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout as error:
            raise WorkspaceError("Somebody else is writing the scorecard.", hint="Try again in a moment.") from error
    try:
        yield
    finally:
        lock.release()
