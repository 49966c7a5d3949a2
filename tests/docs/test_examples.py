"""Examples in the guide are run: what a reader copies works, and prints what the page shows.

Python blocks of a page run one after the other, as a reader would run them; `$ lifeworth …` lines of console blocks run
in the same folder, where `orders.csv` is the export of a small made-up shop. Many pages begin with the same run of it; that is done
once, and the pages after the first find what it left and said. A block marked `text output` is what the block
above it prints; a Python block without one prints nothing. Other blocks marked `text` are not run.
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from examples import Example, examples, play, shows

Once: TypeAlias = Callable[[str, Callable[[Path], None]], Path]
ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").rglob("*.md"))]
ASK_FIRST = {"value.md"}
"""Pages that ask about a workspace before they make one find one, as a reader does who comes from the page before."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_do_what_the_page_says(
    page: Path,
    shop: Path,
    once: Once,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LIFEWORTH_WORKSPACE", raising=False)
    shutil.copy(shop, tmp_path / "orders.csv")
    if page.name in ASK_FIRST:
        _first_run("lifeworth run orders.csv --quiet", once, capsys)
    names: dict[str, Any] = {}
    for example in examples(page):
        printed = play(example, names, page) if example.kind == "python" else _session(example, once, capsys)
        if example.output is not None or example.kind == "python":
            shown = example.output or ""
            assert shows(shown, printed), f"{page.name}, line {example.line} shows\n{shown}\nand prints\n{printed}"


def _session(example: Example, once: Once, capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line.removeprefix("$ ") for line in example.text.splitlines() if line.startswith("$ lifeworth ")]
    return "\n".join(_first_run(line, once, capsys) for line in lines)


def _first_run(line: str, once: Once, capsys: pytest.CaptureFixture[str]) -> str:
    """As `_typed`; the first run of the shop by these words is done once, if all there is in the folder is its orders."""
    words = [
        word for word in shlex.split(line, comments=True) if word != "--quiet"
    ]  # that keeps the other stream quiet
    here = Path.cwd()
    if words[:3] != ["lifeworth", "run", "orders.csv"] or [file.name for file in here.iterdir()] != ["orders.csv"]:
        return _typed(line, capsys)

    def run(folder: Path) -> None:
        (folder / "said").write_text(_typed(line, capsys), encoding="utf-8")
        (here / "orders.csv").rename(folder / "orders.csv")
        shutil.copytree(here, folder / "left", symlinks=True)
        (folder / "orders.csv").rename(here / "orders.csv")

    kind = hashlib.sha256(" ".join(words).encode() + (here / "orders.csv").read_bytes()).hexdigest()[:16]
    kept = once(kind, run)
    if len(list(here.iterdir())) == 1:
        shutil.copytree(kept / "left", here, symlinks=True, dirs_exist_ok=True)
    return (kept / "said").read_text(encoding="utf-8")


def _typed(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command says on standard output; it must say something, and end well."""
    from lifeworth.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(shlex.split(line, comments=True)[1:])
    said = capsys.readouterr()
    assert ended.value.code == 0, f"{line}\n{said.err}"
    assert said.out, line
    return said.out


def test_a_page_that_shows_another_figure_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text output\n2\n```\n", encoding="utf-8")
    (example,) = examples(page)
    printed = play(example, {}, page)
    assert shows(example.output or "", printed)
    assert not shows("3\n", printed)
    assert not shows("", printed)
    assert not shows("2\n2\n", printed)


@pytest.mark.parametrize(
    ("output", "held"),
    [("a\n…\nd\n", True), ("…\nd\n", True), ("a\n…\n", True), ("…\n", True), ("a\n…\nc\n", False), ("b\n…\n", False)],
)
def test_three_dots_stand_for_any_lines(output: str, held: bool) -> None:
    assert shows(output, "a\nb\nc\nd\n") is held


def test_an_output_under_no_example_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\nSo it is:\n```text output\n1\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 5"):
        examples(page)


def test_a_mark_nobody_knows_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```text ouput\n1\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match="ouput"):
        examples(page)


def test_a_failing_example_names_its_line_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```python\nx = 1\nx / 0\n```\n", encoding="utf-8")
    (example,) = examples(page)
    with pytest.raises(ZeroDivisionError) as fault:
        play(example, {}, page)
    assert fault.tb.tb_next is not None
    assert fault.traceback[-1].lineno + 1 == 5
