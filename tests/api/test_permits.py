"""Every address against everybody: what the table of permits says, what is written here by hand, and what is really answered."""

from __future__ import annotations

from typing import Any

import pytest

from lifeworth.access.roles import Role, Scope
from lifeworth.api.app import routes
from lifeworth.api.permits import PERMITS

ALL, WORK, BOSS, NOBODY = {"viewer", "analyst", "admin"}, {"analyst", "admin"}, {"admin"}, set[str]()

EXPECTED: dict[str, set[str]] = {
    "GET /me": ALL,
    "GET /customers": ALL,
    "GET /customers/columns": ALL,
    "GET /customers/{customer_id}": ALL,
    "GET /customers/{customer_id}/history": ALL,
    "GET /pages": ALL,
    "GET /pages/{board}": ALL,
    "GET /runs": ALL,
    "GET /runs/{run_id}": ALL,
    "GET /calculator": ALL,
    "GET /views": ALL,
    "POST /views": ALL,
    "DELETE /views/{view_id}": ALL,
    "GET /tokens": ALL,
    "POST /tokens": ALL,
    "DELETE /tokens/{token_id}": ALL,
    "DELETE /answers/{key}": ALL,
    "GET /exports/{file}": WORK,
    "GET /pages/{board}/tables/{file}": WORK,
    "GET /imports": WORK,
    "POST /imports": WORK,
    "POST /imports/run": WORK,
    "GET /imports/{upload_id}": WORK,
    "PATCH /imports/{upload_id}": WORK,
    "DELETE /imports/{upload_id}": WORK,
    "POST /imports/{upload_id}/check": WORK,
    "GET /jobs": WORK,
    "GET /jobs/{job_id}": WORK,
    "POST /jobs/{job_id}/cancel": WORK,
    "GET /scorecard/card": ALL,
    "GET /scorecard/fields": ALL,
    "GET /scorecard/earlier/{name}": ALL,
    "PUT /scorecard/card": WORK,
    "PATCH /scorecard/card/{section}/{name}": WORK,
    "DELETE /scorecard/card/{section}/{name}": WORK,
    "POST /reviews": WORK,
    "GET /reviews/{review_id}": ALL,
    "POST /reviews/{review_id}/minutes": WORK,
    "POST /reviews/{review_id}/changes": WORK,
    "POST /reviews/{review_id}/close": WORK,
    "GET /reviews/{review_id}/files/{file}": WORK,
    "GET /alerts/open": ALL,
    "POST /alerts/{alert_id}/acknowledge": WORK,
    "POST /alerts/{alert_id}/snooze": WORK,
    "GET /users": BOSS,
    "POST /users": BOSS,
    "PATCH /users/{user_id}": BOSS,
    "DELETE /users/{user_id}": BOSS,
    "GET /trail": BOSS,
    "GET /persons/{customer_id}/export": BOSS,
    "POST /persons/{customer_id}/erase": BOSS,
    "DELETE /persons/{customer_id}": BOSS,
    **{
        f"GET /{name}": ALL
        for name in (
            "value", "alive", "elasticities", "net", "payback", "calc", "kpis", "metric", "cohorts", "presets", "definitions", "segments",
            "movement", "profile", "audit", "subscriptions", "retention", "renewals", "bridge", "ledger", "scorecard", "strategy", "targets",
            "reviews", "alerts", "checks",
        )
    },
}  # fmt: skip
"""Who may ask what, written without looking at the table: roles by address."""

OPEN = {"GET /health"}
KNOWN = {route.key: route for route in routes()}


def test_every_address_has_a_permit_and_every_permit_an_address() -> None:
    assert KNOWN.keys() == PERMITS.keys()


def test_this_table_knows_every_address() -> None:
    assert KNOWN.keys() == EXPECTED.keys() | OPEN


def path_of(key: str) -> tuple[str, str]:
    """An address with a name in it that nobody has."""
    method, path = key.split()
    for name in (
        "customer_id",
        "alert_id",
        "board",
        "run_id",
        "view_id",
        "token_id",
        "key",
        "upload_id",
        "job_id",
        "user_id",
        "review_id",
        "section",
        "name",
    ):
        path = path.replace("{" + name + "}", "nobody")
    return method, path.replace("{file}", "nothing.csv")


@pytest.mark.parametrize("key", sorted(EXPECTED))
@pytest.mark.parametrize("function", ["marketing", "finance"])
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_is_written_here_and_nothing_else(served: Any, key: str, role: Role, function: str) -> None:
    method, path = path_of(key)
    answer = served.ask(method, path, served.key(f"{role}-{function}", role, function))
    if role.value in EXPECTED[key]:
        assert answer.status_code not in {401, 403} or _own_rule(key, answer), (answer.status_code, answer.text)
    else:
        assert answer.status_code == 403, (answer.status_code, answer.text)
        assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("key", sorted(EXPECTED))
def test_nobody_may_anything(served: Any, key: str) -> None:
    method, path = path_of(key)
    for headers in ({}, {"Authorization": "Bearer lw_nothing"}, {"Authorization": "Basic YTpi"}, {"Cookie": "lifeworth-session=x"}):  # fmt: skip
        answer = served.ask(method, path, headers=headers)
        assert answer.status_code == 401, (headers, answer.status_code, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", sorted(EXPECTED))
@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_of_one_scope_may_that_and_nothing_else(served: Any, key: str, scope: Scope) -> None:
    method, path = path_of(key)
    token = served.key(f"only-{scope}", Role.ADMIN, "marketing", scopes=frozenset({scope}))
    answer = served.ask(method, path, token)
    if PERMITS[key] == scope:
        assert answer.status_code not in {401, 403} or _own_rule(key, answer), answer.text
    else:
        assert answer.status_code == 403, (answer.status_code, answer.text)


def test_health_is_for_everybody_and_says_nothing_of_the_data(served: Any) -> None:
    answer = served.ask("GET", "/health")
    assert answer.json() == {"status": "ok"}


def test_who_was_turned_away_stands_in_the_trail(served: Any, boss: str) -> None:
    served.ask("GET", "/users", served.key("curious", Role.VIEWER, "sales"))
    entries = served.ask("GET", "/trail", boss, params={"who": "curious"}).json()["items"]
    assert (entries[0]["action"], entries[0]["outcome"]) == ("users", "refused")


def _own_rule(key: str, answer: Any) -> bool:
    """A token makes no tokens, whatever it may: that is a rule of its own."""
    return key == "POST /tokens" and "token" in answer.json()["detail"].lower()
