"""The scorecard as it is written: measures, objectives, arrows and initiatives changed in forms, or the file as a whole."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, dcc, html, no_update, set_props

from lifeworth.access.roles import Scope
from lifeworth.dashboard.callbacks import ADDRESS, PreventUpdate, answers, toast, view_now
from lifeworth.dashboard.card import form, lists
from lifeworth.dashboard.review import figures
from lifeworth.dashboard.view import Special, View
from lifeworth.errors import ChangedError, InputError, LifeworthError, NotFoundError, OptionError
from lifeworth.scorecard.fields import BETWEEN
from lifeworth.scorecard.files import Held


def content(view: View) -> list[Any]:
    """A section as a list, an entry as a form, or the file.

    Raises:
        NotFoundError: if there is no such section or entry.
    """
    section = view.path[0] if view.path else "measures"
    if len(view.path) > 2 or section not in {*lists.SHOWN, "file"}:
        raise NotFoundError(f"The scorecard has no page “{'/'.join(view.path)}”.", hint="Choose one of its tabs.")
    held = figures.card_of(view).now()
    if section == "file":
        store = dcc.Store(id="card-version", data=held.version)
        return [lists.tabs(section), store, html.Div([lists.where(held), *lists.text(view, held)], className="answer")]
    try:
        _ = held.card
    except LifeworthError as error:
        # Written by hand, with a fault in it: it is said what, and the text can be mended.
        mend = dcc.Link("Mend the text of the file", href="/card/file", className="button")
        return [lists.tabs(section), html.Div([lists.fault(error), html.Div(mend, className="actions")], className="answer")]  # fmt: skip
    if len(view.path) == 2:
        view.principal.need(Scope.RUN)
        return form.form(view, held, section, view.path[1])
    return [lists.tabs(section), html.Div([lists.where(held), lists.listed(view, held, section)], className="answer")]


def save(view: View, section: str, name: str, said: dict[str, Any], seen: str, *, new: bool) -> Held:
    """Put an entry in.

    Raises:
        InputError: naming every field that cannot be used.
        ChangedError: if the card was changed since the form was opened.
    """
    view.principal.need(Scope.RUN)
    if section == "arrows" and new:
        name = f"{said.pop('cause', '') or ''}{BETWEEN}{said.pop('effect', '') or ''}"
        if name.startswith(BETWEEN) or name.endswith(BETWEEN):
            raise OptionError("An arrow names its cause and its effect.")
    elif section == "arrows":
        said = {field: value for field, value in said.items() if field not in {"cause", "effect"}}
    held = figures.card_of(view).put(section, name, said, seen=seen, new=new)
    view.trail.note(view.principal.name, "scorecard.put", f"{section}.{name}", detail={"version": held.version})
    return held


def register(app: Dash) -> None:
    """Saving, removing, and the file as a whole."""

    @answers(
        app,
        Output("card-said", "children"),
        Output({"type": "card-field", "name": ALL}, "error"),
        Input("card-save", "n_clicks"),
        State({"type": "card-field", "name": ALL}, "value"),
        State({"type": "card-field", "name": ALL}, "id"),
        State({"type": "card-flag", "name": ALL}, "checked"),
        State({"type": "card-flag", "name": ALL}, "id"),
        State("card-where", "data"),
        State("card-version", "data"),
        State({"type": "card-new", "part": ALL}, "value"),
        prevent_initial_call=True,
    )
    def put(clicks: int | None, texts: list[Any], ids: list[dict[str, str]], flags: list[Any], flag_ids: list[dict[str, str]], place: dict[str, Any], seen: str, named: list[str | None]) -> Any:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        view, section, new = view_now(), place["section"], not place["name"]
        name = place["name"] or (named[0] or "" if named else "").strip()
        try:
            save(view, section, name, form.values(texts, ids, flags, flag_ids, place["was"]), seen, new=new)
        except (InputError, ChangedError) as error:
            own, others = form.by_field(getattr(error, "faults", []), section, name)
            known = {one["name"] for one in ids}
            others += [f"{field}: {words}" for field, words in own.items() if field not in known]
            if own and not others:
                marked = "A field is marked" if len(own) == 1 else f"{len(own)} fields are marked"
                said: LifeworthError = OptionError("Nothing was saved.", hint=f"{marked} below with what is wrong.")
            else:
                said = InputError(error.message, hint=error.hint, faults=others)
            return lists.fault(said), [own.get(one["name"]) for one in ids]
        toast("The scorecard is saved; what it said before is kept.", tone="good")
        set_props(ADDRESS, {"pathname": lists.href(section)})
        return no_update, [no_update] * len(ids)

    @answers(
        app,
        Output("card-said", "children", allow_duplicate=True),
        Input("card-drop", "n_clicks"),
        State("card-where", "data"),
        State("card-version", "data"),
        prevent_initial_call=True,
    )
    def drop(clicks: int | None, place: dict[str, str], seen: str) -> Any:
        if not clicks:
            raise PreventUpdate
        view, section, name = view_now(), place["section"], place["name"]
        view.principal.need(Scope.RUN)
        try:
            held = figures.card_of(view).drop(section, name, seen=seen)
        except (InputError, ChangedError) as error:
            return lists.fault(error)
        view.trail.note(view.principal.name, "scorecard.drop", f"{section}.{name}", detail={"version": held.version})
        toast(f"{name} is taken away; what the card said before is kept.", tone="good")
        set_props(ADDRESS, {"pathname": lists.href(section)})
        return no_update

    @answers(
        app,
        Output("card-said", "children", allow_duplicate=True),
        Input("card-text-go", "n_clicks"),
        State("card-text", "value"),
        State("card-version", "data"),
        prevent_initial_call=True,
    )
    def write(clicks: int | None, text: str | None, seen: str) -> Any:
        if not clicks:
            raise PreventUpdate
        view = view_now()
        view.principal.need(Scope.RUN)
        try:
            held = figures.card_of(view).write(text or "", seen)
        except (InputError, ChangedError) as error:
            return lists.fault(error)
        view.trail.note(view.principal.name, "scorecard.write", "scorecard.toml", detail={"version": held.version})
        toast("The scorecard is saved; what it said before is kept.", tone="good")
        set_props(ADDRESS, {"pathname": lists.href("measures"), "search": ""})
        return no_update

    @answers(app, Output("card-today", "children"), Input("card-where", "data"))
    def stands(place: dict[str, str] | None) -> Any:
        view = view_now()
        if not place or not place["name"]:
            raise PreventUpdate
        try:
            of = figures.today(view)
        except LifeworthError:
            return None  # before the first run nothing is known of it, and the form is there all the same
        one = of.filled.get(place["name"])
        return None if one is None else form.today(one, of.currency)


PAGE = Special(
    name="card",
    title="Edit the scorecard",
    section="Steering",
    place=25,
    icon="edit",
    about="Measures with goal, red flag and target, objectives, arrows and initiatives: the same file as by hand.",
    content=content,
    register=register,
)
