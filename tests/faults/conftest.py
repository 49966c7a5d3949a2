"""A small workspace to break, and what must hold whatever is broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from lifeworth.data.store import Store
from lifeworth.engine.connect import connect
from lifeworth.job import run


def orders(extra: int = 0) -> pa.Table:
    """Orders of 30 customers; with `extra` more of one of them, so that two runs can be told apart."""
    rows = [(f"C{place % 30:04}", f"2025-{1 + place % 9:02}-{1 + place % 27:02}", 10.0 + place) for place in range(90)]
    rows += [("C0000", f"2025-10-{1 + place:02}", 1000.0) for place in range(extra)]
    ids, days, totals = zip(*rows, strict=True)
    return pa.table({"customer_id": ids, "ordered_at": days, "total": totals})


@pytest.fixture(scope="session")
def small_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "shop"
    run(orders(), workspace=folder, margin=0.4)
    run(orders(1), workspace=folder, margin=0.4)
    return folder


@pytest.fixture
def root(small_made: Path, tmp_path: Path) -> Path:
    """A workspace with two runs, a test's own."""
    return Path(shutil.copytree(small_made, tmp_path / "shop", symlinks=True))


def current(root: Path) -> str:
    """The name of the current run."""
    return (root / "runs" / "current").readlink().name


def whole(root: Path) -> None:
    """The current run is there with everything its record names."""
    with connect() as engine:
        store = Store(root, engine)
        manifest = store.current()
        assert manifest is not None
        for name in manifest["tables"]:
            store.table(name)
        for name in manifest["outputs"]:
            assert (store.current_folder / name).stat().st_size
        json.loads((store.current_folder / "document.json").read_text())
