"""A job comes to its end whatever happens to its process, to the server that started it, or to the disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lifeworth.data.book import JOBS, Book
from lifeworth.data.store import Store
from lifeworth.engine.connect import connect
from lifeworth.errors import NotFoundError, OptionError, StoppedError
from lifeworth.jobs.jobs import ATTEMPTS, Jobs
from lifeworth.jobs.locks import Hold, folder_of, lock_of, pid_of, writers_lock
from lifeworth.jobs.record import Job, problem_of
from lifeworth.jobs.told import Told
from lifeworth.jobs.uploads import Upload

Until = Callable[[Jobs, str, Callable[[Job], bool]], Job]


def current(root: Path) -> str:
    return (root / "runs" / "current").readlink().name


def nothing_half(root: Path) -> bool:
    """Whether no run out of sight, and no table without its run, is there after the next run has swept."""
    with connect() as engine:
        store = Store(root, engine)
        store._sweep()
    there = {one.name for one in (root / "runs").iterdir() if one.is_dir() and not one.is_symlink()}
    tables = {file.stem.split(".")[0] for file in (root / "tables").rglob("*.parquet")}
    return tables <= there and not list((root / "runs").glob(".*"))


def started(job: Job) -> bool:
    return job.status == "running" and bool(job.progress.get("step"))


def test_a_run_is_done_in_a_process_of_its_own_and_becomes_current(
    root: Path, jobs: Jobs, orders: Upload, until: Until
) -> None:
    before = current(root)
    job_id = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
    seen = until(jobs, job_id, started)
    assert pid_of(root, job_id) not in {None, os.getpid()}
    assert seen.progress["steps"][0]["name"] == "Reading orders.csv"
    job = until(jobs, job_id, lambda one: one.status == "done")
    assert job.result["run_id"] == current(root) != before
    assert job.result["summary"]["customers"] > 700
    assert "paths" not in job.result["summary"], "where things lie on this machine is nobody's business"
    assert (job.attempts, job.started_by, job.problem) == (1, "Ada", {})


def test_a_job_whose_process_is_killed_is_begun_again(root: Path, jobs: Jobs, orders: Upload, until: Until) -> None:
    before = current(root)
    job_id = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
    until(jobs, job_id, started)
    os.kill(pid_of(root, job_id) or 0, signal.SIGKILL)
    assert current(root) == before
    job = until(jobs, job_id, lambda one: one.status == "done")
    assert job.attempts == 2
    assert current(root) == job.result["run_id"]
    assert nothing_half(root)


def test_a_job_that_is_killed_each_time_is_given_up_with_a_reason(
    root: Path, book: Book, jobs: Jobs, orders: Upload
) -> None:
    job_id = "a" * 16
    with book.write() as open_:
        from lifeworth.data.book import now

        open_.execute(
            JOBS.insert().values(job_id=job_id, kind="run", status="running", attempts=ATTEMPTS, created_at=now())
        )
    jobs.look()
    job = jobs.get(job_id)
    assert (job.status, job.problem["code"]) == ("failed", "killed")
    assert "memory" in job.problem["hint"]


def test_a_job_outlives_the_server_that_started_it_and_is_watched_by_the_next(
    root: Path, jobs: Jobs, orders: Upload, until: Until
) -> None:
    code = (
        "import sys, time; from pathlib import Path; from lifeworth.data.book import book_of; from lifeworth.jobs.jobs import Jobs\n"
        "root = Path(sys.argv[1]); print(Jobs(root, book_of(root)).start('run', {'uploads': [sys.argv[2]]}, 'Ada'), flush=True); time.sleep(600)"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(root), orders.upload_id], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    job_id = server.stdout.readline().strip()
    until(jobs, job_id, started)
    server.kill()
    server.wait()
    server.stdout.close()
    with Hold(lock_of(root, job_id)) as free:
        assert not free, "the job ended with its server"
    jobs.resume_all()
    job = until(jobs, job_id, lambda one: one.status == "done")
    assert job.attempts == 1


def test_cancel_in_the_middle_leaves_the_last_good_run_current(
    root: Path, jobs: Jobs, orders: Upload, until: Until
) -> None:
    before = current(root)
    job_id = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
    until(jobs, job_id, started)
    jobs.cancel(job_id)
    job = until(jobs, job_id, lambda one: one.status == "cancelled")
    assert current(root) == before
    assert job.finished_at is not None
    assert nothing_half(root)


def test_a_job_that_waits_is_cancelled_at_once_and_never_begun(root: Path, jobs: Jobs, orders: Upload) -> None:
    with Hold(writers_lock(root)) as held:
        assert held
        job_id = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
        assert jobs.cancel(job_id).status == "cancelled"
        jobs.look()
    assert jobs.get(job_id).attempts == 0


def test_cancel_of_a_job_that_has_ended_changes_nothing(jobs: Jobs, orders: Upload) -> None:
    job_id = jobs.start("check", {"uploads": [orders.upload_id]}, "Ada")
    before = jobs.wait(job_id, 120)
    assert before.status == "done"
    assert jobs.cancel(job_id) == before


def test_a_service_that_goes_down_lets_the_job_go_on_later(
    root: Path, jobs: Jobs, orders: Upload, until: Until
) -> None:
    job_id = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
    until(jobs, job_id, started)
    os.kill(pid_of(root, job_id) or 0, signal.SIGTERM)  # nobody asked to cancel it
    job = until(jobs, job_id, lambda one: one.status == "done")
    assert job.attempts == 1, "an orderly end is no attempt that failed"


def test_two_workers_that_resume_at_once_do_a_job_once(
    root: Path, book: Book, jobs: Jobs, orders: Upload, until: Until
) -> None:
    with Hold(writers_lock(root)):
        job_id = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
        ours = list(jobs._ours.values())
        jobs.close()
        for process in ours:
            process.wait()
    code = (
        "import sys, time; from pathlib import Path; from lifeworth.data.book import book_of; from lifeworth.jobs.jobs import Jobs\n"
        "root = Path(sys.argv[1]); jobs = Jobs(root, book_of(root))\n"
        "while time.time() < float(sys.argv[3]): time.sleep(.001)\n"
        "jobs.resume_all(); jobs.wait(sys.argv[2], 120); jobs.close()"
    )
    import time

    at = str(time.time() + 2)
    workers = [subprocess.Popen([sys.executable, "-c", code, str(root), job_id, at]) for _ in range(2)]
    before = {one.name for one in (root / "runs").iterdir()}
    job = until(jobs, job_id, lambda one: one.status == "done")
    assert [worker.wait() for worker in workers] == [0, 0]
    assert job.attempts == 1
    assert {one.name for one in (root / "runs").iterdir()} - before == {job.result["run_id"]}


def test_one_job_that_writes_at_a_time_and_the_oldest_first(
    root: Path, jobs: Jobs, orders: Upload, until: Until
) -> None:
    first = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
    second = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
    until(jobs, first, lambda one: one.status == "running")
    assert jobs.get(second).status == "queued"
    ended = until(jobs, first, lambda one: one.status == "done")
    begun = until(jobs, second, lambda one: one.status == "done")
    assert ended.finished_at is not None
    assert begun.started_at is not None
    assert begun.started_at >= ended.finished_at


def test_a_full_disk_fails_the_job_and_leaves_the_last_good_run(root: Path, jobs: Jobs, orders: Upload) -> None:
    before = current(root)
    job_id = "b" * 16
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))\n"
        "from pathlib import Path; from lifeworth.data.book import book_of; from lifeworth.jobs.work import do\n"
        "do(Path(sys.argv[1]), book_of(Path(sys.argv[1])), sys.argv[2])"
    )
    _queued(jobs, job_id, {"uploads": [orders.upload_id]})
    # Room for the book, and not for the report of a run.
    size = max(one.stat().st_size for one in root.glob("state.db*")) + 150_000
    subprocess.run([sys.executable, "-c", code, str(root), job_id, str(size)], check=True, timeout=120)
    job = jobs.get(job_id)
    assert (job.status, job.problem.get("code")) == ("failed", "storage")
    assert "Free some space" in job.problem["hint"]
    assert current(root) == before
    assert nothing_half(root)


@pytest.mark.parametrize("arguments", ["no json {", "[]", "null", '{"uploads": 5}', '{"inputs": "x"}', '{"uploads": [1, 2]}', '{"options": {"margin": "lots"}}'])  # fmt: skip
def test_arguments_that_cannot_be_read_fail_with_words(jobs: Jobs, arguments: str, root: Path) -> None:
    before = current(root)
    job_id = "c" * 16
    _queued(jobs, job_id, arguments)
    _do(root, job_id)
    job = jobs.get(job_id)
    assert job.status == "failed"
    assert job.problem["code"] != "internal", job.problem
    assert job.problem["message"]
    assert current(root) == before


def test_an_unknown_kind_is_refused_and_an_unknown_job_not_found(jobs: Jobs) -> None:
    with pytest.raises(OptionError, match="no job of the kind"):
        jobs.start("format-the-disk", {}, "Ada")
    with pytest.raises(NotFoundError):
        jobs.get("nobody")


def test_a_fault_of_the_program_is_told_without_where_it_happened() -> None:
    told = problem_of(ZeroDivisionError("in /srv/secret/path.py"))
    assert told["code"] == "internal"
    assert "secret" not in json.dumps(told)
    assert problem_of(MemoryError())["code"] == "memory"


def test_progress_is_written_at_most_twice_a_second(jobs: Jobs, book: Book) -> None:
    job_id = "d" * 16
    _queued(jobs, job_id, {})
    progress = Told(book, job_id)
    written = 0
    book_write = book.write

    def counted() -> Any:
        nonlocal written
        written += 1
        return book_write()

    book.write = counted  # type: ignore[method-assign]
    try:
        with progress.step("Many small steps", total=1000):
            for _ in range(1000):
                progress.advance()
    finally:
        book.write = book_write  # type: ignore[method-assign]
    assert written == 1, "more than one entry within half a second"
    progress.settle()
    assert jobs.get(job_id).progress["steps"][0]["done"] == 1000


def test_writing_is_not_broken_off_but_what_follows_is(jobs: Jobs, book: Book) -> None:
    progress = Told(book, "e" * 16)
    with progress.step("Writing"):
        progress.stop()
        progress.advance()
    with pytest.raises(StoppedError), progress.step("Another step"):
        pass


def test_the_step_in_which_a_run_becomes_current_is_the_sealed_one(
    root: Path, monkeypatch: pytest.MonkeyPatch, book: Book
) -> None:
    from lifeworth.data import disk
    from lifeworth.job import run

    progress = Told(book, "f" * 16)
    sealed: list[int] = []
    point = disk.point
    monkeypatch.setattr(disk, "point", lambda *a: (sealed.append(progress._sealed), point(*a)))
    run(str(root / "data" / "orders.csv"), workspace=root, progress=progress)
    assert sealed == [1]


def test_nothing_is_left_of_a_job_that_ended_but_its_lock(root: Path, jobs: Jobs, orders: Upload) -> None:
    job_id = jobs.start("check", {"uploads": [orders.upload_id]}, "Ada")
    assert jobs.wait(job_id, 120).status == "done"
    for process in list(jobs._ours.values()):
        process.wait()
    left = {one.name for one in folder_of(root).iterdir()}
    assert not {name for name in left if not name.endswith(".lock")}


def test_the_url_of_the_book_stands_in_no_list_of_processes(
    root: Path, jobs: Jobs, orders: Upload, until: Until
) -> None:
    job_id = jobs.start("run", {"uploads": [orders.upload_id]}, "Ada")
    until(jobs, job_id, started)
    line = Path(f"/proc/{pid_of(root, job_id)}/cmdline")
    if line.exists():
        assert b"sqlite" not in line.read_bytes()
    jobs.cancel(job_id)
    until(jobs, job_id, lambda one: not one.open)


def _queued(jobs: Jobs, job_id: str, arguments: dict[str, Any] | str) -> None:
    from lifeworth.data.book import now

    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    with jobs._book.write() as open_:
        open_.execute(
            JOBS.insert().values(job_id=job_id, kind="run", arguments=text, status="queued", created_at=now())
        )


def _do(root: Path, job_id: str) -> None:
    subprocess.run([sys.executable, "-m", "lifeworth.jobs.work", str(root), job_id], check=True, timeout=120)
