"""What the tests of the models share."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from lifeworth.models import History, SpendHistory


@pytest.fixture(scope="session")
def cdnow_table(data_dir: Path) -> dict[str, np.ndarray]:
    """The CDNOW sample, calibrated to 1997-09-30, in weeks."""
    with (data_dir / "btyd_reference" / "cdnow_sample_cbs.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name] or 0) for row in rows]) for name in rows[0]}


@pytest.fixture(scope="session")
def cdnow(cdnow_table: dict[str, np.ndarray]) -> History:
    return History(cdnow_table["x"], cdnow_table["t_x"], cdnow_table["T"])


@pytest.fixture(scope="session")
def cdnow_spend(cdnow_table: dict[str, np.ndarray]) -> SpendHistory:
    return SpendHistory(cdnow_table["x"], cdnow_table["zbar"])
