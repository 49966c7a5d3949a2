"""The jobs of a workspace: started here, done in processes of their own, watched until they end.

A job's process holds a lock as long as it lives; so anyone can tell a job that is being done from one whose process was killed,
whoever started it and whatever happened to them since. The book says what state a job is in, the lock says whether that is still
true. Only the process that holds the lock moves a job on.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lifeworth.data import disk
from lifeworth.data.book import JOBS, Book, now
from lifeworth.errors import LifeworthError, NotFoundError, OptionError
from lifeworth.jobs.kinds import KINDS, WRITES
from lifeworth.jobs.locks import Hold, folder_of, lock_of, pid_of
from lifeworth.jobs.record import OPEN, Job, job_of

ATTEMPTS = 3
"""How often a job is begun whose process is killed, before it counts as failed."""
GRACE = 10.0
"""Seconds a job has to stop by itself before its process is killed; nothing half written is left either way."""
GLANCE = 1.0
"""Seconds between two looks at the jobs."""
STATE = "LIFEWORTH_JOB_STATE"
"""Variable that tells a job's process the URL of the book; a password in it must not show in the list of processes."""


_LEFT: list[subprocess.Popen[bytes]] = []
"""Processes of jobs that go on after a `Jobs` was closed."""


class Jobs:
    """The jobs of one workspace; every worker of a server has one, and they do not get in each other's way."""

    def __init__(self, root: Path, book: Book) -> None:
        """Jobs of the workspace `root`, kept in `book`."""
        self.root, self._book = root, book
        self._ours: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._watch: threading.Thread | None = None
        self._over = threading.Event()
        self._asked: dict[str, float] = {}

    # -- what a person does -------------------------------------------------------------------------------------------
    def start(self, kind: str, arguments: Mapping[str, Any], who: str) -> str:
        """Begin a job, or queue it behind another that writes to the workspace.

        Args:
            kind: What is to be done, one of `KINDS`.
            arguments: JSON values for it.
            who: The person or program that asks.

        Returns:
            The id to ask after it by.

        Raises:
            OptionError: if there is no such kind.
            StorageError: if it cannot be written down.
        """
        if kind not in KINDS:
            raise OptionError(f'There is no job of the kind "{kind}".', allowed=KINDS)
        job_id = secrets.token_hex(8)
        text = json.dumps(dict(arguments), ensure_ascii=False, default=str)
        with self._book.write() as open_:
            open_.execute(
                JOBS.insert().values(
                    job_id=job_id, kind=kind, arguments=text, status="queued", started_by=who, created_at=now()
                )
            )
        with suppress(LifeworthError):  # it is queued: whoever looks next starts it
            self.look()
        self._begin_watching()
        return job_id

    def get(self, job_id: str) -> Job:
        """A job as it stands.

        Raises:
            NotFoundError: if there is none of this id.
        """
        with self._book.read() as open_:
            row = open_.execute(sa.select(JOBS).where(JOBS.c.job_id == job_id)).mappings().first()
        if row is None:
            raise NotFoundError(f'There is no job "{job_id}".', hint="The list of jobs has their ids.")
        return job_of(row)

    def list(self, limit: int = 50, *, kind: str | None = None) -> list[Job]:
        """Jobs, the latest first."""
        wanted = sa.select(JOBS).order_by(JOBS.c.created_at.desc(), JOBS.c.job_id).limit(limit)
        if kind is not None:
            wanted = wanted.where(JOBS.c.kind == kind)
        with self._book.read() as open_:
            return [job_of(row) for row in open_.execute(wanted).mappings()]

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop: one that waits ends at once, one under way within `GRACE` seconds; the last good run stays current.

        Raises:
            NotFoundError: if there is none of this id.
        """
        self.get(job_id)
        with self._book.write() as open_:
            mine = JOBS.c.job_id == job_id
            open_.execute(
                JOBS.update().where(mine, JOBS.c.status == "queued").values(status="cancelled", finished_at=now())
            )
            open_.execute(JOBS.update().where(mine, JOBS.c.status.in_(OPEN)).values(cancel_asked=True))
        job = self.get(job_id)
        if job.open:
            self._stop(job)
            self._begin_watching()
        return job

    def wait(self, job_id: str, seconds: float) -> Job:
        """A job when it has come to its end, or as it stands after so many seconds."""
        until = time.monotonic() + seconds
        while (job := self.get(job_id)).open and time.monotonic() < until:
            time.sleep(0.05)
        return job

    # -- watching -----------------------------------------------------------------------------------------------------
    def resume_all(self) -> None:
        """Look after every job that has not come to its end, and go on doing so; several workers may do this at once."""
        with suppress(LifeworthError):
            self.look()
        self._begin_watching()

    def look(self) -> int:
        """See what has become of open jobs: begin what waits, begin anew what was killed, stop what should stop.

        Returns:
            How many jobs are open.
        """
        with self._lock:
            self._reap()
            wanted = sa.select(JOBS).where(JOBS.c.status.in_(OPEN)).order_by(JOBS.c.created_at, JOBS.c.job_id)
            with self._book.read() as open_:
                jobs = [job_of(row) for row in open_.execute(wanted).mappings()]
            running = [job for job in jobs if job.status == "running" and not self._was_killed(job)]
            for job in running:
                if job.cancel_asked:
                    self._stop(job)
            writing = any(job.kind in WRITES for job in running)
            for job in jobs:
                if job.status == "running" and job not in running:
                    job = self._settle_killed(job)
                if job.status != "queued" or (writing and job.kind in WRITES):
                    continue
                self._spawn(job)
                writing = writing or job.kind in WRITES
            return len(jobs)

    def close(self) -> None:
        """Stop watching; the jobs go on, and another server watches them."""
        self._over.set()
        if self._watch is not None:
            self._watch.join(timeout=5)
        with self._lock:
            self._reap()
            # They live on without us; forgetting them here would be taken for a mistake.
            _LEFT.extend(self._ours.values())
            self._ours.clear()

    # -- inside -------------------------------------------------------------------------------------------------------
    def _begin_watching(self) -> None:
        with self._lock:
            if self._watch is None or not self._watch.is_alive():
                self._over.clear()
                self._watch = threading.Thread(target=self._keep_watch, daemon=True, name="jobs")
                self._watch.start()

    def _keep_watch(self) -> None:
        # It goes on while nothing is open as well: a job another worker has taken in may lose that worker.
        while not self._over.wait(GLANCE):
            with suppress(LifeworthError, OSError):
                self.look()

    def _spawn(self, job: Job) -> None:
        if job.job_id in self._ours:
            return
        folder = folder_of(self.root)
        with disk.writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            log = os.open(folder / f"{job.job_id}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._ours[job.job_id] = subprocess.Popen(  # noqa: S603 - our own program and names of our own
                [sys.executable, "-m", "lifeworth.jobs.work", str(self.root.absolute()), job.job_id],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, STATE: self._book.url},
                # A session of its own: what ends the server does not end the job.
                start_new_session=True,
            )
        finally:
            os.close(log)

    def _reap(self) -> None:
        for job_id in [job_id for job_id, process in self._ours.items() if process.poll() is not None]:
            del self._ours[job_id]

    def _was_killed(self, job: Job) -> bool:
        with Hold(lock_of(self.root, job.job_id)) as held:
            return held

    def _settle_killed(self, job: Job) -> Job:
        """A job that should be under way and is not: begun again, or given up. Done under its lock, by one worker."""
        with Hold(lock_of(self.root, job.job_id)) as held:
            if not held:
                return job
            job = self.get(job.job_id)
            if job.status != "running":  # somebody else has seen to it
                return job
            mine = JOBS.update().where(JOBS.c.job_id == job.job_id)
            if job.cancel_asked:
                change = mine.values(status="cancelled", finished_at=now())
            elif job.attempts < ATTEMPTS:
                change = mine.values(status="queued")
            else:
                problem = {
                    "code": "killed",
                    "message": f"The process of this work was killed {job.attempts} times.",
                    "status": 500,
                    "hint": "Often there was not enough memory. Try again with less data, or on a larger machine.",
                }
                change = mine.values(status="failed", finished_at=now(), result=json.dumps({"problem": problem}))
            with self._book.write() as open_:
                open_.execute(change)
        return self.get(job.job_id)

    def _stop(self, job: Job) -> None:
        """Ask the process of a job to end, and end it when its time is over."""
        first = self._asked.setdefault(job.job_id, time.monotonic())
        process = pid_of(self.root, job.job_id)
        # The process number is that of whoever holds the lock; a free lock means it is nobody's.
        if process is None or self._was_killed(job):
            return
        late = time.monotonic() - first > GRACE
        with suppress(OSError):
            os.kill(process, signal.SIGKILL if late else signal.SIGTERM)
