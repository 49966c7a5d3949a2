"""How a workspace may be served: on this machine alone, or over TLS; and the options are the same in every worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.api.options import VARIABLE, ServeOptions, told
from lifeworth.errors import OptionError


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, Path]:
    """Files as a certificate and its key would lie there."""
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    return {"tls_cert": tmp_path / "cert.pem", "tls_key": tmp_path / "key.pem"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_this_machine_alone_needs_nothing(host: str) -> None:
    assert ServeOptions(host=host).refuse_if_unsafe().host == host


WIDE = ["0.0.0.0", "::", "", "192.0.2.7", "2001:db8::1", "clv.example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("host", WIDE)
def test_wider_without_tls_is_refused_with_the_next_step(host: str) -> None:
    with pytest.raises(OptionError, match="no TLS") as refused:
        ServeOptions(host=host).refuse_if_unsafe()
    assert "--tls-cert" in str(refused.value)
    assert "--behind-proxy" in str(refused.value)


@pytest.mark.parametrize("host", WIDE)
def test_wider_with_tls_or_a_proxy_is_allowed(host: str, pair: dict[str, Path]) -> None:
    ServeOptions(host=host, **pair).refuse_if_unsafe()
    ServeOptions(host=host, behind_proxy="https://clv.example.com").refuse_if_unsafe()


def test_by_default_it_listens_on_this_machine_alone() -> None:
    assert ServeOptions().host == "127.0.0.1"
    assert not ServeOptions().secure


@pytest.mark.parametrize("one", ["tls_cert", "tls_key"])
def test_a_certificate_without_its_key_is_refused(one: str, pair: dict[str, Path]) -> None:
    with pytest.raises(OptionError, match="belong together"):
        ServeOptions(**{one: pair[one]}).refuse_if_unsafe()


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"a\.pem and no file .*b\.pem"):
        ServeOptions(tls_cert=tmp_path / "a.pem", tls_key=tmp_path / "b.pem").refuse_if_unsafe()


@pytest.mark.parametrize(
    "origin",
    [
        "http://clv.example.com",
        "clv.example.com",
        "https://",
        "https://clv.example.com/lifeworth",
        "https://clv.example.com?x=1",
        "https://ada:pw@clv.example.com",
        "https://clv.example.com:99999",
        "https://clv.example.com\nx",
        "javascript:alert(1)",
        "*",
        "",
    ],
)
def test_a_proxy_has_an_https_origin_and_nothing_else(origin: str) -> None:
    with pytest.raises(OptionError, match="--behind-proxy"):
        told(behind_proxy=origin)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://clv.example.com/", "https://clv.example.com"),
        ("https://CLV.example.com:443", "https://clv.example.com"),
        ("https://clv.example.com:8443", "https://clv.example.com:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(said: str, kept: str) -> None:
    assert told(behind_proxy=said).origin == kept


@given(st.text(max_size=40))
def test_any_text_for_an_origin_is_read_or_refused(text: str) -> None:
    try:
        origin = told(behind_proxy=text).origin
    except OptionError:
        return
    assert origin.startswith("https://")
    assert origin.isascii()
    assert origin.count("/") == 2


def test_every_wrong_value_is_told_at_once() -> None:
    with pytest.raises(OptionError) as refused:
        told(port=99_999, workers=0, idle_hours=-1)
    assert [fault.split(":")[0] for fault in refused.value.faults] == ["--port", "--workers", "--idle-hours"]


def test_an_option_nobody_knows_is_refused() -> None:
    with pytest.raises(OptionError, match="no-such"):
        told(no_such=1)


@pytest.mark.parametrize(
    ("options", "origin"),
    [
        ({}, "http://127.0.0.1:8321"),
        ({"host": "::1", "port": 9}, "http://[::1]:9"),
        ({"host": "0.0.0.0", "tls_cert": "c", "tls_key": "k"}, "https://127.0.0.1:8321"),
        ({"host": "0.0.0.0", "behind_proxy": "https://clv.example.com"}, "https://clv.example.com"),
    ],
)
def test_people_are_told_an_address_they_can_open(options: dict[str, Any], origin: str) -> None:
    assert ServeOptions(**options).origin == origin


def test_workspaces_on_two_ports_have_cookies_of_their_own() -> None:
    names = {ServeOptions(port=port).cookie for port in (8321, 8322)}
    assert names == {"lifeworth-session", "lifeworth-session-8322"}
    assert ServeOptions(port=8322, behind_proxy="https://clv.example.com").cookie == "__Host-lifeworth"


def test_every_address_is_no_name(pair: dict[str, Path]) -> None:
    assert ServeOptions(host="0.0.0.0", **pair).hosts == {"localhost", "127.0.0.1", "::1"}
    assert ServeOptions(host="0.0.0.0", **pair).any_host
    assert not ServeOptions(host="0.0.0.0", behind_proxy="https://clv.example.com").any_host
    assert "clv.example.com" in ServeOptions(behind_proxy="https://clv.example.com:8443").hosts


def test_a_worker_reads_what_the_command_line_wrote(pair: dict[str, Path]) -> None:
    options = ServeOptions(behind_proxy="https://clv.example.com", workers=2, **pair)
    assert ServeOptions.model_validate_json(options.model_dump_json()) == options


def test_the_name_of_the_variable_is_the_same_on_both_sides() -> None:
    from lifeworth.cli import serve

    assert serve.VARIABLE == VARIABLE
    assert ServeOptions().port == serve.PORT
