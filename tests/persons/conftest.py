"""A small shop, run three times; every test has a copy of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.persons.shop import run_again, written


@pytest.fixture(scope="session")
def shop_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after three runs, its files beside it; to be copied."""
    base = tmp_path_factory.mktemp("shop")
    files = written(base / "source")
    for _ in range(3):
        run_again(base / "shop", files)
    return base


@pytest.fixture
def source(shop_made: Path) -> dict[str, Path]:
    """The files the shop was run from, outside its workspace."""
    return {file.stem: file for file in (shop_made / "source").glob("*.csv")}


@pytest.fixture
def shop(shop_made: Path, tmp_path: Path) -> Path:
    """The workspace, a test's own."""
    return Path(shutil.copytree(shop_made / "shop", tmp_path / "shop", symlinks=True))
