"""The list of parts: what can be done here, where it is written, and under which word every face offers it.

The command line, the API and the dashboard read this list; nothing else joins them to the parts. A part is loaded when
one of its actions is asked for, so that a long list costs nothing at the start.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from lifeworth.errors import NotFoundError
from lifeworth.report.board import Board, Tab
from lifeworth.report.spec import Page


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do: its word, the function that does it, and what it answers in one line."""

    name: str
    part: str
    about: str
    live: bool = False
    """Whether its answer may change while the run does not, so that no answer is kept."""
    writes: bool = False
    """Whether it changes something; then nobody does it by looking at a page."""

    def load(self) -> Callable[..., Any]:
        """The function itself, from `<part>/actions.py`."""
        if self.name in WRITTEN:
            return _written
        function: Callable[..., Any] = getattr(import_module(f"lifeworth.{self.part}.actions"), self.name)
        return function


WRITTEN = frozenset({"overview", "model", "data"})
"""Pages that are written with a run and by nothing else: the desk shows them from its document."""


def _written() -> Page:
    """What is answered for such a page where the run has none."""
    raise NotFoundError(
        "This run has no such page: an older Lifeworth made it.", hint="Run again: lifeworth run ORDERS"
    )


ACTIONS: tuple[Action, ...] = (
    Action("value", "clv", "What customers are worth by three methods, and the best of them."),
    Action("customers", "clv", "Customers ranked by a figure, all of them or one group."),
    Action("alive", "clv", "Whether one customer still buys, day by day, and what is next."),
    Action("elasticities", "clv", "What moves customer equity, and by how much."),
    Action("bridge", "clv", "Why customer equity moved since an earlier run, cause by cause.", live=True),
    Action("ledger", "clv", "What earlier runs promised, held to what came since.", live=True),
    Action("net", "economics", "What is left of the margin after costs, term by term."),
    Action("payback", "economics", "When acquisition cost is earned back, observed and predicted."),
    Action("calc", "clv", "The simple CLV calculator, every term shown, with what-ifs."),
    Action("kpis", "kpis", "The numbers of the business, beside the period before."),
    Action("metric", "kpis", "One figure: over time, told apart, and how it is made."),
    Action("cohorts", "kpis", "What customers of one origin did at every age."),
    Action("presets", "kpis", "As other tools count, and in money why they differ."),
    Action("definitions", "kpis", "What every figure means and how it is made."),
    Action("segments", "segments", "Groups of customers, their sizes and their values."),
    Action("movement", "segments", "Who moved from which group to which since an earlier day."),
    Action("profile", "segments", "One group beside all others: what they buy and cost."),
    Action("audit", "audit", "The customer base through five lenses, from one period up."),
    Action("subscriptions", "subscriptions", "Monthly recurring revenue and what changed it, month by month."),
    Action("retention", "subscriptions", "Who stays, by plan and billing period: observed and expected."),
    Action("renewals", "subscriptions", "Who renews next, and what is at stake."),
    Action("scorecard", "scorecard", "The Balanced Scorecard, filled from the company's own data.", live=True),
    Action("strategy", "scorecard", "The strategy map, every arrow held to the data.", live=True),
    Action("targets", "scorecard", "Targets that reach a wanted equity, and what each is worth.", live=True),
    Action(
        "card", "scorecard", "The scorecard as it is written; put in, change or drop an entry.", live=True, writes=True
    ),
    Action("reviews", "scorecard", "What reviews decided, and whether it worked.", live=True),
    Action("review", "scorecard", "Hold a review: freeze the figures, write minutes, end it.", live=True, writes=True),
    Action("alerts", "monitoring", "What has gone wrong, since when, why, and what to do.", live=True),
    Action("checks", "monitoring", "How every check stands, and what it looked at.", live=True),
    Action("alert", "monitoring", "Take an alert on, or put it off.", live=True, writes=True),
)
"""In the order a person would ask."""


@dataclass(frozen=True, slots=True)
class Hung:
    """A board of the dashboard and the part whose actions answer it."""

    part: str
    board: Board

    def action(self, tab: Tab) -> Action:
        """What a tab of the board asks."""
        known = next((one for one in ACTIONS if (one.part, one.name) == (self.part, tab.action)), None)
        return known or Action(tab.action, self.part, tab.title or self.board.about)


def boards() -> tuple[Hung, ...]:
    """Every board that a part says in its `page.py` under `BOARDS`, by part; a new one needs no entry here.

    Before them stand those of a run as a whole (`pages.py`).
    """
    house = import_module(__name__.partition(".")[0])
    found = [Hung("pages", board) for board in getattr(import_module(f"{house.__name__}.pages"), "BOARDS", ())]
    for one in pkgutil.iter_modules(house.__path__):
        name = f"{house.__name__}.{one.name}.page"
        if one.ispkg and find_spec(name) is not None:
            found += [Hung(one.name, board) for board in getattr(import_module(name), "BOARDS", ())]
    return tuple(found)
