"""The question "what would that tool say?", asked of a workspace: which queries are run, and what becomes of their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from lifeworth.errors import DataError
from lifeworth.features.subscriptions import Reading, movements, stretches
from lifeworth.kpis import page_presets
from lifeworth.kpis.presets import bridge, shops, subscribers
from lifeworth.kpis.presets.bridge import Bridge
from lifeworth.kpis.presets.figures import Answer, figures
from lifeworth.kpis.presets.rules import LIFEWORTH, TOOLS, Tool
from lifeworth.report.spec import Page
from lifeworth.units import Period
from lifeworth.workspace import Workspace

NO_SUBSCRIPTIONS = "There is no table of subscriptions, so only what tools for shops say is shown."
NO_ORDERS = "There are no orders, so only what tools for subscriptions say is shown."
CENT = 0.01
YEAR = Period.months(12)

R = TypeVar("R")
Terms = dict[str, float | None]


def presets(ws: Workspace, name: str | None) -> Page:
    """Every tool the data allow, or one of them; see `actions.presets`."""
    subscribed = ws.has("subscriptions")
    if name is not None and TOOLS[name].reading is not None and not subscribed:
        raise DataError(
            f"{TOOLS[name].title} looks at subscriptions, and there is no such table.",
            hint="Add it: lifeworth run ORDERS --table subscriptions=FILE",
        )
    ordered = ws.has("orders")
    if name is not None and TOOLS[name].reading is None and not ordered:
        raise DataError(
            f"{TOOLS[name].title} looks at orders, and there are none.", hint="Add them: lifeworth run ORDERS"
        )
    wanted = [
        tool
        for tool in TOOLS.values()
        if name in {None, tool.name} and (ordered if tool.reading is None else subscribed)
    ]
    shop = _shop(ws) if ordered else {}
    of_reading = _once(lambda reading: _moves(ws, reading))
    terms = {
        tool.name: dict(shop) if tool.reading is None else _terms(of_reading(tool.reading), tool, ws.as_of)
        for tool in wanted
    }
    answers = {tool.name: (tool, figures(tool, terms[tool.name])) for tool in wanted}
    ours: tuple[Answer, ...] = ()
    if subscribed and any(tool.reading is not None for tool in wanted):
        assert LIFEWORTH.reading is not None  # noqa: S101  ours looks at subscriptions
        ours = figures(LIFEWORTH, _terms(of_reading(LIFEWORTH.reading), LIFEWORTH, ws.as_of))
    bridges = [one for tool in wanted for one in _bridges(ws, tool, answers[tool.name][1], ours, terms[tool.name])]
    if name is None:
        notes = [NO_SUBSCRIPTIONS] if not subscribed else [] if ordered else [NO_ORDERS]
        return page_presets.presets(answers, bridges, notes, as_of=ws.as_of, currency=ws.currency)
    tool, found = answers[name]
    gates = shops.gates(_lives(ws), date.fromisoformat(ws.facts["first_day"]), ws.as_of) if tool.gates else ()
    return page_presets.preset(tool, found, terms[name], bridges, gates, as_of=ws.as_of, currency=ws.currency)


# -- subscriptions ------------------------------------------------------------------------------------------------------
def _moves(ws: Workspace, reading: Reading) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    moved = movements(ws.table("subscriptions"), ws.as_of, reading)
    # Kept for the two questions that follow: windows over all stretches are the costly part.
    kept = ws.engine.create("_tool_movements", moved)
    days = ws.engine.arrow(subscribers.by_day(kept)).to_pylist()
    shot = ws.engine.row(subscribers.snapshots(kept, ws.as_of))
    ws.engine.drop("_tool_movements")
    return days, shot


def _terms(moves: tuple[list[dict[str, Any]], dict[str, Any]], tool: Tool, as_of: date) -> Terms:
    return subscribers.terms(*moves, tool.days, as_of)


def _mrr(ws: Workspace, reading: Reading) -> float:
    paid = stretches(ws.table("subscriptions"), ws.as_of, reading)
    return float(ws.engine.row(paid.aggregate(mrr=paid["mrr"].sum(where=paid["paid_to"].isnull())))["mrr"] or 0)


# -- orders -------------------------------------------------------------------------------------------------------------
def _shop(ws: Workspace) -> Terms:
    start, end = YEAR.before(ws.as_of), ws.as_of
    row = ws.engine.row(shops.sales(ws.table("orders"), start, end)) | _lives(ws)
    known = {name: None if value is None else float(value) for name, value in row.items() if name != "last_day"}
    if not _looks_a_year_ahead(ws):
        known |= dict.fromkeys(("predicted", "predicted_orders", "churn_risk"))
    return known


def _lives(ws: Workspace) -> dict[str, Any]:
    found = ws.engine.row(shops.lives(ws.table("history"), ws.table("customers_scored")))
    if ws.has("customer_value"):
        found |= ws.engine.row(shops.of_orders(ws.table("customer_value")))
    return found


def _looks_a_year_ahead(ws: Workspace) -> bool:
    """Klaviyo looks 365 days ahead: what a run expects of another horizon is another figure."""
    horizon = Period.parse(ws.horizon)
    return abs((horizon.after(ws.as_of) - ws.as_of).days - 365) <= 1


def _bridges(
    ws: Workspace, tool: Tool, found: tuple[Answer, ...], ours: tuple[Answer, ...], terms: Mapping[str, float | None]
) -> list[Bridge]:
    if tool is LIFEWORTH:
        return []
    if tool.reading is not None:
        money = bridge.mrr(tool, _once(lambda reading: _mrr(ws, reading)))
        values = bridge.ltv(tool, _values(ours), _values(found))
        return [money, *([] if values is None else [values])]
    if tool.name == "shopify":
        order = bridge.average_order(tool, terms)
        return [] if order is None else [order]
    lines = []
    if terms.get("house_historic") is not None and terms.get("historic") is not None:
        house = terms["house_historic"] or 0.0
        lines.append(bridge.historic(tool, house, terms["historic"] or 0.0, _contracts(house, terms, "historic")))
    if terms.get("house_predicted") is not None and terms.get("predicted") is not None:
        margin = ws.facts["value"]["margin"]
        house, revenue = terms["house_predicted"] or 0.0, terms["predicted"] or 0.0
        contracts = _contracts(house, terms, "predicted")
        lines.append(bridge.predicted(tool, house, revenue, margin, ws.horizon, contracts))
    return lines


def _contracts(house: float, terms: Mapping[str, float | None], which: str) -> float:
    """What our sum holds beside the value of orders; rounding makes no contract."""
    orders = terms.get(f"house_orders_{which}")
    apart = 0.0 if orders is None else house - orders
    return apart if abs(apart) > CENT else 0.0


def _values(found: tuple[Answer, ...]) -> dict[str, float | None]:
    return {one.figure.name: one.value for one in found}


def _once(ask: Callable[[Reading], R]) -> Callable[[Reading], R]:
    """The same question is asked of the engine once."""
    known: dict[Reading, R] = {}

    def asked(reading: Reading) -> R:
        if reading not in known:
            known[reading] = ask(reading)
        return known[reading]

    return asked
