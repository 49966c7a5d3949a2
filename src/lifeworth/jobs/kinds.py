"""What a job can be: a word, and the function that does it in the job's own process.

A function is loaded when it is needed, so that a server which only starts jobs loads none.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from lifeworth.data.book import Book
from lifeworth.jobs.record import Job
from lifeworth.report.progress import Progress

Work: TypeAlias = Callable[[Path, Book, Job, Progress], dict[str, Any]]
"""Does a job in the workspace and says what came of it, as JSON values."""

KINDS: dict[str, str] = {
    "run": "lifeworth.jobs.runs:run",
    "check": "lifeworth.jobs.checks:check",
    "erase": "lifeworth.jobs.erasing:erase",
}
"""Kind -> module and function."""

WRITES = frozenset({"run", "erase"})
"""Kinds that change the workspace: one of them at a time."""


def function_of(kind: str) -> Work:
    """The function of a kind."""
    module, _, name = KINDS[kind].partition(":")
    found: Work = getattr(import_module(module), name)
    return found
