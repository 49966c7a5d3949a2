"""The house as data: every module of the package with its syntax tree and everything it imports, wherever it does so."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
TIMES = pytest.StashKey[dict[str, float]]()


@dataclass(frozen=True)
class Import:
    """One import statement: the module it reaches, and the line it stands on."""

    target: str
    line: int


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def room(self) -> str:
        """The folder or file directly below `lifeworth`; the front door's own name for the front door."""
        return self.name.split(".")[1] if "." in self.name else self.name

    @cached_property
    def imports(self) -> list[Import]:
        """Every import: at the top, under TYPE_CHECKING, inside functions, and by a literal `import_module`."""
        return list(self._imports())

    def where(self, line: int) -> str:
        return f"{self.path.relative_to(ROOT)}:{line}"

    def _imports(self) -> Iterator[Import]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                for alias in node.names:
                    yield Import(f"{base}.{alias.name}", node.lineno)
            elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in {"import_module", "__import__"}:
                    yield Import(str(node.args[0].value), node.lineno)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return node.module or ""
        parts = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, node.module] if node.module else base)


@dataclass(frozen=True)
class House:
    """All modules, and the way from an imported name to the module it lives in."""

    modules: tuple[Module, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(module.name for module in self.modules)

    def resolve(self, target: str) -> str | None:
        """The module of the house an import reaches: `lifeworth.units.Period` lives in `lifeworth.units`."""
        while target:
            if target in self.names:
                return target
            target = target.rpartition(".")[0]
        return None

    def inner(self) -> Iterator[tuple[Module, Import, str]]:
        """Every import from one module of the house to another."""
        for module in self.modules:
            for one in module.imports:
                target = self.resolve(one.target)
                if target is not None and target != module.name:
                    yield module, one, target


@pytest.fixture(scope="session")
def house() -> House:
    """The whole package, read once."""
    files = sorted((SOURCE / "lifeworth").rglob("*.py"))
    modules = []
    for path in files:
        parts = path.relative_to(SOURCE).with_suffix("").parts
        modules.append(Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    assert len(modules) > 10, "the package was not found where the tests look for it"
    return House(tuple(modules))


@pytest.fixture(scope="session")
def committed() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout.split("\0")
        files = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive has no git beside it
        hidden = {".git", ".venv", "demo", "dist", "build", "__pycache__"}
        files = [
            path
            for path in ROOT.rglob("*")
            if not any(
                part in hidden or part.endswith(("_cache", ".egg-info")) for part in path.relative_to(ROOT).parts
            )
        ]
    return sorted(path for path in files if path.is_file() and not path.is_symlink())


@pytest.fixture(scope="session")
def times(pytestconfig: pytest.Config) -> dict[str, float]:
    """Measured start-up times; shown at the end of the run, never judged: a busy machine is no fault of the house."""
    return pytestconfig.stash.setdefault(TIMES, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for what, seconds in config.stash.get(TIMES, {}).items():
        terminalreporter.write_line(f"{what}: {seconds:.2f} s")
