"""A scorecard as data: perspectives, objectives, measures, initiatives, arrows. It is what `scorecard.toml` says.

::

    [objectives.loyal]
    perspective = "customer"
    title = "Customers stay and buy again"
    owner = "Head of CRM"

    [measures.repeat_rate]
    objective = "loyal"
    metric = "repeat_rate"
    goal = "+10%"            # of the baseline; or a plain number
    red = "-5%"
    target = "+10%"
    target_on = 2027-06-30

    [[arrows]]
    cause = "ticket_csat"
    effect = "repeat_rate"
    lag = "3m"

Limits may be stated as numbers, or from the baseline of the measure ("+10%", "-2pt" for two percentage points), so that one card fits
any company. The same text is written and read by people and by the dashboard; comments in it are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lifeworth.errors import OptionError, near
from lifeworth.scorecard.scoring import Direction
from lifeworth.units import Period

PERSPECTIVES = ("financial", "customer", "process", "learning")
"""The four perspectives of Kaplan & Norton (1992), the outcome first."""

RELATIVE = re.compile(r"^([+-]\d+(?:\.\d+)?)\s*(%|pt)$")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Weight(_Part):
    """A weight that holds from a day on."""

    since: date = Field(description="First day it holds.")
    weight: float = Field(ge=0, description="Relative to the other measures of the objective.")


class Perspective(_Part):
    """One of the four sides from which a company is looked at."""

    title: str = Field(description="What it is called.")
    question: str = Field("", description="The question it answers.")
    weight: float = Field(1.0, ge=0, description="Relative to the other perspectives.")


class Objective(_Part):
    """What is to be reached, in words."""

    perspective: Literal["financial", "customer", "process", "learning"] = Field(description="The side it belongs to.")
    title: str = Field(description="What is to be reached.")
    why: str = Field("", description="How it raises customer value.")
    owner: str = Field("", description="Who answers for it.")
    weight: float = Field(1.0, ge=0, description="Relative to the other objectives of the perspective.")


class Measure(_Part):
    """What an objective is measured by: a figure of the registry, or an observation."""

    objective: str = Field(description="Name of the objective.")
    metric: str = Field("", description="A figure of the registry, such as repeat_rate (lifeworth definitions).")
    observation: str = Field("", description="A metric of the table observations, such as training_hours.")
    title: str = Field("", description="What it is called; by default as the figure.")
    meaning: str = Field("", description="What it means for customer value.")
    period: Period = Field(Period(12, "months"), description="Length of the period a value is of.")
    direction: Direction | None = Field(None, description="up, down or middle; by default that of the figure.")
    red: float | str | None = Field(None, description="Red flag: a number, or from the baseline: -5%, -2pt.")
    goal: float | str | None = Field(None, description="Goal: a number, or from the baseline: +10%, +2pt.")
    red_above: float | str | None = Field(None, description="Red flag above the goal, for the direction middle.")
    baseline: float | None = Field(None, description="Where it started; by default the value of the period before.")
    target: float | str | None = Field(None, description="What is promised, a number or from the baseline.")
    target_on: date | None = Field(None, description="Day by which it is promised.")
    least: float | None = Field(None, description="The least it can be, for performance.")
    most: float | None = Field(None, description="The most it can be, for performance.")
    weight: float | tuple[Weight, ...] = Field(1.0, description="Relative weight; or a list of since and weight.")
    lead: bool = Field(False, description="Whether it runs ahead of others (leading) or tells what came of them.")
    owner: str = Field("", description="Who answers for it.")
    update: Literal["day", "week", "month", "quarter", "year"] = Field(
        "month", description="How often it is looked at."
    )

    @field_validator("period", mode="before")
    @classmethod
    def _read_period(cls, value: object) -> object:
        return _period(value)

    @field_validator("red", "goal", "red_above", "target")
    @classmethod
    def _limit(cls, value: float | str | None) -> float | str | None:
        if isinstance(value, str) and not RELATIVE.match(value.strip()):
            raise ValueError(f'"{value}" is neither a number nor of the form +10% or -2pt')
        return value

    @field_validator("weight")
    @classmethod
    def _no_negative_weight(cls, value: float | tuple[Weight, ...]) -> float | tuple[Weight, ...]:
        if isinstance(value, float) and not 0 <= value < float("inf"):
            raise ValueError(f"a weight is no less than 0; {value:g} is")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.metric) == bool(self.observation):
            raise ValueError("a measure names either a metric or an observation")
        return self

    def weight_on(self, day: date) -> float:
        """The weight that holds on a day; before the first stated day that first one."""
        if isinstance(self.weight, float | int):
            return float(self.weight)
        stated = sorted(self.weight, key=lambda one: one.since)
        held = [one for one in stated if one.since <= day] or stated[:1]
        return held[-1].weight if held else 1.0


class Initiative(_Part):
    """What is done so that a measure moves."""

    title: str = Field(description="What is done.")
    measure: str = Field(description="Name of the measure it is to move.")
    owner: str = Field("", description="Who does it.")
    budget: float | None = Field(None, ge=0, description="What it may cost, in workspace currency.")
    spent: float | None = Field(None, ge=0, description="What it has cost so far.")
    start: date | None = Field(None, description="When it begins.")
    due: date | None = Field(None, description="When it is done.")
    status: Literal["planned", "running", "done", "stopped"] = Field("planned", description="Where it stands.")


class Arrow(_Part):
    """What is believed: the cause moves the effect, so much later."""

    cause: str = Field(description="Name of the measure that leads.")
    effect: str = Field(description="Name of the measure that follows.")
    lag: Period = Field(Period(3, "months"), description="How much later.")
    sign: Literal["+", "-"] = Field(
        "+", description="Whether more of the cause means more (+) or less (-) of the effect."
    )
    why: str = Field("", description="Why it is believed.")

    @field_validator("lag", mode="before")
    @classmethod
    def _read_lag(cls, value: object) -> object:
        return _period(value)


class Scorecard(_Part):
    """A whole card."""

    title: str = Field("Balanced Scorecard", description="What it is called.")
    vision: str = Field("", description="What all of it is for.")
    perspectives: dict[str, Perspective] = Field(description="The four sides.")
    objectives: dict[str, Objective] = Field(description="By name.")
    measures: dict[str, Measure] = Field(description="By name.")
    initiatives: dict[str, Initiative] = Field(default_factory=dict, description="By name.")
    arrows: tuple[Arrow, ...] = Field((), description="Causes and their effects.")

    def objectives_of(self, perspective: str) -> dict[str, Objective]:
        """The objectives of a perspective, in the order they were written."""
        return {name: one for name, one in self.objectives.items() if one.perspective == perspective}

    def measures_of(self, objective: str) -> dict[str, Measure]:
        """The measures of an objective, in the order they were written."""
        return {name: one for name, one in self.measures.items() if one.objective == objective}


def read_card(said: Mapping[str, Any]) -> Scorecard:
    """A scorecard from the values of its file; every fault is told at once.

    Raises:
        OptionError: naming the place of each fault, what is allowed, and the near match.
    """
    try:
        card = Scorecard.model_validate(dict(said))
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise OptionError(
            "The scorecard cannot be read:", faults=faults, hint="docs/guide/steering.md shows one."
        ) from error
    if faults := [*_dangling(card)]:
        raise OptionError("The scorecard names what it does not have:", faults=faults)
    return card


def limit(said: float | str | None, baseline: float | None) -> float | None:
    """A limit as a number: as stated, or from the baseline; none where that is not known."""
    if said is None or isinstance(said, float | int):
        return None if said is None else float(said)
    found = RELATIVE.match(said.strip())
    if found is None or baseline is None:
        return None
    step = float(found[1]) / 100
    return baseline + (step if found[2] == "pt" else step * abs(baseline))


def _period(value: object) -> object:
    """A period as it is written; what is none is a fault of its field like any other."""
    try:
        return Period.parse(value) if isinstance(value, str) else value
    except OptionError as error:
        raise ValueError(f"{error.message} {error.hint or ''}".strip()) from error


def _dangling(card: Scorecard) -> Iterator[str]:
    """Names that lead nowhere, sides without a name, arrows that run in a circle."""
    for name in PERSPECTIVES:
        if name not in card.perspectives:
            yield f"perspectives.{name}: missing"
    for name in card.perspectives:
        if name not in PERSPECTIVES:
            yield f"perspectives.{name}: not one of {', '.join(PERSPECTIVES)}"
    places: list[tuple[str, str, Mapping[str, Any]]] = [
        *((f"measures.{name}.objective", one.objective, card.objectives) for name, one in card.measures.items()),
        *((f"initiatives.{name}.measure", one.measure, card.measures) for name, one in card.initiatives.items()),
        *((f"arrows[{k}].cause", one.cause, card.measures) for k, one in enumerate(card.arrows)),
        *((f"arrows[{k}].effect", one.effect, card.measures) for k, one in enumerate(card.arrows)),
    ]
    for place, named, known in places:
        if named not in known:
            yield f'{place}: there is no "{named}". {near(named, known)}'.rstrip()
    if (circle := _circle(card)) is not None:
        yield f"arrows: {' → '.join(circle)} runs in a circle, so nothing in it is a cause"


def _circle(card: Scorecard) -> list[str] | None:
    follows: dict[str, list[str]] = {}
    for arrow in card.arrows:
        follows.setdefault(arrow.cause, []).append(arrow.effect)
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str] | None:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return None
        for after in follows.get(name, ()):
            if found := walk(after, [*way, name]):
                return found
        done.add(name)
        return None

    return next((found for name in follows if (found := walk(name, []))), None)
