"""Passwords: what one must look like, and how it is kept so that nobody can read it, not even from the database.

Kept is scrypt of it with a salt of its own (RFC 7914). The cost stands beside each hash, so that it can be raised later and old
ones still open the door. It takes about 0.4 s and 32 MB: few at a time are worked out, whatever arrives.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from dataclasses import dataclass

from lifeworth.errors import OptionError

SHORTEST, LONGEST = 12, 256
DISTINCT = 5
"""Different characters a password must have."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: `n` blocks of `8 r` words, `p` times over (RFC 7914); memory is 128 · n · r bytes."""

    n: int
    r: int
    p: int


COST = Cost(2**15, 8, 3)
"""One of the settings OWASP names as equal to n = 2^17, p = 1, at a quarter of the memory."""

MEMORY = 96 * 2**20
"""Bytes a hash may take; what asks for more is not ours."""

_AT_ONCE = threading.BoundedSemaphore(2)


def check(password: str, name: str = "") -> None:
    """Refuse a password that is too easy.

    Raises:
        OptionError: naming every fault at once.
    """
    plain = _normal(password)
    faults = []
    if len(plain) < SHORTEST:
        faults.append(f"It has {len(plain)} characters and needs {SHORTEST}.")
    if len(plain) > LONGEST:
        faults.append(f"It is longer than {LONGEST} characters.")
    if len(set(plain)) < DISTINCT:
        faults.append(f"It has fewer than {DISTINCT} different characters.")
    if len(name) > 2 and name.casefold() in plain.casefold():
        faults.append("It holds your name.")
    if "lifeworth" in plain.casefold():
        faults.append("It holds the name of this product.")
    if faults:
        raise OptionError(
            "This password is too easy to guess.",
            faults=faults,
            hint="Three or four words that do not belong together.",
        )


def keep(password: str) -> str:
    """What is stored for a password: cost, salt and hash; never the same twice."""
    salt = secrets.token_bytes(16)
    return "$".join(["scrypt", str(COST.n), str(COST.r), str(COST.p), _text(salt), _text(_hash(password, salt, COST))])


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept.

    Without a kept one it is refused after the same work: how long a refusal takes must not tell who is known here.
    """
    if kept is None:
        _hash(password, b"nobody is known", COST)
        return False
    cost, salt, wanted = _parts(kept)
    return hmac.compare_digest(_hash(password, salt, cost), wanted)


def outdated(kept: str) -> bool:
    """Whether it was kept at another cost than today's, and should be kept anew when the password is next at hand."""
    return _parts(kept)[0] != COST


def _hash(password: str, salt: bytes, cost: Cost) -> bytes:
    plain = _normal(password[: 4 * LONGEST]).encode()
    with _AT_ONCE:
        return hashlib.scrypt(plain, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=MEMORY, dklen=32)


def _normal(password: str) -> str:
    """The same letters typed on another keyboard are the same password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _parts(kept: str) -> tuple[Cost, bytes, bytes]:
    _, n, r, p, salt, wanted = kept.split("$")
    return Cost(int(n), int(r), int(p)), base64.b64decode(salt), base64.b64decode(wanted)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
