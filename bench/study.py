"""The recovery study: customer bases whose truth is known, fitted, and every claim of every fit checked.

`make study` draws hundreds of bases a model, over wide ranges of parameters, sizes and units (studies/worlds.py), judges each fit
(studies/judge.py) and writes docs/recovery.md (studies/page.py). The same bases come every time.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

from studies.judge import Verdict, judged
from studies.page import page
from studies.worlds import BASES, WORLDS, base

PAGE = Path(__file__).resolve().parent.parent / "docs" / "recovery.md"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--models", nargs="+", choices=list(WORLDS), default=list(WORLDS), metavar="KEY")
    arguments.add_argument("--bases", type=int, help="how many a model; left out, as many as the page says")
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--rows", type=Path, help="write every verdict here, one line of JSON each")
    arguments.add_argument(
        "--read", type=Path, nargs="+", help="do not run: write the page of verdicts written by --rows"
    )
    arguments.add_argument("--page", type=Path, help="where the page goes; a whole study's goes to docs/recovery.md")
    asked = arguments.parse_args()
    tasks = [(key, number) for key in asked.models for number in range(asked.bases or BASES[key])]
    verdicts = read(asked.read) if asked.read else list(run(tasks, asked.processes, asked.rows))
    text = page(verdicts)
    whole = {verdict.key for verdict in verdicts} == set(WORLDS) and asked.bases is None
    written = asked.page or (PAGE if whole else None)
    if written:
        written.write_text(text, encoding="utf-8")
    print(text)


def run(tasks: list[tuple[str, int]], processes: int, rows: Path | None) -> Iterator[Verdict]:
    """The verdicts on these bases, in their order; told as they come, and written to `rows`."""
    began = time.monotonic()
    with Pool(processes) as pool:
        for done, verdict in enumerate(pool.imap(one, tasks, chunksize=4), 1):
            if rows:
                with rows.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(verdict.row()) + "\n")
            if verdict.false_success or verdict.not_finite or verdict.outcome == "crashed":
                told = verdict.false_success or verdict.not_finite or verdict.said
                print(f"{verdict.key} {verdict.number}: {verdict.outcome}: {told}", flush=True)
            if done % 100 == 0:
                print(f"{done} of {len(tasks)} bases, {time.monotonic() - began:.0f} s", flush=True)
            yield verdict


def one(task: tuple[str, int]) -> Verdict:
    """The verdict on one base."""
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is not finite is looked for in the answers themselves
        verdict = judged(base(*task))
    verdict.seconds = time.process_time() - began
    return verdict


def read(files: list[Path]) -> list[Verdict]:
    """Verdicts written down earlier."""
    return [Verdict(**json.loads(line)) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
