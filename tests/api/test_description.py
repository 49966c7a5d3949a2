"""What the API says of itself, tried on it: neither a request that fits the description nor one that does not makes the server fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lifeworth.api.app import routes
from lifeworth.api.describe import description
from lifeworth.jobs.jobs import Jobs

EXAMPLES = 6
"""Requests of each kind an address."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(description(routes()))
OPERATIONS = {f"{one.ok().method.upper()} {one.ok().path}": one.ok() for one in SCHEMA.get_all_operations()}

SAYS_SOMETHING = {
    f"{one.method} /api/v1{one.path}": one.method != "GET" or one.tied != "none" or "{" in one.path for one in routes()
}
"""Whether a request of it can say anything at all."""


@pytest.fixture
def known(served: Any, boss: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Names that exist, for the braces in a path; jobs are taken down and not done."""
    monkeypatch.setattr(Jobs, "_spawn", lambda *_: None)
    run = served.app.state.desk.run()
    upload = served.app.state.house.uploads.take(
        "orders.csv", "orders", "boss", [b"customer_id,date,amount\n1,2026-01-01,5\n"]
    )
    yield {
        "customer_id": served.ask("GET", "/customers", boss, params={"limit": 1}).json()["items"][0]["customer_id"],
        "run_id": run.run_id,
        "upload_id": upload.upload_id,
        "file": "customers.jsonl",
        "job_id": served.app.state.jobs.start("check", {"uploads": [upload.upload_id]}, "boss"),
    }
    for job in served.app.state.jobs.list(500):
        served.app.state.jobs.cancel(job.job_id)


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_request_makes_the_server_fail_or_break_its_word(
    served: Any, boss: str, known: dict[str, str], name: str, mode: GenerationMode
) -> None:
    operation, number = OPERATIONS[name], 0
    if mode is GenerationMode.NEGATIVE and not SAYS_SOMETHING[name]:
        assert served.request(*name.split()).status_code == 200, "it takes nothing that could be wrong"
        return

    @hypothesis.seed(20240101)
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        nonlocal number
        number += 1
        # A run that waits for its check would hold up each of these for long, and there is nobody to do it.
        if number % 2 and mode is GenerationMode.POSITIVE and not name.startswith(("DELETE", "POST /api/v1/imports/{")):
            case.path_parameters.update({one: known[one] for one in case.path_parameters if one in known})
        told = case.as_transport_kwargs(base_url="http://127.0.0.1:8321")
        headers = {**dict(told.get("headers") or {}), "Authorization": f"Bearer {boss}"}
        more = {key: told[key] for key in ("params", "json", "files") if told.get(key) is not None}
        if "data" in told and told["data"] is not None:
            more["content" if isinstance(told["data"], bytes | str) else "data"] = told["data"]
        try:
            answer = served.request(
                told["method"], told["url"].removeprefix("http://127.0.0.1:8321"), headers=headers, **more
            )
        except (UnicodeError, ValueError, TypeError):
            hypothesis.reject()  # what no client could send
        # An empty value behind the question mark says nothing, here as in a form: that is no fault.
        blank = not all(dict(told.get("params") or {}).values())
        checks = CHECKS if mode is GenerationMode.POSITIVE or blank else [*CHECKS, negative_data_rejection]
        case.validate_response(answer, checks=checks)

    tried()
