"""From a URL to an engine; the backend is imported only when it is asked for."""

from __future__ import annotations

from pathlib import Path

from lifeworth.engine.base import Engine
from lifeworth.errors import OptionError


def connect(
    url: str = "duckdb://", *, memory_limit: str | None = None, spill: Path | None = None, read_only: bool = False
) -> Engine:
    """An engine by URL: `duckdb://` in memory, `duckdb:///path/file.duckdb` in a file, which `read_only` leaves as it is.

    Raises:
        OptionError: if the scheme belongs to no engine.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "duckdb":
        from lifeworth.engine.duckdb import DuckDBEngine

        return DuckDBEngine(Path(rest) if rest else None, memory_limit=memory_limit, spill=spill, read_only=read_only)
    raise OptionError(f'No engine answers to "{url}".', allowed=["duckdb://", "duckdb:///path/to/file.duckdb"])
