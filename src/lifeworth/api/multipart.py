"""The one file of a form, as it comes in: never held whole, neither in memory nor twice on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from lifeworth.api.problems import RequestError

FORM = "multipart/form-data"
HEADERS = 8_192
"""Bytes of the headers of a part."""


class _Reader:
    """What the parser says, put in a row."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.pieces: list[bytes] = []
        self.file = ""
        self.files = 0
        self.taking = False
        self.ended = False
        self._name, self._value, self._size = b"", b"", 0

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._part,
            "on_header_field": self._field,
            "on_header_value": self._said,
            "on_header_end": self._header,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
        }

    def _part(self) -> None:
        self.headers, self._name, self._value, self._size = {}, b"", b"", 0

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > HEADERS:
            raise RequestError("The headers of the form are too long.")

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._name += data[start:end]

    def _said(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _header(self) -> None:
        self.headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _headers_end(self) -> None:
        _, told = parse_options_header(self.headers.get(b"content-disposition", b""))
        name = told.get(b"filename")
        self.taking = name is not None
        if name is not None:
            self.files += 1
            if self.files > 1:
                raise RequestError("The form has several files.", hint="Hand them in one by one.")
            self.file = name.decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.taking:
            self.pieces.append(data[start:end])

    def _part_end(self) -> None:
        self.ended = self.ended or self.taking
        self.taking = False


async def parts(stream: AsyncIterator[bytes], content_type: str) -> tuple[str, AsyncIterator[bytes]]:
    """The name of the file in a form, and its bytes as they come.

    Raises:
        RequestError: if there is none, several, or the form breaks off.
    """
    _, told = parse_options_header(content_type)
    boundary = told.get(b"boundary")
    if not boundary:
        raise RequestError("The form has no boundary.", hint="Let your program set the header Content-Type itself.")
    reader = _Reader()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
    except FormParserError as error:
        raise RequestError(f"The form cannot be read: {error}.") from error
    while not reader.file and (piece := await anext(stream, None)) is not None:
        _feed(parser, piece)
    if not reader.file:
        raise RequestError("The form has no file.", hint='Send a field "file" with the file.')
    return reader.file, _rest(stream, parser, reader)


async def _rest(stream: AsyncIterator[bytes], parser: Any, reader: _Reader) -> AsyncIterator[bytes]:
    while True:
        for piece in reader.pieces:
            yield piece
        reader.pieces.clear()
        data = await anext(stream, None)
        if data is None:
            break
        _feed(parser, data)
    if not reader.ended:
        raise RequestError("The form breaks off before its end.", hint="Send it again.")


def _feed(parser: Any, piece: bytes) -> None:
    try:
        parser.write(piece)
    except FormParserError as error:
        raise RequestError(f"The form cannot be read: {error}.") from error
