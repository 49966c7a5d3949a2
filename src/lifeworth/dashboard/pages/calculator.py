"""The calculator: the simple formula and the model's own drivers, answered at once; the address opens it again."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from lifeworth.clv.simple import SimpleCLV
from lifeworth.dashboard import address
from lifeworth.dashboard.calculator import drivers, simple
from lifeworth.dashboard.calculator.terms import (
    LEVERS,
    PLAIN,
    SHORT,
    from_address,
    percents_of,
    simple_now,
    to_address,
)
from lifeworth.dashboard.callbacks import ADDRESS, OWN, PreventUpdate, answers, view_now
from lifeworth.dashboard.view import Special, View
from lifeworth.errors import NotFoundError, OptionError


def known(view: View) -> tuple[SimpleCLV, str, str]:
    """The terms to begin with, the currency, and where they come from; without a run an example."""
    try:
        run = view.desk.run()
    except NotFoundError:
        return PLAIN, "", "No run yet: these are the numbers of an example. Put in your own."
    found = simple_now(run.facts["value"])
    if found is None:
        note = (run.facts["value"].get("simple") or {}).get("note") or "The run wrote no terms down."
        return PLAIN, run.currency, f"{note} These are the numbers of an example; put in your own."
    return found, run.currency, "Today's terms are those of your last run, over the last twelve months. Change any of them."  # fmt: skip


def content(view: View) -> list[Any]:
    """Both panels."""
    base, currency, source = known(view)
    try:
        now, after = from_address(view.arguments, base)
    except OptionError:
        now, after = base, base
    parts: list[Any] = [simple.content(now, after, currency, source)]
    try:
        run = view.desk.run()
    except NotFoundError:
        return [html.Div(parts, className="answer")]
    value = run.facts["value"]
    horizon = str(run.facts.get("settings", {}).get("horizon", ""))
    found = value.get("elasticities")
    moves = percents_of(view.arguments)
    if found:
        tops = {lever["name"]: drivers.furthest(lever) for lever in found["levers"]}
        moves = {name: min(one, tops.get(name, one)) for name, one in moves.items()}
    parts.append(drivers.content(found, value.get("no_model", ""), moves, currency, horizon))
    return [html.Div(parts, className="answer")]


def register(app: Dash) -> None:
    """Moving a term, moving a driver."""

    def name(kind: str) -> dict[str, Any]:
        return {"type": f"calc-{kind}", "term": ALL}

    @answers(
        app,
        Output(name("now"), "value"),
        Output(name("if"), "value"),
        Output(name("slide"), "value"),
        Output("calc-result", "children"),
        Output(ADDRESS, "search", allow_duplicate=True),
        Output(OWN, "data", allow_duplicate=True),
        Input(name("now"), "value"),
        Input(name("if"), "value"),
        Input(name("slide"), "value"),
        Input("calc-reset", "n_clicks"),
        Input("calc-run", "n_clicks"),
        State(name("now"), "id"),
        prevent_initial_call=True,
    )
    def move(today: list[Any], what_if: list[Any], slides: list[Any], reset: int | None, run: int | None, ids: list[dict[str, str]]) -> Any:  # fmt: skip
        del reset, run
        view = view_now()
        base, currency, _ = known(view)
        terms = [one["term"] for one in ids]
        try:
            before, was = from_address(view.arguments, base)
        except OptionError:
            before, was = base, base
        asked = ctx.triggered_id
        if asked == "calc-run":
            now = after = base
        elif asked == "calc-reset":
            now = after = before
        else:
            now = simple.moved(before, dict(zip(terms, today, strict=True)))
            moved = dict(zip(terms, what_if, strict=True))
            if isinstance(asked, dict) and asked["type"] == "calc-slide":
                moved[asked["term"]] = slides[terms.index(asked["term"])]
            after = simple.moved(was, moved)
            if (now, after) == (before, was):
                raise PreventUpdate
        pairs = {key: text for key, text in view.arguments.items() if key.startswith("d_")}
        said = address.search(pairs | to_address(now, after, base))
        return (
            _values(now, terms, today),
            _values(after, terms, what_if),
            _values(after, terms, slides),
            simple.result(now, after, currency),
            said,
            said,
        )

    @answers(
        app,
        Output({"type": "driver-percent", "name": ALL}, "children"),
        Output({"type": "driver-gain", "name": ALL}, "children"),
        Output({"type": "driver", "name": ALL}, "value"),
        Output("drivers-total", "children"),
        Output(ADDRESS, "search", allow_duplicate=True),
        Output(OWN, "data", allow_duplicate=True),
        Input({"type": "driver", "name": ALL}, "value"),
        Input("drivers-reset", "n_clicks"),
        State({"type": "driver", "name": ALL}, "id"),
        prevent_initial_call=True,
    )
    def drive(values: list[float | None], reset: int | None, ids: list[dict[str, str]]) -> Any:
        del reset
        view = view_now()
        run = view.desk.run()
        names = [one["name"] for one in ids]
        if not names:
            raise PreventUpdate
        percents = dict.fromkeys(names, 0.0) if ctx.triggered_id == "drivers-reset" else {name: float(value or 0) for name, value in zip(names, values, strict=True)}  # fmt: skip
        found = run.facts["value"]["elasticities"]
        told, gains = drivers.gains(found, percents, run.currency)
        pairs = {key: text for key, text in view.arguments.items() if key in _terms()}
        said = address.search(pairs | {f"d_{name}": f"{one:g}" for name, one in percents.items() if one and name in LEVERS})  # fmt: skip
        places = [no_update if (value or 0) == percents[name] else percents[name] for name, value in zip(names, values, strict=True)]  # fmt: skip
        return (
            [told[name] for name in names],
            [gains.get(name, "") for name in names],
            places,
            drivers.total(found, percents, run.currency),
            said,
            said,
        )


def _terms() -> set[str]:
    return {prefix + short for prefix in ("", "now_") for short in SHORT.values()}


def _values(formula: SimpleCLV, terms: list[str], shown: list[Any]) -> list[Any]:
    """The values of fields; those that already read so are left alone, so that no cursor jumps."""
    wanted = [simple.shown(term, getattr(formula, term)) for term in terms]
    return [no_update if old == new else new for old, new in zip(shown, wanted, strict=True)]


PAGE = Special(
    name="calculator",
    title="Calculator",
    section="Value",
    place=40,
    icon="calculator",
    about="The simple formula and the model's own drivers: change a number, see what it does.",
    content=content,
    register=register,
)
