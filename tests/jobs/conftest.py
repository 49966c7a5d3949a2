"""A small workspace with a run of its own, and the files of a company to run again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lifeworth.data.book import Book, book_of
from lifeworth.jobs.jobs import Jobs
from lifeworth.jobs.locks import pid_of
from lifeworth.jobs.record import Job
from lifeworth.jobs.uploads import Upload, Uploads

LONG = 120.0
"""Seconds a test waits for a job on a busy machine."""


@pytest.fixture
def root(workspace_copy: Path) -> Path:
    return workspace_copy


@pytest.fixture
def book(root: Path) -> Book:
    return book_of(root)


@pytest.fixture
def jobs(root: Path, book: Book) -> Iterator[Jobs]:
    here = Jobs(root, book)
    yield here
    ours = list(here._ours.values())
    here.close()
    # No process of a test outlives it.
    for job in here.list(200):
        process = pid_of(root, job.job_id)
        if job.open and process is not None:
            with suppress(OSError):
                import os

                os.kill(process, signal.SIGKILL)
    for process in ours:
        process.kill()
        process.wait()


@pytest.fixture
def uploads(root: Path, book: Book) -> Uploads:
    return Uploads(root, book)


@pytest.fixture
def orders(root: Path, uploads: Uploads) -> Upload:
    return uploads.take("orders.csv", "orders", "Ada", [(root / "data" / "orders.csv").read_bytes()])


@pytest.fixture
def until() -> Callable[[Jobs, str, Callable[[Job], bool]], Job]:
    """Wait until a job is as it should be."""

    def wait(jobs: Jobs, job_id: str, done: Callable[[Job], bool]) -> Job:
        end = time.monotonic() + LONG
        while not done(job := jobs.get(job_id)):
            assert time.monotonic() < end, f"{job.status} {job.progress} {job.problem}"
            assert job.open or done(job), f"{job.status} {job.problem}"
            time.sleep(0.02)
        return job

    return wait


def python(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A Python of its own."""
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
