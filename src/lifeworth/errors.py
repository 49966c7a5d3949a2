"""Everything Lifeworth can say no with: one tree, each error with a code, an exit status and an HTTP status.

::

    LifeworthError                     exit  http
    ├── InputError                      2    422   what was handed in cannot be read or understood
    │   ├── FileError                   2    422   a file is missing, unreadable or not of its kind
    │   ├── ColumnError                 2    422   a needed column is missing, or two could be meant
    │   ├── AmbiguityError              2    422   a value has two readings and the data does not decide
    │   └── OptionError                 2    422   an option has a value that is not allowed
    ├── DataError                       3    409   the input is understood, but it is not enough for the question
    ├── ModelError                      3    409   a model cannot be fitted or cannot answer
    │   └── ConvergenceError            3    409   the optimiser did not reach an optimum it can vouch for
    ├── StoppedError                    1    409   somebody stopped it
    ├── ChangedError                    1    409   somebody else changed it since it was read
    ├── NotFoundError                   2    404   there is nothing of that name
    ├── AccessError                     2    403   who asks may not
    │   └── UnknownPersonError          2    401   nobody knows who asks
    ├── TooManyError                    1    429   too often, too fast
    ├── WorkspaceError                  1    409   the workspace is locked, newer than this program, or damaged
    └── StorageError                    1    507   what was computed could not be written: disk full, read-only

A message says what is wrong and where; ``allowed`` lists the values that are; ``hint`` is the next step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class LifeworthError(Exception):
    """Base of every error Lifeworth raises on purpose.

    Args:
        message: What is wrong and where (file, row, column), in one or two sentences.
        hint: The next step, as a person would type it.
        allowed: The values that would have been accepted, where the list is short enough to read.
    """

    code: str = "error"
    exit_status: int = 1
    http_status: int = 500

    def __init__(self, message: str, *, hint: str | None = None, allowed: Iterable[object] | None = None) -> None:
        self.message = message
        self.hint = hint
        self.allowed = None if allowed is None else [str(value) for value in allowed]
        super().__init__(message)

    def __str__(self) -> str:
        lines = [self.message]
        if self.allowed:
            lines.append("Allowed: " + ", ".join(self.allowed) + ".")
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)


class InputError(LifeworthError):
    """What was handed in cannot be read or understood; ``faults`` holds every fault found, not only the first."""

    code = "input"
    exit_status = 2
    http_status = 422

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        allowed: Iterable[object] | None = None,
        faults: Sequence[str] = (),
    ) -> None:
        super().__init__(message, hint=hint, allowed=allowed)
        self.faults = list(faults)

    def __str__(self) -> str:
        text = super().__str__()
        return text if not self.faults else text + "\n" + "\n".join(f"  - {fault}" for fault in self.faults)


class FileError(InputError):
    """A file is missing, unreadable, empty or not of the kind its name says."""

    code = "file"


class ColumnError(InputError):
    """A needed column is missing, or more than one could be meant."""

    code = "column"


class AmbiguityError(InputError):
    """A value has two readings and nothing in the data decides between them."""

    code = "ambiguous"


class OptionError(InputError):
    """An option has a value that is not allowed."""

    code = "option"


class DataError(LifeworthError):
    """The input is understood, but it is not enough for the question that was asked."""

    code = "data"
    exit_status = 3
    http_status = 409


class ModelError(LifeworthError):
    """A model cannot be fitted to these data, or cannot answer the question."""

    code = "model"
    exit_status = 3
    http_status = 409


class ConvergenceError(ModelError):
    """The optimiser did not reach an optimum it can vouch for; the hint says what to try."""

    code = "convergence"


class StoppedError(LifeworthError):
    """Somebody stopped it before it came to its end; nothing half done is left."""

    code = "stopped"
    exit_status = 1
    http_status = 409


class ChangedError(LifeworthError):
    """Somebody else changed it since it was read; nothing was overwritten."""

    code = "changed"
    exit_status = 1
    http_status = 409


class NotFoundError(LifeworthError):
    """There is nothing of that name: no such customer, run, job or page."""

    code = "not_found"
    exit_status = 2
    http_status = 404


class AccessError(LifeworthError):
    """Who asks is known and may not do this."""

    code = "forbidden"
    exit_status = 2
    http_status = 403


class UnknownPersonError(AccessError):
    """Nobody knows who asks: no sign-in, a wrong or an expired one."""

    code = "unauthenticated"
    http_status = 401


class TooManyError(LifeworthError):
    """Too often or too fast; `retry_after` says in how many seconds to come back."""

    code = "too_many"
    exit_status = 1
    http_status = 429

    def __init__(self, message: str, *, retry_after: float, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class WorkspaceError(LifeworthError):
    """The workspace is in use, was written by a newer version, or is damaged."""

    code = "workspace"
    exit_status = 1
    http_status = 409


class StorageError(LifeworthError):
    """What was computed could not be written."""

    code = "storage"
    exit_status = 1
    http_status = 507


def near(word: str, known: Iterable[str]) -> str:
    """The hint "Did you mean …?" for a misspelt word, or an empty text when nothing known is close."""
    match = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'Did you mean "{match[0]}"?' if match else ""
