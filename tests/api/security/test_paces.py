"""How often: freely whoever has come in, sparingly who has not, and hardly at all who guesses."""

from __future__ import annotations

from typing import Any

import pytest

from lifeworth.access.doors import Doors
from lifeworth.access.limits import Limits

from .conftest import HOME, OWN, PAGE, PASSWORD, Browser


class Time:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_stranger_is_held_up_and_told_for_how_long(client: Browser) -> None:
    answers = [client.get("/api/v1/me") for _ in range(70)]
    assert answers[0].status_code == 401
    late = answers[-1]
    assert late.status_code == 429
    assert late.headers["content-type"] == "application/problem+json"
    assert 1 <= int(late.headers["retry-after"]) <= 5


def test_a_stranger_in_a_browser_is_told_on_a_page(client: Browser) -> None:
    for _ in range(70):
        late = client.get("/page", headers=PAGE)
    assert late.status_code == 429
    assert late.headers["content-type"].startswith("text/html")
    assert late.headers["retry-after"]


def test_whoever_has_come_in_is_not_held_up_by_strangers(client: Browser, bearer: dict[str, str]) -> None:
    for _ in range(70):
        client.get("/api/v1/me")
    assert {client.get("/api/v1/me", headers=bearer).status_code for _ in range(300)} == {200}


@pytest.fixture
def guessing(application: Any, token: str) -> tuple[Browser, Time]:
    del token
    time = Time()
    return Browser(application(Limits(clock=time)), base_url=HOME), time


def _guess(client: Browser, name: str = "Grace", password: str = "a wrong password") -> Any:
    return client.post("/sign-in", data={"name": name, "password": password}, headers=OWN)


def test_guessing_a_password_is_slowed_for_the_name_and_forgiven_by_time(guessing: tuple[Browser, Time]) -> None:
    client, time = guessing
    assert [_guess(client).status_code for _ in range(6)] == [401] * 5 + [429]
    late = _guess(client, password=PASSWORD)
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) >= 20
    time.at += 25
    assert _guess(client, password=PASSWORD).status_code == 303


def test_a_name_is_one_however_it_is_written(guessing: tuple[Browser, Time]) -> None:
    client, _ = guessing
    for name in ("grace", "GRACE", "Grace ", "gRACE", "graCe"):
        _guess(client, name)
    assert _guess(client).status_code == 429


def test_guessing_names_is_slowed_for_the_address(guessing: tuple[Browser, Time]) -> None:
    client, _ = guessing
    statuses = [_guess(client, f"name {number}").status_code for number in range(31)]
    assert statuses == [401] * 30 + [429]


def test_an_unknown_name_is_held_up_just_as_a_known_one(guessing: tuple[Browser, Time]) -> None:
    client, _ = guessing
    assert [_guess(client, "nobody").status_code for _ in range(6)] == [401] * 5 + [429]


def test_signing_in_often_with_the_right_password_holds_nobody_up(guessing: tuple[Browser, Time]) -> None:
    client, _ = guessing
    assert {_guess(client, password=PASSWORD).status_code for _ in range(40)} == {303}


def test_guessing_links_is_slowed(guessing: tuple[Browser, Time]) -> None:
    client, _ = guessing
    statuses = [client.get(f"/enter/guess{number}").status_code for number in range(31)]
    assert statuses[:30] == [401] * 30
    assert statuses[30] == 429


def test_too_many_passwords_at_once_are_sent_away(
    client: Browser, token: str, monkeypatch: pytest.MonkeyPatch, doors: Doors
) -> None:
    from lifeworth.api.security import door

    monkeypatch.setattr(door, "WAITING", 0)
    assert _guess(client, password=PASSWORD).status_code == 429
