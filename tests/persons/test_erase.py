"""A person who is erased is in no table, run, file or note any more; everybody else is as before."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from tests.persons.shop import grepped, names, tables

from lifeworth.data.book import ERASURES, JOBS, REPLIES, TRAIL, UPLOADS, USERS, VIEWS, book_of, now
from lifeworth.errors import NotFoundError, OptionError, WorkspaceError
from lifeworth.persons.actions import erase_person, erasures
from lifeworth.persons.erase import runs_of
from lifeworth.persons.person import Person
from lifeworth.persons.proof import ErasureError
from lifeworth.persons.search import hits
from lifeworth.report.read import spec_of
from lifeworth.report.spec import plain

MODES = ("erase", "pseudonymise")


@pytest.mark.parametrize("mode", MODES)
def test_a_person_is_in_no_table_of_any_run(shop, mode):
    before = tables(shop)
    proof = erase_person(shop, "C7", mode=mode, by="test")
    after = tables(shop)
    assert len(runs_of(shop)) == 3
    assert proof.hits == ()
    told = {name for name, rows in before.items() if any(names(row, "C7") for row in rows)}
    kinds = {name.split("/")[1] for name in told if name.startswith("tables")}
    assert {"orders", "customers", "tickets", "feedback", "touchpoints", "referrals", "subscriptions", "assignments", "milestones", "service_costs", "customers_scored", "history", "purchase_days"} <= kinds  # fmt: skip
    assert before.keys() == after.keys()
    for name, rows in after.items():
        assert not any(value == "C7" for row in rows for value in row.values()), name
        own = [row for row in before[name] if names(row, "C7")]
        under = [row for row in rows if names(row, proof.stand_in)]
        assert len(under) == (0 if mode == "erase" else len(own)), name


@pytest.mark.parametrize("mode", MODES)
def test_rows_of_everybody_else_stay_as_they_are(shop, mode):
    before = tables(shop)
    erase_person(shop, "C7", mode=mode)
    after = tables(shop)
    theirs = {"C7"}
    changed = {"tables/tickets", "tables/subscriptions", "tables/touchpoints"}
    for name, rows in before.items():
        others = [row for row in rows if not names(row, *theirs) and row.get("order_id") not in _orders(before, name)]
        if name.rpartition("/")[0] in changed:
            continue
        left = [row for row in after[name] if row in others]
        assert len(left) == len(others), name


def _orders(before: dict[str, list[dict]], name: str) -> set[str]:
    run = name.split("/")[-1].split(".")[0]
    rows = before.get(f"tables/orders/{run}.parquet", [])
    return {row["order_id"] for row in rows if row["customer_id"] == "C7"}


def test_what_others_wrote_of_a_person_is_cleared_and_the_rest_of_the_text_stays(shop):
    proof = erase_person(shop, "C7")
    rows = next(rows for name, rows in tables(shop).items() if name.startswith("tables/tickets"))
    text = next(row["text"] for row in rows if row["ticket_id"] == "T99")
    assert "example.org" not in text
    assert text.startswith("Write to [erased]")
    assert text.endswith("not to me.")
    assert proof.hits == ()


def test_a_visit_that_led_to_nobody_else_goes_and_one_that_is_shared_stays(shop):
    erase_person(shop, "C7")
    rows = next(rows for name, rows in tables(shop).items() if name.startswith("tables/touchpoints"))
    visits = [row["visitor_id"] for row in rows]
    assert "V906" not in visits
    assert visits.count("V1") == 2  # that of the other customer, and the one before anybody was known
    assert visits.count("V905") == 2


def test_under_a_stand_in_visits_and_accounts_are_as_many_as_before(shop):
    before = tables(shop)
    proof = erase_person(shop, "C7", mode="pseudonymise")
    after = tables(shop)
    for kind, column in (("touchpoints", "visitor_id"), ("subscriptions", "account_id")):
        old, new = (
            next(rows for name, rows in found.items() if name.startswith(f"tables/{kind}/"))
            for found in (before, after)
        )
        assert len({row[column] for row in old}) == len({row[column] for row in new})
        assert len(old) == len(new)
    subs = next(rows for name, rows in after.items() if name.startswith("tables/subscriptions/"))
    # C9 is paid for by the person's account: the row stays, under the stand-in.
    assert [row["account_id"] for row in subs if row["customer_id"] == "C9"] == [proof.stand_in]


def test_an_erased_account_leaves_the_rows_of_those_it_paid_for(shop):
    erase_person(shop, "C7")
    subs = next(rows for name, rows in tables(shop).items() if name.startswith("tables/subscriptions/"))
    assert [row["account_id"] for row in subs if row["customer_id"] == "C9"] == [None]


def test_under_a_stand_in_nothing_tells_who_it_is_and_everything_else_stays(shop):
    before = next(rows for name, rows in tables(shop).items() if name.startswith("tables/customers/"))
    proof = erase_person(shop, "C7", mode="pseudonymise")
    found = tables(shop)
    rows = next(rows for name, rows in found.items() if name.startswith("tables/customers/"))
    old = next(row for row in before if row["customer_id"] == "C7")
    new = next(row for row in rows if row["customer_id"] == proof.stand_in)
    gone = {"first_name", "last_name", "email", "phone", "birth_year", "old_number", "customer_id"}
    assert {name: new[name] for name in new if name not in gone} == {
        name: old[name] for name in old if name not in gone
    }
    assert {new[name] for name in gone - {"customer_id"}} == {None}
    for kind in ("tickets", "feedback"):
        theirs = [row for name, rows in found.items() if name.startswith(f"tables/{kind}/") for row in rows if row["customer_id"] == proof.stand_in]  # fmt: skip
        assert theirs
        assert {row["text"] for row in theirs} == {None}


def test_the_place_of_a_stand_in_does_not_give_the_id_away(shop):
    erase_person(shop, "C7", mode="pseudonymise")
    for name, rows in tables(shop).items():
        if name.split("/")[1] in {"customers", "customers_scored", "history"}:
            ids = [row["customer_id"] for row in rows]
            assert ids == sorted(ids), name
    for file in shop.glob("runs/2*/customers.csv"):
        with file.open(newline="") as text:
            ids = [row["customer_id"] for row in csv.DictReader(text)]
        assert ids == sorted(ids)


@pytest.mark.parametrize("mode", MODES)
def test_files_for_people_say_what_the_tables_say(shop, mode):
    erase_person(shop, "C7", mode=mode)
    for run in runs_of(shop):
        folder = shop / "runs" / run
        rows = pq.read_table(folder / "customers.parquet").to_pylist()
        with (folder / "customers.csv").open(newline="") as text:
            assert [row["customer_id"] for row in csv.DictReader(text)] == [row["customer_id"] for row in rows]
        for ending in ("", ".beside"):
            parquet = shop / "quarantine" / f"{run}{ending}.parquet"
            with parquet.with_suffix(".csv").open(newline="") as text:
                shown = [(row["customer_id"], row["source_row"]) for row in csv.DictReader(text)]
            kept = [(row["customer_id"] or "", str(row["source_row"])) for row in pq.read_table(parquet).to_pylist()]
            assert shown == kept


@pytest.mark.parametrize("mode", MODES)
def test_the_record_of_a_run_has_the_checksums_of_what_is_there_and_says_why(shop, mode):
    proof = erase_person(shop, "C7", mode=mode)
    for run in runs_of(shop):
        manifest = json.loads((shop / "runs" / run / "manifest.json").read_text())
        for name, one in manifest["tables"].items():
            folder = {"quarantine": "quarantine", "quarantine_beside": "quarantine"}.get(name, f"tables/{name}")
            ending = ".beside" if name == "quarantine_beside" else ""
            file = shop / folder / f"{run}{ending}.parquet"
            assert one["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest(), name
            assert one["rows"] == pq.read_metadata(file).num_rows, name
        for name, checksum in manifest["outputs"].items():
            assert checksum == hashlib.sha256((shop / "runs" / run / name).read_bytes()).hexdigest(), name
        (note,) = manifest["erasures"]
        assert note["erasure"] == proof.erasure_id
        assert {"orders", "customers", "customers.csv", "customers.parquet"} <= set(note["touched"])


@pytest.mark.parametrize("mode", MODES)
def test_reports_name_the_stand_in_and_can_still_be_read(workspace_copy, mode):
    run = next((workspace_copy / "runs" / "current").resolve().parent.glob("2*"))
    said = json.loads((run / "document.json").read_text())
    best = next(
        row[0]
        for page in said["pages"]
        for block in page["blocks"]
        if block["type"] == "table" and block["columns"][0]["key"] == "customer_id"
        for row in block["rows"]
    )
    assert f'data-v="{best}"' in (run / "report.html").read_text()
    proof = erase_person(workspace_copy, best, mode=mode)
    fresh = json.loads((run / "document.json").read_text())
    assert plain(spec_of(fresh)) == fresh
    assert proof.stand_in in json.dumps(fresh)
    text = (run / "report.html").read_text()
    assert f'data-v="{proof.stand_in}">{proof.stand_in}<' in text
    assert best not in text
    assert grepped(workspace_copy, best) == []


def test_totals_under_a_stand_in_are_what_they_were(workspace_copy):
    from lifeworth.economics.actions import net
    from lifeworth.kpis.actions import cohorts, kpis
    from lifeworth.segments.actions import segments
    from lifeworth.subscriptions.actions import subscriptions
    from lifeworth.workspace import Workspace

    asked = {"kpis": kpis, "cohorts": cohorts, "segments": segments, "net": net, "subscriptions": subscriptions}

    def told() -> dict:
        with Workspace.open(workspace_copy) as ws:
            return {name: plain(action(ws)) for name, action in asked.items()}

    before = told()
    rows = pq.read_table(next(workspace_copy.glob("tables/subscriptions/*.parquet"))).to_pylist()
    erase_person(workspace_copy, rows[0]["customer_id"], mode="pseudonymise")
    assert _alike(before, told(), "") == []


def _alike(old, new, where) -> list[str]:
    """Where two answers differ by more than the order in which sums were taken."""
    if isinstance(old, dict):
        return [fault for key in old for fault in _alike(old[key], new[key], f"{where}/{key}")]
    if isinstance(old, list) and len(old) == len(new):
        return [fault for place, (one, two) in enumerate(zip(old, new, strict=True)) for fault in _alike(one, two, f"{where}/{place}")]  # fmt: skip
    if isinstance(old, float) and isinstance(new, float | int):
        return [] if old == pytest.approx(new, rel=1e-9, abs=1e-9) else [f"{where}: {old} {new}"]
    return [] if old == new else [f"{where}: {old} {new}"]


def test_what_the_totals_lose_is_said(shop):
    before = tables(shop)
    proof = erase_person(shop, "C7")
    for run in runs_of(shop):
        own = [row for row in before[f"tables/orders/{run}.parquet"] if row["customer_id"] == "C7"]
        assert proof.lost[run] == {"orders": len(own), "revenue": pytest.approx(float(sum(row["net_revenue"] for row in own)))}  # fmt: skip
        assert own


def test_lines_and_refunds_that_name_only_an_order_go_with_it(workspace_copy):
    (lines,) = workspace_copy.glob("tables/order_lines/*.parquet")
    (orders,) = workspace_copy.glob("tables/orders/*.parquet")
    bought = pq.read_table(orders).to_pylist()
    who = next(row["customer_id"] for row in bought if row["customer_id"])
    theirs = {row["order_id"] for row in bought if row["customer_id"] == who}
    before = pq.read_table(lines).to_pylist()
    assert any(row["order_id"] in theirs for row in before)
    erase_person(workspace_copy, who)
    assert pq.read_table(lines).to_pylist() == [row for row in before if row["order_id"] not in theirs]


# -- the book ---------------------------------------------------------------------------------------------------------
def test_notes_in_the_book_are_cleared_to_the_last_byte(shop):
    book = book_of(shop)
    said = json.dumps({"customer_id": "C7", "filter": {"email": "person.6@example.org"}, "n": 7})
    with book.write() as open_:
        open_.execute(
            TRAIL.insert().values(at=now(), who="ann", action="customers.read", subject="C7", outcome="ok", detail=said)
        )
        open_.execute(
            TRAIL.insert().values(
                at=now(), who="ann", action="customers.read", subject="C17", outcome="ok", detail="{}"
            )
        )
        open_.execute(
            JOBS.insert().values(job_id="j", kind="erase", arguments=said, status="running", created_at=now())
        )
        open_.execute(
            REPLIES.insert().values(key="k", who="ann", request_sha256="0", status=200, body=said, created_at=now())
        )
        open_.execute(VIEWS.insert().values(view_id="v", user_id="u", name="One", address="/customers/C7?q=person.6%40example.org", created_at=now()))  # fmt: skip
    proof = erase_person(shop, "C7", by="ann")
    with book.read() as open_:
        subjects = open_.execute(sa.select(TRAIL.c.subject).order_by(TRAIL.c.entry_id)).scalars().all()
        arguments = json.loads(open_.execute(sa.select(JOBS.c.arguments)).scalar_one())
        address = open_.execute(sa.select(VIEWS.c.address)).scalar_one()
    assert subjects == [proof.stand_in, "C17", proof.stand_in]
    assert arguments == {"customer_id": proof.stand_in, "filter": {"email": "[erased]"}, "n": 7}
    assert address == f"/customers/{proof.stand_in}?q=[erased]"
    assert grepped(shop, "person.6@", "person.6%40") == []
    assert not (shop / "state.db-wal").exists() or b"person.6" not in (shop / "state.db-wal").read_bytes()


def test_a_job_that_erases_finds_its_person_again_by_the_stand_in(shop):
    proof = erase_person(shop, "C7", mode="pseudonymise")
    assert erase_person(shop, proof.stand_in, mode="pseudonymise") == proof


def test_a_user_who_is_a_customer_too_stays_a_user(shop):
    book = book_of(shop)
    with book.write() as open_:
        open_.execute(USERS.insert().values(user_id="u", name="person.6@example.org", role="viewer", created_at=now()))
    proof = erase_person(shop, "C7")
    with book.read() as open_:
        assert open_.execute(sa.select(USERS.c.name)).scalar_one() == "person.6@example.org"
    assert any("user of Lifeworth" in note for note in proof.notes)
    assert not any(
        word == "person.6@example.org" for rows in tables(shop).values() for row in rows for word in row.values()
    )


# -- files beside -----------------------------------------------------------------------------------------------------
def _upload(shop: Path, name: str, content: bytes) -> Path:
    folder = shop / "uploads" / f"{abs(hash(name)):016x}"[:16]
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    with book_of(shop).write() as open_:
        open_.execute(UPLOADS.insert().values(upload_id=folder.name, name=name, size=len(content), sha256="old", status="used", created_at=now()))  # fmt: skip
    return folder / name


def test_uploads_are_cleared_or_go_as_a_whole(shop, source):
    as_text = _upload(shop, "orders.csv", source["orders"].read_bytes())
    packed = _upload(shop, "orders.csv.gz", gzip.compress(source["orders"].read_bytes()))
    lines = _upload(
        shop, "orders.jsonl", b'{"customer": {"id": "C7"}, "total": 1}\n{"customer": {"id": "C8"}, "total": 2}\n'
    )
    other = _upload(shop, "other.csv", b"customer,total\nC1,2\n")
    sheet = _upload(shop, "sheet.xlsx", b"")
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/sharedStrings.xml", "<t>person.6@example.org</t>" * 50)
    (as_text.parent / ".check.json").write_text('[{"column": "Customer ID", "samples": ["C7"]}]')
    old = other.read_bytes()
    erase_person(shop, "C7")
    assert not sheet.parent.exists()
    assert not (as_text.parent / ".check.json").exists()
    assert other.read_bytes() == old
    assert lines.read_text() == '{"customer": {"id": "C8"}, "total": 2}\n'
    with gzip.open(packed, "rt") as text:
        assert text.read() == as_text.read_text()
    before = source["orders"].read_text().splitlines()
    assert as_text.read_text().splitlines() == [line for line in before if ",C7," not in line]
    with book_of(shop).read() as open_:
        noted = {row.name: row for row in open_.execute(sa.select(UPLOADS))}
    assert "sheet.xlsx" not in noted
    assert noted["orders.csv"].sha256 == hashlib.sha256(as_text.read_bytes()).hexdigest()
    assert noted["orders.csv"].size == as_text.stat().st_size
    assert noted["other.csv"].sha256 == "old"


def test_files_outside_the_workspace_are_named_and_not_touched(shop, source):
    before = {file: file.read_bytes() for file in source.values()}
    proof = erase_person(shop, "C7")
    assert {"orders.csv", "customers.csv"} <= set(proof.yours)
    assert {file: file.read_bytes() for file in source.values()} == before


def test_an_upload_that_is_still_coming_in_is_left_alone(shop):
    part = shop / "uploads" / "0123456789abcdef" / ".part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"customer_id,total\nC7,1\n")
    erase_person(shop, "C7")
    assert part.read_bytes() == b"customer_id,total\nC7,1\n"


# -- the proof --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.pdf", b"%PDF person.6@example.org"),
        ("wide.bin", "person.6@example.org".encode("utf-16-le")),
        ("person.6@example.org.dat", b"nothing"),
    ],
)
def test_the_erasure_fails_loudly_when_something_is_left(shop, name, content):
    (shop / "kept").mkdir()
    left = shop / "kept" / name
    left.write_bytes(content)
    with pytest.raises(ErasureError) as told:
        erase_person(shop, "C7")
    assert "person.6" not in str(told.value)
    assert erasures(shop) == []
    left.unlink()
    proof = erase_person(shop, "C7")
    assert [one.erasure_id for one in erasures(shop)] == [proof.erasure_id]


def test_the_search_finds_a_word_in_the_dictionary_of_a_column_that_no_row_uses(tmp_path):
    words = pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array(["ok", "person.6@example.org"]))
    for name, compression in (("packed.parquet", "zstd"), ("plain.parquet", "none")):
        pq.write_table(pa.table({"word": words}), tmp_path / name, compression=compression, write_statistics=False)
        assert pq.read_table(tmp_path / name)["word"].cast("string").to_pylist() == ["ok", "ok"]
        whom = Person("C7", "e", "erase", "p-0", values=("person.6@example.org",))
        assert hits(whom, tmp_path / name, tmp_path) != [], name
        other = Person("C7", "e", "erase", "p-0", values=("person.7@example.org",))
        assert hits(other, tmp_path / name, tmp_path) == []


def test_the_proof_lists_every_file_and_does_not_name_the_person(shop):
    proof = erase_person(shop, "C7", by="ann")
    text = json.dumps(proof.to_json())
    for word in ("C7", "person.6", "V906", "Ann Lee"):
        assert f'"{word}' not in text
    there = {file.relative_to(shop).as_posix() for file in shop.rglob("*") if file.is_file() and not file.is_symlink()}
    # SQLite's own files come and go with whoever has the book open.
    assert there - set(proof.searched) <= {"state.db-shm", "state.db-wal"}
    with book_of(shop).read() as open_:
        kept = open_.execute(sa.select(ERASURES.c.proof).where(ERASURES.c.erasure_id == proof.erasure_id)).scalar_one()
    assert json.loads(kept) == proof.to_json()
    assert proof.by == "ann"
    assert grepped(shop, "person.6@example.org") == []


def test_a_name_two_customers_share_is_not_looked_for_and_that_is_said(shop):
    proof = erase_person(shop, "C7")
    assert any("belong to somebody else" in note for note in proof.notes)
    rows = next(rows for name, rows in tables(shop).items() if name.startswith("tables/customers/"))
    assert [row["last_name"] for row in rows if row["customer_id"] == "C8"] == ["Lee"]


def test_an_id_that_is_part_of_others_leaves_the_others_alone(shop):
    before = tables(shop)
    erase_person(shop, "C1")
    after = tables(shop)
    for name, rows in after.items():
        assert not any(names(row, "C1") for row in rows), name
        for one in ("C10", "C11", "C12"):
            assert sum(names(row, one) for row in rows) == sum(names(row, one) for row in before[name]), name


def test_nothing_is_done_for_somebody_nobody_knows(shop):
    before = {
        file: file.read_bytes() for file in shop.rglob("*") if file.is_file() and not file.name.startswith("state")
    }
    with pytest.raises(NotFoundError):
        erase_person(shop, "C999")
    with pytest.raises(OptionError):
        erase_person(shop, "C7", mode="forget")
    with pytest.raises(OptionError):
        erase_person(shop, " ")
    after = {file: file.read_bytes() for file in before}
    assert before == after
    assert not (shop / ".erasing").exists() or not list((shop / ".erasing").glob("*.json"))


def test_who_was_given_a_stand_in_can_still_be_erased(shop):
    first = erase_person(shop, "C7", mode="pseudonymise")
    second = erase_person(shop, "C7", mode="erase")
    assert second.stand_in != first.stand_in
    for name, rows in tables(shop).items():
        assert not any(names(row, "C7", first.stand_in, second.stand_in) for row in rows), name
    assert grepped(shop, first.stand_in) == []
    third = erase_person(shop, "C7", mode="erase")
    assert third.hits == ()


def test_an_erasure_waits_for_a_run_that_is_being_written(shop):
    from lifeworth.data.store import Store
    from lifeworth.engine.connect import connect

    with connect() as engine, Store(shop, engine).alone(), pytest.raises(WorkspaceError):
        erase_person(shop, "C7", patience=0.2)
    assert erase_person(shop, "C7", patience=0.2).hits == ()


def test_a_folder_that_is_no_workspace_is_said_to_be_none(tmp_path):
    with pytest.raises(WorkspaceError):
        erase_person(tmp_path, "C7")


def test_nobody_but_the_owner_can_read_what_is_under_way(shop):
    seen = []

    def look(step: str) -> None:
        if step == "planned":
            folder = shop / ".erasing"
            seen.append((folder.stat().st_mode & 0o777, next(folder.glob("*.json")).stat().st_mode & 0o777))

    erase_person(shop, "C7", between=look)
    assert seen == [(0o700, 0o600)]
    assert not (shop / ".erasing").exists()
