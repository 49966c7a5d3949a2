"""From an action to an address, by rule: its signature becomes parameters, its docstring the help, its answer JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.schema import SPEC
from lifeworth.api.veil import ask
from lifeworth.asked import about, asked, given
from lifeworth.parts import ACTIONS, Action
from lifeworth.report.spec import plain
from lifeworth.serving.answers import Pending

PATIENCE = 2.0
"""Seconds a request waits for an answer; after that it is told to ask again."""

TAKEN = frozenset({"customers"})
"""Actions whose word is a resource with more to offer."""


def routes() -> list[Route]:
    """An address for every action that only looks."""
    return [bind(action) for action in ACTIONS if action.name not in TAKEN and not action.writes]


def bind(action: Action) -> Route:
    """`GET /{action}`: what its function answers about the run in hand."""
    function = action.load()
    asks = asked(function)

    def answer(call: Call) -> Answer:
        # Read again by the action's own rule, which knows what belongs together.
        return told(call, action, given(function, call.texts))

    return Route(
        "GET", f"/{action.name}", action.name, f"{action.about}\n\n{about(function)}", answer, "Questions", SPEC,
        asks=asks, tied="body" if action.live else "run", also={202: "It is being worked out: ask again at `Location`, or stop it by its key."},
        example=None,
    )  # fmt: skip


def told(call: Call, action: Action, arguments: Mapping[str, Any]) -> Answer:
    """What an action answers, or that it is being worked out."""
    desk = call.house.desk
    run = desk.run()
    found = ask(desk, action, arguments, personal=call.personal, wait=PATIENCE)
    head = {"as_of": run.as_of.isoformat(), "run_id": run.run_id}
    if isinstance(found, Pending):
        return Answer(
            {**head, "status": "pending", "key": found.key, "poll": call.address.rstrip("?")}, 202,
            {"Location": call.address.rstrip("?"), "Retry-After": "1"},
        )  # fmt: skip
    return Answer({**head, "answer": plain(found)})
