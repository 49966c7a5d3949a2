"""The scorecard as it is written: read, changed entry by entry or as a whole, and what it said before."""

from __future__ import annotations

from datetime import date
from typing import Any

from lifeworth.api.call import Answer, Call, Route, field_of, known_fields
from lifeworth.api.schema import ANY
from lifeworth.errors import LifeworthError, NotFoundError
from lifeworth.scorecard import files
from lifeworth.scorecard.changes import CardFile
from lifeworth.scorecard.edit import entries
from lifeworth.scorecard.fields import MODELS, fields
from lifeworth.scorecard.files import Held, business_among

TEXT = 500_000
"""Characters of a card."""
_VERSION = {"type": "string", "maxLength": 64, "description": "The `version` you have read: a card that was changed since is not overwritten."}  # fmt: skip


def shown(call: Call) -> Answer:
    """The card."""
    return Answer(_card(_at(call).now(), call))


def fields_of(call: Call) -> Answer:
    """What may be said of an entry."""
    return Answer(
        {
            "items": [
                {"section": section, "name": one.name, "kind": one.kind, "required": one.required, "choices": list(one.choices), "default": one.default, "help": one.help}
                for section in MODELS
                for one in fields(section)
            ]
        }
    )  # fmt: skip


def replace(call: Call) -> Answer:
    """Write the whole text."""
    known_fields(call.body, ("text", "version"))
    text = field_of(call.body, "text", str, most=TEXT)
    held = _at(call).write(text, _seen(call))
    call.note("scorecard.write", files.FILE, version=held.version)
    return Answer(_card(held, call))


def put(call: Call) -> Answer:
    """Put an entry in, or change fields of it."""
    known_fields(call.body, ("fields", "version"))
    section, name = call.path["section"], call.path["name"]
    said: dict[str, Any] = field_of(call.body, "fields", dict, most=40)
    held = _at(call).put(section, name, said, seen=_seen(call))
    call.note("scorecard.put", f"{section}.{name}", fields=sorted(said), version=held.version)
    return Answer(_card(held, call))


def drop(call: Call) -> Answer:
    """Take an entry away."""
    section, name = call.path["section"], call.path["name"]
    held = _at(call).drop(section, name)
    call.note("scorecard.drop", f"{section}.{name}", version=held.version)
    return Answer(None, 204)


def earlier(call: Call) -> Answer:
    """A text that was replaced."""
    name = call.path["name"]
    return Answer({"name": name, "text": files.earlier_text(call.house.desk.root, name)})


def _seen(call: Call) -> str | None:
    said: str | None = field_of(call.body, "version", str, default=None, most=64)
    return said


def _at(call: Call) -> CardFile:
    desk = call.house.desk
    try:
        tables = desk.run().tables
    except NotFoundError:
        tables = frozenset()  # a card can be written before the first run
    return CardFile(desk.root, business_among(tables))


def _card(held: Held, call: Call) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": held.version,
        "own": held.own,
        "text": held.text,
        "earlier": files.earlier(call.house.desk.root)[:100],
        "card": None,
        "problem": None,
    }
    try:
        card = held.card
    except LifeworthError as error:
        told["problem"] = {"message": error.message, "faults": getattr(error, "faults", [])}
        return told
    told["card"] = {
        "title": card.title,
        "vision": card.vision,
        **{
            section: {name: {key: _json(value) for key, value in entry.items() if value not in (None, "")} for name, entry in entries(card, section).items()}
            for section in MODELS
        },
    }  # fmt: skip
    return told


def _json(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return [one.model_dump(mode="json") for one in value] if isinstance(value, tuple) else str(value)


_PUT = {
    "type": "object", "required": ["fields"], "additionalProperties": False,
    "properties": {
        "fields": {"type": "object", "maxProperties": 40, "description": "Fields and their values; an empty one is taken away. `GET /scorecard/fields` lists them."},
        "version": _VERSION,
    },
}  # fmt: skip
_WRITE = {
    "type": "object", "required": ["text"], "additionalProperties": False,
    "properties": {"text": {"type": "string", "maxLength": TEXT, "description": "TOML, as `scorecard.toml` has it."}, "version": _VERSION},
}  # fmt: skip
_TAG = "Steering"
ROUTES = (
    Route("GET", "/scorecard/card", "scorecard_card", "The scorecard as it is written: its text, its entries, its version, and the names of earlier texts.", shown, _TAG, ANY),
    Route("GET", "/scorecard/fields", "scorecard_fields", "The fields of the entries of a scorecard, with their meaning.", fields_of, _TAG, ANY),
    Route("GET", "/scorecard/earlier/{name}", "earlier_scorecard", "A text of the scorecard that was replaced.", earlier, _TAG, ANY),
    Route("PUT", "/scorecard/card", "write_scorecard", "Write the whole text of the scorecard; what it replaces is kept.", replace, _TAG, ANY, takes=_WRITE),
    Route("PATCH", "/scorecard/card/{section}/{name}", "put_entry", "Put an entry in, or change fields of it: measures, objectives, initiatives, perspectives, or arrows by `cause:effect`.", put, _TAG, ANY, takes=_PUT),
    Route("DELETE", "/scorecard/card/{section}/{name}", "drop_entry", "Take an entry away.", drop, _TAG, {}, status=204),
)  # fmt: skip
