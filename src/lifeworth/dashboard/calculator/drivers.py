"""The model's own drivers by hand: how customer equity moves with frequency, retention, basket, margin, acquisition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from lifeworth.clv.levers import LEVERS as WORDS
from lifeworth.dashboard import pieces
from lifeworth.dashboard.calculator.terms import WIDEST, moved
from lifeworth.report.format import interval, text
from lifeworth.report.spec import Kind


def content(
    found: Mapping[str, Any] | None, why: str, percents: Mapping[str, float], currency: str, horizon: str
) -> Any:
    """The panel; where there is no model, why not.

    Args:
        found: `facts["value"]["elasticities"]`.
        why: Why there is none.
        percents: How far each driver is moved.
        currency: Of the money.
        horizon: In words.
    """
    title = "The model's own drivers"
    if not found or not found.get("levers"):
        return pieces.panel(title, html.P(why or "This run fitted no model, so its drivers are not known.", className="empty"))  # fmt: skip
    rows = [_driver(lever, percents.get(lever["name"], 0.0), currency) for lever in found["levers"]]
    return pieces.panel(
        title,
        html.Div(rows, className="drivers"),
        html.Div(total(found, percents, currency), id="drivers-total", **{"aria-live": "polite"}),
        html.Div(html.Button("All back to zero", id="drivers-reset", type="button", className="tool"), className="actions"),
        html.P(
            f"This is the model's reading, within {horizon}: what it believes of each customer stays, the future moves. It does not say what a move "
            "costs, whether it can be made, or that it comes alone: a discount that makes people order more often takes from basket and margin. "
            "The further a driver is moved, the less the slope of today says.",
            className="caption",
        ),
        caption="Move one, and see what customer equity does: the discounted value of present customers and of those to come.",
    )  # fmt: skip


def _driver(lever: Mapping[str, Any], percent: float, currency: str) -> Any:
    name = lever["name"]
    title, kind, unit, about = WORDS.get(name, (name, "number", "", ""))
    today = "" if lever.get("today") is None else f"today {text(lever['today'], kind, currency)} {unit}"
    known, top = lever.get("elasticity") is not None, furthest(lever)
    slider = dmc.Slider(
        id={"type": "driver", "name": name}, value=min(percent, top), min=-WIDEST, max=top, step=0.5, updatemode="drag", label=None, disabled=not known,
        size="sm", thumbLabel=f"{title}, percent",
    )  # fmt: skip
    return html.Div(
        [
            html.Div([html.B(title), html.P(today or lever.get("why", ""), className="quiet")], title=about),
            html.Div(slider, className="slide"),
            html.Span(_percent(percent), id={"type": "driver-percent", "name": name}, className="numbers"),
            html.Span("", id={"type": "driver-gain", "name": name}, className="gain"),
        ],
        className="driver",
    )


def furthest(lever: Mapping[str, Any]) -> float:
    """How far a driver can be moved up: a share does not go beyond one, whatever its slope says."""
    share = WORDS.get(lever["name"], ("", "number", "", ""))[1] == "percent"
    today = lever.get("today")
    if not share or not today:
        return WIDEST
    return max(0.0, min(WIDEST, int((1 / today - 1) * 200) / 2))


def _percent(value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):g} %"


def gains(found: Mapping[str, Any], percents: Mapping[str, float], currency: str) -> tuple[dict[str, str], dict[str, str]]:  # fmt: skip
    """How far each driver is moved and what it alone brings, in words."""
    known, _ = moved(found, {name: one for name, one in percents.items() if any(lever["name"] == name for lever in found["levers"])})  # fmt: skip
    said = {}
    for one in known:
        if not one.percent:
            said[one.name] = ""
        elif one.money is None:
            said[one.name] = _signed(text(abs(one.share), "percent"), one.share)
        else:
            said[one.name] = _signed(text(abs(one.money), "money", currency, compact=True), one.money)
    return {name: _percent(value) for name, value in percents.items()}, said


def _signed(words: str, value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{words}"


def total(found: Mapping[str, Any], percents: Mapping[str, float], currency: str) -> Any:
    """Customer equity before and after all moves together."""
    _, after = moved(found, {name: one for name, one in percents.items() if any(lever["name"] == name for lever in found["levers"])})  # fmt: skip
    before = float(found["equity"])
    kind: Kind = "money" if found.get("in_money") else "number"
    apart = after - before
    way = "same" if abs(apart) < 0.005 else "up" if apart > 0 else "down"
    share = text(apart / before, "percent") if before else ""
    words = "Nothing is moved yet." if way == "same" else f"{_signed(text(abs(apart), kind, currency, compact=True), apart)} ({share}), all moves together"  # fmt: skip
    open_ = [one for one in found["levers"] if percents.get(one["name"]) and one.get("low") is not None and one["low"] != one["high"]]  # fmt: skip
    sure = [f"{WORDS[one['name']][0].lower()} {interval(one['low'], one['high'], 'ratio')}" for one in open_ if one["name"] in WORDS]  # fmt: skip
    return html.Div(
        [
            html.Div(
                [
                    html.Div([html.P("Customer equity today", className="quiet"), html.P(text(before, kind, currency, compact=True), className="figure")]),
                    html.Div([html.P("After the moves", className="quiet"), html.P(text(after, kind, currency, compact=True), className="figure")]),
                ],
                className="versus",
            ),
            html.P(words, className=f"delta {way}"),
            html.P(f"90 % intervals of the elasticities: {'; '.join(sure)}.", className="quiet") if sure else None,
        ]
    )  # fmt: skip
