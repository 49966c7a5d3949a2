"""Saved views: an address of the dashboard under a name, one's own or shared."""

from __future__ import annotations

from typing import Any

from lifeworth.access.roles import Scope
from lifeworth.api.call import Answer, Call, Route, field_of, known_fields
from lifeworth.api.schema import VIEW
from lifeworth.api.schema import VIEWS as LISTED
from lifeworth.api.values import value_of
from lifeworth.data.saved_views import SavedView, SavedViews


def listed(call: Call) -> Answer:
    """One's own views and those that are shared."""
    return Answer({"items": [_view(call, one) for one in _kept(call).seen_by(call.person.user_id)]})


def save(call: Call) -> Answer:
    """Save a view."""
    known_fields(call.body, ("name", "address", "shared"))
    name = field_of(call.body, "name", str, most=120)
    address = field_of(call.body, "address", str, most=2_000)
    shared = field_of(call.body, "shared", bool, default=False)
    if shared:
        call.person.need(Scope.RUN)
    made = _kept(call).save(call.person.user_id, name, address, shared=shared)
    call.note("views.save", made.name, shared=shared)
    return Answer(_view(call, made), 201)


def remove(call: Call) -> Answer:
    """Remove a view."""
    owner = None if call.person.may(Scope.MANAGE) else call.person.user_id
    _kept(call).delete(call.path["view_id"], owner)
    call.note("views.remove", call.path["view_id"])
    return Answer(None, 204)


def _kept(call: Call) -> SavedViews:
    return SavedViews(call.house.desk.book)


def _view(call: Call, one: SavedView) -> dict[str, Any]:
    return {
        "view_id": one.view_id,
        "name": one.name,
        "address": one.address,
        "shared": one.shared,
        "mine": one.user_id == call.person.user_id,
        "created_at": value_of(one.created_at),
    }


_SAVE = {
    "type": "object", "required": ["name", "address"], "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 120},
        "address": {"type": "string", "pattern": "^/(?!/)", "maxLength": 2000, "description": "Such as /cohorts?by=channel."},
        "shared": {"type": "boolean", "description": "Whether everybody sees it; that needs the scope run."},
    },
}  # fmt: skip
_TAG = "Views"
ROUTES = (
    Route("GET", "/views", "views", "Saved views: yours, and those that are shared.", listed, _TAG, LISTED),
    Route("POST", "/views", "save_view", "Save an address of the dashboard under a name.", save, _TAG, VIEW, takes=_SAVE, status=201),
    Route("DELETE", "/views/{view_id}", "remove_view", "Remove a view of yours.", remove, _TAG, {}, status=204),
)  # fmt: skip
