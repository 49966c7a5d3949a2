"""Pages are part of the house: links lead somewhere, commands are described, decisions name the test that holds them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
ADR_HEADINGS = ["Context", "Decision", "Consequences", "What was left", "The test that holds it"]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def test_links_lead_somewhere(committed: list[Path]) -> None:
    faults = []
    for page in (path for path in committed if path.suffix == ".md"):
        for target in LINK.findall(_without_code(page.read_text(encoding="utf-8"))):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists() or ROOT not in [file, *file.parents]:
                faults.append(f"{page.relative_to(ROOT)}: {target}")
            elif anchor and file.suffix == ".md" and anchor not in _anchors(file):
                faults.append(f"{page.relative_to(ROOT)}: no heading for {target}")
    assert not faults, "\n".join(faults)


def test_every_command_and_option_is_documented() -> None:
    from lifeworth.cli.main import commands

    sections = _sections(ROOT / "docs" / "guide" / "cli.md")
    faults = []
    for name, command in commands().items():
        text = sections.get(f"lifeworth {name}")
        if text is None:
            faults.append(f"lifeworth {name}: no section")
            continue
        options = [option for one in command.params for option in one.opts if option.startswith("--")]
        faults += [f"lifeworth {name}: {option}" for option in options if option != "--help" and option not in text]
    assert not faults, "docs/guide/cli.md is silent about:\n" + "\n".join(faults)


def test_the_guide_describes_no_command_that_is_gone() -> None:
    from lifeworth.cli.main import commands

    described = {title.removeprefix("lifeworth ") for title in _sections(ROOT / "docs" / "guide" / "cli.md")}
    assert {name for name in described if name and " " not in name} - {"Commands"} <= commands().keys()


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_five_headings(page: Path) -> None:
    assert re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE) == ADR_HEADINGS


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_the_test_that_holds_a_decision_exists(page: Path) -> None:
    held = page.read_text(encoding="utf-8").split("## The test that holds it")[-1]
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", held)
    faults = [
        f"{path}::{test}" if test else path
        for path, test in named
        if not (ROOT / path).exists() or (test and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert named, "names no test"
    assert not faults, f"names tests that do not exist: {faults}"


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "adr" / "0002-dependencies.md").read_text(encoding="utf-8")
    reasons = dict(re.findall(r"^\| `([\w.\-]+)` \| (.+?) \|", page, re.MULTILINE))
    missing = _dependencies() - {name.lower() for name, reason in reasons.items() if len(reason.split()) >= 4}
    assert not missing, f"one line of reason each in docs/adr/0002-dependencies.md: {sorted(missing)}"


def test_every_dependency_is_pinned_for_the_makefile() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {re.split(r"[=; ]", line)[0].lower().replace("_", "-") for line in lines}
    assert not _dependencies() - pinned


def test_the_version_is_in_the_changelog() -> None:
    version = _project()["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(?:Unreleased|{re.escape(version)})\]", changelog, re.MULTILINE)


def _dependencies() -> set[str]:
    project = _project()
    lines = [
        *project["project"]["dependencies"],
        *[one for group in project["project"].get("optional-dependencies", {}).values() for one in group],
        *[one for group in project.get("dependency-groups", {}).values() for one in group],
    ]
    return {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in lines}


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _sections(page: Path) -> dict[str, str]:
    """Text by heading of the second level; backticks around a heading do not count."""
    found = re.split(r"^## `?(.+?)`?\s*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _without_code(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
