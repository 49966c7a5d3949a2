"""The process of one job: `python -m lifeworth.jobs.work ROOT JOB_ID`.

It takes the job's lock and holds it to its end, so that a second process for the same job goes away, and one that watches can tell
that it lives. It may be killed at any moment: what it writes becomes visible in one step, and the job is begun again.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lifeworth.data.book import JOBS, Book, book_of, now
from lifeworth.errors import LifeworthError
from lifeworth.jobs.jobs import GRACE, STATE
from lifeworth.jobs.kinds import WRITES, function_of
from lifeworth.jobs.locks import Hold, lock_of, note_pid, tidy, writers_lock
from lifeworth.jobs.record import Job, job_of, problem_of
from lifeworth.jobs.told import Told

GLANCE = 0.5
"""Seconds between two looks at whether somebody wants the job stopped."""
TRIES = 5
"""How often the end of a job is written down before giving up: whoever watches then begins it anew."""

_LOG = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Do a job; the exit status says whether this process came to its end, not how the job went."""
    root, job_id, *more = arguments
    logging.basicConfig(format="%(asctime)s %(message)s")
    url = os.environ.pop(STATE, "") or (more[0] if more else None)
    do(Path(root), book_of(Path(root), url), job_id)
    return 0


def do(root: Path, book: Book, job_id: str) -> None:
    """Do a job that waits, unless another process does, or another that writes is under way."""
    with Hold(lock_of(root, job_id)) as mine:
        job = _job(book, job_id) if mine else None
        if job is None or job.status != "queued":
            return
        with Hold(writers_lock(root) if job.kind in WRITES else lock_of(root, f"{job_id}-alone")) as alone:
            if alone and _claim(book, job_id):
                note_pid(root, job_id)
                _work(root, book, job)
                tidy(root, job_id)


def _work(root: Path, book: Book, job: Job) -> None:
    progress = Told(book, job.job_id)
    signal.signal(signal.SIGTERM, lambda *_: progress.stop())
    threading.Thread(target=_listen, args=(book, job.job_id), daemon=True).start()
    end: dict[str, Any] = {}
    try:
        result = function_of(job.kind)(root, book, job, progress)
        end = {"status": "done", "result": json.dumps(result, ensure_ascii=False, default=str)}
    except BaseException as error:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # What breaks off deep inside may come out under another name.
        if progress.stopped:
            asked = (_job(book, job.job_id) or job).cancel_asked
            # Nobody asked: the machine or the service is going down, and the job goes on when it is back.
            end = {"status": "cancelled"} if asked else {"status": "queued", "attempts": job.attempts}
        else:
            if not isinstance(error, LifeworthError):
                _LOG.exception("job %s (%s)", job.job_id, job.kind)
            end = {"status": "failed", "result": json.dumps({"problem": problem_of(error)}, ensure_ascii=False)}
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    progress.settle()
    _end(book, job.job_id, end)


def _claim(book: Book, job_id: str) -> bool:
    wanted = JOBS.update().where(JOBS.c.job_id == job_id, JOBS.c.status == "queued", ~JOBS.c.cancel_asked)
    with book.write() as open_:
        done = open_.execute(wanted.values(status="running", attempts=JOBS.c.attempts + 1, started_at=now()))
        return bool(done.rowcount)


def _end(book: Book, job_id: str, end: dict[str, Any]) -> None:
    finished = None if end["status"] == "queued" else now()
    for left in reversed(range(TRIES)):
        try:
            with book.write() as open_:
                open_.execute(JOBS.update().where(JOBS.c.job_id == job_id).values(**end, finished_at=finished))
        except LifeworthError:
            if not left:
                raise
            time.sleep(1)
        else:
            return


def _listen(book: Book, job_id: str) -> None:
    """End this process if somebody wants the job stopped: it is asked to, and then made to, whichever server lives."""
    since = None
    while True:
        time.sleep(GLANCE)
        with suppress(LifeworthError):
            job = _job(book, job_id)
            if job is None or (job.cancel_asked and since is None):
                since = time.monotonic()
                os.kill(os.getpid(), signal.SIGTERM)
        if since is not None and time.monotonic() - since > GRACE:
            os.kill(os.getpid(), signal.SIGKILL)


def _job(book: Book, job_id: str) -> Job | None:
    with book.read() as open_:
        row = open_.execute(sa.select(JOBS).where(JOBS.c.job_id == job_id)).mappings().first()
    return None if row is None else job_of(row)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
