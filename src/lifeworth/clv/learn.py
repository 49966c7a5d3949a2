"""From histories to fitted models: enough data or not, which model, how well it did on orders it had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lifeworth.clv import effects
from lifeworth.clv.candidates import Candidates, candidates, recipe
from lifeworth.clv.value import Fits
from lifeworth.data.check import Facts, too_few
from lifeworth.data.clean import Cleaned
from lifeworth.engine.base import Engine
from lifeworth.errors import LifeworthError
from lifeworth.evaluation.cost import plan
from lifeworth.evaluation.diagnostics_specs import of_fit
from lifeworth.evaluation.evidence import MOST_CUSTOMERS, Evidence, gather
from lifeworth.evaluation.level import Level
from lifeworth.evaluation.specs import blocks
from lifeworth.features.covariates import NO_COVARIATES, Wanted
from lifeworth.features.series import arrays, spend_arrays
from lifeworth.models.gamma_gamma import GammaGamma
from lifeworth.report.progress import SILENT, Progress
from lifeworth.report.spec import Block, Text
from lifeworth.settings import Settings


@dataclass(frozen=True)
class Learned:
    """What could be learnt.

    Attributes:
        fits: The fitted models; nothing where the data are not enough.
        evidence: The tests on held-out orders; nothing where no model was tried.
        reason: Why this model, or why none, in words.
        inside: How well the fitted models repeat what they learnt from, and how they say customers differ, as blocks.
        known: What became of the covariates, in words; empty where none was looked at.
    """

    fits: Fits | None
    evidence: Evidence | None
    reason: str
    inside: tuple[Block, ...] = ()
    known: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of any prediction has to know, the gravest first."""
        notes = (
            () if self.fits is None else (*self.fits.orders.notes, *(self.fits.spend.notes if self.fits.spend else ()))
        )
        found = () if self.evidence is None else self.evidence.choice.warnings
        return tuple(dict.fromkeys((*found, *notes)))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The evidence as blocks of a page."""
        if self.evidence is None:
            return ()
        known = (Text(self.known),) if self.known else ()
        moved = () if self.fits is None else effects.blocks(self.fits.orders, self.fits.covariates)
        return (*blocks(self.evidence), *known, *moved, *self.inside)


def learn(
    engine: Engine,
    rows: pa.Table,
    cleaned: Cleaned,
    settings: Settings,
    progress: Progress = SILENT,
    covariates: Wanted = NO_COVARIATES,
) -> Learned:
    """Test the candidates on held-out orders, choose one, and fit it to everything.

    Args:
        engine: Where the cleaned tables are.
        rows: The history at the as-of date, one row a customer, with the covariates.
        cleaned: The cleaned tables.
        settings: Which model (`auto`: the back-test decides), thresholds.
        progress: Who is told.
        covariates: What else is known of each customer, from their first purchase day.

    Raises:
        OptionError: if the settings name a model there is not.
    """
    standing = _standing(settings, covariates)
    short = too_few(_facts(rows, cleaned), settings)
    if short:
        return Learned(None, None, f"No model was fitted: {short}. Historic and simple value need none.")
    evidence = gather(
        engine,
        cleaned.orders,
        cleaned.refunds,
        first=cleaned.first_at.date(),
        as_of=cleaned.as_of,
        horizon=settings.horizon,
        unit=settings.time_unit,
        customers=rows["customer_id"],
        candidates=standing,
        covariates=covariates,
        has_money=cleaned.has_money,
        min_customers=settings.min_customers,
        min_repeaters=settings.min_repeaters,
        high_share=settings.high_value,
        progress=progress,
    )
    with progress.step("Fitting"):
        return _fit(rows, cleaned, settings, evidence, standing)


def foretell(cleaned: Cleaned, facts: Facts, settings: Settings, covariates: Wanted = NO_COVARIATES) -> str:
    """What a run would test and about how long that takes on this machine; empty where it would test nothing.

    Raises:
        OptionError: if the settings name a model there is not.
    """
    standing = _standing(settings, covariates)
    if too_few(facts, settings):
        return ""
    customers, likely = min(facts.customers, MOST_CUSTOMERS), standing.likely(covariates.names)
    return plan(likely, customers, cleaned.first_at.date(), cleaned.as_of, settings.horizon).foretold()


def _standing(settings: Settings, covariates: Wanted) -> Candidates:
    return candidates(settings.model, () if settings.covariates == "auto" else covariates.names)


def _fit(rows: pa.Table, cleaned: Cleaned, settings: Settings, evidence: Evidence, standing: Candidates) -> Learned:
    chosen = evidence.chosen
    order = standing.keys if chosen is None else (chosen, *(key for key in standing.keys if key != chosen))
    failures = []
    for key in order:
        model, levels = recipe(key, rows)
        histories = arrays(rows, settings.time_unit, levels)
        try:
            fitted = model.fit(histories)
        except LifeworthError as why:
            failures.append(f"{model.name} could not be fitted to all orders: {why.message}")
            continue
        spend, said = _spend(rows, evidence.first_order) if cleaned.has_money else (None, "")
        reason = evidence.reason if chosen is not None else _UNTESTED.format(why=evidence.reason, model=model.name)
        reason = " ".join([reason, *failures, said]).strip()
        spends = None if spend is None else spend_arrays(rows, first_order=evidence.first_order)
        inside = of_fit(fitted, histories, spend, spends, as_of=cleaned.as_of, currency=cleaned.currency)
        level = evidence.choice.level if key == chosen else Level()
        fits = Fits(fitted, spend, evidence.first_order, level, levels)
        return Learned(fits, evidence, reason, tuple(inside), standing.said)
    return Learned(None, evidence, "No model could be fitted. " + " ".join(failures))


_UNTESTED = "{why} {model} was fitted without a test: take its figures as a first guess."


def _spend(rows: pa.Table, first_order: bool) -> tuple[Any, str]:
    try:
        return GammaGamma().fit(spend_arrays(rows, first_order=first_order).with_purchases()), ""
    except LifeworthError as why:
        return None, f"Order values could not be modelled, so value is not predicted: {why.message}"


def _facts(rows: pa.Table, cleaned: Cleaned) -> Facts:
    import pyarrow.compute as pc

    repeaters = pc.sum(pc.greater(rows["x"], 0)).as_py() or 0
    return Facts(rows.num_rows, repeaters, cleaned.first_at.date(), cleaned.last_at.date(), cleaned.as_of)
