"""Which scheme a group belongs to, when a person only names the group."""

from __future__ import annotations

from lifeworth.engine.base import Engine
from lifeworth.errors import OptionError, near
from lifeworth.segments import rfm
from lifeworth.segments.known import Known
from lifeworth.segments.lifecycle import STATUSES
from lifeworth.segments.rules import REST
from lifeworth.segments.schemes import TIER_RULES, Scheme, make
from lifeworth.settings import Settings


def whose(segment: str, scheme: str | None, engine: Engine, known: Known, settings: Settings) -> tuple[Scheme, str]:
    """The scheme and the group's name as it is written there.

    Args:
        segment: As a person wrote it; capitals do not matter.
        scheme: The scheme, where the person said it.
        engine: Where the tables are.
        known: Customers as they are known.
        settings: For schemes of the user's own.

    Raises:
        OptionError: if no group has this name, or groups of several schemes have.
    """
    if scheme is not None:
        made = make(scheme, engine, known, settings)
        return made, _among(segment, list(made.groups), scheme)
    usual = {"tiers": [*TIER_RULES], "rfm": [*rfm.GROUPS], "lifecycle": [*STATUSES]}
    if settings.segments:
        usual["rules"] = [*settings.segments, REST]
    found = [name for name, groups in usual.items() if _same(segment, groups) is not None]
    if len(found) > 1:
        raise OptionError(
            f'"{segment}" is a group of several schemes: {", ".join(found)}.',
            hint=f"Say which: --scheme {found[0]}",
        )
    if not found:
        every = [group for groups in usual.values() for group in groups]
        raise OptionError(
            f'No group is called "{segment}".',
            allowed=list(dict.fromkeys(every)),
            hint=f"{near(segment, every)} Groups of other schemes need --scheme.".strip(),
        )
    made = make(found[0], engine, known, settings)
    return made, _among(segment, list(made.groups), found[0])


def _among(segment: str, groups: list[str], scheme: str) -> str:
    name = _same(segment, groups)
    if name is None:
        raise OptionError(
            f'No group of {scheme} is called "{segment}".', allowed=groups, hint=near(segment, groups) or None
        )
    return name


def _same(segment: str, groups: list[str]) -> str | None:
    return next((group for group in groups if group.lower() == segment.strip().lower()), None)
