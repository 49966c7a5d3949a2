"""What a browser is told with every answer, a refusal and a fault included."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from lifeworth.api.security.headers import ALWAYS, page_policy

from .conftest import HOME, OWN, PAGE, Browser


def test_every_kind_of_answer_carries_them(signed_in: Browser) -> None:
    stranger = Browser(signed_in.app, base_url=HOME)
    answers = [
        signed_in.get("/api/v1/me"),
        signed_in.get("/page", headers=PAGE),
        signed_in.get("/sign-out"),
        signed_in.get("/door/style.css"),
        signed_in.post("/api/v1/me"),
        stranger.get("/api/v1/me"),
        stranger.get("/page", headers=PAGE),
        stranger.get("/page", headers=PAGE | {"host": "evil.example"}),
        stranger.get("/sign-in"),
        stranger.post("/sign-in", content=b"x" * 2_000_000, headers=OWN),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 403, 401, 303, 421, 200, 413]
    for answer in answers:
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers


def test_a_page_runs_named_scripts_and_no_other(signed_in: Browser) -> None:
    policy = dict(
        one.split(" ", 1) for one in signed_in.get("/page", headers=PAGE).headers["content-security-policy"].split("; ")
    )
    assert policy["script-src"] == "'self' 'sha256-abc=' 'sha256-def='"
    assert policy["connect-src"] == "'self'"
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert policy["object-src"] == "'none'"


def test_no_script_is_allowed_that_is_not_named() -> None:
    policy = page_policy(())
    scripts = next(one for one in policy.split("; ") if one.startswith("script-src"))
    assert scripts == "script-src 'self'"
    assert "unsafe-eval" not in policy
    assert "*" not in policy
    assert "http" not in policy


def test_the_door_runs_no_script_at_all(client: Browser) -> None:
    policy = client.get("/sign-in").headers["content-security-policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")


def test_data_are_never_shown_as_a_page(signed_in: Browser) -> None:
    assert (
        signed_in.get("/api/v1/me").headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    )


def test_what_may_be_about_persons_is_kept_by_nobody(signed_in: Browser) -> None:
    for path in ("/api/v1/me", "/page", "/sign-in", "/_dash-update-component"):
        assert signed_in.get(path).headers["cache-control"] == "no-store"
    assert "cache-control" not in signed_in.get("/assets/x.css").headers
    assert signed_in.get("/assets/none.css").headers["cache-control"] == "no-store"


def test_over_tls_browsers_stay_with_it(application: Any, bearer: dict[str, str]) -> None:
    client = Browser(application(behind_proxy="https://clv.example.com"), base_url="https://clv.example.com")
    assert client.get("/api/v1/me", headers=bearer).headers["strict-transport-security"] == "max-age=31536000"


def test_a_fault_of_ours_tells_nothing_and_logs_no_secret(signed_in: Browser, caplog: pytest.LogCaptureFixture) -> None:
    from lifeworth.api.security.logs import Hide

    caplog.handler.addFilter(hide := Hide())
    with caplog.at_level(logging.ERROR):
        answer = signed_in.get("/broken?token=hunter2hunter2")
    caplog.handler.removeFilter(hide)
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"
    assert "RuntimeError" in caplog.text
