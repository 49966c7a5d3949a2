"""Measure Lifeworth and its peers side by side in one run, and write the figures to docs/bench.md.

Each side runs as a process of its own, in turn, so that a machine whose speed drifts is fair to both; the medians are
reported. Peers are installed into environments of their own under bench/.peers; data is made under bench/.data.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from datetime import date
from pathlib import Path

import pyarrow.csv as pc
import pyarrow.parquet as pq

from lifeworth.data.synthetic import simulate_orders

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "bench.md"
UNTIL = "2025-12-30"
LEARNT = ("fit orders", "fit spend", "predict", "clv")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    asked = arguments.parse_args()
    orders = made(asked.customers)
    peer = environment("lifetimes", ["lifetimes==0.11.3"])
    sides = {
        "Lifeworth": [sys.executable, str(HERE / "sides" / "ours.py"), str(orders), UNTIL],
        "lifetimes": [str(peer), str(HERE / "sides" / "peer_lifetimes.py"), str(orders), UNTIL],
        "bare aggregate": [sys.executable, str(HERE / "sides" / "bare_aggregate.py"), str(orders)],
    }
    found: dict[str, list[dict[str, object]]] = {name: [] for name in sides}
    for number in range(asked.runs):
        for name, command in sides.items():
            found[name].append(timed(command))
            print(f"run {number + 1} of {asked.runs}: {name}: {found[name][-1]['wall']:.2f} s", flush=True)
    small = cdnow(peer, asked.runs)
    text = page(asked.customers, sum(1 for _ in orders.open("rb")) - 1, found, small)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def made(customers: int) -> Path:
    """The order file: BG/NBD customers acquired over the first of two years, Gamma-Gamma amounts."""
    path = HERE / ".data" / f"orders_{customers}.csv"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        pc.write_csv(simulate_orders(customers, joining_days=365), path)
    return path


def environment(name: str, packages: list[str]) -> Path:
    """A peer's own environment; made once."""
    folder = HERE / ".peers" / name
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def timed(command: list[str]) -> dict[str, object]:
    """One process: what it says of its steps, and what the system says of the whole."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    whole = {
        "wall": time.perf_counter() - start,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    return json.loads(said.strip().splitlines()[-1]) | whole


def cdnow(peer: Path, runs: int) -> dict[str, list[float]] | None:
    """CDNOW's sample from file to CLV, imports included; only where the data sets are at hand."""
    folder = Path(os.environ.get("LIFEWORTH_DATA", HERE.parent.parent / "shared" / "data")) / "cdnow"
    if not folder.is_dir():
        return None
    table = pq.read_table(folder / "cdnow_sample_elog.parquet")
    named = table.select(["masterid", "date", "sales"]).rename_columns(["customer_id", "order_date", "amount"])
    path = HERE / ".data" / "cdnow.csv"
    pc.write_csv(named, path)
    sides = {
        "Lifeworth": [sys.executable, str(HERE / "sides" / "ours.py"), str(path), "1998-06-30"],
        "lifetimes": [str(peer), str(HERE / "sides" / "peer_lifetimes.py"), str(path), "1998-06-30"],
    }
    try:
        walls: dict[str, list[float]] = {name: [] for name in sides}
        for command in sides.values():
            timed(command)  # the first start of a process reads its libraries from disk
        for _ in range(max(runs, 11)):
            for name, command in sides.items():
                one = timed(command)
                walls[name].append(float(one["wall"]))  # type: ignore[arg-type]
                walls.setdefault(f"{name} cpu", []).append(float(one["cpu"]))  # type: ignore[arg-type]
        return walls
    finally:
        path.unlink()


def median(runs: list[dict[str, object]], figure: str) -> float:
    return statistics.median(float(one[figure]) for one in runs)  # type: ignore[arg-type]


def step(runs: list[dict[str, object]], names: tuple[str, ...], place: int) -> float:
    return statistics.median(sum(one["steps"].get(name, [0, 0])[place] for name in names) for one in runs)  # type: ignore[attr-defined]


def page(
    customers: int, orders: int, found: dict[str, list[dict[str, object]]], small: dict[str, list[float]] | None
) -> str:
    ours, theirs, bare = found["Lifeworth"], found["lifetimes"], found["bare aggregate"]
    names = list(dict.fromkeys([*ours[0]["steps"], *theirs[0]["steps"]]))  # type: ignore[misc]
    lines = [
        "# Side by side",
        "",
        (
            f"`make bench`, {date.today():%d %b %Y}: {customers:,} simulated customers, {orders:,} orders in a CSV, from the file to "
            f"12-month CLV per customer. Medians of {len(ours)} runs in turn; {os.cpu_count()} cores, Python {platform.python_version()}. "
            "CPU seconds are the figure to compare: wall time depends on what else the machine does."
        ),
        "",
        "| step | Lifeworth wall s | CPU s | lifetimes 0.11.3 wall s | CPU s |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {step(ours, (name,), 0):.2f} | {step(ours, (name,), 1):.2f} | {step(theirs, (name,), 0):.2f} | {step(theirs, (name,), 1):.2f} |"
        for name in names
    ]
    lines += [
        f"| whole process | {median(ours, 'wall'):.2f} | {median(ours, 'cpu'):.2f} | {median(theirs, 'wall'):.2f} | {median(theirs, 'cpu'):.2f} |",
        "",
        "| claim | Lifeworth | peer or floor | ratio | target |",
        "|---|---:|---:|---:|---:|",
    ]
    learnt = step(ours, LEARNT, 1), step(theirs, LEARNT, 1)
    past = step(ours, ("history",), 1), step(bare, ("history",), 1)
    lines += [
        f"| whole process, wall s | {median(ours, 'wall'):.2f} | {median(theirs, 'wall'):.2f} | {median(theirs, 'wall') / median(ours, 'wall'):.1f}× faster | 6× |",
        f"| peak memory, MB | {median(ours, 'peak_mb'):.0f} | {median(theirs, 'peak_mb'):.0f} | {median(ours, 'peak_mb') / median(theirs, 'peak_mb'):.2f} | < 1 |",
        f"| fits, predictions and CLV, CPU s | {learnt[0]:.2f} | {learnt[1]:.2f} | {learnt[1] / learnt[0]:.1f}× less | 12× |",
        f"| history, CPU s, against the bare DuckDB aggregate | {past[0]:.2f} | {past[1]:.2f} | {past[0] / past[1]:.2f} | ≤ 1.5 |",
    ]
    if small is not None:
        walls = [statistics.median(small[name]) for name in ("Lifeworth", "lifetimes")]
        used = [statistics.median(small[f"{name} cpu"]) for name in ("Lifeworth", "lifetimes")]
        lines += [
            f"| CDNOW sample, file to CLV with imports, wall s | {walls[0]:.2f} | {walls[1]:.2f} | {walls[1] / walls[0]:.2f}× faster | ≥ 1× |",
            f"| the same, CPU s | {used[0]:.2f} | {used[1]:.2f} | {used[1] / used[0]:.2f}× less | |",
        ]
    totals = [f"{float(one[0]['expected_orders']):,.0f}" for one in (ours, theirs)]  # type: ignore[arg-type]
    lines += [
        "",
        (
            f"Both sides do the same work and agree: {totals[0]} against {totals[1]} orders expected within a year. Lifeworth's side also checks, "
            "cleans and reconciles every row (the step of that name), discounts continuously instead of by months of 30 days, and keeps "
            "money exact."
        ),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
