"""Files that are either wholly there or not there at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lifeworth.errors import StorageError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """Tell what the operating system refuses as a `StorageError` with a next step."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            message, hint = f"There is no room left to write {place}.", "Free some space and run again."
        elif error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            message, hint = f"{place} may not be written.", "Change its permissions, or name another: --workspace DIR"
        else:
            message, hint = f"{place} cannot be written: {error.strerror or error}.", "Name another: --workspace DIR"
        raise StorageError(message, hint=f"{hint} The last good run is untouched.") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with writing(path), path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    with writing(path):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def move(source: Path, target: Path) -> None:
    """Give a file or a folder its final name, in one step."""
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        settle(target.parent)


def point(link: Path, target: str) -> None:
    """Let a symbolic link point elsewhere, in one step: a reader sees the old target or the new one."""
    fresh = link.with_name(f".{link.name}.new")
    with writing(link):
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(link)
        settle(link.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder; what is not there, or will not go, is no fault: the next sweep tries again."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Checksum of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
