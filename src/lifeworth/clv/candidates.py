"""Who stands for election in the back-test: the order models, and the same with what is known of customers from the start.

A candidate has a key: `beta_geo_nbd`, or `beta_geo_nbd+channel+country` with covariates.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from lifeworth.errors import OptionError, near
from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.screen import Screened, likelier, moved, screen
from lifeworth.features.levels import MIN_CUSTOMERS, MIN_REPEATERS, Levels, usable
from lifeworth.models.base import Model
from lifeworth.models.family import MODELS
from lifeworth.models.orders import FittedOrders

PLAIN = ("beta_geo_nbd", "modified_beta_geo_nbd", "pareto_nbd", "nbd")
"""Order models the back-test chooses from; the first is taken where there is nothing to choose by."""
WITH_COVARIATES = ("beta_geo_nbd", "pareto_nbd")
"""Of these the one under which the customers learnt from are likelier stands with covariates too: one more candidate, not two."""


@dataclass
class Candidates:
    """The candidates at each hold-out; called with one, it gives them by key.

    Which covariates stand is settled by the first hold-out asked about (the one a report shows) from the customers it learns from. At
    another one, those of them stand that its own customers hold up; where none does, what stands there is the plain
    model: that is all that could have been known then. Which model stands with them is settled in the same way.

    Args:
        plain: Keys of the plain models.
        covaried: Keys of the models of which one is to stand with covariates too; once settled, that one.
        asked: Covariates somebody named: they stand without a screen.
        named: Covariates that stand, once settled.
        screened: What the screen found at that hold-out.
    """

    plain: tuple[str, ...] = PLAIN
    covaried: tuple[str, ...] = WITH_COVARIATES
    asked: tuple[str, ...] = ()
    named: tuple[str, ...] | None = None
    screened: tuple[Screened, ...] = field(default=())

    def __call__(self, test: Holdout) -> dict[str, Model[Any]]:
        """The candidates at one hold-out."""
        if len(self.covaried) > 1 and test.levels:
            self.covaried = (likelier(test.history, [MODELS[key]() for key in self.covaried]).key,)
        levels = self._standing(test)
        if self.named is None:
            self.named = tuple(one.name for one in levels)
        levels = [one for one in levels if one.name in self.named]
        found: dict[str, Model[Any]] = {key: MODELS[key]() for key in self.plain}
        for key in self.covaried:
            if self.named:
                found["+".join((key, *self.named))] = moved(MODELS[key](), levels, len(test))
            elif not self.plain:
                found[key] = MODELS[key]()
        return found

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them, the plain ones first; known once a hold-out was asked about."""
        if not self.named:
            return self.plain or self.covaried
        return (*self.plain, *("+".join((key, *self.named)) for key in self.covaried))

    def likely(self, covariates: Collection[str]) -> tuple[str, ...]:
        """The keys there will probably be, if these covariates stand."""
        if not (self.covaried and covariates):
            return self.plain or self.covaried
        return (*self.plain, "+".join((self.covaried[0], *covariates)))

    @property
    def said(self) -> str:
        """What became of the covariates, in words; empty where none was looked at."""
        if self.screened:
            found = "; ".join(verdict.words for verdict in self.screened)
            return f"Of what is known of customers from their first purchase: {found}."
        lost = [name.replace("_", " ") for name in self.asked if name not in (self.named or ())]
        if not lost:
            return ""
        return (
            f"Left out: {' and '.join(lost)}, which has fewer than two levels with {MIN_CUSTOMERS} customers and "
            f"{MIN_REPEATERS} repeat buyers each."
        )

    def _standing(self, test: Holdout) -> list[Levels]:
        if not test.levels or not self.covaried:
            return []
        if self.asked:
            return [one for one in test.levels if one.name in self.asked]
        verdicts = screen(test.history, test.levels, MODELS[self.covaried[0]]())
        if self.named is None:
            self.screened = verdicts
        by_name = {one.name: one for one in test.levels}
        return [by_name[verdict.name] for verdict in verdicts if verdict.taken]


def candidates(model: str, asked: Sequence[str] = ()) -> Candidates:
    """Those that a setting allows.

    Args:
        model: "auto", or the key of one model; with covariates after a plus it stands alone.
        asked: Covariates that were named.

    Raises:
        OptionError: if there is no such model, or it has no process for covariates.
    """
    if model == "auto":
        return Candidates(asked=tuple(asked))
    key, *named = model.split("+")
    orders = {one: made for one, made in MODELS.items() if issubclass(made.result, FittedOrders)}
    if key not in orders:
        raise OptionError(f'"{key}" is no order model.', allowed=["auto", *orders], hint=near(key, orders) or None)
    able = (key,) if orders[key].processes else ()
    if named and not able:
        raise OptionError(f"{orders[key].name} takes no covariates.", allowed=[*WITH_COVARIATES, key])
    return Candidates(() if named else (key,), able, tuple(named or asked))


def recipe(key: str, rows: pa.Table) -> tuple[Model[Any], tuple[Levels, ...]]:
    """The model of a key for all customers, and the levels of its covariates among them."""
    plain, *names = key.split("+")
    levels = usable(rows, names)
    return moved(MODELS[plain](), levels, rows.num_rows), levels
