"""The data of a person: handed out whole, or erased everywhere with the proof."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from lifeworth.api.call import Answer, Call, Route, field_of, known_fields
from lifeworth.api.resources.jobs import accepted
from lifeworth.api.schema import FILE, JOB
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.persons.actions import MODES, export_person

PIECE = 1 << 18
ZIP = "application/zip"


def export(call: Call) -> Answer:
    """Everything that is kept of a person, as a zip file."""
    who = _id(call)
    folder = tempfile.TemporaryDirectory(prefix="lifeworth-person-")
    try:
        file = export_person(
            call.house.desk.root, who, Path(folder.name) / "person.zip", by=call.person.name, state_url=call.house.desk.book.url
        )  # fmt: skip
    except BaseException:
        folder.cleanup()
        raise
    headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
    return Answer(stream=_sent(folder, file), media_type=ZIP, headers=headers)


def erase(call: Call) -> Answer:
    """Start to erase a person."""
    known_fields(call.body, ("mode",))
    mode = field_of(call.body, "mode", str, default=MODES[0], most=40)
    if mode not in MODES:
        raise OptionError(f'mode: "{mode}" is no way to erase.', allowed=MODES)
    who = _id(call)
    # Looks that wait would write the id into the trail after it was searched.
    call.house.looks.write()
    job_id = call.house.jobs.start("erase", {"customer_id": who, "mode": mode}, call.person.name)
    call.note("person.erase", job_id, mode=mode)
    return accepted(call, job_id)


def _id(call: Call) -> str:
    """The id of a customer; who may not see personal data names them by pseudonym."""
    name = call.path["customer_id"]
    if call.personal:
        return name
    row = call.house.desk.run().shelf.get("customers", "alias", name)
    if row is None:
        raise NotFoundError(f'No customer has the id "{name[:80]}".', hint="Look for the id in the list of customers.")
    return str(row["customer_id"])


def _sent(folder: tempfile.TemporaryDirectory[str], file: Path) -> Iterator[bytes]:
    with folder, file.open("rb") as whole:
        while piece := whole.read(PIECE):
            yield piece


_TAG = "Persons"
_MODE = {
    "type": "object",
    "properties": {"mode": {"type": "string", "enum": list(MODES)}},
    "additionalProperties": False,
}
ROUTES = (
    Route(
        "GET", "/persons/{customer_id}/export", "export_person",
        "Everything that is kept of a person: every table of every run, rows set aside, uploads, notes; one zip file.",
        export, _TAG, FILE, tied="none", media=(ZIP,),
    ),
    Route(
        "POST", "/persons/{customer_id}/erase", "erase_person",
        "Remove a person from every table, quarantine and past run, or leave them under a stand-in; the job's result is the proof.",
        erase, _TAG, JOB, takes=_MODE, status=202,
    ),
    Route("DELETE", "/persons/{customer_id}", "remove_person", "The same as to erase.", erase, _TAG, JOB, status=202),
)  # fmt: skip
