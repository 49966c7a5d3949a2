"""How much and how slowly: what arrives is counted, whatever was announced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message

from lifeworth.api.options import ServeOptions
from lifeworth.api.security.bodies import Bodies

from .conftest import HOME, Browser

SMALL = {"max_body": 1_000, "max_callback": 2_000, "max_upload": 3_000}


@pytest.fixture
def small(application: Any) -> Browser:
    return Browser(application(**SMALL), base_url=HOME)


async def chunks(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, 100):
        yield b"x" * min(100, size - start)


@pytest.mark.parametrize("path", ["/api/v1/size", "/_dash-update-component", "/api/v1/imports"])
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_each_kind_of_address_takes_its_own_measure_and_not_a_byte_more(
    small: Browser, bearer: dict[str, str], path: str, chunked: bool
) -> None:
    most = {"/api/v1/size": 1_000, "/_dash-update-component": 2_000, "/api/v1/imports": 3_000}[path]
    for size, status in ((most, 200), (most + 1, 413)):
        content: Any = chunks(size) if chunked else b"x" * size
        answer = small.post(path, content=content, headers=bearer)
        assert answer.status_code == status
    assert answer.json()["code"] == "too_large"
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("announced", ["-1", "1e3", "x", "+5", "9" * 400])
def test_an_announcement_that_is_no_number_is_refused(small: Browser, bearer: dict[str, str], announced: str) -> None:
    answer = small.post("/api/v1/size", content=b"x", headers=bearer | {"content-length": announced})
    assert answer.status_code == 413


def test_a_body_that_is_announced_too_small_is_counted_all_the_same() -> None:
    sent, seen = _play(pieces=[b"x" * 900, b"x" * 900], headers=[(b"content-length", b"10")])
    assert sent[0]["status"] == 413
    assert seen == ["gone"]


def test_a_stranger_uploads_nothing(small: Browser) -> None:
    assert small.post("/api/v1/imports", content=chunks(3_000)).status_code == 401


def test_a_body_that_stops_coming_is_given_up() -> None:
    sent, seen = _play(pieces=[b"x"], stops=True, body_seconds=0.05)
    assert sent[0]["status"] == 408
    assert seen == ["gone"]


def test_a_body_that_drips_is_given_up() -> None:
    time = iter(range(0, 10_000, 20))
    sent, seen = _play(pieces=[b"x"] * 100, clock=lambda: float(next(time)))
    assert sent[0]["status"] == 408
    assert seen == ["gone"]


def test_a_large_body_on_a_fair_line_has_its_time() -> None:
    time = iter(range(0, 10_000, 20))
    sent, seen = _play(pieces=[b"x" * 100_000] * 20, clock=lambda: float(next(time)), max_body=10_000_000)
    assert sent[0]["status"] == 200
    assert seen == [2_000_000]


def test_who_is_answered_and_waits_is_not_cut_off() -> None:
    """After the body an application waits for its sender to go away: that may take as long as it likes."""

    async def streams(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.body", "body": b"end"})

    sent, _ = _play(pieces=[b"x"], application=streams, body_seconds=0.01, leaves_after=0.1)
    assert sent[-1]["body"] == b"end"


def _play(
    *,
    pieces: list[bytes],
    headers: list[tuple[bytes, bytes]] | None = None,
    stops: bool = False,
    application: Any = None,
    leaves_after: float = 0,
    clock: Any = None,
    **told: Any,
) -> tuple[list[Message], list[Any]]:
    """What is sent, and what the application saw, when a body comes in like this."""
    left, sent, seen = list(pieces), [], []

    async def receive() -> Message:
        if left:
            body = left.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(left) or stops}
        if stops:
            await asyncio.sleep(3_600)
        await asyncio.sleep(leaves_after)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def reads(scope: Any, receive: Any, send: Any) -> None:
        from starlette.requests import ClientDisconnect

        total = 0
        try:
            async for piece in Request(scope, receive).stream():
                total += len(piece)
        except ClientDisconnect:
            seen.append("gone")
            raise
        seen.append(total)
        await PlainTextResponse("read")(scope, receive, send)

    scope = {"type": "http", "method": "POST", "path": "/x", "headers": headers or [], "query_string": b""}
    guard = Bodies(
        application or reads, options=ServeOptions(**{"max_body": 1_000, **told}), **({"clock": clock} if clock else {})
    )
    asyncio.run(guard(scope, receive, send))
    return sent, seen
