"""What the tests of pages share: the code that reads and draws them lies beside the pages, in `docs/pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "pictures"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file the pages speak of."""
    from examples import example_shop

    return example_shop(tmp_path_factory.mktemp("shop"))
