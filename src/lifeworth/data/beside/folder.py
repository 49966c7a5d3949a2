"""Tables in a folder of orders: a file called as a table is that table, and the truth of a made-up company is no order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lifeworth.data.beside.layouts import GIVEN
from lifeworth.data.sources.files import data_files, is_url, kinds_apart, stem

TRUTH = "truth"
"""What the files begin with that hold the truth of a made-up company."""


@dataclass(frozen=True)
class Parted:
    """Inputs told apart.

    Attributes:
        orders: What holds orders; none where a folder holds tables only.
        tables: Files by table.
        notes: What was taken for what, a sentence each.
    """

    orders: list[Any] | None
    tables: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def part(inputs: Sequence[Any] | Any) -> Parted:
    """Tell the files of tables beside orders from those of orders, in every folder among the inputs.

    Raises:
        FileError: if what is left of a folder is of several kinds.
    """
    if inputs is None:
        return Parted(None)
    single = isinstance(inputs, str | Path) or not isinstance(inputs, list | tuple)
    orders: list[Any] = []
    tables: dict[str, list[Path]] = {}
    notes: list[str] = []
    for item in [inputs] if single else inputs:
        folder = Path(item) if isinstance(item, str | Path) and not is_url(str(item)) else None
        if folder is None or not folder.is_dir():
            orders.append(item)
            continue
        files = data_files(folder)
        named = [file for file in files if stem(file) in GIVEN]
        truth = [file for file in files if stem(file) == TRUTH or stem(file).startswith(f"{TRUTH}_")]
        if not named and not truth:
            orders.append(item)
            continue
        for file in named:
            tables.setdefault(stem(file), []).append(file)
        notes += _notes(folder, named, truth)
        orders += kinds_apart(folder, [file for file in files if file not in named and file not in truth])
    found = {name: files[0] if len(files) == 1 else files for name, files in tables.items()}
    return Parted(orders or None, found, tuple(notes))


def _notes(folder: Path, named: Sequence[Path], truth: Sequence[Path]) -> list[str]:
    notes = []
    if named:
        names = ", ".join(file.name for file in named)
        notes.append(
            f"Of the folder {folder.name}, {names} were taken for the tables they are called after, not for orders."
        )
    if truth:
        notes.append(f"{', '.join(file.name for file in truth)} hold the truth of a made-up company and were not read.")
    return notes
