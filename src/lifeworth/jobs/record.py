"""A job as the book keeps it, and what may be said of it to whoever started it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from lifeworth.errors import InputError, LifeworthError

Status: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]

OPEN: tuple[Status, ...] = ("queued", "running")
"""A job that has not come to its end."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that somebody asked for.

    Attributes:
        progress: How far it is: `step`, `done` of `total` (None: nobody knows), and the `steps` so far with their seconds.
        result: What came of it, for example `run_id` and `summary`.
        problem: Why it failed: `code`, `message`, `hint`, `allowed`, `faults`; empty where it did not.
        attempts: How often it was begun; one that is killed is begun again.
        cancel_asked: Whether somebody wants it stopped.
    """

    job_id: str
    kind: str
    arguments: Mapping[str, Any]
    status: Status
    progress: Mapping[str, Any]
    result: Mapping[str, Any]
    problem: Mapping[str, Any]
    attempts: int
    started_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_asked: bool

    @property
    def open(self) -> bool:
        """Whether it has not come to its end."""
        return self.status in OPEN


def job_of(row: Mapping[Any, Any]) -> Job:
    """A job from its row in the book; what cannot be read there is empty."""
    result = _read(row["result"])
    problem = result.pop("problem", {})
    return Job(
        job_id=row["job_id"],
        kind=row["kind"],
        arguments=_read(row["arguments"]),
        status=row["status"],
        progress=_read(row["progress"]),
        result=result,
        problem=problem if isinstance(problem, dict) else {},
        attempts=row["attempts"],
        started_by=row["started_by"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        cancel_asked=bool(row["cancel_asked"]),
    )


def problem_of(error: BaseException) -> dict[str, Any]:
    """What a person is told of an error: never where in the program it happened."""
    if isinstance(error, LifeworthError):
        told: dict[str, Any] = {"code": error.code, "message": error.message, "status": error.http_status}
        if error.hint:
            told["hint"] = error.hint
        if error.allowed:
            told["allowed"] = error.allowed
        if isinstance(error, InputError) and error.faults:
            told["faults"] = list(error.faults)
        return told
    if isinstance(error, MemoryError):
        return {
            "code": "memory",
            "message": "There is not enough memory for this work.",
            "status": 507,
            "hint": "Close other programs, or run it on a machine with more memory.",
        }
    return {
        "code": "internal",
        "message": "The work ended with a fault of the program.",
        "status": 500,
        "hint": "Try again; if it stays, the log of the job has the details for a report of the fault.",
    }


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
