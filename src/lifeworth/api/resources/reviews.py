"""Reviews of the scorecard: begun, written into, ended, taken along. What was written is never changed."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from lifeworth.api.call import Answer, Call, Route, field_of, known_fields
from lifeworth.api.schema import ANY, FILE
from lifeworth.api.values import moment
from lifeworth.engine.connect import connect
from lifeworth.errors import OptionError
from lifeworth.report.spec import plain
from lifeworth.scorecard import changes, export
from lifeworth.scorecard.begin import begin_review
from lifeworth.scorecard.changes import CardFile
from lifeworth.scorecard.files import business_among
from lifeworth.scorecard.minutes import CHANGEABLE, OUTCOMES, Minute, Review, Said
from lifeworth.scorecard.reviews import Reviews
from lifeworth.workspace import Workspace

SAID = tuple(one for one in get_args(Said) if one != "change")
"""Kinds of entries that are words; a change has an address of its own."""


def begin(call: Call) -> Answer:
    """Begin a review."""
    known_fields(call.body, ())
    desk = call.house.desk
    with connect() as engine, Workspace.open(desk.root, engine=engine, run_id=desk.run().run_id) as ws:
        one = begin_review(ws, _kept(call), by=call.person.name)
    call.note("review.begin", one.review_id, as_of=one.as_of.isoformat(), run_id=one.run_id)
    return Answer(_review(call, one), 201, {"Location": f"/api/v1/reviews/{one.review_id}"})


def shown(call: Call) -> Answer:
    """One review."""
    return Answer(_review(call, _kept(call).get(call.path["review_id"])))


def say(call: Call) -> Answer:
    """Add an entry."""
    body = call.body
    known_fields(body, ("kind", "text", "about", "owner", "due", "follows", "status"))
    kind = field_of(body, "kind", str, default="comment", most=20)
    if kind not in SAID:
        raise OptionError(f'kind: "{kind}" is none.', allowed=SAID)
    text = field_of(body, "text", str)
    names = {name: field_of(body, name, str, default="", most=120) for name in ("about", "owner", "status")}
    if names["status"] and kind != "outcome":
        raise OptionError("status: only an outcome has one.", allowed=OUTCOMES)
    follows = field_of(body, "follows", int, default=None)
    kept, review_id = _kept(call), call.path["review_id"]
    number = kept.say(
        review_id,
        kind,
        text,
        by=call.person.name,
        subject=names["about"],
        owner=names["owner"],
        due=_day(field_of(body, "due", str, default=None, most=10)),
        follows=follows,
        detail={"status": names["status"]} if kind == "outcome" else {},
    )
    call.note("review.say", review_id, kind=kind, number=number)
    return Answer(_minute(next(one for one in kept.minutes(review_id) if one.minute_id == number)), 201)


def change(call: Call) -> Answer:
    """Change targets, limits or the weight of a measure."""
    known_fields(call.body, ("measure", "fields", "reason"))
    measure, reason = field_of(call.body, "measure", str, most=120), field_of(call.body, "reason", str)
    fields = field_of(call.body, "fields", dict, most=20)
    kept, review_id = _kept(call), call.path["review_id"]
    numbers = changes.change(kept, _card(call), review_id, measure, fields, reason, by=call.person.name)
    call.note("review.change", review_id, measure=measure, fields=sorted(fields))
    said = [one for one in kept.minutes(review_id) if one.minute_id in numbers]
    return Answer({"items": [_minute(one) for one in said], "version": _card(call).now().version}, 201)


def close(call: Call) -> Answer:
    """End a review."""
    known_fields(call.body, ())
    kept, review_id = _kept(call), call.path["review_id"]
    kept.close(review_id)
    call.note("review.close", review_id)
    return Answer(_review(call, kept.get(review_id)))


def file(call: Call) -> Answer:
    """A file of a review."""
    kept = _kept(call)
    one, name = kept.get(call.path["review_id"]), call.path["file"]
    made = export.file(kept, one, name, call.house.desk.run().currency)
    call.note("review.export", one.review_id, file=name)
    headers = {"Content-Disposition": f'attachment; filename="{export.name_of(one, name)}"'}
    return Answer(made, media_type=export.MEDIA[name.rpartition(".")[2]], headers=headers)


def _kept(call: Call) -> Reviews:
    return Reviews(call.house.desk.book)


def _card(call: Call) -> CardFile:
    desk = call.house.desk
    return CardFile(desk.root, business_among(desk.run().tables))


def _review(call: Call, one: Review) -> dict[str, Any]:
    kept = _kept(call)
    return {
        "review_id": one.review_id,
        "held_on": one.held_on.isoformat(),
        "as_of": one.as_of.isoformat(),
        "run_id": one.run_id,
        "opened_by": one.opened_by,
        "closed_at": moment(one.closed_at),
        "frozen": {name: value for name, value in one.frozen.items() if name != "card"},
        "minutes": [_minute(minute) for minute in kept.minutes(one.review_id)],
        "page": plain(export.page_of(kept, one, call.house.desk.run().currency)),
    }


def _minute(one: Minute) -> dict[str, Any]:
    return {
        "number": one.minute_id,
        "review_id": one.review_id,
        "kind": one.kind,
        "about": one.subject,
        "text": one.text,
        "owner": one.owner,
        "due": None if one.due is None else one.due.isoformat(),
        "follows": one.follows,
        "detail": dict(one.detail),
        "by": one.written_by,
        "at": moment(one.created_at),
    }


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise OptionError(f'due: "{text}" is no day such as 2027-06-30.') from error


_NAME = {"type": "string", "maxLength": 120}
_SAY = {
    "type": "object", "required": ["text"], "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": list(SAID)},
        "text": {"type": "string", "minLength": 1, "maxLength": 4000},
        "about": {**_NAME, "description": "Name of a measure or an objective."},
        "owner": {**_NAME, "description": "Who does it, of an action."},
        "due": {"type": "string", "format": "date", "description": "Day by which, of an action."},
        "follows": {"type": "integer", "minimum": 1, "description": "Number of the decision or action an outcome follows."},
        "status": {"type": "string", "enum": list(OUTCOMES), "description": "Of an outcome."},
    },
}  # fmt: skip
_CHANGE = {
    "type": "object", "required": ["measure", "fields", "reason"], "additionalProperties": False,
    "properties": {
        "measure": _NAME,
        "fields": {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": {name: {"type": ["number", "string", "array", "null"]} for name in CHANGEABLE}},
        "reason": {"type": "string", "minLength": 1, "maxLength": 4000},
    },
}  # fmt: skip
_NONE = {"type": "object", "additionalProperties": False}
_TAG = "Steering"
ROUTES = (
    Route("POST", "/reviews", "begin_review", "Begin a review: the scorecard's figures of the run in hand are frozen. One is open at a time.", begin, _TAG, ANY, takes=_NONE, status=201),
    Route("GET", "/reviews/{review_id}", "show_review", "One review: its frozen figures, its entries, and both as a page. `GET /reviews` lists all.", shown, _TAG, ANY),
    Route("POST", "/reviews/{review_id}/minutes", "write_minute", "Add a comment, a decision, an action (with owner and day) or what became of one. Entries are only added.", say, _TAG, ANY, takes=_SAY, status=201),
    Route("POST", "/reviews/{review_id}/changes", "change_in_review", "Change targets, limits or the weight of a measure, with the reason: in the card and in the minutes, or in neither.", change, _TAG, ANY, takes=_CHANGE, status=201),
    Route("POST", "/reviews/{review_id}/close", "close_review", "End a review: nothing is added to it any more.", close, _TAG, ANY, takes=_NONE),
    Route("GET", "/reviews/{review_id}/files/{file}", "review_file", f"A review to take along: {', '.join(export.FILES)}. The HTML is one file that prints on A4.", file, _TAG, FILE, media=tuple(export.MEDIA.values())),
)  # fmt: skip
