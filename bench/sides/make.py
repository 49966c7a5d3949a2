"""Make what the sides are given: `orders N CSV`, `cdnow FOLDER CSV`, `histories CSV UNTIL UNIT NPZ`. Nothing here is timed.

A process of its own, because the largest size a process ever had is handed on to those it starts, and would be taken for theirs.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.csv as pc
import pyarrow.parquet as pq

from lifeworth.data.clean import clean
from lifeworth.data.sources.open import read_orders
from lifeworth.data.synthetic import simulate_orders
from lifeworth.engine.connect import connect
from lifeworth.features.history import history
from lifeworth.features.series import arrays, spend_arrays
from lifeworth.settings import load
from lifeworth.units import TimeUnit


def orders(customers: str, path: str) -> None:
    """BG/NBD customers acquired over the first of two years, Gamma-Gamma amounts."""
    pc.write_csv(simulate_orders(int(customers), joining_days=365), path)


def cdnow(folder: str, path: str) -> None:
    """CDNOW's sample as an order file."""
    table = pq.read_table(Path(folder) / "cdnow_sample_elog.parquet")
    pc.write_csv(
        table.select(["masterid", "date", "sales"]).rename_columns(["customer_id", "order_date", "amount"]), path
    )


def histories(file: str, until: str, unit: str, path: str) -> None:
    """x, t_x and T of every customer of an order file, and number and mean of the purchases after the first."""
    day = date.fromisoformat(until)
    settings = load({"as_of": day})
    engine = connect()
    cleaned = clean(engine, read_orders(engine, [Path(file)], settings), settings)
    rows = engine.arrow(engine.create("history", history(cleaned.orders, cleaned.refunds, day, margin=False)))
    engine.close()
    h, s = arrays(rows, TimeUnit(unit)), spend_arrays(rows, first_order=False)
    np.savez(path, x=h.x, t_x=h.t_x, T=h.T, purchases=s.x, mean_value=s.mean_value)


{"orders": orders, "cdnow": cdnow, "histories": histories}[sys.argv[1]](*sys.argv[2:])
