"""Changes of a scorecard's text: an entry put in, changed or taken away, everything else left as a person wrote it.

The text is changed where it has to be and nowhere else: comments, order and blank lines stay. Every change ends in a card that was
read anew, so that nothing can be written that could not be read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from lifeworth.errors import FileError, NotFoundError, OptionError, near
from lifeworth.scorecard.card import Scorecard
from lifeworth.scorecard.fields import BETWEEN, NAME, arrow_ends, fields, read
from lifeworth.scorecard.files import FILE, read_text

ARROWS = "arrows"


def put(text: str, section: str, name: str, said: Mapping[str, Any], *, new: bool = False) -> str:
    """The text with an entry put in or changed; fields that are not named stay as they are.

    Args:
        text: The card's text.
        section: objectives, measures, initiatives, arrows or perspectives.
        name: The entry; of an arrow `cause:effect`.
        said: Fields and their values, as `fields.read` takes them; an empty one is taken away.
        new: Whether it must not be there yet.

    Raises:
        OptionError: naming every field that cannot be used; the card would not be one.
    """
    values = read(section, said, name)
    document = _parsed(text)
    entry = _entry(document, section, name)
    if entry is not None and new:
        raise OptionError(f'There is a "{name}" among {section} already.', hint="Choose another name, or change it.")
    if entry is None:
        text = _added(text, section, name, values)
    else:
        for field, value in values.items():
            if value is not None:
                entry[field] = _item(value)
            elif field in entry:
                del entry[field]
        text = tomlkit.dumps(document)
    read_text(text, FILE)
    return text


def drop(text: str, section: str, name: str) -> str:
    """The text without an entry.

    Raises:
        NotFoundError: if it has no such entry.
        OptionError: if others still name it.
    """
    document = _parsed(text)
    if section == ARROWS:
        ends = arrow_ends(name)
        rows = document.get(ARROWS, [])
        place = next((at for at, row in enumerate(rows) if (row.get("cause"), row.get("effect")) == ends), None)
        if place is None:
            raise _unknown(section, name, [f"{row.get('cause')}{BETWEEN}{row.get('effect')}" for row in rows])
        del rows[place]
        if not rows:
            del document[ARROWS]
    else:
        fields(section)
        if name not in document.get(section, {}):
            raise _unknown(section, name, list(document.get(section, {})))
        del document[section][name]
    text = _spaced(tomlkit.dumps(document))
    read_text(text, FILE)
    return text


def entries(card: Scorecard, section: str) -> dict[str, dict[str, Any]]:
    """The entries of a section of a card, by name, every field with its value."""
    fields(section)
    if section == ARROWS:
        return {f"{one.cause}{BETWEEN}{one.effect}": _fields(one) for one in card.arrows}
    return {name: _fields(one) for name, one in getattr(card, section).items()}


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in type(one).model_fields}


def _spaced(text: str) -> str:
    """The text with an empty line before an entry that came to stand right under another one, where that changes nothing it says."""
    spaced = re.sub(r"^([^\[#\n].*)\n(?=\[)", r"\1\n\n", text, flags=re.MULTILINE)
    return spaced if tomllib.loads(spaced) == tomllib.loads(text) else text


def _unknown(section: str, name: str, known: list[str]) -> NotFoundError:
    return NotFoundError(f'There is no "{name}" among {section}.', hint=near(name, known) or None)


def _parsed(text: str) -> Any:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise FileError(f"{FILE} is not valid TOML: {error}.", hint="Mend the line it names.") from error


def _entry(document: Any, section: str, name: str) -> Any:
    fields(section)
    if section == ARROWS:
        ends = arrow_ends(name)
        rows: AoT | list[Any] = document.get(ARROWS, [])
        return next((row for row in rows if (row.get("cause"), row.get("effect")) == ends), None)
    return document.get(section, {}).get(name)


def _added(text: str, section: str, name: str, values: Mapping[str, Any]) -> str:
    """A new entry stands at the end of the text: TOML does not mind, and nothing a person wrote moves."""
    if section == ARROWS:
        cause, effect = arrow_ends(name)
        head, values = f"[[{ARROWS}]]", {"cause": cause, "effect": effect, **values}
    else:
        if not NAME.fullmatch(name):
            raise OptionError(
                f'"{name}" is no name of an entry.', hint="Small letters, digits and underscores, such as repeat_rate."
            )
        head = f"[{section}.{name}]"
    table = tomlkit.document()
    for field, value in values.items():
        if value is not None:
            table.add(field, _item(value))
    return f"{text.rstrip()}\n\n{head}\n{tomlkit.dumps(table)}"


def _item(value: Any) -> Any:
    if not isinstance(value, list):
        return tomlkit.item(value)
    rows = tomlkit.array()
    for one in value:
        row = tomlkit.inline_table()
        row.update(one)
        rows.append(row)
    return rows
