"""The front door opens at once: importing Lifeworth, or asking for help, loads nothing heavy.

What a module costs is paid by whoever starts the program, each time. The tests ask what was loaded, not how long it
took, so they mean the same on a slow machine; the times are measured too, and shown.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

HEAVY = {"numpy", "scipy", "ibis", "duckdb", "pyarrow", "sqlglot", "sqlalchemy", "narwhals", "jinja2", "fastexcel"}
HEAVY_FOR_THE_DOOR = HEAVY | {"pydantic", "typer", "rich"}
HEAVY_FOR_HELP = HEAVY | {"rich"}

EXPORTED = {
    "Money", "Period", "Rate", "TimeUnit", "Settings", "Workspace", "SimpleCLV",
    "run", "check", "generate", "RunResult",
    "LifeworthError", "InputError", "DataError", "ModelError",
}  # fmt: skip
"""About twenty names. A new one is a promise for years: it is added here by hand, and to the changelog."""

HELP = """
import sys
from lifeworth.cli.main import main
sys.argv = ["lifeworth", "--help"]
try:
    main()
except SystemExit as end:
    assert end.code in (0, None), end.code
"""


def test_importing_lifeworth_loads_nothing_heavy(times: dict[str, float]) -> None:
    assert not _loaded("import lifeworth", times, "import lifeworth") & HEAVY_FOR_THE_DOOR


def test_asking_for_help_loads_nothing_heavy(times: dict[str, float]) -> None:
    assert not _loaded(HELP, times, "lifeworth --help") & HEAVY_FOR_HELP


def test_the_exported_names_are_fixed() -> None:
    import lifeworth

    assert set(lifeworth.__all__) == EXPORTED


@pytest.mark.parametrize("name", sorted(EXPORTED))
def test_every_exported_name_can_be_had(name: str) -> None:
    import lifeworth

    assert getattr(lifeworth, name) is not None
    assert name in dir(lifeworth)


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    import lifeworth

    assert lifeworth.__version__ == version("lifeworth")


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    import lifeworth

    with pytest.raises(AttributeError, match="no_such_name"):
        _ = lifeworth.no_such_name  # type: ignore[attr-defined]


def _loaded(code: str, times: dict[str, float], what: str) -> set[str]:
    """The top-level modules a fresh Python has loaded after running `code`; keeps the time it took beyond bare Python."""
    tail = "\nimport sys\nprint('\\n' + 'LOADED ' + ' '.join(sorted(sys.modules)))"

    def seconds(text: str) -> tuple[float, Any]:
        begin = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
        return time.perf_counter() - begin, done

    runs = [seconds(code + tail) for _ in range(2)]
    times[what] = min(run[0] for run in runs) - seconds("pass")[0]
    line = next(line for line in runs[0][1].stdout.splitlines() if line.startswith("LOADED "))
    return {name.split(".")[0] for name in line.split()[1:]}
