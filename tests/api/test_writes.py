"""Writes: done once however often they are sent, refused in whole where a part is wrong, and written into the trail."""

from __future__ import annotations

import gzip
import io
import threading
import zipfile
from typing import Any

import pytest

from lifeworth.access.roles import Role

ORDERS = b"order_id,customer_id,date,amount\n" + b"".join(f"{n},C{n % 40},2026-01-{n % 28 + 1:02},{n}.50\n".encode() for n in range(200))  # fmt: skip


@pytest.fixture
def key(fresh: Any) -> str:
    found: str = fresh.key("boss", Role.ADMIN, "marketing")
    return found


def upload(fresh: Any, key: str, name: str = "orders.csv", raw: bytes = ORDERS, **more: Any) -> Any:
    return fresh.ask("POST", "/imports", key, files={"file": (name, raw)}, **more)


def test_a_file_comes_in_as_a_form_and_as_bytes(fresh: Any, key: str) -> None:
    form = upload(fresh, key)
    assert form.status_code == 201, form.text
    bare = fresh.ask("POST", "/imports", key, params={"name": "orders.csv"}, content=ORDERS)
    assert bare.status_code == 201
    assert form.json()["sha256"] == bare.json()["sha256"]
    one = fresh.ask("GET", f"/imports/{form.json()['upload_id']}", key).json()
    assert (one["name"], one["size"], one["status"]) == ("orders.csv", len(ORDERS), "ready")
    assert form.headers["location"].endswith(one["upload_id"])
    assert (fresh.root / "uploads" / one["upload_id"] / "orders.csv").read_bytes() == ORDERS
    entries = fresh.ask("GET", "/trail", key, params={"action": "import.upload"}).json()["items"]
    assert entries[0]["detail"]["name"] == "orders.csv"


def test_an_import_from_file_to_run_to_result(fresh: Any, key: str) -> None:
    raw = (fresh.root / "data" / "orders.csv").read_bytes()
    upload_id = upload(fresh, key, raw=raw).json()["upload_id"]
    checked = fresh.ask("POST", f"/imports/{upload_id}/check", key, json={})
    while checked.status_code == 202 or checked.json().get("status") in {"queued", "running"}:
        checked = fresh.ask("GET", f"/jobs/{checked.json()['job_id']}", key)
    assert checked.json()["status"] == "done", checked.text
    assert checked.json()["result"]["enough"] is True
    shown = fresh.ask("GET", f"/imports/{upload_id}", key).json()
    mapped = {one["column"]: one for one in shown["columns"]}
    assert mapped["Customer ID"]["ours"] == "customer_id"
    assert len(mapped["Customer ID"]["samples"]) == 5
    assert shown["meanings"]["money"]
    before = fresh.ask("GET", "/runs", key).json()["current"]
    job = fresh.ask("POST", "/imports/run", key, json={"uploads": [upload_id], "options": {"horizon": "6m"}})
    assert job.status_code == 202
    job_id = job.json()["job_id"]
    assert job.headers["location"] == f"/api/v1/jobs/{job_id}"
    done = fresh.app.state.jobs.wait(job_id, 120)
    assert done.status == "done", done.problem
    told = fresh.ask("GET", f"/jobs/{job_id}", key).json()
    assert told["result"]["run_id"] != before
    assert told["result"]["summary"]["horizon"] == "6 months"
    assert fresh.ask("GET", f"/imports/{upload_id}", key).json()["status"] == "used"


def test_values_of_a_file_are_not_shown_to_who_may_not_see_personal_data(fresh: Any, key: str) -> None:
    upload_id = upload(fresh, key).json()["upload_id"]
    fresh.ask("POST", f"/imports/{upload_id}/check", key, json={})
    hidden = fresh.ask("GET", f"/imports/{upload_id}", fresh.key("m", Role.ANALYST, "finance")).json()
    assert all(one["samples"] == [] for one in hidden["columns"])


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("orders.exe", b"MZ", "no name of a file"),
        ("orders", ORDERS, "no name of a file"),
        (".csv", ORDERS, "no name of a file"),
        ("orders.csv", b"", "empty"),
        ("orders.csv", b"PAR1" + b"\0" * 100, "not what its name says"),
        ("orders.parquet", ORDERS, "not what its name says"),
        ("orders.xlsx", ORDERS, "not what its name says"),
        ("orders.parquet", b"PAR1" + b"\0" * 100, "damaged"),
        ("orders.xlsx", b"PK\x03\x04" + b"\0" * 100, "damaged"),
        ("orders.csv", b"<!DOCTYPE html><html><script>alert(1)</script>", "web page"),
        ("orders.csv.gz", ORDERS, "not packed"),
        ("orders.csv", gzip.compress(ORDERS), "packed"),
        ("orders.csv.gz", gzip.compress(b"0" * (64 << 20)), "unpacks to far more"),
        ("orders.csv.gz", gzip.compress(ORDERS)[:20] + b"\xff" * 40, "cannot be read"),
        ("orders.xlsx", bomb(), "unpacks to far more"),
        ("report.csv", b"%PDF-1.7", "PDF"),
    ],
    ids=lambda one: one if isinstance(one, str) else f"{len(one)} bytes",
)
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_stays(
    fresh: Any, key: str, name: str, raw: bytes, words: str
) -> None:
    answer = upload(fresh, key, name, raw)
    assert answer.status_code == 422, answer.text
    assert words in answer.text
    assert not list((fresh.root / "uploads").glob("*/*"))
    assert fresh.ask("GET", "/imports", key).json()["items"] == []


@pytest.mark.parametrize("name", ["../../../etc/cron.d/orders.csv", "..\\..\\orders.csv", "/orders.csv", "a/b/orders.csv", "~orders.csv", "..orders.csv", "-orders.csv", "or\x00ders.csv", "or\nders.csv", "ORDERS.CSV", "orders<script>.csv", "o" * 400 + ".csv", "ｏrders.csv"])  # fmt: skip
def test_a_name_leads_nowhere(fresh: Any, key: str, name: str) -> None:
    answer = fresh.app.state.house.uploads.take(name, "orders", "Ada", [ORDERS])
    place = fresh.root / "uploads" / answer.upload_id / answer.name
    assert place.read_bytes() == ORDERS
    assert place.resolve().parent == (fresh.root / "uploads" / answer.upload_id).resolve()
    assert not set(answer.name) & set('/\\\x00\n<>"|')
    assert not answer.name.startswith((".", "-", "~"))
    assert len(answer.name) <= 120


def test_a_file_that_is_too_large_is_refused_while_it_comes_in(fresh: Any, key: str) -> None:
    fresh.app.state.house.uploads.largest = 1_000
    answer = upload(fresh, key)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not list((fresh.root / "uploads").glob("*/*"))


def test_a_form_that_breaks_off_leaves_nothing(fresh: Any, key: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="orders.csv"\r\n\r\n' + ORDERS
    answer = fresh.ask(
        "POST", "/imports", key, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request")
    assert not list((fresh.root / "uploads").glob("*/*"))
    for wrong in (
        b"",
        b"nonsense",
        b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    ):
        answer = fresh.ask("POST", "/imports", key, content=wrong, headers={"Content-Type": "multipart/form-data; boundary=x"})  # fmt: skip
        assert answer.status_code == 400, wrong


def test_half_uploads_of_a_killed_server_are_swept_and_young_ones_are_left(fresh: Any) -> None:
    import os
    import time

    uploads = fresh.app.state.house.uploads
    kept = uploads.take("orders.csv", "orders", "Ada", [ORDERS])
    for name, age in (("a" * 16, 7_200), ("b" * 16, 0)):
        folder = fresh.root / "uploads" / name
        folder.mkdir()
        (folder / ".part").write_bytes(b"half")
        for one in (folder / ".part", folder):
            os.utime(one, (time.time() - age, time.time() - age))
    assert uploads.sweep() == 1
    assert {one.name for one in (fresh.root / "uploads").iterdir()} == {kept.upload_id, "b" * 16}


def test_the_same_key_and_request_is_done_once_and_answered_twice(fresh: Any, key: str) -> None:
    body = {"name": "Mine", "address": "/cohorts?by=channel"}
    first = fresh.ask("POST", "/views", key, json=body, headers={"Idempotency-Key": "k-1"})
    again = fresh.ask("POST", "/views", key, json=body, headers={"Idempotency-Key": "k-1"})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(fresh.ask("GET", "/views", key).json()["items"]) == 1
    other = fresh.ask("POST", "/views", key, json={**body, "name": "Other"}, headers={"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency")
    somebody = fresh.key("else", Role.ANALYST, "sales")
    assert fresh.ask("POST", "/views", somebody, json=body, headers={"Idempotency-Key": "k-1"}).status_code == 201
    assert fresh.ask("POST", "/views", key, json=body, headers={"Idempotency-Key": "a b"}).status_code == 422


def test_a_request_under_way_is_not_begun_twice(fresh: Any, key: str) -> None:
    from lifeworth.api.replies import Replies

    begun, go_on = threading.Event(), threading.Event()
    keep = Replies.after

    def slow(self: Replies, *a: Any) -> None:
        begun.set()
        go_on.wait(20)
        keep(self, *a)

    Replies.after = slow  # type: ignore[method-assign]
    try:
        body = {"name": "Mine", "address": "/cohorts"}
        first = threading.Thread(target=fresh.ask, args=("POST", "/views", key), kwargs={"json": body, "headers": {"Idempotency-Key": "k"}})  # fmt: skip
        first.start()
        assert begun.wait(20)
        second = fresh.ask("POST", "/views", key, json=body, headers={"Idempotency-Key": "k"})
        assert (second.status_code, second.json()["code"]) == (409, "in_flight")
    finally:
        go_on.set()
        Replies.after = keep  # type: ignore[method-assign]
    first.join(20)
    assert fresh.ask("POST", "/views", key, json=body, headers={"Idempotency-Key": "k"}).status_code == 201
    assert len(fresh.ask("GET", "/views", key).json()["items"]) == 1


def test_a_fault_frees_its_key(fresh: Any, key: str) -> None:
    wrong = {"name": "Mine", "address": "https://elsewhere.example"}
    assert fresh.ask("POST", "/views", key, json=wrong, headers={"Idempotency-Key": "k"}).status_code == 422
    right = {"name": "Mine", "address": "/cohorts"}
    assert fresh.ask("POST", "/views", key, json=right, headers={"Idempotency-Key": "k"}).status_code == 201


def test_what_is_shown_once_is_kept_nowhere(fresh: Any, key: str) -> None:
    first = fresh.ask("POST", "/users", key, json={"name": "Grace", "role": "analyst", "function": "sales"}, headers={"Idempotency-Key": "u"})  # fmt: skip
    invitation = first.json()["invitation"]
    assert first.status_code == 201
    assert invitation
    again = fresh.ask("POST", "/users", key, json={"name": "Grace", "role": "analyst", "function": "sales"}, headers={"Idempotency-Key": "u"})  # fmt: skip
    assert again.json()["invitation"] is None
    whole = b"".join(one.read_bytes() for one in fresh.root.glob("state.db*"))
    assert invitation.encode() not in whole


def test_people_and_tokens_come_and_go(fresh: Any, key: str) -> None:
    made = fresh.ask("POST", "/users", key, json={"name": "Job", "role": "viewer", "service": True}).json()
    assert made["invitation"] is None
    changed = fresh.ask("PATCH", f"/users/{made['user_id']}", key, json={"role": "analyst", "function": "sales"})
    assert (changed.json()["role"], changed.json()["personal"]) == ("analyst", True)
    assert fresh.ask("PATCH", f"/users/{made['user_id']}", key, json={"rôle": "x"}).status_code == 422
    assert fresh.ask("POST", "/tokens", key, json={"name": "x", "scopes": ["read"]}).status_code == 403
    admin = fresh.admin.user_id
    refused = fresh.ask("DELETE", f"/users/{admin}", key)
    assert refused.status_code in {403, 204}
    assert fresh.ask("DELETE", f"/users/{made['user_id']}", key).status_code == 204
    assert fresh.ask("DELETE", f"/users/{made['user_id']}", key).status_code == 404
    names = {one["name"] for one in fresh.ask("GET", "/users", key).json()["items"]}
    assert "Job" not in names


def test_a_revoked_token_opens_nothing_more(fresh: Any, key: str) -> None:
    weak = fresh.key("weak", Role.VIEWER, "sales")
    assert fresh.ask("GET", "/me", weak).status_code == 200
    mine = fresh.ask("GET", "/tokens", weak).json()["items"]
    assert [one["name"] for one in mine] == ["weak"], "one's own only"
    assert fresh.ask("DELETE", f"/tokens/{mine[0]['token_id']}", key).status_code == 204
    assert fresh.ask("GET", "/me", weak).status_code == 401


def test_a_shared_view_needs_the_right_and_another_persons_view_stays(fresh: Any, key: str) -> None:
    viewer = fresh.key("viewer", Role.VIEWER, "sales")
    assert fresh.ask("POST", "/views", viewer, json={"name": "All", "address": "/x", "shared": True}).status_code == 403
    shared = fresh.ask("POST", "/views", key, json={"name": "All", "address": "/x", "shared": True}).json()
    seen = fresh.ask("GET", "/views", viewer).json()["items"]
    assert [(one["name"], one["mine"]) for one in seen] == [("All", False)]
    assert fresh.ask("DELETE", f"/views/{shared['view_id']}", viewer).status_code == 404
    assert fresh.ask("DELETE", f"/views/{shared['view_id']}", key).status_code == 204


@pytest.mark.parametrize("address", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "javascript:alert(1)", "x", "/a b", "/\r\nSet-Cookie: a=b", ""])  # fmt: skip
def test_a_view_leads_nowhere_else(fresh: Any, key: str, address: str) -> None:
    assert fresh.ask("POST", "/views", key, json={"name": "x", "address": address}).status_code == 422


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b'{"name": "x"}', "text/plain", 415),
        (b'{"name": 5, "address": "/x"}', "application/json", 422),
        (b'{"name": "x", "address": "/x", "shared": "yes"}', "application/json", 422),
        (b'{"name": "x", "address": "/x", "more": 1}', "application/json", 422),
        (b"{}", "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_words(
    fresh: Any, key: str, content: bytes, kind: str, status: int
) -> None:
    answer = fresh.ask("POST", "/views", key, content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text


def test_a_run_reads_uploads_and_never_a_place_on_this_machine(fresh: Any, key: str) -> None:
    upload_id = upload(fresh, key).json()["upload_id"]
    for body in ({"uploads": ["/etc/passwd"]}, {"uploads": [upload_id], "inputs": {"orders": ["/etc/passwd"]}}, {"uploads": [upload_id], "options": {"tables": {"tickets": "/etc/passwd"}}}, {"uploads": [upload_id, "../x"]}, {"uploads": []}, {}, {"uploads": "x"}, {"uploads": [upload_id], "options": {"marign": 0.5}}):  # fmt: skip
        answer = fresh.ask("POST", "/imports/run", key, json=body)
        assert answer.status_code in {404, 422}, (body, answer.text)
    rates = fresh.ask("POST", "/imports/run", key, json={"uploads": [upload_id], "options": {"rates": "/etc/passwd"}})
    job = fresh.app.state.jobs.wait(rates.json()["job_id"], 60)
    assert (job.status, job.problem["code"]) == ("failed", "not_found")


def test_a_map_that_was_confirmed_is_kept_with_the_upload(fresh: Any, key: str) -> None:
    upload_id = upload(fresh, key).json()["upload_id"]
    changed = fresh.ask("PATCH", f"/imports/{upload_id}", key, json={"table": "orders", "options": {"columns": {"money": "amount"}}})  # fmt: skip
    assert changed.json()["options"] == {"columns": {"money": "amount"}}
    assert fresh.ask("PATCH", f"/imports/{upload_id}", key, json={"table": "nonsense"}).status_code == 422
    assert fresh.ask("DELETE", f"/imports/{upload_id}", key).status_code == 204
    assert not (fresh.root / "uploads" / upload_id).exists()
