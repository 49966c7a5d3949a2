"""The faults that are survived: what happens, and what must hold. Every one has its test, and every test its fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Fault:
    """What goes wrong, how it is made, and what must hold."""

    name: str
    made: str
    holds: str


FAULTS = (
    Fault("corrupt state", "state.db is overwritten with noise", "it is said with the next step; runs can be read; moved away, all goes on"),
    Fault("locked state", "another process keeps a transaction open", "waiting ends with a word, not with a crash; afterwards all goes on"),
    Fault("deleted state", "state.db is removed while it is open", "a LifeworthError or an answer; runs can be read; a new book is made"),
    Fault("newer state", "a newer Lifeworth has written state.db", "it is refused with the hint to update, and not changed"),
    Fault("read-only workspace", "the disk refuses every write", "a StorageError that says so; look-ups go on"),
    Fault("full disk in an upload", "no room while the bytes come in", "a StorageError; nothing of the upload stays"),
    Fault("full disk for answers", "no room where answers are kept", "the answer is given all the same"),
    Fault("half-written copy", "the serving copy is cut in half, a part lies beside it", "it is made anew by whoever opens it"),
    Fault("half-written answer", "an answer on disk is cut in half", "it is worked out anew"),
    Fault("truncated table", "a Parquet file of the current run is cut in half", "a LifeworthError names the file; the next run mends it"),
    Fault("missing manifest", "the current run has lost its manifest", "it is no run any more, and that is said; the next run is current"),
    Fault("dangling link", "`current` points to a run that is not there", "the run in hand stays; who opens anew is told; the next run mends it"),
    Fault("pruned run", "the run in hand is removed while it is read", "look-ups go on; the desk turns to the new one"),
    Fault("switched runs", "runs change 50 times under two desks and many readers", "every answer is of one run, never of two"),
    Fault("killed job", "kill -9 of the process of a job", "the job is begun again and comes to its end"),
    Fault("server killed in a job", "kill -9 of the server while a job runs", "the job goes on; a new server tells its end"),
    Fault("server killed in an upload", "kill -9 of the server while bytes come in", "no half upload is shown; what was whole is there"),
    Fault("server killed in a run switch", "kill -9 of server and job between two steps of the switch", "the old run or the new one, whole"),
    Fault("clock jump", "the clock is set a day back and a day forward", "runs have names of their own; the latest stays current"),
    Fault("escaping name", "an upload is called ../../x, or like a link elsewhere", "the bytes lie in its own folder or nowhere"),
    Fault("zip bomb", "a spreadsheet or a packed file unpacks to far more", "refused before it is unpacked; nothing stays"),
    Fault("stale lock", "lock files lie there and nobody holds them", "they keep nobody out"),
    Fault("killed in an erasure", "kill -9 in the middle of an erasure, then a run", "whole files; the person does not come back; it comes to its end"),
    Fault("two servers", "two servers on one workspace", "both answer the same; a run is taken up by both; one job runs once"),
)  # fmt: skip

TESTED: dict[str, str] = {}
"""Fault -> the test that makes it."""


def survives(name: str) -> Callable[[Test], Test]:
    """Say which fault a test makes."""
    assert name in {one.name for one in FAULTS}, f"{name} is not in the list"

    def note(test: Test) -> Test:
        assert name not in TESTED, f"{name} has two tests"
        TESTED[name] = test.__name__
        return test

    return note
