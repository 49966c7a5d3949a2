"""The data of a person on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from lifeworth.cli.main import main
from lifeworth.cli.person import person
from lifeworth.job import run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    orders = pa.table({"customer_id": ["A1000", "A1001", "A1000"], "ordered_at": ["2025-01-01", "2025-01-02", "2025-01-03"], "total": [1.0, 2.0, 3.0]})  # fmt: skip
    folder = tmp_path_factory.mktemp("person") / "shop"
    run(orders, workspace=folder)
    return folder


@pytest.fixture
def shop(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "shop", symlinks=True))


def told(capsys, *words: object) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as end:
        main([*map(str, words), "--json"])
    return end.value.code, json.loads(capsys.readouterr().out)


def test_an_export_is_written_where_it_was_asked_for(shop, tmp_path, capsys):
    status, said = told(capsys, "person", "export", "A1000", "--workspace", shop, "--to", tmp_path / "a.zip")
    assert status == 0
    assert Path(said["file"]).stat().st_size == said["bytes"] > 0


def test_an_erasure_needs_a_yes(shop, capsys):
    status, said = told(capsys, "person", "erase", "A1000", "--workspace", shop)
    assert (status, said["error"]["code"]) == (2, "option")


@pytest.mark.parametrize("mode", ["erase", "pseudonymise"])
def test_an_erasure_prints_its_proof(shop, capsys, mode):
    status, said = told(capsys, "person", "erase", "A1000", "--workspace", shop, "--mode", mode, "--yes")
    assert (status, said["mode"], said["hits"]) == (0, mode, [])
    assert said["searched"]
    assert b"A1000" not in (shop / "runs" / "current" / "customers.csv").read_bytes()


def test_a_proof_reads_as_a_page(shop, capsys):
    with pytest.raises(SystemExit) as end:
        main(["person", "erase", "A1000", "--workspace", str(shop), "--yes", "--quiet"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert "What was changed" in out
    assert "What the totals lose" in out


def test_nobody_and_what_is_left_end_with_their_own_status(shop, capsys):
    status, said = told(capsys, "person", "erase", "B1", "--workspace", shop, "--yes")
    assert (status, said["error"]["code"]) == (2, "not_found")
    (shop / "scan.pdf").write_bytes(b"%PDF A1000")
    status, said = told(capsys, "person", "erase", "A1000", "--workspace", shop, "--yes")
    assert (status, said["error"]["code"]) == (1, "erasure")
    assert "scan.pdf" in said["error"]["message"]


def test_every_option_is_in_the_guide():
    from typer.main import get_command

    guide = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "cli.md").read_text(encoding="utf-8")
    section = guide.split("## `lifeworth person`")[1].split("\n## ")[0]
    commands = get_command(person).commands
    assert set(commands) == {"export", "erase"}
    for command in commands.values():
        options = {one for param in command.params for one in param.opts if one.startswith("--")} - {"--help"}
        assert [one for one in options if one not in section] == []
