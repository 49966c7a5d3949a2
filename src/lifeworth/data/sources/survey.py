"""One look at every byte of a text file: its hash, its encoding, and what would throw the row numbers out."""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from lifeworth.errors import FileError

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(slots=True)
class Survey:
    """What a pass over the bytes found."""

    sha256: str = ""
    encoding: str = "utf-8"
    size: int = 0
    binary: bool = False
    blank_lines: bool = False


def open_bytes(path: Path, compression: str) -> IO[bytes]:
    """The bytes of a file, unpacked where it is packed (gzip, zstd)."""
    if compression == "none":
        return path.open("rb")
    stream: Any = pa.input_stream(str(path), compression=compression)
    return stream  # type: ignore[no-any-return]


def survey(path: Path, compression: str) -> Survey:
    """Read a text file once, in pieces, and say what it is.

    Raises:
        FileError: if the file cannot be read to its end.
    """
    found = Survey()
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, mark, last = True, "", b""
    for chunk in _chunks(path, compression):
        if found.size == 0:
            mark = next((name for bom, name in _BOMS if chunk.startswith(bom)), "") or _wide(chunk)
        digest.update(chunk)
        found.size += len(chunk)
        if mark.startswith("utf-16"):
            continue
        if is_utf8 and (not chunk.isascii() or decoder.getstate()[0]):
            is_utf8 = _decodes(decoder, chunk, final=False)
        found.binary = found.binary or b"\0" in chunk
        if not found.blank_lines:
            joined = last + chunk
            found.blank_lines = b"\n\n" in joined or (b"\r" in joined and b"\n\r\n" in joined)
        last = chunk[-3:]
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    found.sha256 = digest.hexdigest()
    found.encoding = mark or ("utf-8" if is_utf8 else "cp1252")
    return found


def blank_gaps(path: Path, compression: str) -> list[tuple[int, int]]:
    """Where blank lines stand between records: (records before them, how many blank lines), the header a record.

    Blank lines inside a quoted value belong to the value and at the end of the file to nobody; neither is a gap.
    """
    gaps: list[tuple[int, int]] = []
    records, pending, inside = 0, 0, False
    with open_bytes(path, compression) as stream:
        for line in _lines(stream):
            if not inside and not line.strip(b"\r\n"):
                pending += 1
                continue
            if pending:
                gaps.append((records, pending))
                pending = 0
            inside ^= line.count(b'"') % 2 == 1
            records += not inside
    return gaps


def transcode(path: Path, compression: str, encoding: str, target: Path) -> None:
    """Write a text file anew as UTF-8 with line ends of one kind, in pieces.

    `cp1252` reads the five bytes that code page leaves open as Latin-1 does, so no file fails on them.
    """
    bare = codecs.getincrementaldecoder(encoding)("lifeworth-latin" if encoding == "cp1252" else "strict")
    decoder = io.IncrementalNewlineDecoder(bare, translate=True)
    try:
        with target.open("wb") as out:
            for chunk in _chunks(path, compression):
                out.write(decoder.decode(chunk).encode("utf-8", "replace"))
            out.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path} begins like {encoding} but is not: {error}.", hint="Save it as UTF-8 and try again."
        ) from error


def sample_text(path: Path, compression: str, encoding: str, size: int = 200_000) -> str:
    """The beginning of a text file, up to `size` bytes, cut at the last whole line."""
    with open_bytes(path, compression) as stream:
        start = stream.read(size)
        whole = len(start) < size
    decoder = codecs.getincrementaldecoder(encoding)("lifeworth-latin" if encoding == "cp1252" else "replace")
    text = decoder.decode(start)
    if whole:
        return text
    cut = max(text.rfind("\n"), text.rfind("\r"))
    return text if cut < 0 else text[: cut + 1]


def _chunks(path: Path, compression: str) -> Iterator[bytes]:
    try:
        with open_bytes(path, compression) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (OSError, EOFError, pa.ArrowException) as error:
        if isinstance(error, PermissionError):
            raise FileError(f"{path} may not be read.", hint="Give yourself the right to read it.") from error
        raise FileError(
            f"{path} cannot be read to its end: {error}.", hint="Is the file whole? Copy or export it again."
        ) from error


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        lines = (rest + chunk).splitlines(keepends=True)
        # A line is whole only when its end is seen, and "\r" may still turn out to be half of "\r\n".
        rest = lines.pop() if lines else b""
        yield from lines
    if rest:
        yield rest


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _wide(chunk: bytes) -> str:
    """UTF-16 without a mark: in Western text every second byte is zero, and what is read is printable."""
    start = chunk[: min(4096, len(chunk) // 2 * 2)]
    if start.count(0) < 0.4 * len(start) / 2:
        return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = start.decode(encoding, "replace")
        if all(char.isprintable() or char in "\r\n\t" for char in text) and any(char in text for char in ",;\t|"):
            return encoding
    return ""


def _latin(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("lifeworth-latin", _latin)
