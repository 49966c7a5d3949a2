"""Reviews and the scorecard over the wire: who may, done once, only added, written into the trail, refused with every fault named."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access.roles import Role
from lifeworth.scorecard.export import FILES
from lifeworth.scorecard.files import FILE


@pytest.fixture
def key(fresh: Any) -> str:
    found: str = fresh.key("Ada", Role.ANALYST, "finance")
    return found


def begun(fresh: Any, key: str) -> dict[str, Any]:
    answer = fresh.ask("POST", "/reviews", key)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def say(fresh: Any, key: str, review: str, **body: Any) -> Any:
    return fresh.ask("POST", f"/reviews/{review}/minutes", key, json=body)


def test_a_review_from_its_begin_to_its_files(fresh: Any, key: str) -> None:
    one = begun(fresh, key)
    name = one["review_id"]
    assert one["opened_by"] == "Ada"
    assert one["frozen"]["measures"]["repeat_rate"]["value"] == pytest.approx(0.5, abs=0.5)
    assert fresh.ask("POST", "/reviews", key).status_code == 422  # one is open at a time
    assert say(fresh, key, name, text="Going well").json()["kind"] == "comment"
    action = {"kind": "action", "text": "Answer in four hours", "owner": "Bo", "due": "2027-01-31", "about": "first_response_hours"}  # fmt: skip
    made = say(fresh, key, name, **action)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    changed = fresh.ask("POST", f"/reviews/{name}/changes", key, json={"measure": "repeat_rate", "fields": {"target": 0.7, "weight": 3}, "reason": "We can"})  # fmt: skip
    assert changed.status_code == 201, changed.text
    assert [one["detail"] for one in changed.json()["items"]] == [
        {"field": "target", "before": "", "after": "0.7"},
        {"field": "weight", "before": "1", "after": "3"},
    ]
    assert "target = 0.7" in (fresh.root / FILE).read_text(encoding="utf-8")
    closed = fresh.ask("POST", f"/reviews/{name}/close", key).json()
    assert closed["closed_at"]
    assert closed["frozen"] == one["frozen"]
    assert say(fresh, key, name, text="Too late").status_code == 422

    again = begun(fresh, key)
    outcome = say(fresh, key, again["review_id"], kind="outcome", text="In March", follows=number, status="worked")
    assert outcome.status_code == 201, outcome.text
    page = fresh.ask("GET", f"/reviews/{again['review_id']}", key).json()["page"]
    before = next(block for block in page["blocks"] if block.get("title", "").startswith("What was decided before"))
    assert any("worked" in map(str, row) for row in before["rows"])
    for file in FILES:
        got = fresh.ask("GET", f"/reviews/{name}/files/{file}", key)
        assert got.status_code == 200, (file, got.text)
        assert "attachment" in got.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert rows[1][1:5] == ["target", "", "0.7", "We can"]
    sheet = fresh.ask("GET", f"/reviews/{name}/files/review.xlsx", key).content
    assert "xl/worksheets/sheet4.xml" in zipfile.ZipFile(io.BytesIO(sheet)).namelist()

    boss = fresh.key("boss", Role.ADMIN, "marketing")
    trail = {one["action"] for one in fresh.ask("GET", "/trail", boss, params={"who": "Ada"}).json()["items"]}
    assert {"review.begin", "review.say", "review.change", "review.close", "review.export"} <= trail


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"text": " "}, "needs words"),
        ({"text": "x", "kind": "action"}, "owner and a day"),
        ({"text": "x", "kind": "outcome", "status": "worked", "follows": 99}, "no decision or action 99"),
        ({"text": "x", "kind": "outcome", "status": "fine"}, "what became of it"),
        ({"text": "x", "kind": "change"}, "none"),
        ({"text": "x", "about": "repeat_rat"}, "repeat_rate"),
        ({"text": "x", "due": "soon"}, "due"),
        ({"text": "x", "follows": 1}, "only an outcome"),
        ({"text": "x", "follows": 10**30, "kind": "outcome", "status": "done"}, "no decision"),
        ({"text": "x", "owners": "Bo"}, "owners"),
    ],
)
def test_an_entry_that_lacks_what_it_needs_is_refused_and_nothing_is_written(
    fresh: Any, key: str, body: dict[str, Any], words: str
) -> None:
    name = begun(fresh, key)["review_id"]
    answer = say(fresh, key, name, **body)
    assert answer.status_code in {404, 422}, answer.text
    assert words in answer.text
    assert fresh.ask("GET", f"/reviews/{name}", key).json()["minutes"] == []


def test_a_write_that_is_sent_twice_is_done_once(fresh: Any, key: str) -> None:
    heads = {"Idempotency-Key": "begin-1"}
    first, second = (fresh.ask("POST", "/reviews", key, headers=heads) for _ in range(2))
    assert first.json() == second.json()
    name = first.json()["review_id"]
    for _ in range(2):
        assert fresh.ask("POST", f"/reviews/{name}/minutes", key, json={"text": "Once"}, headers={"Idempotency-Key": "m-1"}).status_code == 201  # fmt: skip
    assert len(fresh.ask("GET", f"/reviews/{name}", key).json()["minutes"]) == 1


def test_a_viewer_reads_and_writes_nothing(fresh: Any, key: str) -> None:
    name = begun(fresh, key)["review_id"]
    viewer = fresh.key("Eve", Role.VIEWER, "sales")
    assert fresh.ask("GET", f"/reviews/{name}", viewer).status_code == 200
    assert fresh.ask("GET", "/scorecard/card", viewer).status_code == 200
    for method, path in (("POST", "/reviews"), ("POST", f"/reviews/{name}/minutes"), ("POST", f"/reviews/{name}/close"), ("PUT", "/scorecard/card")):  # fmt: skip
        assert fresh.ask(method, path, viewer, json={"text": "x"}).status_code == 403


def test_the_card_is_changed_entry_by_entry_and_as_a_whole(fresh: Any, key: str) -> None:
    there = fresh.ask("GET", "/scorecard/card", key).json()
    assert not there["own"]
    put = fresh.ask("PATCH", "/scorecard/card/measures/repeat_rate", key, json={"fields": {"target": "+5%", "target_on": "2027-06-30", "owner": "Bo"}, "version": there["version"]})  # fmt: skip
    assert put.status_code == 200, put.text
    assert put.json()["card"]["measures"]["repeat_rate"]["target_on"] == "2027-06-30"
    late = fresh.ask("PATCH", "/scorecard/card/measures/nps", key, json={"fields": {"weight": 2}, "version": there["version"]})  # fmt: skip
    assert (late.status_code, late.json()["code"]) == (409, "changed")
    text = put.json()["text"]
    assert text.startswith("# The Balanced Scorecard of a shop")
    whole = fresh.ask("PUT", "/scorecard/card", key, json={"text": text.replace("of a shop", "of ours"), "version": put.json()["version"]})  # fmt: skip
    assert whole.status_code == 200, whole.text
    assert len(whole.json()["earlier"]) == 1
    before = fresh.ask("GET", f"/scorecard/earlier/{whole.json()['earlier'][0]}", key).json()["text"]
    assert before == text
    assert fresh.ask("DELETE", "/scorecard/card/arrows/nps:retention_rate", key).status_code == 204
    gone = fresh.ask("DELETE", "/scorecard/card/measures/retention_rate", key)
    assert gone.status_code == 422
    assert "arrows[" in gone.text
    fields = fresh.ask("GET", "/scorecard/fields", key).json()["items"]
    assert {"section", "name", "kind", "help"} <= fields[0].keys()


def test_a_fault_of_the_card_names_its_field_and_changes_nothing(fresh: Any, key: str) -> None:
    there = fresh.ask("GET", "/scorecard/card", key).json()["text"]
    for fields, words in (
        ({"goal": "+7x"}, "measures.repeat_rate.goal"),
        ({"weight": -1}, "measures.repeat_rate.weight"),
        ({"metric": "repeat_rat"}, "measures.repeat_rate.metric"),
        ({"gaol": 1}, "measures.repeat_rate.gaol"),
        ({"target_on": "x"}, "measures.repeat_rate.target_on"),
        ({"title": {"a": 1}}, "measures.repeat_rate.title"),
    ):
        answer = fresh.ask("PATCH", "/scorecard/card/measures/repeat_rate", key, json={"fields": fields})
        assert answer.status_code == 422, answer.text
        assert words in answer.text
    assert fresh.ask("GET", "/scorecard/card", key).json()["text"] == there
    assert not (Path(fresh.root) / FILE).exists()
