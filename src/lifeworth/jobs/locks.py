"""Where the locks of jobs lie, and who holds them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from lifeworth.data import disk

FOLDER = ".jobs"
"""Folder of the workspace with locks and logs of jobs."""


class Hold:
    """A lock, taken if it is free; `with Hold(file) as held` says whether it was."""

    def __init__(self, file: Path) -> None:
        """The lock of this file."""
        self._file = file
        self._lock: FileLock | None = None

    def __enter__(self) -> bool:
        """Take it, if nobody has it."""
        return self.take()

    def take(self) -> bool:
        """Take it, if nobody has it.

        Raises:
            StorageError: if the folder may not be written.
        """
        with disk.writing(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # Not one per file and process: two threads that hold the same file must see each other.
            lock = FileLock(self._file, timeout=0, is_singleton=False)
            try:
                lock.acquire()
            except Timeout:
                return False
        self._lock = lock
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def folder_of(root: Path) -> Path:
    """The folder of locks and logs of a workspace."""
    return root / FOLDER


def lock_of(root: Path, job_id: str) -> Path:
    """The lock a job's process holds while it lives."""
    return folder_of(root) / f"{job_id}.lock"


def writers_lock(root: Path) -> Path:
    """The lock of whichever job writes to the workspace: one at a time."""
    return folder_of(root) / "writing.lock"


def note_pid(root: Path, job_id: str) -> None:
    """Write down which process does a job; it is called by the one that holds its lock."""
    file = folder_of(root) / f"{job_id}.pid"
    part = file.with_suffix(f".{os.getpid()}.part")
    with disk.writing(file):
        part.write_text(str(os.getpid()), encoding="ascii")
        part.replace(file)


def pid_of(root: Path, job_id: str) -> int | None:
    """The process that said last that it does a job."""
    with suppress(OSError, ValueError):
        return int((folder_of(root) / f"{job_id}.pid").read_text(encoding="ascii"))
    return None


def tidy(root: Path, job_id: str) -> None:
    """Remove what a job that has ended leaves: its process number, and its log where nothing was said."""
    disk.remove(folder_of(root) / f"{job_id}.pid")
    log = folder_of(root) / f"{job_id}.log"
    with suppress(OSError):
        if log.stat().st_size == 0:
            log.unlink()
