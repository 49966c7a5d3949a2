"""Keys: random, marked, kept by their hash; and no text that leaves the house holds one."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.access import keys


def test_an_api_token_can_be_told_from_other_texts() -> None:
    assert re.fullmatch(r"lw_[A-Za-z0-9_-]{43}", keys.fresh(api=True))
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", keys.fresh())


def test_no_two_keys_are_alike() -> None:
    assert len({keys.fresh() for _ in range(200)}) == 200


def test_a_key_is_kept_as_its_sha_256() -> None:
    assert keys.kept("lw_x") == hashlib.sha256(b"lw_x").hexdigest()


@pytest.mark.parametrize("text", ["", "é" * 10, "x" * 129, "\u0000" * 200])
def test_what_cannot_be_a_key_is_not_even_looked_up(text: str) -> None:
    assert keys.kept(text) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_token_is_taken_out_of_any_text(before: str, after: str) -> None:
    key = keys.fresh(api=True)
    assert key not in keys.hide(f"{before} {key} {after}")


@pytest.mark.parametrize(
    "text",
    [
        "GET /enter/{} HTTP/1.1",
        "http://127.0.0.1:8321/enter/{}?next=/",
        "Authorization: Bearer {}",
        "{{'authorization': 'Basic {}'}}",
        "Cookie: a=b; lifeworth-session={}; c=d",
        "__Host-lifeworth={}",
        "name=ada&password={}&next=/",
        '{{"password": "{}"}}',
        "password='{}'",
        "secret: {}",
        "api_key={}",
    ],
)
def test_a_secret_is_taken_out_wherever_it_stands(text: str) -> None:
    key = keys.fresh()
    assert key not in keys.hide(text.format(key))


def test_what_is_no_secret_stays() -> None:
    text = "GET /customers/C1000?by=value&sort=-predicted_clv 200 (lw_ is how tokens begin)"
    assert keys.hide(text) == text
