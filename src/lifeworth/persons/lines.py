"""A person in a text file of rows: records that are theirs go or come under the stand-in, all others stay as they stand, byte by byte.

A record is looked at closely only where a glance finds something in it, so a file of millions of rows costs little more than reading.
"""

from __future__ import annotations

import bisect
import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from lifeworth.data.personal import is_free_text, is_personal
from lifeworth.data.sources.synonyms import WORDS, normal
from lifeworth.persons.changes import Ledger
from lifeworth.persons.needles import names_customers, spoken
from lifeworth.persons.person import Person

DELIMITERS = (",", ";", "\t", "|")
_ORDER = frozenset(WORDS["order_id"].split())
csv.field_size_limit(1 << 30)


@dataclass
class Layout:
    """How a file of rows is written: its encoding, what stands between cells, and which columns are of interest."""

    encoding: str
    delimiter: str
    header: list[str] = field(default_factory=list)
    ids: frozenset[int] = frozenset()
    order: int | None = None
    visitor: int | None = None
    ordered: bool = False
    """Whether the records stand in the order of the first id, so that a place would give an id away."""

    def cells(self, record: str) -> list[str]:
        """A record as values."""
        return next(csv.reader([record], delimiter=self.delimiter), [])

    def record(self, cells: Sequence[str], like: str) -> str:
        """Values as a record, ended as another is."""
        out = io.StringIO()
        end = like[len(like.rstrip("\r\n")) :]
        csv.writer(out, delimiter=self.delimiter, lineterminator=end).writerow(cells)
        return out.getvalue()


def rewrite(ledger: Ledger, person: Person, file: Path, orders: Sequence[str] = ()) -> int:
    """Bring a text file of rows to what it may hold; gives the number of records that were touched.

    Args:
        ledger: Told what is done.
        person: Whom it is about.
        file: The file, packed with gzip or not; it is replaced in one step, or left as it is where it tells nothing.
        orders: Numbers of the person's orders that are known from elsewhere.
    """
    layout, known, touched = _look(person, file, frozenset(orders))
    if not touched:
        return 0
    count = 0
    moved: list[tuple[str, str]] = []
    with ledger.replacing(file) as part, _opened(part, layout, "w", packed=_packed(file)) as out:
        for place, record in enumerate(_records(file, layout)):
            if place == 0 or not _near(record, person, known):
                _before(out, moved, record, layout)
                out.write(record)
                continue
            cells = layout.cells(record)
            mine = _is_theirs(cells, layout, person, known)
            fresh = _changed(cells, layout, person, mine=mine)
            count += mine or fresh != cells
            if mine and person.erase:
                continue
            if mine and layout.ordered and layout.ids:
                bisect.insort(moved, (person.stand_in, layout.record(fresh, record)))
                continue
            _before(out, moved, record, layout)
            out.write(layout.record(fresh, record) if fresh != cells else record)
        for _, record in moved:
            out.write(record)
    ledger.note(file, "rows removed" if person.erase else "rows under the stand-in", count)
    return count


def tells(person: Person, file: Path) -> bool:
    """Whether a text file of rows tells of the person."""
    return _look(person, file)[2]


def theirs(person: Person, file: Path) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The header of a file, and the person's records in it."""
    layout, orders, _ = _look(person, file)

    def found() -> Iterator[dict[str, str]]:
        for place, record in enumerate(_records(file, layout)):
            if place and _near(record, person, orders):
                cells = layout.cells(record)
                if _is_theirs(cells, layout, person, orders):
                    yield dict(zip(layout.header, cells, strict=False))

    return layout.header, found()


# -- inside -----------------------------------------------------------------------------------------------------------
def _packed(file: Path) -> bool:
    with file.open("rb") as raw:
        return raw.read(2) == b"\x1f\x8b"


def _encoding(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        start[: max(0, len(start) - 4)].decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


@contextmanager
def _opened(file: Path, layout: Layout, mode: str, *, packed: bool) -> Iterator[IO[str]]:
    # A byte that is not of its encoding comes out as it went in.
    how: dict[str, Any] = {"encoding": layout.encoding, "errors": "surrogateescape", "newline": ""}
    if layout.encoding == "utf-16":
        del how["errors"]
    if packed:
        with gzip.open(file, mode + "t", **how) as text:
            yield text  # type: ignore[misc]
    else:
        with file.open(mode, **how) as text:
            yield text


def _records(file: Path, layout: Layout) -> Iterator[str]:
    """Records as they stand, with their end; a quoted value may span lines."""
    with _opened(file, layout, "r", packed=_packed(file)) as text:
        held = ""
        for line in text:
            held += line
            if held.count('"') % 2 == 0 or len(held) > 1 << 20:
                yield held
                held = ""
        if held:
            yield held


def _look(person: Person, file: Path, known: frozenset[str] = frozenset()) -> tuple[Layout, frozenset[str], bool]:
    """The layout of a file, the numbers of the person's orders in it, and whether there is anything to change."""
    layout = _layout(file)
    orders = set(known)
    touched, last, ordered = False, "", True
    first = min(layout.ids, default=None)
    for place, record in enumerate(_records(file, layout)):
        if place == 0:
            continue
        if first is not None and ordered:
            now = _cell(record, first, layout)
            ordered = now >= last
            last = now
        if _near(record, person, known):
            cells = layout.cells(record)
            if _is_theirs(cells, layout, person, known):
                touched = True
                if layout.order is not None and layout.order < len(cells):
                    orders.add(cells[layout.order].strip())
            else:
                touched = touched or _changed(cells, layout, person, mine=False) != cells
    layout.ordered = ordered
    return layout, frozenset(orders - {""}), touched


def _layout(file: Path) -> Layout:
    packed = _packed(file)
    with gzip.open(file) if packed else file.open("rb") as raw:
        start = raw.read(1 << 20)
    layout = Layout(_encoding(start), ",")
    head = next(_records(file, layout), "").lstrip("\ufeff")
    layout.delimiter = max(DELIMITERS, key=head.count)
    layout.header = layout.cells(head)
    names = [normal(one) for one in layout.header]
    layout.ids = frozenset(place for place, one in enumerate(layout.header) if names_customers(one, loose=True))
    layout.order = next((place for place, one in enumerate(names) if one in _ORDER), None)
    layout.visitor = next((place for place, one in enumerate(names) if one == "visitorid"), None)
    # A column may be called "id" and be a number of anything: where another names customers, that one counts.
    # An e-mail address names a customer too, but says nothing of what "id" is of.
    strict = frozenset(place for place in layout.ids if names_customers(layout.header[place]))
    better = any(not is_personal(layout.header[place]) for place in strict)
    layout.ids = (strict if better else layout.ids) - ({layout.order} if layout.order is not None else set())
    return layout


def _cell(record: str, place: int, layout: Layout) -> str:
    """A cell without reading the whole record where that can be spared."""
    if '"' in record:
        cells = layout.cells(record)
        return cells[place] if place < len(cells) else ""
    parts = record.split(layout.delimiter, place + 1)
    return parts[place].rstrip("\r\n") if place < len(parts) else ""


def _near(record: str, person: Person, orders: frozenset[str]) -> bool:
    return person.needles.may_hold(record) or any(one in record for one in orders)


def _is_theirs(cells: Sequence[str], layout: Layout, person: Person, orders: frozenset[str]) -> bool:
    """Whether a record is the person's: by an id, by a value nobody else has, by an order or a visit of theirs."""
    needles = person.needles
    named = [cells[place] for place in layout.ids if place < len(cells)]
    if any(needles.is_id(one) or needles.is_value(one) for one in named):
        return True
    telling = {spoken(one) for one in needles.ids if one in needles.telling}
    if any(spoken(one) in telling or one.strip().lower() in {v.lower() for v in person.values} for one in cells):
        return True
    if any(one.strip() for one in named):
        return False
    if layout.order is not None and layout.order < len(cells) and cells[layout.order].strip() in orders:
        return True
    return layout.visitor is not None and layout.visitor < len(cells) and cells[layout.visitor] in person.visitors


def _changed(cells: list[str], layout: Layout, person: Person, *, mine: bool) -> list[str]:
    """The cells of a record as they stay."""
    needles, fresh = person.needles, []
    for place, cell in enumerate(cells):
        if place in layout.ids or mine:
            if needles.is_id(cell) and (place in layout.ids or spoken(cell) in needles.telling):
                fresh.append(person.stand_in)
                continue
            if cell in person.linked:
                fresh.append(person.linked[cell])
                continue
        title = layout.header[place] if place < len(layout.header) else ""
        # In the quarantine what could not be read stands under "value".
        odd = title == "value" and "source_row" in layout.header
        if mine and (odd or is_personal(title) or is_free_text(title)):
            fresh.append("")
            continue
        fresh.append(needles.cleared(cell) if needles.may_hold(cell) else cell)
    return fresh


def _before(out: IO[str], moved: list[tuple[str, str]], record: str, layout: Layout) -> None:
    """Write what belongs before a record in the order of ids."""
    if not moved:
        return
    here = _cell(record, min(layout.ids), layout)
    while moved and moved[0][0] < here:
        out.write(moved.pop(0)[1])
