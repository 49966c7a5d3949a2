"""From histories to fitted models: enough data or not, which model, how well it did on orders it had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lifeworth.clv.value import Fits
from lifeworth.data.check import Facts, too_few
from lifeworth.data.clean import Cleaned
from lifeworth.engine.base import Engine
from lifeworth.errors import LifeworthError, OptionError, near
from lifeworth.evaluation.cost import plan
from lifeworth.evaluation.diagnostics_specs import of_fit
from lifeworth.evaluation.evidence import MOST_CUSTOMERS, Evidence, gather
from lifeworth.evaluation.level import Level
from lifeworth.evaluation.specs import blocks
from lifeworth.features.series import arrays, spend_arrays
from lifeworth.models.family import MODELS
from lifeworth.models.gamma_gamma import GammaGamma
from lifeworth.report.progress import SILENT, Progress
from lifeworth.report.spec import Block
from lifeworth.settings import Settings

CANDIDATES = ("beta_geo_nbd", "modified_beta_geo_nbd", "pareto_nbd", "nbd")
"""Order models the back-test chooses from; the first is taken where there is nothing to choose by."""


@dataclass(frozen=True)
class Learned:
    """What could be learnt.

    Attributes:
        fits: The fitted models; nothing where the data are not enough.
        evidence: The tests on held-out orders; nothing where no model was tried.
        reason: Why this model, or why none, in words.
        inside: How well the fitted models repeat what they learnt from, and how they say customers differ, as blocks.
    """

    fits: Fits | None
    evidence: Evidence | None
    reason: str
    inside: tuple[Block, ...] = ()

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
        return () if self.evidence is None else (*blocks(self.evidence), *self.inside)


def learn(engine: Engine, rows: pa.Table, cleaned: Cleaned, settings: Settings, progress: Progress = SILENT) -> Learned:
    """Test the candidates on held-out orders, choose one, and fit it to everything.

    Args:
        engine: Where the cleaned tables are.
        rows: The history at the as-of date, one row a customer.
        cleaned: The cleaned tables.
        settings: Which model (`auto`: the back-test decides), thresholds.
        progress: Who is told.

    Raises:
        OptionError: if the settings name a model there is not.
    """
    wanted = _candidates(settings.model)
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
        candidates={key: MODELS[key]() for key in wanted},
        has_money=cleaned.has_money,
        min_customers=settings.min_customers,
        min_repeaters=settings.min_repeaters,
        high_share=settings.high_value,
        progress=progress,
    )
    with progress.step("Fitting"):
        return _fit(rows, cleaned, settings, evidence, wanted)


def foretell(cleaned: Cleaned, facts: Facts, settings: Settings) -> str:
    """What a run would test and about how long that takes on this machine; empty where it would test nothing.

    Raises:
        OptionError: if the settings name a model there is not.
    """
    wanted = _candidates(settings.model)
    if too_few(facts, settings):
        return ""
    customers = min(facts.customers, MOST_CUSTOMERS)
    return plan(wanted, customers, cleaned.first_at.date(), cleaned.as_of, settings.horizon).foretold()


def _fit(rows: pa.Table, cleaned: Cleaned, settings: Settings, evidence: Evidence, wanted: tuple[str, ...]) -> Learned:
    histories = arrays(rows, settings.time_unit)
    chosen = evidence.chosen
    order = wanted if chosen is None else (chosen, *(key for key in wanted if key != chosen))
    failures = []
    for key in order:
        try:
            fitted = MODELS[key]().fit(histories)
        except LifeworthError as why:
            failures.append(f"{MODELS[key].name} could not be fitted to all orders: {why.message}")
            continue
        spend, said = _spend(rows, evidence.first_order) if cleaned.has_money else (None, "")
        reason = (
            evidence.reason if chosen is not None else _UNTESTED.format(why=evidence.reason, model=MODELS[key].name)
        )
        reason = " ".join([reason, *failures, said]).strip()
        spends = None if spend is None else spend_arrays(rows, first_order=evidence.first_order)
        inside = of_fit(fitted, histories, spend, spends, as_of=cleaned.as_of, currency=cleaned.currency)
        level = evidence.choice.level if key == chosen else Level()
        return Learned(Fits(fitted, spend, evidence.first_order, level), evidence, reason, tuple(inside))
    return Learned(None, evidence, "No model could be fitted. " + " ".join(failures))


_UNTESTED = "{why} {model} was fitted without a test: take its figures as a first guess."


def _spend(rows: pa.Table, first_order: bool) -> tuple[Any, str]:
    try:
        return GammaGamma().fit(spend_arrays(rows, first_order=first_order).with_purchases()), ""
    except LifeworthError as why:
        return None, f"Order values could not be modelled, so value is not predicted: {why.message}"


def _candidates(model: str) -> tuple[str, ...]:
    if model == "auto":
        return CANDIDATES
    if model not in MODELS:
        raise OptionError(f'"{model}" is no order model.', allowed=["auto", *MODELS], hint=near(model, MODELS) or None)
    return (model,)


def _facts(rows: pa.Table, cleaned: Cleaned) -> Facts:
    import pyarrow.compute as pc

    repeaters = pc.sum(pc.greater(rows["x"], 0)).as_py() or 0
    return Facts(rows.num_rows, repeaters, cleaned.first_at.date(), cleaned.last_at.date(), cleaned.as_of)
