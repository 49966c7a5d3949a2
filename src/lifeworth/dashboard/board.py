"""A board in the browser: its questions as tabs, their filters, and the answer of the desk where it stands or on its way."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from lifeworth.api import veil
from lifeworth.asked import Asked, asked, given
from lifeworth.dashboard import address, filters, known
from lifeworth.dashboard.overview import overview
from lifeworth.dashboard.render import page as blocks
from lifeworth.dashboard.render import states
from lifeworth.dashboard.render.chart import numbers
from lifeworth.dashboard.view import View
from lifeworth.data.contracts import TABLES
from lifeworth.errors import LifeworthError, NotFoundError
from lifeworth.parts import Hung
from lifeworth.report.board import Tab
from lifeworth.report.spec import Chart, Page, Table
from lifeworth.serving.answers import Pending
from lifeworth.serving.masking import masked

LOG = logging.getLogger(__name__)

WAIT = 0.35
"""Seconds a page waits for an answer before it says that it is being worked out."""
PATIENCE = 60.0
"""Seconds a file waits for it: an answer that is worked out anew each time is not there at once."""
AGAIN = 800
"""Milliseconds between two looks at an answer that is on its way."""
FIRST = "overview"


def slug(tab: Tab) -> str:
    """The address of a tab below its board."""
    return (tab.title or tab.action).lower().replace(" ", "-").replace("?", "")


def tab_of(hung: Hung, below: tuple[str, ...]) -> Tab:
    """The tab an address means; the first where it says none.

    Raises:
        NotFoundError: if the board has no such tab.
    """
    tabs = hung.board.tabs
    if not below:
        return tabs[0]
    found = next((tab for tab in tabs if slug(tab) == below[0]), None)
    if found is None or len(below) > 1:
        raise NotFoundError(f"“{hung.board.title}” has no page “{'/'.join(below)}”.", hint="Choose one of its tabs.")
    return found


def frame(view: View, hung: Hung) -> list[Any]:
    """All of a board but the answer: tabs, filters, and the room where the answer will stand."""
    tab = tab_of(hung, view.path)
    parts: list[Any] = [tabs(hung, tab)]
    if not lacking(view, tab):
        fields = offered(hung, tab)
        choices = known.known(view.desk, fields) if fields else {}
        parts.append(filters.bar(fields, filled(fields, view.arguments, choices), choices))
    parts += [
        dcc.Store(id="question", data=address.search(view.arguments)),
        dcc.Interval(id="again", interval=AGAIN, disabled=True),
        dcc.Download(id="download"),
        html.Div(states.skeleton(), id="answer", className="answer"),
    ]
    return [part for part in parts if part is not None]


def tabs(hung: Hung, shown: Tab) -> Any:
    """The questions of a board; a board with one shows none."""
    if len(hung.board.tabs) < 2 and not hung.board.links:
        return None
    links = [
        html.Li(dcc.Link(tab.title or tab.action.capitalize(), href=href(hung, tab), className=f"tab{' on' if tab is shown else ''}"))
        for tab in hung.board.tabs
    ]  # fmt: skip
    further = [html.Li(dcc.Link(words, href=at, className="button"), className="further") for words, at in hung.board.links]  # fmt: skip
    return html.Nav(html.Ul([*links, *further]), className="tabs", **{"aria-label": f"Pages of {hung.board.title}"})


def href(hung: Hung, tab: Tab) -> str:
    """The address of a tab; the first is the board's own."""
    return address.path(hung.board.name) if tab is hung.board.tabs[0] else address.path(hung.board.name, slug(tab))


def offered(hung: Hung, tab: Tab) -> tuple[Asked, ...]:
    """What may be asked of a tab as filters."""
    action = hung.action(tab)
    fixed = dict(tab.fixed)
    return tuple(one for one in asked(action.load()) if one.name not in fixed and one.name not in tab.hidden and one.kind != "pairs")  # fmt: skip


def filled(fields: tuple[Asked, ...], said: Mapping[str, str], choices: Mapping[str, Any]) -> dict[str, str]:
    """What the address says, and the first value that is known where something must be said."""
    firsts = {one.name: choices[one.name][0]["value"] for one in fields if one.required and choices.get(one.name)}
    return firsts | dict(said)


def lacking(view: View, tab: Tab) -> list[str]:
    """Tables without which the tab has no answer and which the run does not have."""
    return [name for name in tab.needs if name not in view.desk.run().tables]


def ask(view: View, hung: Hung, said: Mapping[str, str], wait: float = WAIT) -> Page | Table | Pending:
    """What the desk answers to a tab with these filters, as who asks may see it.

    Raises:
        LifeworthError: as the action raises it; OptionError for filters that cannot be read.
    """
    tab = tab_of(hung, view.path)
    action, fields = hung.action(tab), offered(hung, tab)
    document = view.desk.run().document
    if action.name == FIRST and document is not None and (first := overview(document)) is not None:
        return first if view.principal.personal else masked(first, view.desk.alias)
    told = filled(fields, said, known.known(view.desk, fields) if any(one.required for one in fields) else {})
    # What is as it would be anyway is not said: the same question then has the same answer, and one a run wrote is there at once.
    plain = {name: text for name, text in told.items() if text != _default(fields, name)}
    arguments = given(action.load(), {**plain, **dict(tab.fixed)})
    return veil.ask(view.desk, action, arguments, personal=view.principal.personal, wait=wait)


def page_now(view: View, hung: Hung, said: Mapping[str, str]) -> Page:
    """The page that is shown at an address, once its answer is there.

    Raises:
        NotFoundError: if it is still being worked out.
    """
    found = ask(view, hung, said, PATIENCE)
    if isinstance(found, Pending):
        raise NotFoundError("This is still being worked out.", hint="Try again in a moment.")
    return Page("", "", (found,)) if isinstance(found, Table) else found


def answer(view: View, hung: Hung, said: Mapping[str, str], exports: bool) -> tuple[Any, bool]:
    """What stands in the room of the answer, and whether to look again soon."""
    try:
        tab = tab_of(hung, view.path)
        if names := lacking(view, tab):
            return states.missing([(name, about_table(name)) for name in names], address.IMPORT), False
        found = ask(view, hung, said)
    except LifeworthError as error:
        return states.failed(error), False
    except Exception:
        # Said where the answer would stand, and asked no more: an answer that fails would fail again with every look.
        LOG.exception("answer of %s", hung.board.name)
        return states.broken(), False
    if isinstance(found, Pending):
        return states.working(found.key), True
    return drawn(found, view, hung.board.title, exports), False


def drawn(found: Page | Table, view: View, title: str, exports: bool) -> list[Any]:
    """A page or a table as it stands on the board."""
    currency = view.desk.run().currency
    if isinstance(found, Table):
        found = Page("", "", (found,), currency=currency)
    head: list[Any] = []
    if found.title and found.title != title:
        head.append(html.H2(found.title, className="answer-title"))
    if found.lead:
        head.append(html.P(found.lead, className="lead"))
    level = 3 if head and found.title and found.title != title else 2
    return [*head, *blocks.page(found, exports=exports, currency=currency, level=level, later=True)]


def numbers_at(view: View, hung: Hung, place: str) -> list[Any]:
    """The numbers of the picture at a place of the page that is shown."""
    found = page_now(view, hung, view.arguments)
    block = next((one for at, one in blocks.placed(found.blocks) if at == place), None)
    return numbers(block, found.currency or view.desk.run().currency) if isinstance(block, Chart) else []


def about_table(name: str) -> str:
    """What a table of the house holds, in a few words."""
    known_table = TABLES.get(name)
    return known_table.row if known_table is not None else name.replace("_", " ")


def _default(fields: tuple[Asked, ...], name: str) -> str:
    one = next((field for field in fields if field.name == name), None)
    return "" if one is None else filters.written(one.default)
