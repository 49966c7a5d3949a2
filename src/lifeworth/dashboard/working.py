"""Long work as a person watches it: which step, how far, since when; why it failed and what to do; what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import dcc, html

from lifeworth.dashboard import pieces
from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.render import states
from lifeworth.dashboard.render.page import page as blocks
from lifeworth.jobs.record import Job
from lifeworth.persons.proof import Proof
from lifeworth.report.spec import Page

PATIENCE = 5.0
"""Seconds after which work that has not begun is said to wait."""
KINDS = {"run": "Run", "check": "Look at files", "erase": "Erase a person"}
WORDS = {"queued": "waits for other work", "running": "under way", "done": "done", "failed": "failed", "cancelled": "cancelled"}  # fmt: skip


def share(progress: Mapping[str, Any]) -> float | None:
    """How much of the present step is done; nothing where nobody knows."""
    total, done = progress.get("total"), progress.get("done") or 0
    return None if not total else max(0.0, min(1.0, done / total))


def steps(job: Job) -> Any:
    """The steps so far, each with how long it took."""
    rows = []
    for one in job.progress.get("steps", ()):
        over = one.get("seconds") is not None
        took = f"{one['seconds']:.1f} s" if over else _so_far(one)
        marks = " ".join(name for name, holds in (("now", not over), ("deep", bool(one.get("depth")))) if holds)
        rows.append(html.Li([icon("check" if over else "next"), one["name"], html.Span(took, className="quiet numbers")], className=marks))  # fmt: skip
    return html.Ol(rows, className="work-steps") if rows else None


def _so_far(one: Mapping[str, Any]) -> str:
    total, done = one.get("total"), one.get("done") or 0
    return f"{done:,} of {total:,}" if total else ""


def progress(job: Job, now: datetime, *, may_stop: bool) -> Any:
    """Work under way."""
    waits = job.status == "queued" and (now - job.created_at).total_seconds() > PATIENCE
    step = str(job.progress.get("step") or ("Waiting for other work to end" if waits else "Starting"))
    done = share(job.progress)
    since = pieces.lasted(job.started_at or job.created_at, now)
    meter: list[Any] = []
    if done is not None:
        meter = [
            html.Div(
                html.I(style={"--w": f"{done:.1%}"}),
                className="meter",
                role="progressbar",
                **{
                    "aria-valuenow": str(round(done * 100)),
                    "aria-valuemin": "0",
                    "aria-valuemax": "100",
                    "aria-label": step,
                },
            )
        ]
    ends = "Asked to stop; it ends in a moment." if job.cancel_asked else ""
    stop = pieces.button("Cancel", {"type": "job-cancel", "job": job.job_id}, sign="stop", disabled=job.cancel_asked) if may_stop else None  # fmt: skip
    return html.Div(
        [
            html.Div(className="pulse", **{"aria-hidden": "true"}),
            html.Div(
                [
                    html.H2(f"{step}…"),
                    html.P([f"{KINDS.get(job.kind, job.kind)}, {since or '0 s'} so far. ", ends]),
                    *meter,
                ]
            ),
            stop,
        ],
        className="state working",
        role="status",
    )


def problem(job: Job, again: tuple[str, str] | None = None) -> Any:
    """Why work failed, and the next step.

    Args:
        job: The job.
        again: Words and address of the way on.
    """
    if job.status == "cancelled":
        return states.state(
            "It was cancelled", "Nothing half done was kept; the last good run stands.", sign="stop", steps=[again] if again else []
        )  # fmt: skip
    told = job.problem
    todo: list[states.Step] = [str(one) for one in told.get("faults", ())]
    if told.get("hint"):
        todo.append(str(told["hint"]))
    if told.get("allowed"):
        todo.append(f"Possible are: {', '.join(map(str, told['allowed'][:20]))}")
    if again:
        todo.append(again)
    words = str(told.get("message") or "It ended with a fault of the program.")
    return states.state("This did not work", words, sign="warning", steps=todo, tone="bad")


def outcome(job: Job) -> Any:
    """What came of work that is done, with where to look."""
    if job.kind == "run":
        summary = job.result.get("summary") or {}
        counted = summary.get("customers")
        words = f"{counted:,} customers were valued." if isinstance(counted, int) else "Every customer was valued."
        return html.Div(
            [
                states.state("The run is done", f"{words} All pages show it from now on.", sign="check", tone="good"),
                html.Div(
                    [
                        pieces.to("See your customers", "/customers", sign="customers", main=True),
                        pieces.to("Overview", "/", sign="overview"),
                        pieces.to("Where every row went", "/data/reconciliation", sign="data"),
                    ],
                    className="actions",
                ),
            ]
        )
    if job.kind == "check":
        return html.Div(
            [
                states.state(
                    "The files were looked at", "See how each column was understood.", sign="check", tone="good"
                ),
                html.Div(
                    pieces.to("Look at the columns", f"/data/import?check={job.job_id}", main=True), className="actions"
                ),
            ]
        )
    if job.kind == "erase":
        try:
            told = Proof.from_json(job.result["proof"]).page()
        except (KeyError, TypeError, ValueError):
            told = Page("", "", ())
        head = states.state("The person was erased", told.lead or "The proof of it cannot be read here.", sign="check", tone="good", steps=[("Person requests", "/persons")])  # fmt: skip
        return html.Div([head, *blocks(told, exports=False)], className="answer-inside")
    return states.state("Done", "", sign="check", tone="good")


def notes(job: Job) -> Any:
    """What the person should know of the work."""
    said = [str(one) for one in job.progress.get("notes", ())]
    return html.Ul([html.Li(one) for one in said], className="notes") if said else None


def link(job: Job) -> Any:
    """The way to a job."""
    return dcc.Link(f"{KINDS.get(job.kind, job.kind)} of {pieces.moment(job.created_at)}", href=f"/jobs/{job.job_id}")
