"""Files that people hand in: kept out of sight until they are whole, looked at before anything reads them.

`<workspace>/uploads/<upload_id>/<name>` holds a whole file. One that is still coming in, or whose sender went away, is a hidden
`.part` beside it and nothing else; it is removed at the next start.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from lifeworth.data import disk
from lifeworth.data.beside.layouts import GIVEN
from lifeworth.data.book import UPLOADS, Book, now
from lifeworth.errors import FileError, NotFoundError, OptionError, near
from lifeworth.jobs.contents import ENDINGS, LARGEST, ending_of, examine

FOLDER = "uploads"
ORDERS = "orders"
RATES = "rates"
LONGEST_NAME = 120
LEFT_AFTER = 3_600.0
"""Seconds without a byte after which a half upload is nobody's any more."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody handed in.

    Attributes:
        table: What it holds: "orders", the name of a table beside them, or "rates".
        status: "ready", or "used" by a run.
        options: How it is to be understood, for example `columns`, as somebody confirmed it.
    """

    upload_id: str
    name: str
    table: str
    size: int
    sha256: str
    status: str
    uploaded_by: str
    created_at: datetime
    options: Mapping[str, Any] = field(default_factory=dict)


class Incoming:
    """A file on its way in; `write` takes its bytes as they come."""

    def __init__(self, file: IO[bytes], place: Path, largest: int) -> None:
        """Write to `file`, up to `largest` bytes."""
        self._file, self._place, self._largest = file, place, largest
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            FileError: if it is too large.
            StorageError: if there is no room.
        """
        self.size += len(piece)
        if self.size > self._largest:
            raise TooLargeError(
                f"The file is larger than {self._largest / 2**20:,.0f} MB.",
                hint="Pack it (.gz), save it as Parquet, or run it from the command line: lifeworth run FILE",
            )
        self._digest.update(piece)
        with disk.writing(self._place):
            self._file.write(piece)

    @property
    def sha256(self) -> str:
        """Checksum of the bytes so far."""
        return self._digest.hexdigest()


class TooLargeError(FileError):
    """A file is larger than what is taken in."""

    code = "too_large"
    http_status = 413


class Uploads:
    """The files people handed in to one workspace."""

    def __init__(self, root: Path, book: Book, *, largest: int = LARGEST) -> None:
        """Uploads of the workspace `root`, noted in `book`; none larger than `largest` bytes."""
        self.root, self._book, self.largest = root / FOLDER, book, largest

    # -- in -----------------------------------------------------------------------------------------------------------
    @contextmanager
    def receive(self, name: str, table: str, who: str) -> Iterator[tuple[Incoming, list[Upload]]]:
        """Take a file in: write its bytes to what is yielded; at the end of the block the list holds the upload.

        Args:
            name: What its sender calls it; a path in it is dropped.
            table: What it holds.
            who: Who sends it.

        Raises:
            OptionError: if there is no such table.
            FileError: if the name or the content is not of a file that can be read, or it is too large.
            StorageError: if there is no room.
        """
        clean = clean_name(name)
        known = (ORDERS, *GIVEN, RATES)
        if table not in known:
            raise OptionError(f'There is no table "{table}". {near(table, known)}'.rstrip(), allowed=known)
        upload_id = secrets.token_hex(8)
        folder = self.root / upload_id
        part, done = folder / ".part", list[Upload]()
        with disk.writing(folder):
            folder.mkdir(parents=True, mode=0o700)
        try:
            with disk.writing(part), part.open("xb") as file:
                incoming = Incoming(file, part, self.largest)
                yield incoming, done
                file.flush()
            examine(part, clean)
            disk.settle(part)
            disk.move(part, folder / clean)
            upload = Upload(upload_id, clean, table, incoming.size, incoming.sha256, "ready", who, now())
            self._note(upload)
            done.append(upload)
        except BaseException:
            disk.remove(folder)
            raise

    def take(self, name: str, table: str, who: str, pieces: Iterable[bytes]) -> Upload:
        """Take in a file whose bytes are at hand; see `receive`."""
        with self.receive(name, table, who) as (incoming, done):
            for piece in pieces:
                incoming.write(piece)
        return done[0]

    # -- out ----------------------------------------------------------------------------------------------------------
    def get(self, upload_id: str) -> Upload:
        """An upload by its id.

        Raises:
            NotFoundError: if there is none.
        """
        with self._book.read() as open_:
            row = open_.execute(sa.select(UPLOADS).where(UPLOADS.c.upload_id == upload_id)).mappings().first()
        if row is None:
            raise NotFoundError(f'There is no upload "{upload_id}".', hint="Upload the file again.")
        return _upload(row)

    def list(self, limit: int = 100) -> list[Upload]:
        """Uploads, the latest first."""
        wanted = sa.select(UPLOADS).order_by(UPLOADS.c.created_at.desc(), UPLOADS.c.upload_id).limit(limit)
        with self._book.read() as open_:
            return [_upload(row) for row in open_.execute(wanted).mappings()]

    def file(self, upload: Upload) -> Path:
        """Where its bytes lie.

        Raises:
            NotFoundError: if they are gone.
        """
        path = self.root / upload.upload_id / upload.name
        if not path.is_file():
            raise NotFoundError(f"The file {upload.name} is gone.", hint="Upload it again.")
        return path

    def change(self, upload_id: str, *, table: str | None = None, options: Mapping[str, Any] | None = None) -> Upload:
        """Say what an upload holds, or how it is to be understood.

        Raises:
            NotFoundError: if there is none.
            OptionError: if there is no such table.
        """
        known = (ORDERS, *GIVEN, RATES)
        if table is not None and table not in known:
            raise OptionError(f'There is no table "{table}". {near(table, known)}'.rstrip(), allowed=known)
        self.get(upload_id)
        change: dict[str, Any] = {} if table is None else {"table_name": table}
        if options is not None:
            change["options"] = json.dumps(dict(options), default=str)
        if change:
            with self._book.write() as open_:
                open_.execute(UPLOADS.update().where(UPLOADS.c.upload_id == upload_id).values(**change))
            disk.remove(self.found(upload_id))
        return self.get(upload_id)

    def used(self, upload_ids: Iterable[str], run_id: str) -> None:
        """Note that a run has read them."""
        del run_id
        wanted = [str(one) for one in upload_ids]
        if wanted:
            with self._book.write() as open_:
                open_.execute(UPLOADS.update().where(UPLOADS.c.upload_id.in_(wanted)).values(status="used"))

    def remove(self, upload_id: str) -> None:
        """Remove an upload and its bytes; runs that read it keep what they made of it.

        Raises:
            NotFoundError: if there is none.
        """
        self.get(upload_id)
        with self._book.write() as open_:
            open_.execute(UPLOADS.delete().where(UPLOADS.c.upload_id == upload_id))
        disk.remove(self.root / upload_id)

    def found(self, upload_id: str) -> Path:
        """Where it is kept what a check found; it goes with the upload, since it holds some of its rows."""
        return self.root / upload_id / ".check.json"

    def sweep(self) -> int:
        """Remove half uploads whose sender is gone, and folders the book knows nothing of; how many there were.

        One that is still coming in, to another worker, is left alone: its bytes are young.
        """
        if not self.root.is_dir():
            return 0
        with self._book.read() as open_:
            known = set(open_.execute(sa.select(UPLOADS.c.upload_id)).scalars())
        gone = 0
        for folder in self.root.iterdir():
            if folder.name in known or not re.fullmatch(r"[0-9a-f]{16}", folder.name):
                continue
            with suppress(OSError):
                newest = max([folder.stat().st_mtime, *(one.stat().st_mtime for one in folder.iterdir())])
                if abs(time.time() - newest) > LEFT_AFTER:
                    shutil.rmtree(folder, ignore_errors=True)
                    gone += 1
        return gone

    def _note(self, upload: Upload) -> None:
        with self._book.write() as open_:
            open_.execute(
                UPLOADS.insert().values(
                    upload_id=upload.upload_id,
                    name=upload.name,
                    table_name=upload.table,
                    size=upload.size,
                    sha256=upload.sha256,
                    status=upload.status,
                    uploaded_by=upload.uploaded_by,
                    created_at=upload.created_at,
                )
            )


def clean_name(name: str) -> str:
    """A file name without anything that leads elsewhere or does not print.

    Raises:
        FileError: if nothing is left of it, or its ending is of no file that can be read.
    """
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = re.sub(r"[^\w .()+,=@-]", "_", bare).strip(" .")
    kept = re.sub(r"^[.~-]+", "", kept)
    ending = ending_of(kept)
    if not kept or not ending or kept == ending or kept.lower() == ending:
        raise FileError(
            f'"{bare[:60]}" is no name of a file that can be read.', allowed=sorted(ENDINGS), hint="Export it as CSV."
        )
    return kept[: -len(ending)][: LONGEST_NAME - len(ending)].rstrip(" .") + ending


def _upload(row: Mapping[Any, Any]) -> Upload:
    with suppress(ValueError):
        options = json.loads(row["options"])
    return Upload(
        upload_id=row["upload_id"],
        name=row["name"],
        table=row["table_name"],
        size=row["size"],
        sha256=row["sha256"],
        status=row["status"],
        uploaded_by=row["uploaded_by"],
        created_at=row["created_at"],
        options=options if isinstance(options, dict) else {},
    )
