"""Jobs: long work that was started here, how far it is, and how to stop it."""

from __future__ import annotations

from typing import Any

from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.schema import JOB, JOBS
from lifeworth.api.values import moment
from lifeworth.asked import Asked
from lifeworth.jobs.record import Job

ASKS = (Asked("limit", "count", 50, required=False, choices=(), help="Jobs at most, 1 to 200."),)
MOST = 200


def told(job: Job) -> dict[str, Any]:
    """A job as JSON; what it was told is left out where it names a person."""
    return {
        "job_id": job.job_id,
        "kind": job.kind,
        "status": job.status,
        "progress": dict(job.progress),
        "result": dict(job.result),
        "problem": dict(job.problem) or None,
        "attempts": job.attempts,
        "cancel_asked": job.cancel_asked,
        "started_by": job.started_by,
        "created_at": moment(job.created_at),
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
    }


def accepted(call: Call, job_id: str) -> Answer:
    """The answer to a request that has started a job: where to watch it."""
    job = call.house.jobs.get(job_id)
    return Answer(told(job), 202, {"Location": f"/api/v1/jobs/{job_id}", "Retry-After": "1"})


def listed(call: Call) -> Answer:
    """Jobs, the latest first."""
    limit = max(1, min(call.said.get("limit", 50), MOST))
    return Answer({"items": [told(one) for one in call.house.jobs.list(limit)]})


def one(call: Call) -> Answer:
    """One job as it stands."""
    return Answer(told(call.house.jobs.get(call.path["job_id"])))


def cancel(call: Call) -> Answer:
    """Ask a job to stop."""
    job = call.house.jobs.cancel(call.path["job_id"])
    call.note("job.cancel", job.job_id, kind=job.kind)
    return Answer(told(job), 202 if job.open else 200)


_TAG = "Jobs"
ROUTES = (
    Route("GET", "/jobs", "jobs", "Long work, the latest first.", listed, _TAG, JOBS, asks=ASKS),
    Route("GET", "/jobs/{job_id}", "job", "One job: how far it is, what came of it, or why it failed.", one, _TAG, JOB),
    Route(
        "POST", "/jobs/{job_id}/cancel", "cancel_job",
        "Ask a job to stop. The last good run stays current; a job that has ended stays as it is.",
        cancel, _TAG, JOB, also={202: "It is stopping."},
    ),
)  # fmt: skip
