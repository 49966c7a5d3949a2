"""The load of `bench/serve.py`, in a process of its own: requests over connections that stay open, each timed.

HTTP is spoken by hand: a client library takes longer for a request than the server does, and would be what is measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from urllib.parse import urlencode

CONNECTIONS = 8
TIERS = ("Platinum", "Gold", "Silver", "Bronze", "Medium", "Low")
STATUSES = ("New", "Active", "Cooling", "At risk", "Lost")
COLUMNS = ("predicted_clv", "total_clv", "historic_clv", "last_order_at", "churn_probability", "orders")


class Connection:
    """One connection to the server."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an answer."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {self._token}\r\nAccept: application/json\r\n\r\n"
        self._writer.write(head.encode())
        raw = await self._reader.readuntil(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        if told.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await self._reader.readline()).strip(), 16):
                body += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readline()
        else:
            body = await self._reader.readexactly(int(told.get("content-length", "0")))
        if told.get("connection") == "close":
            self._writer.close()
            self._reader = self._writer = None
        return status, body


async def paced(port: int, token: str, seconds: int, rate: int, path: Callable[[], str]) -> dict[str, float]:
    """Requests at a steady pace, each due at its own moment whether or not those before it are answered."""
    spent: list[float] = []
    failed = 0
    begin = time.perf_counter() + 0.2
    whole = seconds * rate
    turn = iter(range(whole))

    async def worker() -> None:
        nonlocal failed
        connection = Connection(port, token)
        for number in turn:
            due = begin + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            status, _ = await connection.get(path())
            # From the moment it was due: a server that falls behind must not look fast.
            spent.append((time.perf_counter() - due) * 1000)
            failed += status != 200

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    return summed(spent, failed, time.perf_counter() - begin)


async def in_turn(port: int, token: str, seconds: float, path: Callable[[], str]) -> dict[str, float]:
    """One request after the other."""
    connection = Connection(port, token)
    spent: list[float] = []
    failed = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        status, _ = await connection.get(path())
        spent.append((time.perf_counter() - start) * 1000)
        failed += status != 200
    return summed(spent, failed, time.perf_counter() - begin)


def summed(spent: list[float], failed: int, wall: float) -> dict[str, float]:
    """The figures of a load."""
    cut = statistics.quantiles(spent, n=100, method="inclusive")
    return {"p50": cut[49], "p95": cut[94], "p99": cut[98], "rate": len(spent) / wall, "failed": failed}


async def ids(port: int, token: str) -> list[str]:
    """Ids of customers from all over the list."""
    connection = Connection(port, token)
    found: list[str] = []
    for tier in TIERS:
        for column in ("customer_id", "-customer_id", "-predicted_clv"):
            query = urlencode({"value_tier": tier, "order": column, "limit": 300, "total": "false"})
            status, body = await connection.get(f"/api/v1/customers?{query}")
            if status != 200:
                raise SystemExit(f"{status}: {body[:300]!r}")
            found += [item["customer_id"] for item in json.loads(body)["items"]]
    random.Random(1).shuffle(found)
    return found


def a_list(draw: random.Random) -> str:
    """A page somebody might ask for: one tier, one status, a threshold, an order."""
    column = draw.choice(COLUMNS)
    asked = {
        "value_tier": draw.choice(TIERS),
        "lifecycle_status": draw.choice(STATUSES),
        "historic_clv.gt": draw.randint(0, 200),
        "order": f"{draw.choice(('', '-'))}{column}",
        "limit": 100,
    }
    return f"/api/v1/customers?{urlencode(asked)}"


def with_part(draw: random.Random) -> str:
    """A page of those whose id has these signs in it."""
    asked = {"q": str(draw.randint(10, 999)), "order": f"-{draw.choice(COLUMNS)}", "limit": 100}
    return f"/api/v1/customers?{urlencode(asked)}"


async def main() -> None:
    """Run one kind of load and print its figures."""
    kind, port, *more = sys.argv[1:]
    token = os.environ["LIFEWORTH_TOKEN"]
    draw = random.Random(7)
    if kind == "warm":
        connections = [Connection(int(port), token) for _ in range(CONNECTIONS)]
        answers = await asyncio.gather(*(one.get("/api/v1/customers?limit=1") for one in connections))
        found: dict[str, float] = {"failed": sum(status != 200 for status, _ in answers)}
        if found["failed"]:
            raise SystemExit(1)
    elif kind == "customer":
        known = await ids(int(port), token)
        found = await paced(
            int(port), token, int(more[0]), int(more[1]), lambda: f"/api/v1/customers/{draw.choice(known)}"
        )
    else:
        asked = with_part if kind == "part" else a_list
        found = await in_turn(int(port), token, float(more[0]), lambda: asked(draw))
    print(json.dumps(found))


asyncio.run(main())
