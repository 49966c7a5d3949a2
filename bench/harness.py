"""What every part of the bench needs: peers' environments, data made once, and processes run in turn, timed and put together.

Only the standard library: a process hands the largest size it ever had on to those it starts.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SIDES = HERE / "sides"
PEERS = {"lifetimes": "0.11.3", "pymc-marketing": "0.19.2"}
UNTIL, CDNOW_UNTIL, CDNOW_ALL = "2025-12-30", "1997-09-30", "1998-06-30"

Figures = dict[str, Any]
"""Of one side: `wall`, `cpu` and `peak_mb` of the process, `steps` (name → wall and CPU seconds), and what the side says of its result."""


@dataclass(frozen=True)
class Asked:
    """How many simulated customers, and how many runs in turn."""

    customers: int
    runs: int

    @cached_property
    def lifetimes(self) -> Path | None:
        """The Python of the environment of lifetimes, or nothing where it cannot be had."""
        return environment("lifetimes")

    @cached_property
    def pymc(self) -> Path | None:
        """The Python of the environment of pymc-marketing, or nothing where it cannot be had."""
        return environment("pymc-marketing")


def environment(name: str) -> Path | None:
    """A peer's own environment, made once; without it the figures recorded earlier are used, and called recorded."""
    folder = HERE / ".peers" / name
    python, done = folder / "bin" / "python", folder / ".installed"
    if not done.exists():
        print(f"installing {name} {PEERS[name]}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        wanted = [str(python), "-m", "pip", "install", "--quiet", f"{name}=={PEERS[name]}"]
        if subprocess.run(wanted, check=False).returncode:
            return None
        done.touch()
    return python


def ours(side: str, *arguments: object) -> list[str]:
    """The command of a side of ours."""
    return side_of(Path(sys.executable), side, *arguments)


def side_of(python: Path, side: str, *arguments: object) -> list[str]:
    """The command of a side."""
    return [str(python), str(SIDES / f"{side}.py"), *(str(argument) for argument in arguments)]


def orders(customers: int) -> Path:
    """The order file of so many simulated customers; made once."""
    path = _data(f"orders_{customers}.csv")
    if not path.exists():
        subprocess.run(ours("make", "orders", customers, path), check=True)
    return path


def histories(customers: int) -> Path:
    """The arrays of so many simulated customers, in days; made once."""
    path = _data(f"histories_{customers}.npz")
    if not path.exists():
        subprocess.run(ours("make", "histories", orders(customers), UNTIL, "day", path), check=True)
    return path


def cdnow() -> Path | None:
    """The folder of CDNOW's data, or nothing where the real data sets are not at hand."""
    folder = Path(os.environ.get("LIFEWORTH_DATA", HERE.parent.parent / "shared" / "data")) / "cdnow"
    return folder if folder.is_dir() else None


def cdnow_file(folder: Path) -> Path:
    """CDNOW's sample as an order file; whoever asks takes it away again."""
    path = _data("cdnow.csv")
    subprocess.run(ours("make", "cdnow", folder, path), check=True)
    return path


def cdnow_histories(folder: Path) -> Path:
    """The arrays of CDNOW's sample, in weeks; whoever asks takes them away again."""
    file, path = cdnow_file(folder), _data("cdnow.npz")
    try:
        subprocess.run(ours("make", "histories", file, CDNOW_UNTIL, "week", path), check=True)
    finally:
        file.unlink()
    return path


def timed(command: Sequence[str]) -> Figures:
    """One process: what it says of its steps, and what the system says of the whole."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    whole = {
        "wall": time.perf_counter() - start,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    return json.loads(said.strip().splitlines()[-1]) | whole


def in_turn(sides: Mapping[str, Sequence[str]], runs: int) -> dict[str, Figures]:
    """Each side so many times, one after the other in turn, so that a machine whose speed drifts is fair to all; their medians."""
    found: dict[str, list[Figures]] = {name: [] for name in sides}
    for number in range(runs):
        for name, command in sides.items():
            found[name].append(timed(command))
            print(f"run {number + 1} of {runs}: {name}: {found[name][-1]['wall']:.2f} s", flush=True)
    return {name: medians(results) for name, results in found.items()}


def medians(results: Sequence[Figures]) -> Figures:
    """The medians of what was measured in several runs of a side; of its result, that of the first."""
    steps = {
        name: [statistics.median(one["steps"][name][place] for one in results) for place in (0, 1)]
        for name in results[0]["steps"]
    }
    whole = {name: statistics.median(one[name] for one in results) for name in ("wall", "cpu", "peak_mb")}
    return results[0] | whole | {"steps": steps, "runs": len(results)}


def agreement(arrays: Path, sides: Mapping[str, Figures]) -> dict[str, dict[str, float]]:
    """Model → side → log-likelihood of the same customers at the parameters that side found."""
    given = _data("parameters.json")
    given.write_text(json.dumps({name: side.get("parameters", {}) for name, side in sides.items()}), encoding="utf-8")
    found = timed(ours("agree", arrays, given))["log_likelihoods"]
    given.unlink()
    return found


def _data(name: str) -> Path:
    folder = HERE / ".data"
    folder.mkdir(exist_ok=True)
    return folder / name
