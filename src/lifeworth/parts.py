"""The list of parts: what can be done here, where it is written, and under which word every face offers it.

The command line, the API and the dashboard read this list; nothing else joins them to the parts. A part is loaded when
one of its actions is asked for, so that a long list costs nothing at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do: its word, the function that does it, and what it answers in one line."""

    name: str
    part: str
    about: str

    def load(self) -> Callable[..., Any]:
        """The function itself, from `<part>/actions.py`."""
        function: Callable[..., Any] = getattr(import_module(f"lifeworth.{self.part}.actions"), self.name)
        return function


ACTIONS: tuple[Action, ...] = (
    Action("value", "clv", "What customers are worth by three methods, and the best of them."),
    Action("customers", "clv", "Customers ranked by a figure, all of them or one group."),
    Action("alive", "clv", "Whether one customer still buys, day by day, and what is next."),
    Action("elasticities", "clv", "What moves customer equity, and by how much."),
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
)
"""In the order a person would ask."""
