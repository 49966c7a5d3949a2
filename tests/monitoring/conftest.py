"""A shop of a few tables whose weeks are known, seen on a day: every test plants into it what its check should find."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.monitoring.scene import Scene
from lifeworth.settings import Monitoring, Settings
from lifeworth.workspace import Workspace

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

AS_OF = date(2026, 6, 30)
MONEY = pa.decimal128(18, 4)


class Shop:
    """Orders of a steady shop, day by day over 80 weeks: columns as NumPy arrays, to be changed by a test."""

    def __init__(self, seed: int = 1, a_day: float = 20.0, days: int = 560) -> None:
        draw = np.random.default_rng(seed)
        counts = draw.poisson(a_day, days)
        self.ago = np.repeat(np.arange(days)[::-1], counts)
        n = self.ago.size
        self.minute = draw.integers(0, 1440, n)
        self.customer = draw.integers(0, 1500, n)
        self.amount = np.round(draw.lognormal(3.8, 0.5, n), 2)
        self.channel = draw.choice(["web", "store", "app"], n, p=[0.6, 0.3, 0.1]).astype(object)
        self.country = draw.choice(["Germany", "Austria"], n, p=[0.75, 0.25]).astype(object)
        self.number = np.array([f"O{k}" for k in range(n)], object)
        self.tables: dict[str, pa.Table] = {}

    def keep(self, where: np.ndarray) -> None:
        """Only these orders."""
        for name in ("ago", "minute", "customer", "amount", "channel", "country", "number"):
            setattr(self, name, getattr(self, name)[where])

    def twice(self, where: np.ndarray) -> None:
        """These orders again, under other numbers."""
        for name in ("ago", "minute", "customer", "amount", "channel", "country"):
            values = getattr(self, name)
            setattr(self, name, np.concatenate([values, values[where]]))
        self.number = np.concatenate([self.number, np.array([f"{one}-2" for one in self.number[where]], object)])

    def orders(self) -> pa.Table:
        """The table `orders`."""
        midnight = datetime(AS_OF.year, AS_OF.month, AS_OF.day)
        at = [
            midnight - timedelta(days=int(a)) + timedelta(minutes=int(m))
            for a, m in zip(self.ago, self.minute, strict=True)
        ]
        money = pa.array([f"{one:.4f}" for one in self.amount]).cast(MONEY)
        nothing = pa.array(["0"] * len(at)).cast(MONEY)
        return pa.table(
            {
                "order_id": pa.array(self.number.tolist()),
                "customer_id": pa.array([f"C{one}" for one in self.customer]),
                "ordered_at": pa.array(at, pa.timestamp("us")),
                "net_revenue": money,
                "discount": nothing,
                "refunded": nothing,
                "margin": money,
                "currency": pa.array(["EUR"] * len(at)),
                "channel": pa.array(self.channel.tolist(), pa.string()),
                "country": pa.array(self.country.tolist(), pa.string()),
            }
        )


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def seen(engine: Engine) -> Callable[..., Scene]:
    """The scene of a shop."""

    def scene(shop: Shop | None = None, **more: Any) -> Scene:
        tables = dict(shop.tables) if shop is not None else {}
        if shop is not None:
            tables["orders"] = shop.orders()
        tables |= more.pop("tables", {})
        for name, rows in tables.items():
            engine.load(name, rows)
        limits = more.pop("limits", Monitoring())
        facts = {"as_of": AS_OF.isoformat(), "first_day": "2024-12-01", "value": {"margin": 0.4}}
        ws = Workspace(engine, Settings(monitoring=limits), AS_OF, "EUR", facts)
        return Scene(ws, more.pop("today", AS_OF), limits, **more)

    return scene


@pytest.fixture
def other() -> Iterator[Callable[..., Workspace]]:
    """The workspace an earlier run left, in an engine of its own."""
    engines = []

    def workspace(tables: dict[str, pa.Table], as_of: date) -> Workspace:
        engine = connect()
        engines.append(engine)
        for name, rows in tables.items():
            engine.load(name, rows)
        return Workspace(engine, Settings(), as_of, "EUR", {})

    yield workspace
    for engine in engines:
        engine.close()
