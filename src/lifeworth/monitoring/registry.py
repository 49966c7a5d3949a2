"""The list of checks: what each looks for, in the order a person would ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lifeworth.monitoring.checks.arrivals import late_file, stopped_tables, volume
from lifeworth.monitoring.checks.channels import lost_channel
from lifeworth.monitoring.checks.consents import consent
from lifeworth.monitoring.checks.drifting import drift
from lifeworth.monitoring.checks.figures import figures
from lifeworth.monitoring.checks.imports import doubled, schema, set_aside
from lifeworth.monitoring.checks.leaving import churn, value_at_risk
from lifeworth.monitoring.checks.money import currency, prices
from lifeworth.monitoring.checks.promised import calibration, targets
from lifeworth.monitoring.checks.service import service
from lifeworth.monitoring.finding import Told
from lifeworth.monitoring.scene import Scene


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its word, what it is called, what it looks for in one line, and the function that looks."""

    name: str
    title: str
    about: str
    run: Callable[[Scene], Told]


CHECKS: tuple[Check, ...] = (
    Check("late_file", "Late file", "New data come in the rhythm they always came.", late_file),
    Check("stopped_tables", "Stopped tables", "No table beside orders has stopped while orders go on.", stopped_tables),
    Check("schema", "Columns", "No column is gone, empty or renamed.", schema),
    Check("set_aside", "Rows set aside", "No more rows than usual cannot be used.", set_aside),
    Check("doubled", "Doubled import", "No orders stand there twice.", doubled),
    Check("currency", "Currency", "Amounts are in the currency they were in.", currency),
    Check("volume", "Volume", "Orders, customers and revenue are what level and season let expect.", volume),
    Check("lost_channel", "Silent channel", "Every channel and country that brought orders still does.", lost_channel),
    Check("prices", "Prices", "Products cost what they cost.", prices),
    Check("churn", "Churn", "Customers come back, and subscribers stay, as they did.", churn),
    Check("value_at_risk", "Value at risk", "The best customers are still there.", value_at_risk),
    Check("drift", "Drift", "What models are fed with, and what they say, is spread as before.", drift),
    Check("service", "Service", "Customers wait no longer, and ask no more often, than they did.", service),
    Check("calibration", "Calibration", "What models promised came.", calibration),
    Check("figures", "Figures", "Every figure of the last whole month is in its usual range.", figures),
    Check("targets", "Targets", "No measure of your own scorecard is in the red or late.", targets),
    Check("consent", "Consent", "Flags of consent still say something.", consent),
)


def names() -> tuple[str, ...]:
    """The words of all checks."""
    return tuple(one.name for one in CHECKS)
