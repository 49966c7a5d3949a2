"""The job "run": the main job on files that were uploaded, or that lie on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lifeworth.data.book import Book
from lifeworth.errors import OptionError, near
from lifeworth.jobs.record import Job
from lifeworth.jobs.uploads import ORDERS, Uploads
from lifeworth.persons.again import met_again
from lifeworth.report.progress import Progress
from lifeworth.settings import Settings, read

OPTIONS = (
    "as_of", "horizon", "margin", "discount", "currency", "rates", "dates", "decimal", "columns", "zero_value", "duplicates",
    "model", "covariates", "high_value", "time_unit", "seed", "renewals", "assumptions",
)  # fmt: skip
"""Settings a job may be told; `rates` names an upload, never a place on this machine."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run reads: files of orders, and files of tables beside them by name."""

    orders: list[str] | None
    tables: dict[str, Any]


def run(root: Path, book: Book, job: Job, progress: Progress) -> dict[str, Any]:
    """Read, model, value and write; the run is current when this returns.

    The arguments of the job: `uploads` (ids), `inputs` (`orders`: files on this machine, `tables`: by name) and `options`.

    Raises:
        LifeworthError: as the main job raises it; the last good run stays current.
    """
    from lifeworth.job import run as main_job

    uploads = Uploads(root, book)
    given = inputs_of(uploads, job.arguments)
    settings = settings_of(root, uploads, job.arguments.get("options") or {})
    result = main_job(given.orders, tables=given.tables, workspace=root, settings=settings, progress=progress)
    place = next(iter(result.paths.values()), None)
    run_id = "" if place is None else place.resolve().relative_to((root / "runs").resolve()).parts[0]
    these = [str(one) for one in job.arguments.get("uploads") or ()]
    uploads.used(these, run_id)
    removed = []
    if met_again(root, run_id):
        # They hold somebody who asked to be forgotten, and the run keeps what it made of them.
        removed = [uploads.get(one).name for one in these]
        for one in these:
            uploads.remove(one)
    # Where things lie on this machine is nobody's business.
    told = {"run_id": run_id, "summary": {name: one for name, one in result.summary.items() if name != "paths"}}
    return told | ({"uploads_removed": removed} if removed else {})


def inputs_of(uploads: Uploads, arguments: Mapping[str, Any]) -> Inputs:
    """The files a job reads: those of its uploads, each under the table it was uploaded as, and those of this machine.

    Raises:
        NotFoundError: if there is no such upload.
    """
    own, ids = arguments.get("inputs") or {}, arguments.get("uploads") or []
    if not isinstance(own, dict) or not isinstance(ids, list) or not isinstance(own.get("orders") or [], list):
        raise OptionError("The job was told its inputs in a form that cannot be read.", hint="Start it again.")
    orders = [str(one) for one in own.get("orders") or ()]
    tables: dict[str, list[Any]] = {name: [file] for name, file in (own.get("tables") or {}).items()}
    for upload_id in ids:
        upload = uploads.get(str(upload_id))
        file = str(uploads.file(upload))
        if upload.table == ORDERS:
            orders.append(file)
        else:
            tables.setdefault(upload.table, []).append(file)
    return Inputs(orders or None, {name: _one_or_all(files) for name, files in tables.items()})


def settings_of(root: Path, uploads: Uploads, options: Mapping[str, Any]) -> Settings:
    """Settings of the workspace, overlaid by what the job was told.

    Raises:
        OptionError: if an option is unknown or has a value that is not allowed.
    """
    unknown = [f'"{name}" is no option of a run. {near(name, OPTIONS)}'.rstrip() for name in options if name not in OPTIONS]  # fmt: skip
    if unknown:
        raise OptionError("Some options cannot be used:", faults=unknown, allowed=OPTIONS)
    told = dict(options)
    if told.get("rates"):
        told["rates"] = uploads.file(uploads.get(str(told["rates"])))
    return read(root, changes=told)


def _one_or_all(files: Sequence[Any]) -> Any:
    return files[0] if len(files) == 1 else list(files)
