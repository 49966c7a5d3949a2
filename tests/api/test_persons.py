"""A person is handed out and erased over the wire, by who may, and afterwards nothing here tells of them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lifeworth.access.roles import Role


def test_a_person_is_erased_by_a_job_whose_result_is_the_proof(fresh: Any) -> None:
    key = fresh.key("boss", Role.ADMIN, "marketing")
    who = fresh.ask("GET", "/customers", key, params={"limit": 1}).json()["items"][0]["customer_id"]
    tag = fresh.ask("GET", f"/customers/{who}", key).headers["etag"]
    handed = fresh.ask("GET", f"/persons/{who}/export", key)
    assert handed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(handed.content)) as packed:
        assert packed.namelist()
    started = fresh.ask("POST", f"/persons/{who}/erase", key, json={"mode": "erase"})
    assert started.status_code == 202, started.text
    job = fresh.app.state.jobs.wait(started.json()["job_id"], 180)
    assert job.status == "done", job.problem
    assert job.result["proof"]["hits"] == []
    assert who not in str(job)
    assert fresh.ask("GET", f"/persons/{who}/export", key).status_code == 404
    whole = b"".join(one.read_bytes() for one in fresh.root.glob("state.db*"))
    assert started.json()["job_id"].encode() in whole
    gone = fresh.ask("GET", f"/customers/{who}", key, headers={"If-None-Match": tag})
    assert gone.status_code == 404, "what was erased must not be told to be unchanged"


def test_a_person_nobody_knows_and_a_mode_that_is_none(fresh: Any) -> None:
    key = fresh.key("boss", Role.ADMIN, "marketing")
    assert fresh.ask("GET", "/persons/nobody/export", key).status_code == 404
    assert fresh.ask("POST", "/persons/nobody/erase", key, json={"mode": "burn"}).status_code == 422


def test_who_may_erase_and_not_see_names_them_by_pseudonym(fresh: Any) -> None:
    key = fresh.key("boss", Role.ADMIN, "marketing")
    who = fresh.ask("GET", "/customers", key, params={"limit": 1}).json()["items"][0]["customer_id"]
    blind = fresh.key("blind", Role.ADMIN, "finance")
    assert fresh.ask("POST", f"/persons/{who}/erase", blind, json={}).status_code == 404
    started = fresh.ask("DELETE", f"/persons/{fresh.app.state.desk.alias(who)}", blind)
    assert started.status_code == 202
    assert fresh.app.state.jobs.wait(started.json()["job_id"], 180).status == "done"
