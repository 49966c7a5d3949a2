"""What tells of a person, looked for in text and replaced there.

An id may be as plain as "17", and a file full of figures has a 17 in it. So what is *telling* (an e-mail address, "C100017", seven
digits) is looked for anywhere, as a word of its own; what is plain only where a customer's id belongs: in a column or a field of
that name, or in an address after `customers/`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from lifeworth.data.sources.synonyms import WORDS, normal

GONE = "[erased]"
"""What takes the place of a value that tells who somebody is."""

_SHORT, _DIGITS, _WORDY = 4, 7, 8
_NAMING = frozenset({*WORDS["customer_id"].split(), "customersid", "referrerid", "referredid", "requesterid", "respondentid"})  # fmt: skip
_LOOSE = frozenset({"id", "person"})


def is_telling(value: str) -> bool:
    """Whether a value is found by itself, wherever it stands."""
    letters, digits = any(one.isalpha() for one in value), any(one.isdigit() for one in value)
    if "@" in value and len(value) > _SHORT:
        return True
    if letters and digits:
        return len(value) >= _SHORT
    if digits and value.isdecimal():
        return len(value) >= _DIGITS
    return len(value) >= _WORDY and not value.isalpha()


def names_customers(header: str, *, loose: bool = False) -> bool:
    """Whether a column or a field of this name holds ids of customers; `loose` takes "id" for one as well."""
    return normal(header) in _NAMING or (loose and normal(header) in _LOOSE)


def spoken(value: Any) -> str:
    """An id as it is compared: without blanks, a quote before it or a ".0" behind it, an address in small letters."""
    text = str(value).strip().removeprefix("'")
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    return text.lower() if "@" in text else text


@dataclass(frozen=True)
class Needles:
    """What tells of one person.

    Attributes:
        ids: The id, and stand-ins it was given before.
        values: What nobody else has: e-mail address, telephone, full name.
        to: What takes the place of the id.
        crowded: Those that are part of somebody else's; they are found only where nothing of that kind goes on beside them.
    """

    ids: tuple[str, ...]
    values: tuple[str, ...] = ()
    to: str = GONE
    crowded: frozenset[str] = frozenset()

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """What is looked for anywhere."""
        return tuple(dict.fromkeys(one for one in (*self.ids, *self.values) if is_telling(one)))

    @cached_property
    def plain_ids(self) -> tuple[str, ...]:
        """Ids that are looked for only where ids belong."""
        return tuple(one for one in self.ids if not is_telling(one))

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Every way in which one of `telling` may be written: as it is, in HTML, in JSON, in an address."""
        ways: dict[str, None] = {}
        for one in self.telling:
            for way in (one, html.escape(one), json.dumps(one)[1:-1], quote(one, safe=""), quote(one)):
                ways.setdefault(way)
        return tuple(ways)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds `written` as words of their own."""
        parts = [self._bounded(one) for one in sorted(self.written, key=len, reverse=True)]
        return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)

    def is_id(self, value: Any) -> bool:
        """Whether a value is the person's id."""
        return value is not None and spoken(value) in self._spoken_ids

    def is_value(self, value: Any) -> bool:
        """Whether a value is one only this person has."""
        return value is not None and str(value).strip().lower() in self._small_values

    def may_hold(self, text: str) -> bool:
        """Whether a text could tell of the person; a glance that spares the closer look."""
        small = text.lower()
        return any(one in small for one in self._glance)

    def holds(self, text: str) -> bool:
        """Whether a text tells of the person by itself."""
        return self.pattern.search(text) is not None

    def cleared(self, text: str) -> str:
        """A text in which the id is the stand-in and everything else that tells is gone."""
        return self.pattern.sub(lambda found: self.to if self._of_id(found[0]) else GONE, text)

    def walked(self, value: Any, key: str = "") -> Any:
        """JSON values, cleared; an id that is not telling by itself is found under a key that names customers."""
        if isinstance(value, dict):
            # Under "customer" the field "id" is the customer's.
            inside = names_customers(key)
            return {
                self.walked(name): self.walked(one, key if inside and name == "id" else name)
                for name, one in value.items()
            }
        if isinstance(value, list):
            return [self.walked(one, key) for one in value]
        if isinstance(value, bool) or value is None or isinstance(value, float):
            return value
        if names_customers(key) and self.is_id(value):
            return self.to
        return self.addressed(self.cleared(value)) if isinstance(value, str) else value

    def addressed(self, text: str) -> str:
        """An address or a path in which an id stands where a customer's belongs."""
        if not self.plain_ids:
            return text
        ids = "|".join(re.escape(one) for one in self.plain_ids)
        text = re.sub(rf"(customers?/)(?:{ids})(?=$|[/?#\s\"])", rf"\g<1>{self.to}", text)
        return re.sub(rf"([?&](?:customer|customer_id|id)=)(?:{ids})(?=$|[&#\s\"])", rf"\g<1>{self.to}", text)

    # -- inside -------------------------------------------------------------------------------------------------------
    @cached_property
    def _spoken_ids(self) -> frozenset[str]:
        return frozenset(spoken(one) for one in self.ids)

    @cached_property
    def _small_values(self) -> frozenset[str]:
        return frozenset(one.strip().lower() for one in self.values)

    @cached_property
    def _glance(self) -> tuple[str, ...]:
        return tuple(one.lower() for one in (*self.written, *self.plain_ids))

    def _of_id(self, found: str) -> bool:
        return any(found.lower() in set(_ways(one.lower())) for one in self.ids)

    def _bounded(self, one: str) -> str:
        tight = any(one in _ways(whole) for whole in self.crowded)
        before, behind = (r"[\w.@+-]", r"[\w@+-]|\.\w") if tight else (r"[^\W_]", r"[^\W_]")
        first = rf"(?<!{before})" if tight or one[0].isalnum() else ""
        last = rf"(?!{behind})" if tight or one[-1].isalnum() else ""
        if one.isdecimal():
            first, last = r"(?<![\w.])", r"(?!\w|\.\d)"
        return f"{first}{re.escape(one)}{last}"


def _ways(one: str) -> Iterator[str]:
    yield from (one, html.escape(one), json.dumps(one)[1:-1].lower(), quote(one, safe="").lower(), quote(one).lower())
    yield from (json.dumps(one)[1:-1], quote(one, safe=""), quote(one))
