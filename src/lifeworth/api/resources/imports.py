"""Imports: files handed in, what was understood of them, and the run on them."""

from __future__ import annotations

from typing import Any

from anyio import to_thread

from lifeworth.api.call import Answer, Call, Route, field_of, known_fields, texts_of
from lifeworth.api.multipart import FORM, parts
from lifeworth.api.resources.jobs import accepted, told
from lifeworth.api.schema import CHECKED, JOB, UPLOAD, UPLOADS
from lifeworth.api.values import moment
from lifeworth.asked import Asked
from lifeworth.errors import OptionError
from lifeworth.jobs import checks
from lifeworth.jobs.runs import OPTIONS
from lifeworth.jobs.uploads import Upload

WAIT = 10.0
"""Seconds a check is waited for; after that it is told where to watch it."""
ASKS = (
    Asked("name", "text", None, required=False, choices=(), help="Name of the file, where the body is its bytes."),
    Asked("table", "text", "orders", required=False, choices=(), help='What it holds: "orders", a table beside them, or "rates".'),
)  # fmt: skip


def shown(upload: Upload) -> dict[str, Any]:
    """An upload as JSON."""
    return {
        "upload_id": upload.upload_id,
        "name": upload.name,
        "table": upload.table,
        "size": upload.size,
        "sha256": upload.sha256,
        "status": upload.status,
        "options": dict(upload.options),
        "uploaded_by": upload.uploaded_by,
        "created_at": moment(upload.created_at),
    }


def listed(call: Call) -> Answer:
    """Uploads, the latest first."""
    return Answer({"items": [shown(one) for one in call.house.uploads.list()]})


def one(call: Call) -> Answer:
    """An upload, its columns and what they were taken for."""
    upload = call.house.uploads.get(call.path["upload_id"])
    return Answer({**shown(upload), **_columns(call, upload)})


async def upload(call: Call) -> Answer:
    """Take a file in, as it comes."""
    uploads, table = call.house.uploads, call.said.get("table", "orders")
    if call.stream is None:
        raise OptionError("No file came with the request.")
    if call.headers.get("content-type", "").lower().startswith(FORM):
        name, pieces = await parts(call.stream, call.headers["content-type"])
        name = call.said.get("name") or name
    else:
        name, pieces = call.said.get("name") or "", call.stream
    if not name:
        raise OptionError(
            "The file has no name.", hint="Send it as a form, or name it: POST /api/v1/imports?name=orders.csv"
        )
    who = call.person.name
    receiving = uploads.receive(name, table, who)
    incoming, done = await to_thread.run_sync(receiving.__enter__)
    try:
        async for piece in pieces:
            if piece:
                await to_thread.run_sync(incoming.write, piece)
    except BaseException as error:
        # Whatever broke the line, nothing half stays; the error goes on its way.
        receiving.__exit__(type(error), error, error.__traceback__)
        raise
    await to_thread.run_sync(receiving.__exit__, None, None, None)
    call.note(
        "import.upload", done[0].upload_id, name=done[0].name, table=table, size=done[0].size, sha256=done[0].sha256
    )
    return Answer(shown(done[0]), 201, {"Location": f"/api/v1/imports/{done[0].upload_id}"})


def change(call: Call) -> Answer:
    """Say what an upload holds, or keep the map of its columns."""
    known_fields(call.body, ("table", "options"))
    table, options = field_of(call.body, "table", str, default=None, most=64), field_of(call.body, "options", dict, default=None)  # fmt: skip
    upload = call.house.uploads.change(call.path["upload_id"], table=table, options=options)
    call.note("import.change", upload.upload_id, table=upload.table)
    return Answer({**shown(upload), **_columns(call, upload)})


def remove(call: Call) -> Answer:
    """Remove an upload."""
    call.house.uploads.remove(call.path["upload_id"])
    call.note("import.remove", call.path["upload_id"])
    return Answer(None, 204)


def check(call: Call) -> Answer:
    """What a run would understand of an upload."""
    known_fields(call.body, ("with", "options"))
    uploads = call.house.uploads
    upload = uploads.get(call.path["upload_id"])
    beside = [uploads.get(one).upload_id for one in texts_of(call.body, "with")]
    options = _options(call)
    job_id = call.house.jobs.start("check", {"uploads": [upload.upload_id, *beside], "options": options}, call.person.name)  # fmt: skip
    job = call.house.jobs.wait(job_id, WAIT)
    call.note("import.check", upload.upload_id, name=upload.name)
    if job.open:
        return accepted(call, job_id)
    return Answer({**told(job), "upload": shown(upload), **_columns(call, upload)})


def run(call: Call) -> Answer:
    """Start a run on uploads."""
    known_fields(call.body, ("uploads", "options"))
    wanted = texts_of(call.body, "uploads")
    if not wanted:
        raise OptionError("uploads is missing: which files are to be run.", hint="POST /api/v1/imports takes them in.")
    found = [call.house.uploads.get(one) for one in dict.fromkeys(wanted)]
    arguments = {"uploads": [one.upload_id for one in found], "options": _options(call)}
    job_id = call.house.jobs.start("run", arguments, call.person.name)
    call.note("run.start", job_id, files=[one.name for one in found])
    return accepted(call, job_id)


def _options(call: Call) -> dict[str, Any]:
    options = field_of(call.body, "options", dict, default={}, most=len(OPTIONS))
    known_fields(options, OPTIONS)
    return dict(options)


def _columns(call: Call, upload: Upload) -> dict[str, Any]:
    columns = checks.kept(call.house.uploads, upload)
    # Values in a file tell who people are; who may not see that sees the names of the columns.
    if not call.personal:
        columns = [{**one, "samples": []} for one in columns]
    return {"columns": columns, "meanings": checks.meanings(upload.table)}


_OPTIONS_SCHEMA = {
    "type": "object",
    "description": f"Settings of the run: {', '.join(OPTIONS)}.",
    "additionalProperties": True,
}
_CHANGE = {
    "type": "object",
    "properties": {"table": {"type": "string"}, "options": _OPTIONS_SCHEMA},
    "additionalProperties": False,
}
_CHECK = {
    "type": "object",
    "properties": {"with": {"type": "array", "items": {"type": "string"}, "maxItems": 100}, "options": _OPTIONS_SCHEMA},
    "additionalProperties": False,
}
_RUN = {
    "type": "object",
    "required": ["uploads"],
    "properties": {
        "uploads": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 100},
        "options": _OPTIONS_SCHEMA,
    },
    "additionalProperties": False,
}
_TAG = "Imports"
ROUTES = (
    Route("GET", "/imports", "imports", "Files that were handed in, the latest first.", listed, _TAG, UPLOADS),
    Route(
        "POST", "/imports", "upload",
        "Hand in a file: as a form with one file, or as the bytes themselves with its `name`.\n\n"
        "CSV, TSV, text, JSON, JSON lines (each also `.gz`), Parquet and Excel are read. It is kept until you remove it; nothing is run.",
        upload, _TAG, UPLOAD, asks=ASKS, streams=True, status=201,
    ),
    Route(
        "POST", "/imports/run", "run_imports", "Start a run on files that were handed in; the answer says where to watch it.",
        run, _TAG, JOB, takes=_RUN, status=202,
    ),
    Route("GET", "/imports/{upload_id}", "import", "A file, and what its columns were taken for.", one, _TAG, CHECKED),
    Route("PATCH", "/imports/{upload_id}", "change_import", "Say what a file holds, or keep how its columns are to be read.", change, _TAG, CHECKED, takes=_CHANGE),
    Route("DELETE", "/imports/{upload_id}", "remove_import", "Remove a file; runs keep what they made of it.", remove, _TAG, {}, status=204),
    Route(
        "POST", "/imports/{upload_id}/check", "check_import",
        "What a run would understand of a file: each column with values and what it was taken for, where rows would go, what the data are enough for. "
        "`with` names other uploads to be read together with it.",
        check, _TAG, CHECKED, takes=_CHECK, also={202: "It takes longer: watch it at `Location`."},
    ),
)  # fmt: skip
