"""Alerts to an address on the web: one POST each, signed, tried again with growing pauses, never carried on to another host."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from lifeworth.monitoring.outbox import Message, NotTakenError
from lifeworth.settings import ToWebhook

PAUSE = 0.5
"""Seconds before the second attempt; each further pause is twice as long."""
LONGEST_PAUSE = 30.0
TOO_MANY = 429


def by_webhook(
    to: ToWebhook,
    messages: Sequence[Message],
    environment: Mapping[str, str],
    *,
    pause: Callable[[float], None] = time.sleep,
    context: ssl.SSLContext | None = None,
) -> list[str]:
    """Post messages, one after the other; `Idempotency-Key` is the number of the message, the same at every attempt.

    Args:
        to: Where to, and how patiently.
        messages: What to send.
        environment: Where the key of the signature is.
        pause: Waits between attempts.
        context: Whose certificates are trusted; by default those of this machine.

    Raises:
        NotTakenError: with what was taken before.
    """
    key = environment.get(to.secret_env, "") if to.secret_env else ""
    if to.secret_env and not key:
        raise NotTakenError(
            f"The variable {to.secret_env} of the environment is empty; it holds the key of the signature"
        )
    taken: list[str] = []
    for one in messages:
        body = json.dumps(dict(one.said), ensure_ascii=False, sort_keys=True).encode()
        error = ""
        for attempt in range(to.tries):
            if attempt:
                pause(min(PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE))
            error, again = _post(to, body, one.delivery_id, key, context)
            if not error or not again:
                break
        if error:
            raise NotTakenError(error, taken)
        taken.append(one.delivery_id)
    return taken


def signature(key: str, sent_at: int, body: bytes) -> str:
    """What stands in `Lifeworth-Signature`: HMAC-SHA256 over the moment, a dot and the body, so that nothing old can be played again."""
    return hmac.new(key.encode(), str(sent_at).encode() + b"." + body, hashlib.sha256).hexdigest()


def _post(to: ToWebhook, body: bytes, number: str, key: str, context: ssl.SSLContext | None) -> tuple[str, bool]:
    """Why it was not taken (nothing, if it was), and whether another attempt may help."""
    split = urlsplit(to.url)
    headers = {"Content-Type": "application/json", "User-Agent": "lifeworth", "Idempotency-Key": number}
    if key:
        moment = int(time.time())
        headers |= {"Lifeworth-Timestamp": str(moment), "Lifeworth-Signature": f"sha256={signature(key, moment, body)}"}
    host = split.hostname or ""
    link: http.client.HTTPConnection
    if split.scheme == "https":
        link = http.client.HTTPSConnection(
            host, split.port, timeout=to.timeout, context=context or ssl.create_default_context()
        )
    else:
        link = http.client.HTTPConnection(host, split.port, timeout=to.timeout)
    try:
        link.request("POST", (split.path or "/") + (f"?{split.query}" if split.query else ""), body, headers)
        answer = link.getresponse()
        answer.read(1 << 16)
    except (OSError, http.client.HTTPException) as error:
        return f"{host} does not answer: {type(error).__name__}: {error}", True
    finally:
        link.close()
    if 200 <= answer.status < 300:
        return "", False
    if 300 <= answer.status < 400:
        return f"{host} sends elsewhere ({answer.status}); name the address it is at now", False
    return f"{host} answered {answer.status} {answer.reason}", answer.status >= 500 or answer.status == TOO_MANY
