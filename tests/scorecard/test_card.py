"""Card files: ours can be read, and every fault of one is named with its place."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any, get_args

import pytest

from lifeworth.errors import FileError, OptionError
from lifeworth.kpis.registry import catalogue
from lifeworth.scorecard.card import PERSPECTIVES, Scorecard, limit, read_card
from lifeworth.scorecard.files import Business, default, read_text
from lifeworth.scorecard.fill import refuse_unknown


@pytest.mark.parametrize("business", get_args(Business))
def test_ours_are_whole_and_know_their_figures(business: Business) -> None:
    card = read_text(default(business), business)
    refuse_unknown(card, catalogue())
    for name in PERSPECTIVES:
        assert card.objectives_of(name), name
    for name, objective in card.objectives.items():
        assert card.measures_of(name), name
        assert objective.why, f"{name} does not say what it does for customer value"
    assert all(one.meaning for one in card.measures.values())
    assert len(card.arrows) >= 5


def said() -> dict[str, Any]:
    return tomllib.loads(default("shop"))


def change(card: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    *above, last = place.split(".")
    at: Any = card
    for name in above:
        at = at[int(name)] if isinstance(at, list) else at.setdefault(name, {})
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return card


FAULTS = [
    ("measures.nps.objective", "satisfied", 'measures.nps.objective: there is no "satisfied". Did you mean "satisfy"?'),
    ("measures.nps.objective", ..., "measures.nps.objective"),
    ("measures.nps.metric", "", "a measure names either a metric or an observation"),
    ("measures.nps.observation", "nps", "a measure names either a metric or an observation"),
    ("measures.nps.goal", "+5", "measures.nps.goal"),
    ("measures.nps.goal", "five", 'measures.nps.goal: "five" is neither a number nor of the form +10% or -2pt'),
    ("measures.nps.red", "5%", "measures.nps.red"),
    ("measures.nps.target", "~2pt", "measures.nps.target"),
    ("measures.nps.weight", -1, "a weight is no less than 0"),
    ("measures.nps.weight", [{"since": date(2026, 1, 1), "weight": -1}], "measures.nps.weight"),
    ("measures.nps.weight", [{"from": date(2026, 1, 1), "weight": 1}], "measures.nps.weight"),
    ("measures.nps.direction", "sideways", "measures.nps.direction"),
    ("measures.nps.period", "a while", "measures.nps.period"),
    ("measures.nps.target_on", "soon", "measures.nps.target_on"),
    ("measures.nps.gaol", 1, "measures.nps.gaol"),
    ("measures.nps.update", "hourly", "measures.nps.update"),
    ("objectives.satisfy.perspective", "staff", "objectives.satisfy.perspective"),
    ("objectives.satisfy.title", ..., "objectives.satisfy.title"),
    ("objectives.satisfy.weight", -2, "objectives.satisfy.weight"),
    ("perspectives.customer", ..., "perspectives.customer: missing"),
    ("perspectives.staff", {"title": "Staff"}, "perspectives.staff: not one of"),
    ("initiatives.desk", {"title": "Hire", "measure": "npss"}, 'initiatives.desk.measure: there is no "npss"'),
    ("initiatives.desk", {"title": "Hire", "measure": "nps", "budget": -1}, "initiatives.desk.budget"),
    ("initiatives.desk", {"title": "Hire", "measure": "nps", "status": "stuck"}, "initiatives.desk.status"),
    ("arrows.0.cause", "training", 'arrows[0].cause: there is no "training". Did you mean'),
    ("arrows.0.effect", "nothing", "arrows[0].effect"),
    ("arrows.0.lag", "later", "arrows.0.lag"),
    ("arrows.0.sign", "x", "arrows.0.sign"),
    ("arrows.3.effect", "first_response_hours", "runs in a circle"),
    ("titel", "x", "titel"),
]


@pytest.mark.parametrize(
    ("place", "value", "words"), FAULTS, ids=[f"{place}={value!s:.20}" for place, value, _ in FAULTS]
)
def test_a_fault_is_named_with_its_place(place: str, value: Any, words: str) -> None:
    with pytest.raises(OptionError) as told:
        read_card(change(said(), place, value))
    assert words in str(told.value)


def test_all_faults_are_told_at_once() -> None:
    card = change(change(said(), "measures.nps.goal", "x"), "objectives.satisfy.weight", -1)
    with pytest.raises(OptionError) as told:
        read_card(card)
    assert len(told.value.faults) >= 2


def test_a_figure_there_is_not_is_named_with_the_near_one() -> None:
    card = read_card(change(said(), "measures.nps.metric", "npss"))
    with pytest.raises(OptionError, match=r'measures\.nps\.metric: no figure is called "npss". Did you mean "nps"'):
        refuse_unknown(card, catalogue())


def test_a_text_that_is_no_toml_names_its_line() -> None:
    with pytest.raises(FileError, match="line 2"):
        read_text("title = 'x'\n[measures\n", "scorecard.toml")


def test_limits_are_numbers_or_steps_from_the_baseline() -> None:
    assert limit(0.5, None) == 0.5
    assert limit("+10%", 200.0) == pytest.approx(220)
    assert limit("-10%", -200.0) == pytest.approx(-220)  # a tenth of its size, downwards
    assert limit("-2pt", 0.5) == pytest.approx(0.48)
    assert limit("+10%", None) is None


def test_a_weight_holds_from_its_day_on() -> None:
    rows = [{"since": date(2026, 1, 1), "weight": 2}, {"since": date(2027, 1, 1), "weight": 5}]
    card: Scorecard = read_card(change(said(), "measures.nps.weight", rows))
    one = card.measures["nps"]
    days = (date(2025, 1, 1), date(2026, 6, 1), date(2027, 1, 1))
    assert [one.weight_on(day) for day in days] == [2, 2, 5]
