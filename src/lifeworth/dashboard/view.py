"""What a page of the dashboard is drawn from, and how a page of our own kind says where it hangs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal, Scope
from lifeworth.access.trail import Trail
from lifeworth.jobs.jobs import Jobs
from lifeworth.report.board import Function, Section
from lifeworth.serving.desk import Desk


@dataclass(frozen=True, slots=True)
class View:
    """Who asks for which page, and everything it may be drawn from.

    Attributes:
        principal: Who asks.
        path: The address below the page's name: `("C100001",)` for `/customers/C100001`.
        arguments: What stands behind the question mark of the address.
    """

    desk: Desk
    doors: Doors
    trail: Trail
    jobs: Jobs
    principal: Principal
    path: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Special:
    """A page that needs more than a spec: it draws itself and answers its own callbacks.

    Attributes:
        name: Its address, as of a `Board`.
        content: Draws it; called in a thread.
        register: Gives the Dash app its callbacks, once.
        scope: What somebody must be allowed to see it.
        listed: Whether the navigation shows it.
    """

    name: str
    title: str
    section: Section
    place: int
    icon: str
    about: str
    content: Callable[[View], Any]
    register: Callable[[Any], None]
    scope: Scope = Scope.READ
    functions: frozenset[Function] = frozenset()
    personal: bool = False
    listed: bool = True
