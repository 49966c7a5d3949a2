"""What each room may bring in, and what no room may.

Backends are named in `engine/` alone, so a second engine is one file; the screen belongs to `cli/`, the templates to
`report/`. Frames come in through Narwhals, so neither pandas nor Polars is imported here. Nothing is kept as a pickle:
a fitted model is JSON a person can read. Nothing opens a connection to the internet, but for the delivery of alerts to
where the user says.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

ONLY_IN: dict[str, set[str]] = {
    "duckdb": {"engine"},
    "typer": {"cli"},
    "rich": {"cli"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "narwhals": {"data"},
    "fastexcel": {"data"},
    "adbc_driver_manager": {"data"},
    "adbc_driver_sqlite": {"data"},
    "adbc_driver_postgresql": {"data"},
    "sqlalchemy": {"data", "workspace", "access", "persons", "jobs", "api", "scorecard", "monitoring"},
    "filelock": {"data", "workspace", "serving", "persons", "jobs", "scorecard", "monitoring"},
    "tomlkit": {"scorecard"},
    "threadpoolctl": {"models"},
    "ibis": {
        "engine",
        "data",
        "features",
        "evaluation",
        "workspace",
        "clv",
        "kpis",
        "segments",
        "economics",
        "audit",
        "subscriptions",
        "derive",
        "deliver",
        "job",
        "job_subscriptions",
        "serving",
        "persons",
        "scorecard",
        "monitoring",
    },
    "nutpie": {"models"},
    "arviz": {"models"},
    "scipy": {"models", "evaluation", "data", "clv", "segments", "subscriptions", "monitoring"},
    "lifelines": {"subscriptions"},
    "fastapi": {"api", "dashboard"},
    "starlette": {"api", "dashboard"},
    "dash": {"dashboard"},
    "dash_mantine_components": {"dashboard"},
    "dash_ag_grid": {"dashboard"},
    "plotly": {"dashboard"},
    "uvicorn": {"cli"},
    "socket": {"cli"},  # a setting of the socket that is listened on
    "xlsxwriter": {"api", "report"},
}
"""Library -> the rooms that may import it."""

NOWHERE = {
    "pandas", "polars", "modin", "dask",
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal",
    "flask", "matplotlib",
    "ssl", "requests", "httpx", "urllib3", "aiohttp", "http", "urllib.request", "ftplib", "smtplib",
    "click", "typer._click", "ibis.backends", "pytest", "lifetimes",
}  # fmt: skip
"""No room imports these."""

DELIVERY = {
    "lifeworth.monitoring.delivery.by_mail": {"smtplib", "ssl"},
    "lifeworth.monitoring.delivery.by_webhook": {"http", "ssl"},
}
"""What is sent where the user says, by `lifeworth watch` alone, and the libraries it takes."""

CONNECTIONS = {"connect", "duckdb", "set_backend", "get_backend", "pyspark"}
"""Attributes of `ibis` that would let it run a query past the engine."""


def test_libraries_stay_in_their_rooms(house: Any) -> None:
    faults = [
        f"{module.where(one.line)}: {name} belongs in {', '.join(sorted(rooms))}, not in {module.room}"
        for module in house.modules
        for one in module.imports
        for name, rooms in ONLY_IN.items()
        if _is(one.target, name) and module.room not in rooms
    ]
    assert not faults, "\n".join(faults)


def test_some_libraries_are_imported_nowhere(house: Any) -> None:
    faults = [
        f"{module.where(one.line)}: imports {one.target}"
        for module in house.modules
        for one in module.imports
        for name in NOWHERE - DELIVERY.get(module.name, set())
        if _is(one.target, name)
    ]
    assert not faults, "\n".join(faults)


def test_only_the_watch_sends_anything(house: Any) -> None:
    senders = {
        module.name
        for module in house.modules
        for one in module.imports
        if any(_is(one.target, name) for name in DELIVERY)
    }
    assert senders == {"lifeworth.monitoring.watch"}


def test_models_are_pure_maths(house: Any) -> None:
    allowed = sys.stdlib_module_names | {"numpy", "scipy", "lifeworth"}
    also = {
        "lifeworth.models.nuts": {"nutpie", "arviz"},  # an extra, imported when chains are asked for
        "lifeworth.models.threads": {"threadpoolctl"},
    }
    faults = [
        f"{module.where(one.line)}: models imports {one.target}"
        for module in house.modules
        if module.room == "models"
        for one in module.imports
        if one.target.split(".")[0] not in allowed | also.get(module.name, set())
    ]
    assert not faults, "\n".join(faults)


def test_ibis_never_runs_a_query_itself(house: Any) -> None:
    faults = [
        f"{module.where(node.lineno)}: ibis.{node.attr} goes past the engine"
        for module in house.modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "ibis"
        and node.attr in CONNECTIONS
    ]
    assert not faults, "\n".join(faults)


def test_only_the_command_line_prints(house: Any) -> None:
    faults = []
    for module in house.modules:
        if module.room == "cli":
            continue
        for node in ast.walk(module.tree):
            said = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            stream = isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr", "__stdout__"}
            if said or (stream and isinstance(node.value, ast.Name) and node.value.id == "sys"):
                faults.append(f"{module.where(node.lineno)}: writes to the screen")
    assert not faults, "\n".join(faults)


def test_no_warning_filter_is_set_for_the_whole_process(house: Any) -> None:
    faults = [
        f"{module.where(node.lineno)}: warnings.{node.func.attr} at import changes the caller's program"
        for module in house.modules
        for node in ast.walk(ast.Module([n for n in module.tree.body if not _is_definition(n)], []))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"simplefilter", "filterwarnings"}
    ]
    assert not faults, "\n".join(faults)


def _is(target: str, name: str) -> bool:
    return target == name or target.startswith(name + ".")


def _is_definition(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
