"""What is in the repository is for everyone: no path of one machine, no address of one registry, no heavy binary.

A path that exists on one desk is a broken link on every other. A registry's address in a lock file sends everyone's
installs there. Data sets keep their own terms and stay where they are.
"""

from __future__ import annotations

import re
from pathlib import Path

MACHINE = re.compile(
    r"""
      (?<![\w.])/wor[k]/                              # a working folder of one machine
    | (?<![\w.])/op[t]/[a-z]                          # software installed by hand
    | (?<![\w.])/roo[t]/                              # someone's home
    | (?<![\w.])/hom[e]/[a-z]+/                       # someone else's
    | (?<![\w.])/User[s]/[A-Za-z]+/
    | \b[A-Z]:\\User[s]\\
    | \b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}:\d+   # a private host
    """,
    re.VERBOSE,
)
REGISTRY = re.compile(
    r"index[-_]ur[l]|--find-link[s]|trusted-hos[t]|pypi\.or[g]/simple|files\.pythonhoste[d]|PIP_(?:INDEX|CER[T])"
)
LARGEST_TEXT = 200_000
LARGEST_BINARY = 300_000
PICTURES = {".png", ".svg", ".webp"}
IGNORED = {"LICENSE"}


def test_no_path_of_one_machine(committed: list[Path]) -> None:
    faults = _found(MACHINE, committed)
    assert not faults, "\n".join(faults)


def test_no_address_of_a_registry(committed: list[Path]) -> None:
    faults = _found(REGISTRY, committed)
    assert not faults, "\n".join(faults)


def test_the_searches_find_what_they_search_for() -> None:
    assert MACHINE.search("see " + "/" + "work/main/notes.md")
    assert MACHINE.search("file in " + "/" + "home/ada/orders.csv")
    assert not MACHINE.search("path/to/home/page.md, ../work/other.md, 10.1.2")
    assert REGISTRY.search("pip install --index" + "-url https://example.org")


def test_pins_hold_versions_and_no_addresses() -> None:
    pins = Path(__file__).resolve().parents[2] / "constraints.txt"
    faults = [
        line
        for line in pins.read_text(encoding="utf-8").splitlines()
        if line
        and not line.startswith("#")
        and not re.fullmatch(r'[\w.\-]+==[\w.]+( ; python_version [<>=]+ "3\.\d+")?', line)
    ]
    assert not faults


def test_binaries_are_small_pictures(committed: list[Path]) -> None:
    faults = [
        f"{path.name}: {path.stat().st_size:,} bytes"
        for path in committed
        if _is_binary(path) and (path.suffix not in PICTURES or path.stat().st_size > LARGEST_BINARY)
    ]
    assert not faults, "\n".join(faults)


def test_no_data_set_was_copied_in(committed: list[Path]) -> None:
    faults = [f"{path.name}: {path.stat().st_size:,} bytes" for path in committed if path.stat().st_size > LARGEST_TEXT]
    assert not [fault for fault in faults if not fault.split(":")[0].endswith(tuple(PICTURES))], "\n".join(faults)


def _found(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{path.name}:{number}: {line.strip()[:120]}"
        for path in files
        if path.name not in IGNORED and not _is_binary(path)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def _is_binary(path: Path) -> bool:
    return b"\0" in path.read_bytes()[:8192]
