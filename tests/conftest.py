"""What all tests share: the real data sets where they are at hand, an engine, and the rule about missing parts."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect

ROOT = Path(__file__).resolve().parent.parent
# A busy machine is no fault of the code: no test is judged by the clock.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

REQUIRE_ALL = os.environ.get("LIFEWORTH_REQUIRE_ALL", "") not in {"", "0"}


def missing(what: str) -> None:
    """Skip for a part this machine lacks; where everything is required, that is a failure."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is required here (LIFEWORTH_REQUIRE_ALL is set)")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data sets, read in place."""
    folder = Path(os.environ.get("LIFEWORTH_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        missing("the folder of real data sets (LIFEWORTH_DATA)")
    return folder


@pytest.fixture(scope="session")
def reference_dir(data_dir: Path) -> Path:
    """The folder of published and peers' figures, beside the data sets."""
    folder = data_dir.parent / "reference"
    if not folder.is_dir():
        missing("the folder of reference figures")
    return folder


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An empty engine in memory."""
    with connect() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of this machine, for looking at pages as a person does."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        missing("Chromium")
    return str(found)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of the tests' own, in a temporary folder, gone when they end."""
    tools = _postgres_tools()
    if tools is None:
        missing("PostgreSQL")
    with tempfile.TemporaryDirectory(prefix="lifeworth-postgres-", ignore_cleanup_errors=True) as folder:
        # PostgreSQL refuses to run as root; its own user owns the folder then.
        user = ("postgres" if _has_user("postgres") else "nobody") if os.geteuid() == 0 else None
        become = [] if user is None else ["runuser", "-u", user, "--"]
        if user is not None:
            shutil.chown(folder, user)
        cluster = Path(folder) / "cluster"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        initdb = [tools / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        control = [tools / "pg_ctl", "-D", cluster, "-s", "-w"]
        subprocess.run([*become, *initdb], check=True, capture_output=True, cwd=folder)
        log = Path(folder) / "log"
        subprocess.run([*become, *control, "-l", log, "-o", options, "start"], check=True, cwd=folder)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*become, *control, "-m", "immediate", "stop"], check=False, cwd=folder)


def _postgres_tools() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the path, one folder a version."""
    found = [Path(path).resolve() for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return next((path.parent for path in found if (path.parent / "pg_ctl").exists()), None)


def _has_user(name: str) -> bool:
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder by its name, filled by whoever asks for it first and shared by all workers; to be read, never changed."""
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "once"
    kept.mkdir(exist_ok=True)

    def folder(name: str, fill: Callable[[Path], None]) -> Path:
        made, done = kept / name, kept / f"{name}.done"
        with FileLock(kept / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(made, ignore_errors=True)
                made.mkdir()
                fill(made)
                done.touch()
        return made

    return folder


REAL_SHOPS = {
    "superstore": "superstore/superstore.parquet",
    "uci": "uci_online_retail/online_retail.parquet",
    "cdnow": "cdnow/cdnow_master.parquet",
}
"""Real shops whose orders many parts are held to, and where their file lies."""


@pytest.fixture(scope="session")
def real_shop(data_dir: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> Callable[[str], Path]:
    """The workspace of a real shop, run without a model: figures, groups and audits need none, and fitting takes its time."""

    def workspace(name: str) -> Path:
        from lifeworth.job import run

        return once(
            name, lambda folder: run(data_dir / REAL_SHOPS[name], workspace=folder, min_customers=10**9) and None
        )

    return workspace


@pytest.fixture(scope="session")
def made_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of 800 customers with every table there is, run once for all workers; to be read, never changed."""
    from lifeworth.data.synthetic import generate, write
    from lifeworth.job import run

    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "made"
    with FileLock(f"{shared}.lock"):
        if not (shared / "runs" / "current").exists():
            made = generate(800, seed=20240101)
            files = {file.stem: str(file) for file in write(made, shared / "data")}
            beside = {name: file for name, file in files.items() if name in made.tables and name != "orders"}
            run(files["orders"], tables=beside, workspace=shared)
    return shared


@pytest.fixture
def workspace_copy(made_workspace: Path, tmp_path: Path) -> Path:
    """The same workspace, a test's own."""
    folder = tmp_path / "workspace"
    shutil.copytree(made_workspace, folder, symlinks=True)
    return folder
