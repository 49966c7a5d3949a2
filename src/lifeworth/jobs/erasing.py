"""The job "erase": a person removed from everything, or left under a stand-in only, with the proof."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lifeworth.data.book import JOBS, Book
from lifeworth.errors import OptionError
from lifeworth.jobs.record import Job
from lifeworth.persons.actions import MODES, erase_person
from lifeworth.report.progress import Progress


def erase(root: Path, book: Book, job: Job, progress: Progress) -> dict[str, Any]:
    """Erase whom the job names; afterwards the job itself names nobody either.

    Raises:
        OptionError: if the job names nobody.
        LifeworthError: as `persons.actions.erase_person`.
    """
    who, mode = job.arguments.get("customer_id"), job.arguments.get("mode", MODES[0])
    if not isinstance(who, str) or not isinstance(mode, str) or not who:
        raise OptionError("The job names nobody.", hint="Start it again.")
    proof = erase_person(root, who, mode=mode, by=job.started_by, state_url=book.url, progress=progress)
    with book.write() as open_:
        mine = JOBS.update().where(JOBS.c.job_id == job.job_id)
        open_.execute(mine.values(arguments=json.dumps({"mode": mode})))
    return {"proof": proof.to_json()}
