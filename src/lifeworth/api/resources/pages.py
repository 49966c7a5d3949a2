"""The pages of the dashboard as data, and every table on them as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifeworth.api import files
from lifeworth.api.bind import PATIENCE, told
from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.schema import ANY, FILE, SPEC
from lifeworth.api.sheets import sheets
from lifeworth.api.veil import ask
from lifeworth.asked import Asked, given
from lifeworth.errors import AccessError, DataError, NotFoundError, OptionError, near
from lifeworth.parts import Hung, boards
from lifeworth.report.board import Tab
from lifeworth.report.files import table_csv, table_xlsx
from lifeworth.serving.answers import Pending

TAB = "tab"
ASKS = (Asked(TAB, "text", None, required=False, choices=(), help="Action of the tab; the first where none is named."),)
FORMS = ("csv", "xlsx")


def listed(call: Call) -> Answer:
    """The pages who asks may see."""
    items = [
        {
            "name": one.board.name,
            "title": one.board.title,
            "section": one.board.section,
            "about": one.board.about,
            "tabs": [{"action": tab.action, "title": tab.title, "needs": list(tab.needs)} for tab in one.board.tabs],
        }
        for one in boards()
        if call.person.sees(one.board)
    ]
    return Answer({**_head(call), "items": items})


def shown(call: Call) -> Answer:
    """A page as a spec."""
    hung, tab = _chosen(call, call.path["board"])
    return told(call, hung.action(tab), _arguments(call, hung, tab))


def table(call: Call) -> Answer:
    """A table of a page as a file."""
    number, _, form = call.path["file"].partition(".")
    if not number.isdecimal() or form not in FORMS:
        raise NotFoundError(
            f"There is no file {call.path['file'][:80]}.", hint="Tables are called 0.csv, 0.xlsx, 1.csv …"
        )
    hung, tab = _chosen(call, call.path["board"])
    action = hung.action(tab)
    page = ask(call.house.desk, action, _arguments(call, hung, tab), personal=call.personal, wait=30 * PATIENCE)
    if isinstance(page, Pending):
        raise DataError("The page is still being worked out.", hint="Ask again in a moment.")
    found = sheets(page)
    if int(number[:6]) >= len(found):
        raise NotFoundError(f"The page has {len(found)} tables; there is none of number {number[:6]}.")
    chosen = found[int(number)]
    call.note("table.export", f"{hung.board.name}/{tab.action}: {chosen.title}")
    run = call.house.desk.run()
    raw = table_csv(chosen) if form == "csv" else table_xlsx(chosen, run.currency)
    name = f"{hung.board.name}-{tab.action}-{number}-{run.as_of.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-As-Of": run.as_of.isoformat(), "X-Run-Id": run.run_id}  # fmt: skip
    return Answer(raw, headers=headers, media_type=files.MEDIA[form])


def _chosen(call: Call, name: str) -> tuple[Hung, Tab]:
    hung = next((one for one in boards() if one.board.name == name), None)
    if hung is None:
        known = [one.board.name for one in boards()]
        raise NotFoundError(f'There is no page "{name[:80]}". {near(name, known)}'.rstrip(), allowed=known)
    if not call.person.sees(hung.board):
        raise AccessError(f"The page {hung.board.title} is not shown to you.", hint="Ask an administrator.")
    wanted = call.said.get(TAB)
    tab = next((one for one in hung.board.tabs if wanted in {None, one.action}), None)
    if tab is None:
        allowed = [one.action for one in hung.board.tabs]
        raise OptionError(f'The page {name} has no tab "{wanted}".', allowed=allowed)
    lacking = [one for one in tab.needs if one not in call.house.desk.run().tables]
    if lacking:
        raise DataError(f"The page needs {', '.join(lacking)}.", hint="Upload them, and run again.")
    return hung, tab


def _arguments(call: Call, hung: Hung, tab: Tab) -> dict[str, Any]:
    texts: Mapping[str, str] = {name: text for name, text in call.texts.items() if name != TAB}
    return given(hung.action(tab).load(), {**texts, **dict(tab.fixed)})


def _head(call: Call) -> dict[str, Any]:
    try:
        run = call.house.desk.run()
    except NotFoundError:
        return {"as_of": None, "run_id": None}
    return {"as_of": run.as_of.isoformat(), "run_id": run.run_id}


_TAG = "Pages"
ROUTES = (
    Route("GET", "/pages", "pages", "The pages of the dashboard that you may see.", listed, _TAG, ANY),
    Route(
        "GET", "/pages/{board}", "page", "A page of the dashboard as data: figures, tables, charts with their numbers.",
        shown, _TAG, SPEC, asks=ASKS, open_ended=True, also={202: "It is being worked out: ask again at `Location`."},
    ),
    Route(
        "GET", "/pages/{board}/tables/{file}", "page_table",
        "A table of a page as a file: `0.csv`, `0.xlsx`, `1.csv` … in reading order, the numbers behind charts among them.",
        table, _TAG, FILE, asks=ASKS, open_ended=True, tied="none", media=(files.MEDIA["csv"], files.MEDIA["xlsx"]),
    ),
)  # fmt: skip
