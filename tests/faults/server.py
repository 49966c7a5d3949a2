"""A server of the API in a process of its own, which may be killed at any moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx

from lifeworth.access.doors import Doors
from lifeworth.access.roles import ROLE_SCOPES, Role, Scope
from lifeworth.data.book import book_of
from lifeworth.jobs.jobs import Jobs
from lifeworth.jobs.locks import pid_of

LONG = 240.0
"""Seconds a test waits on a busy machine."""
SERVE = """
import sys
from pathlib import Path
import uvicorn
from lifeworth.api.app import create
uvicorn.run(create(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""
HALT = """
import os, time
from pathlib import Path
import lifeworth.data.disk as disk

flag, point = Path(os.environ["HALT"]), disk.point

def halting(link, target):
    where = flag.read_text() if flag.exists() else ""
    if where:
        flag.unlink()
    if where == "after":
        point(link, target)
    if where:
        flag.with_suffix(".reached").touch()
        time.sleep(600)
    point(link, target)

disk.point = halting
"""
"""Makes a run stand still just before or just after it becomes current, where a file says so."""


def admin_key(root: Path) -> str:
    """A token of an admin who sees everything."""
    doors = Doors(book_of(root))
    link = doors.first_link()
    assert link is not None
    _, admin = doors.enter(link)
    user = doors.add_service("tests", Role.ADMIN, "marketing", personal=True)
    return doors.make_token(admin, "tests", sorted(ROLE_SCOPES[Role.ADMIN] | {Scope.PERSONAL}), user_id=user.user_id)


def until(what: Callable[[], Any], why: str) -> Any:
    """Wait for something to be so."""
    end = time.monotonic() + LONG
    while not (found := what()):
        assert time.monotonic() < end, why
        time.sleep(0.05)
    return found


class Server:
    """One server; leave the `with` block, and it is gone with every job it began."""

    def __init__(self, root: Path, key: str, log: Path, environment: dict[str, str] | None = None) -> None:
        self.root, self.log = root, log.open("ab")
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-c", SERVE, str(root), str(self.port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})})  # fmt: skip
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=LONG
        )
        until(self.answers, "the server does not come up")

    def answers(self) -> bool:
        assert self.process.poll() is None, Path(self.log.name).read_text()
        with suppress(httpx.HTTPError):
            return self.client.get("/health").status_code == 200
        return False

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """An answer, which must be no fault of the server."""
        answer = self.client.request(method, path, **more)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.client.close()
        self.log.close()


def end_jobs(root: Path) -> None:
    """No process of a job outlives its test."""
    for job in Jobs(root, book_of(root)).list(200):
        process = pid_of(root, job.job_id)
        if job.open and process is not None:
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)
