"""Alerts into a file: one JSON object a line, added at its end."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lifeworth.monitoring.outbox import Message, NotTakenError

LOOKED_BACK = 1 << 20
"""Bytes at the end of the file in which a message of an interrupted go would stand."""


def to_file(path: Path, messages: Sequence[Message]) -> list[str]:
    """Add messages to a file; one that stands there already is not added again.

    Args:
        path: The file; it is made if it is not there.
        messages: What to add.

    Raises:
        NotTakenError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        tail = _tail(path)
        fresh = [one for one in messages if f'"{one.delivery_id}"' not in tail]
        lines = "".join(json.dumps(dict(one.said), ensure_ascii=False) + "\n" for one in fresh)
        if tail and not tail.endswith("\n"):
            lines = "\n" + lines  # a line that was cut off by a crash ends here
        # One write at the end of the file: whoever reads along sees whole lines.
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            data = lines.encode()
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotTakenError(f"{path} cannot be written: {error.strerror or error}") from error
    return [one.delivery_id for one in messages]


def _tail(path: Path) -> str:
    with suppress(FileNotFoundError), path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - LOOKED_BACK))
        return file.read().decode("utf-8", "replace")
    return ""
