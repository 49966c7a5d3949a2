"""The examples of a page of the guide: its blocks of code, each with the output that the page shows under it.

A block marked `text output` right under a `python` or `console` block is what that block prints. A line `…` in it stands for
any lines. Python blocks of a page share their names, as in one session of a reader.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^```(?P<kind>\w+)(?P<mark>[^\n]*)\n(?P<text>.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
ANY = "…"


@dataclass(frozen=True)
class Example:
    """A block that is run: its kind (`python` or `console`), its text, the line it begins on, and the output shown, if any."""

    kind: str
    text: str
    line: int
    output: str | None = None


def examples(page: Path) -> list[Example]:
    """The blocks of a page that are run, in their order.

    Raises:
        ValueError: if an output stands under no example.
    """
    text = page.read_text(encoding="utf-8")
    found: list[Example] = []
    end = -1
    for block in FENCE.finditer(text):
        kind, mark = block["kind"], block["mark"].strip()
        line = text.count("\n", 0, block.start()) + 1
        if kind in {"python", "console"}:
            found.append(Example(kind, block["text"], line))
            end = block.end()
        elif mark == "output":
            if end < 0 or text[end : block.start()].strip():
                raise ValueError(f"{page.name}, line {line}: an output stands right under the block that prints it")
            found[-1] = Example(found[-1].kind, found[-1].text, found[-1].line, block["text"])
            end = -1
        elif mark:
            raise ValueError(f'{page.name}, line {line}: "{mark}" is no mark of a block; known is "output"')
    return found


def play(example: Example, names: dict[str, Any], page: Path) -> str:
    """Run a Python block in the names of its page, and hand back what it printed."""
    said = io.StringIO()
    # as many lines above it as on the page, so that a traceback names the right one
    code = compile("\n" * example.line + example.text, str(page), "exec")
    with contextlib.redirect_stdout(said):
        exec(code, names)
    return said.getvalue()


def names_of(page: Path) -> dict[str, Any]:
    """What a page's Python blocks leave behind, run beside the example shop: every name and its value."""
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="lifeworth-page-") as folder, contextlib.chdir(folder):
        example_shop(Path(folder))
        for example in examples(page):
            if example.kind == "python":
                play(example, names, page)
    return names


def example_shop(folder: Path) -> Path:
    """`orders.csv`, the file that the pages speak of: a few hundred customers, two years, one row an order."""
    import pyarrow.csv

    from lifeworth.data.synthetic import simulate_orders

    pyarrow.csv.write_csv(simulate_orders(400, days=730, seed=3, text_ids=True), folder / "orders.csv")
    return folder / "orders.csv"


def shows(output: str, printed: str) -> bool:
    """Whether the output on a page is what was printed: line by line, trailing blanks aside, `…` for any lines."""
    parts = [
        r"(?:[^\n]*\n)*?" if line.strip() == ANY else re.escape(line.rstrip()) + r"[^\S\n]*\n"
        for line in output.strip("\n").split("\n")
    ]
    return re.fullmatch("".join(parts), printed.strip("\n") + "\n") is not None
