"""Every figure of the business as data: what it is called, what it means, how it is made, and when it is not defined.

A figure is a formula over measures and other figures. The text of the formula is what is evaluated, so what a reader is shown
is what was done. Figures of the user's own stand beside ours: from `lifeworth.toml`, or a function handed to `register`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from lifeworth.errors import OptionError, near
from lifeworth.kpis import formula as formulas
from lifeworth.kpis.formula import NotDefined
from lifeworth.kpis.measures import Measure
from lifeworth.kpis.metric import GIVEN, Metric
from lifeworth.kpis.sources import SOURCES
from lifeworth.kpis.subjects import acquisition, customers, service, shop, subscriptions, value
from lifeworth.settings import Settings

SUBJECTS = (shop, customers, value, acquisition, subscriptions, service)

MEASURES: dict[str, Measure] = {one.name: one for subject in SUBJECTS for one in subject.MEASURES}
"""All sums and counts, by name."""

METRICS: dict[str, Metric] = {one.name: one for subject in SUBJECTS for one in subject.METRICS}
"""All figures, by name, in the order a reader wants them."""

_REGISTERED: dict[str, Metric] = {}


@dataclass(frozen=True)
class Catalogue:
    """The figures of a workspace: ours and the user's own, and the measures they are made of."""

    measures: Mapping[str, Measure]
    metrics: Mapping[str, Metric]

    def metric(self, name: str) -> Metric:
        """A figure by name.

        Raises:
            OptionError: if none is called so.
        """
        if name not in self.metrics:
            raise OptionError(
                f'No figure is called "{name}".', allowed=self.metrics, hint=near(name, self.metrics) or None
            )
        return self.metrics[name]

    def measures_of(self, metric: Metric) -> tuple[Measure, ...]:
        """The measures a figure comes down to, through the figures it names."""
        return tuple(self.measures[name] for name in self._leaves(metric, ()) if name in self.measures)

    def needs(self, metric: Metric) -> tuple[str, ...]:
        """The tables a figure cannot do without, or leans on where they are there."""
        tables = (SOURCES[one.table].needs or (one.table,) for one in self.measures_of(metric))
        # Purchase days and histories are made from orders: nobody brings them.
        made = {"purchase_days": "orders", "history": "orders", "customers": "orders", "customers_scored": "orders"}
        return tuple(dict.fromkeys(made.get(name, name) for name in chain.from_iterable(tables)))

    def grains(self, metric: Metric) -> tuple[str, ...]:
        """The dimensions a figure can be told apart by."""
        leaves = self.measures_of(metric)
        if not leaves:
            return ("company", "period")
        found = ["company"]
        if all((SOURCES[one.table].day or one.at or one.table == "people") and one.when != "now" for one in leaves):
            found.append("period")
        found += [
            by
            for by in ("cohort", "segment", "channel", "campaign")
            if all(SOURCES[one.table].customer or by in SOURCES[one.table].own for one in leaves)
        ]
        return tuple(found)

    def _leaves(self, metric: Metric, above: tuple[str, ...]) -> Iterator[str]:
        if metric.name in above:
            way = " → ".join((*above[above.index(metric.name) :], metric.name))
            raise OptionError(f"metrics.{metric.name}: the figure is made of itself ({way}).")
        for name in metric.names:
            # A figure named like a measure, such as orders, is that measure.
            if name in self.measures or name in GIVEN:
                yield name
            elif name in self.metrics:
                yield from self._leaves(self.metrics[name], (*above, metric.name))
            else:
                known = [*self.measures, *self.metrics, *GIVEN]
                raise OptionError(
                    f'metrics.{metric.name}: in "{metric.formula}" nothing is called "{name}".',
                    hint=near(name, known) or "lifeworth definitions lists all figures and measures.",
                )


HOUSE = Catalogue(MEASURES, METRICS)
"""Our own figures alone."""


def register(metric: Metric) -> Metric:
    """Add a figure of your own for the rest of the program; one that is registered again takes the place of the last.

    Args:
        metric: The figure: with a `formula` over measures and figures, or with `compute`, a function of the values of `uses`.

    Raises:
        OptionError: if the name is one of ours, or the figure names what there is not.
    """
    if metric.name in METRICS:
        raise OptionError(f'"{metric.name}" is one of our figures.', hint="Give yours another name.")
    Catalogue(MEASURES, {**METRICS, **_REGISTERED, metric.name: metric}).measures_of(metric)
    _REGISTERED[metric.name] = metric
    return metric


def forget(name: str) -> None:
    """Take a registered figure away again; one that is not there is no fault."""
    _REGISTERED.pop(name, None)


def catalogue(settings: Settings | None = None) -> Catalogue:
    """Our figures, those registered, and those of `lifeworth.toml`.

    Raises:
        OptionError: naming the figure or measure of the user's that cannot be made, and the near match.
    """
    measures, metrics = dict(MEASURES), {**METRICS, **_REGISTERED}
    for name, said in ({} if settings is None else settings.measures).items():
        if name in MEASURES or name in METRICS or name in GIVEN:
            raise OptionError(f'measures.{name}: "{name}" is a name of ours.', hint="Give yours another name.")
        when: Literal["within", "now"] = (
            "within" if SOURCES.get(said.table, SOURCES["history"]).day or said.at else "now"
        )
        about = f"{said.aggregate} of {said.value or 'rows'} of {said.table}" + (
            f" where {said.where}" if said.where else ""
        )
        measures[name] = Measure(name, about, said.table, said.aggregate, said.value, said.where, said.at, when)
    for name, told in ({} if settings is None else settings.metrics).items():
        if name in METRICS:
            raise OptionError(f'metrics.{name}: "{name}" is one of our figures.', hint="Give yours another name.")
        metrics[name] = Metric(
            name=name,
            title=told.title or name.replace("_", " ").capitalize(),
            definition=told.definition or "A figure of your own.",
            formula=told.formula,
            kind=told.kind,
            direction=told.direction,
            subject="Your own",
            source="lifeworth.toml",
        )
    whole = Catalogue(measures, metrics)
    for metric in metrics.values():
        if metric.subject == "Your own" or metric.name in _REGISTERED:
            whole.measures_of(metric)
    return whole


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of a figure, or why it has none; `assumed` names what was assumed on the way."""

    value: float | None
    why: str = ""
    assumed: tuple[str, ...] = ()


@dataclass
class Reckoning:
    """One row of measures, and the figures made of it; each is computed once.

    Attributes:
        row: Values of measures, and of what is given: the length of the period, the margin, assumptions.
        figures: The figures and measures there are.
        absent: Why a measure is not in the row, by name.
    """

    row: Mapping[str, float | None]
    figures: Catalogue = field(default_factory=lambda: HOUSE)
    absent: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, float | NotDefined] = field(default_factory=dict)
    _assumed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def figure(self, metric: Metric) -> Figure:
        """The figure of a metric on this row."""
        try:
            value, assumed = self._metric(metric)
        except NotDefined as reason:
            return Figure(None, f"Not defined: {reason}.")
        return Figure(value, "", assumed)

    def _metric(self, metric: Metric) -> tuple[float, tuple[str, ...]]:
        used: dict[str, None] = {}

        def value_of(name: str) -> float:
            if name in self.figures.measures or name in GIVEN or name in self.row:
                found = self._leaf(name)
                if name in GIVEN and GIVEN[name].assumed:
                    used[name] = None
                return found
            if name not in self.figures.metrics:
                raise OptionError(f'metrics.{metric.name}: nothing is called "{name}".')
            found, below = self._metric(self.figures.metrics[name])
            used.update(dict.fromkeys(below))
            return found

        known = self._known.get(metric.name)
        if known is None:
            try:
                known = self._made(metric, value_of)
            except NotDefined as reason:
                known = reason
            self._known[metric.name], self._assumed[metric.name] = known, tuple(used)
        if isinstance(known, NotDefined):
            raise known
        return known, self._assumed[metric.name]

    def _made(self, metric: Metric, value_of: Callable[[str], float]) -> float:
        if metric.compute is not None:
            return float(metric.compute({name: value_of(name) for name in metric.uses}))
        return formulas.evaluate(metric.read, value_of, none=self._none, undefined=metric.undefined)

    def _leaf(self, name: str) -> float:
        value = self.row.get(name)
        if value is None:
            raise NotDefined(self.absent.get(name) or self._none(name) or f"{name} is not known")
        return float(value)

    def _none(self, name: str) -> str:
        for known in (self.figures.measures, GIVEN, self.figures.metrics):
            if name in known and known[name].none:
                return str(known[name].none)
        return ""


def evaluate(metric: Metric, row: Mapping[str, float | None]) -> tuple[float | None, str]:
    """One of our figures on a row of measures and, where it has none, the reason."""
    found = Reckoning(row).figure(metric)
    return found.value, found.why
