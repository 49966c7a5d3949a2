"""A page of the dashboard as plain data: where it hangs, what its tabs ask, and whose work it belongs to.

A part says its boards in `page.py` under the name `BOARDS`; nothing else has to be told of a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Section: TypeAlias = Literal["Value", "Customers", "Business", "Steering", "Data"]
"""A group of the navigation, in the order it is drawn."""

Function: TypeAlias = Literal["marketing", "sales", "service", "product", "finance"]
"""What a person does in the company; it chooses the pages that are shown."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One question on a board: the action that answers it, and the tables of a run without which there is no answer.

    Args:
        action: Name of a function in `<part>/actions.py` that returns a `Page` or a `Table`.
        title: What the tab is called; a board with one tab shows no tabs.
        needs: Names of tables; where one is missing the tab says which, and how to bring it.
        fixed: Arguments the tab sets, and so does not ask for.
        hidden: Parameters that are not offered as a filter.
    """

    action: str
    title: str = ""
    needs: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the dashboard.

    Args:
        name: Its address: `/cohorts`.
        title: Its name in the navigation.
        section: The group it hangs in.
        place: Its order within the group, lowest first.
        icon: Name of a picture in `dashboard/icons.py`.
        about: What it answers, in one line, for the navigation's hint and the search.
        tabs: Its questions, the first shown first.
        functions: Whose work it belongs to; empty for everyone's.
        personal: Whether it names single customers; then it is shown only to those who may see personal data.
        links: Words and addresses of pages where one goes on from here.
    """

    name: str
    title: str
    section: Section
    place: int
    icon: str
    about: str
    tabs: tuple[Tab, ...]
    functions: frozenset[Function] = field(default_factory=frozenset)
    personal: bool = False
    links: tuple[tuple[str, str], ...] = ()
