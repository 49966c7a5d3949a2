"""What the tests of pages share: the code that reads and draws them lies beside the pages, in `docs/pictures`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifeworth.kpis.registry import catalogue, forget

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "pictures"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file the pages speak of."""
    from examples import example_shop

    return example_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    """A page that registers a figure of its own does so for the rest of the program: tests that come later must not find it."""
    before = set(catalogue().metrics)
    yield
    for name in set(catalogue().metrics) - before:
        forget(name)
