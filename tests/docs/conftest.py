"""What the tests of pages share: the code that reads and draws them lies beside the pages, in `docs/pictures`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "pictures"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file the pages speak of."""
    from examples import example_shop

    return example_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder by its name, filled by whoever asks for it first: pages that begin with the same run share it, in all workers."""
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    kept.mkdir(exist_ok=True)

    def folder(name: str, fill: Callable[[Path], None]) -> Path:
        with FileLock(kept / f"{name}.lock"):
            made, done = kept / name, kept / f"{name}.done"
            if not done.exists():
                made.mkdir()
                fill(made)
                done.touch()
        return made

    return folder
