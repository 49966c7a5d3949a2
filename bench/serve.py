"""`make bench-serve`: the server under load from a second process on loopback, held to its targets.

A workspace of a million simulated customers is served by two workers. One process asks for single customers at a steady pace over
a handful of connections that stay open, another for filtered and sorted pages of the list, and a real browser opens every page of
the dashboard several times over; the callbacks it makes are timed as it times them. The figures go to docs/bench-serve.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from claims import FULL
from harness import HERE, orders, ours

PORT = 8329
BASE = f"http://127.0.0.1:{PORT}"
PAGE = HERE.parent / "docs" / "bench-serve.md"
JUMPS = 20
ROUNDS = 5
"""How often every page is opened after it was opened once: the first time an answer is worked out, then it is kept."""


@dataclass(frozen=True)
class Figure:
    """What was measured, its unit, and what it must stay below (or reach)."""

    what: str
    value: float
    target: float | None
    unit: str
    at_least: bool = False
    stands: float | None = None
    """Milliseconds until a page stands whole, half the times within: an answer that takes long is worked out beside its callbacks."""

    @property
    def met(self) -> str:
        """Whether the target is reached."""
        if self.target is None:
            return ""
        return "yes" if (self.value >= self.target if self.at_least else self.value < self.target) else "**no**"


def main() -> None:
    """Measure, print, and write the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, default=FULL)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--seconds", type=int, default=20, help="length of each load")
    arguments.add_argument("--rate", type=int, default=200, help="look-ups a second")
    asked = arguments.parse_args()
    workspace = made(asked.customers)
    secret, session = keys(workspace)
    with served(workspace, asked.workers) as server:
        warm(secret)
        found = [*looked_up(secret, asked), *listed(secret, asked), *opened(session)]
        found.append(Figure("memory of the server and its workers after all of it", memory(server), 1500, "MB"))
    said = page(found, asked)
    print(said)
    if asked.customers == FULL:
        PAGE.write_text(said, encoding="utf-8")


def made(customers: int) -> Path:
    """The workspace, run once."""
    folder = HERE / ".data" / f"serve_{customers}"
    if not (folder / "runs" / "current").exists():
        shutil.rmtree(folder, ignore_errors=True)
        run = [sys.executable, "-m", "lifeworth.cli.main", "run", str(orders(customers)), "--workspace", str(folder)]
        subprocess.run([*run, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    return folder


def keys(workspace: Path) -> tuple[str, str]:
    """A token of a program that may look at everything, and the session of an admin for the browser."""
    from lifeworth.access.doors import Doors
    from lifeworth.access.roles import Scope
    from lifeworth.data.book import book_of

    doors = Doors(book_of(workspace))
    way_in = doors.first_link()
    if way_in is None:
        raise SystemExit("the workspace of the bench has an admin with a password; remove bench/.data and begin again")
    session, admin = doors.enter(way_in)
    program = doors.user_named("bench") or doors.add_service("bench", "analyst", "marketing")
    scopes = [Scope.READ, Scope.PERSONAL]
    return doors.make_token(admin, "bench", scopes, days=1, user_id=program.user_id), session


@contextmanager
def served(workspace: Path, workers: int) -> Iterator[int]:
    """The server, until the block ends."""
    command = [sys.executable, "-m", "lifeworth.cli.main", "serve", "--workspace", str(workspace), "--port", str(PORT), "--workers", str(workers), "--no-browser"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def load(kind: str, secret: str, *more: object) -> dict[str, Any]:
    """What a second process measures: how long each request took, in milliseconds, and how many a second."""
    done = subprocess.run(
        ours("serve_load", kind, PORT, *more), check=True, capture_output=True, text=True, env={**os.environ, "LIFEWORTH_TOKEN": secret}
    )  # fmt: skip
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def warm(secret: str) -> None:
    """Wait until every worker answers and has the run in hand."""
    for _ in range(120):
        time.sleep(1)
        try:
            load("warm", secret)
        except subprocess.CalledProcessError:
            continue
        return
    raise SystemExit("the server did not come up")


def looked_up(secret: str, asked: argparse.Namespace) -> list[Figure]:
    """Single customers at a steady pace."""
    found = load("customer", secret, asked.seconds, asked.rate)
    return [
        Figure("one customer by id: 99 of 100 within", found["p99"], 25, "ms"),
        Figure("the same, half of them within", found["p50"], None, "ms"),
        Figure("sustained", found["rate"], asked.rate * 0.99, "requests/s", at_least=True),
        Figure("answers that were no 200", found["failed"], 1, "requests"),
    ]


def listed(secret: str, asked: argparse.Namespace) -> list[Figure]:
    """Filtered, sorted pages of the list, one after the other."""
    found = load("list", secret, asked.seconds)
    part = load("part", secret, asked.seconds / 2)
    return [
        Figure("a filtered, sorted page of the list with its count: 95 of 100 within", found["p95"], 300, "ms"),
        Figure("the same, half of them within", found["p50"], None, "ms"),
        Figure("the same of those with part of an id: 95 of 100 within", part["p95"], 300, "ms"),
    ]


def opened(session: str) -> list[Figure]:
    """Every page of the dashboard in a browser, and what the browser itself times."""
    from playwright.sync_api import sync_playwright

    from lifeworth.api.options import ServeOptions

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("Chromium is needed for the pages of the dashboard.")
    shown = pages()
    spent: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    own = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.context.add_cookies([{"name": ServeOptions(port=PORT).cookie, "value": session, "url": BASE}])
        first: list[Any] = []

        def answered(response: Any) -> None:
            first.append(response)

        tab.on("response", answered)
        tab.goto(BASE)
        tab.wait_for_load_state("networkidle")
        for response in first:
            address = response.url.removeprefix(BASE)
            if address.startswith("/assets") or address in {"/", "/style.css"}:
                own += len(response.body())
        tab.remove_listener("response", answered)
        for turn in range(ROUNDS + 1):
            for path in shown:
                times: list[float] = []

                def finished(request: Any, kept: list[float] = times) -> None:
                    if "_dash-update-component" in request.url:
                        kept.append(taken(request))

                tab.on("requestfinished", finished)
                begin = time.perf_counter()
                tab.goto(BASE + path)
                tab.wait_for_selector("h1")
                tab.wait_for_function("() => !document.querySelector('.working, .skeleton')", timeout=90_000)
                stood = (time.perf_counter() - begin) * 1000
                tab.wait_for_load_state("networkidle")
                tab.wait_for_timeout(400)
                tab.remove_listener("requestfinished", finished)
                if turn:
                    spent.setdefault(path, []).extend(times)
                    whole.setdefault(path, []).append(stood)
        jumps = scrolled(tab)
        browser.close()
    figures = [
        Figure(path, percentile(times, 95), 500, "ms", stands=statistics.median(whole[path]))
        for path, times in spent.items()
        if times
    ]
    figures.append(Figure("a jump to anywhere in the list of the dashboard: 95 of 100 within", percentile(jumps, 95), 300, "ms"))  # fmt: skip
    return [*figures, Figure("our own part of the first load, libraries left out", own / 1e6, 1.5, "MB")]


def scrolled(tab: Any) -> list[float]:
    """How long the rows take to come when somebody drags the list to anywhere."""
    tab.goto(f"{BASE}/customers")
    tab.wait_for_load_state("networkidle")
    times: list[float] = []

    def finished(request: Any) -> None:
        if "_dash-update-component" in request.url:
            times.append(taken(request))

    tab.on("requestfinished", finished)
    for step in range(JUMPS):
        share = (step * 7 % JUMPS + 1) / JUMPS
        tab.evaluate(
            "share => { const list = document.querySelector('.ag-body-viewport'); list.scrollTop = share * list.scrollHeight; }", share
        )  # fmt: skip
        tab.wait_for_timeout(400)
        tab.wait_for_load_state("networkidle")
    tab.remove_listener("requestfinished", finished)
    return times


def taken(request: Any) -> float:
    """Milliseconds from sending a request to the last byte of its answer."""
    timing = request.timing
    return float(timing["responseEnd"] - max(timing["requestStart"], 0))


def pages() -> list[str]:
    """The addresses of the navigation, every tab of a page, and one customer."""
    from lifeworth.dashboard.board import slug
    from lifeworth.dashboard.catalogue import catalogue

    found = ["/"]
    for one in catalogue().entries:
        if one.listed and one.name != "overview":
            tabs = getattr(one.sheet, "tabs", ())
            found += [f"/{one.name}", *(f"/{one.name}/{slug(tab)}" for tab in tabs[1:])]
    return [*found, "/customers/1"]


def memory(server: int) -> float:
    """Proportional set size of the server and everything it started, in MB."""
    total = 0
    for pid in tree(server):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1024


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    below = [int(one) for one in children.read_text(encoding="utf-8").split()] if children.exists() else []
    return [pid, *(one for child in below for one in tree(child))]


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` of a hundred do not pass."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1] if len(values) > 1 else values[0]


def page(found: Sequence[Figure], asked: argparse.Namespace) -> str:
    """The figures as a page."""
    rows = [
        f"| {one.what} | {one.value:,.1f} {one.unit} | {'' if one.target is None else ('≥ ' if one.at_least else '< ') + f'{one.target:,.4g} {one.unit}'} | {one.met} |"
        for one in found
        if one.stands is None
    ]
    shown = [
        f"| `{one.what}` | {one.value:,.0f} ms | < {one.target:,.4g} ms | {one.met} | {one.stands / 1000:,.1f} s |"
        for one in found
        if one.stands is not None and one.target is not None
    ]
    return "\n".join(
        [
            "# The server under load",
            "",
            (
                f"`make bench-serve`, {date.today():%d %b %Y}: a workspace of {asked.customers:,} simulated customers, {asked.workers} workers on "
                f"{os.cpu_count()} cores, Python {platform.python_version()}. The load comes from a second process, and the pages from Chromium, on the same "
                f"machine, so they take their part of its cores. Look-ups come at {asked.rate} a second over eight connections for {asked.seconds} s. Every page "
                f"of the dashboard is opened once, so that its answers are worked out and kept, and then {ROUNDS} times more, which are timed."
            ),
            "",
            "| measured | value | target | met |",
            "|---|---:|---:|---|",
            *rows,
            "",
            "## Pages",
            "",
            "An answer that takes longer than a moment is worked out beside the callbacks: the page says so and asks again, so the last column can be more",
            "than the callbacks together. The scorecard, monitoring and what belongs to them are worked out anew each time, since they may change without a run.",
            "",
            "| page | its callbacks: 95 of 100 within | target | met | stands whole: half the times within |",
            "|---|---:|---:|---|---:|",
            *shown,
            "",
        ]
    )


if __name__ == "__main__":
    main()
