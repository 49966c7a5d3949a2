"""Faults of uploads, of jobs and of servers that are killed."""

from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import signal
import socket
import zipfile
from pathlib import Path

import pyarrow.csv
import pytest
from tests.faults.conftest import current, orders, whole
from tests.faults.faults import survives
from tests.faults.server import HALT, Server, admin_key, end_jobs, until

from lifeworth.data import disk
from lifeworth.data.book import book_of
from lifeworth.errors import FileError, StorageError
from lifeworth.jobs.jobs import Jobs
from lifeworth.jobs.locks import pid_of
from lifeworth.jobs.uploads import Uploads


@pytest.fixture
def uploads(root):
    return Uploads(root, book_of(root))


@pytest.fixture
def content():
    """Orders with two more of C0000 than the current run has four."""
    out = io.BytesIO()
    pyarrow.csv.write_csv(orders(2), out)
    return out.getvalue()


@pytest.fixture
def served(root, tmp_path):
    """Starts servers on the workspace."""
    key, started = admin_key(root), []

    def start(**environment: str) -> Server:
        started.append(Server(root, key, tmp_path / "server.log", environment))
        return started[-1]

    yield start
    for server in started:
        server.__exit__()
    end_jobs(root)


def nothing_half(root: Path) -> None:
    assert [one.name for one in (root / "runs").iterdir() if one.name.startswith(".")] == []
    whole(root)


# -- uploads ----------------------------------------------------------------------------------------------------------
@survives("full disk in an upload")
def test_nothing_stays_of_an_upload_for_which_there_is_no_room(root, uploads, content, monkeypatch):
    before = uploads.list()
    monkeypatch.setattr(disk.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(StorageError, match="no room"):
        uploads.take("orders.csv", "orders", "Ada", [content])
    monkeypatch.undo()
    assert uploads.list() == before
    assert not list((root / "uploads").iterdir())
    assert uploads.take("orders.csv", "orders", "Ada", [content]).size == len(content)


@survives("escaping name")
@pytest.mark.parametrize("name", ["../../escaped.csv", "/etc/passwd.csv", "..\\..\\escaped.csv", "a/../../b.csv", "link.csv", "\u202egnp.csv"])  # fmt: skip
def test_an_upload_lies_in_a_folder_of_its_own_whatever_it_is_called(root, uploads, content, name, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("mine")
    (root / "uploads").mkdir(exist_ok=True)
    (root / "uploads" / "link.csv").symlink_to(outside)
    before = {file for file in tmp_path.rglob("*") if root / "uploads" not in file.parents and "state.db" not in file.name}  # fmt: skip
    upload = uploads.take(name, "orders", "Ada", [content])
    place = uploads.file(upload).resolve()
    assert place.parent == (root / "uploads" / upload.upload_id).resolve()
    assert place.read_bytes() == content
    assert outside.read_text() == "mine"
    after = {file for file in tmp_path.rglob("*") if root / "uploads" not in file.parents and "state.db" not in file.name}  # fmt: skip
    assert after == before


@survives("zip bomb")
def test_a_bomb_is_refused_before_it_goes_off(root, uploads):
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/workbook.xml", "<workbook/>")
        with out.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(64):
                member.write(b"0" * (1 << 20))
    packed = gzip.compress(b"customer_id,total\n" + b"0" * (64 << 20))
    for name, bomb in (("orders.xlsx", sheet.getvalue()), ("orders.csv.gz", packed)):
        assert len(bomb) < 1 << 20
        with pytest.raises(FileError):
            uploads.take(name, "orders", "Ada", [bomb])
    assert uploads.list() == []
    assert not list((root / "uploads").iterdir())


# -- jobs -------------------------------------------------------------------------------------------------------------
@survives("killed job")
def test_a_job_whose_process_is_killed_is_begun_again_and_ends(root, uploads, content):
    before, jobs = current(root), Jobs(root, book_of(root))
    upload = uploads.take("orders.csv", "orders", "Ada", [content])
    job_id = jobs.start("run", {"uploads": [upload.upload_id], "options": {"margin": 0.4}}, "Ada")
    try:
        until(lambda: jobs.get(job_id).progress.get("step"), "the job does not begin")
        os.kill(pid_of(root, job_id) or 0, signal.SIGKILL)
        assert current(root) == before
        job = until(lambda: (job := jobs.get(job_id)) and not job.open and job, "the job does not end")
        assert (job.status, job.attempts) == ("done", 2)
        assert current(root) == job.result["run_id"] != before
        nothing_half(root)
    finally:
        jobs.close()
        end_jobs(root)


# -- servers ----------------------------------------------------------------------------------------------------------
def begun(server: Server, content: bytes) -> str:
    """A run of an upload, started over the wire."""
    upload = server.ask("POST", "/imports?name=orders.csv&table=orders", content=content)
    body = {"uploads": [upload["upload_id"]], "options": {"margin": 0.4}}
    return str(server.ask("POST", "/imports/run", json=body)["job_id"])


def ended(server: Server, job_id: str) -> dict:
    return until(lambda: (job := server.ask("GET", f"/jobs/{job_id}"))["status"] not in {"queued", "running"} and job, "the job does not end")  # fmt: skip


@survives("server killed in a job")
def test_a_job_goes_on_when_its_server_is_killed_and_the_next_server_tells_its_end(root, served, content):
    before, first = current(root), served()
    job_id = begun(first, content)
    until(lambda: first.ask("GET", f"/jobs/{job_id}")["status"] == "running", "the job does not begin")
    first.kill()
    whole(root)
    second = served()
    assert second.ask("GET", "/customers/C0000")["customer_id"] == "C0000"
    job = ended(second, job_id)
    assert job["status"] == "done", job
    assert current(root) != before
    until(lambda: second.ask("GET", "/customers/C0000")["orders"] == 5, "the new run is not taken up")
    nothing_half(root)


@survives("server killed in an upload")
def test_half_an_upload_is_shown_to_nobody_after_its_server_was_killed(root, served, content):
    first = served()
    there = first.ask("POST", "/imports?name=whole.csv&table=orders", content=content)
    key = first.client.headers["Authorization"]
    with socket.create_connection(("127.0.0.1", first.port)) as line:
        head = f"POST /api/v1/imports?name=half.csv&table=orders HTTP/1.1\r\nHost: 127.0.0.1:{first.port}\r\nAuthorization: {key}\r\nContent-Length: {len(content) * 2}\r\nContent-Type: text/csv\r\n\r\n"
        line.sendall(head.encode() + content)
        part = until(lambda: list((root / "uploads").glob("*/.part")), "the bytes do not come in")[0]
        until(lambda: part.stat().st_size >= 0, "the bytes do not come in")
        first.kill()
    second = served()
    assert [one["name"] for one in second.ask("GET", "/imports")["items"]] == ["whole.csv"]
    assert (root / "uploads" / there["upload_id"] / "whole.csv").read_bytes() == content
    # A half upload may be another worker's; when its bytes have grown old it goes.
    long_ago = 1_600_000_000
    for one in (part, part.parent):
        os.utime(one, (long_ago, long_ago))
    second.kill()
    served()
    assert not part.parent.exists()


@survives("server killed in a run switch")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_switch_that_is_killed_leaves_the_old_run_or_the_new_one(root, served, content, tmp_path, moment):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(HALT)
    flag = tmp_path / "halt.flag"
    flag.write_text(moment)
    way = os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])
    before, first = current(root), served(HALT=str(flag), PYTHONPATH=way)
    job_id = begun(first, content)
    until(flag.with_suffix(".reached").exists, "the run does not come to its end")
    first.kill()
    os.kill(pid_of(root, job_id) or 0, signal.SIGKILL)
    assert (current(root) == before) == (moment == "before")
    whole(root)
    second = served()
    assert second.ask("GET", "/customers/C0000")["orders"] in ({4} if moment == "before" else {5})
    job = ended(second, job_id)
    assert job["status"] == "done", job
    until(lambda: second.ask("GET", "/customers/C0000")["orders"] == 5, "the new run is not taken up")
    nothing_half(root)


@survives("two servers")
def test_two_servers_on_one_workspace_answer_alike_and_do_a_job_once(root, served, content):
    servers = [served(), served()]
    first = [server.ask("GET", "/customers?limit=50") for server in servers]
    assert first[0] == first[1]
    job_id = begun(servers[0], content)
    job = ended(servers[1], job_id)
    assert (job["status"], job["attempts"]) == ("done", 1), job
    for server in servers:
        until(lambda server=server: server.ask("GET", "/customers/C0000")["orders"] == 5, "the new run is not taken up")
    assert servers[0].ask("GET", "/customers?limit=50") == servers[1].ask("GET", "/customers?limit=50")
    assert len([one for one in (root / "runs").iterdir() if not one.is_symlink()]) == 3
    nothing_half(root)


def test_a_copied_workspace_is_whole(root, tmp_path):
    """What every test here begins with."""
    whole(Path(shutil.copytree(root, tmp_path / "copy", symlinks=True)))
