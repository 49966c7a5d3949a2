"""Random keys that open the door: how they are made, what is kept of them, and how they are taken out of any text."""

from __future__ import annotations

import hashlib
import re
import secrets

PREFIX = "lw_"
"""API tokens begin so: whoever searches code and logs for lost keys can tell one."""

LONGEST = 128
"""Characters of anything shown at the door; more is no key of ours."""

HIDDEN = "[hidden]"

_KEY = r"[A-Za-z0-9_\-]"
_SECRETS = (
    (re.compile(rf"\b{PREFIX}{_KEY}{{20,}}"), f"{PREFIX}{HIDDEN}"),
    (re.compile(r"(/enter/)[^\s?#\"'<>]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)(\s+|%20)[^\s\"',;]+"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)((?:__host-)?lifeworth(?:-session)?=)[^\s;,\"']+"), rf"\1{HIDDEN}"),
    (
        re.compile(r"(?i)(\b(?:password|passwd|token|secret|api_?key)\b[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s&,;\"'}]+)"),
        rf"\1{HIDDEN}",
    ),
)  # fmt: skip


def fresh(*, api: bool = False) -> str:
    """A new random key of 256 bits; an API token is marked as one."""
    return (PREFIX if api else "") + secrets.token_urlsafe(32)


def kept(key: str) -> str | None:
    """What is stored of a key: its SHA-256; none where it cannot be one.

    A key is random and long, so a plain hash is enough: there is nothing to guess.
    """
    if not key or len(key) > LONGEST or not key.isascii():
        return None
    return hashlib.sha256(key.encode()).hexdigest()


def new_id() -> str:
    """A name for a record, which opens nothing."""
    return secrets.token_hex(8)


def hide(text: str) -> str:
    """The text with everything that looks like a key, a cookie or a password taken out: for logs, errors and the trail."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
