"""Where to go on in a list: a text that only this server can make, and that fits the question it was made for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lifeworth.errors import OptionError

_MARK = 16


def made(values: Sequence[Any], question: str, secret: str) -> str:
    """The cursor behind a row with these values in the columns of the order."""
    body = json.dumps([_told(value) for value in values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(body, question, secret) + body).decode().rstrip("=")


def read(text: str, question: str, secret: str) -> list[Any]:
    """The values of a cursor.

    Raises:
        OptionError: if it was made elsewhere, changed, or belongs to another question.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise _strange() from error
    mark, body = raw[:_MARK], raw[_MARK:]
    if not hmac.compare_digest(mark, _sign(body, question, secret)):
        raise _strange()
    return [_heard(*one) for one in json.loads(body)]


def _sign(body: bytes, question: str, secret: str) -> bytes:
    key = f"cursor {secret}".encode()
    return hmac.new(key, question.encode() + b"\n" + body, hashlib.sha256).digest()[:_MARK]


def _told(value: Any) -> tuple[str, Any]:
    if isinstance(value, datetime):
        return "t", value.isoformat()
    if isinstance(value, date):
        return "d", value.isoformat()
    if isinstance(value, Decimal):
        return "m", str(value)
    return "v", value


def _heard(kind: str, value: Any) -> Any:
    readers: dict[str, Any] = {"t": datetime.fromisoformat, "d": date.fromisoformat, "m": Decimal, "v": lambda one: one}
    return readers[kind](value)


def _strange() -> OptionError:
    return OptionError(
        "The cursor does not belong to this question.", hint="Begin at the first page: leave the cursor out."
    )
