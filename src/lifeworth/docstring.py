"""The words of a Google docstring: what a function does, and what each argument means."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any


def words(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The text before the first section, and the text for each argument; code marks are taken off."""
    text = (inspect.getdoc(function) or "").replace("`", "")
    body = re.split(r"^(?:Args|Returns|Raises|Yields|Source):", text, maxsplit=1, flags=re.MULTILINE)[0]
    section = re.search(r"^Args:\n((?:[ ]+.*\n?|\n)+)", text, re.MULTILINE)
    found = re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", section[1] if section else "", re.MULTILINE)
    return body.strip(), {name: re.sub(r"\s+", " ", said) for name, said in found}
