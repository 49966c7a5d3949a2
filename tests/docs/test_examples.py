"""Examples in the guide are run: what a reader copies works.

Python blocks of a page run one after the other, as a reader would run them; `$ lifeworth …` lines of console blocks run
in the same folder, where `orders.csv` is the export of a small made-up shop. Blocks marked `text` are not run.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `orders.csv`: a few hundred customers, two years, one row an order."""
    import pyarrow.csv

    from lifeworth.data.synthetic import simulate_orders

    folder = tmp_path_factory.mktemp("shop")
    orders = simulate_orders(400, days=730, seed=3, text_ids=True)
    pyarrow.csv.write_csv(orders, folder / "orders.csv")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_run(
    page: Path, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lifeworth.cli.main import main

    monkeypatch.chdir(shop)
    monkeypatch.delenv("LIFEWORTH_WORKSPACE", raising=False)
    _prepare(page, main, capsys)
    names: dict[str, Any] = {}
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "python":
            exec(compile(text, f"{page.name}, a python block", "exec"), names)
            continue
        for line in text.splitlines():
            if line.startswith("$ lifeworth "):
                with pytest.raises(SystemExit) as ended:
                    main(shlex.split(line, comments=True)[2:])
                said = capsys.readouterr()
                assert ended.value.code == 0, f"{line}\n{said.err}"
                assert said.out


def _prepare(page: Path, main: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Pages that ask about a workspace before they make one find one from the page before, as a reader does."""
    if page.name in {"value.md", "cli.md"} and not Path("lifeworth-workspace").exists():
        with pytest.raises(SystemExit):
            main(["run", "orders.csv", "--quiet"])
        capsys.readouterr()
