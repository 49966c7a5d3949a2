"""Reads: each says of which run it is, is not sent twice when nothing changed, and tells a fault as a problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lifeworth import errors
from lifeworth.api import problems, wire
from lifeworth.api.sheets import place_of, sheets
from lifeworth.parts import ACTIONS, boards
from lifeworth.serving.answers import Pending

Get = Callable[..., httpx.Response]
NEEDS = {"alive": {"customer": ""}, "metric": {"name": "revenue"}, "profile": {"segment": "Gold"}, "calc": {"average_purchase_value": "40", "purchase_frequency": "3", "lifespan": "4"}}  # fmt: skip


LATER = {"bridge", "ledger"}
"""Actions that look back on an earlier run, of which a workspace of one run has none."""
LOOKS = [one.name for one in ACTIONS if one.name != "customers" and not one.writes]


@pytest.mark.parametrize("action", sorted(LATER))
def test_what_needs_an_earlier_run_says_so(get: Get, action: str) -> None:
    while (answer := get(f"/{action}")).status_code == 202:
        pass
    assert answer.status_code == 409
    assert answer.json()["code"] == "data"
    assert "earlier run" in answer.json()["detail"]


@pytest.mark.parametrize("action", [one.name for one in ACTIONS if one.writes])
def test_nobody_writes_by_looking(get: Get, action: str) -> None:
    assert get(f"/{action}").status_code == 404


@pytest.mark.parametrize("action", [name for name in LOOKS if name not in LATER])
def test_every_action_answers_under_its_own_name(served: Any, get: Get, action: str) -> None:
    run = served.app.state.desk.run()
    texts = dict(NEEDS.get(action, {}))
    if action == "alive":
        texts["customer"] = get("/customers", params={"limit": 1}).json()["items"][0]["customer_id"]
    while (answer := get(f"/{action}", params=texts)).status_code == 202:
        assert answer.headers["location"].startswith(f"/api/v1/{action}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["run_id"], told["as_of"]) == (run.run_id, run.as_of.isoformat())
    assert told["answer"]["type"] in {"page", "table"}


def test_what_takes_long_is_told_to_be_asked_again_and_can_be_stopped(
    served: Any, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.app.state.desk, "ask", lambda *_, **__: Pending("0" * 32))
    answer = get("/movement", params={"since": "6m"})
    assert answer.status_code == 202
    assert answer.headers["location"] == "/api/v1/movement?since=6m"
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["key"] == "0" * 32
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/kpis", "/customers?limit=2", "/customers/columns", "/runs", "/jobs", "/pages", "/me"]
)
def test_a_read_that_has_not_changed_is_not_sent_again(served: Any, get: Get, masked: str, path: str) -> None:
    first = get(path)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    again = get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    if path.startswith("/customers?"):
        assert served.ask("GET", path, masked).headers["etag"] != tag, (
            "who sees less must not be told that it is the same"
        )


def test_a_tag_changes_with_the_settings_and_the_files_it_is_served_from(fresh: Any) -> None:
    from lifeworth.access.roles import Role

    key = fresh.key("boss", Role.ADMIN, "marketing")
    before = fresh.ask("GET", "/kpis", key).headers["etag"]
    (fresh.root / "lifeworth.toml").write_text("discount = 0.2\n")
    after = fresh.ask("GET", "/kpis", key).headers["etag"]
    assert before != after


def test_no_two_requests_have_the_same_number_unless_they_say_one(get: Get) -> None:
    numbers = [get("/health").headers["x-request-id"] for _ in range(3)]
    assert len(set(numbers)) == 3
    assert get("/health", headers={"X-Request-Id": "my-1"}).headers["x-request-id"] == "my-1"
    assert get("/health", headers={"X-Request-Id": "a b<script>"}).headers["x-request-id"] != "a b<script>"


@pytest.mark.parametrize(("method", "path", "status", "code"), [("GET", "/nothing", 404, "not_found"), ("GET", "/customers/a/b/c", 404, "not_found"), ("PUT", "/customers", 405, "method"), ("DELETE", "/kpis", 405, "method"), ("GET", "/metric", 422, "option"), ("GET", "/metric?name=revenu", 422, "option"), ("GET", "/kpis?period=soon", 422, "option"), ("GET", "/kpis?peroid=3m", 422, "option"), ("GET", "/cohorts?metric=%00", 422, "option"), ("GET", "/jobs/none", 404, "not_found"), ("GET", "/runs/..", 404, "not_found"), ("GET", "/runs/%2e%2e%2fstate.db", 404, "not_found"), ("GET", "/imports/none", 404, "not_found"), ("GET", "/exports/customers.exe", 404, "not_found"), ("GET", "/exports/state.db", 404, "not_found"), ("GET", "/pages/none", 404, "not_found")])  # fmt: skip
def test_a_fault_is_a_problem_a_program_can_read(
    served: Any, boss: str, method: str, path: str, status: int, code: str
) -> None:
    answer = served.ask(method, path, boss)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    told = answer.json()
    assert told["code"] == code
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert "Traceback" not in answer.text


def test_the_catch_all_of_the_dashboard_swallows_no_address_of_the_api(served: Any, boss: str) -> None:
    for path in ("/api", "/api/", "/api/v2/customers", "/api/v1", "/api/v1/"):
        answer = served.request("GET", path, headers={"Authorization": f"Bearer {boss}"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def every_error() -> list[type[errors.LifeworthError]]:
    found, todo = [], [errors.LifeworthError]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += one.__subclasses__()
    return found


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_there_is_becomes_a_problem(kind: type[errors.LifeworthError]) -> None:
    error = kind("What is wrong.", retry_after=3.2) if issubclass(kind, errors.TooManyError) else kind("What is wrong.", hint="Do this.")  # fmt: skip
    answer = problems.problem(error, "/api/v1/x")
    assert answer.status_code == kind.http_status
    assert answer.media_type == "application/problem+json"
    assert kind.code.encode() in bytes(answer.body)
    if kind is errors.TooManyError:
        assert answer.headers["retry-after"] == "3"
    if kind is errors.UnknownPersonError:
        assert "Bearer" in answer.headers["www-authenticate"]


def test_a_fault_of_the_program_says_nothing_of_itself(
    served: Any, get: Get, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("/srv/secret/place.py")

    monkeypatch.setattr(served.app.state.desk, "ask", broken)
    answer = get("/movement", params={"since": "9m"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "ZeroDivisionError" in caplog.text, "the log knows"


def test_an_empty_workspace_says_what_to_do(empty: Any) -> None:
    from lifeworth.access.roles import Role

    key = empty.key("boss", Role.ADMIN, "marketing")
    for path in ("/customers", "/kpis", "/exports/customers.csv", "/customers/x"):
        answer = empty.ask("GET", path, key)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert "Upload" in answer.json()["hint"]
    for path in ("/runs", "/jobs", "/imports", "/me", "/users", "/health", "/pages"):
        assert empty.ask("GET", path, key).status_code == 200, path


def test_runs_say_what_they_read_and_nothing_of_this_machine(served: Any, get: Get) -> None:
    run = served.app.state.desk.run()
    listed = get("/runs").json()
    assert listed["current"] == run.run_id == listed["items"][0]["run_id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", listed["items"][0]["started_at"])
    one = get(f"/runs/{run.run_id}")
    assert one.json()["imports"][0]["rows"] > 0
    assert one.json()["found"]["reconciliation"]["rows_in"] > 0
    assert str(served.root) not in one.text


def test_pages_are_those_one_may_see(served: Any, get: Get) -> None:
    if not boards():
        assert get("/pages").json()["items"] == []
        return
    mine = {one["name"] for one in get("/pages").json()["items"]}
    assert mine == {one.board.name for one in boards()}


def test_the_numbers_behind_everything_on_a_page_are_sheets(served: Any) -> None:
    page = served.app.state.desk.page if hasattr(served.app.state.desk, "page") else served.app.state.desk.ask("kpis")
    found = sheets(page)
    assert found
    assert all(len(row) == len(table.columns) for table in found for row in table.rows)
    assert place_of(page, page.blocks[0]) in {None, 0}


def test_the_description_is_served_and_complete(served: Any, get: Get) -> None:
    told = get("/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            where = f"{method} {path}"
            assert one["summary"], where
            assert one["operationId"], where
            assert {"401", "422", "404"} <= one["responses"].keys(), where
            assert all(parameter.get("description") or parameter["in"] == "path" for parameter in one["parameters"]), where  # fmt: skip
    assert len({one["operationId"] for methods in told["paths"].values() for one in methods.values()}) == sum(map(len, told["paths"].values()))  # fmt: skip


def test_a_body_of_json_has_its_limit() -> None:
    assert wire.BODY <= 1 << 20
