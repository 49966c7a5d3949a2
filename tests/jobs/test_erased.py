"""A file that brings an erased person again is removed after its run."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifeworth.data.book import Book
from lifeworth.jobs.record import Job
from lifeworth.jobs.runs import run
from lifeworth.jobs.uploads import Uploads
from lifeworth.persons.actions import erase_person
from lifeworth.report.progress import SILENT

ORDERS = b"customer_id,ordered_at,total\nA1000,2025-01-01,1\nA1001,2025-01-02,2\nA1002,2025-01-03,3\n"


@pytest.mark.parametrize("mode", ["erase", "pseudonymise"])
def test_an_upload_that_holds_an_erased_person_goes_after_its_run_and_others_stay(tmp_path: Path, mode: str) -> None:
    from datetime import datetime

    from lifeworth.data.book import book_of

    book: Book = book_of(tmp_path)
    uploads = Uploads(tmp_path, book)

    def done() -> dict:
        upload = uploads.take("orders.csv", "orders", "Ada", [ORDERS])
        job = Job("j", "run", {"uploads": [upload.upload_id]}, "running", {}, {}, {}, 1, "Ada", datetime(2026, 1, 1), None, None, False)  # fmt: skip
        return run(tmp_path, book, job, SILENT)

    assert "uploads_removed" not in done()
    assert [one.status for one in uploads.list()] == ["used"]
    erase_person(tmp_path, "A1000", mode=mode)
    assert done()["uploads_removed"] == ["orders.csv"]
    left = [file for file in tmp_path.rglob("*") if file.is_file() and b"A1000" in file.read_bytes()]
    assert left == []
