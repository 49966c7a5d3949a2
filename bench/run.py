"""Measure Lifeworth and its peers side by side in one run, and write the figures to docs/bench.md.

Each side runs as a process of its own, in turn, so that a machine whose speed drifts is fair to all; medians are reported.
Peers are installed into environments of their own under bench/.peers; data and figures are kept under bench/.data.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import date

import page
from claims import FULL
from harness import HERE, Asked
from parts import file, models, posterior, steps

PARTS = {
    "file": file.measure,
    "models": models.quick,
    "map": models.posteriori,
    "posterior": posterior.measure,
    "pareto": models.pareto,
    "parts": steps.measure,
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, default=FULL, help="simulated customers (default: %(default)s)")
    arguments.add_argument("--runs", type=int, default=3, help="runs in turn (default: %(default)s)")
    arguments.add_argument("--only", choices=PARTS, action="append", help="measure this part alone; may be repeated")
    given = arguments.parse_args()
    asked = Asked(given.customers, given.runs)
    kept = HERE / ".data" / f"figures_{asked.customers}"
    kept.mkdir(parents=True, exist_ok=True)
    for name in given.only or PARTS:
        print(f"part {name}", flush=True)
        measured = {
            "measured": date.today().isoformat(),
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
            "runs": asked.runs,
        }
        figures = PARTS[name](asked) | measured
        (kept / f"{name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    found = {
        name: json.loads((kept / f"{name}.json").read_text(encoding="utf-8"))
        for name in PARTS
        if (kept / f"{name}.json").exists()
    }
    text = page.written(asked.customers, found)
    print(text)
    if asked.customers == FULL:
        (HERE.parent / "docs" / "bench.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
