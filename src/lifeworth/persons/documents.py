"""A person in JSON, in reports and in plain text.

A report names the best customers. In its pages as data the id is replaced under the columns that name customers, in HTML where it
stands in a cell of text.
"""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lifeworth.data import disk
from lifeworth.persons.changes import Ledger
from lifeworth.persons.needles import Needles, names_customers
from lifeworth.persons.person import Person

_CELL = re.compile(r'(<(?:th|td)(?![^>]*class="num)[^>]*?)(?: data-v="([^"<>]*)")?([^>]*>)([^<>]*)(?=</t[hd]>)')


def rewrite_json(ledger: Ledger, person: Person, file: Path) -> int:
    """Clear a JSON document; a list of records, or a file with a record a line, loses those that are the person's.

    Returns:
        How many records or documents were touched.
    """
    text, packed = text_of(file), _packed(file)
    if not person.needles.may_hold(text):
        return 0
    fresh, count = _one(text, person)
    if not count:
        return 0
    data = fresh.encode()
    with ledger.replacing(file) as part:
        disk.write_bytes(part, gzip.compress(data, mtime=0) if packed else data)
    ledger.note(file, "records removed" if person.erase else "records under the stand-in", count)
    return count


def rewrite_document(ledger: Ledger, person: Person, folder: Path) -> int:
    """Clear the report of a run, as data and as HTML."""
    as_data, as_html = folder / "document.json", folder / "report.html"
    count = 0
    if as_data.exists():
        said = json.loads(as_data.read_text(encoding="utf-8"))
        fresh = _tables_cleared(person.needles.walked(said), person)
        if fresh != said:
            with ledger.replacing(as_data) as part:
                disk.write_bytes(part, (json.dumps(fresh, ensure_ascii=False, indent=1) + "\n").encode())
            ledger.note(as_data, "the id is the stand-in", 1)
            count += 1
    if as_html.exists() and holds_html(text := as_html.read_text(encoding="utf-8"), person.needles):
        with ledger.replacing(as_html) as part:
            disk.write_bytes(part, _replaced(text, person).encode())
        ledger.note(as_html, "the id is the stand-in", 1)
        count += 1
    return count


def rewrite_text(ledger: Ledger, person: Person, file: Path) -> int:
    """Clear a text of no form in particular: settings, a log, a note."""
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    fresh = person.needles.cleared(text)
    if fresh == text:
        return 0
    with ledger.replacing(file) as part:
        disk.write_bytes(part, fresh.encode("utf-8", "surrogateescape"))
    ledger.note(file, "values cleared", 1)
    return 1


def holds_html(text: str, needles: Needles) -> bool:
    """Whether a page of HTML tells of the person."""
    if needles.holds(text):
        return True
    return bool(needles.plain_ids) and any(needles.is_id(html.unescape(found[4])) for found in _CELL.finditer(text))


def holds_json(said: Any, needles: Needles) -> bool:
    """Whether JSON values tell of the person."""
    return bool(needles.walked(said) != said)


def records(text: str) -> Iterator[Any]:
    """The records of a JSON text: those of a list, of the only list in a document, or one a line."""
    try:
        whole = json.loads(text)
    except ValueError:
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
        return
    found = _list_in(whole)
    yield from [whole] if found is None else found


def text_of(file: Path) -> str:
    """The text of a file, unpacked where it is packed."""
    data = file.read_bytes()
    return (gzip.decompress(data) if _packed(file) else data).decode("utf-8-sig")


# -- inside -----------------------------------------------------------------------------------------------------------
def _packed(file: Path) -> bool:
    with file.open("rb") as raw:
        return raw.read(2) == b"\x1f\x8b"


def _one(text: str, person: Person) -> tuple[str, int]:
    try:
        whole = json.loads(text)
    except ValueError:
        return _lines(text, person)
    found = _list_in(whole)
    before = person.needles.walked(whole)
    if before == whole:
        return text, 0
    count = 1
    if found is not None:
        mine = [one for one in found if is_theirs(one, person)]
        count = max(1, len(mine))
        if person.erase:
            found[:] = [one for one in found if one not in mine]
    return json.dumps(person.needles.walked(whole), ensure_ascii=False, indent=2) + "\n", count


def _lines(text: str, person: Person) -> tuple[str, int]:
    kept, count = [], 0
    for line in text.splitlines(keepends=True):
        if not line.strip() or not person.needles.may_hold(line):
            kept.append(line)
            continue
        said = json.loads(line)
        fresh = person.needles.walked(said)
        count += fresh != said
        if not (person.erase and is_theirs(said, person)):
            kept.append(line if fresh == said else json.dumps(fresh, ensure_ascii=False) + "\n")
    return "".join(kept), count


def _list_in(whole: Any) -> list[Any] | None:
    """The list of records in a document."""
    if isinstance(whole, list):
        return whole
    if isinstance(whole, dict):
        lists = [one for one in whole.values() if isinstance(one, list) and one and isinstance(one[0], dict)]
        return lists[0] if len(lists) == 1 else None
    return None


def is_theirs(record: Any, person: Person, key: str = "") -> bool:
    """Whether a record is the person's: it names them in one of its fields, however deep."""
    if isinstance(record, dict):
        inside = names_customers(key)
        return any(
            (
                isinstance(value, str | int)
                and names_customers(key if inside and name == "id" else name)
                and person.needles.is_id(value)
            )
            or is_theirs(value, person, name)
            for name, value in record.items()
        )
    if isinstance(record, list):
        return any(is_theirs(value, person) for value in record)
    return isinstance(record, str) and (person.needles.is_value(record) or person.needles.holds(record))


def _tables_cleared(said: Any, person: Person) -> Any:
    """Tables of a document, whose cells stand in rows and not under their names."""
    if isinstance(said, list):
        return [_tables_cleared(one, person) for one in said]
    if not isinstance(said, dict):
        return said
    fresh = {key: _tables_cleared(value, person) for key, value in said.items()}
    for columns, rows in (("columns", "rows"), ("side", "side_values")):
        if isinstance(fresh.get(columns), list) and isinstance(fresh.get(rows), list):
            keys = [one.get("key", "") if isinstance(one, dict) else "" for one in fresh[columns]]
            places = [place for place, key in enumerate(keys) if names_customers(key)]
            for row in fresh[rows]:
                for place in places:
                    if place < len(row) and person.needles.is_id(row[place]):
                        row[place] = person.stand_in
    return fresh


def _replaced(text: str, person: Person) -> str:
    needles = person.needles
    text = needles.cleared(text)
    if not needles.plain_ids:
        return text

    def cell(found: re.Match[str]) -> str:
        if not needles.is_id(html.unescape(found[4])):
            return found[0]
        held = f' data-v="{person.stand_in}"' if found[2] is not None else ""
        return f"{found[1]}{held}{found[3]}{person.stand_in}"

    return _CELL.sub(cell, text)
