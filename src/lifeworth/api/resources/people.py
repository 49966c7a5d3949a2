"""People and tokens: who may come in, as what, and with which keys."""

from __future__ import annotations

from typing import Any

from lifeworth.access.doors import TOKEN_DAYS
from lifeworth.access.people import User
from lifeworth.access.roles import FUNCTIONS, Role, Scope
from lifeworth.access.tokens import Token
from lifeworth.api.call import Answer, Call, Route, field_of, known_fields, texts_of
from lifeworth.api.schema import ANY, TOKEN, TOKENS, USER, USERS
from lifeworth.api.values import moment

USER_FIELDS = ("name", "role", "function", "personal")


def users(call: Call) -> Answer:
    """Everybody who may come in."""
    return Answer({"items": [_user(one) for one in call.house.doors.users()]})


def add_user(call: Call) -> Answer:
    """Add somebody, or a program."""
    body = call.body
    known_fields(body, (*USER_FIELDS, "service"))
    name, role = field_of(body, "name", str, most=200), field_of(body, "role", str, default=Role.VIEWER.value, most=40)
    function, personal = (
        field_of(body, "function", str, default="", most=40),
        field_of(body, "personal", bool, default=None),
    )
    doors = call.house.doors
    if field_of(body, "service", bool, default=False):
        made = doors.add_service(name, role, function, personal=personal)
        call.note("users.add", made.name, role=made.role.value, service=True)
        return Answer({**_user(made), "invitation": None}, 201)
    invitation = doors.add_user(name, role, function, personal=personal)
    made = doors.invited(invitation)
    call.note("users.add", made.name, role=made.role.value, function=made.function)
    return Answer({**_user(made), "invitation": invitation}, 201, secret=("invitation",))


def change_user(call: Call) -> Answer:
    """Change what somebody is."""
    body = call.body
    known_fields(body, (*USER_FIELDS, "active"))
    kinds: dict[str, type] = {"name": str, "role": str, "function": str, "personal": bool, "active": bool}
    changes = {name: field_of(body, name, kind, most=200) for name, kind in kinds.items() if body.get(name) is not None}
    user = call.house.doors.change_user(call.path["user_id"], **changes)
    call.note("users.change", user.name, **changes)
    return Answer(_user(user))


def remove_user(call: Call) -> Answer:
    """Take somebody's door away."""
    user = call.house.doors.user(call.path["user_id"])
    call.house.doors.remove_user(user.user_id)
    call.note("users.remove", user.name)
    return Answer(None, 204)


def tokens(call: Call) -> Answer:
    """API tokens: one's own, or everybody's for who manages people."""
    mine = None if call.person.may(Scope.MANAGE) else call.person.user_id
    return Answer({"items": [_token(one) for one in call.house.doors.tokens(mine)]})


def make_token(call: Call) -> Answer:
    """Make an API token."""
    body = call.body
    known_fields(body, ("name", "scopes", "days", "user_id"))
    name = field_of(body, "name", str, most=200)
    scopes = texts_of(body, "scopes", most=20)
    days, owner = field_of(body, "days", int, default=TOKEN_DAYS), field_of(body, "user_id", str, default=None, most=64)
    key = call.house.doors.make_token(call.person, name, scopes, days, user_id=owner)
    made = call.house.doors.described(key)
    call.note("tokens.make", made.name, token_id=made.token_id, scopes=sorted(made.scopes), days=days)
    return Answer({**_token(made), "secret": key}, 201, secret=("secret",))


def revoke(call: Call) -> Answer:
    """Close what a token opens."""
    gone = call.house.doors.revoke(call.path["token_id"], by=call.person)
    call.note("tokens.revoke", gone.name, token_id=gone.token_id)
    return Answer(None, 204)


def _user(user: User) -> dict[str, Any]:
    return {
        "user_id": user.user_id,
        "name": user.name,
        "role": user.role.value,
        "function": user.function,
        "personal": user.personal,
        "active": user.active,
        "password": user.password,
        "invited": user.invited,
        "seen_at": moment(user.seen_at),
        "created_at": moment(user.created_at),
    }


def _token(token: Token) -> dict[str, Any]:
    return {
        "token_id": token.token_id,
        "name": token.name,
        "user_id": token.user_id,
        "scopes": sorted(one.value for one in token.scopes),
        "created_at": moment(token.created_at),
        "expires_at": moment(token.expires_at),
        "used_at": moment(token.used_at),
    }


_FIELDS: dict[str, Any] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "role": {"type": "string", "enum": [one.value for one in Role]},
    "function": {"type": "string", "enum": ["", *FUNCTIONS]},
    "personal": {
        "type": "boolean",
        "description": "Whether they see persons by name; by default as their function does.",
    },
}
_ADD = {
    "type": "object", "required": ["name"], "additionalProperties": False,
    "properties": {**_FIELDS, "service": {"type": "boolean", "description": "A program, which comes in with tokens alone."}},
}  # fmt: skip
_CHANGE = {"type": "object", "additionalProperties": False, "properties": {**_FIELDS, "active": {"type": "boolean"}}}
_TOKEN = {
    "type": "object", "required": ["name", "scopes"], "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 80},
        "scopes": {"type": "array", "items": {"type": "string", "enum": [one.value for one in Scope]}, "minItems": 1, "maxItems": 20},
        "days": {"type": "integer", "minimum": 1, "maximum": 730},
        "user_id": {"type": "string", "description": "Whose it is, for a program; by default yours."},
    },
}  # fmt: skip
_PEOPLE, _TAG = "People", "Tokens"
ROUTES = (
    Route("GET", "/users", "users", "Everybody who may come in.", users, _PEOPLE, USERS),
    Route("POST", "/users", "add_user", "Add somebody, who gets an invitation shown once (open `/enter/INVITATION`), or a program.", add_user, _PEOPLE, USER, takes=_ADD, status=201),
    Route("PATCH", "/users/{user_id}", "change_user", "Change what somebody is, or close their door.", change_user, _PEOPLE, USER, takes=_CHANGE),
    Route("DELETE", "/users/{user_id}", "remove_user", "Take somebody's door away for good. The last admin stays.", remove_user, _PEOPLE, {}, status=204),
    Route("GET", "/tokens", "tokens", "API tokens: yours, or everybody's for who manages people.", tokens, _TAG, TOKENS),
    Route("POST", "/tokens", "make_token", "Make an API token; its `secret` is shown this once. A token makes no tokens.", make_token, _TAG, TOKEN, takes=_TOKEN, status=201),
    Route("DELETE", "/tokens/{token_id}", "revoke_token", "Close what a token opens, at once.", revoke, _TAG, {}, status=204),
    Route("GET", "/me", "me", "Who you are here, and what you may do.", lambda call: me(call), "You", ANY),
)  # fmt: skip


def me(call: Call) -> Answer:
    """Who asks."""
    person = call.person
    scopes = sorted(one.value for one in person.scopes)
    return Answer(
        {
            "user_id": person.user_id,
            "name": person.name,
            "role": person.role.value,
            "function": person.function,
            "scopes": scopes,
            "personal": person.personal,
            "kind": person.kind,
        }
    )
