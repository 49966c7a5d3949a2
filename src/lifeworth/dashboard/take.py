"""Tables of the special pages taken along: as CSV or as a spreadsheet, exactly what who asks may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, ctx, dcc

from lifeworth.access.roles import Scope
from lifeworth.dashboard.callbacks import PreventUpdate, answers, view_now
from lifeworth.dashboard.render.page import Takes, take_buttons
from lifeworth.dashboard.view import View
from lifeworth.report.files import table_csv, table_xlsx
from lifeworth.report.spec import Table

Source = Callable[[View], Table]
"""From who asks to the table, whole."""
Others = Callable[[View, str], Table]
"""The same for tables that are told apart by name alone."""


def tools(view: View, page: str, what: str, title: str) -> list[Any]:
    """The buttons beside a table; none for who may not take files along."""
    if not view.principal.may(Scope.EXPORT):
        return []
    return take_buttons({"type": "take", "page": page, "what": what}, title)


def page_or_nothing(view: View, page: str) -> Takes:
    """What the blocks of a special page are drawn with: its name where who looks may take files along."""
    return page if view.principal.may(Scope.EXPORT) else False


def room(page: str) -> Any:
    """Where a file comes from; once on each page."""
    return dcc.Download(id=f"take-{page}")


def register(app: Dash, page: str, sources: Mapping[str, Source], others: Others | None = None) -> None:
    """The callback of a page that hands out its tables.

    Args:
        app: The dashboard.
        page: Name of the page.
        sources: Its tables by name.
        others: From who asks and a name to any other table.
    """
    wanted = {"type": "take", "page": page, "what": ALL, "form": ALL}

    @answers(app, Output(f"take-{page}", "data"), Input(wanted, "n_clicks"), prevent_initial_call=True)
    def take(clicks: list[int | None]) -> Any:
        asked = ctx.triggered_id
        if not any(clicks) or not asked:
            raise PreventUpdate
        view = view_now()
        view.principal.need(Scope.EXPORT)
        if (source := sources.get(asked["what"])) is not None:
            found = source(view)
        elif others is not None:
            found = others(view, asked["what"])
        else:
            raise PreventUpdate
        view.trail.note(view.principal.name, "table.export", f"{page}/{asked['what']}.{asked['form']}")
        return file_of(found, asked["form"], f"{page}-{asked['what']}")


def file_of(table: Table, form: str, name: str, currency: str = "") -> dict[str, Any]:
    """A table as a file for the browser; no text in it is read as a formula."""
    content = table_xlsx(table, currency) if form == "xlsx" else table_csv(table)
    found: dict[str, Any] = dcc.send_bytes(content, f"{name}.{form}")
    return found
