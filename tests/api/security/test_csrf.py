"""From which page: the matrix of what a browser tells, for a cookie and for a token."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import HOME, OWN, PASSWORD, Browser

JSON = {"content-type": "application/json"}
MARK = {"x-lifeworth": "1"}
SAME, CROSS, SITE, NONE = ({"sec-fetch-site": one} for one in ("same-origin", "cross-site", "same-site", "none"))
FOREIGN = {"origin": "https://evil.example"}
MATRIX: list[tuple[dict[str, str], bool]] = [
    # a page of ours, as browsers of today and of yesterday tell
    (OWN | SAME | JSON, True),
    (OWN | JSON, True),
    (SAME | JSON, True),
    (OWN | SAME | MARK, True),
    (OWN | MARK, True),
    (OWN | SAME | MARK | {"content-type": "multipart/form-data; boundary=x"}, True),
    # a form of ours could not be told from a foreign one that learnt to lie about one of the two
    (OWN | SAME, False),
    (OWN | SAME | {"content-type": "application/x-www-form-urlencoded"}, False),
    (OWN | SAME | {"content-type": "text/plain"}, False),
    (OWN | SAME | {"content-type": "multipart/form-data; boundary=x"}, False),
    # a foreign page
    (FOREIGN | CROSS | JSON, False),
    (FOREIGN | JSON, False),
    (FOREIGN | MARK, False),
    (FOREIGN | SAME | JSON, False),
    (OWN | CROSS | JSON, False),
    (OWN | SITE | JSON, False),
    (OWN | NONE | JSON, False),
    ({"origin": "null"} | JSON, False),
    ({"origin": "http://127.0.0.1:9999"} | SITE | JSON, False),
    ({"origin": "http://localhost:8321"} | JSON, False),
    ({"origin": "https://127.0.0.1:8321"} | JSON, False),
    ({"origin": "http://127.0.0.1:8321.evil.example"} | JSON, False),
    # nobody says where it comes from
    (JSON, False),
    (MARK, False),
    ({}, False),
]


@pytest.mark.parametrize(("told", "passes"), MATRIX, ids=[f"{n}-{'+'.join(one)}" for n, (one, _) in enumerate(MATRIX)])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_with_a_cookie_comes_from_our_own_page(
    signed_in: Browser, method: str, told: dict[str, str], passes: bool
) -> None:
    answer = signed_in.request(method, "/api/v1/me", headers=told)
    assert answer.status_code == (200 if passes else 403)


@pytest.mark.parametrize(("told", "passes"), MATRIX, ids=[f"{n}-{'+'.join(one)}" for n, (one, _) in enumerate(MATRIX)])
def test_callbacks_of_the_dashboard_are_guarded_in_the_same_way(
    signed_in: Browser, told: dict[str, str], passes: bool
) -> None:
    assert signed_in.post("/_dash-update-component", headers=told).status_code == (200 if passes else 403)


@pytest.mark.parametrize("told", [{}, FOREIGN, CROSS, FOREIGN | CROSS, NONE], ids=str)
def test_a_token_is_sent_by_nobody_who_does_not_have_it(
    client: Browser, bearer: dict[str, str], told: dict[str, str]
) -> None:
    assert client.post("/api/v1/me", headers=bearer | told).status_code == 200


def test_a_token_beside_a_cookie_is_a_token(signed_in: Browser, bearer: dict[str, str]) -> None:
    assert signed_in.post("/api/v1/me", headers=bearer).json()["kind"] == "api"
    assert signed_in.post("/api/v1/me", headers=FOREIGN | {"authorization": "Basic eA=="}).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
@pytest.mark.parametrize("told", [{}, FOREIGN, FOREIGN | CROSS, {"origin": "null"}, OWN | SITE], ids=str)
def test_a_foreign_page_signs_nobody_in_or_out(signed_in: Browser, path: str, told: dict[str, str]) -> None:
    before = dict(signed_in.cookies)
    answer = signed_in.post(path, data={"name": "Grace", "password": PASSWORD}, headers=told)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert dict(signed_in.cookies) == before
    assert signed_in.get("/api/v1/me").status_code == 200


def test_a_foreign_page_sets_nobodys_password(client: Browser, doors: Any) -> None:
    key = doors.add_user("Ada", "viewer", "finance")
    form = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(f"/enter/{key}", data=form, headers=FOREIGN).status_code == 403
    assert doors.invited(key)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (CROSS | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        (NONE | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        (SAME | {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 200),
        ({}, 200),
        (CROSS | {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, 403),
        (CROSS | {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        (CROSS | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        (CROSS | {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 403),
        (SITE | {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 403),
        (CROSS, 403),
    ],
)
def test_a_foreign_page_may_link_here_but_load_nothing(signed_in: Browser, told: dict[str, str], status: int) -> None:
    assert signed_in.get("/api/v1/me", headers=told).status_code == status


def test_behind_a_proxy_the_address_people_type_counts(application: Any, token: str) -> None:
    home = "https://clv.example.com"
    proxied = Browser(application(behind_proxy=f"{home}:443"), base_url=home)
    form = {"name": "Grace", "password": PASSWORD}
    assert proxied.post("/sign-in", data=form, headers={"origin": home}).status_code == 303
    # The proxy may hand on its own name for this server.
    told = JSON | {
        "origin": home,
        "host": "127.0.0.1:8321",
        "cookie": f"__Host-lifeworth={proxied.cookies['__Host-lifeworth']}",
    }
    assert Browser(proxied.app, base_url=HOME).post("/api/v1/me", headers=told).status_code == 200
    told["origin"] = "http://clv.example.com"
    assert Browser(proxied.app, base_url=HOME).post("/api/v1/me", headers=told).status_code == 403
