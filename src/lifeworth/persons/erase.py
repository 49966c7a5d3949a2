"""One erasure from its first step to its proof. Read `carry_out` downwards.

Every step may be done again: a process that is killed leaves whole files behind it, some old, some new, and the journal says what is
to be done with them. The suppression comes first, so that a run between the two does not bring the person back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock

from lifeworth.data import disk
from lifeworth.data.book import ERASURES, IMPORTS, SECRETS, Book, now
from lifeworth.data.contracts import QUARANTINES
from lifeworth.data.erasures import ACCOUNT, CUSTOMER, SECRET, VISITOR, hashed
from lifeworth.engine.base import Engine
from lifeworth.persons import documents, files, lines, state, tables
from lifeworth.persons.changes import Ledger, sweep
from lifeworth.persons.journal import Journal
from lifeworth.persons.person import Person
from lifeworth.persons.proof import ErasureError, Proof
from lifeworth.persons.search import files_of, hits
from lifeworth.report.progress import SILENT, Progress

SERVED, KEEPING = ".serve", ".keeping"
"""Where what is made of runs for readers lies, and the lock that keeps readers from laying something there (`serving.copy`)."""


def carry_out(
    root: Path,
    book: Book,
    engine: Engine,
    person: Person,
    *,
    between: Callable[[str], None] = lambda _: None,
    progress: Progress = SILENT,
) -> Proof:
    """Erase or pseudonymise a person; whoever calls keeps other writers out.

    Raises:
        ErasureError: if something still tells of the person afterwards.
        StorageError: if there is no room; it is gone on with when there is.
    """
    journal = Journal(root, person)
    journal.begin()
    between("planned")
    suppress_person(book, person)
    between("suppressed")
    sweep(root)
    ledger = Ledger(root, between, journal.touch)
    for run in runs_of(root):
        with progress.step(f"Run {run}"):
            _run(engine, ledger, journal, run)
    with progress.step("Records of the runs"):
        _records(ledger, journal, person)
    with progress.step("Files beside the runs"):
        files.rewrite(engine, ledger, person, book)
        between("files")
    with progress.step("The state of the workspace"):
        needles, users = state.without_users(book, person.needles)
        changes = state.rewrite(book, needles)
        ledger.changes += changes
        between("book")
        book.compact()
        between("compacted")
    with progress.step("Searching every file"):
        searched, found_in = _search(root, book, person)
        between("searched")
    proof = Proof(
        erasure_id=person.erasure_id,
        mode=person.mode,
        stand_in=person.stand_in,
        by=person.by,
        at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        changed=tuple(ledger.to_json()),
        searched=tuple(searched),
        hits=tuple(found_in),
        lost=journal.lost() if person.erase else {},
        yours=_outside(root, book),
        notes=_notes(person, users),
    )
    if found_in:
        raise ErasureError(
            f"{len(found_in)} places still tell of the person: {'; '.join(found_in[:5])}.",
            hint="Remove or clean what is named and start the erasure again: it goes on where it stands.",
        )
    _prove(book, proof)
    between("proved")
    journal.end()
    between("done")
    return proof


def runs_of(root: Path) -> list[str]:
    """All runs of a workspace, the earliest first."""
    folder = root / "runs"
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if one.is_dir() and not one.is_symlink() and one.name[0] != ".")


def suppress_person(book: Book, person: Person) -> None:
    """Write down by hash who is not to come back, and their visits and accounts with them."""
    import secrets

    key = book.secret(SECRET, lambda: secrets.token_hex(32))
    links: dict[str, tuple[str, str]] = {
        person.erasure_id: (hashed(key, CUSTOMER, person.customer_id), person.stand_in)
    }
    for place, (one, stand_in) in enumerate(person.linked.items(), 1):
        kind = VISITOR if one in person.visitors else ACCOUNT
        links[f"{person.erasure_id}-{place}"] = (hashed(key, kind, one), stand_in)
    with book.write() as open_:
        for one in (one for one in person.former if one != person.stand_in):
            # What was promised before is promised under the new stand-in, and the old one is nowhere any more.
            open_.execute(
                ERASURES.update()
                .where(ERASURES.c.stand_in.startswith(one, autoescape=True))
                .values(
                    stand_in=sa.func.replace(ERASURES.c.stand_in, one, person.stand_in),
                    proof=sa.func.replace(ERASURES.c.proof, one, person.stand_in),
                    mode=person.mode,
                )
            )
        open_.execute(ERASURES.delete().where(ERASURES.c.erasure_id.in_(list(links))))
        for name, (hash_, stand_in) in links.items():
            of = {} if name == person.erasure_id else {"of": person.erasure_id}
            open_.execute(
                ERASURES.insert().values(
                    erasure_id=name,
                    person_hash=hash_,
                    mode=person.mode,
                    stand_in=stand_in,
                    at=now(),
                    by=person.by,
                    proof=json.dumps(of),
                )
            )


# -- inside -----------------------------------------------------------------------------------------------------------
def _run(engine: Engine, ledger: Ledger, journal: Journal, run: str) -> None:
    """All tables and outputs of a run but its record."""
    root, person = ledger.root, journal.person
    of_orders = root / "tables" / "orders" / f"{run}.parquet"
    # Orders come last: they say which lines and refunds are the person's, also to who goes on after a crash.
    orders: list[str] = []
    if of_orders.exists():
        theirs, revenue = tables.orders_of(engine, of_orders, person)
        journal.lose(run, len(theirs), revenue)
        # Under a stand-in the lines of an order stay as they are: they name nobody.
        orders = theirs if person.erase else []
    for name, ending in QUARANTINES.items():
        parquet = root / "quarantine" / f"{run}{ending}.parquet"
        if parquet.exists():
            tables.rewrite(engine, ledger, person, parquet, name, orders)
        if (as_text := parquet.with_suffix(".csv")).exists():
            lines.rewrite(ledger, person, as_text, orders)
    for file in sorted(root.glob(f"tables/*/{run}.parquet"), key=lambda file: (file == of_orders, file)):
        tables.rewrite(engine, ledger, person, file, file.parent.name, orders)
    folder = root / "runs" / run
    for file in sorted(folder.glob("*.parquet")):
        tables.rewrite(engine, ledger, person, file, "customers_scored")
    for file in sorted(folder.glob("*.csv")):
        lines.rewrite(ledger, person, file)
    documents.rewrite_document(ledger, person, folder)


def _records(ledger: Ledger, journal: Journal, person: Person) -> None:
    """Bring the record of every run that was touched up to date, and clear what readers made of it in the same breath."""
    root = ledger.root
    touched = [file for file in journal.touched() if file.exists()]
    with disk.writing(root / SERVED):
        (root / SERVED).mkdir(exist_ok=True)
        lock = FileLock(root / SERVED / KEEPING, is_singleton=False)
        lock.acquire()
    try:
        for run in runs_of(root):
            mine = [file for file in touched if file.name.split(".")[0] == run or file.parent.name == run]
            if _record(ledger, person, run, mine):
                disk.remove(root / SERVED / run)
                ledger.between(f"served {run}")
        disk.remove(root / SERVED / "spill")
    finally:
        lock.release()


def _record(ledger: Ledger, person: Person, run: str, touched: list[Path]) -> bool:
    file = ledger.root / "runs" / run / "manifest.json"
    if not file.exists():
        return False
    said = json.loads(file.read_text(encoding="utf-8"))
    fresh: dict[str, Any] = person.needles.walked(said)
    named = []
    for one in (one for one in touched if one.name != "manifest.json"):
        name = _of(fresh, one)
        if name is not None:
            named.append(name)
    if fresh == said and not touched:
        return False
    before = [note for note in fresh.get("erasures", ()) if note["erasure"] != person.erasure_id]
    note = {"erasure": person.erasure_id, "mode": person.mode, "touched": sorted(set(named)), "note": _TOUCHED}
    fresh["erasures"] = [*before, note]
    if fresh != said:
        text = json.dumps(fresh, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        with ledger.replacing(file) as part:
            disk.write_bytes(part, text.encode("utf-8") + b"\n")
        ledger.note(file, "checksums brought up to date")
    return True


_TOUCHED = (
    "A person was erased after this run was made: rows and files differ from what the figures were worked out from."
)


def _of(manifest: dict[str, Any], file: Path) -> str | None:
    """Bring the checksum of a file in a record up to date; gives its name there."""
    import pyarrow.parquet as pq

    if file.parent.parent.name == "tables" or file.parent.name == "quarantine":
        name = file.parent.name
        if name == "quarantine":
            ending = file.name.removeprefix(file.name.split(".")[0]).removesuffix(file.suffix)
            name = next((one for one, such in QUARANTINES.items() if such == ending), "")
        if file.suffix == ".parquet" and name in manifest.get("tables", {}):
            with pq.ParquetFile(file) as opened:
                rows = opened.metadata.num_rows
            manifest["tables"][name] |= {"rows": rows, "sha256": disk.sha256(file)}
        return name
    if file.name in manifest.get("outputs", {}):
        manifest["outputs"][file.name] = disk.sha256(file)
        return file.name
    return None


def _search(root: Path, book: Book, person: Person) -> tuple[list[str], list[str]]:
    """Every file searched, and where something was found; the book as rows as well."""
    needles, users = state.without_users(book, person.needles)
    searched, found = [], []
    for file in files_of(root):
        name = file.relative_to(root).as_posix()
        searched.append(name)
        if users and name.startswith("state.db"):
            continue  # a user is called so; the rows are looked at below
        found += [f"{'a file' if 'its name' in where else name} ({where})" for where in hits(person, file, root)]
    searched.append("the rows of the state of the workspace")
    found += [f"table {name} of the state" for name, _ in state.found(book, needles)]
    return searched, found


def _outside(root: Path, book: Book) -> tuple[str, ...]:
    """Names of files that runs read and that do not lie in the workspace."""
    # A run's own customers.csv is not the file of that name it was made from.
    made = {"runs", "tables", "quarantine", ".serve"}
    here = {file.name for file in files_of(root) if file.relative_to(root).parts[0] not in made}
    with book.read() as open_:
        names = open_.execute(sa.select(IMPORTS.c.name).distinct().order_by(IMPORTS.c.name)).scalars().all()
    return tuple(name for name in names if name not in here)


def _notes(person: Person, users: tuple[str, ...]) -> tuple[str, ...]:
    notes = ["Copies made before, such as backups, still hold the person: clean them, or let them run out."]
    if person.shared:
        notes.append(f"{person.shared} of the person's values belong to somebody else as well and were not looked for.")
    if users:
        notes.append("The person is a user of Lifeworth too: the name in the list of users and in the trail stays.")
    if not person.erase:
        notes.append(
            "Numbers of orders, tickets and subscriptions stay: who holds the shop's own data can tell whose they are."
        )
    return tuple(notes)


def _prove(book: Book, proof: Proof) -> None:
    with book.write() as open_:
        text = json.dumps(proof.to_json(), ensure_ascii=False)
        open_.execute(ERASURES.update().where(ERASURES.c.erasure_id == proof.erasure_id).values(proof=text, at=now()))
    said = {"mode": proof.mode, "files": len(proof.searched), "changed": len(proof.changed)}
    state.note(book, proof.by, "person.erase", proof.stand_in, said)


def key_of(book: Book) -> str:
    """The key of the hashes, or an empty text where nobody was ever erased."""
    with book.read() as open_:
        return open_.execute(sa.select(SECRETS.c.value).where(SECRETS.c.name == SECRET)).scalar_one_or_none() or ""
