"""A scorecard from nothing to reviewed by the command line alone: on the made company and on UCI Online Retail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lifeworth.scorecard.export import FILES
from lifeworth.scorecard.files import FILE


def reviewed(lifeworth: Callable[..., Any], shop: Path, measure: str, title: str, folder: Path) -> None:
    def done(*words: str) -> str:
        ended = lifeworth(*words, "--workspace", shop)
        assert ended.status == 0, ended.err
        return str(ended.out)

    assert "Balanced Scorecard of a shop" in done("scorecard")
    done("card", "--start")
    assert lifeworth("card", "--start", "--workspace", shop).status == 1  # there is one now
    done("card", "--put", f"measures.{measure}", "--set", "target=+5%", "--set", "target_on=2030-06-30", "--set", "owner=Bo")  # fmt: skip
    wrong = lifeworth("card", "--put", f"measures.{measure}", "--set", "goal=+7x", "--workspace", shop)
    assert wrong.status == 2
    assert f"measures.{measure}.goal" in wrong.err
    done("card", "--put", "initiatives.first", "--set", "title=Write to first buyers", "--set", f"measure={measure}", "--set", "owner=Bo")  # fmt: skip
    assert "Write to first buyers" in done("scorecard")
    assert title in done("strategy")

    done("review", "--begin", "--by", "Ada")
    done("review", "--say", "Fewer discounts", "--kind", "decision", "--about", measure, "--by", "Ada")
    done("review", "--say", "Write to all", "--kind", "action", "--owner", "Bo", "--due", "2030-01-31", "--by", "Ada")
    said = done("review", "--about", measure, "--set", "weight=2", "--say", "It matters most", "--by", "Ada")
    assert "It matters most" in said
    assert "weight = 2" in (shop / FILE).read_text(encoding="utf-8")
    assert lifeworth("review", "--begin", "--workspace", shop).status == 2
    done("review", "--close")
    assert lifeworth("review", "--say", "Late", "--workspace", shop).status == 2

    done("review", "--begin", "--by", "Ada")
    open_ = json.loads(done("review", "--say", "It did", "--kind", "outcome", "--follows", "1", "--status", "worked", "--json"))  # fmt: skip
    before = next(block for block in open_["blocks"] if str(block.get("title", "")).startswith("What was decided before"))  # fmt: skip
    assert {row[6] for row in before["rows"]} == {"worked", "open"}
    done("reviews", "--take", str(folder))
    assert {one.name.split("-", 4)[-1] for one in folder.iterdir()} == set(FILES)
    assert "Fewer discounts" in done("reviews")


def test_on_the_made_company(lifeworth: Callable[..., Any], workspace_copy: Path, tmp_path: Path) -> None:
    reviewed(lifeworth, workspace_copy, "repeat_rate", "Customers stay and buy again", tmp_path / "out")
    ended = lifeworth("targets", "--workspace", workspace_copy)
    assert ended.status == 0
    assert "Customer equity wanted" in ended.out


@pytest.mark.data
def test_on_uci_online_retail(lifeworth: Callable[..., Any], real_shop: Callable[[str], Path], tmp_path: Path) -> None:
    shop = Path(shutil.copytree(real_shop("uci"), tmp_path / "uci", symlinks=True))
    reviewed(lifeworth, shop, "repeat_rate", "Customers stay and buy again", tmp_path / "out")


def test_entries_are_named_by_section(lifeworth: Callable[..., Any], workspace_copy: Path) -> None:
    for words in (("--put", "repeat_rate"), ("--put", "metrics.x"), ("--drop", "measures.nobody"), ("--drop", "arrows.a")):  # fmt: skip
        assert lifeworth("card", *words, "--workspace", workspace_copy).status == 2
    assert not (workspace_copy / FILE).exists()
