"""Contracts from a few stretches, and the demo business, whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from tests.features.stretches import load_subscriptions

from lifeworth.data.synthetic import generate
from lifeworth.data.synthetic.business import Business
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.features.subscriptions import stretches
from lifeworth.settings import Settings
from lifeworth.subscriptions.contracts import Contracts, contracts, ordered
from lifeworth.workspace import Workspace


@pytest.fixture
def signed(engine: Engine) -> Callable[..., Contracts]:
    """The contracts of rows of stretches as known on a day."""

    def made(rows: Iterable[dict[str, object]], as_of: date = date(2025, 12, 31)) -> Contracts:
        paid = stretches(load_subscriptions(engine, rows), as_of)
        return contracts(engine.arrow(ordered(paid)), as_of)

    return made


@pytest.fixture(scope="session")
def business() -> Business:
    return generate(6000, seed=11)


@pytest.fixture(scope="session")
def club(business: Business) -> Iterator[Workspace]:
    """A workspace over the demo business, as a run would leave it but without its orders."""
    with connect() as engine:
        for name in ("subscriptions", "customers"):
            engine.load(name, business[name])
        facts: dict[str, Any] = {"value": {"margin": 0.6, "value_of": "margin"}, "settings": {"horizon": "12 months"}}
        yield Workspace(engine, Settings(), business.span.end, "EUR", facts)
