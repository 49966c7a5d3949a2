"""Saved views: an address of the dashboard under a name, one's own or shared."""

from __future__ import annotations

import re
import secrets
from typing import Any

import sqlalchemy as sa

from lifeworth.access.roles import Scope
from lifeworth.api.call import Answer, Call, Route, field_of, known_fields
from lifeworth.api.schema import VIEW
from lifeworth.api.schema import VIEWS as LISTED
from lifeworth.api.values import moment
from lifeworth.data.book import VIEWS, now
from lifeworth.errors import NotFoundError, OptionError

MOST = 200
"""Views of a person."""
_ADDRESS = re.compile(r"/(?!/)[\x21-\x7e]{0,1999}")


def listed(call: Call) -> Answer:
    """One's own views and those that are shared."""
    mine = sa.or_(VIEWS.c.user_id == call.person.user_id, VIEWS.c.shared)
    with call.house.desk.book.read() as open_:
        rows = open_.execute(sa.select(VIEWS).where(mine).order_by(VIEWS.c.name, VIEWS.c.view_id)).mappings().all()
    return Answer({"items": [_view(call, dict(row)) for row in rows]})


def save(call: Call) -> Answer:
    """Save a view."""
    known_fields(call.body, ("name", "address", "shared"))
    name = " ".join(field_of(call.body, "name", str, most=120).split())
    address = field_of(call.body, "address", str, most=2_000)
    shared = field_of(call.body, "shared", bool, default=False)
    if not name or not name.isprintable():
        raise OptionError("The view needs a name that can be printed.")
    # An address of this dashboard and no other: a shared view must not lead away.
    if not _ADDRESS.fullmatch(address) or "\\" in address:
        raise OptionError("The address must be one of this dashboard, such as /cohorts?by=channel.")
    if shared:
        call.person.need(Scope.RUN)
    mine = VIEWS.c.user_id == call.person.user_id
    row = {"view_id": secrets.token_hex(8), "user_id": call.person.user_id, "name": name, "address": address, "shared": shared, "created_at": now()}  # fmt: skip
    with call.house.desk.book.write() as open_:
        if open_.execute(sa.select(sa.func.count()).select_from(VIEWS).where(mine)).scalar_one() >= MOST:
            raise OptionError(f"You have {MOST} views; remove one first.")
        open_.execute(VIEWS.insert().values(**row))
    call.note("views.save", name, shared=shared)
    return Answer(_view(call, row), 201)


def remove(call: Call) -> Answer:
    """Remove a view."""
    known = sa.and_(VIEWS.c.view_id == call.path["view_id"])
    allowed = known
    if not call.person.may(Scope.MANAGE):
        allowed = sa.and_(known, VIEWS.c.user_id == call.person.user_id)
    with call.house.desk.book.write() as open_:
        gone = open_.execute(VIEWS.delete().where(allowed)).rowcount
    if not gone:
        raise NotFoundError("There is no such view of yours.", hint="GET /api/v1/views lists them.")
    call.note("views.remove", call.path["view_id"])
    return Answer(None, 204)


def _view(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "view_id": row["view_id"],
        "name": row["name"],
        "address": row["address"],
        "shared": bool(row["shared"]),
        "mine": row["user_id"] == call.person.user_id,
        "created_at": moment(row["created_at"]),
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
