"""What all tests share: the real data sets where they are at hand, an engine, and the rule about missing parts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("LIFEWORTH_REQUIRE_ALL", "") not in {"", "0"}


def missing(what: str) -> None:
    """Skip for a part this machine lacks; where everything is required, that is a failure."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is required here (LIFEWORTH_REQUIRE_ALL is set)")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data sets, read in place."""
    folder = Path(os.environ.get("LIFEWORTH_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        missing("the folder of real data sets (LIFEWORTH_DATA)")
    return folder


@pytest.fixture(scope="session")
def reference_dir(data_dir: Path) -> Path:
    """The folder of published and peers' figures, beside the data sets."""
    folder = data_dir.parent / "reference"
    if not folder.is_dir():
        missing("the folder of reference figures")
    return folder


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An empty engine in memory."""
    with connect() as fresh:
        yield fresh
