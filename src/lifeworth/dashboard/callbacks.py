"""Callbacks as this house needs them: off the event loop, for somebody known, and with words instead of a stack trace.

Dash runs callbacks on the loop of the server, and one that waits would hold up everybody. Here a plain function is handed to a
thread; before that it is found out who asks, and nobody unknown gets an answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from dash import Dash, Output, State, no_update, set_props
from dash.backends._fastapi import get_current_request
from dash.exceptions import PreventUpdate
from fastapi import HTTPException

from lifeworth.dashboard import address
from lifeworth.dashboard.view import View
from lifeworth.errors import AccessError, LifeworthError, UnknownPersonError

ADDRESS = "address"
"""Id of the `dcc.Location`: its pathname and search are where a person is."""
OWN = "own-search"
"""Id of the store with the search that the page itself wrote: it is no reason to draw the page anew."""
TOASTS = "toasts"
"""Id of the container of short messages."""

LOG = logging.getLogger(__name__)

_VIEW: ContextVar[View] = ContextVar("lifeworth_view")
_WHERE: ContextVar[tuple[str, str]] = ContextVar("lifeworth_where", default=("/", ""))


def where_now() -> tuple[str, str]:
    """The path and the search of the page whose callback is running."""
    return _WHERE.get()


def view_now(pathname: str | None = None, search: str | None = None) -> View:
    """Who asks, from which page, and all it may be drawn from; in a callback, and while the layout is made.

    Args:
        pathname: The path the person is at; by default what the running callback was told.
        search: What stands behind the question mark.

    Raises:
        UnknownPersonError: if nobody has signed in.
    """
    if pathname is None and search is None and (held := _VIEW.get(None)) is not None:
        return held
    try:
        request = get_current_request()
    except RuntimeError as error:  # Dash looks at the layout once before anybody asks
        raise UnknownPersonError("Nobody asks.") from error
    principal = request.scope.get("state", {}).get("principal")
    if principal is None:
        raise UnknownPersonError("You are not signed in.", hint="Sign in again.")
    state = request.app.state
    _, below = address.place(pathname)
    return View(
        state.desk, state.doors, state.trail, state.jobs, principal, path=below, arguments=address.filters(search)
    )


def answers(app: Dash, *told: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a plain function as a callback of the app.

    It runs in a thread, where `view_now()` gives the view. An error with words of ours is shown as a short message and changes
    nothing on the page; without somebody known the answer is 401, and 403 where they may not.

    Args:
        app: The dashboard.
        told: `Output`, `Input` and `State`, as Dash takes them.
        options: What `Dash.callback` takes besides.
    """
    outputs = sum(isinstance(one, Output) for one in told)
    here = (State(ADDRESS, "pathname"), State(ADDRESS, "search"))

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        async def callback(*values: Any) -> Any:
            *own, pathname, search = values
            try:
                _WHERE.set((pathname or "/", search or ""))
                _VIEW.set(view_now(*_WHERE.get()))
                return await asyncio.to_thread(function, *own)
            except UnknownPersonError as error:
                raise HTTPException(401, error.message) from error
            except AccessError as error:
                raise HTTPException(403, error.message) from error
            except LifeworthError as error:
                toast(error.message, title="That did not work", hint=error.hint)
            except PreventUpdate:
                raise
            except Exception:
                # What went wrong stands in the log of the server, and nowhere a stranger could read it.
                LOG.exception("callback %s", function.__name__)
                toast("This is a fault of Lifeworth; the log of the server says more.", title="Something broke")
            return no_update if outputs <= 1 else (no_update,) * outputs

        callback.__name__ = function.__name__
        app.callback(*told, *here, **options)(callback)
        return function

    return register


def toast(message: str, *, title: str = "", hint: str | None = None, tone: str = "bad") -> None:
    """Show a short message to who is waiting for the running callback."""
    words = f"{message} {hint}" if hint else message
    colour = {"bad": "red", "warning": "yellow", "good": "green"}.get(tone, "blue")
    shown = {"action": "show", "title": title, "message": words, "color": colour, "autoClose": 10_000, "closeButtonProps": {"aria-label": "Close"}}  # fmt: skip
    set_props(TOASTS, {"sendNotifications": [shown]})


__all__ = ["ADDRESS", "OWN", "TOASTS", "PreventUpdate", "answers", "toast", "view_now", "where_now"]
