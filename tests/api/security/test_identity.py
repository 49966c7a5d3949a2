"""Who asks: a cookie, a token, or nobody; and whoever is nobody sees the door and nothing else."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.api.security.identity import OPEN, OPEN_BELOW, is_open

from .conftest import HOME, OWN, PAGE, PASSWORD, Browser


def test_a_program_comes_in_with_its_token(client: Browser, bearer: dict[str, str]) -> None:
    answer = client.get("/api/v1/me", headers=bearer)
    assert answer.json() == {"name": "Grace", "kind": "api", "origin": "testclient"}


def test_a_person_comes_in_with_a_cookie(signed_in: Browser) -> None:
    assert signed_in.get("/api/v1/me").json()["kind"] == "session"


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/_dash-update-component", "/_dash-layout", "/assets/x.css", "/anything"]
)
def test_nobody_gets_a_problem_that_says_how_to_come_in(client: Browser, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer realm="lifeworth"'
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nobody_changes_anything(client: Browser, method: str) -> None:
    assert client.request(method, "/api/v1/me", headers=OWN | PAGE).status_code == 401


def test_a_page_leads_to_the_door_and_back(client: Browser) -> None:
    answer = client.get("/cohorts?by=month&x=%2F", headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fcohorts%3Fby%3Dmonth%26x%3D%252F"
    assert client.get("/", headers=PAGE).headers["location"] == "/sign-in"


def test_the_api_is_no_page_even_in_a_browser(client: Browser) -> None:
    assert client.get("/api/v1/me", headers=PAGE).status_code == 401


def test_little_is_open_to_everybody() -> None:
    assert {"/sign-in", "/sign-out", "/api/v1/health"} == OPEN
    assert OPEN_BELOW == ("/enter/", "/door/")
    assert not [one for one in ("/", "/enter", "/doors", "/sign-in/", "/api/v1/health/x", "/SIGN-IN") if is_open(one)]


@pytest.mark.parametrize("key", ["lw_wrong", "", "x" * 5_000, b"\xc3\xa9"])
def test_a_wrong_token_is_nobody_even_beside_a_good_cookie(signed_in: Browser, key: Any) -> None:
    told = b"Bearer " + (key if isinstance(key, bytes) else key.encode())
    answer = signed_in.get("/api/v1/me", headers={"authorization": told})
    assert answer.status_code == 401


def test_a_session_is_no_token_and_a_token_no_session(signed_in: Browser, token: str) -> None:
    session = signed_in.cookies["lifeworth-session"]
    fresh = Browser(signed_in.app, base_url=HOME)
    assert fresh.get("/api/v1/me", headers={"authorization": f"Bearer {session}"}).status_code == 401
    assert fresh.get("/api/v1/me", headers={"cookie": f"lifeworth-session={token}"}).status_code == 401


@pytest.mark.parametrize("planted", ["-", "~"])
def test_two_cookies_that_differ_are_nobody(signed_in: Browser, planted: str) -> None:
    session = signed_in.cookies["lifeworth-session"]
    fresh = Browser(signed_in.app)
    for first, second in ((session, planted), (planted, session)):
        both = [("cookie", f"lifeworth-session={first}"), ("cookie", f"lifeworth-session={second}")]
        assert fresh.get("/api/v1/me", headers=both).status_code == 401


def test_a_sign_in_of_the_proxy_is_not_meant_for_here(signed_in: Browser) -> None:
    assert signed_in.get("/api/v1/me", headers={"authorization": "Basic Z3JhY2U6eA=="}).status_code == 200


def test_a_revoked_session_is_nobody_with_the_next_request(signed_in: Browser, doors: Doors) -> None:
    user = doors.user_named("Grace")
    assert user is not None
    doors.set_password(user.user_id, "another good password")
    assert signed_in.get("/api/v1/me").status_code == 401


def test_the_cookie_can_be_read_by_no_script_and_goes_to_no_other_site(client: Browser, token: str) -> None:
    answer = client.post("/sign-in", data={"name": "Grace", "password": PASSWORD}, headers=OWN)
    said = answer.headers["set-cookie"]
    assert said.startswith("lifeworth-session=")
    for word in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=604800"):
        assert word in said
    assert "Secure" not in said
    assert "Domain" not in said


@pytest.mark.parametrize(
    "told", [{"behind_proxy": "https://clv.example.com"}, {"tls_cert": "c.pem", "tls_key": "k.pem"}]
)
def test_over_tls_the_cookie_travels_over_nothing_else(application: Any, token: str, told: dict[str, str]) -> None:
    home = told.get("behind_proxy", "https://127.0.0.1:8321")
    secure = Browser(application(**told), base_url=home)
    answer = secure.post("/sign-in", data={"name": "Grace", "password": PASSWORD}, headers={"origin": home})
    said = answer.headers["set-cookie"]
    assert said.startswith("__Host-lifeworth=")
    assert "Secure" in said
    assert secure.get("/api/v1/me").status_code == 200


def test_a_socket_is_closed_before_it_opens(app: Any, bearer: dict[str, str]) -> None:
    told = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    headers = [(b"host", b"127.0.0.1:8321"), *((name.encode(), value.encode()) for name, value in bearer.items())]
    scope = {
        "type": "websocket",
        "path": "/_dash-ws-callback",
        "headers": headers,
        "query_string": b"",
        "subprotocols": [],
    }
    asyncio.run(app(scope, receive, send))
    assert told == [{"type": "websocket.close", "code": 1008}]


def test_a_book_that_is_damaged_keeps_everybody_out_and_says_why(
    client: Browser, bearer: dict[str, str], tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "state.db") as broken:
        broken.execute("DROP TABLE tokens")
    answer = client.get("/api/v1/me", headers=bearer)
    assert answer.status_code == 409
    assert answer.json()["code"] == "workspace"
    assert client.get("/api/v1/health").status_code == 200
