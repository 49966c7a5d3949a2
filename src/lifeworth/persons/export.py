"""Everything the workspace holds of a person, in one zip file that is written row by row."""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lifeworth.data import disk
from lifeworth.data.book import Book
from lifeworth.data.contracts import QUARANTINES, TABLES
from lifeworth.engine.base import Engine
from lifeworth.persons import lines, state, tables
from lifeworth.persons.documents import is_theirs, records, text_of
from lifeworth.persons.erase import runs_of
from lifeworth.persons.person import Person
from lifeworth.persons.search import files_of, hits, is_json, is_text
from lifeworth.report.progress import Progress

PURPOSES = {
    "orders": "what you bought: to work out what customers are worth",
    "order_lines": "the products on your orders",
    "refunds": "what was paid back to you",
    "customers": "what is known of you as a customer",
    "customers_scored": "what was worked out: past and expected value, groups",
    "customer_value": "what was worked out: orders and contracts as one value",
    "net_value": "what was worked out: value less costs",
    "history": "your purchases in numbers, which the model reads",
    "purchase_days": "the days on which you bought",
    "subscriptions": "your contracts",
    "subscription_value": "what was worked out of your contracts",
    "mrr_movements": "when your contracts changed",
    "touchpoints": "contacts with the business: visits, clicks, e-mails",
    "milestones": "first steps you took",
    "tickets": "your requests to customer service",
    "feedback": "your answers to surveys, and reviews",
    "service_costs": "what serving you cost",
    "referrals": "whom you brought, and who brought you",
    "assignments": "campaigns you were part of",
    "quarantine": "rows about you that could not be used",
    "quarantine_beside": "rows about you that could not be used",
}
"""What each table is kept for, in words to the person."""

_STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;margin:.5rem 0 2rem;display:block;overflow-x:auto}th,td{border-bottom:1px solid #ccc;padding:.25rem .75rem;text-align:left;white-space:nowrap}caption{text-align:left;color:#555}"
_SHOWN = 50
"""Rows of a table in the overview; the JSON beside it has all."""


def write_export(root: Path, book: Book, engine: Engine, person: Person, target: Path, progress: Progress) -> None:
    """Write the file, beside its place first.

    Raises:
        StorageError: if there is no room.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        with disk.writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as out:
                part.chmod(0o600)
                _Export(root, book, engine, person, out, progress).write()
        disk.settle(part)
        disk.move(part, target)
    except BaseException:
        disk.remove(part)
        raise


class _Export:
    """One export on its way; the overview is filled as the rows pass by."""

    def __init__(
        self, root: Path, book: Book, engine: Engine, person: Person, out: zipfile.ZipFile, progress: Progress
    ) -> None:
        self.root, self.book, self.engine, self.person = root, book, engine, person
        self.out, self.progress = out, progress
        self.told: list[dict[str, Any]] = []
        self.overview: list[str] = []

    def write(self) -> None:
        """All of it: runs with the latest first, files, notes, and at last what it is."""
        for run in reversed(runs_of(self.root)):
            with self.progress.step(f"Run {run}"):
                self._run(run)
        with self.progress.step("Files and notes"):
            self._files()
            rows = [{"table": name, **row} for name, row in state.found(self.book, self.person.needles)]
            self._member("notes.json", "notes", "who looked at or changed what is kept of you", "", rows)
        said = {
            "customer_id": self.person.customer_id,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": self.told,
            "sources": self._sources(),
            "stays": "Until it is erased, or until the run it belongs to is dropped; the last ten runs are kept.",
            "shared_with": "Nobody: this program sends nothing anywhere.",
        }
        self.out.writestr("statement.json", _json(said) + "\n")
        self.out.writestr("overview.html", self._page(said))

    def _run(self, run: str) -> None:
        of_orders = self.root / "tables" / "orders" / f"{run}.parquet"
        orders = tables.orders_of(self.engine, of_orders, self.person)[0] if of_orders.exists() else []
        files = [(file.parent.name, file) for file in sorted(self.root.glob(f"tables/*/{run}.parquet"))]
        files += [(name, self.root / "quarantine" / f"{run}{ending}.parquet") for name, ending in QUARANTINES.items()]
        for name, file in files:
            if file.exists():
                rows = tables.rows_of(self.engine, self.person, file, name, orders)
                what = PURPOSES.get(name) or (TABLES[name].row if name in TABLES else "")
                self._member(f"runs/{run}/{name}.json", name, what, run, rows)

    def _files(self) -> None:
        """Uploads and other files with rows."""
        for file in files_of(self.root):
            place = file.relative_to(self.root)
            if place.parts[0] in {"runs", "tables", "quarantine", ".serve"} or place.name.startswith("state.db"):
                continue
            if not hits(self.person, file, self.root):
                continue
            rows: Iterable[Any] = ()
            if is_text(file):
                rows = lines.theirs(self.person, file)[1]
            elif is_json(file):
                said = records(text_of(file))
                rows = (one for one in said if is_theirs(one, self.person))
            elif file.suffix.lower() in {".parquet", ".pq"}:
                rows = tables.rows_of(self.engine, self.person, file, "", ())
            what = "a file that was handed in" if place.parts[0] == "uploads" else "a file in the workspace"
            self._member(f"files/{place.as_posix()}.json", place.as_posix(), what, "", rows, always=True)

    def _member(
        self, path: str, name: str, what: str, run: str, rows: Iterable[Mapping[str, Any]], *, always: bool = False
    ) -> None:
        """Rows as one file of the zip; nothing where there are none."""
        waiting = iter(rows)
        first = next(waiting, None)
        if first is None and not always:
            return
        shown: list[Any] = []
        count = 0
        with self.out.open(path, "w") as member:
            member.write(b"[")
            for row in _from(first, waiting):
                member.write((",\n" if count else "\n").encode() + _json(row).encode())
                count += 1
                if len(shown) < _SHOWN:
                    shown.append(row)
            member.write(b"\n]\n")
        days = [
            str(value) for row in shown if isinstance(row, dict) for value in row.values() if isinstance(value, date)
        ]
        self.told.append({"file": path, "table": name, "run": run, "rows": count, "purpose": what, "first": min(days, default=None), "last": max(days, default=None)})  # fmt: skip
        self.overview.append(_table(name, run, what, count, shown))

    def _sources(self) -> list[dict[str, Any]]:
        """Where it came from: the files each run read."""
        found = []
        for run in runs_of(self.root):
            file = self.root / "runs" / run / "manifest.json"
            if file.exists():
                said = json.loads(file.read_text(encoding="utf-8"))
                found.append(
                    {"run": run, "as_of": said["facts"]["as_of"], "read": [one["name"] for one in said["inputs"]]}
                )
        return found

    def _page(self, said: Mapping[str, Any]) -> str:
        sources = "".join(
            f"<li>Run {_text(one['run'])}, known up to {_text(one['as_of'])}: {_text(', '.join(one['read']))}</li>"
            for one in said["sources"]
        )
        body = "".join(self.overview)
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>What is kept of you</title><style>{_STYLE}</style>'
            f"<h1>What is kept of you</h1><p>Customer {_text(said['customer_id'])}, written {_text(said['written_at'])}. "
            f"{_text(said['shared_with'])} {_text(said['stays'])}</p><h2>Where it came from</h2><ul>{sources}</ul>{body}</html>\n"
        )


def _from(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    if first is not None:
        yield first
    yield from rest


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _text(value: Any) -> str:
    return html.escape("" if value is None else str(value))


def _table(name: str, run: str, what: str, count: int, rows: list[Any]) -> str:
    columns = list(dict.fromkeys(key for row in rows if isinstance(row, dict) for key in row))
    head = "".join(f"<th>{_text(one)}</th>" for one in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_text(row.get(one))}</td>" for one in columns) + "</tr>"
        for row in rows
        if isinstance(row, dict)
    )
    more = f"; the first {len(rows)} are shown" if count > len(rows) else ""
    of = f", run {_text(run)}" if run else ""
    return f"<h2>{_text(name)}{of}</h2><table><caption>{_text(what)}: {count:,} rows{more}</caption><tr>{head}</tr>{body}</table>"
