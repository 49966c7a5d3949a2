"""Whose host: names of this server, and no name that somebody made to lead here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.api.security.hosts import host_of

from .conftest import HOME, PAGE, Browser


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8321", "localhost", "LOCALHOST:1", "[::1]:8321", "127.0.0.1", "localhost."]
)
def test_this_machine_by_any_of_its_names(client: Browser, bearer: dict[str, str], host: str) -> None:
    assert client.get("/api/v1/me", headers=bearer | {"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8321",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1:8321:8321",
        "127.0.0.1:",
        "127.0.0.1 ",
        "",
        "localhost/",
        "[::1",
        "0.0.0.0",
        "127.0.0.1,evil.example",
        "0x7f.1",
    ],
)
def test_a_foreign_name_is_turned_away_before_anything_else(client: Browser, bearer: dict[str, str], host: str) -> None:
    answer = client.get("/api/v1/me", headers=bearer | {"host": host})
    assert answer.status_code == 421
    assert "Grace" not in answer.text
    assert "8321" in answer.json()["hint"]


def test_a_page_at_a_foreign_name_says_where_to_go(client: Browser) -> None:
    answer = client.get("/", headers=PAGE | {"host": "evil.example"})
    assert answer.status_code == 421
    assert HOME in answer.text
    assert "evil" not in answer.text


def test_the_proxys_name_is_ours(application: Any, bearer: dict[str, str]) -> None:
    client = Browser(application(behind_proxy="https://clv.example.com"), base_url="https://clv.example.com")
    assert client.get("/api/v1/me", headers=bearer).status_code == 200
    assert client.get("/api/v1/me", headers=bearer | {"host": "other.example.com"}).status_code == 421
    told = bearer | {"host": "evil.example", "x-forwarded-host": "clv.example.com"}
    assert client.get("/api/v1/me", headers=told).status_code == 421


def test_with_a_certificate_of_its_own_that_says_the_name(application: Any, bearer: dict[str, str]) -> None:
    wide = Browser(application(host="0.0.0.0", tls_cert="c.pem", tls_key="k.pem"), base_url="https://any.example")
    assert wide.get("/api/v1/me", headers=bearer).status_code == 200


def test_two_names_are_none() -> None:
    assert host_of({"headers": [(b"host", b"localhost"), (b"host", b"localhost")]}) is None
    assert host_of({"headers": []}) is None


@given(st.binary(max_size=60))
def test_any_bytes_for_a_name_are_read_or_refused(said: bytes) -> None:
    name = host_of({"headers": [(b"host", said)]})
    assert name is None or (name.isascii() and name == name.lower() and not set(name) & set("/@?#\\ ,"))
