"""Addresses of pages: which page, what below it, and its filters behind the question mark, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode

IMPORT = "/data/import"
"""Where data is handed in."""
MOST = 40
"""Filters of one address at most; what comes after is left out."""


def filters(search: str | None) -> dict[str, str]:
    """The filters of an address, `?metric=revenue&by=month`; of a name said twice the last counts, an empty value says nothing."""
    if not search:
        return {}
    try:
        pairs = parse_qsl(search.removeprefix("?"), max_num_fields=MOST)
    except ValueError:
        pairs = parse_qsl("&".join(search.removeprefix("?").split("&")[:MOST]))
    return {name: value for name, value in pairs if value}


def search(said: Mapping[str, str | None]) -> str:
    """Filters as they stand in an address, in the order of their names; empty where nothing is said."""
    kept = sorted((name, value) for name, value in said.items() if value)
    return f"?{urlencode(kept)}" if kept else ""


def place(pathname: str | None) -> tuple[str, tuple[str, ...]]:
    """The page of a path and what stands below it: `/customers/C1` is ("customers", ("C1",)); `/` is the first page, ""."""
    parts = [unquote(part) for part in (pathname or "").split("/") if part]
    return (parts[0], tuple(parts[1:])) if parts else ("", ())


def path(page: str, *below: str) -> str:
    """The path of a page, and of what stands below it."""
    return "/" + "/".join(quote(part, safe="") for part in (page, *below) if part)
