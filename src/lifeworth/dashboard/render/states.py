"""What stands where an answer would: it is on its way, it is empty, it failed, or the data are not enough; and what to do then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from lifeworth.dashboard.icons import icon
from lifeworth.errors import InputError, LifeworthError, NotFoundError, StoppedError

Step = str | tuple[str, str]
"""Something to do: words, or words and the address they lead to."""


def state(title: str, words: str = "", *, sign: str = "info", steps: Sequence[Step] = (), tone: str = "plain") -> Any:
    """A panel that says how things stand and what to do."""
    todo = [html.Li(_worded(step) if isinstance(step, str) else dcc.Link(step[0], href=step[1])) for step in steps]
    parts = [html.H2(title), html.P(words) if words else None, html.Ul(todo) if todo else None]
    said = html.Div([part for part in parts if part is not None])
    return html.Div([icon(sign), said], className=f"state {tone}", role="alert" if tone == "bad" else "status")


def _worded(step: str) -> list[Any]:
    """A step in words; what is typed on a command line stands apart from what is read."""
    words, typed, command = step.partition("lifeworth ")
    return [words, html.Code(typed + command)] if typed else [words]


def skeleton(rows: int = 3) -> Any:
    """The grey outline of a page while it is asked for."""
    cards = html.Div([html.Div(className="bone card") for _ in range(4)], className="stats")
    blocks = [html.Div(className="bone block") for _ in range(rows - 1)]
    return html.Div(
        [html.Span("Loading…", className="vh"), cards, *blocks], className="skeleton", **{"aria-busy": "true"}
    )


def working(key: str) -> Any:
    """An answer is being worked out: how long it has been, and a way to stop it."""
    return html.Div(
        [
            html.Div(className="pulse", **{"aria-hidden": "true"}),
            html.Div(
                [
                    html.H2("Working it out…"),
                    html.P(
                        [
                            "This is computed once for each run and kept. ",
                            html.Span("0 s", id={"type": "elapsed", "key": key}, className="numbers"),
                        ]
                    ),
                ]
            ),
            html.Button("Stop", id={"type": "stop", "key": key}, type="button", className="button"),
        ],
        className="state working",
        role="status",
    )


def failed(error: LifeworthError) -> Any:
    """Why there is no answer, and the next step, in the words of the error."""
    steps: list[Step] = [*getattr(error, "faults", ())]
    if error.hint:
        steps.append(error.hint)
    if error.allowed and not getattr(error, "faults", ()):
        steps.append(f"Possible are: {', '.join(error.allowed[:20])}{' …' if len(error.allowed) > 20 else ''}")
    if isinstance(error, StoppedError):
        return state("Stopped", error.message, sign="stop", steps=steps)
    if isinstance(error, NotFoundError):
        return state("There is nothing here", error.message, sign="search", steps=steps)
    if isinstance(error, InputError):
        return state("This cannot be answered as it is asked", error.message, sign="warning", steps=steps, tone="warning")  # fmt: skip
    if error.code in {"data", "model", "convergence"}:
        return state("Not enough data for this", error.message, sign="info", steps=steps)
    return state("This did not work", error.message, sign="stop", steps=steps, tone="bad")


def broken() -> Any:
    """An answer that failed by our own fault."""
    steps = [
        "If an older Lifeworth made this run, run again: lifeworth run ORDERS",
        "The log of the server says what went wrong.",
    ]
    return state(
        "This could not be worked out",
        "It is a fault of Lifeworth, not of your data.",
        sign="stop",
        steps=steps,
        tone="bad",
    )


def missing(tables: Sequence[tuple[str, str]], import_at: str) -> Any:
    """A question whose tables were not handed in: which, what they hold, and how to bring them.

    Args:
        tables: Names and what is in each.
        import_at: Address of the page where a file is uploaded.
    """
    names = " and ".join(name.replace("_", " ") for name, _ in tables)
    steps: list[Step] = [(f"Upload {name.replace('_', ' ')}: {about}", import_at) for name, about in tables]
    given = " ".join(f"--table {name}={name}.csv" for name, _ in tables)
    steps.append(f"Or on the command line: lifeworth run ORDERS {given}")
    return state(f"This needs {names}", "Hand it in beside the orders, and the answer stands here.", sign="data", steps=steps)  # fmt: skip
