"""What a run writes down about itself: the figures, their sources, and what to do next, as plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from lifeworth.clv.effects import effects
from lifeworth.clv.elasticities import Elasticities
from lifeworth.clv.learn import Learned
from lifeworth.clv.value import Terms, Valuation
from lifeworth.data.capability import Capability
from lifeworth.data.check import BEYOND_ORDERS
from lifeworth.data.clean import Cleaned
from lifeworth.data.sources.source import Source
from lifeworth.report.format import text
from lifeworth.settings import Settings

RECORDED = (
    "horizon", "margin", "discount", "rates", "dates", "decimal", "columns", "zero_value", "duplicates",
    "model", "covariates", "time_unit", "seed", "min_customers", "min_repeaters", "high_value", "renewals",
)  # fmt: skip
"""Settings that change a result, and so belong in the record of a run."""


def collect(
    source: Source,
    cleaned: Cleaned,
    valuation: Valuation,
    learned: Learned,
    terms: Terms,
    capabilities: Collection[Capability],
    settings: Settings,
    drivers: Elasticities | None = None,
) -> dict[str, Any]:
    """Everything a reader of the results may ask about how they came to be."""
    reconciliation = cleaned.reconciliation
    alive = pc.sum(valuation.scores["probability_alive"]).as_py()
    return {
        "as_of": cleaned.as_of.isoformat(),
        "first_day": cleaned.first_at.date().isoformat(),
        "last_order": cleaned.last_at.date().isoformat(),
        "currency": cleaned.currency,
        "customers": valuation.scores.num_rows,
        "purchases": pc.sum(valuation.scores["orders"]).as_py(),
        "net_revenue": float(reconciliation.net_revenue) if cleaned.has_money else None,
        "alive": alive,
        "value": _value(cleaned, valuation, learned, terms)
        | {"elasticities": None if drivers is None else drivers.to_dict()}
        | ({} if valuation.parts is None else {"parts": asdict(valuation.parts)}),
        "model": None if learned.fits is None else _model(learned),
        "covariates": {"said": learned.known},
        "evidence": None if learned.evidence is None else learned.evidence.to_dict(),
        "choice": learned.reason,
        "warnings": list(learned.warnings),
        "reconciliation": reconciliation.to_dict(),
        "readiness": [asdict(one) for one in capabilities],
        "source": {
            "files": [_without_path(one.to_json()) for one in source.files],
            "columns": source.columns.to_json(),
            "notes": list(source.notes),
        },
        "notes": list(cleaned.notes),
        "settings": recorded(settings),
        "next_steps": _next_steps(valuation, capabilities, terms, cleaned.currency),
    }


def summary(facts: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """The run in figures, for a machine: what stands on the overview, the reconciliation, the model, the paths."""
    kept = (
        "as_of", "currency", "customers", "purchases", "net_revenue", "value", "choice", "warnings", "reconciliation",
        "readiness", "next_steps", "tables",
    )  # fmt: skip
    model = facts["model"]
    return {
        **{name: facts[name] for name in kept},
        "horizon": facts["settings"]["horizon"],
        "model": None if model is None else {"name": model["name"], "parameters": model["parameters"]},
        "paths": {name: str(path) for name, path in paths.items()},
    }


def _value(cleaned: Cleaned, valuation: Valuation, learned: Learned, terms: Terms) -> dict[str, Any]:
    margin = terms.margin
    no_model = "" if learned.fits is not None else learned.reason
    if learned.fits is not None and valuation.equity is None:
        no_model = "Orders are predicted, values are not: " + (
            learned.reason if cleaned.has_money else "the source has no amounts."
        )
    notes = [] if margin.known else [f"Margin: {margin.source}."]
    if valuation.parts is not None and valuation.parts.unvalued:
        notes.append(
            f"{valuation.parts.unvalued:,} customers have a contract that no model could value. Nothing is counted for it, so their predicted "
            "CLV is that of their orders, and unknown where there are none: too low rather than too high."
        )
    return {
        "customers": valuation.scores.num_rows,
        "historic_total": pc.sum(valuation.scores["historic_clv"]).as_py(),
        "value_of": margin.value_of,
        "margin": margin.rate,
        "margin_of_orders": margin.of_orders,
        "margin_source": margin.source,
        "margin_note": f"Margin: {margin.source}." if margin.known else "",
        "simple": {
            "value": terms.simple,
            "note": terms.why_no_simple,
            "average_purchase_value": terms.average_purchase_value,
            "purchase_frequency": terms.purchase_frequency,
            "lifespan_years": terms.lifespan,
        },
        "customer_equity": valuation.equity,
        "high_value": None if valuation.high is None else valuation.high.to_dict(),
        "no_model": no_model,
        "no_money": "" if cleaned.has_money else "The source has no amounts.",
        "value_notes": notes
        if cleaned.has_money
        else ["The source has no amounts: orders are counted and predicted, money is not."],
    }


def _model(learned: Learned) -> dict[str, Any]:
    assert learned.fits is not None  # noqa: S101  the caller looked
    orders, spend = learned.fits.orders, learned.fits.spend
    return {
        "name": orders.model.name,
        "key": orders.model.key,
        "parameters": dict(orders.parameters),
        "covariates": [one.to_dict() for one in learned.fits.covariates],
        "effects": [one.to_dict() for one in effects(orders, learned.fits.covariates)],
        "log_likelihood": orders.log_likelihood,
        "unit": orders.unit,
        "level": learned.fits.level.factor,
        "spend": None
        if spend is None
        else {"parameters": dict(spend.parameters), "first_order": learned.fits.first_order},
    }


def recorded(settings: Settings) -> dict[str, Any]:
    """The settings that change a result, as plain values."""
    values = {name: getattr(settings, name) for name in RECORDED}
    values["horizon"] = str(settings.horizon)
    values["time_unit"] = settings.time_unit.value
    values["rates"] = None if settings.rates is None else settings.rates.name
    values["assumptions"] = settings.assumptions.model_dump(exclude_none=True)
    for name in ("measures", "metrics"):
        values[name] = {own: one.model_dump() for own, one in getattr(settings, name).items()}
    values["segments"] = dict(settings.segments)
    values["rfm"] = settings.rfm.model_dump(mode="json")
    return values


def _next_steps(
    valuation: Valuation, capabilities: Collection[Capability], terms: Terms, currency: str
) -> list[dict[str, str]]:
    steps = []
    scores = valuation.scores
    if valuation.equity is not None:
        # Of who only subscribes no order is predicted, and of a contract without a model no value.
        value = np.nan_to_num(scores["predicted_clv"].to_numpy())
        risk, historic = np.nan_to_num(scores["churn_probability"].to_numpy()), scores["historic_clv"].to_numpy()
        worth = historic >= _quantile(historic, 0.9)
        risky, unbound = worth & (risk >= 0.5), ""
        if valuation.renewing is not None:
            risky &= ~(np.nan_to_num(valuation.renewing.to_numpy()) > 0)
            unbound = " and no contract that runs (subscription_clv in customer_value.csv)"
        if risky.any():
            steps.append(
                {
                    "what": f"Reach out to {int(risky.sum()):,} of your best customers who may not come back.",
                    "why": f"They are in the top tenth by what they brought so far ({_money(historic[risky].sum(), currency)} in all), and each is "
                    f"more likely than not to place no order within {terms.horizon}. They are first in customers.csv by historic_clv "
                    f"with churn_probability of at least 0.5{unbound}.",
                }
            )
        top = value >= _quantile(value, 0.9)
        steps.append(
            {
                "what": f"Treat the {int(top.sum()):,} customers of highest predicted value as such.",
                "why": f"They stand for {text(value[top].sum() / max(value.sum(), 1e-12), 'percent')} of the value expected within {terms.horizon}: "
                "keep, thank and ask them before anybody else.",
            }
        )
    if not terms.margin.known:
        steps.append(
            {
                "what": "State your margin: --margin 0.4, or add a cost column.",
                "why": "Without it a value is revenue, and a customer who buys at cost looks as good as one who does not.",
            }
        )
    missing = [one for one in capabilities if one.state != "ready" and one.add and one.name not in BEYOND_ORDERS]
    steps += [{"what": f"{one.title}: {one.add}", "why": one.why} for one in missing[:3]]
    return steps


def _money(amount: float, currency: str) -> str:
    return text(amount, "money", currency, compact=True)


def _quantile(values: Any, level: float) -> float:
    return float(np.quantile(values, level))


def _without_path(file: dict[str, Any]) -> dict[str, Any]:
    """The same input gives the same record wherever it lies."""
    return {name: value for name, value in file.items() if name != "path"}
