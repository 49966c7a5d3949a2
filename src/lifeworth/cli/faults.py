"""How the command line says no: what is wrong, what is allowed, what to do next, and never a traceback by itself."""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from typing import Any

from lifeworth.errors import InputError, LifeworthError, StorageError

DEBUG = "LIFEWORTH_DEBUG"
"""With this variable set, a traceback follows every message."""

INTERRUPTED = 130
OUR_FAULT = 1
BROKEN_PIPE = 141
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


def tell(error: BaseException, *, as_json: bool) -> int:
    """Say what went wrong, on stderr for a person or on stdout as JSON for a program; returns the exit status."""
    known = _known(error)
    text = str(known) if known is not None else _our_fault(error)
    status = OUR_FAULT if known is None else known.exit_status
    if os.environ.get(DEBUG, "") not in {"", "0"}:
        traceback.print_exception(error, file=sys.stderr)
    if as_json:
        print(json.dumps({"error": _mapping(known, text, status)}, ensure_ascii=False, indent=2))
    else:
        print(text, file=sys.stderr)
    return status


def usage(message: str, hint: str, *, status: int, as_json: bool) -> int:
    """Say that the command was not typed as it should be."""
    if as_json:
        said = {"code": "usage", "message": message, "hint": hint, "exit_status": status}
        print(json.dumps({"error": said}, ensure_ascii=False, indent=2))
    else:
        print(f"{message}\n{hint}", file=sys.stderr)
    return status


def _known(error: BaseException) -> LifeworthError | None:
    if isinstance(error, LifeworthError):
        return error
    if isinstance(error, OSError) and error.errno in FULL:
        where = f" ({error.filename})" if error.filename else ""
        return StorageError(
            f"The results could not be written{where}: {error.strerror}.",
            hint="Free some space, or name another folder with --workspace. The last good run is untouched.",
        )
    return None


def _our_fault(error: BaseException) -> str:
    what = str(error).strip().splitlines()
    return (
        f"Lifeworth has stumbled over itself: {type(error).__name__}{': ' + what[0] if what else ''}.\n"
        "This is our fault, not yours, and nothing you had was changed.\n"
        f"Run the command again with {DEBUG}=1 before it, and report what it prints."
    )


def _mapping(known: LifeworthError | None, text: str, status: int) -> dict[str, Any]:
    if known is None:
        return {"code": "internal", "message": text, "hint": f"{DEBUG}=1 shows the traceback.", "exit_status": status}
    return {
        "code": known.code,
        "message": known.message,
        "allowed": known.allowed,
        "hint": known.hint,
        "faults": known.faults if isinstance(known, InputError) else [],
        "exit_status": status,
    }
