"""The door itself: pages for people, links that open once, and no way out to a foreign page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lifeworth.access.doors import Doors
from lifeworth.access.trail import Trail
from lifeworth.api.security.door import local_page

from .conftest import HOME, OWN, PAGE, PASSWORD, Browser


# -- where it goes on to ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["/", "/cohorts", "/customers/C1?by=value&q=a%20b#top", "/profile?scheme=rfm"])
def test_a_page_of_this_server_is_gone_on_to(page: str) -> None:
    assert local_page(page) == page


FOREIGN = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "javascript:alert(1)",
    "/\t/evil.example", "/\n/evil.example", " //evil.example", "evil.example", "", "/%0a/x y", "http:/evil.example", "/.//evil.example/..//x\\",
    "/sign-out", "/sign-in?next=/", "/enter/abc", "/api/v1/me", "/_dash-layout", "/x" * 2_000, "/\u2028x", "/x\x00",
]  # fmt: skip


@pytest.mark.parametrize("page", FOREIGN)
def test_anything_else_leads_to_the_start(page: str) -> None:
    assert local_page(page) == "/"


@given(st.text(alphabet=st.sampled_from("/\\:.@?#%\t\n\r exvil\u2028é0a"), max_size=25))
@example("/\\/evil")
@example("/%2f%2fevil")
def test_no_text_leads_to_another_server(text: str) -> None:
    found = local_page(text)
    # As browsers read it: tabs and newlines dropped, backslashes turned.
    read = "".join(mark for mark in found if mark not in "\t\n\r").replace("\\", "/")
    there = urlsplit(urljoin("http://here.example/sign-in", read))
    assert (there.scheme, there.netloc) == ("http", "here.example")
    assert found.isprintable()


@pytest.mark.parametrize("page", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_signing_in_leads_to_no_foreign_page(client: Browser, token: str, page: str) -> None:
    form = {"name": "Grace", "password": PASSWORD, "next": page}
    assert client.post("/sign-in", data=form, headers=OWN).headers["location"] == "/"
    assert client.get(f"/sign-in?next={quote(page)}").headers["location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_wanted(client: Browser, token: str) -> None:
    where = client.get("/cohorts?by=month", headers=PAGE).headers["location"]
    assert 'value="/cohorts?by=month"' in client.get(where).text
    form = {"name": "Grace", "password": PASSWORD, "next": "/cohorts?by=month"}
    assert client.post("/sign-in", data=form, headers=OWN).headers["location"] == "/cohorts?by=month"


# -- pages ------------------------------------------------------------------------------------------------------------
def test_what_was_typed_comes_back_escaped_and_the_password_not_at_all(client: Browser, token: str) -> None:
    form = {"name": '"><script>x</script>', "password": "hunter2hunter2", "next": '/"><script>x</script>'}
    answer = client.post("/sign-in", data=form, headers=OWN)
    assert answer.status_code == 401
    assert "<script" not in answer.text
    assert "&#34;&gt;&lt;script" in answer.text
    assert "hunter2" not in answer.text
    assert "do not belong together" in answer.text


def test_the_door_has_its_style_and_its_sign_without_a_sign_in(client: Browser) -> None:
    page = client.get("/sign-in").text
    for path, media in (("/door/style.css", "text/css"), ("/door/icon.svg", "image/svg+xml")):
        assert f'"{path}"' in page
        assert client.get(path).headers["content-type"].startswith(media)
    assert "<script" not in page
    assert "style=" not in page


def test_who_is_signed_in_needs_no_sign_in(signed_in: Browser) -> None:
    answer = signed_in.get("/sign-in?next=/cohorts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cohorts")


def test_signing_out_is_asked_and_then_done(signed_in: Browser, doors: Doors) -> None:
    session = signed_in.cookies["lifeworth-session"]
    assert "Grace" in signed_in.get("/sign-out").text
    assert doors.principal(session)
    answer = signed_in.post("/sign-out", headers=OWN)
    assert answer.headers["location"] == "/sign-in"
    assert "lifeworth-session" not in signed_in.cookies
    again = Browser(signed_in.app, base_url=HOME, cookies={"lifeworth-session": session})
    assert again.get("/api/v1/me").status_code == 401
    assert again.get("/sign-out").headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"name": "Grace"}', "application/json"),
        (b"x" * 9_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(50)), "application/x-www-form-urlencoded"),
        (b"--x", "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_that_is_not_ours_is_refused(client: Browser, content: bytes, kind: str) -> None:
    answer = client.post("/sign-in", content=content, headers=OWN | {"content-type": kind})
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


@given(st.binary(max_size=200))
def test_any_bytes_for_a_form_are_no_fault_of_ours(content: bytes) -> None:
    import asyncio

    from starlette.requests import Request

    from lifeworth.api.security.door import _form
    from lifeworth.errors import InputError

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/x-www-form-urlencoded")]}
    try:
        found = asyncio.run(_form(Request(scope, receive)))
    except InputError:
        return
    assert all(isinstance(one, str) for pair in found.items() for one in pair)


# -- links ------------------------------------------------------------------------------------------------------------
def test_the_first_link_leads_in_once(client: Browser, doors: Doors) -> None:
    link = doors.first_link()
    answer = client.get(f"/enter/{link}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/api/v1/me").json()["name"] == "admin"
    again = Browser(client.app, base_url=HOME).get(f"/enter/{link}")
    assert again.status_code == 401
    assert "used or has expired" in again.text
    assert str(link) not in again.text


@pytest.mark.parametrize(
    ("method", "told"), [("HEAD", {}), ("GET", {"sec-purpose": "prefetch;prerender"}), ("GET", {"purpose": "prefetch"})]
)
def test_a_program_that_looks_where_a_link_leads_does_not_use_it(
    client: Browser, doors: Doors, method: str, told: dict[str, str]
) -> None:
    link = doors.first_link()
    assert client.request(method, f"/enter/{link}", headers=told).status_code == 204
    assert client.get(f"/enter/{link}").status_code == 303


def test_an_invitation_is_opened_as_often_as_one_likes_and_used_once(client: Browser, doors: Doors) -> None:
    key = doors.add_user("Ada <b>", "viewer", "finance")
    for _ in range(3):
        page = client.get(f"/enter/{key}")
        assert page.status_code == 200
        assert "Ada &lt;b&gt;" in page.text
    for form, fault in (
        ({"password": PASSWORD, "again": "something else"}, "not the same"),
        ({"password": "short", "again": "short"}, "needs 12"),
        ({"password": "", "again": ""}, "needs 12"),
    ):
        answer = client.post(f"/enter/{key}", data=form, headers=OWN)
        assert answer.status_code == 422
        assert fault in answer.text
    form = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(f"/enter/{key}", data=form, headers=OWN).headers["location"] == "/"
    assert client.get("/api/v1/me").json()["name"] == "Ada <b>"
    assert client.post(f"/enter/{key}", data=form, headers=OWN).status_code == 401


def test_a_new_sign_in_has_a_new_key_and_ends_the_one_before(signed_in: Browser, doors: Doors) -> None:
    before = signed_in.cookies["lifeworth-session"]
    answer = signed_in.post("/sign-in", data={"name": "Grace", "password": PASSWORD}, headers=OWN)
    assert answer.status_code == 303
    after = signed_in.cookies["lifeworth-session"]
    assert after != before
    assert [
        one.kind for one in doors.tokens(kinds=("session",)) if one.token_id == doors.described(before).token_id
    ] == []
    assert doors.principal(after)


def test_a_session_somebody_planted_is_not_taken_over(client: Browser, token: str) -> None:
    client.cookies.set("lifeworth-session", "planted", domain="127.0.0.1")
    answer = client.post("/sign-in", data={"name": "Grace", "password": PASSWORD}, headers=OWN)
    assert "planted" not in answer.headers["set-cookie"]


# -- the trail --------------------------------------------------------------------------------------------------------
def test_coming_and_going_is_in_the_trail_and_no_secret_is(signed_in: Browser, doors: Doors, app: Any) -> None:
    link = doors.add_user("Ada", "viewer", "finance")
    guest = Browser(app, base_url=HOME)
    guest.post(f"/enter/{link}", data={"password": PASSWORD, "again": PASSWORD}, headers=OWN)
    guest.post("/sign-out", headers=OWN)
    guest.post("/sign-in", data={"name": "ada", "password": "a wrong password"}, headers=OWN)
    guest.post("/sign-in", data={"name": "my password by mistake", "password": "x"}, headers=OWN)
    trail: Trail = app.state.trail
    told = [(one.who, one.action, one.outcome, one.detail.get("by")) for one in trail.entries()]
    assert told == [
        ("somebody unknown", "sign-in", "refused", None),
        ("Ada", "sign-in", "refused", None),
        ("Ada", "sign-out", "ok", None),
        ("Ada", "sign-in", "ok", "invitation"),
        ("Grace", "sign-in", "ok", "password"),
    ]
    assert {one.origin for one in trail.entries()} == {"testclient"}
    assert not [one for one in (link, PASSWORD, "mistake") if one in repr(trail.entries())]
